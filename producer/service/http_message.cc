#include "producer/service/http_message.h"

#include <algorithm>
#include <utility>

namespace kvs::service {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string AsciiLower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), Lower);
  return out;
}

const std::string* FindHeader(const std::vector<HttpHeader>& headers, std::string_view name) {
  for (const HttpHeader& header : headers) {
    if (EqualsIgnoringCase(header.name, name)) {
      return &header.value;
    }
  }
  return nullptr;
}

void SetHeader(std::vector<HttpHeader>& headers, std::string_view name, std::string value) {
  std::erase_if(headers,
                [name](const HttpHeader& header) { return EqualsIgnoringCase(header.name, name); });
  headers.push_back({std::string(name), std::move(value)});
}

}  // namespace kvs::service
