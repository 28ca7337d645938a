#ifndef KVS_PRODUCER_NET_PROXY_H_
#define KVS_PRODUCER_NET_PROXY_H_

#include <optional>
#include <string>
#include <string_view>

#include "kvs/credentials.h"
#include "kvs/network_options.h"
#include "kvs/secret.h"
#include "kvs/status.h"

// Which proxy leads to a host. As libcurl decides it, but from what we are given and not from the environment of the process.
namespace kvs::net {

struct Proxy {
  std::string url;  // "http://proxy.example:3128", without user info; empty: none
  std::string user;
  Secret password;

  [[nodiscard]] Proxy Clone() const { return {url, user, password.Clone()}; }
};

struct Proxies {
  // By the scheme of a request.
  Proxy https;
  Proxy http;
  // Hosts that are connected to directly: names (with all below them), addresses and blocks ("10.0.0.0/8"), separated by commas or
  // white space; "*": all.
  std::string no_proxy;

  // Null: directly. Valid as long as this object. `url`: of the request.
  [[nodiscard]] const Proxy* For(std::string_view url) const;
};

// What a user set. Where a part is not set, the variables count.
struct ProxySettings {
  std::optional<std::string> url;  // empty: none
  std::string user;                // instead of those in the URL
  std::string_view password;
};

// Of [scheme://][user[:password]@]host[:port]; the scheme is http (also when there is none), https, socks4, socks4a, socks5 or
// socks5h, the port of http and SOCKS is 1080 when there is none, as with curl. User and password may be percent-encoded.
// `what`: the setting's name, for messages. Errors: kInvalidArgument; the message holds no user info.
Result<Proxy> ParseProxy(std::string_view what, std::string_view url);

// `settings` first, then https_proxy, HTTPS_PROXY, http_proxy (not HTTP_PROXY, which a CGI's client could set), all_proxy and
// ALL_PROXY; no_proxy and NO_PROXY in any case. Errors: of ParseProxy.
Result<Proxies> ResolveProxies(const ProxySettings& settings, const EnvironmentLookup& environment);

// Whether a list as in Proxies::no_proxy has this host: a name, an address, or an IPv6 address in brackets.
bool HasHost(std::string_view no_proxy, std::string_view host);

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_PROXY_H_
