#ifndef KVS_PRODUCER_COMPAT_EVENT_RELAY_H_
#define KVS_PRODUCER_COMPAT_EVENT_RELAY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kvs/stream.h"
#include "pic/base/mutex.h"
#include "producer/compat/callback_gate.h"

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace kvs::compat {

// Tells the program what a stream tells, through the callbacks that it gave.
// Thread: callbacks come from the library's callback thread, with no lock held, but for those of the second group.
class EventRelay : public StreamListener {
 public:
  struct Options {
    std::shared_ptr<CallbackGate> gate;
    ClientCallbacks callbacks{};  // those that are null are not called
    STREAM_HANDLE stream = INVALID_STREAM_HANDLE_VALUE;
    Duration buffer_duration;
    std::function<std::uint64_t()> store_left;  // bytes
  };
  explicit EventRelay(Options options) : options_(std::move(options)) {}

  void OnStreamEvent(const StreamEvent& event) override;

  // The connection that was made last; INVALID_UPLOAD_HANDLE_VALUE before the first.
  UPLOAD_HANDLE upload() const { return upload_; }

  // Callbacks on the thread of the caller.
  void TellDataAvailable(std::string name, const StreamMetrics& metrics);
  void TellShutdown(bool reset);

  // No callback begins from now on.
  void Detach();
  // Waits until the program was told that the stream is ready, or closed; not where that may not come, see CallbackGate::MayWait.
  // False: that took longer than `timeout`.
  bool AwaitReady(Duration timeout) { return Await(ready_, timeout); }
  bool AwaitClosed(Duration timeout) { return Await(closed_, timeout); }

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
  // Calls what the program gave, if it gave something.
  template <typename Function, typename... Arguments>
  void Call(Function function, Arguments... arguments) {
    if (function != nullptr) {
      options_.gate->Pass(detached_, [&] { function(options_.callbacks.customData, arguments...); });
    }
  }
  bool Await(const std::atomic<bool>& told, Duration timeout);
  void Note(std::atomic<bool>& what);

  const Options options_;
  std::atomic<UPLOAD_HANDLE> upload_{INVALID_UPLOAD_HANDLE_VALUE};
  std::atomic<bool> detached_{false};
  std::atomic<bool> ready_{false};
  std::atomic<bool> closed_{false};
  Mutex mutex_;  // of changed_
  Condition changed_;
};

}  // namespace kvs::compat

#endif  // KVS_PRODUCER_COMPAT_EVENT_RELAY_H_
