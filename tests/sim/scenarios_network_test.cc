// Stories about connections: what breaks, what stays away, what is replaced.
#include <functional>

#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

using NetworkScenario = Scenario;

TEST_F(NetworkScenario, AFineDay) {
  options_.tracks.push_back(Audio());
  Begin();
  Millis(59'500);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_opened, 1u);
  EXPECT_EQ(metrics().frames_persisted, ledger().accepted());
}

TEST_F(NetworkScenario, ResetInTheMiddleOfAFragment) {
  Begin();
  Millis(5500);
  Break();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().sessions_opened, 2u);
  EXPECT_EQ(metrics().fragments_resent, 1u);
  ExpectNothingTwice();  // the service throws away half a fragment
}

TEST_F(NetworkScenario, ResetWhileAcksAreUnderWay) {
  options_.service.ack_delay_persisted = Duration::Seconds(3);
  Begin();
  Millis(5500);
  Break();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  EXPECT_GT(ledger().stored_again(),
            0u);  // what was complete is stored by the service all the same
}

TEST_F(NetworkScenario, ServiceStartsLate) {
  Build();
  Refuse(Duration::Seconds(30));
  world_->camera().Start();
  Seconds(30);
  EXPECT_EQ(metrics().sessions_opened, 0u);
  EXPECT_EQ(ledger().disconnects().size(), 1u);  // told once, not for each attempt
  Until([](const StreamMetrics& m) { return m.fragments_persisted > 10; });
  EndWell();
  ExpectNothingLost();
  EXPECT_TRUE(ledger().WasStored({0, 0}));  // from the first frame on
}

TEST_F(NetworkScenario, AcksStopAndTheConnectionIsPresumedDead) {
  options_.config.connection_staleness = Duration::Seconds(6);
  Begin();
  Seconds(4);
  Fault("stop-acks,session=open");
  Seconds(20);
  EXPECT_GE(metrics().sessions_opened, 2u);
  EndWell();
  ExpectNothingLost();
}

TEST_F(NetworkScenario, ConnectionGoesSilentForEver) {
  options_.config.connection_staleness = Duration::Seconds(6);
  Begin();
  Seconds(4);
  for (const auto& connection : world_->network().InUse()) {
    connection->Die();
  }
  Seconds(20);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().sessions_opened, 2u);
}

TEST_F(NetworkScenario, FreezeThaws) {
  Begin();
  Seconds(4);
  world_->network().up.frozen_until = world_->scheduler().now() + Duration::Seconds(10);
  Seconds(20);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_opened, 1u);
}

// A key frame of a megabyte on a line of 30 kB/s takes longer than acks may stay away.
TEST_F(NetworkScenario, SlowLineIsNotADeadOne) {
  options_.config.connection_staleness = Duration::Seconds(15);
  options_.tracks[0].key_bytes_min = options_.tracks[0].key_bytes_max = 1'000'000;
  options_.tracks[0].frame_interval = Duration::Seconds(1);
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Seconds(100);
  options_.network.bytes_per_second = 30'000;
  options_.network.window_bytes = 64 << 10;
  Begin();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().sessions_opened, 1u);
}

TEST_F(NetworkScenario, RotationOverlapsAndLosesNothing) {
  options_.config.session_lifetime = Duration::Seconds(10);
  options_.service.ack_delay_persisted = Duration::Seconds(1);
  Begin();
  bool overlapped = false;
  const auto watch = [&] {
    overlapped = overlapped || metrics().active_sessions == 2;
    return false;
  };
  world_->RunUntil(watch, Duration::Seconds(35));
  EXPECT_TRUE(overlapped);
  EXPECT_EQ(metrics().sessions_opened, 4u);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_failed, 0u);
}

TEST_F(NetworkScenario, OldSessionDiesAtRotationBeforeItsLastAck) {
  options_.config.session_lifetime = Duration::Seconds(10);
  options_.service.ack_delay_persisted = Duration::Seconds(2);
  Begin();
  Until([](const StreamMetrics& m) { return m.active_sessions == 2; });
  world_->network().InUse().front()->Break();
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  EXPECT_GT(metrics().fragments_resent, 0u);
}

TEST_F(NetworkScenario, DrainInAnOutageThatHeals) {
  Begin();
  Seconds(5);
  Refuse(Duration::Seconds(20));
  Break();
  Seconds(3);
  world_->camera().Pause();
  EXPECT_TRUE(world_->DrainAll(Duration::Seconds(60)));
  EXPECT_EQ(ledger().drains().back().frames_left, 0u);
  Stop(Duration::Seconds(5));
  ExpectNothingLost();
}

TEST_F(NetworkScenario, DrainInAnOutageThatDoesNot) {
  Begin();
  Seconds(5);
  Refuse(Duration::Minutes(10));
  Break();
  Seconds(3);
  world_->camera().Pause();
  EXPECT_FALSE(world_->DrainAll(Duration::Seconds(10)));
  const Drained& told = ledger().drains().back();
  EXPECT_FALSE(told.complete);
  EXPECT_EQ(told.frames_left, metrics().stored_frames);
  EXPECT_EQ(told.reason.code(), StatusCode::kConnectFailed);
  world_->network().refuse_until = MonoTime();  // a drain that fails gives nothing up
  EndWell();
  ExpectNothingLost();
}

TEST_F(NetworkScenario, StopKeepsItsDeadlineAndSaysWhatWasLeft) {
  Begin();
  Seconds(5);
  Refuse(Duration::Minutes(10));
  Break();
  Seconds(3);
  const std::uint64_t left = metrics().stored_frames;
  const MonoTime before = world_->scheduler().now();
  Stop(Duration::Seconds(4));
  EXPECT_LE(world_->scheduler().now() - before, Duration::Seconds(100));
  EXPECT_EQ(ledger().drains().back().frames_left, left);
  EXPECT_EQ(ledger().lost(LossReason::kStopped), left);
}

TEST_F(NetworkScenario, PutAfterDrainBeginsANewSession) {
  Begin();
  Seconds(5);
  world_->camera().Pause();
  EXPECT_TRUE(world_->DrainAll(Duration::Seconds(10)));
  Seconds(5);
  EXPECT_EQ(metrics().active_sessions, 0u);
  world_->camera().Resume();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().sessions_opened, 2u);
}

TEST_F(NetworkScenario, NobodyPutsAndTheConnectionIsLetGo) {
  options_.config.idle_timeout = Duration::Seconds(10);
  Begin();
  Seconds(5);
  world_->camera().Pause();
  Seconds(15);
  EXPECT_EQ(metrics().active_sessions, 0u);
  EXPECT_EQ(metrics().stored_frames, 0u);  // the last fragment was closed, and is stored
  world_->camera().Resume();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
}

// The last fragment is carried by a session that breaks, after the fragments behind it were stored
// through another one.
TEST_F(NetworkScenario, TheLastFragmentSentAgainIsEndedWithATag) {
  options_.config.connection_staleness = Duration::Seconds(6);
  options_.config.session_lifetime = Duration::Seconds(10);
  options_.service.ack_delay_persisted = Duration::Seconds(1);
  Begin();
  Until([](const StreamMetrics& m) { return m.active_sessions == 2; });
  world_->network().InUse().front()->Die();
  world_->camera().Pause();
  EndWell();
  ExpectNothingLost();
}

TEST_F(NetworkScenario, DataEndpointMoves) {
  Begin();
  Seconds(5);
  world_->service().MoveEndpoint();
  Break();
  Seconds(10);
  EndWell();
  ExpectNothingLost();
}

TEST_F(NetworkScenario, BackWithinTenSecondsAfterAnOutageOfAnyLength) {
  for (const std::int64_t seconds : {2, 20, 100, 1000}) {
    options_.config.buffer_duration = Duration::Seconds(2000);
    Begin();
    Seconds(5);
    Outage(Duration::Seconds(seconds));
    Seconds(seconds);
    const std::uint64_t before = ledger().connects();
    EXPECT_TRUE(
        world_->RunUntil([&] { return ledger().connects() > before; }, Duration::Millis(10'500)));
    Seconds(20);
    EndWell();
    ExpectNothingLost();
    ExpectNothingTwice();
  }
}

TEST_F(NetworkScenario, OutageIsToldOnceForEachReason) {
  Begin();
  Seconds(5);
  Outage(Duration::Minutes(5));
  Seconds(300);
  Fault("status,api=putMedia,code=503,error=ServiceUnavailableException,for=5m");
  Seconds(330);
  std::vector<StatusCode> told;
  for (const Disconnected& disconnect : ledger().disconnects()) {
    told.push_back(disconnect.reason.code());
  }
  EXPECT_EQ(told, (std::vector{StatusCode::kConnectionLost, StatusCode::kConnectFailed,
                               StatusCode::kServiceFailure}));
  EXPECT_EQ(ledger().connects(), 2u);
  EndWell();
}

TEST_F(NetworkScenario, HostCrashesAndForgetsWhatItHadReceived) {
  options_.service.ack_delay_persisted = Duration::Seconds(5);
  Begin();
  Millis(8500);
  Fault("reset,session=open,bytes=1,kind=crash,times=1");
  Seconds(20);
  EndWell();
  ExpectNothingLost();
  EXPECT_GE(metrics().fragments_resent, 3u);
}

TEST_F(NetworkScenario, ServiceEndsTheConnectionInEachWay) {
  for (const char* const kind : {"end", "fin", "rst"}) {
    Begin();
    Seconds(3);
    Fault(std::string("close-after,session=open,fragments=1,kind=") + kind + ",times=1");
    Seconds(10);
    EndWell();
    ExpectNothingLost();
    EXPECT_EQ(metrics().sessions_opened, 2u);
  }
}

TEST_F(NetworkScenario, NothingOfWhatIsUnderWayArrives) {
  options_.config.connection_staleness = Duration::Seconds(6);
  Begin();
  Seconds(4);
  Freeze(Duration::Seconds(30));  // new connections as well
  Seconds(60);
  EndWell();
  ExpectNothingLost();
  EXPECT_LE(metrics().sessions_opened, 9u);
}

}  // namespace
}  // namespace kvs::sim
