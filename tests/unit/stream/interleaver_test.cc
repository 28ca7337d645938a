#include "pic/stream/interleaver.h"

#include <string>

#include <gtest/gtest.h>

namespace kvs {
namespace {

constexpr std::uint8_t kVideo = 0;
constexpr std::uint8_t kAudio = 1;

class InterleaverTest : public testing::Test {
 protected:
  static Interleaver Make(std::optional<Duration> max_wait = Duration::Seconds(1)) {
    return Interleaver({max_wait, Duration::Seconds(5)});
  }
  void Push(Interleaver& interleaver, std::uint8_t track, std::int64_t pts_ms, bool key = false,
            std::optional<std::int64_t> dts_ms = {}) {
    PendingFrame frame;
    frame.stored.track = track;
    frame.stored.key_frame = key;
    frame.picture = track == kVideo;
    frame.pts = MediaTime::FromMillis(pts_ms);
    interleaver.Push(std::move(frame), dts_ms ? std::optional(MediaTime::FromMillis(*dts_ms)) : std::nullopt, now_);
  }
  // "v0 a0 v33": what goes on now.
  std::string PopAll(Interleaver& interleaver) {
    std::string order;
    while (const auto frame = interleaver.Pop(now_)) {
      order += (order.empty() ? "" : " ") + std::string(frame->stored.track == kVideo ? "v" : "a") +
               std::to_string(frame->pts.millis());
    }
    return order;
  }

  MonoTime now_ = MonoTime::FromSeconds(100);
};

TEST_F(InterleaverTest, OneTrackPassesAtOnce) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  Push(interleaver, kVideo, 0, true);
  Push(interleaver, kVideo, 33);
  EXPECT_EQ(PopAll(interleaver), "v0 v33");
}

TEST_F(InterleaverTest, OrdersTwoTracksByTimeAndVideoFirstOnTies) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kAudio, 0);
  EXPECT_EQ(PopAll(interleaver), "");
  Push(interleaver, kVideo, 0, true);
  EXPECT_EQ(PopAll(interleaver), "v0 a0");
  Push(interleaver, kVideo, 40);
  Push(interleaver, kAudio, 21);
  Push(interleaver, kAudio, 42);
  EXPECT_EQ(PopAll(interleaver), "a21 v40");
  Push(interleaver, kVideo, 80, true);
  EXPECT_EQ(PopAll(interleaver), "a42");
}

TEST_F(InterleaverTest, PicturesThatBeginNoFragmentWaitForNoSound) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kVideo, 0, true);
  Push(interleaver, kAudio, 0);
  EXPECT_EQ(PopAll(interleaver), "v0 a0");
  Push(interleaver, kVideo, 40);
  EXPECT_EQ(PopAll(interleaver), "v40");
  Push(interleaver, kVideo, 80, true);
  Push(interleaver, kVideo, 120);
  EXPECT_EQ(PopAll(interleaver), "");
  Push(interleaver, kAudio, 30);
  EXPECT_EQ(PopAll(interleaver), "a30");
  Push(interleaver, kAudio, 90);
  EXPECT_EQ(PopAll(interleaver), "v80 a90 v120");
  // Until any of them may begin one.
  interleaver.set_any_picture_begins(true);
  Push(interleaver, kVideo, 160);
  EXPECT_EQ(PopAll(interleaver), "");
  Push(interleaver, kAudio, 160);
  EXPECT_EQ(PopAll(interleaver), "v160 a160");
}

// A camera whose tracks come at the time that stands on them: nothing has to wait when the next frame of the other track cannot be earlier.
TEST_F(InterleaverTest, ARegularTrackIsNotWaitedForAsLongAsItsNextFrameIsNotDue) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  constexpr std::int64_t kPicture = 33;
  constexpr std::int64_t kPacket = 21;
  int waited = 0;
  for (std::int64_t ms = 0; ms < 20'000; ++ms) {
    if (ms % kPicture == 0) {
      Push(interleaver, kVideo, ms, ms % (30 * kPicture) == 0);
    }
    if (ms % kPacket == 0) {
      Push(interleaver, kAudio, ms);
    }
    PopAll(interleaver);
    waited += ms > 2'000 && !interleaver.empty() ? 1 : 0;
  }
  EXPECT_EQ(waited, 0);
}

// The same with B-frames, which come a pattern at a time, and times that are a little off.
TEST_F(InterleaverTest, OfReorderedPicturesTheShortestStepCounts) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  std::int64_t latest_of_fragment = -1;
  for (std::int64_t group = 0; group < 20; ++group) {
    const std::int64_t start = group * 360;
    for (const std::int64_t number : {0, 3, 1, 2, 6, 4, 5, 8, 7}) {
      Push(interleaver, kVideo, start + number * 40, number == 0);
      for (std::int64_t ms = start + number * 40; number % 3 == 0 && ms < start + number * 40 + 120; ms += 20) {
        Push(interleaver, kAudio, ms);
      }
    }
    while (const auto frame = interleaver.Pop(now_)) {
      if (frame->stored.key_frame && frame->picture) {
        EXPECT_GT(frame->pts.millis(), latest_of_fragment);
      }
      latest_of_fragment = std::max(latest_of_fragment, frame->pts.millis());
    }
  }
}

TEST_F(InterleaverTest, AudioBeforeAKeyFrameGoesFirstAlthoughItsDecodingTimeIsEarlier) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kVideo, 1000, true, 920);
  Push(interleaver, kAudio, 960);
  Push(interleaver, kAudio, 1010);
  EXPECT_EQ(PopAll(interleaver), "a960 v1000");
}

TEST_F(InterleaverTest, ReorderedFramesKeepTheOrderOfArrival) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  Push(interleaver, kVideo, 80, true, 0);
  Push(interleaver, kVideo, 200, false, 40);
  Push(interleaver, kVideo, 120, false, 80);
  Push(interleaver, kVideo, 160, false, 120);
  EXPECT_EQ(PopAll(interleaver), "v80 v200 v120 v160");
}

TEST_F(InterleaverTest, AudioBehindAReorderedFrameStaysBehindItWithoutDecodingTimesAsWell) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kAudio, 0);
  Push(interleaver, kVideo, 0, true);
  Push(interleaver, kVideo, 120);
  Push(interleaver, kVideo, 40);  // from here on it is known that frames come 80 ms late
  Push(interleaver, kVideo, 80);
  Push(interleaver, kAudio, 100);
  Push(interleaver, kVideo, 240);
  Push(interleaver, kVideo, 160);
  Push(interleaver, kVideo, 200);
  Push(interleaver, kAudio, 150);
  Push(interleaver, kAudio, 190);
  Push(interleaver, kVideo, 360);
  EXPECT_EQ(PopAll(interleaver), "v0 a0 a100 v120 v40 v80 a150 v240 v160 v200 a190 v360");
}

TEST_F(InterleaverTest, AJumpBackIsNoReordering) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kVideo, 10000, true);
  Push(interleaver, kVideo, 0);
  Push(interleaver, kVideo, 10040);
  Push(interleaver, kAudio, 10000);
  Push(interleaver, kAudio, 10030);
  EXPECT_EQ(PopAll(interleaver), "v10000 v0 a10000 a10030 v10040");
}

TEST_F(InterleaverTest, ASilentTrackHoldsTheOtherBackOnceAndNotForEachFrame) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kVideo, 0, true);
  EXPECT_EQ(PopAll(interleaver), "");
  ASSERT_TRUE(interleaver.deadline().has_value());
  now_ = *interleaver.deadline();
  EXPECT_EQ(PopAll(interleaver), "v0");
  Push(interleaver, kVideo, 33);
  EXPECT_EQ(PopAll(interleaver), "v33");
  // Its next frame revives it.
  Push(interleaver, kAudio, 40);
  Push(interleaver, kVideo, 66, true);
  EXPECT_EQ(PopAll(interleaver), "a40");
}

TEST_F(InterleaverTest, TheFirstFrameOfATrackIsWaitedForLonger) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kAudio, 0);
  now_ = now_ + Duration::Seconds(9);
  EXPECT_EQ(PopAll(interleaver), "");
  now_ = *interleaver.deadline();
  EXPECT_EQ(PopAll(interleaver), "a0");
}

// An encoder that gives its frames three seconds late, and a microphone.
TEST_F(InterleaverTest, TheWaitGrowsToFitATrackThatIsLate) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  constexpr std::int64_t kLate = 3000;
  std::int64_t newest = 0;
  for (std::int64_t ms = 0; ms < 20'000; ms += 100) {
    Push(interleaver, kAudio, ms);
    if (ms >= kLate) {
      Push(interleaver, kVideo, ms - kLate, ms % 1000 == 0);
    }
    while (const auto frame = interleaver.Pop(now_)) {
      const std::int64_t order = frame->pts.millis();
      EXPECT_GE(order, newest) << "at " << ms;
      newest = order;
    }
    now_ = now_ + Duration::Millis(100);
  }
  EXPECT_GE(newest, 20'000 - kLate - 200);
}

TEST_F(InterleaverTest, TracksThatHaveNothingToDoWithEachOtherInTimeDoNotStretchTheWait) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kVideo, 3'600'000, true);
  Push(interleaver, kAudio, 0);
  EXPECT_EQ(PopAll(interleaver), "a0");
  now_ = now_ + Duration::Seconds(1);
  EXPECT_EQ(PopAll(interleaver), "v3600000");
  Push(interleaver, kAudio, 20);
  Push(interleaver, kVideo, 3'600'040, true);
  EXPECT_EQ(PopAll(interleaver), "a20");
  now_ = now_ + Duration::Seconds(1);
  EXPECT_EQ(PopAll(interleaver), "v3600040");
}

TEST_F(InterleaverTest, AnEndedTrackHoldsNobodyBack) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kVideo, 0, true);
  interleaver.End(kAudio);
  EXPECT_EQ(PopAll(interleaver), "v0");
  EXPECT_EQ(interleaver.live(), 1u);
}

TEST_F(InterleaverTest, WithoutAClockOnlyMediaTimeEndsTheWait) {
  Interleaver interleaver = Make(std::nullopt);
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kVideo, 0, true);
  now_ = now_ + Duration::Hours(1);
  EXPECT_EQ(PopAll(interleaver), "");
  EXPECT_FALSE(interleaver.deadline().has_value());
  Push(interleaver, kVideo, 4999);
  EXPECT_EQ(PopAll(interleaver), "");
  Push(interleaver, kVideo, 5000);
  EXPECT_EQ(PopAll(interleaver), "v0 v4999 v5000");
}

TEST_F(InterleaverTest, PopRegardlessEmptiesIt) {
  Interleaver interleaver = Make();
  interleaver.Expect(kVideo);
  interleaver.Expect(kAudio);
  Push(interleaver, kVideo, 0, true);
  Push(interleaver, kVideo, 33);
  EXPECT_TRUE(interleaver.PopRegardless().has_value());
  EXPECT_TRUE(interleaver.PopRegardless().has_value());
  EXPECT_FALSE(interleaver.PopRegardless().has_value());
  EXPECT_TRUE(interleaver.empty());
}

}  // namespace
}  // namespace kvs
