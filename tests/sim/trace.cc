#include "tests/sim/trace.h"

namespace kvs::sim {

std::string ToText(MonoTime now) {
  const std::int64_t micros = (now - Scheduler::kStart).nanos() / 1000;
  std::string decimals = std::to_string(micros % 1'000'000);
  decimals.insert(0, 6 - decimals.size(), '0');
  return std::to_string(micros / 1'000'000) + "." + decimals;
}

void Trace::Note(MonoTime now, std::string_view who, std::string_view what) {
  Mix(static_cast<std::uint64_t>(now.nanos()));
  for (const char c : what) {
    Mix(static_cast<std::uint8_t>(c));
  }
  if (out_ != nullptr) {
    *out_ << ToText(now) << ' ' << who << ": " << what << '\n';
  }
}

}  // namespace kvs::sim
