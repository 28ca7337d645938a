#ifndef KVS_NETWORK_OPTIONS_H_
#define KVS_NETWORK_OPTIONS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kvs/export.h"
#include "kvs/secret.h"

namespace kvs {

// Which addresses of a host are connected to.
enum class IpVersion : std::uint8_t { kAny, kV4, kV6 };

// The way to the hosts that are asked.
struct NetworkPath {
  // Not set: kAny, but for what FillFromEnvironment finds.
  std::optional<IpVersion> ip_version;
  // The URL of a proxy, http:// or https:// (or SOCKS, as libcurl knows it), with user and password if need be; empty: none. Hosts in
  // NO_PROXY are connected to directly in any case. Not set: the variables that libcurl knows (https_proxy, ...), read once.
  std::optional<std::string> proxy;
  // Instead of those in the URL.
  std::string proxy_user;
  std::shared_ptr<const Secret> proxy_password;
};

// Help for finding faults; none of it is for daily use.
struct DebugOptions {
  // The body of every upload session is also written to "<folder>/<stream>_<session>.mkv". Empty: not. A folder that cannot be
  // written is a warning in the log and nothing else.
  std::string dump_folder;
  // A record of level kDebug for every frame that is put.
  bool log_frames = false;
  // What libcurl says about connections and requests, as records of component kvs-net and level kTrace; without what is secret.
  bool log_curl = false;
};

// A proxy's URL as it may be shown: user and password become "***".
KVS_EXPORT std::string RedactProxyUrl(std::string_view url);

}  // namespace kvs

#endif  // KVS_NETWORK_OPTIONS_H_
