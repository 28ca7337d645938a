#include "producer/net/callback_thread.h"

#include <pthread.h>

#include <chrono>
#include <deque>
#include <thread>
#include <utility>

#include "pic/base/while_used.h"

namespace kvs::net {
namespace {

// The threads of the process that still have something to deliver. Never destroyed, as streams may be used until the process ends.
struct Running {
  static Running& Shared() {
    static Running* const kShared = new Running();  // NOLINT: see above
    return *kShared;
  }
  Mutex mutex;
  Condition changed;
  int threads KVS_GUARDED_BY(mutex) = 0;
  int calls KVS_GUARDED_BY(mutex) = 0;  // that are being made
  bool silent KVS_GUARDED_BY(mutex) = false;
};

// A listener may wait for the thread that ends the process.
constexpr std::chrono::seconds kLongestCall(5);

// Whether this thread is making a call.
thread_local bool calling = false;

void Make(const std::function<void()>& call) {
  Running& running = Running::Shared();
  {
    const MutexLock lock(running.mutex);
    if (running.silent) {
      return;
    }
    ++running.calls;
  }
  calling = true;
  call();
  calling = false;
  {
    const MutexLock lock(running.mutex);
    --running.calls;
  }
  running.changed.NotifyAll();
}

}  // namespace

struct CallbackThread::Queue {
  Mutex mutex;
  Condition changed;
  std::deque<std::function<void()>> calls KVS_GUARDED_BY(mutex);
  bool end KVS_GUARDED_BY(mutex) = false;
};

std::shared_ptr<CallbackThread> CallbackThread::Shared() {
  // Never destroyed, as streams may be used until the process ends.
  static WhileUsed<CallbackThread>* const kShared = new WhileUsed<CallbackThread>();  // NOLINT: see above
  return kShared->Get([] { return std::shared_ptr<CallbackThread>(new CallbackThread()); });  // NOLINT: the constructor is private
}

CallbackThread::CallbackThread() : queue_(std::make_shared<Queue>()) {
  {
    Running& running = Running::Shared();
    const MutexLock lock(running.mutex);
    ++running.threads;
  }
  // The thread owns its queue and outlives this object, whose destructor may run inside of a call.
  std::thread([queue = queue_] {
    pthread_setname_np(pthread_self(), "kvs-callback");
    Run(queue);
    Running& running = Running::Shared();
    const MutexLock lock(running.mutex);
    --running.threads;
    running.changed.NotifyAll();
  }).detach();
}

void CallbackThread::WaitForEnded() {
  Running& running = Running::Shared();
  const MutexLock lock(running.mutex);
  while (running.threads > 0) {
    running.changed.Wait(running.mutex);
  }
}

void CallbackThread::Silence() {
  Running& running = Running::Shared();
  const auto give_up = std::chrono::steady_clock::now() + kLongestCall;
  const MutexLock lock(running.mutex);
  running.silent = true;
  while (running.calls > 0 && !calling && std::chrono::steady_clock::now() < give_up) {
    running.changed.WaitUntil(running.mutex, give_up);
  }
}

CallbackThread::~CallbackThread() {
  {
    const MutexLock lock(queue_->mutex);
    queue_->end = true;
  }
  queue_->changed.NotifyAll();
}

bool CallbackThread::Post(std::function<void()> call, bool may_drop) {
  {
    const MutexLock lock(queue_->mutex);
    if (may_drop && queue_->calls.size() >= kMaxWaiting) {
      return false;
    }
    queue_->calls.push_back(std::move(call));
  }
  if (Gathering* const gathering = Gathering::current; gathering != nullptr) {
    gathering->queue_ = queue_;  // another one that was there belongs to a thread that ends, which is woken for that
  } else {
    queue_->changed.NotifyOne();
  }
  return true;
}

thread_local CallbackThread::Gathering* CallbackThread::Gathering::current = nullptr;

CallbackThread::Gathering::Gathering() { current = this; }

CallbackThread::Gathering::~Gathering() {
  current = nullptr;
  if (queue_ != nullptr) {
    queue_->changed.NotifyOne();
  }
}

// What was posted before the end is still delivered.
void CallbackThread::Run(const std::shared_ptr<Queue>& queue) {
  for (;;) {
    std::function<void()> call;
    {
      const MutexLock lock(queue->mutex);
      while (queue->calls.empty()) {
        if (queue->end) {
          return;
        }
        queue->changed.Wait(queue->mutex);
      }
      call = std::move(queue->calls.front());
      queue->calls.pop_front();
    }
    Make(call);
  }
}

}  // namespace kvs::net
