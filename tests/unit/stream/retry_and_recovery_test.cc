#include <set>

#include <gtest/gtest.h>

#include "kvs/ack.h"
#include "pic/stream/loss_reporter.h"
#include "pic/stream/recovery.h"
#include "pic/stream/retry_policy.h"

namespace kvs {
namespace {

TEST(RetryPolicyTest, WaitsAreRandomBelowALimitThatDoublesUpToTheCap) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RetryPolicy policy({Duration::Millis(200), Duration::Seconds(10)}, seed);
    Duration limit = Duration::Millis(200);
    for (int i = 0; i < 20; ++i) {
      const Duration wait = policy.Next();
      EXPECT_GE(wait, Duration());
      EXPECT_LE(wait, limit);
      limit = std::min(limit * 2, Duration::Seconds(10));
    }
  }
}

TEST(RetryPolicyTest, IsSpreadOverTheWholeRange) {
  int low = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    RetryPolicy policy({Duration::Seconds(10), Duration::Seconds(10)}, seed);
    low += policy.Next() < Duration::Seconds(5) ? 1 : 0;
  }
  EXPECT_GT(low, 400);
  EXPECT_LT(low, 600);
}

TEST(RetryPolicyTest, HonoursWhatTheServiceAsksForAndStartsAnewAfterSuccess) {
  RetryPolicy policy({}, 1);
  EXPECT_EQ(policy.Next(Duration::Seconds(30)), Duration::Seconds(30));
  EXPECT_EQ(policy.failures(), 1);
  policy.Reset();
  EXPECT_EQ(policy.failures(), 0);
  EXPECT_LE(policy.Next(), Duration::Millis(200));
}

TEST(RetryBudgetTest, AFewAtOnceThenOneInTwoSeconds) {
  RetryBudget budget;
  MonoTime now = MonoTime::FromSeconds(50);
  for (int i = 0; i < RetryBudget::kAtOnce; ++i) {
    EXPECT_EQ(budget.Take(1, now), Duration());
  }
  EXPECT_EQ(budget.Take(1, now), Duration::Seconds(2));
  EXPECT_EQ(budget.Take(2, now), Duration::Seconds(6));
  now = now + Duration::Seconds(16);
  EXPECT_EQ(budget.Take(RetryBudget::kAtOnce, now), Duration());
  EXPECT_GT(budget.Take(1, now), Duration());
}

TEST(RecoveryTest, EveryDocumentedErrorIdHasItsOwnRow) {
  std::set<int> ids;
  for (const recovery::AckReaction& row : recovery::AllAckReactions()) {
    EXPECT_TRUE(ids.insert(row.error_id).second) << row.error_id;
  }
  for (const AckErrorInfo& info : kAckErrors) {
    EXPECT_EQ(recovery::ReactToAckError(info.id).error_id, info.id) << info.name;
  }
}

TEST(RecoveryTest, OnlyWhatIsWrongWithTheFragmentItselfCondemnsIt) {
  using recovery::FragmentFate;
  EXPECT_EQ(recovery::ReactToAckError(ack_error::kInvalidMkvData).fate, FragmentFate::kCondemn);
  EXPECT_EQ(recovery::ReactToAckError(ack_error::kStreamReadError).fate, FragmentFate::kResend);
  EXPECT_EQ(recovery::ReactToAckError(ack_error::kStreamNotActive).fate, FragmentFate::kResend);
  EXPECT_EQ(recovery::ReactToAckError(ack_error::kKmsKeyDisabled).fate, FragmentFate::kResend);
  EXPECT_EQ(recovery::ReactToAckError(ack_error::kFramesMissingForTrack).fate, FragmentFate::kRestateTracks);
  EXPECT_EQ(recovery::ReactToAckError(123456).fate, FragmentFate::kResend);
  EXPECT_FALSE(recovery::ReactToAckError(123456).host_alive);
}

TEST(RecoveryTest, FailuresFollowTheirRetryClass) {
  using recovery::Next;
  EXPECT_EQ(recovery::ReactToFailure(StatusCode::kConnectFailed), Next::kNewEndpoint);
  EXPECT_EQ(recovery::ReactToFailure(StatusCode::kConnectionLost), Next::kReconnect);
  EXPECT_EQ(recovery::ReactToSessionFailure(StatusCode::kConnectionLost, /*answered=*/true), Next::kReconnect);
  EXPECT_EQ(recovery::ReactToSessionFailure(StatusCode::kConnectionLost, /*answered=*/false), Next::kNewEndpoint);
  EXPECT_EQ(recovery::ReactToFailure(StatusCode::kThrottled), Next::kReconnect);
  EXPECT_EQ(recovery::ReactToFailure(StatusCode::kInvalidEndpoint), Next::kNewEndpoint);
  EXPECT_EQ(recovery::ReactToFailure(StatusCode::kCredentialsExpired), Next::kNewCredentials);
  EXPECT_EQ(recovery::ReactToFailure(StatusCode::kStreamNotFound), Next::kDescribeAgain);
  EXPECT_EQ(recovery::ReactToFailure(StatusCode::kNotAuthorized), Next::kFail);
}

FramesLost Loss(std::uint64_t frames, std::int64_t first_ms, std::int64_t last_ms) {
  FramesLost loss;
  loss.frames = frames;
  loss.bytes = frames * 100;
  loss.first_pts = MediaTime::FromMillis(first_ms);
  loss.last_pts = MediaTime::FromMillis(last_ms);
  return loss;
}

TEST(LossReporterTest, TellsTheFirstLossAtOnceAndSumsUpTheRest) {
  LossReporter reporter;
  MonoTime now = MonoTime::FromSeconds(50);
  reporter.Add(Loss(1, 0, 0));
  EXPECT_EQ(reporter.Take(now).size(), 1u);
  reporter.Add(Loss(2, 100, 200));
  reporter.Add(Loss(3, 40, 90));
  EXPECT_TRUE(reporter.Take(now).empty());
  ASSERT_EQ(reporter.deadline(), std::optional(now + LossReporter::kInterval));
  now = *reporter.deadline();
  const auto due = reporter.Take(now);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].frames, 5u);
  EXPECT_EQ(due[0].bytes, 500u);
  EXPECT_EQ(due[0].first_pts.millis(), 40);
  EXPECT_EQ(due[0].last_pts.millis(), 200);
  EXPECT_FALSE(reporter.deadline().has_value());
}

TEST(LossReporterTest, LeavesNothingUntoldAtTheEnd) {
  LossReporter reporter;
  const MonoTime now = MonoTime::FromSeconds(50);
  reporter.Add(Loss(1, 0, 0));
  (void)reporter.Take(now);
  reporter.Add(Loss(4, 0, 0));
  const auto rest = reporter.Take(now, /*all=*/true);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].frames, 4u);
}

}  // namespace
}  // namespace kvs
