#include "emulator/server/sso_endpoint.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "emulator/model/control_plane.h"
#include "emulator/server/issued_credentials.h"
#include "emulator/server/query_text.h"

namespace kvs::emulator {
namespace {

constexpr std::string_view kBearerHeader = "x-amz-sso_bearer_token";
constexpr std::size_t kTokenDigits = 48;
constexpr char kInvalidGrant[] = "InvalidGrantException";

bool IsGood(const ServerContext& context, std::string_view token) {
  const auto given = context.tokens.sso.find(std::string(token));
  return token == context.options.sso_token ||
         (given != context.tokens.sso.end() && context.loop.Now() < given->second);
}

ApiAnswer RoleCredentials(ServerContext& context, const HttpRequest& request) {
  auto parameters = ParseForm(request.query);
  const std::string role = parameters["role_name"];
  const std::string account = parameters["account_id"];
  if (role.empty() || account.empty()) {
    return ApiAnswer::Refused({400, "InvalidRequestException", "role_name and account_id are needed"});
  }
  if (!IsGood(context, request.Header(kBearerHeader))) {
    return ApiAnswer::Refused({401, "UnauthorizedException", "Session token not found or invalid"});
  }
  if (!context.options.credentials_role.empty() && role != context.options.credentials_role) {
    return ApiAnswer::Refused({403, "ForbiddenException", "No access"});
  }
  const Credential credential =
      IssueCredential(context, "Sso", context.options.credentials_life,
                      JsonObject().Text("source", "sso").Text("role", role).Text("account", account));
  return ApiAnswer::Ok(JsonObject()
                           .Raw("roleCredentials", JsonObject()
                                                       .Text("accessKeyId", credential.access_key)
                                                       .Text("secretAccessKey", credential.secret_key)
                                                       .Text("sessionToken", credential.session_token)
                                                       .Number("expiration", ToMillis(credential.expires))
                                                       .str())
                           .str());
}

ApiAnswer NewAccessToken(ServerContext& context, std::string_view body) {
  const std::string refresh = JsonMember(body, "refreshToken");
  if (JsonMember(body, "grantType") != "refresh_token" || JsonMember(body, "clientId").empty() ||
      JsonMember(body, "clientSecret").empty()) {
    return ApiAnswer::Refused({400, "InvalidRequestException", "clientId, clientSecret and grantType are needed"});
  }
  if (refresh.empty() || (refresh != context.options.sso_refresh_token && !context.tokens.sso_refresh.contains(refresh))) {
    return ApiAnswer::Refused({400, kInvalidGrant, "Invalid refresh token provided"});
  }
  const Duration life = context.options.sso_token_life;
  const std::string token = "kvslocalSsoAccess" + RandomText(context, kTokenDigits);
  const std::string next = "kvslocalSsoRefresh" + RandomText(context, kTokenDigits);
  context.tokens.sso[token] = Add(context.loop.Now(), life);
  context.tokens.sso_refresh.insert(next);
  return ApiAnswer::Ok(JsonObject()
                           .Text("accessToken", token)
                           .Text("tokenType", "Bearer")
                           .Number("expiresIn", std::chrono::floor<std::chrono::seconds>(life).count())
                           .Text("refreshToken", next)
                           .str());
}

// A refusal in the words of the portal, and of OAuth 2.0 (RFC 6749 §5.2) where a token was asked for.
ApiAnswer Worded(ApiAnswer answer, bool is_token) {
  if (!answer.error_type.empty()) {
    JsonObject words;
    if (is_token) {
      words.Text("error", answer.error_type == kInvalidGrant ? "invalid_grant" : "invalid_request")
          .Text("error_description", answer.message);
    } else {
      words.Text("message", answer.message);
    }
    answer.body = words.str();
  }
  return answer;
}

}  // namespace

CallResult AnswerSso(ServerContext& context, const HttpRequest& request, std::string_view body, const CallContext& call) {
  const bool is_token = request.path == kSsoTokenPath;
  if (request.method != (is_token ? "POST" : "GET")) {
    return {ApiAnswer::Refused({405, "MethodNotAllowed", "Method not allowed"}), {}};
  }
  CallResult result = context.service.CallElsewhere(
      is_token ? "ssoCreateToken" : "ssoGetRoleCredentials", call, context.loop.Now(),
      [&] { return is_token ? NewAccessToken(context, body) : RoleCredentials(context, request); });
  result.answer = Worded(std::move(result.answer), is_token);
  return result;
}

}  // namespace kvs::emulator
