#ifndef KVS_PRODUCER_NET_ROUTE_H_
#define KVS_PRODUCER_NET_ROUTE_H_

#include <memory>

#include "kvs/credentials.h"
#include "kvs/log.h"
#include "kvs/network_options.h"
#include "kvs/status.h"
#include "producer/net/proxy.h"

namespace kvs::net {

// How requests travel: a NetworkPath, with what the environment says.
struct Route {
  IpVersion ip_version = IpVersion::kAny;
  std::shared_ptr<const Proxies> proxies;  // null: none
  // Hears what libcurl says, without secrets; null: nobody.
  std::shared_ptr<LogSink> curl_log;
};

// Errors: of ResolveProxies.
Result<std::shared_ptr<const Route>> MakeRoute(const NetworkPath& path, const EnvironmentLookup& environment,
                                               std::shared_ptr<LogSink> curl_log);

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_ROUTE_H_
