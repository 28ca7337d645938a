#include "plugin/timestamps.h"

#include <limits>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "plugin/gst_ptr.h"
#include "tests/plugin/gst_environment.h"

namespace kvs::plugin {
namespace {

[[maybe_unused]] const auto* const kEnvironment = UseGst();

constexpr GstClockTime kNone = GST_CLOCK_TIME_NONE;
constexpr std::int64_t kMs = 1'000'000;
const WallTime kNow = WallTime::FromSeconds(1'700'000'000);

GstSegment TimeSegment(GstClockTime start, GstClockTime stop = kNone) {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = start;
  segment.time = start;
  segment.stop = stop;
  return segment;
}

BufferPtr Buffer(GstClockTime pts, GstClockTime dts, GstClockTime duration = kNone) {
  BufferPtr buffer(gst_buffer_new());
  GST_BUFFER_PTS(buffer.get()) = pts;
  GST_BUFFER_DTS(buffer.get()) = dts;
  GST_BUFFER_DURATION(buffer.get()) = duration;
  return buffer;
}

struct ReadCase {
  std::string name;
  GstClockTime start, stop;
  GstClockTime pts, dts, duration;
  std::optional<std::int64_t> want_pts, want_dts;
  bool want_outside;
  friend void PrintTo(const ReadCase& c, std::ostream* out) { *out << c.name; }
};

class ReadTimesTest : public ::testing::TestWithParam<ReadCase> {};

TEST_P(ReadTimesTest, GivesSignedRunningTime) {
  const ReadCase& c = GetParam();
  const BufferPtr buffer = Buffer(c.pts, c.dts, c.duration);
  const BufferTimes times = ReadTimes(TimeSegment(c.start, c.stop), buffer.get(), {});
  EXPECT_EQ(times.pts, c.want_pts);
  EXPECT_EQ(times.dts, c.want_dts);
  EXPECT_EQ(times.outside, c.want_outside);
}

constexpr GstClockTime kU = 1'000'000;  // a millisecond
INSTANTIATE_TEST_SUITE_P(
    All, ReadTimesTest,
    ::testing::Values(
        ReadCase{"Plain", 0, kNone, 40 * kU, 40 * kU, kNone, 40 * kMs, 40 * kMs, false},
        ReadCase{"SegmentStartIsTakenOff", 1000 * kU, kNone, 1040 * kU, 1000 * kU, kNone, 40 * kMs,
                 0, false},
        // The first IDR of an MP4 with B-frames: its DTS lies before the segment.
        ReadCase{"DtsBeforeTheSegmentIsNegative", 80 * kU, kNone, 80 * kU, 0, 40 * kU, 0, -80 * kMs,
                 false},
        ReadCase{"NoPts", 0, kNone, kNone, 40 * kU, kNone, std::nullopt, 40 * kMs, false},
        ReadCase{"NoTimes", 0, kNone, kNone, kNone, kNone, std::nullopt, std::nullopt, false},
        ReadCase{"WhollyBefore", 1000 * kU, kNone, 900 * kU, 900 * kU, 100 * kU, -100 * kMs,
                 -100 * kMs, true},
        ReadCase{"ReachesIntoTheSegment", 1000 * kU, kNone, 900 * kU, 900 * kU, 101 * kU,
                 -100 * kMs, -100 * kMs, false},
        ReadCase{"BehindTheStop", 0, 500 * kU, 500 * kU, 400 * kU, 40 * kU, 500 * kMs, 400 * kMs,
                 true},
        ReadCase{"LastBeforeTheStop", 0, 500 * kU, 499 * kU, 499 * kU, 40 * kU, 499 * kMs,
                 499 * kMs, false},
        ReadCase{"BeyondSigned", 0, kNone, GstClockTime{1} << 63, 0, kNone, std::nullopt, 0,
                 false}),
    [](const auto& param) { return param.param.name; });

TEST(ReadTimesTest, TakesTheBuffersOwnTimesWhenToldOrWithoutATimeSegment) {
  const BufferPtr buffer = Buffer(500 * kU, 400 * kU);
  TimestampRules ignore;
  ignore.ignore_segment = true;
  const BufferTimes ignored = ReadTimes(TimeSegment(1000 * kU), buffer.get(), ignore);
  EXPECT_EQ(ignored.pts, 500 * kMs);
  EXPECT_FALSE(ignored.outside);
  TimestampRules original;
  original.use_original = true;
  EXPECT_EQ(ReadTimes(TimeSegment(100 * kU), buffer.get(), original).pts, 500 * kMs);
  GstSegment bytes;
  gst_segment_init(&bytes, GST_FORMAT_BYTES);
  EXPECT_EQ(ReadTimes(bytes, buffer.get(), {}).pts, 500 * kMs);
}

BufferTimes Times(std::optional<std::int64_t> pts_ms, std::optional<std::int64_t> dts_ms,
                  std::optional<std::int64_t> duration_ms = std::nullopt) {
  BufferTimes times;
  if (pts_ms) {
    times.pts = *pts_ms * kMs;
  }
  if (dts_ms) {
    times.dts = *dts_ms * kMs;
  }
  if (duration_ms) {
    times.duration = *duration_ms * kMs;
  }
  return times;
}

// Milliseconds since `kNow`.
std::int64_t Rel(MediaTime time) {
  return (time.nanos() - kNow.nanos()) / kMs;
}

TEST(TimestampNormalizerTest, PutsTheFirstFrameAtItsArrivalAndKeepsDistances) {
  TimeAnchor anchor;
  TimestampNormalizer video;
  TimestampNormalizer audio;
  const MediaTimes first = video.Normalize(Times(5000, 4920), kNow, anchor);
  EXPECT_EQ(Rel(first.pts), 0);
  EXPECT_EQ(Rel(*first.dts), -80);
  // The other pad, later on the wall: only the running time counts.
  EXPECT_EQ(Rel(audio.Normalize(Times(5020, 5020), kNow + Duration::Seconds(9), anchor).pts), 20);
  EXPECT_EQ(Rel(audio.Normalize(Times(4990, 4990), kNow + Duration::Seconds(9), anchor).pts), -10);
  EXPECT_EQ(Rel(video.Normalize(Times(5120, 4960), kNow + Duration::Seconds(9), anchor).pts), 120);
}

TEST(TimestampNormalizerTest, KeepsTheSignOfNegativeTimes) {
  TimeAnchor anchor;
  TimestampNormalizer pad;
  const MediaTimes first = pad.Normalize(Times(0, -80), kNow, anchor);
  EXPECT_EQ(Rel(first.pts), 0);
  EXPECT_EQ(Rel(*first.dts), -80);
}

TEST(TimestampNormalizerTest, FallsBackToDtsAndThenToTheFrameBefore) {
  TimeAnchor anchor;
  TimestampNormalizer pad;
  EXPECT_EQ(Rel(pad.Normalize(Times({}, 100), kNow, anchor).pts), 0);
  MediaTimes guessed = pad.Normalize(Times({}, {}), kNow, anchor);
  EXPECT_TRUE(guessed.guessed);
  EXPECT_EQ(Rel(guessed.pts), 40);  // nothing known: the assumed duration
  EXPECT_FALSE(pad.Normalize(Times(200, 200, 33), kNow, anchor).guessed);
  EXPECT_EQ(Rel(pad.Normalize(Times({}, {}), kNow, anchor).pts), 100 + 33);
}

TEST(TimestampNormalizerTest, GuessesTheFirstFrameWithoutFixingTheAnchor) {
  TimeAnchor anchor;
  TimestampNormalizer pad;
  EXPECT_EQ(Rel(pad.Normalize(Times({}, {}), kNow, anchor).pts), 0);
  const WallTime later = kNow + Duration::Millis(50);
  EXPECT_EQ(Rel(pad.Normalize(Times(7000, 7000), later, anchor).pts), 50);
}

TEST(TimestampNormalizerTest, AddsTheStartOfAFile) {
  TimestampRules rules;
  rules.start = WallTime::FromSeconds(1'600'000'000);
  TimeAnchor anchor;
  TimestampNormalizer pad(rules);
  EXPECT_EQ(pad.Normalize(Times(80, 0), kNow, anchor).pts.millis(), 1'600'000'000'080);
}

TEST(TimestampNormalizerTest, LeavesOriginalTimesAlone) {
  TimestampRules rules;
  rules.use_original = true;
  TimeAnchor anchor;
  TimestampNormalizer pad(rules);
  const MediaTimes times = pad.Normalize(Times(1'650'000'000'080, 1'650'000'000'000), kNow, anchor);
  EXPECT_EQ(times.pts.millis(), 1'650'000'000'080);
  EXPECT_EQ(times.dts->millis(), 1'650'000'000'000);
}

TEST(TimestampNormalizerTest, StampsArrivalWhenFrameTimecodesAreOff) {
  TimestampRules rules;
  rules.arrival_time = true;
  TimeAnchor anchor;
  TimestampNormalizer pad(rules);
  const MediaTimes times = pad.Normalize(Times(5000, 4000), kNow, anchor);
  EXPECT_EQ(Rel(times.pts), 0);
  EXPECT_FALSE(times.dts.has_value());
}

TEST(TimestampNormalizerTest, ChoosesTheTimestampThatFrameTimestampNames) {
  const struct {
    FrameTimestamp which;
    BufferTimes times;
    std::int64_t want;
    bool want_dts;
  } cases[] = {
      {FrameTimestamp::kDefault, Times(100, 20), 100, true},
      {FrameTimestamp::kPtsOnly, Times(100, 20), 100, false},
      {FrameTimestamp::kDtsOnly, Times(100, 20), 20, false},
      {FrameTimestamp::kDtsOnly, Times(100, {}), 100, false},
      {FrameTimestamp::kPtsOnly, Times({}, 20), 20, false},
  };
  for (const auto& c : cases) {
    TimestampRules rules;
    rules.which = c.which;
    rules.start = kNow;
    TimeAnchor anchor;
    TimestampNormalizer pad(rules);
    const MediaTimes got = pad.Normalize(c.times, kNow, anchor);
    EXPECT_EQ(Rel(got.pts), c.want) << static_cast<int>(c.which);
    EXPECT_EQ(got.dts.has_value(), c.want_dts) << static_cast<int>(c.which);
  }
}

TEST(TimestampNormalizerTest, DoesNotWrapAtTheEndOfTime) {
  TimestampRules rules;
  rules.start = kNow;
  TimeAnchor anchor;
  TimestampNormalizer pad(rules);
  BufferTimes times;
  times.pts = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(pad.Normalize(times, kNow, anchor).pts.nanos(),
            std::numeric_limits<std::int64_t>::max());
}

TEST(TimeAnchorTest, IsMadeAnewOncePerEpoch) {
  TimeAnchor anchor;
  anchor.BeginEpoch(0);
  EXPECT_EQ(anchor.OffsetFor(10, WallTime::FromNanos(100)), 90);
  anchor.BeginEpoch(1);
  EXPECT_EQ(anchor.OffsetFor(0, WallTime::FromNanos(500)), 500);
  anchor.BeginEpoch(1);  // the second pad after the same flush
  EXPECT_EQ(anchor.OffsetFor(30, WallTime::FromNanos(900)), 500);
  anchor.BeginEpoch(0);  // a frame from before the flush
  EXPECT_EQ(anchor.OffsetFor(30, WallTime::FromNanos(900)), 500);
}

}  // namespace
}  // namespace kvs::plugin
