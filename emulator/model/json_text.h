#ifndef KVS_EMULATOR_MODEL_JSON_TEXT_H_
#define KVS_EMULATOR_MODEL_JSON_TEXT_H_

#include <concepts>
#include <string>
#include <string_view>

namespace kvs::emulator {

// `text` in double quotes with JSON escapes. Bytes that are not UTF-8 become U+FFFD.
std::string JsonQuote(std::string_view text);

// Writes one JSON object, members in the order of the calls.
class JsonObject {
 public:
  JsonObject& Text(std::string_view key, std::string_view value);
  JsonObject& Bool(std::string_view key, bool value);
  // `json` must be JSON already.
  JsonObject& Raw(std::string_view key, std::string_view json);
  template <std::integral T>
  JsonObject& Number(std::string_view key, T value) {
    return Raw(key, std::to_string(value));
  }
  // Every member of `other`.
  JsonObject& Merge(const JsonObject& other);

  std::string str() const { return "{" + members_ + "}"; }
  bool empty() const { return members_.empty(); }

 private:
  std::string members_;
};

// Writes a JSON array of values that are JSON already.
class JsonArray {
 public:
  JsonArray& Add(std::string_view json);
  std::string str() const { return "[" + values_ + "]"; }

 private:
  std::string values_;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_JSON_TEXT_H_
