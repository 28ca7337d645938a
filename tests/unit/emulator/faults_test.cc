#include "emulator/model/faults.h"

#include <chrono>

#include <gtest/gtest.h>

#include "emulator/model/fault_book.h"
#include "emulator/model/json_text.h"
#include "emulator/model/quotas.h"

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

Fault Good(std::string_view spec) {
  auto parsed = ParseFault(spec);
  EXPECT_TRUE(std::holds_alternative<Fault>(parsed))
      << spec << ": " << std::get<std::string>(parsed);
  return std::get<Fault>(std::move(parsed));
}

TEST(FaultParserTest, ReadsEveryKind) {
  const Fault status = Good(
      "status,api=describeStream,code=429,error=ThrottlingException,message=slow down,call=2-4,"
      "stream=cam*,after=1.5,for=250ms,times=2");
  EXPECT_EQ(status.kind, FaultKind::kStatus);
  EXPECT_EQ(status.api, "describeStream");
  EXPECT_EQ(status.status_code, 429);
  EXPECT_EQ(status.error_type, "ThrottlingException");
  EXPECT_EQ(status.message, "slow down");
  EXPECT_EQ(status.call.first, 2U);
  EXPECT_EQ(status.call.last, 4U);
  EXPECT_EQ(status.after, 1500ms);
  EXPECT_EQ(status.lasting, std::optional<Duration>(250ms));
  EXPECT_EQ(status.times, 2U);
  EXPECT_TRUE(status.MatchesStream("camera"));
  EXPECT_FALSE(status.MatchesStream("door"));

  EXPECT_EQ(Good("refuse,mode=unlisten,for=3s").refuse_mode, RefuseMode::kUnlisten);
  EXPECT_EQ(Good("refuse").refuse_mode, RefuseMode::kClose);
  EXPECT_EQ(Good("tls-fail,call=1").call.last, 1U);
  EXPECT_EQ(Good("delay,ms=20").delay, std::optional<Duration>(20ms));
  EXPECT_EQ(Good("delay,ms=never").delay, std::nullopt);
  EXPECT_EQ(Good("garbage,api=describeStream,call=2").kind, FaultKind::kGarbage);
  EXPECT_EQ(Good("endpoint,url=https://a.invalid:1,call=2").url, "https://a.invalid:1");
  EXPECT_EQ(Good("creating,stream=a").kind, FaultKind::kCreating);
  EXPECT_EQ(Good("reset,bytes=200k").bytes, 200U * 1024);
  EXPECT_EQ(Good("reset").end_kind, EndKind::kReset);
  EXPECT_EQ(Good("reset,kind=crash").end_kind, EndKind::kCrash);
  EXPECT_EQ(Good("close-after,fragments=3").end_kind, EndKind::kGraceful);
  EXPECT_EQ(Good("error-ack,id=4006").error_code, "INVALID_MKV_DATA");
  EXPECT_EQ(Good("error-ack,id=4006,code=X").error_code, "X");
  EXPECT_EQ(Good("stop-acks,types=PERSISTED+IDLE").ack_types.size(), 2U);
  EXPECT_EQ(Good("delay-acks,ms=5").delay, std::optional<Duration>(5ms));
  EXPECT_EQ(Good("garbage-acks").kind, FaultKind::kGarbageAcks);
  EXPECT_EQ(Good("split-acks,size=3").size, 3U);
  EXPECT_EQ(Good("merge-acks,acks=9").acks, 9U);
  EXPECT_EQ(Good("slow-read,rate=1M").rate, 1024U * 1024);
  EXPECT_TRUE(Good("freeze,session=open").open_sessions);
  EXPECT_EQ(Good("freeze,session=3-").session.first, 3U);
}

TEST(FaultParserTest, SaysWhatIsWrong) {
  for (const char* spec : {"",
                           "explode",
                           "status,code=abc",
                           "status,code=99",
                           "status,bytes=1",
                           "refuse,mode=maybe",
                           "refuse,mode=unlisten",
                           "error-ack",
                           "slow-read",
                           "slow-read,rate=0",
                           "merge-acks",
                           "endpoint",
                           "endpoint,url=",
                           "reset,session=0",
                           "reset,session=4-2",
                           "reset,kind=end",
                           "close-after,kind=crash",
                           "stop-acks,types=NONE",
                           "delay,ms=-1",
                           "reset,for=soon",
                           "reset,bytes",
                           "split-acks,size=0",
                           "error-ack,id=4006,at=middle",
                           "status,stream="}) {
    const auto parsed = ParseFault(spec);
    EXPECT_TRUE(std::holds_alternative<std::string>(parsed)) << spec;
  }
}

TEST(UnitsTest, ReadsDurationsAndSizes) {
  EXPECT_EQ(ParseDuration("250ms"), std::optional<Duration>(250ms));
  EXPECT_EQ(ParseDuration("1.5"), std::optional<Duration>(1500ms));
  EXPECT_EQ(ParseDuration("45m"), std::optional<Duration>(45min));
  EXPECT_EQ(ParseDuration("2h"), std::optional<Duration>(2h));
  EXPECT_EQ(ParseDuration("0"), std::optional<Duration>(0s));
  for (const char* text : {"", "s", "-1s", "1d", "1e3", "ten", "99999999999h"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseSize("64k"), std::optional<std::uint64_t>(65536));
  EXPECT_EQ(ParseSize("1G"), std::optional<std::uint64_t>(1ULL << 30));
  for (const char* text : {"", "k", "-1", "1T", "99999999999999999999", "99999999999G"}) {
    EXPECT_EQ(ParseSize(text), std::nullopt) << text;
  }
}

class FaultBookTest : public ::testing::Test {
 protected:
  FaultBook book_;
  const Time begin_ = FromMillis(1'000'000);
};

TEST_F(FaultBookTest, ActsOnTheNthCall) {
  book_.Add(Good("status,api=createStream,call=2-3"), begin_);
  EXPECT_EQ(book_.OnCallStatus("createStream", "a", begin_), nullptr);
  EXPECT_EQ(book_.OnCallStatus("describeStream", "a", begin_), nullptr) << "not counted";
  EXPECT_NE(book_.OnCallStatus("createStream", "b", begin_), nullptr);
  EXPECT_NE(book_.OnCallStatus("createStream", "a", begin_), nullptr);
  EXPECT_EQ(book_.OnCallStatus("createStream", "a", begin_), nullptr);
}

TEST_F(FaultBookTest, ActsInItsWindow) {
  book_.Add(Good("status,after=2s,for=3s"), begin_);
  EXPECT_EQ(book_.OnCallStatus("x", "", begin_ + 1s), nullptr);
  EXPECT_NE(book_.OnCallStatus("x", "", begin_ + 2s), nullptr);
  EXPECT_NE(book_.OnCallStatus("x", "", begin_ + 4999ms), nullptr);
  EXPECT_EQ(book_.OnCallStatus("x", "", begin_ + 5s), nullptr);
}

TEST_F(FaultBookTest, ActsSoManyTimes) {
  book_.Add(Good("refuse,times=2"), begin_);
  EXPECT_NE(book_.OnConnection(begin_), nullptr);
  EXPECT_NE(book_.OnConnection(begin_), nullptr);
  EXPECT_EQ(book_.OnConnection(begin_), nullptr);
}

TEST_F(FaultBookTest, TheFirstFaultActsAndAllCount) {
  const int first = book_.Add(Good("status,code=500,call=1"), begin_);
  const int second = book_.Add(Good("status,code=501,call=2"), begin_);
  EXPECT_EQ(book_.OnCallStatus("x", "", begin_)->id, first);
  EXPECT_EQ(book_.OnCallStatus("x", "", begin_)->id, second);
}

TEST_F(FaultBookTest, KeepsConnectionKindsApart) {
  book_.Add(Good("refuse,mode=unlisten,after=1s,for=2s"), begin_);
  book_.Add(Good("tls-fail,call=2"), begin_);
  EXPECT_EQ(book_.OnConnection(begin_), nullptr);
  EXPECT_EQ(book_.OnHandshake(begin_), nullptr);
  EXPECT_NE(book_.OnHandshake(begin_), nullptr);
  const auto window = book_.NextUnlisten(begin_);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->begin, begin_ + 1s);
  EXPECT_EQ(window->end, begin_ + 3s);
  EXPECT_FALSE(book_.NextUnlisten(begin_ + 3s));
}

TEST_F(FaultBookTest, ForgetsWhatIsRemoved) {
  const int id = book_.Add(Good("creating,stream=a*"), begin_);
  EXPECT_TRUE(book_.HoldsCreating("abc", begin_));
  EXPECT_FALSE(book_.HoldsCreating("b", begin_));
  EXPECT_TRUE(book_.Remove(id));
  EXPECT_FALSE(book_.Remove(id));
  EXPECT_FALSE(book_.HoldsCreating("abc", begin_));
  EXPECT_FALSE(book_.Active(id, begin_));
}

TEST(RateWindowTest, AllowsSoManyPerSecond) {
  RateWindow window(2);
  const Time begin = FromMillis(0);
  EXPECT_TRUE(window.Allow(begin));
  EXPECT_TRUE(window.Allow(begin + 500ms));
  EXPECT_FALSE(window.Allow(begin + 999ms));
  EXPECT_EQ(window.NextAllowed(begin + 999ms), begin + 1s);
  EXPECT_TRUE(window.Allow(begin + 1s));
  EXPECT_FALSE(window.Allow(begin + 1s));
  RateWindow unlimited(0);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(unlimited.Allow(begin));
  }
}

TEST(ByteBudgetTest, RefillsWithTime) {
  const Time begin = FromMillis(0);
  ByteBudget budget(1000, begin);
  EXPECT_EQ(budget.Available(begin), 100U);
  budget.Spend(100);
  EXPECT_EQ(budget.Available(begin), 0U);
  EXPECT_EQ(budget.Available(begin + 10ms), 10U);
  EXPECT_EQ(budget.Available(begin + 10s), 100U) << "no more than a burst";
  budget.Spend(150);
  EXPECT_EQ(budget.Available(begin + 10s), 0U) << "an overdraft is paid back";
  EXPECT_GT(budget.NextAvailable(begin + 10s), begin + 10s + 50ms);
  EXPECT_EQ(ByteBudget().Available(begin), SIZE_MAX);
}

TEST(JsonTextTest, EscapesWhatMustBe) {
  EXPECT_EQ(JsonQuote("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(JsonQuote("\xC3\xA4"), "\"\xC3\xA4\"");
  EXPECT_EQ(JsonQuote("\xF0\x9F\x8E\xA5"), "\"\xF0\x9F\x8E\xA5\"");
  for (const char* bad : {"\xC3", "\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    EXPECT_NE(JsonQuote(bad).find("\\ufffd"), std::string::npos);
  }
  EXPECT_EQ(JsonObject().Text("a", "b").Number("n", -3).Bool("t", true).str(),
            R"({"a":"b","n":-3,"t":true})");
  EXPECT_EQ(JsonArray().Add("1").Add("{}").str(), "[1,{}]");
}

}  // namespace
}  // namespace kvs::emulator
