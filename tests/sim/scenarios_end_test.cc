// Stories about the end: what Drain and Stop wait for, how long, and what they say.
#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

class EndScenario : public Scenario {
 protected:
  Duration TimeOfDrain(Duration timeout, bool complete) {
    const MonoTime before = world_->scheduler().now();
    EXPECT_EQ(world_->DrainAll(timeout), complete);
    return world_->scheduler().now() - before;
  }
};

TEST_F(EndScenario, NothingWasPutAndStopIsDoneAtOnce) {
  Build();
  EXPECT_EQ(TimeOfDrain(Duration::Seconds(20), /*complete=*/true), Duration());
  Stop(Duration());
  EXPECT_EQ(metrics().sessions_opened, 0u);
}

TEST_F(EndScenario, DrainDoesNotWaitForTheNextFragment) {
  Begin();
  Millis(5500);
  world_->camera().Pause();
  EXPECT_LE(TimeOfDrain(Duration::Seconds(20), /*complete=*/true), Duration::Millis(500));
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(stored().back().complete_by, emulator::CompleteBy::kEndOfFragmentTag);
}

TEST_F(EndScenario, DrainWaitsForTheLastAck) {
  options_.service.ack_delay_persisted = Duration::Seconds(7);
  Begin();
  Millis(5500);
  world_->camera().Pause();
  EXPECT_GE(TimeOfDrain(Duration::Seconds(20), /*complete=*/true), Duration::Seconds(7));
  EXPECT_EQ(metrics().stored_frames, 0u);
  EndWell();
  ExpectNothingTwice();
}

TEST_F(EndScenario, SecondDrainHasNothingToDo) {
  Begin();
  Seconds(5);
  world_->camera().Pause();
  EXPECT_TRUE(world_->DrainAll(Duration::Seconds(20)));
  EXPECT_EQ(TimeOfDrain(Duration::Seconds(20), /*complete=*/true), Duration());
  EndWell();
  ExpectNothingTwice();
}

// A buffer that was drained has nothing left that a break could bring back.
TEST_F(EndScenario, BreakAfterADrainBringsNothingBack) {
  Begin();
  Seconds(20);
  world_->camera().Pause();
  EXPECT_TRUE(world_->DrainAll(Duration::Seconds(20)));
  world_->camera().Resume();
  Millis(2500);
  Break();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_LE(metrics().fragments_resent, 2u);
}

TEST_F(EndScenario, FramesAfterTheDrainBeganAreNotWaitedFor) {
  options_.service.ack_delay_persisted = Duration::Seconds(3);
  Begin();
  Millis(5500);
  EXPECT_LE(TimeOfDrain(Duration::Seconds(20), /*complete=*/true), Duration::Seconds(4));
  EXPECT_GT(metrics().stored_frames, 0u);
  Seconds(5);
  EndWell();
  ExpectNothingLost();
}

TEST_F(EndScenario, StopWhileTheStreamIsBeingCreated) {
  options_.service.create_delay = Duration::Minutes(5);
  Begin();
  Seconds(5);
  const std::uint64_t accepted = ledger().accepted();
  Stop(Duration::Seconds(4));
  EXPECT_EQ(ledger().lost(LossReason::kStopped), accepted);
}

TEST_F(EndScenario, StopWhileTheConnectionIsNotAnswered) {
  Build();
  Fault("delay,api=putMedia,ms=never");
  world_->camera().Start();
  Seconds(5);
  Stop(Duration::Seconds(4));
  // Whatever the service has taken, the stream was told of nothing.
  EXPECT_EQ(ledger().lost(LossReason::kStopped), ledger().accepted());
  EXPECT_FALSE(ledger().drains().back().complete);
}

TEST_F(EndScenario, StopInAFreezeKeepsItsDeadline) {
  Begin();
  Seconds(5);
  Freeze(Duration::Minutes(10));
  Seconds(3);
  const std::uint64_t left = metrics().stored_frames;
  Stop(Duration::Seconds(4));
  EXPECT_EQ(ledger().drains().back().frames_left, left);
  EXPECT_EQ(ledger().lost(LossReason::kStopped), left);
}

TEST_F(EndScenario, StopWithoutTimeSaysWhatWasLeft) {
  Begin();
  Millis(5500);
  const std::uint64_t left = metrics().stored_frames;
  EXPECT_GT(left, 0u);
  Stop(Duration());
  EXPECT_EQ(ledger().drains().back().frames_left, left);
}

TEST_F(EndScenario, StopDuringADrainEndsBoth) {
  Begin();
  Seconds(5);
  Outage(Duration::Minutes(10));
  Seconds(1);
  world_->stream().Drain(Duration::Minutes(5), /*stop=*/false);
  Seconds(1);
  Stop(Duration::Seconds(3));
  EXPECT_EQ(ledger().lost(LossReason::kStopped), ledger().accepted() - ledger().stored());
}

TEST_F(EndScenario, AStoppedStreamTakesNothing) {
  Begin();
  Seconds(5);
  EndWell();
  const std::uint64_t accepted = ledger().accepted();
  world_->camera().Resume();
  Seconds(5);
  EXPECT_EQ(ledger().accepted(), accepted);
  EXPECT_EQ(metrics().stored_frames, 0u);
  EXPECT_EQ(world_->failure(), "");
}

TEST_F(EndScenario, WhatIsPutBeforeTheFirstKeyFrameIsCounted) {
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Seconds(4);
  Begin();
  Seconds(3);
  Fault("error-ack,session=open,fragment=1,id=4006,at=begin,times=1");
  Seconds(10);
  EndWell();
  EXPECT_GT(ledger().lost(LossReason::kNoKeyFrame), 0u);
  EXPECT_EQ(ledger().lost(), 4u * kFramesPerSecond);
}

}  // namespace
}  // namespace kvs::sim
