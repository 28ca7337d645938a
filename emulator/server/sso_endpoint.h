#ifndef KVS_EMULATOR_SERVER_SSO_ENDPOINT_H_
#define KVS_EMULATOR_SERVER_SSO_ENDPOINT_H_

#include <string_view>

#include "emulator/server/http_request.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

inline constexpr std::string_view kSsoCredentialsPath = "/federation/credentials";
inline constexpr std::string_view kSsoTokenPath = "/token";

// IAM Identity Center: the credentials of a role for who shows an access token, and a new access token for a refresh token.
// Source: the API references of its portal (GetRoleCredentials) and of its OIDC service (CreateToken).
CallResult AnswerSso(ServerContext& context, const HttpRequest& request, std::string_view body, const CallContext& call);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_SSO_ENDPOINT_H_
