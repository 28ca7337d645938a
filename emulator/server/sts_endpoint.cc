#include "emulator/server/sts_endpoint.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "emulator/server/issued_credentials.h"
#include "emulator/server/query_text.h"

namespace kvs::emulator {
namespace {

using Parameters = std::map<std::string, std::string>;

constexpr std::string_view kService = "sts";
constexpr std::string_view kNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";
constexpr std::string_view kXml = "text/xml";
constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kAccountDigits = 12;
constexpr std::size_t kIdDigits = 12;
// Seconds that may be asked for, and what is given when none are.
constexpr int kMinSeconds = 900;
constexpr int kMaxSeconds = 43200;
constexpr int kDefaultSeconds = 3600;
// Characters of a session name.
constexpr std::size_t kMinSessionName = 2;
constexpr std::size_t kMaxSessionName = 64;

// What STS calls the refusals of the signature check.
constexpr std::pair<std::string_view, std::string_view> kSignatureErrors[] = {
    {"MissingAuthenticationTokenException", "MissingAuthenticationToken"},
    {"IncompleteSignatureException", "IncompleteSignature"},
    {"UnrecognizedClientException", "InvalidClientTokenId"},
    {"ExpiredTokenException", "ExpiredToken"},
    {"InvalidSignatureException", "SignatureDoesNotMatch"},
};

std::string Element(std::string_view name, std::string_view text) {
  const std::string tag(name);
  return "<" + tag + ">" + XmlText(text) + "</" + tag + ">";
}

ApiError Invalid(std::string message) {
  return {400, "ValidationError", std::move(message)};
}

std::string_view Get(const Parameters& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<int> SecondsAsked(const Parameters& parameters) {
  const std::string_view text = Get(parameters, "DurationSeconds");
  int seconds = kDefaultSeconds;
  if (!text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size()) {
      return std::nullopt;
    }
  }
  return seconds >= kMinSeconds && seconds <= kMaxSeconds ? std::optional(seconds) : std::nullopt;
}

bool IsSessionName(std::string_view name) {
  return name.size() >= kMinSessionName && name.size() <= kMaxSessionName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("_+=,.@-").find(c) != std::string_view::npos;
         });
}

// Answers what is wrong with a request for a role.
std::optional<ApiError> CheckRole(const Options& options, const Parameters& parameters, const std::optional<RoleArn>& role) {
  if (!role) {
    return Invalid("RoleArn is not the ARN of a role");
  }
  if (!IsSessionName(Get(parameters, "RoleSessionName"))) {
    return Invalid("RoleSessionName is missing or not valid");
  }
  if (!SecondsAsked(parameters)) {
    return Invalid("DurationSeconds is not within 900 to 43200");
  }
  if (!options.credentials_role.empty() && role->name != options.credentials_role) {
    return ApiError{403, "AccessDenied", "Not authorized to perform sts:AssumeRole on resource: " +
                                             std::string(Get(parameters, "RoleArn"))};
  }
  return std::nullopt;
}

ApiAnswer Document(const std::string& action, const std::string& result, const CallContext& call) {
  return ApiAnswer::Ok("<" + action + "Response xmlns=\"" + std::string(kNamespace) + "\"><" + action + "Result>" + result +
                           "</" + action + "Result><ResponseMetadata>" + Element("RequestId", call.request_id) +
                           "</ResponseMetadata></" + action + "Response>",
                       std::string(kXml));
}

ApiAnswer IssueRole(ServerContext& context, const std::string& action, std::string_view source, const Parameters& parameters,
                    const RoleArn& role, const std::string& more, const CallContext& call) {
  const std::string session(Get(parameters, "RoleSessionName"));
  const std::string arn =
      "arn:" + role.partition + ":sts::" + role.account + ":assumed-role/" + role.name + "/" + session;
  const Credential credential = IssueCredential(
      context, "Sts",
      std::min<Duration>(std::chrono::seconds(*SecondsAsked(parameters)), context.options.credentials_life),
      JsonObject().Text("source", source).Text("role", role.name).Text("session_name", session));
  context.tokens.role_arns[credential.access_key] = arn;
  return Document(action,
                  more + "<AssumedRoleUser>" +
                      Element("AssumedRoleId", "AROALOCAL" + RandomText(context, kIdDigits) + ":" + session) +
                      Element("Arn", arn) + "</AssumedRoleUser><Credentials>" +
                      Element("AccessKeyId", credential.access_key) + Element("SecretAccessKey", credential.secret_key) +
                      Element("SessionToken", credential.session_token) +
                      Element("Expiration", IsoTime(credential.expires)) + "</Credentials>",
                  call);
}

ApiAnswer AssumeRole(ServerContext& context, const Parameters& parameters, const CallContext& call) {
  const auto role = ParseRoleArn(Get(parameters, "RoleArn"));
  if (const auto error = CheckRole(context.options, parameters, role)) {
    return ApiAnswer::Refused(*error);
  }
  if (const std::string& id = context.options.sts_external_id; !id.empty() && Get(parameters, "ExternalId") != id) {
    return ApiAnswer::Refused({403, "AccessDenied", "Not authorized to perform sts:AssumeRole: wrong external id"});
  }
  return IssueRole(context, "AssumeRole", "sts", parameters, *role, "", call);
}

ApiAnswer AssumeRoleWithWebIdentity(ServerContext& context, const Parameters& parameters, const CallContext& call) {
  const auto role = ParseRoleArn(Get(parameters, "RoleArn"));
  if (const auto error = CheckRole(context.options, parameters, role)) {
    return ApiAnswer::Refused(*error);
  }
  if (Get(parameters, "WebIdentityToken") != context.options.web_identity_token) {
    return ApiAnswer::Refused({400, "InvalidIdentityToken", "The web identity token that was passed could not be validated"});
  }
  return IssueRole(context, "AssumeRoleWithWebIdentity", "web-identity", parameters, *role,
                   Element("SubjectFromWebIdentityToken", "kvs-local") + Element("Audience", "sts.amazonaws.com") +
                       Element("Provider", "kvs-local"),
                   call);
}

ApiAnswer GetCallerIdentity(ServerContext& context, const std::string& access_key, const CallContext& call) {
  const std::string& account = context.options.service.streams.account;
  const auto role = context.tokens.role_arns.find(access_key);
  return Document("GetCallerIdentity",
                  Element("Arn", role == context.tokens.role_arns.end() ? "arn:aws:iam::" + account + ":user/kvs-local"
                                                                       : role->second) +
                      Element("UserId", access_key) + Element("Account", account),
                  call);
}

// A refusal in the words of the query protocol.
ApiAnswer Worded(ApiAnswer answer, const CallContext& call) {
  if (answer.error_type.empty()) {
    return answer;
  }
  std::string_view code = answer.error_type;
  for (const auto& [type, name] : kSignatureErrors) {
    code = code == type ? name : code;
  }
  answer.body = "<ErrorResponse xmlns=\"" + std::string(kNamespace) + "\"><Error>" +
                Element("Type", answer.status < 500 ? "Sender" : "Receiver") + Element("Code", code) +
                Element("Message", answer.message) + "</Error>" + Element("RequestId", call.request_id) + "</ErrorResponse>";
  answer.content_type = kXml;
  answer.error_type.clear();
  return answer;
}

}  // namespace

std::optional<RoleArn> ParseRoleArn(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size() && parts.size() < 6;) {
    const std::size_t end = parts.size() == 5 ? text.size() : std::min(text.find(':', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  constexpr std::string_view kRole = "role/";
  if (parts.size() != 6 || parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2] != "iam" || !parts[3].empty() ||
      parts[4].size() != kAccountDigits || parts[4].find_first_not_of(kDigits) != std::string_view::npos ||
      !parts[5].starts_with(kRole)) {
    return std::nullopt;
  }
  const std::string_view name = parts[5].substr(parts[5].rfind('/') + 1);
  return name.empty() ? std::nullopt
                      : std::optional(RoleArn{std::string(parts[1]), std::string(parts[4]), std::string(name)});
}

CallResult AnswerSts(ServerContext& context, const HttpRequest& request, std::string_view body, const CallContext& call) {
  const Time now = context.loop.Now();
  const Parameters parameters = ParseForm(request.method == "GET" ? std::string_view(request.query) : body);
  const std::string_view action = Get(parameters, "Action");
  CallContext checked = call;
  const auto check_signature = [&] {
    if (!context.options.no_auth) {
      checked.refused = context.verifier.Verify(request, body, now, kService);
    }
  };
  CallResult result;
  if (action == "AssumeRole") {
    check_signature();
    result = context.service.CallElsewhere("assumeRole", checked, now, [&] { return AssumeRole(context, parameters, call); });
  } else if (action == "AssumeRoleWithWebIdentity") {
    result = context.service.CallElsewhere("assumeRoleWithWebIdentity", call, now,
                                           [&] { return AssumeRoleWithWebIdentity(context, parameters, call); });
  } else if (action == "GetCallerIdentity") {
    check_signature();
    result = context.service.CallElsewhere("getCallerIdentity", checked, now, [&] {
      return GetCallerIdentity(context, SigV4Verifier::AccessKeyOf(request), call);
    });
  } else {
    result.answer = ApiAnswer::Refused({400, "InvalidAction", "Could not find operation " + std::string(action)});
  }
  result.answer = Worded(std::move(result.answer), call);
  return result;
}

}  // namespace kvs::emulator
