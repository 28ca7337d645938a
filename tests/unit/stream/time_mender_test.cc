#include "pic/stream/time_mender.h"

#include <gtest/gtest.h>

namespace kvs {
namespace {

constexpr Duration kFrame = Duration::Millis(40);
constexpr bool kVideo = true;
constexpr bool kAudio = false;

class TimeMenderTest : public testing::Test {
 protected:
  std::int64_t Video(std::int64_t millis) {
    return mender_.Mend(0, MediaTime::FromMillis(millis), kFrame, kVideo).pts.millis();
  }
  std::int64_t Audio(std::int64_t millis) {
    return mender_.Mend(1, MediaTime::FromMillis(millis), kFrame, kAudio).pts.millis();
  }
  TimeMender mender_;
};

TEST_F(TimeMenderTest, LeavesGoodTimesAlone) {
  for (const std::int64_t pts : {1000, 1120, 1040, 1080, 1240, 1160}) {  // reordered pictures
    EXPECT_EQ(Video(pts), pts);
  }
  EXPECT_EQ(Audio(900), 900);
  EXPECT_EQ(Audio(964), 964);
  EXPECT_EQ(Video(60'000), 60'000);  // a pause
}

TEST_F(TimeMenderTest, SoundThatGoesBackALittleWaits) {
  EXPECT_EQ(Audio(1000), 1000);
  const TimeMender::Mended late = mender_.Mend(1, MediaTime::FromMillis(950), kFrame, kAudio);
  EXPECT_EQ(late.pts.millis(), 1000);
  EXPECT_EQ(late.wanted.millis(), 950);
  EXPECT_EQ(late.jump, Duration());
  EXPECT_EQ(Audio(1010), 1010);
}

TEST_F(TimeMenderTest, AJumpBackGoesOnWhereItWas) {
  EXPECT_EQ(Video(10'000), 10'000);
  const TimeMender::Mended mended = mender_.Mend(0, MediaTime(), kFrame, kVideo);
  EXPECT_EQ(mended.pts.millis(), 10'040);
  EXPECT_EQ(mended.jump.millis(), 10'000);
  EXPECT_EQ(mended.shift.millis(), 10'040);
  EXPECT_EQ(Video(40), 10'080);
}

// A file that begins again: sound ended before the pictures, and they stay together all the same.
TEST_F(TimeMenderTest, TracksThatJumpTogetherStayTogether) {
  EXPECT_EQ(Video(10'000), 10'000);
  EXPECT_EQ(Audio(9'500), 9'500);
  EXPECT_EQ(Video(0), 10'040);
  EXPECT_EQ(Audio(0), 10'040);
  EXPECT_EQ(Video(40), 10'080);
  EXPECT_EQ(Audio(64), 10'104);
}

// A counter of 33 bits at 90 kHz: sound wraps a little later than the pictures.
TEST_F(TimeMenderTest, AWrapIsAJumpOfAllTracks) {
  constexpr std::int64_t kWrap = 95'443'717;
  EXPECT_EQ(Video(kWrap - 40), kWrap - 40);
  EXPECT_EQ(Audio(kWrap - 100), kWrap - 100);
  EXPECT_EQ(Video(0), kWrap);
  EXPECT_EQ(Audio(kWrap - 36), kWrap - 36);
  EXPECT_EQ(Audio(28), kWrap + 28);
  EXPECT_EQ(Video(40), kWrap + 40);
}

TEST_F(TimeMenderTest, ATrackThatJumpsAloneIsMendedAlone) {
  EXPECT_EQ(Video(100'000), 100'000);
  EXPECT_EQ(Audio(100'000), 100'000);
  EXPECT_EQ(Audio(50'000), 100'040);
  EXPECT_EQ(Video(100'040), 100'040);
  EXPECT_EQ(Audio(50'064), 100'104);
}

TEST_F(TimeMenderTest, PicturesBeforeTimeZeroMoveEverything) {
  EXPECT_EQ(Audio(0), 0);
  EXPECT_EQ(Video(-80), 0);
  EXPECT_EQ(Audio(64), 144);
  EXPECT_EQ(Video(0), 80);
}

TEST_F(TimeMenderTest, ATrackThatComesLaterFollowsTheOthers) {
  EXPECT_EQ(Video(10'000), 10'000);
  EXPECT_EQ(Video(0), 10'040);
  EXPECT_EQ(Audio(10), 10'050);
}

TEST_F(TimeMenderTest, AJumpOfAFewSecondsIsMendedOnce) {
  EXPECT_EQ(Video(10'000), 10'000);
  EXPECT_EQ(Video(5'000), 10'040);
  const TimeMender::Mended next = mender_.Mend(0, MediaTime::FromMillis(5'040), kFrame, kVideo);
  EXPECT_EQ(next.pts.millis(), 10'080);
  EXPECT_EQ(next.jump, Duration());
}

// I0 P3 B1 B2, and the clock is set back between B1 and the next.
TEST_F(TimeMenderTest, PicturesFromBeforeTheJumpStayWhereTheyWere) {
  constexpr std::int64_t kHour = 3'600'000;
  EXPECT_EQ(Video(kHour), kHour);
  EXPECT_EQ(Video(120), kHour + 40);               // P, from after the jump
  EXPECT_EQ(Video(kHour - 40), kHour - 40);        // B, from before it
  EXPECT_EQ(Video(80), kHour);                     // B, from after it
  EXPECT_EQ(Video(240), kHour + 160);
}

}  // namespace
}  // namespace kvs
