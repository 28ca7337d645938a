#include "plugin/timestamps.h"

#include <limits>
#include <ostream>
#include <string>
#include <vector>

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

// References -------------------------------------------------------------------------------------

constexpr std::uint64_t kNtpToUnix = 2'208'988'800;

TEST(ReferenceOfTest, IsReadFromNtpAndUnixTimes) {
  const struct {
    const char* caps;
    std::uint64_t seconds;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"timestamp/x-unix", 1'700'000'000, 1'700'000'000},
      {"timestamp/x-ntp", 1'700'000'000 + kNtpToUnix, 1'700'000'000},
      {"timestamp/x-ptp", 1'700'000'000, std::nullopt},      // another clock
      {"timestamp/x-unix", 86'400, std::nullopt},            // a camera without the time of day
      {"timestamp/x-ntp", 86'400, std::nullopt},             // the same, since 1900
      {"timestamp/x-ntp", kNtpToUnix + 5, std::nullopt},     // since 1970
      {"timestamp/x-unix", 18'000'000'000, std::nullopt},    // beyond what is counted
  };
  for (const auto& c : cases) {
    const BufferPtr buffer = Buffer(0, 0);
    const CapsPtr caps(gst_caps_new_empty_simple(c.caps));
    gst_buffer_add_reference_timestamp_meta(buffer.get(), caps.get(), c.seconds * GST_SECOND, kNone);
    const std::optional<WallTime> got = ReferenceOf(buffer.get());
    EXPECT_EQ(got.has_value(), c.want.has_value()) << c.caps << " " << c.seconds;
    if (got.has_value() && c.want.has_value()) {
      EXPECT_EQ(got->seconds(), *c.want);
    }
  }
  EXPECT_FALSE(ReferenceOf(Buffer(0, 0).get()).has_value());
}

TEST(ReferenceOfTest, IsPartOfTheTimesUnlessSwitchedOff) {
  const BufferPtr buffer = Buffer(0, 0);
  const CapsPtr caps(gst_caps_new_empty_simple("timestamp/x-unix"));
  gst_buffer_add_reference_timestamp_meta(buffer.get(), caps.get(), 1'700'000'000 * GST_SECOND, kNone);
  TimestampRules rules;
  EXPECT_EQ(ReadTimes(TimeSegment(0), buffer.get(), rules).reference, kNow);
  rules.use_references = false;
  EXPECT_EQ(ReadTimes(TimeSegment(0), buffer.get(), rules).reference, std::nullopt);
}

BufferTimes Referenced(std::int64_t pts_ms, std::int64_t reference_ms) {
  BufferTimes times = Times(pts_ms, pts_ms);
  times.reference = kNow + Duration::Millis(reference_ms);
  return times;
}

TEST(TimestampNormalizerTest, AFirstFrameWithAReferenceIsPutThere) {
  TimeAnchor anchor;
  TimestampNormalizer video;
  TimestampNormalizer audio;
  EXPECT_EQ(Rel(video.Normalize(Referenced(5000, -700), kNow, anchor).pts), -700);
  EXPECT_EQ(anchor.source(), TimeAnchor::Source::kReference);
  EXPECT_EQ(Rel(video.Normalize(Times(5040, 5040), kNow, anchor).pts), -660);
  EXPECT_EQ(Rel(audio.Normalize(Times(5020, 5020), kNow, anchor).pts), -680);
  // What a later one says makes no difference: clocks drift, and recordings must not.
  EXPECT_EQ(Rel(video.Normalize(Referenced(6000, 9000), kNow, anchor).pts), 300);
}

struct SlewCase {
  const char* name;
  std::int64_t reference_ms;  // what the frame at 5 s says, which arrival puts at 5000
  std::int64_t at_ms;         // running time
  std::int64_t want;
  TimeAnchor::Source source;
};

TEST(TimeAnchorTest, ALateReferenceIsMovedToSlowly) {
  using Source = TimeAnchor::Source;
  const SlewCase cases[] = {
      {"AtOnceNothing", 4000, 5000, 5000, Source::kMoving},
      {"AHundredthOfWhatPasses", 4000, 15'000, 14'900, Source::kMoving},
      {"BackToTheReference", 4000, 105'000, 104'000, Source::kMoving},
      {"AndNoFurther", 4000, 1'000'000, 999'000, Source::kMoving},
      {"Forwards", 5500, 205'000, 205'500, Source::kMoving},
      {"FramesFromBeforeStay", 4000, 4000, 4000, Source::kMoving},
      {"TenSecondsAreNear", -5000, 2'000'000, 1'990'000, Source::kMoving},
      {"MoreIsLeft", -5001, 2'000'000, 2'000'000, Source::kReferenceFar},
  };
  for (const SlewCase& c : cases) {
    TimeAnchor anchor;
    TimestampNormalizer pad;
    EXPECT_EQ(Rel(pad.Normalize(Times(0, 0), kNow, anchor).pts), 0);
    pad.Normalize(Referenced(5000, c.reference_ms), kNow, anchor);
    EXPECT_EQ(Rel(pad.Normalize(Times(c.at_ms, c.at_ms), kNow, anchor).pts), c.want) << c.name;
    EXPECT_EQ(anchor.source(), c.source) << c.name;
  }
}

TEST(TimeAnchorTest, ANewEpochTakesTheReferenceAtOnce) {
  TimeAnchor anchor;
  TimestampNormalizer pad;
  pad.Normalize(Times(0, 0), kNow, anchor);
  pad.Normalize(Referenced(5000, -60'000), kNow, anchor);
  anchor.BeginEpoch(1);
  EXPECT_EQ(Rel(pad.Normalize(Referenced(0, -60'000), kNow, anchor).pts), -60'000);
  EXPECT_EQ(anchor.source(), TimeAnchor::Source::kReference);
}

TEST(TimestampNormalizerTest, ReferencesDoNotMoveWhatHasATimeAlready) {
  for (const bool original : {true, false}) {
    TimestampRules rules;
    rules.use_original = original;
    if (!original) {
      rules.start = WallTime::FromSeconds(1'600'000'000);
    }
    TimeAnchor anchor;
    TimestampNormalizer pad(rules);
    EXPECT_EQ(pad.Normalize(Referenced(80, 0), kNow, anchor).pts.millis(),
              original ? 80 : 1'600'000'000'080);
  }
}

// Segments ---------------------------------------------------------------------------------------

TEST(ReadTimesTest, SegmentsThatFollowOneAnotherMakeOneTimeLine) {
  TimeAnchor anchor;
  TimestampNormalizer pad;
  const auto at = [&](const GstSegment& segment, GstClockTime pts) {
    return Rel(pad.Normalize(ReadTimes(segment, Buffer(pts, pts).get(), {}), kNow, anchor).pts);
  };
  GstSegment first = TimeSegment(0, 2000 * kU);
  EXPECT_EQ(at(first, 0), 0);
  EXPECT_EQ(at(first, 1960 * kU), 1960);
  // The next file: its own times begin at 0 again, or anywhere.
  GstSegment second = TimeSegment(0);
  second.base = 2000 * kU;
  EXPECT_EQ(at(second, 0), 2000);
  EXPECT_EQ(at(second, 1000 * kU), 3000);
  GstSegment third = TimeSegment(90'000'000 * kU);
  third.base = 4000 * kU;
  EXPECT_EQ(at(third, 90'000'040 * kU), 4040);
  // Fast forward: half the running time.
  GstSegment fast = TimeSegment(1000 * kU);
  fast.base = 5000 * kU;
  fast.rate = 2.0;
  EXPECT_EQ(at(fast, 1080 * kU), 5040);
  // An offset, as gst_pad_set_offset makes it.
  GstSegment shifted = TimeSegment(0);
  shifted.base = 6000 * kU;
  shifted.offset = 500 * kU;
  EXPECT_EQ(at(shifted, 540 * kU), 6040);
}

// Sources without PTS on B-frames, with do-timestamp, or with times that go back: nothing is left out, each
// frame has a time, and what was made up is said. Jumps are for the library, which knows all tracks.
TEST(TimestampNormalizerTest, RepairsWhatCanBeRepaired) {
  struct Step {
    BufferTimes times;
    std::int64_t want;
    bool guessed;
  };
  const struct {
    const char* name;
    std::vector<Step> steps;
  } cases[] = {
      {"SomeWithoutPts",
       {{Times(0, 0), 0, false}, {Times({}, 40), 40, false}, {Times(80, 80), 80, false}}},
      {"SomeWithoutAny",
       {{Times(0, 0, 33), 0, false},
        {Times({}, {}, 33), 33, true},
        {Times({}, {}, 33), 66, true},
        {Times(100, 100, 33), 100, false}}},
      {"JumpsBackAndForth",
       {{Times(1000, 1000), 0, false}, {Times(200, 200), -800, false}, {Times(1080, 1080), 80, false}}},
      {"AWrap", {{Times(95'443'000, {}), 0, false}, {Times(40, {}), -95'442'960, false}}},
      {"AGuessAfterAJump",
       {{Times(0, 0), 0, false}, {Times(40, 40), 40, false}, {Times(9000, 9000), 9000, false},
        {Times({}, {}), 9040, true}}},
  };
  for (const auto& c : cases) {
    TimeAnchor anchor;
    TimestampNormalizer pad;
    for (std::size_t i = 0; i < c.steps.size(); ++i) {
      const MediaTimes got = pad.Normalize(c.steps[i].times, kNow, anchor);
      EXPECT_EQ(Rel(got.pts), c.steps[i].want) << c.name << " " << i;
      EXPECT_EQ(got.guessed, c.steps[i].guessed) << c.name << " " << i;
    }
  }
}

}  // namespace
}  // namespace kvs::plugin
