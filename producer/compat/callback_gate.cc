#include "producer/compat/callback_gate.h"

#include <cstdlib>

namespace kvs::compat {
namespace {

// Calls that this thread is within.
thread_local int depth = 0;

std::atomic<bool> exiting = false;

}  // namespace

bool CallbackGate::MayWait() { return depth == 0 && !exiting; }

void CallbackGate::NoteExit() {
  static const bool kNoted = std::atexit([] { exiting = true; }) == 0;
  (void)kNoted;
}

bool CallbackGate::Enter(const std::atomic<bool>& closed) {
  const MutexLock lock(mutex_);
  if (closed) {
    return false;
  }
  callers_.insert(std::this_thread::get_id());
  ++depth;
  return true;
}

void CallbackGate::Leave() {
  {
    const MutexLock lock(mutex_);
    callers_.erase(callers_.find(std::this_thread::get_id()));
    --depth;
  }
  changed_.NotifyAll();
}

void CallbackGate::Await() {
  const MutexLock lock(mutex_);
  while (!callers_.empty() && !callers_.contains(std::this_thread::get_id()) && !exiting) {
    changed_.Wait(mutex_);
  }
}

}  // namespace kvs::compat
