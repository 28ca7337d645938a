#include "emulator/server/http_response.h"

#include <array>
#include <chrono>
#include <ctime>

namespace kvs::emulator {
namespace {

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

// RFC 9110 §5.6.7.
std::string DateText(Time now) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t length =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), length};
}

std::string CommonHead(int status, std::string_view request_id, Time now, std::string_view content_type) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " ";
  head += ReasonOf(status);
  head += "\r\nx-amzn-RequestId: ";
  head += request_id;
  head += "\r\nDate: " + DateText(now) + "\r\nContent-Type: ";
  head += content_type;
  return head + "\r\n";
}

}  // namespace

std::string BuildResponse(const ApiAnswer& answer, std::string_view request_id, Time now,
                          bool keep_alive) {
  std::string response = CommonHead(answer.status, request_id, now, answer.content_type);
  for (const auto& [name, value] : answer.headers) {
    response += name + ": " + value + "\r\n";
  }
  if (!answer.error_type.empty()) {
    response += "x-amzn-ErrorType: " + answer.error_type + "\r\n";
  }
  if (!keep_alive) {
    response += "Connection: close\r\n";
  }
  response += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" + answer.body;
  return response;
}

std::string BuildChunkedHead(std::string_view request_id, Time now) {
  return CommonHead(200, request_id, now, "application/json") + "Transfer-Encoding: chunked\r\n\r\n";
}

std::string BuildChunk(std::string_view data) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string size;
  for (std::size_t left = data.size(); left != 0; left >>= 4) {
    size.insert(size.begin(), kDigits[left & 0xF]);
  }
  std::string chunk = size + "\r\n";
  chunk += data;
  return chunk + "\r\n";
}

}  // namespace kvs::emulator
