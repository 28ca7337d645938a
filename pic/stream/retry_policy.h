#ifndef KVS_PIC_STREAM_RETRY_POLICY_H_
#define KVS_PIC_STREAM_RETRY_POLICY_H_

#include <optional>

#include "kvs/time.h"
#include "pic/base/random.h"

namespace kvs {

// How long to wait before the next try: a random time between nothing and a limit that doubles with each failure in a row ("full
// jitter"), so that a thousand cameras do not come back in the same millisecond. One per stream and API: a failing stream
// does not slow the others, and a call that works does not hide one that fails.
class RetryPolicy {
 public:
  struct Options {
    Duration first_limit = Duration::Millis(200);
    Duration max_limit = Duration::Seconds(10);  // so that a service that is back is found within 10 s
  };
  RetryPolicy(Options options, std::uint64_t seed) : options_(options), random_(seed) {}

  // The wait after one more failure. At least `at_least`: what the service asked for (Retry-After).
  Duration Next(Duration at_least = {});
  // Something worked.
  void Reset() { failures_ = 0; }
  int failures() const { return failures_; }

 private:
  const Options options_;
  Random random_;
  int failures_ = 0;  // in a row
};

// What all retries of a stream may cost together, whatever fails and in whichever order: a few at once, then one in a while on
// average. Jitter alone can be small many times in a row, and calls that work between two failures cost as well. An outage of
// ten seconds sees no more than one try a second.
class RetryBudget {
 public:
  static constexpr int kAtOnce = 5;
  static constexpr Duration kEach = Duration::Seconds(2);

  // Takes so many tries, kAtOnce at most; how long to wait until they are there.
  Duration Take(int tries, MonoTime now);

 private:
  // When everything that was taken has come back.
  std::optional<MonoTime> full_at_;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_RETRY_POLICY_H_
