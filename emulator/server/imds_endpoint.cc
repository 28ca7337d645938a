#include "emulator/server/imds_endpoint.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/server/issued_credentials.h"

namespace kvs::emulator {
namespace {

constexpr std::string_view kTokenPath = "/latest/api/token";
constexpr std::string_view kCredentialsPath = "/latest/meta-data/iam/security-credentials/";
constexpr std::string_view kRegionPath = "/latest/meta-data/placement/region";
constexpr std::string_view kZonePath = "/latest/meta-data/placement/availability-zone";
constexpr std::string_view kIdentityPath = "/latest/dynamic/instance-identity/document";
constexpr std::string_view kTokenHeader = "x-aws-ec2-metadata-token";
constexpr std::string_view kTtlHeader = "x-aws-ec2-metadata-token-ttl-seconds";
constexpr int kMaxTtlSeconds = 21600;
constexpr std::size_t kTokenDigits = 56;
// The role of the instance when --credentials-role gives none.
constexpr std::string_view kDefaultRole = "kvs-local";
constexpr char kText[] = "text/plain";

std::string_view RoleOf(const Options& options) {
  return options.credentials_role.empty() ? kDefaultRole : std::string_view(options.credentials_role);
}

ApiAnswer NewToken(ServerContext& context, const HttpRequest& request) {
  const std::string_view text = request.Header(kTtlHeader);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 1 || seconds > kMaxTtlSeconds) {
    return ApiAnswer::Refused({400, "BadRequest", "Bad Request"});
  }
  const std::string token = "kvslocalImdsSession" + RandomText(context, kTokenDigits);
  context.tokens.imds[token] =
      Add(context.loop.Now(), std::min<Duration>(std::chrono::seconds(seconds), context.options.imds_token_life));
  ApiAnswer answer = ApiAnswer::Ok(token, kText);
  answer.headers.emplace_back(kTtlHeader, std::to_string(seconds));
  return answer;
}

ApiAnswer Credentials(ServerContext& context, std::string_view role) {
  const Credential credential = IssueCredential(context, "Imds", context.options.credentials_life,
                                                JsonObject().Text("source", "imds").Text("role", role));
  return ApiAnswer::Ok(JsonObject()
                           .Text("Code", "Success")
                           .Text("LastUpdated", IsoTime(context.loop.Now()))
                           .Text("Type", "AWS-HMAC")
                           .Text("AccessKeyId", credential.access_key)
                           .Text("SecretAccessKey", credential.secret_key)
                           .Text("Token", credential.session_token)
                           .Text("Expiration", IsoTime(credential.expires))
                           .str(),
                       kText);
}

ApiAnswer Identity(const Options& options) {
  const std::string& region = options.service.streams.region;
  return ApiAnswer::Ok(JsonObject()
                           .Text("accountId", options.service.streams.account)
                           .Text("availabilityZone", region + "a")
                           .Text("instanceId", "i-0123456789abcdef0")
                           .Text("instanceType", "t3.micro")
                           .Text("region", region)
                           .Text("version", "2017-09-30")
                           .str(),
                       kText);
}

// Which call a request is, and what it answers; the name is empty when there is none.
std::pair<std::string_view, std::function<ApiAnswer()>> CallOf(ServerContext& context, const HttpRequest& request) {
  const Options& options = context.options;
  if (request.method == "PUT" && request.path == kTokenPath) {
    return {"imdsToken", [&] { return NewToken(context, request); }};
  } else if (request.method != "GET") {
    return {};
  } else if (request.path == kCredentialsPath || request.path + "/" == kCredentialsPath) {
    return {"imdsRole", [&options] { return ApiAnswer::Ok(std::string(RoleOf(options)), kText); }};
  } else if (request.path == std::string(kCredentialsPath) + std::string(RoleOf(options))) {
    return {"imdsCredentials", [&context] { return Credentials(context, RoleOf(context.options)); }};
  } else if (request.path == kRegionPath || request.path == kZonePath) {
    const std::string_view zone = request.path == kZonePath ? "a" : "";
    return {"imdsRegion",
            [&options, zone] { return ApiAnswer::Ok(options.service.streams.region + std::string(zone), kText); }};
  } else if (request.path == kIdentityPath) {
    return {"imdsIdentity", [&options] { return Identity(options); }};
  }
  return {};
}

// A refusal as its page of HTML.
ApiAnswer Worded(ApiAnswer answer) {
  if (!answer.error_type.empty()) {
    answer.body = "<html><body><h1>" + std::to_string(answer.status) + " - " + answer.message + "</h1></body></html>";
    answer.content_type = "text/html";
    answer.error_type.clear();
  }
  return answer;
}

}  // namespace

CallResult AnswerImds(ServerContext& context, const HttpRequest& request, const CallContext& call) {
  const Time now = context.loop.Now();
  const auto [api, answer] = CallOf(context, request);
  if (api.empty()) {
    return {Worded(ApiAnswer::Refused({404, "NotFound", "Not Found"})), {}};
  }
  CallContext checked = call;
  const auto token = context.tokens.imds.find(std::string(request.Header(kTokenHeader)));
  if (!request.Header("x-forwarded-for").empty()) {
    checked.refused = {403, "Forbidden", "Forbidden"};  // came through a proxy
  } else if (api != "imdsToken" && (token == context.tokens.imds.end() || now >= token->second)) {
    checked.refused = {401, "Unauthorized", "Unauthorized"};
  }
  CallResult result = context.service.CallElsewhere(api, checked, now, answer);
  result.answer = Worded(std::move(result.answer));
  return result;
}

}  // namespace kvs::emulator
