#ifndef KVS_PRODUCER_AWS_INSTANCE_REGION_H_
#define KVS_PRODUCER_AWS_INSTANCE_REGION_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "kvs/credentials.h"
#include "kvs/status.h"

namespace kvs::aws {

// AWS_EC2_METADATA_DISABLED=true: the metadata service is not to be asked.
bool IsInstanceDisabled(const EnvironmentLookup& environment);

// Whether this machine is an EC2 instance, by AWS_EC2_METADATA_SERVICE_ENDPOINT or by what Linux says of whose machine it is. No does
// not mean that it is none. `reader` empty: the file system. Source: EC2 user guide, "Identify instances".
bool LooksLikeInstance(const EnvironmentLookup& environment, const FileReader& reader = {});

// What the source of credentials is called that asks this service.
inline constexpr std::string_view kInstanceSourceName = "EC2 instance metadata";

// Where the metadata service of the EC2 instance is, without a final '/': AWS_EC2_METADATA_SERVICE_ENDPOINT, else its address of the
// family that AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE names (IPv4, IPv6), else http://169.254.169.254.
// Errors: kInvalidArgument: the variable is no such URL or family.
Result<std::string> InstanceMetadataUrl(const EnvironmentLookup& environment);

// The region of the EC2 instance that this machine may be, from its metadata service (IMDSv2 only, never through a proxy). Two calls
// of a second each at most. `done` is called on the network thread unless `alive` has expired by then; where nothing can be asked,
// before this returns. Errors: of InstanceMetadataUrl; kBadResponse: what it said is no region; those of an answer that is not 200
// and of a connection. Thread: network thread.
// Source: EC2 user guide, "Use IMDSv2", "Instance metadata categories".
void AskInstanceRegion(NetworkServices& net, const EnvironmentLookup& environment, const std::weak_ptr<void>& alive,
                       std::function<void(Result<std::string>)> done);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_INSTANCE_REGION_H_
