#ifndef KVS_PRODUCER_SERVICE_HTTP_MESSAGE_H_
#define KVS_PRODUCER_SERVICE_HTTP_MESSAGE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kvs::service {

struct HttpHeader {
  std::string name;
  std::string value;
};

// The value of the first header of this name, whatever its case; null when there is none. Borrowed
// from `headers`.
const std::string* FindHeader(const std::vector<HttpHeader>& headers, std::string_view name);

// Replaces the value of every header of this name by one, or adds it at the end.
void SetHeader(std::vector<HttpHeader>& headers, std::string_view name, std::string value);

// ASCII only, independent of the locale.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);
std::string AsciiLower(std::string_view text);

// One HTTP request, before or after signing (aws::SignRequest). A signed one holds the session
// token: not for logs.
struct HttpRequest {
  std::string method;  // "POST"
  std::string url;     // absolute: scheme, host, path and query
  std::vector<HttpHeader> headers;
  // Empty for putMedia, whose body is streamed.
  std::string body;
};

// One HTTP answer, complete.
struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;
};

// The largest answer of a control-plane call that is read. Real ones are below 4 KiB; the transport
// is to stop here as well.
inline constexpr std::size_t kMaxResponseBytes = std::size_t{64} * 1024;

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_HTTP_MESSAGE_H_
