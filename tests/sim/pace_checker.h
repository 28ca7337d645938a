#ifndef KVS_TESTS_SIM_PACE_CHECKER_H_
#define KVS_TESTS_SIM_PACE_CHECKER_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "kvs/time.h"

namespace kvs::sim {

// How often the stream knocks at the service. Checks I7 of docs/simulation.md.
class PaceChecker {
 public:
  // Source: quota of PutMedia calls per second and stream.
  static constexpr std::size_t kSessionsPerSecond = 5;
  // A second, less what actions may be late by.
  static constexpr Duration kSecond = Duration::Millis(950);
  // After this much of an outage, attempts come a second apart on average.
  static constexpr Duration kGrace = Duration::Seconds(10);
  static constexpr std::int64_t kSlack = 10;  // attempts

  // Each answers what is wrong; empty when nothing is.
  std::string OnSession(MonoTime now);
  // Any attempt; `progress`: when the service last acknowledged something.
  std::string OnAttempt(MonoTime now, MonoTime progress);
  void OnFailure(MonoTime now);
  void OnSuccess() { failing_ = false; }

  std::uint64_t attempts() const { return attempts_; }

 private:
  std::deque<MonoTime> sessions_;    // of the last second
  std::optional<MonoTime> trouble_;  // when it began
  bool failing_ = false;             // the last attempt failed
  std::int64_t retries_ = 0;         // since the end of the grace
  std::uint64_t attempts_ = 0;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_PACE_CHECKER_H_
