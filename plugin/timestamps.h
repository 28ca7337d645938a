#ifndef KVS_PLUGIN_TIMESTAMPS_H_
#define KVS_PLUGIN_TIMESTAMPS_H_

#include <cstdint>
#include <optional>

#include <gst/gst.h>

#include "kvs/time.h"

// From a buffer's times and its pad's segment to the stream's own time. Pure: the wall time is an
// argument. On the stream's time line every time is the time since 1970-01-01 UTC.
namespace kvs::plugin {

// The values of the property frame-timestamp.
enum class FrameTimestamp : std::uint8_t { kPtsOnly = 0, kDtsOnly = 1, kDefault = 2 };

// How times are made. Constant while a stream runs.
struct TimestampRules {
  // The origin of running time. Not set: the first frame of any pad is put at the wall time of its
  // arrival. Property: file-start-time of offline streams.
  std::optional<WallTime> start;
  // Buffer times are already times since 1970: nothing is added. Property: use-original-pts.
  bool use_original = false;
  // Times are not converted to running time and the segment's bounds do not matter. Property:
  // disable-buffer-clipping.
  bool ignore_segment = false;
  // Every frame is stamped with the wall time of its arrival. Property: frame-timecodes=false.
  bool arrival_time = false;
  FrameTimestamp which = FrameTimestamp::kDefault;
  // Where buffers say when they were recorded, time is taken from that. Property: reference-timestamps.
  bool use_references = true;
  // Also where that is longer ago than a clock that was never set explains: of recordings. Property: streaming-type=offline.
  bool trust_old_references = false;
  // How far a frame without any time is put behind the one before it when no duration is known.
  Duration assumed_frame_duration = Duration::Millis(40);
};

// What all pads of a stream share: the distance from running time to stream time.
//
// It is made by the first frame: from its reference, or else from the time of its arrival. A reference that comes
// later, as it does from cameras whose first RTCP report takes a while, is moved to slowly, by a
// hundredth of the time that passes, so that no time jumps and all pads stay together. One that is further off
// than kMaxSlew waits for the next epoch.
class TimeAnchor {
 public:
  static constexpr std::int64_t kSlewPart = 100;
  static constexpr Duration kMaxSlew = Duration::Seconds(10);

  enum class Source : std::uint8_t {
    kNone,
    kArrival,
    kReference,     // of the first frame
    kMoving,        // arrival, then a reference
    kReferenceFar,  // arrival; the reference is too far off
  };

  // Forgets the distance when `epoch` is newer than the one it was made in. A pad's epoch rises
  // with each flush that resets running time; the first pad to go on after it makes the new
  // distance.
  void BeginEpoch(std::uint64_t epoch) {
    if (epoch > epoch_) {
      epoch_ = epoch;
      offset_.reset();
      source_ = Source::kNone;
      slew_ = 0;
    }
  }
  // What to add to a running time, nanoseconds. When there is none yet, `running` is put at
  // `reference`, or without at `now`.
  std::int64_t OffsetFor(std::int64_t running, WallTime now,
                         std::optional<WallTime> reference = std::nullopt);
  Source source() const { return source_; }

 private:
  std::uint64_t epoch_ = 0;
  std::optional<std::int64_t> offset_;
  Source source_ = Source::kNone;
  // What is still to be added after `slew_from_`, in running time.
  std::int64_t slew_ = 0;
  std::int64_t slew_from_ = 0;
};

// A buffer's times, nanoseconds on one time line: running time, or the buffer's own. May be
// negative.
struct BufferTimes {
  std::optional<std::int64_t> pts;
  std::optional<std::int64_t> dts;
  std::optional<std::int64_t> duration;
  // All of the buffer lies before or behind the segment, judged by its PTS alone. A decoding time
  // in front of the segment is what B-frames look like, and no reason to leave a frame out.
  bool outside = false;
  // When the buffer was recorded, as its GstReferenceTimestampMeta says.
  std::optional<WallTime> reference;
};

// What a buffer's reference timestamps of the kinds timestamp/x-ntp and timestamp/x-unix say; none
// when that is long ago, as it is where a clock was never set.
std::optional<WallTime> ReferenceOf(const GstBuffer* buffer);

// `segment` may be of any format; when it is not in time, the buffer's own times are taken.
BufferTimes ReadTimes(const GstSegment& segment, const GstBuffer* buffer,
                      const TimestampRules& rules);

struct MediaTimes {
  MediaTime pts;
  std::optional<MediaTime> dts;
  Duration duration;
  // The buffer had no time that could be used; `pts` follows the frame before.
  bool guessed = false;
};

// The times of one pad's frames, one after the other. Not synchronised: one object per pad, used on
// its streaming thread.
class TimestampNormalizer {
 public:
  // A live source's clock that is further off was never set.
  static constexpr Duration kMaxClockError = Duration::Hours(24);

  explicit TimestampNormalizer(TimestampRules rules = {}) : rules_(rules) {}

  const TimestampRules& rules() const { return rules_; }

  // PTS; without it DTS; without both, the end of the frame before. The DTS keeps its distance from
  // the PTS, also where it lies before the stream's first frame.
  MediaTimes Normalize(const BufferTimes& times, WallTime now, TimeAnchor& anchor);

 private:
  std::int64_t StreamTime(std::int64_t time, WallTime now, TimeAnchor& anchor,
                          std::optional<WallTime> reference = std::nullopt) const;
  std::int64_t Guess(const BufferTimes& times, WallTime now) const;

  TimestampRules rules_;
  std::optional<std::int64_t> last_pts_;
  // Of the frame before, or the last distance between two frames.
  std::optional<std::int64_t> last_duration_;
};

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_TIMESTAMPS_H_
