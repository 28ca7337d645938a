// Stories about acknowledgements: each class of error, and whatever else a service may say.
#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

constexpr std::uint64_t kFragmentFrames = 50;  // of two seconds

using AckScenario = Scenario;

class ContentErrorScenario : public Scenario, public testing::WithParamInterface<int> {};
class PassingErrorScenario : public Scenario, public testing::WithParamInterface<int> {};
class StoringErrorScenario : public Scenario, public testing::WithParamInterface<int> {};
class StreamErrorScenario : public Scenario, public testing::WithParamInterface<int> {};

std::string ErrorAbout(int fragment, int id) {
  return "error-ack,session=open,fragment=" + std::to_string(fragment) +
         ",id=" + std::to_string(id) + ",times=1";
}

std::string NameOfId(const testing::TestParamInfo<int>& param) {
  return "Id" + std::to_string(param.param);
}

TEST_P(ContentErrorScenario, CostsOneFragmentAndIsReported) {
  Begin();
  Seconds(3);
  Fault(ErrorAbout(1, GetParam()));
  Seconds(10);
  EndWell();
  EXPECT_EQ(ledger().error_acks(GetParam()), 1u);
  EXPECT_EQ(ledger().lost(LossReason::kRejected), kFragmentFrames);
  EXPECT_EQ(ledger().lost(), kFragmentFrames);
  ASSERT_EQ(ledger().losses().size(), 1u);
  EXPECT_EQ(ledger().losses()[0].detail.service_error(), std::to_string(GetParam()));
  EXPECT_EQ(metrics().sessions_opened, 2u);
}
INSTANTIATE_TEST_SUITE_P(Acks, ContentErrorScenario,
                         testing::Values(4001, 4002, 4004, 4005, 4006, 4007, 4009, 4010, 4012),
                         NameOfId);

// What is RECEIVED when the error comes will be stored: it is not sent again.
TEST_P(PassingErrorScenario, CostsNothingAndKeepsWhatWasReceived) {
  options_.service.ack_delay_persisted = Duration::Seconds(5);
  Begin();
  Seconds(7);
  Fault(ErrorAbout(1, GetParam()));
  Seconds(20);
  EndWell();
  EXPECT_EQ(ledger().error_acks(GetParam()), 1u);
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_opened, 2u);
}
INSTANTIATE_TEST_SUITE_P(Acks, PassingErrorScenario, testing::Values(4000, 4003, 5000), NameOfId);

// A service that cannot store: what it has RECEIVED may be gone as well, and is sent again.
TEST_P(StoringErrorScenario, CostsNothingAndSendsWhatWasReceivedAgain) {
  options_.service.ack_delay_persisted = Duration::Seconds(5);
  Begin();
  Seconds(7);
  Fault(ErrorAbout(1, GetParam()));
  Seconds(20);
  EndWell();
  EXPECT_EQ(ledger().error_acks(GetParam()), 1u);
  ExpectNothingLost();
  EXPECT_GE(ledger().stored_again(), 2 * kFragmentFrames);
}
INSTANTIATE_TEST_SUITE_P(Acks, StoringErrorScenario,
                         testing::Values(4500, 4501, 4502, 4503, 4504, 4505, 4506, 4507, 4999,
                                         5001),
                         NameOfId);

TEST_P(StreamErrorScenario, IsFollowedByALookAtTheStream) {
  Begin();
  Seconds(7);
  const std::uint64_t attempts = world_->stream().attempts();
  Fault(ErrorAbout(1, GetParam()));
  Seconds(20);
  // DescribeStream, GetDataEndpoint and PutMedia.
  EXPECT_EQ(world_->stream().attempts(), attempts + 3);
  EndWell();
  ExpectNothingLost();
}
INSTANTIATE_TEST_SUITE_P(Acks, StreamErrorScenario, testing::Values(4008, 4507), NameOfId);

TEST_F(AckScenario, KeyThatIsRefusedForAnHourIsToldOnceAndTriedWithBackOff) {
  options_.config.buffer_duration = Duration::Seconds(4000);
  Begin();
  Seconds(5);
  Fault("error-ack,fragment=1,id=4501,for=1h");
  const std::uint64_t attempts = world_->stream().attempts();
  Break();
  Seconds(3600);
  EXPECT_LE(world_->stream().attempts() - attempts, 1500u);
  EXPECT_LE(ledger().disconnects().size(), 3u);
  Seconds(60);
  EndWell();
  ExpectNothingLost();
}

TEST_F(AckScenario, UnknownErrorFiveTimesIsTheFragmentsFault) {
  Begin();
  Seconds(3);
  Fault(ErrorAbout(1, 4999));
  for (int next = 1; next < 5; ++next) {
    Fault("error-ack,session=" + std::to_string(next) + ",fragment=1,id=4999,times=1");
  }
  Seconds(60);
  EndWell();
  EXPECT_EQ(ledger().error_acks(4999), 5u);
  EXPECT_EQ(ledger().lost(LossReason::kRejected), kFragmentFrames);
  EXPECT_EQ(ledger().lost(), kFragmentFrames);
}

TEST_F(AckScenario, ErrorAboutTheOldSessionWhileTheNewOneSends) {
  options_.config.session_lifetime = Duration::Seconds(10);
  options_.service.ack_delay_persisted = Duration::Seconds(2);
  Begin();
  Until([](const StreamMetrics& m) { return m.active_sessions == 2; });
  world_->service().FailNextArchive();
  Seconds(15);
  EndWell();
  EXPECT_EQ(ledger().error_acks(5001), 1u);
  ExpectNothingLost();
}

TEST_F(AckScenario, WhatNobodyUnderstandsIsPassedOver) {
  Begin();
  Seconds(5);
  for (const std::string_view text :
       {"\n\n  \n", "}{][\n", "{\"EventType\":\"CHEERING\",\"FragmentTimecode\":7}\n",
        "{\"EventType\":\"PERSISTED\",\"FragmentTimecode\":\"seven\"}\n",
        "{\"EventType\":\"PERSISTED\",\"EventType\":\"ERROR\"}\n", "{\"EventType\":\"IDLE\"}",
        "{\"a\":{\"b\":[1,{\"c\":\"}\"}]},\"EventType\":\"IDLE\"}\n", "\xff\xfe\x00garbage\n"}) {
    world_->service().Say(text);
    Seconds(1);
  }
  Seconds(5);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_opened, 1u);
  EXPECT_GT(metrics().acks_malformed, 0u);
}

TEST_F(AckScenario, ALineWithoutEndIsNotKept) {
  Begin();
  Seconds(5);
  for (int i = 0; i < 100; ++i) {
    world_->service().Say("{\"EventType\":\"" + std::string(10'000, 'X'));
    Millis(20);
  }
  world_->service().Say("\n");
  Seconds(10);
  EndWell();
  ExpectNothingLost();
}

TEST_F(AckScenario, AcksForWhatWasNeverSentArePassedOver) {
  Begin();
  world_->ledger().ExpectStrayAcks();
  Seconds(5);
  for (const std::string_view type : {"BUFFERING", "RECEIVED", "PERSISTED"}) {
    for (const std::string_view time : {"0", "1", "9223372036854775807", "99999999999999999999"}) {
      world_->service().Say("{\"EventType\":\"" + std::string(type) + "\",\"FragmentTimecode\":" +
                            std::string(time) + ",\"FragmentNumber\":\"1\"}\n");
    }
  }
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_opened, 1u);
}

// Twice, and in the wrong order.
TEST_F(AckScenario, AcksThatComeTwiceCountOnce) {
  Begin();
  world_->ledger().ExpectStrayAcks();
  Seconds(9);
  const std::string time = std::to_string(stored().back().timecode);
  for (const std::string_view type : {"PERSISTED", "RECEIVED", "BUFFERING", "PERSISTED"}) {
    world_->service().Say("{\"EventType\":\"" + std::string(type) +
                          "\",\"FragmentTimecode\":" + time + ",\"FragmentNumber\":\"1\"}\n");
  }
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().fragments_persisted, stored().size());
}

TEST_F(AckScenario, PersistedBeforeTheEndOfAFragmentIsNotBelieved) {
  options_.service.ack_delay_persisted = Duration::Seconds(1);
  Begin();
  world_->ledger().ExpectStrayAcks();
  Millis(8500);
  const std::string time = std::to_string(stored().front().timecode + 8000);  // being filled
  world_->service().Say("{\"EventType\":\"PERSISTED\",\"FragmentTimecode\":" + time + "}\n");
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(ledger().stored(), ledger().accepted());
}

}  // namespace
}  // namespace kvs::sim
