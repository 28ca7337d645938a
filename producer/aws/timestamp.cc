#include "producer/aws/timestamp.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kvs::aws {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
// WallTime counts nanoseconds in 64 bits, which ends in 2262.
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2261;

struct Civil {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

Civil ToCivil(WallTime time) {
  const std::int64_t seconds = time.seconds();
  const std::int64_t days =
      seconds / kSecondsPerDay - ((seconds % kSecondsPerDay != 0 && seconds < 0) ? 1 : 0);
  const auto of_day = static_cast<int>(seconds - days * kSecondsPerDay);
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          of_day / 3600,
          of_day / 60 % 60,
          of_day % 60};
}

std::optional<WallTime> FromCivil(const Civil& civil) {
  const std::chrono::year_month_day date{std::chrono::year(civil.year),
                                         std::chrono::month(static_cast<unsigned>(civil.month)),
                                         std::chrono::day(static_cast<unsigned>(civil.day))};
  // 60 is a leap second; it counts as the first second of the next minute.
  if (civil.year < kFirstYear || civil.year > kLastYear || !date.ok() || civil.hour > 23 ||
      civil.minute > 59 || civil.second > 60) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return WallTime::FromSeconds(days * kSecondsPerDay + std::int64_t{civil.hour} * 3600 +
                               std::int64_t{civil.minute} * 60 + civil.second);
}

void AppendDigits(std::string& out, int value, int digits) {
  int divisor = 1;
  for (int i = 1; i < digits; ++i) {
    divisor *= 10;
  }
  for (; divisor > 0; divisor /= 10) {
    out += static_cast<char>('0' + value / divisor % 10);
  }
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Reads by a pattern: a digit of the field Y M D h m s, or the character itself.
bool ReadPattern(std::string_view text, std::string_view pattern, Civil& civil) {
  if (text.size() != pattern.size()) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    int* field = nullptr;
    switch (pattern[i]) {
      case 'Y':
        field = &civil.year;
        break;
      case 'M':
        field = &civil.month;
        break;
      case 'D':
        field = &civil.day;
        break;
      case 'h':
        field = &civil.hour;
        break;
      case 'm':
        field = &civil.minute;
        break;
      case 's':
        field = &civil.second;
        break;
      default:
        if (text[i] != pattern[i]) {
          return false;
        }
        continue;
    }
    if (!IsDigit(text[i])) {
      return false;
    }
    *field = *field * 10 + (text[i] - '0');
  }
  return true;
}

// Takes the zone off the end: "Z", or how far it is ahead of UTC as "+hh:mm". Nothing when there is none.
std::optional<Duration> TakeZone(std::string_view& text) {
  if (text.ends_with('Z')) {
    text.remove_suffix(1);
    return Duration::Seconds(0);
  }
  constexpr std::size_t kSize = 6;
  Civil offset;
  if (text.size() < kSize) {
    return std::nullopt;
  }
  const std::string_view zone = text.substr(text.size() - kSize);
  if ((zone[0] != '+' && zone[0] != '-') || !ReadPattern(zone.substr(1), "hh:mm", offset) || offset.hour > 23 || offset.minute > 59) {
    return std::nullopt;
  }
  text.remove_suffix(kSize);
  const Duration ahead = Duration::Seconds(std::int64_t{offset.hour} * 3600 + std::int64_t{offset.minute} * 60);
  return zone[0] == '+' ? ahead : -ahead;
}

}  // namespace

std::string FormatBasicTime(WallTime time) {
  const Civil civil = ToCivil(time);
  std::string out;
  AppendDigits(out, civil.year, 4);
  AppendDigits(out, civil.month, 2);
  AppendDigits(out, civil.day, 2);
  out += 'T';
  AppendDigits(out, civil.hour, 2);
  AppendDigits(out, civil.minute, 2);
  AppendDigits(out, civil.second, 2);
  out += 'Z';
  return out;
}

std::string FormatIsoTime(WallTime time) {
  std::string text = FormatBasicTime(time);  // 20150830T123600Z
  text.insert(13, ":");
  text.insert(11, ":");
  text.insert(6, "-");
  text.insert(4, "-");
  return text;
}

std::optional<WallTime> ParseIsoTime(std::string_view text) {
  constexpr std::string_view kPattern = "YYYY-MM-DDThh:mm:ss";
  constexpr std::size_t kMaxFractionDigits = 9;
  Civil civil;
  const std::optional<Duration> ahead = TakeZone(text);
  if (!ahead || text.size() < kPattern.size() || !ReadPattern(text.substr(0, kPattern.size()), kPattern, civil)) {
    return std::nullopt;
  }
  std::string_view fraction = text.substr(kPattern.size());
  std::int64_t nanos = 0;
  if (!fraction.empty()) {
    if (fraction.front() != '.' || fraction.size() < 2 ||
        fraction.size() > kMaxFractionDigits + 1) {
      return std::nullopt;
    }
    fraction.remove_prefix(1);
    std::int64_t unit = 100'000'000;
    for (const char c : fraction) {
      if (!IsDigit(c)) {
        return std::nullopt;
      }
      nanos += unit * (c - '0');
      unit /= 10;
    }
  }
  const std::optional<WallTime> time = FromCivil(civil);
  if (!time) {
    return std::nullopt;
  }
  return *time + Duration::Nanos(nanos) - *ahead;
}

std::optional<WallTime> ParseHttpDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::size_t kLength = 29;  // "Sun, 30 Aug 2015 12:36:00 GMT"
  if (text.size() != kLength || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ') {
    return std::nullopt;
  }
  Civil civil;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (text.substr(8, 3) == kMonths[i]) {
      civil.month = static_cast<int>(i) + 1;
    }
  }
  if (civil.month == 0 || !ReadPattern(text.substr(5, 2), "DD", civil) ||
      text.substr(25) != " GMT" || !ReadPattern(text.substr(12, 13), "YYYY hh:mm:ss", civil)) {
    return std::nullopt;
  }
  return FromCivil(civil);
}

}  // namespace kvs::aws
