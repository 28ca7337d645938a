#include "emulator/server/issued_credentials.h"

#include <chrono>

namespace kvs::emulator {
namespace {

// Temporary access keys begin so. Source: IAM user guide, "Unique identifiers".
constexpr std::string_view kKeyPrefix = "ASIALOCAL";
constexpr std::size_t kKeyDigits = 11;
constexpr std::size_t kSecretDigits = 23;
constexpr std::size_t kTokenDigits = 200;

}  // namespace

std::string RandomText(ServerContext& context, std::size_t length) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  while (text.size() < length) {
    text += kDigits[context.random() % kDigits.size()];
  }
  return text;
}

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

Credential IssueCredential(ServerContext& context, std::string_view source, Duration life, JsonObject who) {
  const Time now = context.loop.Now();
  const std::string prefix = "kvslocal" + std::string(source);
  Credential credential{std::string(kKeyPrefix) + RandomText(context, kKeyDigits),
                        prefix + "Secret" + RandomText(context, kSecretDigits),
                        prefix + "Token" + RandomText(context, kTokenDigits),
                        std::chrono::floor<std::chrono::seconds>(Add(now, life))};
  context.verifier.Add(credential);
  context.service.LogEvent(
      "credentials",
      who.Text("access_key", credential.access_key).Number("expires_ms", ToMillis(credential.expires)), now);
  return credential;
}

}  // namespace kvs::emulator
