#ifndef KVS_PRODUCER_NET_CALLBACK_THREAD_H_
#define KVS_PRODUCER_NET_CALLBACK_THREAD_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "pic/base/mutex.h"

namespace kvs::net {

// Delivers what listeners are told: in order, on one thread of the process, with no lock held. Exists only while somebody
// listens: each stream with a listener holds a reference.
class CallbackThread {
 public:
  // Thread: any.
  static std::shared_ptr<CallbackThread> Shared();
  // Returns at once, so that a stream may be let go under any lock: the thread ends when it has delivered what was posted.
  ~CallbackThread();
  // Waits until every thread that was let go has ended. For the end of the process; not from a listener.
  static void WaitForEnded();
  // Nothing is delivered from now on; waits until the call that is being made has returned, but not for ever, and not from within
  // it. For the end of the process: what listeners use is being taken down.
  static void Silence();
  CallbackThread(const CallbackThread&) = delete;
  CallbackThread& operator=(const CallbackThread&) = delete;

  // Calls are dropped by their sender, not here, when this many wait.
  static constexpr std::size_t kMaxWaiting = 10'000;

  // Thread: any. `may_drop`: false is returned, and nothing queued, when too many wait.
  bool Post(std::function<void()> call, bool may_drop);

  struct Queue;
  // As long as it lives, what its thread posts wakes nobody; when it ends, the thread of the calls is woken once. For rounds of a
  // network thread: who posts there holds the lock of a stream, and on a busy machine the woken thread runs first, while everybody
  // waits for that lock.
  class Gathering {
   public:
    Gathering();
    ~Gathering();
    Gathering(const Gathering&) = delete;
    Gathering& operator=(const Gathering&) = delete;

   private:
    friend class CallbackThread;
    static thread_local Gathering* current;
    std::shared_ptr<Queue> queue_;  // null: nothing was posted
  };

 private:
  CallbackThread();
  static void Run(const std::shared_ptr<Queue>& queue);

  const std::shared_ptr<Queue> queue_;
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_CALLBACK_THREAD_H_
