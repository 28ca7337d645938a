#ifndef KVS_STREAM_H_
#define KVS_STREAM_H_

#include <memory>

#include "kvs/export.h"
#include "kvs/frame.h"
#include "kvs/metadata.h"
#include "kvs/metrics.h"
#include "kvs/status.h"
#include "kvs/stream_config.h"
#include "kvs/stream_events.h"
#include "kvs/track.h"

namespace kvs {

// Hears what happens to a stream.
// Thread: all calls come from one callback thread of the process, in order, with no lock held; every method of
//         Stream may be called from here except those named …Sync. Keep it short: a slow listener delays the others.
class KVS_EXPORT StreamListener {
 public:
  virtual ~StreamListener();
  virtual void OnStreamEvent(const StreamEvent& event) = 0;
};

// One stream to Kinesis Video. Made by Producer::OpenStream.
// Thread: every method may be called from any thread.
class KVS_EXPORT Stream {
 public:
  virtual ~Stream();

  // Announces a track whose parameters are not known yet: frames of the other tracks wait for its first one, as for that
  // of any track (see StreamConfig::interleave_delay). SetTrack or EndTrack with the same id follows.
  virtual void ExpectTrack(std::uint32_t track_id) = 0;

  // Adds a track, or replaces the one with the same id: new codec data, another size or rate. What changed takes
  // effect with the next frame of that track, which starts a new fragment. At most kMaxTracks tracks.
  // Errors: kInvalidArgument, kInvalidCodecData, kStopped.
  [[nodiscard]] virtual Status SetTrack(const Track& track) = 0;

  // No more frames come on this track for now: the other tracks no longer wait for it. A later frame revives it.
  virtual void EndTrack(std::uint32_t track_id) = 0;

  // Stores one frame for upload. Never waits for the network on a realtime stream; on an offline stream
  // waits while the buffer is full, until StreamConfig::offline_wait has passed or SetFlushing(true) is called.
  // Owner:  the bytes are copied; `frame` may be reused on return.
  // Errors: kUnknownTrack, kInvalidFrame, kInvalidNal, kInvalidCodecData: this frame was not stored and was counted;
  //         the next may be. kStoreFull: it does not fit, and nothing older can be given up. kTimedOut,
  //         kCancelled: the wait ended. kStopped, or the status of StreamFailed: the stream has ended.
  [[nodiscard]] virtual Status PutFrame(const Frame& frame) = 0;

  // Ends the open fragment, so that the service stores it without waiting for what follows; the next frame begins another one.
  // The connection stays.
  // Errors: kInvalidState: no frame was put since the last one ended. kStopped, or the status of StreamFailed.
  [[nodiscard]] virtual Status EndFragment() = 0;

  // Sends a name and a value with the next fragment, or with every one from there on; see kvs/metadata.h. Where nothing
  // follows before Drain or Stop, it goes behind the last fragment.
  // Errors: kInvalidMetadata, kMetadataLimit: nothing was changed. kStopped, or the status of StreamFailed.
  [[nodiscard]] virtual Status PutMetadata(FragmentMetadata metadata) = 0;

  // Asks the service for a notification or an image of the next fragment; one of each for a fragment.
  // Errors: as PutMetadata; kInvalidState: the next fragment has one already.
  [[nodiscard]] virtual Status PutEvent(const MediaEvent& event) = 0;

  // Breaks the connections off, if there are any, and goes on over a new one. Nothing is lost: what the service may not have is
  // sent again.
  virtual void Reconnect() = 0;

  // Waits until StreamReady was told, once. What it waits for begins with the first SetTrack.
  // Errors: the status of StreamFailed; kStopped; kTimedOut, with what failed last.
  [[nodiscard]] virtual Status ReadySync(Duration timeout) = 0;

  // While true, no call waits for room: waits in progress and new ones end with kCancelled.
  virtual void SetFlushing(bool flushing) = 0;

  // Sends what is there, to the last frame: ends the open fragment and reports Drained when all of it is persisted or
  // `timeout` has passed. Returns at once. The stream goes on: a frame put later starts a new fragment. Media that is only kept
  // for a trigger is not sent: it is given up, and counted as not triggered.
  virtual void Drain(Duration timeout) = 0;

  // Drain, then end the stream: Drained, then Stopped. Returns at once; the upload goes on behind, also when the last reference to
  // this object is dropped. No frame is accepted after this call. Called again, it can only end it sooner; at once with zero.
  virtual void Stop(Duration timeout) = 0;

  // Stop, and wait for it. OK when everything was persisted; kTimedOut says what was left.
  [[nodiscard]] virtual Status StopSync(Duration timeout) = 0;

  // With StreamConfig::pre_roll: the upload begins, with the media that was kept, and goes on with what is put from now on.
  // May be called at any time, also before the first track. Whether it changed something: not when it was triggered already,
  // has ended, or uploads all the time.
  virtual bool Trigger() = 0;

  // What was put before is uploaded to its end, and TriggerFinished is told when that is done; what is put from now on is
  // kept. Whether it changed something, as for Trigger.
  virtual bool Untrigger() = 0;

  [[nodiscard]] virtual StreamMetrics metrics() const = 0;
};

}  // namespace kvs

#endif  // KVS_STREAM_H_
