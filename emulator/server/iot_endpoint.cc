#include "emulator/server/iot_endpoint.h"

#include <string_view>

#include "emulator/server/issued_credentials.h"

namespace kvs::emulator {
namespace {

// The permission that the policy of a certificate needs.
constexpr std::string_view kApi = "assumeRoleWithCertificate";
constexpr std::string_view kPathBegin = "/role-aliases/";
constexpr std::string_view kPathEnd = "/credentials";

ApiAnswer Issue(ServerContext& context, std::string_view alias, std::string_view thing) {
  const Credential credential =
      IssueCredential(context, "Iot", context.options.iot_credential_life,
                      JsonObject().Text("role_alias", alias).Text("thing", thing));
  return ApiAnswer::Ok(JsonObject()
                           .Raw("credentials", JsonObject()
                                                   .Text("accessKeyId", credential.access_key)
                                                   .Text("secretAccessKey", credential.secret_key)
                                                   .Text("sessionToken", credential.session_token)
                                                   .Text("expiration", IsoTime(credential.expires))
                                                   .str())
                           .str());
}

}  // namespace

CallResult AnswerIot(ServerContext& context, const HttpRequest& request, const CallContext& call) {
  const Time now = context.loop.Now();
  std::string_view alias = request.path;
  const bool known = request.method == "GET" && alias.size() > kPathBegin.size() + kPathEnd.size() &&
                     alias.starts_with(kPathBegin) && alias.ends_with(kPathEnd);
  if (!known) {
    return {ApiAnswer::Refused({404, "UnknownOperationException", "No such operation: " + request.method + " " + request.path}),
            {}};
  }
  alias.remove_prefix(kPathBegin.size());
  alias.remove_suffix(kPathEnd.size());
  const std::string_view thing = request.Header("x-amzn-iot-thingname");
  return context.service.CallElsewhere(kApi, call, now, [&] {
    const Options& options = context.options;
    if (!options.iot_role_alias.empty() && alias != options.iot_role_alias) {
      return ApiAnswer::Refused({404, "ResourceNotFoundException", "Role alias does not exist"});
    }
    if (!options.iot_thing.empty() && thing != options.iot_thing) {
      return ApiAnswer::Refused({403, "AccessDeniedException", "Access Denied"});
    }
    return Issue(context, alias, thing);
  });
}

}  // namespace kvs::emulator
