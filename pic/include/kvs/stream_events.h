#ifndef KVS_STREAM_EVENTS_H_
#define KVS_STREAM_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "kvs/ack.h"
#include "kvs/status.h"
#include "kvs/time.h"

namespace kvs {

// What a stream tells its user. Values, delivered in order.

// The stream did not exist and was created.
struct StreamCreated {
  std::string arn;
};
// The service was asked what it has to say about the stream, and has said it: a connection is opened as soon as there is media.
// Told again when an outage made it necessary to ask again.
struct StreamReady {};
// Sending begins: `attempt` counts from 1 since the last time it was connected.
struct Connecting {
  int attempt = 1;
};
// The service accepted a connection for media.
struct Connected {
  std::uint64_t session = 0;
};
// Nothing is connected any more, or a call failed; it is tried again after `retry_in`. Told once per episode and when
// the reason changes, not for each attempt.
struct Disconnected {
  Status reason;
  Duration retry_in;
  std::uint64_t fragments_waiting = 0;
  bool calling = false;  // a call of the control plane failed; otherwise a connection for media
};
// A connection is given up: bytes were sent and no ack has come for StreamConfig::connection_staleness.
struct ConnectionStale {
  std::uint64_t session = 0;
  Duration silence;
};
struct FragmentAcked {
  FragmentAck ack;
  std::uint64_t session = 0;
};

enum class LossReason : std::uint8_t {
  kPressure,   // the buffer was full
  kRejected,   // the service refused the fragment
  kStopped,    // the stream ended first
  kNoKeyFrame, // came before the first key frame
  kInvalid,    // could not be parsed
  kTooLarge,   // no fragment that the service takes can hold it: more than 50 MB in a second
};
inline constexpr std::size_t kLossReasons = static_cast<std::size_t>(LossReason::kTooLarge) + 1;
// Told at the start of an episode and when it ends, with what was lost since the last report.
struct FramesLost {
  LossReason reason = LossReason::kPressure;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  MediaTime first_pts;  // in the time of the recording: where a source's clock jumped back, later than what was put
  MediaTime last_pts;
  Status detail;  // what the service said, for kRejected; what could not be parsed, for kInvalid
};
// With StreamConfig::tell_each_loss, and in addition to FramesLost: one frame, at once.
struct FrameLost {
  LossReason reason = LossReason::kPressure;
  std::uint32_t track_id = 0;
  MediaTime pts;                 // as FramesLost::first_pts
  bool begins_fragment = false;  // with it goes a whole fragment, whose other frames follow
};
// What gets tight.
enum class PressureKind : std::uint8_t {
  kStore,    // the bytes that the stream may hold
  kWindow,   // StreamConfig::buffer_duration
  kLatency,  // StreamConfig::max_latency: what waits to be sent
};
// Told when it begins and when it has gone.
struct Pressure {
  PressureKind kind = PressureKind::kStore;
  bool on = false;
  std::uint64_t stored_bytes = 0;
  Duration stored_duration;
  Duration unsent_duration;
};
// The connection is replaced in time, before it or its credentials expire.
struct SessionRotated {
  std::uint64_t session = 0;  // that takes no further fragment
};
// New credentials have taken the place of those in use, or of none.
struct CredentialsRenewed {
  std::string source;  // as CredentialSource::name: which one it was where several were asked
  std::optional<WallTime> expiration;
  bool first = false;  // there have not been any before
};
// A renewal failed, while the old ones are still good, or there are none. Told once per episode, which the next
// CredentialsRenewed ends. Whether media still flows is for Connected and Disconnected to say.
struct CredentialsFailing {
  std::string source;
  Status reason;
  Duration retry_in;
};
// Trigger or Untrigger has changed what becomes of media.
struct TriggerChanged {
  bool on = false;
  // What the upload begins with, for `on`.
  std::uint64_t kept_frames = 0;
  Duration kept_duration;
};
// After Untrigger: everything that was put before it is persisted or reported lost, and no connection is needed any more.
struct TriggerFinished {
  std::uint64_t fragments_persisted = 0;  // since the stream was opened
};
// Everything that was put before Drain or Stop is persisted, or the deadline passed.
struct Drained {
  bool complete = false;
  std::uint64_t fragments_persisted = 0;  // since the stream was opened
  std::uint64_t frames_left = 0;          // not persisted at the deadline
  Duration duration_left;
  Status reason;  // of the last failure, when not complete
};
// The stream cannot continue. Nothing more is sent; PutFrame returns this status from now on.
struct StreamFailed {
  Status status;
};
// The last event of a stream.
struct Stopped {};

using StreamEvent = std::variant<StreamCreated, StreamReady, Connecting, Connected, Disconnected, ConnectionStale, FragmentAcked,
                                 FramesLost, FrameLost, Pressure, SessionRotated, CredentialsRenewed, CredentialsFailing,
                                 TriggerChanged, TriggerFinished, Drained, StreamFailed, Stopped>;

}  // namespace kvs

#endif  // KVS_STREAM_EVENTS_H_
