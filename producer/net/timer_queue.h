#ifndef KVS_PRODUCER_NET_TIMER_QUEUE_H_
#define KVS_PRODUCER_NET_TIMER_QUEUE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "kvs/time.h"

namespace kvs::net {

// Deadlines with something to call. Thread: network thread only.
class TimerQueue {
 public:
  using TimerId = std::uint64_t;

  // A timer that is not set. `call` may set and remove timers.
  TimerId Add(std::function<void()> call);
  void Remove(TimerId timer);
  // Replaces the deadline; none: not set.
  void Set(TimerId timer, std::optional<MonoTime> deadline);

  std::optional<MonoTime> next() const;
  // Calls what is due at `now`, each once.
  void RunDue(MonoTime now);

 private:
  struct Timer {
    std::function<void()> call;
    std::optional<MonoTime> deadline;
  };
  std::map<TimerId, Timer> timers_;
  std::set<std::pair<MonoTime, TimerId>> order_;
  TimerId last_id_ = 0;
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_TIMER_QUEUE_H_
