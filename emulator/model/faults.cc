#include "emulator/model/faults.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace kvs::emulator {
namespace {

struct KindRow {
  FaultKind kind;
  std::string_view name;
  std::string_view keys;  // beside the common ones, each between spaces
};

constexpr std::array<KindRow, 17> kKinds = {{
    {FaultKind::kRefuse, "refuse", " mode call "},
    {FaultKind::kTlsFail, "tls-fail", " call "},
    {FaultKind::kStatus, "status", " api code error message call "},
    {FaultKind::kDelay, "delay", " api ms call "},
    {FaultKind::kEndpoint, "endpoint", " url call "},
    {FaultKind::kGarbage, "garbage", " api call "},
    {FaultKind::kCreating, "creating", " "},
    {FaultKind::kReset, "reset", " session bytes kind "},
    {FaultKind::kCloseAfter, "close-after", " session fragments kind "},
    {FaultKind::kSlowRead, "slow-read", " session rate "},
    {FaultKind::kFreeze, "freeze", " session bytes "},
    {FaultKind::kErrorAck, "error-ack", " session fragment id code at "},
    {FaultKind::kStopAcks, "stop-acks", " session acks types "},
    {FaultKind::kDelayAcks, "delay-acks", " session types ms "},
    {FaultKind::kGarbageAcks, "garbage-acks", " session acks "},
    {FaultKind::kSplitAcks, "split-acks", " session size "},
    {FaultKind::kMergeAcks, "merge-acks", " session acks "},
}};
constexpr std::string_view kCommonKeys = " stream after for times ";

template <typename T>
bool ParseInteger(std::string_view text, T* value) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && rest == end && !text.empty();
}

bool ParseRange(std::string_view text, FaultRange* range) {
  const std::size_t dash = text.find('-');
  if (!ParseInteger(text.substr(0, dash), &range->first) || range->first == 0) {
    return false;
  }
  range->last = dash == std::string_view::npos ? range->first : UINT64_MAX;
  const std::string_view last =
      dash == std::string_view::npos ? std::string_view() : text.substr(dash + 1);
  return last.empty() || (ParseInteger(last, &range->last) && range->last >= range->first);
}

bool ParseTypes(std::string_view text, std::vector<AckType>* types) {
  while (!text.empty()) {
    const std::size_t plus = std::min(text.find('+'), text.size());
    const auto type = AckTypeOfName(text.substr(0, plus));
    if (!type) {
      return false;
    }
    types->push_back(*type);
    text.remove_prefix(std::min(plus + 1, text.size()));
  }
  return !types->empty();
}

template <typename T, std::size_t N>
bool ParseName(std::string_view text, const std::array<std::pair<std::string_view, T>, N>& names,
               T* value) {
  for (const auto& [name, meaning] : names) {
    if (name == text) {
      *value = meaning;
      return true;
    }
  }
  return false;
}

bool ParseEndKind(FaultKind fault, std::string_view text, EndKind* kind) {
  constexpr std::array<std::pair<std::string_view, EndKind>, 4> kNames = {{
      {"end", EndKind::kGraceful},
      {"fin", EndKind::kFin},
      {"rst", EndKind::kReset},
      {"crash", EndKind::kCrash},
  }};
  return ParseName(text, kNames, kind) &&
         *kind != (fault == FaultKind::kReset ? EndKind::kGraceful : EndKind::kCrash);
}

bool ParseSizeInto(std::string_view text, std::uint64_t* value) {
  const auto size = ParseSize(text);
  *value = size.value_or(0);
  return size.has_value();
}

bool ParseDelay(std::string_view text, Fault* fault) {
  std::int64_t milliseconds = 0;
  fault->delay.reset();
  if (text == "never") {
    return true;
  }
  if (!ParseInteger(text, &milliseconds) || milliseconds < 0) {
    return false;
  }
  fault->delay = std::chrono::milliseconds(milliseconds);
  return true;
}

bool ParseRefuseMode(std::string_view text, RefuseMode* mode) {
  constexpr std::array<std::pair<std::string_view, RefuseMode>, 3> kNames = {{
      {"close", RefuseMode::kClose},
      {"rst", RefuseMode::kReset},
      {"unlisten", RefuseMode::kUnlisten},
  }};
  return ParseName(text, kNames, mode);
}

bool SetDuration(std::string_view value, Fault* fault, bool lasting) {
  const auto duration = ParseDuration(value);
  if (duration && lasting) {
    fault->lasting = duration;
  } else if (duration) {
    fault->after = *duration;
  }
  return duration.has_value();
}

bool SetCommonKey(std::string_view key, std::string_view value, Fault* fault) {
  if (key == "stream") {
    fault->stream = value;
    return !value.empty();
  } else if (key == "times") {
    return ParseInteger(value, &fault->times);
  }
  return SetDuration(value, fault, key == "for");
}

bool SetKey(std::string_view key, std::string_view value, Fault* fault) {
  if (key == "call") {
    return ParseRange(value, &fault->call);
  } else if (key == "session") {
    fault->open_sessions = value == "open";
    return fault->open_sessions || ParseRange(value, &fault->session);
  } else if (key == "fragment") {
    return ParseRange(value, &fault->fragment);
  } else if (key == "api") {
    fault->api = value;
    return !value.empty();
  } else if (key == "code" && fault->kind == FaultKind::kErrorAck) {
    fault->error_code = value;
    return true;
  } else if (key == "code") {
    return ParseInteger(value, &fault->status_code) && fault->status_code >= 200 &&
           fault->status_code <= 599;
  } else if (key == "error") {
    fault->error_type = value;
    return true;
  } else if (key == "message") {
    fault->message = value;
    return true;
  } else if (key == "url") {
    fault->url = value;
    return !value.empty();
  } else if (key == "ms") {
    return ParseDelay(value, fault);
  } else if (key == "mode") {
    return ParseRefuseMode(value, &fault->refuse_mode);
  } else if (key == "kind") {
    return ParseEndKind(fault->kind, value, &fault->end_kind);
  } else if (key == "bytes") {
    return ParseSizeInto(value, &fault->bytes);
  } else if (key == "rate") {
    return ParseSizeInto(value, &fault->rate) && fault->rate > 0;
  } else if (key == "fragments") {
    return ParseInteger(value, &fault->fragments) && fault->fragments > 0;
  } else if (key == "acks") {
    return ParseInteger(value, &fault->acks);
  } else if (key == "size") {
    return ParseInteger(value, &fault->size) && fault->size > 0;
  } else if (key == "id") {
    return ParseInteger(value, &fault->error_id) && fault->error_id > 0;
  } else if (key == "at") {
    fault->at_begin = value == "begin";
    return fault->at_begin || value == "end";
  }
  return key == "types" && ParseTypes(value, &fault->ack_types);
}

// What a kind cannot do without.
std::string MissingKey(const Fault& fault) {
  const bool needs_duration = fault.kind == FaultKind::kRefuse &&
                              fault.refuse_mode == RefuseMode::kUnlisten && !fault.lasting;
  if (needs_duration) {
    return "mode=unlisten needs for=";
  } else if (fault.kind == FaultKind::kEndpoint && fault.url.empty()) {
    return "endpoint needs url=";
  } else if (fault.kind == FaultKind::kErrorAck && fault.error_id == 0) {
    return "error-ack needs id=";
  } else if (fault.kind == FaultKind::kSlowRead && fault.rate == 0) {
    return "slow-read needs rate=";
  } else if (fault.kind == FaultKind::kMergeAcks && fault.acks == 0) {
    return "merge-acks needs acks=";
  }
  return "";
}

std::string_view TakeField(std::string_view* spec) {
  const std::size_t comma = std::min(spec->find(','), spec->size());
  const std::string_view field = spec->substr(0, comma);
  spec->remove_prefix(std::min(comma + 1, spec->size()));
  return field;
}

bool HasKey(std::string_view keys, std::string_view key) {
  return !key.empty() && keys.find(" " + std::string(key) + " ") != std::string_view::npos;
}

}  // namespace

bool Fault::MatchesStream(std::string_view name) const {
  if (stream.ends_with('*')) {
    return name.starts_with(std::string_view(stream).substr(0, stream.size() - 1));
  }
  return stream.empty() || stream == name;
}

bool Fault::MatchesAck(AckType type) const {
  return ack_types.empty() ||
         std::find(ack_types.begin(), ack_types.end(), type) != ack_types.end();
}

std::optional<Duration> ParseDuration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kUnits = {
      {{"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
  double unit = 1e9;
  for (const auto& [name, nanos] : kUnits) {
    if (text.ends_with(name)) {
      unit = nanos;
      text.remove_suffix(name.size());
      break;
    }
  }
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  constexpr double kMaxNanos = 9e18;
  if (text.empty() || error != std::errc() || rest != end || !(value >= 0) ||
      value * unit > kMaxNanos) {
    return std::nullopt;
  }
  return Duration(std::llround(value * unit));
}

std::optional<std::uint64_t> ParseSize(std::string_view text) {
  constexpr std::string_view kUnits = "kMG";
  std::uint32_t shift = 0;
  if (!text.empty() && kUnits.find(text.back()) != std::string_view::npos) {
    shift = 10 * (static_cast<std::uint32_t>(kUnits.find(text.back())) + 1);
    text.remove_suffix(1);
  }
  std::uint64_t value = 0;
  if (!ParseInteger(text, &value) || value > UINT64_MAX >> shift) {
    return std::nullopt;
  }
  return value << shift;
}

std::variant<Fault, std::string> ParseFault(std::string_view spec) {
  Fault fault;
  fault.spec = spec;
  const std::string_view name = TakeField(&spec);
  const auto row = std::find_if(kKinds.begin(), kKinds.end(),
                                [&](const KindRow& candidate) { return candidate.name == name; });
  if (row == kKinds.end()) {
    return "unknown fault '" + std::string(name) + "'";
  }
  fault.kind = row->kind;
  fault.end_kind = fault.kind == FaultKind::kCloseAfter ? EndKind::kGraceful : EndKind::kReset;
  while (!spec.empty()) {
    const std::string_view field = TakeField(&spec);
    const std::size_t equals = field.find('=');
    const std::string_view key = field.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
    const bool common = HasKey(kCommonKeys, key);
    if (!common && !HasKey(row->keys, key)) {
      return "'" + std::string(name) + "' has no key '" + std::string(key) + "'";
    }
    if (!(common ? SetCommonKey(key, value, &fault) : SetKey(key, value, &fault))) {
      return "bad value in '" + std::string(field) + "'";
    }
  }
  std::string missing = MissingKey(fault);
  if (!missing.empty()) {
    return missing;
  }
  if (fault.error_code.empty()) {
    fault.error_code = AckErrorName(fault.error_id);
  }
  return fault;
}

}  // namespace kvs::emulator
