#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kvs/credentials.h"
#include "tests/unit/aws/fake_services.h"

namespace kvs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Duration kHour = Duration::Hours(1);

class CachedCredentialsTest : public testing::Test {
 protected:
  CachedCredentialsTest() {
    auto source = std::make_unique<FakeSource>();
    source_ = source.get();
    cached_ = MakeCachedCredentials(std::move(source));
  }

  // A Fetch that the source, if asked, answers at once with `key`, good for `life`.
  Answer FetchWith(const std::string& key, Duration life = kHour) {
    source_->on_fetch = [this, key, life](CredentialsCallback done) {
      done(MakeTestCredentials(key, net_.wall + life));
    };
    return Fetch();
  }
  Answer FetchWithError() {
    source_->on_fetch = [](CredentialsCallback done) {
      done(Status(StatusCode::kConnectFailed, "down"));
    };
    return Fetch();
  }
  Answer Fetch() {
    Answer answer;
    cached_->Fetch(net_, answer.Callback());
    return answer;
  }

  FakeServices net_;
  FakeSource* source_;
  std::unique_ptr<CredentialSource> cached_;
};

TEST_F(CachedCredentialsTest, AsksOnceForTheirLife) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  net_.Advance(Duration::Minutes(54));
  EXPECT_EQ(FetchWith("SECOND").key(), "FIRST");
  EXPECT_EQ(source_->fetches, 1);
}

TEST_F(CachedCredentialsTest, RenewsFiveMinutesBeforeTheEndOfALongLife) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  net_.Advance(Duration::Minutes(55) - Duration::Nanos(1));
  EXPECT_EQ(FetchWith("SECOND").key(), "FIRST");
  net_.Advance(Duration::Nanos(1));
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, RenewsThirtyEightSecondsBeforeTheEndOfAShortLife) {
  EXPECT_EQ(FetchWith("FIRST", Duration::Minutes(2)).key(), "FIRST");
  net_.Advance(Duration::Seconds(81));
  EXPECT_EQ(FetchWith("SECOND").key(), "FIRST");
  net_.Advance(Duration::Seconds(1));
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, ALifeShorterThanTheMarginIsStillUsed) {
  EXPECT_EQ(FetchWith("FIRST", Duration::Seconds(20)).key(), "FIRST");
  EXPECT_EQ(FetchWith("SECOND", Duration::Seconds(20)).key(), "SECOND");
  EXPECT_EQ(source_->fetches, 2);
}

TEST_F(CachedCredentialsTest, CredentialsWithoutAnEndAreAskedForOnce) {
  source_->on_fetch = [](CredentialsCallback done) { done(MakeTestCredentials("FOREVER")); };
  EXPECT_EQ(Fetch().key(), "FOREVER");
  net_.Advance(Duration::Hours(24 * 365));
  EXPECT_EQ(Fetch().key(), "FOREVER");
  EXPECT_EQ(source_->fetches, 1);
}

TEST_F(CachedCredentialsTest, AWallClockThatIsSetBackDoesNotPutRenewalOff) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  net_.wall = net_.wall - Duration::Hours(100);
  net_.mono = net_.mono + Duration::Minutes(55);
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, AWallClockThatJumpsAheadExpiresThem) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  net_.wall =
      net_.wall + Duration::Hours(2);  // a suspended machine: the monotonic clock stood still
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, RenewsInTimeAlthoughTheMonotonicClockSleptWithTheMachine) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  net_.wall = net_.wall + Duration::Minutes(56);
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, ManyWaitForOneQuestion) {
  Answer first;
  Answer second;
  cached_->Fetch(net_, first.Callback());
  cached_->Fetch(net_, second.Callback());
  EXPECT_EQ(source_->fetches, 1);
  EXPECT_FALSE(first.has());
  source_->Answer(MakeTestCredentials("AKID", net_.wall + kHour));
  EXPECT_EQ(first.key(), "AKID");
  EXPECT_EQ(second.key(), "AKID");
}

TEST_F(CachedCredentialsTest, NobodyWaitsForARenewalWhileTheOldOnesAreGood) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  source_->on_fetch = nullptr;
  net_.Advance(Duration::Minutes(56));
  EXPECT_EQ(Fetch().key(), "FIRST");
  EXPECT_EQ(Fetch().key(), "FIRST");
  EXPECT_EQ(source_->fetches, 2) << "one renewal is under way";
  source_->Answer(MakeTestCredentials("SECOND", net_.wall + kHour));
  EXPECT_EQ(Fetch().key(), "SECOND");
}

TEST_F(CachedCredentialsTest, InTheLastMomentTheyWaitForTheRenewal) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  source_->on_fetch = nullptr;
  net_.Advance(Duration::Minutes(60) - Duration::Seconds(3));
  Answer answer;
  cached_->Fetch(net_, answer.Callback());
  EXPECT_FALSE(answer.has());
  source_->Answer(MakeTestCredentials("SECOND", net_.wall + kHour));
  EXPECT_EQ(answer.key(), "SECOND");
}

TEST_F(CachedCredentialsTest, AFailedRenewalAnswersTheOldOnesAndIsTriedAgainLater) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  net_.Advance(Duration::Minutes(56));
  EXPECT_EQ(FetchWithError().key(), "FIRST");
  EXPECT_EQ(FetchWithError().key(), "FIRST");
  EXPECT_EQ(source_->fetches, 2) << "not at every Fetch";
  net_.Advance(Duration::Seconds(10));
  EXPECT_EQ(FetchWithError().key(), "FIRST");
  EXPECT_EQ(source_->fetches, 3);
  net_.Advance(Duration::Minutes(4));
  EXPECT_EQ(FetchWithError().code(), StatusCode::kConnectFailed) << "now they have expired";
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, ErrorsAreNotKept) {
  EXPECT_EQ(FetchWithError().code(), StatusCode::kConnectFailed);
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
}

TEST_F(CachedCredentialsTest, ExpiredOnArrivalIsAnErrorThatNamesBothTimes) {
  const Answer answer = FetchWith("OLD", Duration::Seconds(0));
  EXPECT_EQ(answer.code(), StatusCode::kCredentialsExpired);
  EXPECT_THAT(answer.message(), HasSubstr("fake source expired at 2023-11-14T22:13:20Z"));
}

TEST_F(CachedCredentialsTest, OthersAreAskedForWhenTheyWereRefused) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  cached_->Invalidate("FIRST");
  EXPECT_EQ(source_->invalidations, 1);
  source_->on_fetch = nullptr;
  Answer answer;
  cached_->Fetch(net_, answer.Callback());
  EXPECT_FALSE(answer.has()) << "the refused ones would be refused again";
  source_->Answer(MakeTestCredentials("SECOND", net_.wall + kHour));
  EXPECT_EQ(answer.key(), "SECOND");
  EXPECT_EQ(FetchWith("THIRD").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, TheRefusalOfOnesThatWereReplacedChangesNothing) {
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
  cached_->Invalidate("FIRST");
  EXPECT_EQ(source_->invalidations, 0);
  EXPECT_EQ(FetchWith("THIRD").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, RefusedOnesStayWhenThereAreNoOthersAndOthersAreAskedForNowAndThen) {
  auto source = std::make_unique<FakeSource>();
  source_ = source.get();
  CachedCredentialsOptions options;
  options.shared = true;
  cached_ = MakeCachedCredentials(std::move(source), options);
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  for (int i = 0; i < 3; ++i) {
    cached_->Invalidate("FIRST");
    EXPECT_EQ(FetchWithError().key(), "FIRST") << "not everybody was refused";
  }
  EXPECT_EQ(source_->fetches, 2);
  net_.Advance(Duration::Seconds(10));
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  EXPECT_EQ(source_->fetches, 3);
  cached_->Invalidate("FIRST");
  EXPECT_EQ(FetchWith("SECOND").key(), "FIRST") << "the same were given a moment ago";
  net_.Advance(Duration::Seconds(10));
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, AFailureIsTheAnswerForAWhileWhereManyShare) {
  auto source = std::make_unique<FakeSource>();
  source_ = source.get();
  CachedCredentialsOptions options;
  options.shared = true;
  cached_ = MakeCachedCredentials(std::move(source), options);
  EXPECT_EQ(FetchWithError().code(), StatusCode::kConnectFailed);
  EXPECT_EQ(FetchWith("FIRST").code(), StatusCode::kConnectFailed);
  EXPECT_EQ(source_->fetches, 1);
  net_.Advance(Duration::Seconds(10));
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
}

TEST_F(CachedCredentialsTest, AnAnswerToAQuestionFromBeforeInvalidateIsNotKept) {
  Answer first;
  cached_->Fetch(net_, first.Callback());
  cached_->Invalidate({});
  source_->Answer(MakeTestCredentials("REFUSED"));
  EXPECT_EQ(first.key(), "REFUSED");
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, AnAnswerToSuchAQuestionThatGivesOthersIsKept) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  source_->on_fetch = nullptr;
  net_.Advance(Duration::Minutes(56));
  EXPECT_EQ(Fetch().key(), "FIRST");
  cached_->Invalidate("FIRST");
  source_->Answer(MakeTestCredentials("SECOND", net_.wall + kHour));
  EXPECT_EQ(FetchWith("THIRD").key(), "SECOND");
}

TEST_F(CachedCredentialsTest, AFailedQuestionAfterInvalidateKeepsEndlessOnesUsable) {
  Answer first;
  cached_->Fetch(net_, first.Callback());
  cached_->Invalidate({});
  source_->Answer(MakeTestCredentials("ENDLESS"));
  EXPECT_EQ(FetchWithError().key(), "ENDLESS");
}

TEST_F(CachedCredentialsTest, ACallbackMayDestroyTheCache) {
  bool called = false;
  source_->on_fetch = [this](CredentialsCallback done) {
    done(MakeTestCredentials("AKID", net_.wall + kHour));
  };
  // The source's own frame is still on the stack, so it outlives the call in `doomed`.
  auto source = std::make_unique<FakeSource>();
  FakeSource* late = source.get();
  auto doomed = MakeCachedCredentials(std::move(source));
  doomed->Fetch(net_, [&](Result<Credentials>) {
    called = true;
    doomed.reset();
  });
  CredentialsCallback answer = std::move(late->pending[0]);
  answer(MakeTestCredentials("AKID"));
  EXPECT_TRUE(called);
  EXPECT_EQ(doomed, nullptr);
}

TEST_F(CachedCredentialsTest, ACallbackMayAskAgain) {
  Answer inner;
  source_->on_fetch = [this](CredentialsCallback done) {
    done(MakeTestCredentials("AKID", net_.wall + kHour));
  };
  cached_->Fetch(net_, [&](Result<Credentials>) { cached_->Fetch(net_, inner.Callback()); });
  EXPECT_EQ(inner.key(), "AKID");
  EXPECT_EQ(source_->fetches, 1);
}

TEST_F(CachedCredentialsTest, AnAnswerAfterItsEndIsDropped) {
  Answer answer;
  cached_->Fetch(net_, answer.Callback());
  CredentialsCallback late = std::move(source_->pending[0]);
  cached_.reset();
  late(MakeTestCredentials("LATE"));
  EXPECT_FALSE(answer.has());
}

// Writes down what it hears.
class Hearer final : public CredentialsObserver {
 public:
  void OnCredentialsRenewed(std::string_view source, std::optional<WallTime> expiration) override {
    heard.push_back("renewed " + std::string(source) + (expiration ? " until then" : ""));
  }
  void OnRenewalFailed(std::string_view /*source*/, const Status& reason, Duration retry_in) override {
    heard.push_back(reason.message() + ", again in " + std::to_string(retry_in.seconds()));
  }
  std::vector<std::string> heard;
};

class CachedCredentialsAheadTest : public CachedCredentialsTest {
 protected:
  CachedCredentialsAheadTest() { cached_->Observe(hearer_); }
  // What the source answers from now on.
  void SourceGives(const std::string& key, Duration life = kHour) {
    source_->on_fetch = [this, key, life](CredentialsCallback done) {
      done(MakeTestCredentials(key, net_.wall + life));
    };
  }
  void SourceFails() {
    source_->on_fetch = [](CredentialsCallback done) {
      done(Status(StatusCode::kConnectFailed, "down"));
    };
  }
  void Pass(Duration duration) {
    net_.Advance(duration);
    net_.RunPlanned();
  }

  std::shared_ptr<Hearer> hearer_ = std::make_shared<Hearer>();
};

TEST_F(CachedCredentialsAheadTest, ThoseInUseAreRenewedAheadOfTime) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  SourceGives("SECOND");
  Pass(Duration::Minutes(55) - Duration::Nanos(1));
  EXPECT_EQ(source_->fetches, 1);
  Pass(Duration::Nanos(1));
  EXPECT_EQ(source_->fetches, 2);
  EXPECT_THAT(hearer_->heard, ElementsAre("renewed fake source until then"));
  EXPECT_EQ(FetchWithError().key(), "SECOND");
}

TEST_F(CachedCredentialsAheadTest, ThoseThatNobodyUsesAreNot) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  SourceGives("SECOND");
  Pass(Duration::Minutes(55));
  SourceGives("THIRD");
  Pass(Duration::Minutes(55));
  EXPECT_EQ(source_->fetches, 2);
  EXPECT_EQ(FetchWith("THIRD").key(), "THIRD");
  EXPECT_EQ(source_->fetches, 3);
}

TEST_F(CachedCredentialsAheadTest, AShortLifeIsRenewedAtItsHalf) {
  EXPECT_EQ(FetchWith("FIRST", Duration::Seconds(20)).key(), "FIRST");
  SourceGives("SECOND", Duration::Seconds(20));
  Pass(Duration::Seconds(9));
  EXPECT_EQ(source_->fetches, 1);
  Pass(Duration::Seconds(1));
  EXPECT_EQ(source_->fetches, 2);
}

TEST_F(CachedCredentialsAheadTest, AFailedRenewalIsToldAndTriedAgain) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  SourceFails();
  Pass(Duration::Minutes(55));
  EXPECT_THAT(hearer_->heard, ElementsAre("down, again in 10"));
  Pass(Duration::Seconds(10));
  EXPECT_THAT(hearer_->heard, ElementsAre("down, again in 10", "down, again in 10"));
  hearer_->heard.clear();
  SourceGives("SECOND");
  Pass(Duration::Seconds(10));
  EXPECT_THAT(hearer_->heard, ElementsAre("renewed fake source until then"));
}

TEST_F(CachedCredentialsAheadTest, WhenTheyHaveExpiredOnlyAUseAsks) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  SourceFails();
  for (int i = 0; i < 120; ++i) {
    Pass(Duration::Minutes(1));
  }
  EXPECT_EQ(source_->fetches, 6) << "from 55 minutes on, each time that the clock was looked at";
  EXPECT_TRUE(net_.planned.empty());
}

TEST_F(CachedCredentialsAheadTest, TheFirstOnesAndTheSameAgainAreNoNews) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  Pass(Duration::Minutes(55));
  EXPECT_EQ(source_->fetches, 2);
  EXPECT_TRUE(hearer_->heard.empty());
}

TEST_F(CachedCredentialsAheadTest, TheSameAgainAfterAFailureAreNews) {
  EXPECT_EQ(FetchWithError().code(), StatusCode::kConnectFailed);
  EXPECT_TRUE(hearer_->heard.empty()) << "who asked was told";
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  EXPECT_THAT(hearer_->heard, ElementsAre("renewed fake source until then"));
}

TEST_F(CachedCredentialsAheadTest, NewOnesAfterInvalidateAreNews) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  cached_->Invalidate({});
  EXPECT_EQ(FetchWith("SECOND").key(), "SECOND");
  EXPECT_THAT(hearer_->heard, ElementsAre("renewed fake source until then"));
}

TEST_F(CachedCredentialsAheadTest, NothingHappensAfterItsEnd) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  SourceGives("SECOND");
  cached_.reset();
  source_ = nullptr;
  Pass(Duration::Minutes(55));
  EXPECT_TRUE(hearer_->heard.empty());
}

TEST_F(CachedCredentialsAheadTest, AnObserverThatIsGoneHearsNothing) {
  EXPECT_EQ(FetchWith("FIRST").key(), "FIRST");
  hearer_.reset();
  SourceGives("SECOND");
  Pass(Duration::Minutes(55));
  EXPECT_EQ(FetchWithError().key(), "SECOND");
}

TEST(CachedCredentialsJitterTest, JitterMovesTheRenewalForward) {
  FakeServices net;
  auto source = std::make_unique<FakeSource>();
  FakeSource* fake = source.get();
  fake->on_fetch = [&net](CredentialsCallback done) {
    done(MakeTestCredentials("AKID", net.wall + kHour));
  };
  CachedCredentialsOptions options;
  options.jitter = Duration::Minutes(1);
  const auto cached = MakeCachedCredentials(std::move(source), options);
  Answer answer;
  cached->Fetch(net, answer.Callback());
  net.Advance(Duration::Minutes(54) - Duration::Nanos(1));
  cached->Fetch(net, answer.Callback());
  EXPECT_EQ(fake->fetches, 1);
  net.Advance(Duration::Nanos(1));
  cached->Fetch(net, answer.Callback());
  EXPECT_EQ(fake->fetches, 2);
}

}  // namespace
}  // namespace kvs
