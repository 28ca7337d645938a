#ifndef KVS_PRODUCER_SERVICE_FINDER_H_
#define KVS_PRODUCER_SERVICE_FINDER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kvs/credentials.h"
#include "kvs/producer.h"

namespace kvs {

// Region and control plane of a producer's calls. Where nobody has said the region the EC2 instance is asked before the first call.
// What is known to be one is asked again with the next call when it does not answer; elsewhere, or when it tells no region, it is
// us-west-2 from then on, and the log says so.
// Thread: network thread, after construction.
class ServiceFinder {
 public:
  // `environment` says where the instance's metadata service is; `log` may be null.
  // `reader` tells what machine this is; empty: the file system.
  ServiceFinder(ServiceLocation location, EnvironmentLookup environment, std::shared_ptr<LogSink> log, FileReader reader = {});

  // Calls `use` once both are known, or with an error that may pass: before this returns, or when the instance has answered. Of
  // several they are called in order. `is_instance`: this machine is known to be one. Errors: of AskInstanceRegion.
  void WhenFound(NetworkServices& net, bool is_instance, std::function<void(const Status&)> use);

  // After that.
  const std::string& region() const { return region_; }
  const std::string& control_plane() const { return control_plane_; }

 private:
  void Take(const Result<std::string>& region);
  void Set(std::string region);

  const ServiceLocation location_;
  const EnvironmentLookup environment_;
  const std::shared_ptr<LogSink> log_;
  const FileReader reader_;
  std::string region_;         // empty: not known yet
  std::string control_plane_;  // without a final '/'
  bool is_instance_ = false;
  std::vector<std::function<void(const Status&)>> waiting_;
  // An answer may come after this object is gone; it looks here first.
  const std::shared_ptr<char> alive_ = std::make_shared<char>('\0');
};

}  // namespace kvs

#endif  // KVS_PRODUCER_SERVICE_FINDER_H_
