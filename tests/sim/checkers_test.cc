// The simulator itself: it is repeatable, and its checkers see what is wrong.
#include <sstream>

#include <gtest/gtest.h>

#include "tests/sim/world.h"

namespace kvs::sim {
namespace {

TEST(SimulatorTest, OneSeedIsOneTrace) {
  for (const std::uint64_t seed : {3u, 11u, 31u}) {
    World first(DrawOptions(seed));
    World second(DrawOptions(seed));
    first.Run();
    second.Run();
    EXPECT_EQ(first.trace().hash(), second.trace().hash());
    EXPECT_EQ(first.scheduler().steps(), second.scheduler().steps());
  }
}

TEST(SimulatorTest, ReadingTheTraceChangesNothing) {
  std::ostringstream lines;
  World quiet(DrawOptions(5));
  World told(DrawOptions(5), &lines, /*trace_frames=*/false);
  quiet.Run();
  told.Run();
  EXPECT_EQ(quiet.trace().hash(), told.trace().hash());
  EXPECT_NE(lines.str().find("Drain"), std::string::npos);
}

TEST(SimulatorTest, EventsOfOneTimeHappenInTheOrderOfAsking) {
  Scheduler scheduler;
  std::string order;
  const MonoTime later = scheduler.now() + Duration::Seconds(1);
  scheduler.At(later, [&] { order += 'b'; });
  scheduler.At(scheduler.now(), [&] { order += 'a'; });
  scheduler.At(later, [&] { order += 'c'; });
  const Scheduler::EventId gone = scheduler.At(later, [&] { order += 'x'; });
  scheduler.Cancel(gone);
  while (scheduler.RunOne(later)) {
  }
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(scheduler.now(), later);
}

// The ledger of a stream with one track that has put the frames 0, 1 and 2.
class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    for (std::uint32_t number = 0; number < 3; ++number) {
      ledger_.OnAccepted({0, number}, MediaTime::FromMillis(number * 40));
    }
    ledger_.OnSessionOpened(1);
    ledger_.OnCluster(1, 0);
    ledger_.OnWireFrame(1, {0, 0});
    ledger_.OnWireFrame(1, {0, 1});
  }
  static FragmentAcked Ack(AckType type, int error_id = 0) {
    FragmentAcked acked;
    acked.ack.type = type;
    acked.ack.timecode = 0;
    acked.ack.error_id = error_id;
    acked.session = 1;
    return acked;
  }
  void ExpectFailure(const std::string& invariant) const {
    EXPECT_EQ(ledger_.failure().substr(0, invariant.size()), invariant) << ledger_.failure();
  }

  SimOptions options_;
  Scheduler scheduler_;
  Trace trace_;
  Ledger ledger_{options_, scheduler_, trace_};
  StreamMetrics metrics_;
};

TEST_F(LedgerTest, NothingIsWrongYet) {
  metrics_.stored_frames = 3;
  ledger_.CheckStep(metrics_, 0);
  EXPECT_EQ(ledger_.failure(), "");
}

TEST_F(LedgerTest, SeesAFrameThatIsNotCounted) {
  metrics_.stored_frames = 2;
  ledger_.CheckStep(metrics_, 0);
  ExpectFailure("I1");
}

TEST_F(LedgerTest, SeesSilentLoss) {
  metrics_.frames_persisted = 3;
  ledger_.CheckEnd(metrics_);
  ExpectFailure("I1");
}

TEST_F(LedgerTest, SeesLossThatIsCountedAndNotReported) {
  metrics_.frames_lost_pressure = 3;
  ledger_.CheckEnd(metrics_);
  ExpectFailure("I1");
}

TEST_F(LedgerTest, SeesLossReportedForOtherFrames) {
  metrics_.frames_lost_pressure = 3;
  FramesLost loss;
  loss.frames = 3;
  loss.first_pts = MediaTime::FromSeconds(10);
  loss.last_pts = MediaTime::FromSeconds(11);
  ledger_.OnEvent(loss);
  ledger_.CheckEnd(metrics_);
  ExpectFailure("I1");
}

TEST_F(LedgerTest, SeesAFrameSentAgainAfterItsLastAck) {
  ledger_.OnEvent(Ack(AckType::kPersisted));
  ledger_.OnSessionClosed(1);
  ledger_.OnSessionOpened(2);
  ledger_.OnCluster(2, 0);
  ledger_.OnWireFrame(2, {0, 0});
  ExpectFailure("I4");
}

TEST_F(LedgerTest, SeesAFrameSentAgainAfterItWasRejected) {
  ledger_.OnEvent(Ack(AckType::kError, 4006));
  ledger_.OnSessionClosed(1);
  ledger_.OnSessionOpened(2);
  ledger_.OnCluster(2, 0);
  ledger_.OnWireFrame(2, {0, 0});
  ExpectFailure("I4");
}

TEST_F(LedgerTest, SeesTwoSessionsWithTheSameFrame) {
  ledger_.OnSessionOpened(2);
  ledger_.OnCluster(2, 0);
  ledger_.OnWireFrame(2, {0, 0});
  ExpectFailure("I3");
}

TEST_F(LedgerTest, SeesFramesOutOfOrder) {
  ledger_.OnWireFrame(1, {0, 0});
  ExpectFailure("I3");
}

TEST_F(LedgerTest, SeesAFrameThatWasNeverPut) {
  ledger_.OnWireFrame(1, {0, 77});
  ExpectFailure("I2");
}

TEST_F(LedgerTest, SeesMediaThatTheServiceRefuses) {
  ledger_.OnMediaProblem(4006, "bad");
  ExpectFailure("I2");
}

TEST_F(LedgerTest, SeesAStoreOverItsBudget) {
  metrics_.stored_frames = 3;
  metrics_.stored_bytes = options_.store_bytes + 1;
  ledger_.CheckStep(metrics_, 0);
  ExpectFailure("I5");
}

TEST(PaceCheckerTest, SeesMoreThanFiveSessionsASecond) {
  PaceChecker pace;
  MonoTime now = Scheduler::kStart;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(pace.OnSession(now), "");
    now = now + Duration::Millis(180);
  }
  EXPECT_NE(pace.OnSession(now), "");
}

TEST(PaceCheckerTest, SeesAnOutageWithoutBackOff) {
  PaceChecker pace;
  MonoTime now = Scheduler::kStart;
  std::string problem;
  for (int i = 0; i < 200 && problem.empty(); ++i) {
    pace.OnFailure(now);
    now = now + Duration::Millis(300);
    problem = pace.OnAttempt(now, Scheduler::kStart - Duration::Seconds(1));
  }
  EXPECT_NE(problem, "");
}

TEST(PaceCheckerTest, FiveSecondsApartIsFine) {
  PaceChecker pace;
  MonoTime now = Scheduler::kStart;
  for (int i = 0; i < 500; ++i) {
    pace.OnFailure(now);
    now = now + Duration::Seconds(5);
    EXPECT_EQ(pace.OnAttempt(now, Scheduler::kStart - Duration::Seconds(1)), "");
  }
}

TEST(PayloadTest, EveryByteCounts) {
  std::vector<std::uint8_t> bytes;
  PayloadPlan plan;
  plan.name = {1, 4711};
  plan.bytes = 300;
  MakePayload(MediaKind::kH264Avc, plan, bytes);
  EXPECT_EQ(NameOf(/*video=*/true, bytes), std::optional(plan.name));
  for (std::size_t at = 5; at < bytes.size(); ++at) {
    bytes[at] ^= 1;
    EXPECT_NE(NameOf(/*video=*/true, bytes), std::optional(plan.name)) << at;
    bytes[at] ^= 1;
  }
}

}  // namespace
}  // namespace kvs::sim
