#ifndef KVS_STREAM_CONFIG_H_
#define KVS_STREAM_CONFIG_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kvs/status.h"
#include "kvs/time.h"

namespace kvs {

enum class StreamingType : std::uint8_t {
  kRealtime,  // never waits: when the buffer is full the oldest whole fragments are given up and reported
  kOffline,   // never loses: PutFrame waits for room
};

// What a stream is opened with. `Validate` (below) states the limits.
struct StreamConfig {
  // 1..256 of [a-zA-Z0-9_.-].
  std::string name;
  StreamingType streaming_type = StreamingType::kRealtime;

  // The stream on the service, if it has to be created: 1..128 of [a-zA-Z0-9_.-].
  std::string device_name = "Kinesis_Video_Device";
  // Empty: made from the tracks, e.g. "video/h264,audio/aac".
  std::string content_type;
  // Empty: the key that the service manages.
  std::string kms_key_id;
  // Zero, or whole hours. Zero: the service stores nothing and RECEIVED is the last ack of a fragment.
  Duration retention = Duration::Hours(2);
  bool allow_creation = true;
  // The stream is there and active: it is not looked up, and neither created nor tagged. Only its endpoint is asked for.
  bool assume_exists = false;
  // At most 50; name 1..128, value 0..256 characters.
  std::vector<std::pair<std::string, std::string>> tags;

  // A fragment begins at each key frame (true) or at the first key frame after `fragment_duration`.
  // Either way no fragment is shorter than a second while the stream runs, nor longer than 10 seconds.
  bool key_frame_fragmentation = true;
  Duration fragment_duration = Duration::Millis(2000);  // 1..10 s
  // The unit of time stamps in the media: 1 ms .. 1 s. Times in a fragment have 16 bits.
  Duration timecode_scale = Duration::Millis(1);
  // Cluster times since 1970 (true) or since the start of the connection.
  bool absolute_fragment_times = true;
  // The wall time of media time zero. Not set: the time at which the first frame was put is taken as that
  // frame's. Used with absolute_fragment_times = false.
  std::optional<WallTime> media_epoch;
  bool fragment_acks = true;
  // The SegmentUID of the media. Not set: a random one.
  std::optional<std::array<std::uint8_t, 16>> segment_uid;

  // How much media may wait for its last ack.
  Duration buffer_duration = Duration::Seconds(120);
  // Zero: everything is uploaded as it comes. Otherwise nothing is until Stream::Trigger: so much of the newest media is kept,
  // from a key frame, and the upload begins with it. Realtime only, and not more than buffer_duration; key frames that are
  // further apart than buffer_duration leave nothing to begin with.
  Duration pre_roll;
  // A frame that does not fit is refused with kStoreFull, instead of giving up older ones for it. Realtime only: an offline
  // stream gives nothing up anyway.
  bool keep_oldest = false;
  // Every frame that is lost is told one by one (FrameLost), and not only in sum (FramesLost).
  bool tell_each_loss = false;
  // More media than this waiting to be sent is told as Pressure: the line is too slow. Zero: never.
  Duration max_latency = Duration::Seconds(60);
  // Offline: how long PutFrame waits for room before it gives up. Zero: for ever.
  Duration offline_wait = Duration::Seconds(0);
  // How long frames of one track wait for those of another that is late. Longer, but at most 10 s, for the first frame of
  // a track, and for a track whose frames turn out to come later than that: an encoder may look ahead.
  Duration interleave_delay = Duration::Millis(1000);
  // Without frames for this long, the open fragment is closed and the connection let go.
  Duration idle_timeout = Duration::Seconds(20);
  // Bytes were sent but no ack has come for this long: the connection is presumed dead. Zero: never.
  Duration connection_staleness = Duration::Seconds(60);
  // A connection is replaced by a new one after this long. Source: PutMedia closes after 45 minutes.
  Duration session_lifetime = Duration::Minutes(40);
};

// The longest that any of the durations may be: as good as for ever, and far from the end of the clock.
inline constexpr Duration kLongestDuration = Duration::Hours(std::int64_t{24} * 3650);

// kInvalidArgument with a sentence that names the field, its value and what is allowed.
Status Validate(const StreamConfig& config);

}  // namespace kvs

#endif  // KVS_STREAM_CONFIG_H_
