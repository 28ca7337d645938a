#include "emulator/server/iot_endpoint.h"

#include <chrono>
#include <string>
#include <string_view>

namespace kvs::emulator {
namespace {

// The permission that the policy of a certificate needs.
constexpr std::string_view kApi = "assumeRoleWithCertificate";
constexpr std::string_view kPathBegin = "/role-aliases/";
constexpr std::string_view kPathEnd = "/credentials";
// Temporary access keys begin so. Source: IAM user guide, "Unique identifiers".
constexpr std::string_view kKeyPrefix = "ASIALOCAL";
constexpr std::size_t kKeyDigits = 11;
// Known by their beginning, so that a test finds one that is where it must not be.
constexpr std::string_view kSecretPrefix = "kvslocalIotSecret";
constexpr std::string_view kTokenPrefix = "kvslocalIotToken";
constexpr std::size_t kSecretDigits = 23;
constexpr std::size_t kTokenDigits = 200;

std::string RandomText(ServerContext& context, std::size_t length) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  while (text.size() < length) {
    text += kDigits[context.random() % kDigits.size()];
  }
  return text;
}

// "2015-08-30T12:36:00Z"
std::string IsoTime(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  const auto two = [](auto number) {
    const std::string text = std::to_string(number);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" +
         two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + "Z";
}

ApiAnswer Issue(ServerContext& context, std::string_view alias, std::string_view thing) {
  const Time now = context.loop.Now();
  // To the second, as it is told.
  const Time expires = std::chrono::floor<std::chrono::seconds>(Add(now, context.options.iot_credential_life));
  const Credential credential{std::string(kKeyPrefix) + RandomText(context, kKeyDigits),
                              std::string(kSecretPrefix) + RandomText(context, kSecretDigits),
                              std::string(kTokenPrefix) + RandomText(context, kTokenDigits), expires};
  context.verifier.Add(credential);
  context.service.LogEvent("credentials",
                           JsonObject()
                               .Text("role_alias", alias)
                               .Text("thing", thing)
                               .Text("access_key", credential.access_key)
                               .Number("expires_ms", ToMillis(expires)),
                           now);
  return ApiAnswer::Ok(JsonObject()
                           .Raw("credentials", JsonObject()
                                                   .Text("accessKeyId", credential.access_key)
                                                   .Text("secretAccessKey", credential.secret_key)
                                                   .Text("sessionToken", credential.session_token)
                                                   .Text("expiration", IsoTime(expires))
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
