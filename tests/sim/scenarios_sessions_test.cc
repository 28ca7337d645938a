// Stories about the life of a session: how it begins, is replaced and ends.
#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

using SessionScenario = Scenario;

TEST_F(SessionScenario, RotationComesWithoutFramesToo) {
  options_.config.session_lifetime = Duration::Seconds(10);
  Begin();
  Seconds(5);
  world_->camera().Pause();
  Until([](const StreamMetrics& m) { return m.sessions_rotated == 1; }, Duration::Seconds(6));
  world_->camera().Resume();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_opened, 2u);
  EXPECT_EQ(metrics().sessions_failed, 0u);
}

TEST_F(SessionScenario, RotationBeforeTheCredentialsExpire) {
  options_.service.credentials_life = Duration::Minutes(5);
  Begin();
  Seconds(20 * 60);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_rotated, 4u);  // 30 s before each end
  EXPECT_EQ(metrics().sessions_failed, 0u);
}

TEST_F(SessionScenario, RotationBeforeTheCredentialsExpireWithoutFrames) {
  options_.service.credentials_life = Duration::Minutes(5);
  Begin();
  Seconds(4 * 60 + 25);
  world_->camera().Pause();
  Seconds(8);
  EXPECT_EQ(metrics().sessions_rotated, 1u);
  world_->camera().Resume();
  Seconds(60);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_failed, 0u);
}

TEST_F(SessionScenario, CredentialsOfHalfAMinuteAreUsedAsLongAsTheyLast) {
  options_.service.credentials_life = Duration::Seconds(30);
  Begin();
  Seconds(5 * 60);
  EndWell();
  ExpectNothingLost();
  EXPECT_LE(metrics().sessions_opened, 40u);  // and not a new connection for each fragment
  EXPECT_EQ(metrics().sessions_rotated, 0u);
}

TEST_F(SessionScenario, RotationWhileNothingCanBeReached) {
  options_.config.session_lifetime = Duration::Seconds(10);
  options_.service.ack_delay_persisted = Duration::Seconds(2);
  Begin();
  Seconds(9);
  Refuse(Duration::Seconds(15));  // the old connection stays
  Seconds(6);
  EXPECT_GE(metrics().fragments_persisted, 4u);  // which goes on giving its acks
  Seconds(30);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
}

TEST_F(SessionScenario, BothSessionsDieAtRotation) {
  options_.config.session_lifetime = Duration::Seconds(10);
  options_.service.ack_delay_persisted = Duration::Seconds(2);
  Begin();
  Until([](const StreamMetrics& m) { return m.active_sessions == 2; });
  Millis(300);
  Break();
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  EXPECT_GE(metrics().fragments_resent, 2u);
}

TEST_F(SessionScenario, RelativeTimesKeepTimeOverRotationsAndBreaks) {
  options_.config.absolute_fragment_times = false;
  options_.config.session_lifetime = Duration::Seconds(10);
  Begin();
  Seconds(25);
  Break();
  Seconds(25);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
  for (std::size_t i = 1; i < stored().size(); ++i) {
    EXPECT_EQ(stored()[i].producer_time_ms - stored()[i - 1].producer_time_ms, 2000);
  }
}

TEST_F(SessionScenario, NoMoreThanFiveSessionsASecond) {
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Millis(120);
  options_.tracks[0].codec_change_gops = 1;  // eight a second
  options_.network.delay_max = options_.network.delay_min;
  Begin();
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(SessionsStored().size(), stored().size());
  EXPECT_GE(stored().size(), 80u);
  EXPECT_EQ(ledger().throttled(), 0u);
}

// On the way, what left in time comes closer together.
TEST_F(SessionScenario, NoMoreThanFiveSessionsASecondArrive) {
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Millis(120);
  options_.tracks[0].codec_change_gops = 1;  // eight a second
  Begin();
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(ledger().throttled(), 0u);
}

TEST_F(SessionScenario, NewCodecDataWhileTheOldSessionWaitsForItsAcks) {
  options_.tracks[0].codec_change_gops = 3;
  options_.service.ack_delay_persisted = Duration::Seconds(15);
  Begin();
  Seconds(20);
  EXPECT_GE(metrics().active_sessions, 3u);
  Seconds(20);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_failed, 0u);
}

TEST_F(SessionScenario, IdleFragmentIsEndedWithATag) {
  options_.config.idle_timeout = Duration::Seconds(5);
  Begin();
  Millis(5500);
  world_->camera().Pause();
  Seconds(7);
  ASSERT_FALSE(stored().empty());
  EXPECT_EQ(stored().back().complete_by, emulator::CompleteBy::kEndOfFragmentTag);
  EXPECT_EQ(metrics().stored_frames, 0u);
  Seconds(60);  // longer than the service keeps an idle connection
  EXPECT_EQ(metrics().sessions_failed, 0u);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
}

// The host died after its last ack, so that nothing is owed but the end of its answer.
TEST_F(SessionScenario, AnAnswerThatNeverEndsIsHungUp) {
  options_.config.idle_timeout = Duration::Seconds(5);
  Begin();
  Seconds(5);
  world_->camera().Pause();
  Until([](const StreamMetrics& m) { return m.stored_frames == 0; });
  for (const auto& connection : world_->network().InUse()) {
    connection->Die();
  }
  Seconds(20);
  EXPECT_EQ(metrics().active_sessions, 1u);
  Seconds(20);
  EXPECT_EQ(metrics().active_sessions, 0u);
  EXPECT_EQ(metrics().sessions_failed, 0u);  // nothing was wrong with it
  world_->camera().Resume();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
}

TEST_F(SessionScenario, AcceptedLateIsNotDead) {
  options_.config.connection_staleness = Duration::Seconds(6);
  Build();
  Fault("delay,api=putMedia,ms=5000,times=1");
  world_->camera().Start();
  Seconds(20);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().sessions_opened, 1u);
}

TEST_F(SessionScenario, NeverAcceptedIsGivenUp) {
  options_.config.connection_staleness = Duration::Seconds(6);
  Build();
  Fault("delay,api=putMedia,ms=never,times=1");
  world_->camera().Start();
  Seconds(20);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().sessions_opened, 2u);
  EXPECT_EQ(metrics().stale_connections, 1u);
}

TEST_F(SessionScenario, WithoutRetentionReceivedIsTheLastWord) {
  options_.config.retention = Duration();
  Begin();
  Millis(5500);
  Break();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().acks_persisted, 0u);
  EXPECT_EQ(metrics().frames_persisted, ledger().accepted());
}

TEST_F(SessionScenario, WithoutAcksWhatIsSentIsDone) {
  options_.config.fragment_acks = false;
  options_.config.session_lifetime = Duration::Seconds(10);
  Begin();
  Seconds(25);
  EXPECT_LE(metrics().stored_fragments, 1u);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(ledger().stored(), ledger().accepted());
  EXPECT_EQ(metrics().sessions_opened, 3u);
}

}  // namespace
}  // namespace kvs::sim
