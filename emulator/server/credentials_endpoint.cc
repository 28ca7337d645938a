#include "emulator/server/credentials_endpoint.h"

#include "emulator/server/container_endpoint.h"
#include "emulator/server/imds_endpoint.h"
#include "emulator/server/sso_endpoint.h"
#include "emulator/server/sts_endpoint.h"

namespace kvs::emulator {

CallResult AnswerCredentials(ServerContext& context, const HttpRequest& request, std::string_view body,
                             const CallContext& call) {
  if (request.path.empty() || request.path == "/") {
    return AnswerSts(context, request, body, call);
  } else if (request.path.starts_with("/latest/")) {
    return AnswerImds(context, request, call);
  } else if (request.path == kSsoCredentialsPath || request.path == kSsoTokenPath) {
    return AnswerSso(context, request, body, call);
  } else if (IsContainerPath(request.path)) {
    return AnswerContainer(context, request, call);
  }
  return {ApiAnswer::Refused({404, "UnknownOperationException", "No such operation: " + request.method + " " + request.path}),
          {}};
}

}  // namespace kvs::emulator
