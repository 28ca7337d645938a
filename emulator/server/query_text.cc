#include "emulator/server/query_text.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace kvs::emulator {
namespace {

std::string FormDecode(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '+', ' ');
  return UriDecode(plain);
}

}  // namespace

std::string UriDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::map<std::string, std::string> ParseForm(std::string_view text) {
  std::map<std::string, std::string> parameters;
  while (!text.empty()) {
    const std::string_view parameter = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(parameter.size() + 1, text.size()));
    const std::string_view name = parameter.substr(0, parameter.find('='));
    if (!name.empty()) {
      parameters[FormDecode(name)] = FormDecode(parameter.substr(std::min(name.size() + 1, parameter.size())));
    }
  }
  return parameters;
}

std::string XmlText(std::string_view text) {
  std::string xml;
  for (const char c : text) {
    if (c == '&') {
      xml += "&amp;";
    } else if (c == '<') {
      xml += "&lt;";
    } else if (c == '>') {
      xml += "&gt;";
    } else {
      const bool control = static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n';
      xml += control ? '?' : c;
    }
  }
  return xml;
}

}  // namespace kvs::emulator
