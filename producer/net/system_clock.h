#ifndef KVS_PRODUCER_NET_SYSTEM_CLOCK_H_
#define KVS_PRODUCER_NET_SYSTEM_CLOCK_H_

#include <chrono>

#include "pic/base/clock.h"

namespace kvs::net {

// The clocks of the machine. Thread: any.
class SystemClock : public Clock {
 public:
  MonoTime Mono() const override {
    return MonoTime::FromNanos(Nanos(std::chrono::steady_clock::now().time_since_epoch()));
  }
  WallTime Wall() const override {
    return WallTime::FromNanos(Nanos(std::chrono::system_clock::now().time_since_epoch()));
  }

 private:
  template <typename Elapsed>
  static std::int64_t Nanos(Elapsed elapsed) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(elapsed).count();
  }
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_SYSTEM_CLOCK_H_
