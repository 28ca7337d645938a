#ifndef KVS_PRODUCER_NET_MAILBOX_H_
#define KVS_PRODUCER_NET_MAILBOX_H_

#include <memory>
#include <utility>
#include <vector>

#include "pic/base/mutex.h"

namespace kvs::net {

// Something for the network thread to do. A stream is one itself, so that leaving it there for each frame allocates nothing.
class Task {
 public:
  virtual ~Task() = default;
  // Thread: network thread.
  virtual void Run() = 0;
};

// Tasks that other threads leave for a network thread. Bounded by its users: each stream has at most one task in it, and what its sessions
// want of another network thread or say of their end.
class Mailbox {
 public:
  // Thread: any. True when the reader is to be woken: the mailbox was empty, and the reader does not look again by itself.
  bool Append(std::shared_ptr<Task> task) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    return tasks_.size() == 1 && !looks_again_;
  }
  // Puts all there is in `out`, which is empty and whose memory is the mailbox's from then on. Whoever is given something looks again soon
  // without being woken, until there is nothing.
  void TakeAll(std::vector<std::shared_ptr<Task>>& out) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    looks_again_ = !tasks_.empty();
    std::swap(out, tasks_);
  }

 private:
  Mutex mutex_;
  std::vector<std::shared_ptr<Task>> tasks_ KVS_GUARDED_BY(mutex_);
  bool looks_again_ KVS_GUARDED_BY(mutex_) = false;
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_MAILBOX_H_
