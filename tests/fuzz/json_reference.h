#ifndef KVS_TESTS_FUZZ_JSON_REFERENCE_H_
#define KVS_TESTS_FUZZ_JSON_REFERENCE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

namespace kvs::fuzz {

// What another reader of JSON, which many rely on, finds where service::JsonFields looks: strings and whole numbers of objects, by
// path; of a path that is there twice the last counts.
class JsonReference {
 public:
  using Json = nlohmann::json;
  using Value = std::variant<std::string, std::int64_t>;

  // Nothing when it does not know: there is a number that no double holds, or a NUL, which it takes for the end.
  static std::optional<JsonReference> Read(std::string_view text) {
    JsonReference reader;
    reader.is_json_ = Json::sax_parse(text.begin(), text.end(), &reader);
    const bool knows = text.find('\0') == std::string_view::npos && !reader.is_too_large_;
    return knows ? std::optional(std::move(reader)) : std::nullopt;
  }

  [[nodiscard]] bool is_json() const { return is_json_; }
  [[nodiscard]] const std::map<std::string, Value>& fields() const { return fields_; }

  // The interface of nlohmann's SAX parser.
  bool null() { return true; }
  bool boolean(bool /*value*/) { return true; }
  bool number_integer(std::int64_t value) { return Add(value); }
  bool number_unsigned(std::uint64_t value) {
    return value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) || Add(static_cast<std::int64_t>(value));
  }
  bool number_float(double value, const std::string& /*text*/) {
    constexpr double kExact = 9007199254740992.0;  // 2^53: up to here a double holds every integer
    const bool fits = value >= -kExact && value <= kExact;
    const auto whole = fits ? static_cast<std::int64_t>(value) : 0;
    return !fits || static_cast<double>(whole) != value || Add(whole);
  }
  bool string(std::string& value) { return Add(value); }
  bool binary(Json::binary_t& /*value*/) { return true; }
  bool start_object(std::size_t /*size*/) { return Open(false); }
  bool start_array(std::size_t /*size*/) { return Open(true); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool key(std::string& name) {
    name_ = name;
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const Json::exception& error) {
    constexpr int kOutOfRange = 406;
    is_too_large_ = error.id == kOutOfRange;
    return false;
  }

 private:
  bool Open(bool is_array) {
    levels_.push_back({path_.size(), is_array});
    arrays_ += is_array ? 1U : 0U;
    path_ += levels_.size() > 1 ? name_ + "." : "";
    return true;
  }
  bool Close() {
    path_.resize(levels_.back().first);
    arrays_ -= levels_.back().second ? 1U : 0U;
    levels_.pop_back();
    return true;
  }
  template <typename T>
  bool Add(T value) {
    if (arrays_ == 0) {
      fields_[path_ + name_] = std::move(value);
    }
    return true;
  }

  bool is_json_ = false;
  bool is_too_large_ = false;
  std::map<std::string, Value> fields_;
  std::string path_;
  std::string name_;
  std::vector<std::pair<std::size_t, bool>> levels_;  // the length of path_ outside of each, and whether it is an array
  std::size_t arrays_ = 0;
};

}  // namespace kvs::fuzz

#endif  // KVS_TESTS_FUZZ_JSON_REFERENCE_H_
