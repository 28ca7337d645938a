#include "plugin/timestamps.h"

#include <algorithm>
#include <limits>

namespace kvs::plugin {
namespace {

constexpr std::int64_t kMaxTime = std::numeric_limits<std::int64_t>::max();

// From 1900-01-01, where NTP counts from, to 1970-01-01.
constexpr std::uint64_t kNtpToUnixNanos = 2'208'988'800ULL * 1'000'000'000ULL;
// 2000-01-01. A clock that says less was never set, and counts from its own start.
constexpr WallTime kEarliestReference = WallTime::FromSeconds(946'684'800);

// A longer distance between two frames is a gap, and says nothing about what one lasts.
constexpr std::int64_t kLongestStep = 2'000'000'000;

GstStaticCaps ntp_caps = GST_STATIC_CAPS("timestamp/x-ntp");
GstStaticCaps unix_caps = GST_STATIC_CAPS("timestamp/x-unix");

// GstClockTime is unsigned; what does not fit is no time that can be used.
std::optional<std::int64_t> OwnTime(GstClockTime time) {
  if (!GST_CLOCK_TIME_IS_VALID(time) || time > static_cast<GstClockTime>(kMaxTime)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(time);
}

std::optional<std::int64_t> RunningTime(const GstSegment& segment, GstClockTime time) {
  if (!OwnTime(time).has_value()) {
    return std::nullopt;
  }
  guint64 running = 0;
  const int sign = gst_segment_to_running_time_full(&segment, GST_FORMAT_TIME, time, &running);
  if (sign == 0 || running > static_cast<guint64>(kMaxTime)) {
    return std::nullopt;
  }
  const auto magnitude = static_cast<std::int64_t>(running);
  return sign > 0 ? magnitude : -magnitude;
}

// Whether [pts, pts + duration) has nothing in common with [segment.start, segment.stop).
bool Outside(const GstSegment& segment, GstClockTime pts, std::optional<std::int64_t> duration) {
  if (!GST_CLOCK_TIME_IS_VALID(pts)) {
    return false;
  }
  if (GST_CLOCK_TIME_IS_VALID(segment.stop) && pts >= segment.stop) {
    // GStreamer keeps what begins at the end of an empty segment.
    return segment.start != segment.stop || pts != segment.stop;
  }
  if (!GST_CLOCK_TIME_IS_VALID(segment.start) || pts >= segment.start) {
    return false;
  }
  const GstClockTime before = segment.start - pts;
  return !duration.has_value() || static_cast<GstClockTime>(*duration) <= before;
}

// As near to the sum as the type allows.
std::int64_t SaturatedAdd(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    return b > 0 ? kMaxTime : std::numeric_limits<std::int64_t>::min();
  }
  return sum;
}

std::optional<std::uint64_t> TimestampOf(const GstBuffer* buffer, GstStaticCaps& kind) {
  GstCaps* const caps = gst_static_caps_get(&kind);
  // Only reads the buffer; the function is older than const.
  const GstReferenceTimestampMeta* const meta =
      gst_buffer_get_reference_timestamp_meta(const_cast<GstBuffer*>(buffer), caps);
  gst_caps_unref(caps);
  return meta == nullptr ? std::nullopt : std::optional<std::uint64_t>(meta->timestamp);
}

}  // namespace

std::int64_t TimeAnchor::OffsetFor(std::int64_t running, WallTime now,
                                   std::optional<WallTime> reference) {
  if (!offset_.has_value()) {
    offset_ = reference.value_or(now).nanos() - running;
    source_ = reference.has_value() ? Source::kReference : Source::kArrival;
  } else if (reference.has_value() && source_ == Source::kArrival) {
    const Duration distance = Duration::Nanos(reference->nanos() - running - *offset_);
    const bool near = distance <= kMaxSlew && distance >= -kMaxSlew;
    source_ = near ? Source::kMoving : Source::kReferenceFar;
    slew_ = near ? distance.nanos() : 0;
    slew_from_ = running;
  }
  const std::int64_t most = std::max<std::int64_t>(running - slew_from_, 0) / kSlewPart;
  return *offset_ + (slew_ == 0 ? 0 : std::clamp(slew_, -most, most));
}

std::optional<WallTime> ReferenceOf(const GstBuffer* buffer) {
  if (gst_buffer_get_reference_timestamp_meta(const_cast<GstBuffer*>(buffer), nullptr) == nullptr) {
    return std::nullopt;
  }
  std::optional<std::uint64_t> nanos = TimestampOf(buffer, unix_caps);
  if (!nanos.has_value()) {
    nanos = TimestampOf(buffer, ntp_caps);
    if (!nanos.has_value() || *nanos < kNtpToUnixNanos) {
      return std::nullopt;
    }
    *nanos -= kNtpToUnixNanos;
  }
  if (*nanos > static_cast<std::uint64_t>(kMaxTime)) {
    return std::nullopt;
  }
  const WallTime time = WallTime::FromNanos(static_cast<std::int64_t>(*nanos));
  return time < kEarliestReference ? std::nullopt : std::optional(time);
}

BufferTimes ReadTimes(const GstSegment& segment, const GstBuffer* buffer,
                      const TimestampRules& rules) {
  BufferTimes times;
  times.duration = OwnTime(GST_BUFFER_DURATION(buffer));
  const bool in_time = segment.format == GST_FORMAT_TIME && !rules.ignore_segment;
  if (in_time) {
    times.outside = Outside(segment, GST_BUFFER_PTS(buffer), times.duration);
  }
  if (in_time && !rules.use_original) {
    times.pts = RunningTime(segment, GST_BUFFER_PTS(buffer));
    times.dts = RunningTime(segment, GST_BUFFER_DTS(buffer));
  } else {
    times.pts = OwnTime(GST_BUFFER_PTS(buffer));
    times.dts = OwnTime(GST_BUFFER_DTS(buffer));
  }
  if (rules.use_references) {
    times.reference = ReferenceOf(buffer);
  }
  return times;
}

std::int64_t TimestampNormalizer::StreamTime(std::int64_t time, WallTime now, TimeAnchor& anchor,
                                             std::optional<WallTime> reference) const {
  if (rules_.use_original) {
    return time;
  }
  const std::int64_t offset = rules_.start.has_value() ? rules_.start->nanos()
                                                       : anchor.OffsetFor(time, now, reference);
  return SaturatedAdd(time, offset);
}

std::int64_t TimestampNormalizer::Guess(const BufferTimes& times, WallTime now) const {
  if (!last_pts_.has_value()) {
    return rules_.start.has_value() ? rules_.start->nanos() : now.nanos();
  }
  const std::int64_t step =
      last_duration_.value_or(times.duration.value_or(rules_.assumed_frame_duration.nanos()));
  return SaturatedAdd(*last_pts_, step);
}

MediaTimes TimestampNormalizer::Normalize(const BufferTimes& times, WallTime now,
                                          TimeAnchor& anchor) {
  MediaTimes result;
  result.duration = Duration::Nanos(times.duration.value_or(0));
  if (rules_.arrival_time) {
    result.pts = MediaTime::FromNanos(now.nanos());
    return result;
  }
  const bool dts_first = rules_.which == FrameTimestamp::kDtsOnly;
  const std::optional<std::int64_t> preferred = dts_first ? times.dts : times.pts;
  const std::optional<std::int64_t> time =
      preferred.has_value() ? preferred : (dts_first ? times.pts : times.dts);
  std::optional<WallTime> reference = times.reference;
  if (reference.has_value() && !rules_.trust_old_references &&
      (*reference > now + kMaxClockError || *reference < now - kMaxClockError)) {
    reference.reset();
  }
  if (time.has_value()) {
    result.pts = MediaTime::FromNanos(StreamTime(*time, now, anchor, reference));
    if (times.dts.has_value() && rules_.which == FrameTimestamp::kDefault) {
      result.dts = MediaTime::FromNanos(StreamTime(*times.dts, now, anchor));
    }
  } else {
    result.pts = MediaTime::FromNanos(Guess(times, now));
    result.guessed = true;
  }
  const std::int64_t pts = result.pts.nanos();
  if (times.duration.value_or(0) > 0) {
    last_duration_ = times.duration;
  } else if (last_pts_.has_value() && pts > *last_pts_ && pts - *last_pts_ <= kLongestStep) {
    last_duration_ = pts - *last_pts_;
  }
  last_pts_ = pts;
  return result;
}

}  // namespace kvs::plugin
