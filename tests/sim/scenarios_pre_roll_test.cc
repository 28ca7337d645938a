// Stories about a camera that only uploads when somebody rings: what the upload begins with, where it ends, and that nothing is
// done, opened or lost in between.
#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

class PreRollScenario : public Scenario {
 protected:
  static constexpr Duration kPreRoll = Duration::Seconds(10);
  PreRollScenario() { options_.config.pre_roll = kPreRoll; }

  WallTime Wall() { return world_->stream().now().wall; }
  bool Trigger() {
    rang_ = Wall();
    return world_->stream().Switch(/*on=*/true);
  }
  bool Untrigger() { return world_->stream().Switch(/*on=*/false); }
  // Nothing is owed, and no connection is open.
  void UntilQuiet(Duration limit = Duration::Seconds(60)) {
    Until([](const StreamMetrics& m) { return m.stored_fragments == 0 && m.active_sessions == 0; }, limit);
  }
  // How long before the last ring the media of a stored fragment begins.
  Duration BeforeTheRing(const emulator::Fragment& fragment) const {
    return rang_ - WallTime::FromMillis(fragment.producer_time_ms);
  }
  // The last ring's recording, which begins with this one of the stored fragments.
  void ExpectBeginsInTime(std::size_t number, Duration gop = Duration::Seconds(2)) {
    ASSERT_GT(stored().size(), number);
    const emulator::Fragment& first = stored()[number];
    EXPECT_GE(BeforeTheRing(first), kPreRoll - Duration::Millis(1000 / kFramesPerSecond));
    EXPECT_LE(BeforeTheRing(first), kPreRoll + gop + Duration::Millis(200));
    EXPECT_TRUE(first.first_frame_key);
  }
  std::uint64_t FramesStored() const { return ledger().stored(); }

  WallTime rang_;
};

TEST_F(PreRollScenario, NothingIsUploadedUntilItIsTriggered) {
  Begin();
  Seconds(60);
  EXPECT_EQ(metrics().sessions_opened, 0u);
  EXPECT_EQ(world_->stream().core().state().index(), machine::State(machine::Ready{}).index());
  EXPECT_TRUE(Trigger());
  Seconds(5);
  ExpectBeginsInTime(0);
  EXPECT_TRUE(Untrigger());
  UntilQuiet(Duration::Seconds(2));
  const std::uint64_t uploaded = FramesStored();
  EXPECT_GE(uploaded, 15u * kFramesPerSecond);
  Seconds(60);
  EXPECT_EQ(FramesStored(), uploaded);
  EXPECT_EQ(metrics().sessions_opened, 1u);
  EXPECT_EQ(ledger().triggers_finished(), 1u);
  EXPECT_EQ(stored().back().complete_by, emulator::CompleteBy::kEndOfFragmentTag);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().frames_not_triggered, ledger().accepted() - uploaded);
}

TEST_F(PreRollScenario, TheUploadBeginsAtOnce) {
  Begin();
  Seconds(30);
  Trigger();
  Until([](const StreamMetrics& m) { return m.acks_buffering > 0; }, Duration::Millis(200));
  EndWell();
}

TEST_F(PreRollScenario, TheMessageSaysWhatTheUploadBeginsWith) {
  Begin();
  Seconds(30);
  Trigger();
  ASSERT_EQ(ledger().triggers().size(), 1u);
  EXPECT_TRUE(ledger().triggers()[0].on);
  EXPECT_GE(ledger().triggers()[0].kept_duration, kPreRoll);
  EXPECT_GE(ledger().triggers()[0].kept_frames, 10u * kFramesPerSecond);
  Seconds(1);
  Untrigger();
  ASSERT_EQ(ledger().triggers().size(), 2u);
  EXPECT_FALSE(ledger().triggers()[1].on);
  EndWell();
}

TEST_F(PreRollScenario, TriggeredBeforeThereIsAsMuch) {
  Begin();
  Seconds(3);
  Trigger();
  Seconds(5);
  EndWell();
  EXPECT_EQ(FramesStored(), ledger().accepted());
  EXPECT_EQ(metrics().frames_not_triggered, 0u);
}

TEST_F(PreRollScenario, TriggeredBeforeThereIsAnything) {
  Build();
  EXPECT_TRUE(Trigger());
  world_->camera().Start();
  Seconds(5);
  EndWell();
  EXPECT_EQ(FramesStored(), ledger().accepted());
}

TEST_F(PreRollScenario, OnlyWhatChangesTheSwitchChangesAnything) {
  Begin();
  Seconds(20);
  EXPECT_FALSE(Untrigger());
  EXPECT_TRUE(Trigger());
  EXPECT_FALSE(Trigger());
  Seconds(3);
  EXPECT_FALSE(Trigger());
  EXPECT_TRUE(Untrigger());
  EXPECT_FALSE(Untrigger());
  EXPECT_EQ(ledger().triggers().size(), 2u);
  EndWell();
  EXPECT_FALSE(Trigger());  // it has ended
  ExpectNothingLost();
  ExpectNothingTwice();
}

TEST_F(PreRollScenario, WithoutAPreRollThereIsNoSwitch) {
  options_.config.pre_roll = Duration();
  Begin();
  Seconds(5);
  EXPECT_FALSE(world_->stream().core().config().pre_roll > Duration());
  EXPECT_FALSE(Trigger());
  EXPECT_FALSE(Untrigger());
  Seconds(5);
  EndWell();
  EXPECT_EQ(FramesStored(), ledger().accepted());
}

TEST_F(PreRollScenario, TriggeredAgainSoonLeavesNoGap) {
  Begin();
  Seconds(5);
  Trigger();
  for (int i = 0; i < 5; ++i) {
    Millis(3300);
    EXPECT_TRUE(Untrigger());
    Millis(700);
    EXPECT_TRUE(Trigger());
  }
  Seconds(3);
  EndWell();
  EXPECT_EQ(FramesStored(), ledger().accepted());
  ExpectNothingTwice();
}

TEST_F(PreRollScenario, OnAndOffInOneMoment) {
  Begin();
  Seconds(30);
  for (int i = 0; i < 20; ++i) {
    Trigger();
    Untrigger();
  }
  UntilQuiet();
  ExpectBeginsInTime(0);
  EXPECT_EQ(metrics().sessions_opened, 1u);
  EndWell();
  ExpectNothingLost();
}

TEST_F(PreRollScenario, EachRingIsARecordingOfItsOwn) {
  Begin();
  for (std::uint64_t ring = 1; ring <= 5; ++ring) {
    Seconds(60);
    const std::size_t before = stored().size();
    Trigger();
    Seconds(5);
    Untrigger();
    UntilQuiet(Duration::Seconds(2));
    ExpectBeginsInTime(before);
    EXPECT_EQ(metrics().sessions_opened, ring);
    EXPECT_EQ(ledger().triggers_finished(), ring);
  }
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
}

TEST_F(PreRollScenario, AnHourInWhichNobodyRings) {
  options_.config.session_lifetime = Duration::Minutes(1);
  options_.service.credentials_life = Duration::Minutes(2);
  Begin();
  Seconds(3600);
  EXPECT_EQ(metrics().sessions_opened, 0u);
  EXPECT_EQ(metrics().sessions_rotated, 0u);
  EXPECT_EQ(metrics().stale_connections, 0u);
  EXPECT_EQ(world_->stream().attempts(), 3u + 1u);  // Describe, Create, Describe, GetDataEndpoint
  EXPECT_LE(metrics().stored_frames, 13u * kFramesPerSecond);
  EXPECT_LE(metrics().stored_duration, Duration::Seconds(13));
  EXPECT_TRUE(ledger().disconnects().empty());
  EXPECT_TRUE(ledger().losses().empty());
  Trigger();
  Seconds(5);
  ExpectBeginsInTime(0);
  EndWell();
  ExpectNothingLost();
}

TEST_F(PreRollScenario, ItBeginsWithAKeyFrameHoweverRareTheyAre) {
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Seconds(17);
  Begin();
  Seconds(70);
  Trigger();
  Seconds(5);
  ExpectBeginsInTime(0, Duration::Seconds(17));
  EndWell();
  ExpectNothingLost();
}

// Nothing is there to begin with but what nobody could decode: the next key frame does.
TEST_F(PreRollScenario, KeyFramesThatAreTooRareLeaveNothingToBeginWith) {
  options_.config.buffer_duration = Duration::Seconds(20);
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Seconds(30);
  Begin();
  Seconds(25);
  Trigger();
  Seconds(10);
  EndWell();
  ASSERT_FALSE(stored().empty());
  EXPECT_TRUE(stored().front().first_frame_key);
  EXPECT_EQ(BeforeTheRing(stored().front()).seconds(), -5);
  EXPECT_EQ(ledger().lost(), ledger().lost(LossReason::kNoKeyFrame));
}

TEST_F(PreRollScenario, PictureAndSound) {
  options_.tracks.push_back(Audio());
  Begin();
  std::uint64_t begins_with = 0;
  world_->ledger().set_on_stored([&](const emulator::Fragment& fragment) {
    begins_with = begins_with == 0 ? fragment.frames.front().track : begins_with;
  });
  Seconds(60);
  Trigger();
  Seconds(5);
  ExpectBeginsInTime(0);
  EXPECT_EQ(begins_with, 1u);  // the picture
  Untrigger();
  UntilQuiet();
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
}

TEST_F(PreRollScenario, SoundAlone) {
  options_.tracks = {Audio()};
  Begin();
  Seconds(60);
  Trigger();
  Seconds(5);
  ExpectBeginsInTime(0, Duration());
  EndWell();
  ExpectNothingLost();
}

TEST_F(PreRollScenario, PicturesOfWhichTheEncoderThinksLong) {
  options_.tracks[0].b_frames = 3;
  options_.tracks[0].open_gop = true;
  options_.tracks[0].latency = Duration::Seconds(3);
  options_.tracks.push_back(Audio());
  Begin();
  Seconds(60);
  Trigger();
  Seconds(9);
  ASSERT_FALSE(stored().empty());
  EXPECT_GE(BeforeTheRing(stored().front()), kPreRoll);
  EXPECT_TRUE(stored().front().first_frame_key);
  EndWell();
  ExpectNothingLost();
}

TEST_F(PreRollScenario, DrainHasNothingToWaitFor) {
  Begin();
  Seconds(20);
  const MonoTime before = world_->scheduler().now();
  EXPECT_TRUE(world_->DrainAll(Duration::Seconds(20)));
  EXPECT_EQ(world_->scheduler().now() - before, Duration());
  EXPECT_EQ(metrics().stored_frames, 0u);
  EXPECT_EQ(metrics().frames_not_triggered, ledger().accepted());
  Stop(Duration());
  EXPECT_EQ(metrics().sessions_opened, 0u);
  ExpectNothingLost();
}

TEST_F(PreRollScenario, DrainWaitsForWhatWasTriggered) {
  options_.service.ack_delay_persisted = Duration::Seconds(3);
  Begin();
  Seconds(20);
  Trigger();
  Seconds(2);
  Untrigger();
  Millis(500);
  EXPECT_TRUE(world_->DrainAll(Duration::Seconds(20)));
  EXPECT_GE(FramesStored(), 12u * kFramesPerSecond);
  EndWell();
  ExpectNothingLost();
}

TEST_F(PreRollScenario, StopCountsWhatNobodyTriggered) {
  Begin();
  Seconds(20);
  Stop(Duration::Seconds(5));
  EXPECT_EQ(metrics().frames_not_triggered, ledger().accepted());
  ExpectNothingLost();
}

TEST_F(PreRollScenario, WhatWasTriggeredArrivesAfterAnOutage) {
  Begin();
  Seconds(20);
  Outage(Duration::Seconds(60));
  Seconds(1);
  Trigger();
  Seconds(10);
  Untrigger();
  Seconds(20);
  EXPECT_TRUE(stored().empty());
  UntilQuiet(Duration::Seconds(60));
  ExpectBeginsInTime(0);
  EXPECT_GE(FramesStored(), 20u * kFramesPerSecond);
  EXPECT_EQ(ledger().triggers_finished(), 1u);
  EndWell();
  ExpectNothingLost();
}

// An hour lies between the two, of which nothing is held: it does not count as media that waits.
TEST_F(PreRollScenario, TwoRingsInALongOutage) {
  options_.config.buffer_duration = Duration::Seconds(60);
  Begin();
  Seconds(20);
  Outage(Duration::Minutes(70));
  for (int ring = 0; ring < 2; ++ring) {
    Trigger();
    Seconds(5);
    Untrigger();
    Seconds(1800);
  }
  EXPECT_EQ(Told(PressureKind::kWindow), "");
  UntilQuiet(Duration::Minutes(20));
  EXPECT_GE(FramesStored(), 30u * kFramesPerSecond);
  EndWell();
  ExpectNothingLost();
}

TEST_F(PreRollScenario, WhatIsOnlyKeptGivesWayToWhatWasTriggered) {
  options_.store_bytes = 320 << 10;
  options_.tracks[0].frame_bytes_min = options_.tracks[0].frame_bytes_max = 400;
  Begin();
  Seconds(20);
  Outage(Duration::Minutes(3));
  Trigger();
  Seconds(10);
  const std::uint64_t triggered = metrics().stored_frames;
  Untrigger();
  Seconds(120);
  EXPECT_EQ(metrics().frames_lost_pressure, 0u);
  UntilQuiet(Duration::Minutes(3));
  EXPECT_EQ(FramesStored(), triggered);
  EndWell();
  ExpectNothingLost();
}

// The session failed over a fragment that is given up for it: nobody waits for another one.
TEST_F(PreRollScenario, NoSessionForNothing) {
  options_.config.pre_roll = Duration::Seconds(1);
  Build();
  Fault("error-ack,fragment=1,id=4006,at=end,times=1");
  world_->camera().Start();
  Millis(21'500);  // one fragment is kept
  Trigger();
  Untrigger();
  Until([](const StreamMetrics& m) { return m.acks_error > 0; });
  EXPECT_EQ(ledger().lost(), ledger().lost(LossReason::kRejected));
  EXPECT_GT(ledger().lost(), 0u);
  Seconds(120);
  EXPECT_EQ(metrics().sessions_opened, 1u);
  EXPECT_EQ(ledger().triggers_finished(), 1u);
  Trigger();
  Seconds(5);
  EndWell();
  EXPECT_EQ(metrics().sessions_opened, 2u);
}

TEST_F(PreRollScenario, ASessionThatBreaksIsFollowedByAnother) {
  Begin();
  Seconds(20);
  Trigger();
  Seconds(3);
  Break();
  Untrigger();
  UntilQuiet();
  EXPECT_EQ(metrics().sessions_opened, 2u);
  EXPECT_GE(FramesStored(), 13u * kFramesPerSecond);
  EndWell();
  ExpectNothingLost();
}

TEST_F(PreRollScenario, MetadataGoesWithItsMediaOrNotAtAll) {
  Begin();
  Seconds(5);
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(PutMetadata("seen", std::to_string(i)).ok()) << i;
    Seconds(5);
  }
  Trigger();
  Seconds(5);
  EndWell();
  EXPECT_EQ(TagsStored("seen").back(), "29");
  EXPECT_LE(TagsStored("seen").size(), 4u);
}

TEST_F(PreRollScenario, CodecDataChangesWhileNobodyRings) {
  options_.tracks[0].codec_change_gops = 3;
  Begin();
  Seconds(60);
  Trigger();
  Seconds(5);
  ExpectBeginsInTime(0);
  EndWell();
  ExpectNothingLost();
}

}  // namespace
}  // namespace kvs::sim
