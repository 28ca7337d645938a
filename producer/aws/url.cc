#include "producer/aws/url.h"

#include <charconv>
#include <cstddef>
#include <system_error>

#include "producer/service/http_message.h"

namespace kvs::aws {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
// Of DNS names; and of a URL, as a bound for what is kept.
constexpr std::size_t kMaxHostLength = 253;
constexpr std::size_t kMaxUrlLength = 8192;

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Status Bad(const std::string& why) {
  return {StatusCode::kInvalidArgument, "the URL cannot be used: " + why};
}

bool IsIpv6Literal(std::string_view host) {
  if (host.size() < 4 || host.front() != '[' || host.back() != ']') {
    return false;
  }
  return host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
}

bool IsHostName(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostLength || host.front() == '.' || host.front() == '-') {
    return false;
  }
  for (const char c : host) {
    if (!IsAlnum(c) && c != '.' && c != '-' && c != '_') {
      return false;
    }
  }
  return host.find("..") == std::string_view::npos;
}

// Splits "host:port" into `url`.
Status ReadAuthority(std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos) {
    return Bad("a user name or password in it is not supported");
  }
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (!IsHostName(host) && !IsIpv6Literal(host)) {
    return Bad(host.empty() ? "it has no host" : "its host is not a host name or address");
  }
  url.host = service::AsciiLower(host);
  if (colon == std::string_view::npos) {
    return {};
  }
  const std::string_view port = authority.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (error != std::errc() || end != port.data() + port.size() || url.port == 0) {
    return Bad("its port is not a number from 1 to 65535");
  }
  return {};
}

}  // namespace

bool Url::has_default_port() const {
  return port == (scheme == "https" ? kHttpsPort : kHttpPort);
}

std::string Url::host_header() const {
  return has_default_port() ? host : host + ":" + std::to_string(port);
}

std::string Url::ToString() const {
  return scheme + "://" + host_header() + path + (query.empty() ? "" : "?" + query);
}

Result<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrlLength) {
    return Bad("it is longer than " + std::to_string(kMaxUrlLength) + " characters");
  }
  for (const char c : text) {
    if (c <= ' ' || c > '~') {
      return Bad("it holds white space, a control character or a character that is not ASCII");
    }
  }
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    return Bad("it does not begin with https:// or http://");
  }
  Url url;
  url.scheme = service::AsciiLower(text.substr(0, scheme_end));
  if (url.scheme != "https" && url.scheme != "http") {
    return Bad("its scheme is neither https nor http");
  }
  url.port = url.scheme == "https" ? kHttpsPort : kHttpPort;
  text.remove_prefix(scheme_end + 3);
  if (text.find('#') != std::string_view::npos) {
    return Bad("it has a fragment ('#')");
  }
  const std::size_t authority_end = text.find_first_of("/?");
  if (Status status = ReadAuthority(text.substr(0, authority_end), url); !status.ok()) {
    return status;
  }
  if (authority_end != std::string_view::npos) {
    const std::string_view rest = text.substr(authority_end);
    const std::size_t question = rest.find('?');
    url.path = rest.substr(0, question);
    if (question != std::string_view::npos) {
      url.query = rest.substr(question + 1);
    }
  }
  if (url.path.empty()) {
    url.path = "/";
  }
  return url;
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string PercentEncode(std::string_view text, std::string_view also_keep) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c) || also_keep.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0x0Fu];
    }
  }
  return out;
}

}  // namespace kvs::aws
