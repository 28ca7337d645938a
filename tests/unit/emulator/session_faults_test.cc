#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "emulator/model/put_media_session.h"
#include "tests/unit/emulator/mkv_builder.h"
#include "tests/unit/emulator/session_harness.h"

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::Buffer;
using testing::Join;
using testing::Output;
using testing::ServiceHarness;
using testing::Take;
using testing::Upload;
using testing::VideoFragment;
using testing::VideoHeader;

Buffer ThreeFragments() {
  return Join(VideoHeader(), VideoFragment(1000), VideoFragment(3000), VideoFragment(5000));
}

TEST(SessionFaultTest, ResetsAfterExactlySoManyBytes) {
  ServiceHarness harness;
  harness.AddFault("reset,session=2,bytes=300,kind=rst");
  EXPECT_EQ(Upload(harness, ThreeFragments()).fragments.size(), 3U);
  const auto session = harness.Open();
  session->Feed(Bytes(ThreeFragments()).first(299), harness.now());
  EXPECT_FALSE(session->finished());
  session->Feed(Bytes(ThreeFragments()).subspan(299), harness.now());
  EXPECT_TRUE(session->finished());
  EXPECT_EQ(session->bytes(), 300U);
  EXPECT_EQ(session->end_kind(), EndKind::kReset);
  EXPECT_EQ(session->end_reason(), "fault");
  EXPECT_EQ(harness.Events({R"("event":"fault")", "reset,session=2", R"("session":2)"}).size(), 1U);
  EXPECT_EQ(harness.Events({"session_end", R"("reason":"fault")", R"("bytes":300)"}).size(), 1U);
}

TEST(SessionFaultTest, ResetAtByteZeroNeedsNoData) {
  ServiceHarness harness;
  harness.AddFault("reset,kind=fin");
  const auto session = harness.Open();
  EXPECT_TRUE(session->finished());
  EXPECT_EQ(session->end_kind(), EndKind::kFin);
}

TEST(SessionFaultTest, ACrashLosesWhatWasNotPersisted) {
  ServiceConfig config;
  config.session.persisted_delay = 100ms;
  ServiceHarness harness(config);
  harness.AddFault("reset,bytes=100000,kind=crash");
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), testing::EndOfFragment()), harness.now());
  EXPECT_EQ(Take(*session, harness.now() + 100ms).fragments.size(), 1U);
  harness.Pass(100ms);
  session->Feed(Join(VideoFragment(3000), testing::EndOfFragment(), Buffer(100000, 0xEC)),
                harness.now());
  EXPECT_TRUE(session->finished());
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(Take(*session, harness.now() + 1s).fragments.empty());
  EXPECT_EQ(harness.service().Totals().fragments_persisted, 1U);
  EXPECT_EQ(harness.Events({"\"discarded\"", "\"timecode\":3000", "crash"}).size(), 1U);
}

TEST(SessionFaultTest, AFaultForOpenSessionsCountsFromNow) {
  ServiceHarness harness;
  const auto session = harness.Open();
  session->Feed(VideoHeader(), harness.now());
  bool woken = false;
  session->set_wake([&] { woken = true; });
  harness.AddFault("reset,session=open,bytes=10");
  EXPECT_TRUE(woken);
  const auto later = harness.Open();
  session->Feed(Bytes(VideoFragment(1000)).first(9), harness.now());
  EXPECT_FALSE(session->finished());
  session->Feed(Bytes(VideoFragment(1000)).subspan(9, 1), harness.now());
  EXPECT_TRUE(session->finished());
  later->Feed(ThreeFragments(), harness.now());
  EXPECT_FALSE(later->finished());
}

TEST(SessionFaultTest, ClosesAfterFragments) {
  ServiceHarness harness;
  harness.AddFault("close-after,fragments=2");
  const auto session = harness.Open();
  session->Feed(ThreeFragments(), harness.now());
  EXPECT_EQ(Take(*session, harness.now()).Brief(),
            "BUFFERING 1000, RECEIVED 1000, PERSISTED 1000, BUFFERING 3000, RECEIVED 3000, "
            "PERSISTED 3000");
  EXPECT_TRUE(session->finished());
  EXPECT_EQ(session->end_kind(), EndKind::kGraceful);
}

TEST(SessionFaultTest, GivesAnErrorAckForTheNthFragmentOverAllSessions) {
  ServiceHarness harness;
  harness.AddFault("error-ack,fragment=4,id=4500");
  EXPECT_EQ(Upload(harness, ThreeFragments()).fragments.size(), 3U);
  const Output output = Upload(harness, ThreeFragments());
  EXPECT_EQ(output.Brief(), "BUFFERING 1000, ERROR 1000 4500");
  EXPECT_NE(output.acks.find("KMS_KEY_ACCESS_DENIED"), std::string::npos);
  EXPECT_TRUE(output.fragments.empty());
  // Not a third time.
  EXPECT_EQ(Upload(harness, ThreeFragments()).fragments.size(), 3U);
}

TEST(SessionFaultTest, AnErrorAckMayComeAtTheBegin) {
  ServiceHarness harness;
  harness.AddFault("error-ack,fragment=1,id=5000,at=begin,code=OOPS");
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), testing::ClusterHead(1000)), harness.now());
  const Output output = Take(*session, harness.now());
  EXPECT_EQ(output.Brief(), "BUFFERING 1000, ERROR 1000 5000");
  EXPECT_NE(output.acks.find("OOPS"), std::string::npos);
  EXPECT_EQ(harness.service().Totals().fragments_discarded, 1U);
}

TEST(SessionFaultTest, AnErrorAckAtTheBeginMayLeaveTheSessionOpen) {
  ServiceConfig config;
  config.session.keep_open_after_error = true;
  ServiceHarness harness(config);
  harness.AddFault("error-ack,fragment=2,id=5000,at=begin");
  EXPECT_EQ(Upload(harness, ThreeFragments()).Brief(),
            "BUFFERING 1000, RECEIVED 1000, PERSISTED 1000, BUFFERING 3000, ERROR 3000 5000, "
            "BUFFERING 5000, RECEIVED 5000, PERSISTED 5000");
}

TEST(SessionFaultTest, SwallowsAcks) {
  ServiceHarness harness;
  harness.AddFault("stop-acks,acks=1,types=PERSISTED+RECEIVED");
  const Output output = Upload(harness, ThreeFragments());
  EXPECT_EQ(output.Brief(), "BUFFERING 1000, RECEIVED 1000, BUFFERING 3000, BUFFERING 5000");
  EXPECT_EQ(output.fragments.size(), 3U) << "they are stored all the same";
  EXPECT_EQ(harness.Events({R"("event":"ack")", R"("delivered":false)"}).size(), 5U);
}

TEST(SessionFaultTest, DelaysAcks) {
  ServiceHarness harness;
  harness.AddFault("delay-acks,types=RECEIVED,ms=50");
  const auto session = harness.Open();
  const Time begin = harness.now();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), testing::EndOfFragment()), begin);
  EXPECT_EQ(Take(*session, begin).Brief(), "BUFFERING 1000, PERSISTED 1000");
  EXPECT_EQ(Take(*session, begin + 50ms).Brief(), "RECEIVED 1000");
}

TEST(SessionFaultTest, PutsGarbageBetweenAcks) {
  ServiceHarness harness;
  harness.AddFault("garbage-acks,acks=1,times=2");
  const Output output = Upload(harness, Join(VideoHeader(), VideoFragment(1000)));
  std::size_t lines = 0;
  std::size_t garbage = 0;
  for (std::size_t at = 0; at < output.acks.size(); at = output.acks.find('\n', at) + 1) {
    ++lines;
    garbage += output.acks[at] == '}' ? 1U : 0U;
  }
  EXPECT_EQ(lines, 5U) << output.acks;
  EXPECT_EQ(garbage, 2U) << output.acks;
}

TEST(SessionFaultTest, SplitsAndMergesAcks) {
  ServiceHarness harness;
  const std::string all = Upload(harness, ThreeFragments(), ServiceHarness::Headers("r")).acks;
  harness.AddFault("split-acks,session=1,size=7");
  harness.AddFault("merge-acks,session=2,acks=4");
  {
    const auto session = harness.Open(ServiceHarness::Headers("r"));
    session->Feed(ThreeFragments(), harness.now());
    session->EndOfBody(harness.now());
    std::string joined;
    for (const std::string& piece : session->TakeAcks(harness.now())) {
      EXPECT_LE(piece.size(), 7U);
      joined += piece;
    }
    EXPECT_EQ(joined.size(), all.size());
  }
  const auto session = harness.Open(ServiceHarness::Headers("r"));
  session->Feed(Join(VideoHeader(), VideoFragment(1000), VideoFragment(3000)), harness.now());
  EXPECT_TRUE(session->TakeAcks(harness.now()).empty()) << "three acks are held";
  session->Feed(VideoFragment(5000), harness.now());
  const auto pieces = session->TakeAcks(harness.now());
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(std::count(pieces[0].begin(), pieces[0].end(), '\n'), 5);
  session->EndOfBody(harness.now());
  EXPECT_EQ(session->TakeAcks(harness.now()).size(), 1U) << "the last ones leave with the session";
  EXPECT_TRUE(session->finished());
}

TEST(SessionFaultTest, ReadsSlowly) {
  ServiceHarness harness;
  harness.AddFault("slow-read,rate=2000,for=10s");
  const auto session = harness.Open();
  const Time begin = harness.now();
  EXPECT_EQ(session->ReadCredit(begin), 200U);
  session->Feed(Bytes(ThreeFragments()).first(200), begin);
  EXPECT_EQ(session->ReadCredit(begin), 0U);
  EXPECT_EQ(session->ReadCredit(begin + 50ms), 100U);
  EXPECT_EQ(session->ReadCredit(begin + 10s), SIZE_MAX) << "the fault is over";
}

TEST(SessionFaultTest, FreezesUntilTheFaultIsOver) {
  ServiceHarness harness;
  const auto session = harness.Open();
  const Time begin = harness.now();
  const int id = harness.AddFault("freeze,session=open,bytes=100");
  EXPECT_EQ(session->ReadCredit(begin), 100U);
  session->Feed(Bytes(ThreeFragments()).first(100), begin);
  EXPECT_EQ(session->ReadCredit(begin), 0U);
  EXPECT_EQ(session->NextDeadline(begin), kForever);
  EXPECT_EQ(Take(*session, begin + 1h).Brief(), "") << "timers stop too";
  EXPECT_FALSE(session->finished());
  harness.service().RemoveFault(id);
  EXPECT_EQ(session->ReadCredit(begin + 1h), SIZE_MAX);
  EXPECT_EQ(harness.Events({R"("event":"fault")"}).size(), 1U);
}

TEST(SessionFaultTest, WasNotIdleWhileItWasFrozen) {
  ServiceHarness harness;
  const auto session = harness.Open();
  const Time begin = harness.now();
  const int id = harness.AddFault("freeze,session=open");
  EXPECT_EQ(session->ReadCredit(begin), 0U);
  harness.service().RemoveFault(id);
  session->Tick(begin + 600s);
  EXPECT_FALSE(session->finished());
  EXPECT_EQ(session->NextDeadline(begin + 600s), begin + 600s + 5s) << "the next IDLE ack";
}

TEST(SessionFaultTest, AFaultMaySleepFirst) {
  ServiceHarness harness;
  harness.AddFault("reset,after=5s,bytes=10");
  const auto session = harness.Open();  // one second later
  const Time begin = harness.now();
  session->Feed(ThreeFragments(), begin);
  EXPECT_FALSE(session->finished());
  EXPECT_EQ(session->NextDeadline(begin), begin);  // acks
  Take(*session, begin);
  EXPECT_EQ(session->NextDeadline(begin), begin + 4s);
  session->Tick(begin + 4s);
  EXPECT_TRUE(session->finished());
}

TEST(SessionFaultTest, OnlyTheNamedStreamIsHit) {
  ServiceHarness harness;
  harness.AddFault("reset,stream=r*,bytes=10");
  EXPECT_EQ(Upload(harness, ThreeFragments()).fragments.size(), 3U);
  EXPECT_EQ(Upload(harness, ThreeFragments(), ServiceHarness::Headers("r")).fragments.size(), 0U);
}

}  // namespace
}  // namespace kvs::emulator
