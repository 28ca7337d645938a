#ifndef KVS_PRODUCER_COMPAT_CALLBACK_GATE_H_
#define KVS_PRODUCER_COMPAT_CALLBACK_GATE_H_

#include <atomic>
#include <set>
#include <thread>

#include "pic/base/mutex.h"

namespace kvs::compat {

// What all calls to the program about one stream pass through, so that who frees the stream can wait for them: those about what it
// was before a reset, and those from threads of the program, too.
// Thread: every method may be called from any thread.
class CallbackGate {
 public:
  // Whether this thread may wait for a call that has not come yet: not within one, about whichever stream, as they come one after
  // the other; nor at the end of the process, when none come any more.
  static bool MayWait();
  // To be called before the first stream is made.
  static void NoteExit();

  // Calls `function`, unless `closed` is set.
  template <typename Function>
  void Pass(const std::atomic<bool>& closed, const Function& function) KVS_EXCLUDES(mutex_) {
    if (Enter(closed)) {
      const Leaver leaver{*this};
      function();
    }
  }
  // Returns when no call is being made; at once within a call about this stream.
  void Await() KVS_EXCLUDES(mutex_);

 private:
  // An exception of the program leaves, too.
  struct Leaver {
    CallbackGate& gate;
    ~Leaver() { gate.Leave(); }
  };
  bool Enter(const std::atomic<bool>& closed) KVS_EXCLUDES(mutex_);
  void Leave() KVS_EXCLUDES(mutex_);

  Mutex mutex_;
  Condition changed_;
  std::multiset<std::thread::id> callers_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs::compat

#endif  // KVS_PRODUCER_COMPAT_CALLBACK_GATE_H_
