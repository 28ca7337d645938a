#ifndef KVS_PRODUCER_COMPAT_EVENT_RELAY_H_
#define KVS_PRODUCER_COMPAT_EVENT_RELAY_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <thread>

#include "kvs/stream.h"
#include "pic/base/mutex.h"

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace kvs::compat {

// Tells the program what a stream tells, through the callbacks that it gave.
// Thread: callbacks come from the library's callback thread, with no lock held.
class EventRelay : public StreamListener {
 public:
  struct Options {
    ClientCallbacks callbacks;  // those that are null are not called
    STREAM_HANDLE stream = INVALID_STREAM_HANDLE_VALUE;
    Duration buffer_duration;
    std::function<std::uint64_t()> store_left;  // bytes
  };
  explicit EventRelay(Options options) : options_(std::move(options)) {}

  void OnStreamEvent(const StreamEvent& event) override;

  // The connection that was made last; INVALID_UPLOAD_HANDLE_VALUE before the first.
  UPLOAD_HANDLE upload() const { return upload_; }

  // No callback from now on; returns when none is running, unless it is called from within one.
  void Detach();
  // Returns when the program was told that the stream is closed; at once when it is called from within a callback.
  void AwaitClosed();

 private:
  void Tell(const StreamReady& event);
  void Tell(const Connected& event);
  void Tell(const Disconnected& event);
  void Tell(const ConnectionStale& event);
  void Tell(const FragmentAcked& event);
  void Tell(const FrameLost& event);
  void Tell(const Pressure& event);
  void Tell(const StreamFailed& event);
  void Tell(const Stopped& event);
  // Amazon's SDK has no callback for the others.
  template <typename Other>
  void Tell(const Other& /*event*/) {}
  void TellError(UPLOAD_HANDLE upload, UINT64 timecode, STATUS status);
  bool OnCallbackThread() const KVS_REQUIRES(mutex_) { return running_ && caller_ == std::this_thread::get_id(); }

  const Options options_;
  std::atomic<UPLOAD_HANDLE> upload_{INVALID_UPLOAD_HANDLE_VALUE};
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool running_ KVS_GUARDED_BY(mutex_) = false;
  std::thread::id caller_ KVS_GUARDED_BY(mutex_);
  bool detached_ KVS_GUARDED_BY(mutex_) = false;
  bool closed_ KVS_GUARDED_BY(mutex_) = false;
};

}  // namespace kvs::compat

#endif  // KVS_PRODUCER_COMPAT_EVENT_RELAY_H_
