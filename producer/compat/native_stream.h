#ifndef KVS_PRODUCER_COMPAT_NATIVE_STREAM_H_
#define KVS_PRODUCER_COMPAT_NATIVE_STREAM_H_

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kvs/stream.h"
#include "pic/base/mutex.h"
#include "producer/compat/callback_gate.h"
#include "producer/compat/event_relay.h"
#include "producer/compat/native_client.h"

namespace kvs::compat {

// What a STREAM_HANDLE stands for: a stream of ours, and another one after each reset.
// Thread: every method may be called from any thread.
class NativeStream {
 public:
  // Makes a stream of what a definition says; codec data is copied.
  // What it comes to: STATUS_SUCCESS, and `stream` is set.
  static STATUS Create(std::shared_ptr<NativeClient> client, const StreamInfo& info, std::shared_ptr<NativeStream>& stream);
  ~NativeStream() { Free(); }

  STREAM_HANDLE handle() const { return reinterpret_cast<STREAM_HANDLE>(this); }
  STATUS AwaitReady();
  STATUS PutFrame(const ::Frame& frame);
  STATUS PutMetadata(const std::string& name, const std::string& value, bool persistent);
  // `event`: bits of STREAM_EVENT_TYPE; `metadata` may be null.
  STATUS PutEvent(UINT32 event, const StreamEventMetadata* metadata);
  STATUS SetCodecData(UINT64 track_id, std::span<const std::uint8_t> codec_data);
  STATUS ResetConnection();
  STATUS Reset();
  STATUS Stop();
  STATUS StopSync();
  // Ends it without sending what it holds. No callback comes from then on, and none is running, but for those that this is called
  // from. May be called again.
  void Free();
  STATUS Metrics(::StreamMetrics& metrics) const;

 private:
  struct OneTrack {
    TrackInfo info;
    std::vector<std::uint8_t> codec_data;
  };
  // A stream of ours and who hears of it.
  struct Open {
    std::shared_ptr<Stream> stream;  // null: it was freed
    std::shared_ptr<EventRelay> relay;
  };
  NativeStream(std::shared_ptr<NativeClient> client, const StreamInfo& info);
  // Makes another stream and puts it in the place of `before`, null for the first, if that is still there.
  STATUS OpenInsteadOf(const Stream* before) KVS_EXCLUDES(mutex_);
  Status SetTracks(Stream& stream) const KVS_REQUIRES(mutex_);
  Open open() const KVS_EXCLUDES(mutex_);
  STATUS EndFragment(Stream& stream) const;

  const std::shared_ptr<NativeClient> client_;
  const std::shared_ptr<CallbackGate> gate_ = std::make_shared<CallbackGate>();
  const StreamConfig config_;
  const UINT32 nal_adaptation_flags_;
  const bool frame_timecodes_;

  mutable Mutex mutex_;
  std::vector<OneTrack> tracks_ KVS_GUARDED_BY(mutex_);
  Open open_ KVS_GUARDED_BY(mutex_);
  bool stopped_ KVS_GUARDED_BY(mutex_) = false;
};

}  // namespace kvs::compat

#endif  // KVS_PRODUCER_COMPAT_NATIVE_STREAM_H_
