#include "producer/service_finder.h"

#include <utility>

#include "pic/base/log.h"
#include "producer/aws/endpoints.h"
#include "producer/aws/instance_region.h"
#include "producer/aws/service_location.h"

namespace kvs {
namespace {

// It has not said that it tells no region: it is not up yet, or too busy, or cannot be reached for now.
bool MayPass(const Status& status) {
  return status.code() != StatusCode::kCredentialsRefused && Describe(status.code()).retry != RetryClass::kNever;
}

}  // namespace

ServiceFinder::ServiceFinder(ServiceLocation location, EnvironmentLookup environment, std::shared_ptr<LogSink> log,
                             FileReader reader)
    : location_(std::move(location)), environment_(std::move(environment)), log_(std::move(log)), reader_(std::move(reader)) {
  if (!location_.region.empty()) {
    Set(location_.region);
  }
}

void ServiceFinder::WhenFound(NetworkServices& net, bool is_instance, std::function<void(const Status&)> use) {
  if (!region_.empty()) {
    use(Status());
    return;
  }
  is_instance_ = is_instance_ || is_instance;
  waiting_.push_back(std::move(use));
  if (waiting_.size() == 1) {
    aws::AskInstanceRegion(net, environment_, alive_, [this](const Result<std::string>& region) { Take(region); });
  }
}

void ServiceFinder::Take(const Result<std::string>& region) {
  const Logger log(log_.get(), "kvs-net", "");
  Status failure;
  if (region.ok()) {
    log.Write(LogLevel::kInfo, "the region is that of the EC2 instance: " + *region);
    Set(*region);
  } else if (MayPass(region.status()) && (is_instance_ || aws::LooksLikeInstance(environment_, reader_))) {
    failure = Status(region.status().code(), "the region is not known: none is given, and " + region.status().message() +
                                                 "; set the region or AWS_DEFAULT_REGION");
  } else {
    log.Write(LogLevel::kWarn, "no region is given, and this is no EC2 instance that tells its own: " +
                                   std::string(aws::kDefaultRegion) + " is used. Set the region or AWS_DEFAULT_REGION. (" +
                                   region.status().message() + ")");
    Set(aws::kDefaultRegion);
  }
  for (const auto& use : std::exchange(waiting_, {})) {
    use(failure);
  }
}

void ServiceFinder::Set(std::string region) {
  // Regions were checked where they came from.
  control_plane_ = aws::ControlPlaneOf(location_, region).value();
  region_ = std::move(region);
}

}  // namespace kvs
