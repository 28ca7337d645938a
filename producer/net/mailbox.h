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
  // Thread: any. True when the reader is to be woken: the mailbox was empty, and the reader does not look again by itself; or this is the
  // first one in it that is to be done `at_once`.
  bool Append(std::shared_ptr<Task> task, bool at_once) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    const bool is_first_at_once = at_once && !at_once_;
    at_once_ = at_once_ || at_once;
    gathered_ = gathered_ || !at_once;
    return is_first_at_once || (tasks_.size() == 1 && !looks_again_);
  }
  // Whether there is one that is not to wait until the reader looks again. Thread: any.
  bool HasAtOnce() const KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return at_once_;
  }
  // Puts all there is in `out`, which is empty and whose memory is the mailbox's from then on. Whether one of them was not at once: then the
  // reader has to look again soon without being woken, until there is none of these.
  bool TakeAll(std::vector<std::shared_ptr<Task>>& out) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    looks_again_ = std::exchange(gathered_, false);
    at_once_ = false;
    std::swap(out, tasks_);
    return looks_again_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<std::shared_ptr<Task>> tasks_ KVS_GUARDED_BY(mutex_);
  bool looks_again_ KVS_GUARDED_BY(mutex_) = false;
  bool at_once_ KVS_GUARDED_BY(mutex_) = false;   // one of them is
  bool gathered_ KVS_GUARDED_BY(mutex_) = false;  // one of them is not
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_MAILBOX_H_
