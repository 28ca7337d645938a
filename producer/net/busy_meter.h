#ifndef KVS_PRODUCER_NET_BUSY_METER_H_
#define KVS_PRODUCER_NET_BUSY_METER_H_

#include <optional>

#include "kvs/time.h"
#include "pic/base/mutex.h"

namespace kvs::net {

// Which part of its time a thread does not wait, of late. One that has no time to wait is what everything else waits for.
class BusyMeter {
 public:
  // Thread: the measured one.
  void BeginWait(MonoTime now) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (awake_since_) {
      busy_ = busy_ + (now - *awake_since_);
      awake_since_.reset();
    }
    Roll(now);
  }
  void EndWait(MonoTime now) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    Roll(now);
    awake_since_ = now;
  }
  // 0..1, of the last second that is over, or of a longer time when there was nothing to do in between. Thread: any.
  double Share(MonoTime now) const KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return begin_ && now - *begin_ >= kWindow ? PartOf(now) : last_;
  }

 private:
  static constexpr Duration kWindow = Duration::Seconds(1);

  double PartOf(MonoTime now) const KVS_REQUIRES(mutex_) {
    const Duration busy = awake_since_ ? busy_ + (now - *awake_since_) : busy_;
    return static_cast<double>(busy.nanos()) / static_cast<double>((now - *begin_).nanos());
  }
  // Between two waits only, so that nothing counts twice.
  void Roll(MonoTime now) KVS_REQUIRES(mutex_) {
    if (begin_ && now - *begin_ >= kWindow) {
      last_ = PartOf(now);
    } else if (begin_) {
      return;
    }
    begin_ = now;
    busy_ = Duration();
  }

  mutable Mutex mutex_;
  std::optional<MonoTime> begin_ KVS_GUARDED_BY(mutex_);  // of the time that is being measured
  Duration busy_ KVS_GUARDED_BY(mutex_);                  // since then, without what is awake_since_
  std::optional<MonoTime> awake_since_ KVS_GUARDED_BY(mutex_);
  double last_ KVS_GUARDED_BY(mutex_) = 0;
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_BUSY_METER_H_
