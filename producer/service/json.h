#ifndef KVS_PRODUCER_SERVICE_JSON_H_
#define KVS_PRODUCER_SERVICE_JSON_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "kvs/status.h"
#include "producer/secret_text.h"

// As much of JSON as the service's calls need: answers may hold secrets, and of those nothing stays behind.
namespace kvs::service {

using JsonStringMap = std::span<const std::pair<std::string, std::string>>;

struct JsonMember {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, JsonStringMap> value;
};

// An object with these members in this order, everything escaped. No copy of a text stays behind but the one that is returned.
// Errors: kInvalidArgument: text that is not UTF-8; the message names the member.
Result<std::string> WriteJson(std::span<const JsonMember> members);

// The strings and numbers of a JSON object, by path ("StreamInfo.Status"). Arrays are skipped, as
// no answer that is read has one.
class JsonFields {
 public:
  static constexpr std::size_t kMaxFields = 256;
  static constexpr std::size_t kMaxDepth = 16;

  // Errors: kBadResponse: longer than `max_bytes`, no JSON object, deeper than kMaxDepth, more than
  // kMaxFields. The
  //         message says which, and never quotes the text.
  static Result<JsonFields> Parse(std::string_view text, std::size_t max_bytes);

  // Nothing when it is not there or of another type. Of a name that is there twice, the last
  // counts. Borrowed.
  [[nodiscard]] std::optional<std::string_view> String(std::string_view path) const;
  // Also of a number with a fraction of zero; nothing when it does not fit.
  [[nodiscard]] std::optional<std::int64_t> Integer(std::string_view path) const;

 private:
  friend class JsonFieldsHandler;
  struct Field {
    std::string path;
    std::variant<SecretText, std::int64_t> value;  // an answer may hold secrets
  };
  std::vector<Field, WipingAllocator<Field>> fields_;
};

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_JSON_H_
