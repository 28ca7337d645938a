#include "pic/stream/pre_roll.h"

#include "tests/unit/stream/stream_core_fixture.h"

namespace kvs {
namespace {

PendingFrame At(std::int64_t ms) {
  PendingFrame frame;
  frame.pts = MediaTime::FromMillis(ms);
  return frame;
}

// What gives way when a frame is kept: their times.
Times Surplus(PreRoll& pre_roll) {
  Times times;
  while (const auto kept = pre_roll.PopSurplus()) {
    times.push_back(kept->frame.pts.since_origin().millis());
  }
  return times;
}

TEST(PreRollTest, IsKeptFromTheLastEntryThatIsOldEnough) {
  PreRoll pre_roll(Duration::Seconds(2));
  for (int i = 0; i < 8; ++i) {
    pre_roll.Keep(At(i * 500), /*entry=*/i % 2 == 0);
    const Times surplus = Surplus(pre_roll);
    EXPECT_EQ(surplus, i == 6 ? Times({0, 500}) : Times()) << i;
  }
  EXPECT_EQ(pre_roll.size(), 6u);
  EXPECT_EQ(pre_roll.span(), Duration::Millis(2500));
  EXPECT_TRUE(pre_roll.gap());
  EXPECT_EQ(pre_roll.Pop()->pts, MediaTime::FromMillis(1000));
}

TEST(PreRollTest, WhatGivesWayIsWhole) {
  PreRoll pre_roll(Duration::Seconds(60));
  for (int i = 0; i < 5; ++i) {
    pre_roll.Keep(At(i * 500), /*entry=*/i == 0 || i == 3);
  }
  EXPECT_TRUE(pre_roll.GiveWay());
  EXPECT_EQ(Surplus(pre_roll), Times({0, 500, 1000}));
  EXPECT_TRUE(pre_roll.GiveWay());
  EXPECT_EQ(Surplus(pre_roll), Times({1500, 2000}));
  EXPECT_FALSE(pre_roll.GiveWay());
  pre_roll.Keep(At(2500), false);  // refers to what is gone
  EXPECT_EQ(Surplus(pre_roll), Times({2500}));
  pre_roll.Keep(At(3000), true);
  EXPECT_EQ(Surplus(pre_roll), Times());
}

TEST(PreRollTest, AfterAnUploadItGoesOnWhereThatEnded) {
  PreRoll pre_roll(Duration::Seconds(2));
  pre_roll.Trigger();
  EXPECT_FALSE(pre_roll.keeping());
  pre_roll.Untrigger();
  pre_roll.Keep(At(100), false);
  EXPECT_EQ(Surplus(pre_roll), Times());
  EXPECT_FALSE(pre_roll.gap());
}

TEST(PreRollTest, ZeroIsNone) {
  PreRoll none{Duration()};
  EXPECT_FALSE(none.keeping());
  EXPECT_FALSE(none.triggered());
}

TEST_F(StreamCoreTest, APreRollHasLimits) {
  StreamConfig config;
  config.name = "door";
  config.pre_roll = Duration::Seconds(10);
  EXPECT_TRUE(Validate(config).ok());
  config.buffer_duration = Duration::Seconds(9);
  EXPECT_NE(Validate(config).message().find("pre-roll of 10000 ms"), std::string::npos);
  config.buffer_duration = Duration::Seconds(90);
  config.streaming_type = StreamingType::kOffline;
  EXPECT_NE(Validate(config).message().find("offline"), std::string::npos);
  config.streaming_type = StreamingType::kRealtime;
  config.pre_roll = Duration::Millis(-1);
  EXPECT_FALSE(Validate(config).ok());
}

TEST_F(StreamCoreTest, TheUploadBeginsWithWhatWasKept) {
  StreamConfig config;
  config.pre_roll = Duration::Seconds(3);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  PutSeconds(10);
  EXPECT_TRUE(opened_.empty());
  EXPECT_EQ(core_->metrics(now_.mono).frames_not_triggered, 60u);
  EXPECT_TRUE(core_->Trigger(now_));
  Settle();
  ASSERT_EQ(opened_.size(), 1u);
  EXPECT_EQ(ClusterTimes(1), Times({6000, 7000, 8000, 9000}));
  EXPECT_TRUE(Told<FramesLost>().empty());
  EXPECT_TRUE(core_->Untrigger(now_));
  Settle();
  PutSeconds(1, 10'000);
  for (const std::int64_t at : {6000, 7000, 8000}) {
    Ack(1, "PERSISTED", at);
    EXPECT_TRUE(Told<TriggerFinished>().empty());
  }
  Ack(1, "PERSISTED", 9000);
  EXPECT_EQ(Told<TriggerFinished>().size(), 1u);
  EXPECT_EQ(core_->metrics(now_.mono).active_sessions, 0u);
  EXPECT_EQ(ClusterTimes(1).size(), 4u);
}

// What is put after the trigger and cannot be decoded is lost, as always; what was put before it was never wanted.
TEST_F(StreamCoreTest, WithNothingToBeginWithTheNextKeyFrameDoes) {
  StreamConfig config;
  config.pre_roll = Duration::Seconds(3);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  (void)PutVideo(0, true);
  core_->Drain(Duration::Seconds(5), /*stop=*/false, now_);
  Pass(Duration::Millis(100));
  (void)PutVideo(100, false);
  Pass(Duration::Millis(100));
  EXPECT_TRUE(core_->Trigger(now_));
  (void)PutVideo(200, false);
  (void)PutVideo(300, true);
  const StreamMetrics metrics = core_->metrics(now_.mono);
  EXPECT_EQ(metrics.frames_not_triggered, 2u);
  EXPECT_EQ(metrics.frames_lost_no_key, 1u);
  EXPECT_EQ(ClusterTimes(1), Times({300}));
}

}  // namespace
}  // namespace kvs
