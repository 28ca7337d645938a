#ifndef KVS_TESTS_SIM_TRACE_H_
#define KVS_TESTS_SIM_TRACE_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "tests/sim/scheduler.h"

namespace kvs::sim {

// What happened in a run: a line each, if somebody reads them, and a number that two runs share
// only when they did the same.
class Trace {
 public:
  // `out` may be null; `frames`: lines for each frame as well.
  explicit Trace(std::ostream* out = nullptr, bool frames = false) : out_(out), frames_(frames) {}

  bool frames() const { return out_ != nullptr && frames_; }

  // "12.345678 who: what": seconds since the start of the run.
  void Note(MonoTime now, std::string_view who, std::string_view what);
  void Mix(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001B3u; }

  std::uint64_t hash() const { return hash_; }

 private:
  std::ostream* const out_;
  const bool frames_;
  std::uint64_t hash_ = 0xCBF29CE484222325u;  // FNV-1a
};

// "12.345678", since the start of the run.
std::string ToText(MonoTime now);

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_TRACE_H_
