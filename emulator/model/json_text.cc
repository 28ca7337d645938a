#include "emulator/model/json_text.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace kvs::emulator {
namespace {

std::uint8_t ByteAt(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// Length of the well-formed UTF-8 sequence at `at`; 0 when there is none. (RFC 3629)
std::size_t Utf8Length(std::string_view text, std::size_t at) {
  const std::uint8_t lead = ByteAt(text, at);
  std::size_t length = 0;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xBF;
  if (lead < 0x80) {
    return 1;
  } else if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    second_min = lead == 0xE0 ? 0xA0 : 0x80;
    second_max = lead == 0xED ? 0x9F : 0xBF;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    second_min = lead == 0xF0 ? 0x90 : 0x80;
    second_max = lead == 0xF4 ? 0x8F : 0xBF;
  }
  if (length == 0 || at + length > text.size()) {
    return 0;
  }
  if (ByteAt(text, at + 1) < second_min || ByteAt(text, at + 1) > second_max) {
    return 0;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if ((ByteAt(text, at + i) & 0xC0) != 0x80) {
      return 0;
    }
  }
  return length;
}

void AppendControl(std::string& out, std::uint8_t byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 0xF];
}

}  // namespace

std::string JsonQuote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = Utf8Length(text, at);
    if (length == 0) {
      out += "\\ufffd";
      ++at;
      continue;
    }
    const char c = text[at];
    if (length > 1) {
      out += text.substr(at, length);
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (ByteAt(text, at) < 0x20 || c == 0x7F) {
      AppendControl(out, ByteAt(text, at));
    } else {
      out += c;
    }
    at += length;
  }
  out += '"';
  return out;
}

JsonObject& JsonObject::Raw(std::string_view key, std::string_view json) {
  if (!members_.empty()) {
    members_ += ',';
  }
  members_ += JsonQuote(key);
  members_ += ':';
  members_ += json;
  return *this;
}

JsonObject& JsonObject::Text(std::string_view key, std::string_view value) {
  return Raw(key, JsonQuote(value));
}

JsonObject& JsonObject::Bool(std::string_view key, bool value) {
  return Raw(key, value ? "true" : "false");
}

JsonObject& JsonObject::Merge(const JsonObject& other) {
  if (!members_.empty() && !other.members_.empty()) {
    members_ += ',';
  }
  members_ += other.members_;
  return *this;
}

JsonArray& JsonArray::Add(std::string_view json) {
  if (!values_.empty()) {
    values_ += ',';
  }
  values_ += json;
  return *this;
}

}  // namespace kvs::emulator
