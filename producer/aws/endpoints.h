#ifndef KVS_PRODUCER_AWS_ENDPOINTS_H_
#define KVS_PRODUCER_AWS_ENDPOINTS_H_

#include <string>
#include <string_view>

#include "kvs/status.h"

namespace kvs::aws {

// The region when nothing else is given.
inline constexpr char kDefaultRegion[] = "us-west-2";

struct EndpointOptions {
  bool dual_stack = false;  // a host name with IPv4 and IPv6 addresses
  bool fips = false;  // a host with FIPS 140 validated cryptography; always on in partitions that
                      // have no other
};

// OK for text of the form of a region: 2 or more groups of letters and a number, joined by '-'.
// Whether such a region exists is not known here: regions are added faster than libraries are
// released. Errors: kInvalidArgument; the message has the text and examples.
Status ValidateRegion(std::string_view region);

// "https://kinesisvideo.us-west-2.amazonaws.com"
// Errors: as ValidateRegion.
Result<std::string> ControlPlaneUrl(std::string_view region, EndpointOptions options = {});

// The partition of a region for ARNs: "aws", "aws-cn", "aws-us-gov", …
std::string_view PartitionOf(std::string_view region);

// Makes a base URL of what a user wrote, e.g. in CONTROL_PLANE_URI: adds https:// when there is no
// scheme, takes the final '/' off. http is allowed, for tests. `what` is the setting's name, for
// messages. Errors: kInvalidArgument: not such a URL, or it has a query.
Result<std::string> NormalizeEndpoint(std::string_view what, std::string_view text);

// How AWS_USE_DUALSTACK_ENDPOINT and AWS_USE_FIPS_ENDPOINT are read: true when the text begins with
// "true", in any case.
bool IsTrueSetting(std::string_view text);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_ENDPOINTS_H_
