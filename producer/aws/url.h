#ifndef KVS_PRODUCER_AWS_URL_H_
#define KVS_PRODUCER_AWS_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "kvs/status.h"

namespace kvs::aws {

// The parts of an absolute http or https URL.
struct Url {
  std::string scheme;      // "http" or "https"
  std::string host;        // lower case; an IPv6 address keeps its brackets
  std::uint16_t port = 0;  // the scheme's own when none is written
  std::string path;        // begins with '/', as it is sent
  std::string query;       // without '?'

  [[nodiscard]] bool has_default_port() const;
  // The value of the Host header: the port only when it is not the scheme's own. What is sent is
  // what is signed.
  [[nodiscard]] std::string host_header() const;
  [[nodiscard]] std::string ToString() const;
};

// Strict: no user info, no fragment, no white space or control or non-ASCII characters; host
// letters, digits, '.', '-', '_', or an IPv6 address in brackets; port 1..65535. Errors:
// kInvalidArgument with what is wrong. The message holds neither query nor user info.
Result<Url> ParseUrl(std::string_view text);

// Letters, digits, '-', '.', '_', '~'. Source: RFC 3986, 2.3.
bool IsUnreserved(char c);

// Every byte but unreserved ones and those in `also_keep` as "%XX".
std::string PercentEncode(std::string_view text, std::string_view also_keep);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_URL_H_
