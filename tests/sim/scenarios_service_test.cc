// Stories about the service: what it refuses, and what it says about fragments.
#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

constexpr std::uint64_t kFragmentFrames = 50;  // of two seconds

using ServiceScenario = Scenario;

TEST_F(ServiceScenario, StreamIsCreatedAndTakesAWhile) {
  options_.service.create_delay = Duration::Seconds(7);
  options_.config.tags = {{"place", "door"}};
  Begin();
  Seconds(15);
  EndWell();
  ExpectNothingLost();
}

TEST_F(ServiceScenario, FramesMissingForTrackIsSentAgainOnce) {
  Begin();
  Seconds(3);
  Fault("error-ack,session=open,fragment=1,id=4011,times=1");
  Seconds(10);
  EndWell();
  EXPECT_EQ(ledger().error_acks(4011), 1u);
  ExpectNothingLost();
}

TEST_F(ServiceScenario, FramesMissingForTrackTwiceIsRejected) {
  Begin();
  Seconds(3);
  Fault("error-ack,session=open,fragment=1,id=4011,times=1");
  Fault("error-ack,session=1,fragment=1,id=4011,times=1");
  Seconds(10);
  EndWell();
  EXPECT_EQ(ledger().error_acks(4011), 2u);
  EXPECT_EQ(ledger().lost(LossReason::kRejected), kFragmentFrames);
  EXPECT_EQ(ledger().lost(), kFragmentFrames);
}

TEST_F(ServiceScenario, RejectedFragmentIsReportedAndTheRestGoesOn) {
  Begin();
  Seconds(3);
  Fault("error-ack,session=open,fragment=1,id=4004,times=1");
  Seconds(10);
  EndWell();
  EXPECT_EQ(ledger().lost(LossReason::kRejected), kFragmentFrames);
  EXPECT_EQ(ledger().lost(), kFragmentFrames);
  ASSERT_EQ(ledger().losses().size(), 1u);
  EXPECT_EQ(ledger().losses()[0].detail.service_error(), "4004");
}

TEST_F(ServiceScenario, FragmentRejectedWhileItIsStillBeingFilled) {
  Begin();
  Seconds(3);
  Fault("error-ack,session=open,fragment=1,id=4006,at=begin,times=1");
  Seconds(10);
  EndWell();
  EXPECT_GT(ledger().lost(LossReason::kRejected), 0u);
  EXPECT_EQ(ledger().lost(LossReason::kRejected) + ledger().lost(LossReason::kNoKeyFrame),
            kFragmentFrames);
}

TEST_F(ServiceScenario, InternalErrorCostsNothing) {
  Begin();
  Seconds(3);
  Fault("error-ack,session=open,fragment=1,id=5000,times=1");
  Seconds(10);
  EndWell();
  EXPECT_EQ(ledger().error_acks(5000), 1u);
  ExpectNothingLost();
}

TEST_F(ServiceScenario, FragmentThatCouldNotBeArchivedIsSentAgain) {
  options_.service.ack_delay_persisted = Duration::Millis(500);
  Begin();
  Seconds(3);
  world_->service().FailNextArchive();
  Seconds(10);
  EndWell();
  EXPECT_EQ(ledger().error_acks(5001), 1u);
  ExpectNothingLost();
}

TEST_F(ServiceScenario, UnknownErrorIsNotResentForEver) {
  Begin();
  Seconds(3);
  Fault("error-ack,session=open,fragment=1,id=4999,times=1");
  for (int i = 0; i < 10; ++i) {
    Fault("error-ack,session=1,fragment=1,id=4999,times=1");
    Seconds(10);
  }
  world_->service().ClearFaults();
  EndWell();
  EXPECT_LE(ledger().lost(), 3 * kFragmentFrames);
}

TEST_F(ServiceScenario, CredentialsExpire) {
  Begin();
  Seconds(5);
  world_->service().ExpireCredentials();
  Break();
  Seconds(10);
  EndWell();
  ExpectNothingLost();
}

// Each fragment needs a session of its own, and has been sent before the answer to it comes.
TEST_F(ServiceScenario, RefusedSessionIsNotFollowedByOthersLikeIt) {
  options_.tracks[0].codec_change_gops = 1;
  options_.network.delay_min = options_.network.delay_max = Duration::Millis(100);
  Begin();
  Seconds(5);
  Refuse(Duration::Seconds(20));
  Break();
  Seconds(10);
  world_->service().ExpireCredentials();
  Seconds(9);
  const std::uint64_t failed = metrics().sessions_failed;
  Seconds(30);
  EndWell();
  ExpectNothingLost();
  EXPECT_LE(metrics().sessions_failed - failed, 3u);
}

TEST_F(ServiceScenario, RefusalOfAStreamThatHasWorkedIsAnOutage) {
  Begin();
  Seconds(5);
  Fault("status,api=putMedia,code=403,error=AccessDeniedException,for=20s");
  Break();
  Seconds(40);
  EndWell();
  ExpectNothingLost();
}

TEST_F(ServiceScenario, RefusalIsFinalOnlyWithFreshCredentials) {
  options_.Every(FaultKind::kFatal) = Duration::Hours(1);  // the stream may fail
  Build();
  Fault("status,api=putMedia,code=403,error=AccessDeniedException,times=2");
  world_->camera().Start();
  Seconds(30);
  EXPECT_TRUE(ledger().stream_failed());
  EXPECT_EQ(world_->stream().core().failure().code(), StatusCode::kNotAuthorized);
  const std::uint64_t attempts = world_->stream().attempts();
  Seconds(60);
  EXPECT_EQ(world_->stream().attempts(), attempts);
  Stop(Duration::Seconds(5));
  EXPECT_EQ(ledger().lost() + ledger().stored(), ledger().accepted());
}

TEST_F(ServiceScenario, ServiceFailsForTenMinutes) {
  Begin();
  Seconds(5);
  Fault("status,code=503,error=ServiceUnavailableException,for=10m");
  Break();
  const std::uint64_t attempts = world_->stream().attempts();
  Seconds(600);
  const std::uint64_t made = world_->stream().attempts() - attempts;
  EXPECT_GE(made, 60u);   // found within about 10 s when it is back
  EXPECT_LE(made, 240u);  // and left in peace until then
  EndWell();
}

TEST_F(ServiceScenario, StreamIsDeletedBehindOurBack) {
  Begin();
  Seconds(5);
  world_->service().DeleteStream();
  Seconds(20);
  EndWell();
  ExpectNothingLost();
}

TEST_F(ServiceScenario, AcksComeInPiecesTogetherAndWithGarbageBetween) {
  Begin();
  Seconds(2);
  Fault("split-acks,session=open,size=3");
  Fault("merge-acks,session=open,acks=4");
  Fault("garbage-acks,session=open,acks=0,times=20");
  Seconds(30);
  world_->service().ClearFaults();
  EndWell();
  ExpectNothingLost();
  EXPECT_GT(metrics().acks_malformed, 0u);
}

TEST_F(ServiceScenario, ServiceLimitsTheSessionSoonerThanExpected) {
  options_.service.session_limit = Duration::Seconds(11);
  Begin();
  Seconds(60);
  EndWell();
  EXPECT_GE(ledger().error_acks(4003), 4u);
  ExpectNothingLost();
}

}  // namespace
}  // namespace kvs::sim
