// Stories about the answers to calls: each class of outcome, for each call.
#include <string>
#include <tuple>

#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

const std::string kApis[] = {"describeStream", "createStream", "tagStream", "getDataEndpoint",
                             "putMedia"};

// What a test about an API and an answer is called.
std::string NameOfCase(const testing::TestParamInfo<std::tuple<std::string, std::string>>& param) {
  std::string name;
  for (const char c : std::string(std::get<0>(param.param)) + std::get<1>(param.param)) {
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : "";
  }
  return name;
}

class AnswerScenario : public Scenario,
                       public testing::WithParamInterface<std::tuple<std::string, std::string>> {
 protected:
  std::string api() const { return std::get<0>(GetParam()); }
  // A stream that has to be created and tagged, so that each call is made.
  void BeginWith(const std::string& fault) {
    options_.config.tags = {{"place", "door"}};
    Build();
    Fault(fault);
    world_->camera().Start();
  }
};
class PassingAnswer : public AnswerScenario {};
class FinalAnswer : public AnswerScenario {};
class MissingAnswer : public AnswerScenario {};

TEST_P(PassingAnswer, IsTriedAgainAndNothingIsLost) {
  BeginWith("status,api=" + api() + "," + std::get<1>(GetParam()) + ",times=2");
  Seconds(40);
  EXPECT_GT(metrics().fragments_persisted, 10u);
  EndWell();
  ExpectNothingLost();
  EXPECT_TRUE(ledger().WasStored({0, 0}));
}
INSTANTIATE_TEST_SUITE_P(
    Answers, PassingAnswer,
    testing::Combine(testing::ValuesIn(kApis),
                     testing::Values("code=500,error=InternalFailure",
                                     "code=503,error=", "code=429,error=ThrottlingException",
                                     "code=400,error=ClientLimitExceededException",
                                     "code=408,error=RequestTimeoutException",
                                     "code=400,error=InvalidEndpointException",
                                     "code=403,error=ExpiredTokenException",
                                     "code=400,error=ResourceInUseException")),
    NameOfCase);

TEST_P(FinalAnswer, FailsTheStreamAndSaysSo) {
  MayFail();
  BeginWith("status,api=" + api() + "," + std::get<1>(GetParam()));
  Seconds(20);
  const std::uint64_t attempts = world_->stream().attempts();
  if (api() == "tagStream") {  // which the stream can do without
    EXPECT_FALSE(ledger().stream_failed());
    EXPECT_GT(metrics().fragments_persisted, 3u);
    EndWell();
    ExpectNothingLost();
    return;
  }
  EXPECT_TRUE(ledger().stream_failed());
  EXPECT_EQ(ledger().disconnects().size(), 0u);  // one word, and not of trying again
  Seconds(60);
  EXPECT_EQ(world_->stream().attempts(), attempts);
  EXPECT_EQ(ledger().lost(LossReason::kStopped), ledger().accepted());
  Stop(Duration::Seconds(5));
}
INSTANTIATE_TEST_SUITE_P(Answers, FinalAnswer,
                         testing::Combine(testing::ValuesIn(kApis),
                                          testing::Values("code=400,error=InvalidArgumentException",
                                                          "code=406,error=",
                                                          "code=403,error=AccessDeniedException")),
                         NameOfCase);

// Of CreateStream: it was carried out all the same.
TEST_P(MissingAnswer, IsAskedForAgain) {
  BeginWith("delay,api=" + api() + "," + std::get<1>(GetParam()) + ",times=1");
  Seconds(100);
  EXPECT_GT(metrics().fragments_persisted, 10u);
  EndWell();
  ExpectNothingLost();
}
INSTANTIATE_TEST_SUITE_P(Answers, MissingAnswer,
                         testing::Combine(testing::ValuesIn(kApis),
                                          testing::Values("ms=never", "ms=9000")),
                         NameOfCase);

using CallScenario = Scenario;

TEST_F(CallScenario, SlowCreationUsesUpNoRetriesAndIsNoOutage) {
  options_.service.create_delay = Duration::Seconds(90);
  Begin();
  Seconds(95);
  EXPECT_EQ(metrics().call_retries, 0u);
  EXPECT_TRUE(ledger().disconnects().empty());
  EXPECT_GT(metrics().fragments_persisted, 30u);
  EndWell();
  ExpectNothingLost();
  EXPECT_TRUE(ledger().WasStored({0, 0}));
}

TEST_F(CallScenario, TaggingNeverStrandsTheStream) {
  options_.config.tags = {{"place", "door"}};
  Build();
  Fault("status,api=tagStream,code=503,error=ServiceUnavailableException");
  world_->camera().Start();
  Seconds(15);
  EXPECT_GT(metrics().fragments_persisted, 3u);
  EndWell();
  ExpectNothingLost();
}

TEST_F(CallScenario, StreamThatMayNotBeCreatedIsNot) {
  MayFail();
  options_.config.allow_creation = false;
  Begin();
  Seconds(10);
  EXPECT_TRUE(ledger().stream_failed());
  EXPECT_EQ(world_->stream().core().failure().code(), StatusCode::kStreamNotFound);
  EXPECT_EQ(world_->stream().attempts(), 1u);
  Stop(Duration::Seconds(5));
  EXPECT_EQ(ledger().lost(LossReason::kStopped), ledger().accepted());
}

TEST_F(CallScenario, AnswersThatAreLostAreAskedForAgain) {
  options_.config.tags = {{"place", "door"}};
  Build();
  world_->camera().Start();
  for (int i = 0; i < 8; ++i) {
    world_->stream().LoseNextAnswer();
    Millis(400);
  }
  Seconds(30);
  EndWell();
  ExpectNothingLost();
}

// A call that works does not hide one that fails: the wait of that one grows all the same.
TEST_F(CallScenario, EachCallBacksOffForItself) {
  Build();
  Fault("status,api=getDataEndpoint,code=404,error=ResourceNotFoundException,for=5m");
  world_->camera().Start();
  Seconds(300);
  EXPECT_LE(world_->stream().attempts(), 200u);  // DescribeStream answers well in between
  Seconds(20);
  EndWell();
}

TEST_F(CallScenario, EndpointThatIsNoLongerValidIsAskedForAgain) {
  Begin();
  Seconds(5);
  const std::uint64_t attempts = world_->stream().attempts();
  world_->service().MoveEndpoint();
  Break();
  Seconds(10);
  // PutMedia at the old one, GetDataEndpoint, PutMedia at the new one.
  EXPECT_EQ(world_->stream().attempts(), attempts + 3);
  EndWell();
  ExpectNothingLost();
}

}  // namespace
}  // namespace kvs::sim
