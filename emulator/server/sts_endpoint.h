#ifndef KVS_EMULATOR_SERVER_STS_ENDPOINT_H_
#define KVS_EMULATOR_SERVER_STS_ENDPOINT_H_

#include <optional>
#include <string>
#include <string_view>

#include "emulator/server/http_request.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

// The Security Token Service: AssumeRole and GetCallerIdentity, signed with service `sts`, and AssumeRoleWithWebIdentity with the
// one token that is known. Parameters in the body or the query, answers in XML. Source: AWS STS API reference; which error a
// request with several faults gets is assumed.
CallResult AnswerSts(ServerContext& context, const HttpRequest& request, std::string_view body, const CallContext& call);

// The parts of "arn:aws:iam::123456789012:role/path/name".
struct RoleArn {
  std::string partition;
  std::string account;
  std::string name;  // without the path
};

// None when it is not the ARN of a role.
std::optional<RoleArn> ParseRoleArn(std::string_view text);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_STS_ENDPOINT_H_
