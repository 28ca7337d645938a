#include "producer/net/proxy.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <system_error>
#include <utility>

#include "producer/aws/url.h"
#include "producer/service/http_message.h"

namespace kvs::net {
namespace {

constexpr std::array<std::string_view, 6> kSchemes = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
// What separates a scheme from the rest.
constexpr std::string_view kSchemeEnd = "://";
constexpr std::string_view kSeparators = ", \t";

Status Bad(std::string_view what, const std::string& why) {
  return {StatusCode::kInvalidArgument,
          std::string(what) + ": " + why + "; expected is the URL of a proxy, e.g. http://proxy.example:3128"};
}

// Where user info ends: behind the last '@', as a password may hold one, too. 0 where there is none.
std::size_t EndOfUserInfo(std::string_view authority) {
  const std::size_t at = authority.rfind('@');
  return at == std::string_view::npos ? 0 : at + 1;
}

// "%40" is '@'. What is no code stays as it is.
std::string PercentDecoded(std::string_view text) {
  constexpr int kHex = 16;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, kHex).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// An address in network byte order.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;  // 0: it is none
};

Address ParseAddress(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  const std::string terminated(text);
  Address address;
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = sizeof(in_addr);
  } else if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = sizeof(in6_addr);
  }
  return address;
}

// `entry`: an address, or a block of them with the number of bits that count.
bool IsInBlock(const Address& address, std::string_view entry) {
  constexpr std::size_t kBitsPerByte = 8;
  const std::size_t slash = entry.find('/');
  const Address block = ParseAddress(entry.substr(0, slash));
  std::size_t bits = block.size * kBitsPerByte;
  if (slash != std::string_view::npos) {
    const std::string_view number = entry.substr(slash + 1);
    std::size_t given = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), given);
    if (error != std::errc() || end != number.data() + number.size() || given > bits) {
      return false;
    }
    bits = given;
  }
  if (block.size == 0 || block.size != address.size) {
    return false;
  }
  for (std::size_t bit = 0; bit < bits; ++bit) {
    const std::size_t byte = bit / kBitsPerByte;
    const auto mask = static_cast<std::uint8_t>(0x80u >> (bit % kBitsPerByte));
    if ((address.bytes[byte] & mask) != (block.bytes[byte] & mask)) {
      return false;
    }
  }
  return true;
}

// `entry`: "example.com" or ".example.com", for that host and all below it.
bool IsBelow(std::string_view host, std::string_view entry) {
  if (entry.starts_with('.')) {
    entry.remove_prefix(1);
  }
  if (entry.empty() || host.size() < entry.size() ||
      !service::EqualsIgnoringCase(host.substr(host.size() - entry.size()), entry)) {
    return false;
  }
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

std::string_view WithoutFinalDot(std::string_view name) {
  return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

// The first of the variables that is set, with its name.
std::pair<std::string_view, std::string> FirstSet(const EnvironmentLookup& environment,
                                                  std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::optional<std::string> value = environment(name);
    if (value && !value->empty()) {
      return {name, *std::move(value)};
    }
  }
  return {};
}

Result<Proxy> FromEnvironment(const EnvironmentLookup& environment, std::initializer_list<const char*> names) {
  auto [name, url] = FirstSet(environment, names);
  Result<Proxy> proxy = url.empty() ? Result<Proxy>(Proxy()) : ParseProxy(name, url);
  WipeString(url);
  return proxy;
}

void UseLogin(const ProxySettings& settings, Proxy& proxy) {
  if (!settings.user.empty()) {
    proxy.user = settings.user;
  }
  if (!settings.password.empty()) {
    proxy.password = Secret(settings.password);
  }
}

}  // namespace

Result<Proxy> ParseProxy(std::string_view what, std::string_view url) {
  const std::size_t scheme_end = url.find(kSchemeEnd);
  const std::string scheme =
      scheme_end == std::string_view::npos ? "http" : service::AsciiLower(url.substr(0, scheme_end));
  std::string_view authority = scheme_end == std::string_view::npos ? url : url.substr(scheme_end + kSchemeEnd.size());
  Proxy proxy;
  if (const std::size_t end = EndOfUserInfo(authority); end > 0) {
    const std::string_view user_info = authority.substr(0, end - 1);
    const std::size_t colon = user_info.find(':');
    proxy.user = PercentDecoded(user_info.substr(0, colon));
    if (colon != std::string_view::npos) {
      std::string password = PercentDecoded(user_info.substr(colon + 1));
      proxy.password = Secret::Consume(password);
    }
    authority.remove_prefix(end);
  }
  if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end()) {
    return Bad(what, "its scheme is none of http, https, socks4, socks4a, socks5 and socks5h");
  }
  while (authority.ends_with('/')) {
    authority.remove_suffix(1);
  }
  // The rules for host and port are those of any URL.
  const Result<aws::Url> checked = aws::ParseUrl("https://" + std::string(authority));
  if (!checked.ok()) {
    return Bad(what, checked.status().message());
  }
  if (checked->path != "/" || !checked->query.empty()) {
    return Bad(what, "there is more than a host and a port in it");
  }
  proxy.url = scheme + std::string(kSchemeEnd) + service::AsciiLower(authority);
  return proxy;
}

Result<Proxies> ResolveProxies(const ProxySettings& settings, const EnvironmentLookup& environment) {
  Proxies proxies;
  proxies.no_proxy = FirstSet(environment, {"no_proxy", "NO_PROXY"}).second;
  if (settings.url.has_value()) {
    Result<Proxy> proxy = settings.url->empty() ? Result<Proxy>(Proxy()) : ParseProxy("proxy", *settings.url);
    if (!proxy.ok()) {
      return proxy.status();
    }
    proxies.https = proxy->Clone();
    proxies.http = *std::move(proxy);
  } else {
    Result<Proxy> https = FromEnvironment(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    Result<Proxy> http = FromEnvironment(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
    for (const Result<Proxy>* one : {&https, &http}) {
      if (!one->ok()) {
        return one->status();
      }
    }
    proxies.https = *std::move(https);
    proxies.http = *std::move(http);
  }
  UseLogin(settings, proxies.https);
  UseLogin(settings, proxies.http);
  return proxies;
}

bool HasHost(std::string_view no_proxy, std::string_view host) {
  const Address address = ParseAddress(host);
  host = WithoutFinalDot(host);
  while (true) {
    no_proxy.remove_prefix(std::min(no_proxy.find_first_not_of(kSeparators), no_proxy.size()));
    if (no_proxy.empty()) {
      return false;
    }
    const std::size_t end = std::min(no_proxy.find_first_of(kSeparators), no_proxy.size());
    const std::string_view entry = WithoutFinalDot(no_proxy.substr(0, end));
    if (entry == "*" || (address.size > 0 ? IsInBlock(address, entry) : IsBelow(host, entry))) {
      return true;
    }
    no_proxy.remove_prefix(end);
  }
}

const Proxy* Proxies::For(std::string_view url) const {
  const Result<aws::Url> parsed = aws::ParseUrl(url);
  if (!parsed.ok()) {
    return nullptr;  // the request will say so
  }
  const Proxy& proxy = parsed->scheme == "https" ? https : http;
  return proxy.url.empty() || HasHost(no_proxy, parsed->host) ? nullptr : &proxy;
}

}  // namespace kvs::net

namespace kvs {

std::string RedactProxyUrl(std::string_view url) {
  // A password may hold what looks like the end of a scheme.
  const std::size_t scheme_end = url.find(net::kSchemeEnd);
  const bool has_scheme = scheme_end != std::string_view::npos &&
                          std::find(std::begin(net::kSchemes), std::end(net::kSchemes), url.substr(0, scheme_end)) !=
                              std::end(net::kSchemes);
  const std::size_t begin = has_scheme ? scheme_end + net::kSchemeEnd.size() : 0;
  const std::size_t end = net::EndOfUserInfo(url.substr(begin));
  return end == 0 ? std::string(url) : std::string(url.substr(0, begin)) + "***@" + std::string(url.substr(begin + end));
}

}  // namespace kvs
