#ifndef KVS_EMULATOR_SERVER_IMDS_ENDPOINT_H_
#define KVS_EMULATOR_SERVER_IMDS_ENDPOINT_H_

#include "emulator/server/http_request.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

// The metadata service of an EC2 instance, version 2: a session token, the role and its credentials, region, zone and the identity
// document. Source: Amazon EC2 user guide, "Use the Instance Metadata Service".
CallResult AnswerImds(ServerContext& context, const HttpRequest& request, const CallContext& call);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_IMDS_ENDPOINT_H_
