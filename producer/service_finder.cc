#include "producer/service_finder.h"

#include <utility>

#include "pic/base/log.h"
#include "producer/aws/endpoints.h"
#include "producer/aws/instance_region.h"
#include "producer/aws/service_location.h"

namespace kvs {

ServiceFinder::ServiceFinder(ServiceLocation location, EnvironmentLookup environment, std::shared_ptr<LogSink> log)
    : location_(std::move(location)), environment_(std::move(environment)), log_(std::move(log)) {
  if (!location_.region.empty()) {
    Set(location_.region);
  }
}

void ServiceFinder::WhenFound(NetworkServices& net, std::function<void()> use) {
  if (!region_.empty()) {
    use();
    return;
  }
  waiting_.push_back(std::move(use));
  if (waiting_.size() == 1) {
    aws::AskInstanceRegion(net, environment_, alive_, [this](const Result<std::string>& region) { Take(region); });
  }
}

void ServiceFinder::Take(const Result<std::string>& region) {
  const Logger log(log_.get(), "kvs-net", "");
  if (region.ok()) {
    log.Write(LogLevel::kInfo, "the region is that of the EC2 instance: " + *region);
    Set(*region);
  } else {
    log.Write(LogLevel::kWarn, "no region is given, and this is no EC2 instance that tells its own: " +
                                   std::string(aws::kDefaultRegion) + " is used. Set the region or AWS_DEFAULT_REGION. (" +
                                   region.status().message() + ")");
    Set(aws::kDefaultRegion);
  }
  for (const auto& use : std::exchange(waiting_, {})) {
    use();
  }
}

void ServiceFinder::Set(std::string region) {
  // Regions were checked where they came from.
  control_plane_ = aws::ControlPlaneOf(location_, region).value();
  region_ = std::move(region);
}

}  // namespace kvs
