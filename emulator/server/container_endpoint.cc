#include "emulator/server/container_endpoint.h"

#include <string>
#include <utility>

#include "emulator/server/issued_credentials.h"

namespace kvs::emulator {
namespace {

constexpr std::string_view kEcsPath = "/v2/credentials/";
constexpr std::string_view kEksPath = "/v1/credentials";
// The role of the container when --credentials-role gives none.
constexpr std::string_view kDefaultRole = "kvs-local";

ApiAnswer Credentials(ServerContext& context, const HttpRequest& request) {
  const Options& options = context.options;
  if (!options.container_token.empty() && request.Header("authorization") != options.container_token) {
    return ApiAnswer::Refused({401, "AccessDeniedException", "The authorization token is missing or not valid"});
  }
  const std::string role(options.credentials_role.empty() ? kDefaultRole : std::string_view(options.credentials_role));
  const Credential credential =
      IssueCredential(context, "Container", options.credentials_life,
                      JsonObject().Text("source", "container").Text("role", role).Text("path", request.path));
  return ApiAnswer::Ok(JsonObject()
                           .Text("RoleArn", "arn:aws:iam::" + options.service.streams.account + ":role/" + role)
                           .Text("AccessKeyId", credential.access_key)
                           .Text("SecretAccessKey", credential.secret_key)
                           .Text("Token", credential.session_token)
                           .Text("Expiration", IsoTime(credential.expires))
                           .str());
}

ApiAnswer Worded(ApiAnswer answer) {
  if (!answer.error_type.empty()) {
    answer.body = JsonObject().Text("code", answer.error_type).Text("message", answer.message).str();
    answer.error_type.clear();
  }
  return answer;
}

}  // namespace

bool IsContainerPath(std::string_view path) {
  return path == kEksPath || (path.starts_with(kEcsPath) && path.size() > kEcsPath.size());
}

CallResult AnswerContainer(ServerContext& context, const HttpRequest& request, const CallContext& call) {
  if (request.method != "GET") {
    return {ApiAnswer::Refused({405, "MethodNotAllowed", "Method not allowed"}), {}};
  }
  CallResult result = context.service.CallElsewhere("containerCredentials", call, context.loop.Now(),
                                                    [&] { return Credentials(context, request); });
  result.answer = Worded(std::move(result.answer));
  return result;
}

}  // namespace kvs::emulator
