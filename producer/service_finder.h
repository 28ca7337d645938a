#ifndef KVS_PRODUCER_SERVICE_FINDER_H_
#define KVS_PRODUCER_SERVICE_FINDER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kvs/credentials.h"
#include "kvs/producer.h"

namespace kvs {

// Region and control plane of a producer's calls. Where nobody has said the region the EC2 instance is asked, once, before the first
// call; when it has none or does not answer it is us-west-2, and the log says so.
// Thread: network thread, after construction.
class ServiceFinder {
 public:
  // `environment` says where the instance's metadata service is; `log` may be null.
  ServiceFinder(ServiceLocation location, EnvironmentLookup environment, std::shared_ptr<LogSink> log);

  // Calls `use` once both are known: before this returns, or when the instance has answered. Of several they are called in order.
  void WhenFound(NetworkServices& net, std::function<void()> use);

  // After that.
  const std::string& region() const { return region_; }
  const std::string& control_plane() const { return control_plane_; }

 private:
  void Take(const Result<std::string>& region);
  void Set(std::string region);

  const ServiceLocation location_;
  const EnvironmentLookup environment_;
  const std::shared_ptr<LogSink> log_;
  std::string region_;         // empty: not known yet
  std::string control_plane_;  // without a final '/'
  std::vector<std::function<void()>> waiting_;
  // An answer may come after this object is gone; it looks here first.
  const std::shared_ptr<char> alive_ = std::make_shared<char>('\0');
};

}  // namespace kvs

#endif  // KVS_PRODUCER_SERVICE_FINDER_H_
