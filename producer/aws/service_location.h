#ifndef KVS_PRODUCER_AWS_SERVICE_LOCATION_H_
#define KVS_PRODUCER_AWS_SERVICE_LOCATION_H_

#include <optional>
#include <string>
#include <string_view>

#include "kvs/credentials.h"
#include "kvs/producer.h"
#include "kvs/status.h"
#include "producer/aws/shared_config.h"

namespace kvs::aws {

// What was said of the service; empty or not set: nothing.
struct LocationRequest {
  std::string_view region;
  std::string_view endpoint;
  std::optional<bool> dual_stack;
  std::optional<bool> fips;
  // Whose settings count as well, and then the region of the EC2 instance. Not set: nobody's.
  std::optional<std::string_view> profile;
};

// The one place that knows which of program, variable, profile and instance comes first; kvs/producer.h has the order. Pure: reads
// nothing but its arguments. `files` holds the profile.
// Errors: kInvalidArgument: no region, or no URL of an endpoint; the message says where it is from.
Result<ServiceLocation> LocateService(const LocationRequest& request, const EnvironmentLookup& environment,
                                      const SharedConfig& files);

// Where the control plane is, without a final '/': the endpoint, or the host of `region`. Errors: of ControlPlaneUrl.
Result<std::string> ControlPlaneOf(const ServiceLocation& location, std::string_view region);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_SERVICE_LOCATION_H_
