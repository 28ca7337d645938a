#ifndef KVS_PRODUCER_NET_MAILBOX_H_
#define KVS_PRODUCER_NET_MAILBOX_H_

#include <functional>
#include <utility>
#include <vector>

#include "pic/base/mutex.h"

namespace kvs::net {

// Tasks that other threads leave for the network thread. Bounded by its users: each stream has at most one task in it.
class Mailbox {
 public:
  using Task = std::function<void()>;

  // Thread: any. True when the mailbox was empty: the reader is to be woken.
  bool Append(Task task) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    return tasks_.size() == 1;
  }
  std::vector<Task> TakeAll() KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return std::exchange(tasks_, {});
  }
  bool empty() const KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return tasks_.empty();
  }

 private:
  mutable Mutex mutex_;
  std::vector<Task> tasks_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_MAILBOX_H_
