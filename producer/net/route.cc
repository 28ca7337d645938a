#include "producer/net/route.h"

#include <string_view>
#include <utility>

namespace kvs::net {

Result<std::shared_ptr<const Route>> MakeRoute(const NetworkPath& path, const EnvironmentLookup& environment,
                                               std::shared_ptr<LogSink> curl_log) {
  const std::string_view password = path.proxy_password != nullptr ? path.proxy_password->Reveal() : "";
  Result<Proxies> proxies = ResolveProxies({path.proxy, path.proxy_user, password}, environment);
  if (!proxies.ok()) {
    return proxies.status();
  }
  auto route = std::make_shared<Route>();
  route->ip_version = path.ip_version.value_or(IpVersion::kAny);
  route->proxies = std::make_shared<Proxies>(*std::move(proxies));
  route->curl_log = std::move(curl_log);
  return std::shared_ptr<const Route>(std::move(route));
}

}  // namespace kvs::net
