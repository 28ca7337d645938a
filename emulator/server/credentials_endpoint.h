#ifndef KVS_EMULATOR_SERVER_CREDENTIALS_ENDPOINT_H_
#define KVS_EMULATOR_SERVER_CREDENTIALS_ENDPOINT_H_

#include <string_view>

#include "emulator/server/http_request.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

// Answers a request on the port for credentials, which is STS, IMDSv2, the portal and the token service of IAM Identity Center
// (SSO), and the endpoint of containers, told apart by their paths. What they give the service accepts until it expires.
CallResult AnswerCredentials(ServerContext& context, const HttpRequest& request, std::string_view body,
                             const CallContext& call);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_CREDENTIALS_ENDPOINT_H_
