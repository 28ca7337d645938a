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

  // Thread: any. True when the reader is to be woken: the mailbox was empty, and the reader does not look again by itself.
  bool Append(Task task) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    return tasks_.size() == 1 && !looks_again_;
  }
  // Whoever is given something looks again soon without being woken, until there is nothing.
  std::vector<Task> TakeAll() KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    looks_again_ = !tasks_.empty();
    return std::exchange(tasks_, {});
  }

 private:
  Mutex mutex_;
  std::vector<Task> tasks_ KVS_GUARDED_BY(mutex_);
  bool looks_again_ KVS_GUARDED_BY(mutex_) = false;
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_MAILBOX_H_
