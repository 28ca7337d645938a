#include "emulator/model/local_service.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/emulator/mkv_builder.h"
#include "tests/unit/emulator/session_harness.h"

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using ::testing::HasSubstr;
using testing::Join;
using testing::ServiceHarness;
using testing::Take;
using testing::VideoFragment;
using testing::VideoHeader;

// "400 InvalidArgumentException", "200 " when a session was opened.
std::string OpenError(ServiceHarness& harness, const PutMediaHeaders& headers) {
  const auto result = harness.service().OpenPutMedia(headers, {"id", 1, {}}, harness.now());
  return result.session ? "200 "
                        : std::to_string(result.refusal.status) + " " + result.refusal.error_type;
}

TEST(LocalServiceTest, ChecksThePutMediaHeaders) {
  ServiceHarness harness;
  const PutMediaHeaders good = ServiceHarness::Headers();
  EXPECT_EQ(OpenError(harness, good), "200 ");
  PutMediaHeaders headers = good;
  headers.stream_name = "missing";
  EXPECT_EQ(OpenError(harness, headers), "404 ResourceNotFoundException");
  headers = good;
  headers.stream_name = "";
  EXPECT_EQ(OpenError(harness, headers), "400 InvalidArgumentException");
  headers.stream_arn = harness.service().streams().Find("s", harness.now())->arn;
  EXPECT_EQ(OpenError(harness, headers), "200 ");
  headers.stream_name = "s";
  EXPECT_EQ(OpenError(harness, headers), "400 InvalidArgumentException") << "both";
  for (const char* type : {"", "absolute", "BOTH"}) {
    headers = good;
    headers.timecode_type = type;
    EXPECT_EQ(OpenError(harness, headers), "400 InvalidArgumentException") << type;
  }
  for (const char* start : {"yesterday", "-1", "1.", ".5", "1.2.3", "99999999999999"}) {
    headers = good;
    headers.producer_start = start;
    EXPECT_EQ(OpenError(harness, headers), "400 InvalidArgumentException") << start;
  }
}

TEST(LocalServiceTest, ReadsSecondsWithDecimals) {
  EXPECT_EQ(ParseSeconds("1700000000"), std::optional<std::int64_t>(1'700'000'000'000));
  EXPECT_EQ(ParseSeconds("1700000000.005"), std::optional<std::int64_t>(1'700'000'000'005));
  EXPECT_EQ(ParseSeconds("1700000000.5"), std::optional<std::int64_t>(1'700'000'000'500));
  EXPECT_EQ(ParseSeconds("0.123456"), std::optional<std::int64_t>(123));
}

TEST(LocalServiceTest, LimitsPutMediaPerSecondAndStream) {
  ServiceConfig config;
  config.max_sessions = 0;
  ServiceHarness harness(config);
  harness.Pass(2s);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(OpenError(harness, ServiceHarness::Headers()), "200 ");
  }
  EXPECT_EQ(OpenError(harness, ServiceHarness::Headers()), "400 ClientLimitExceededException");
  EXPECT_EQ(OpenError(harness, ServiceHarness::Headers("r")), "200 ") << "another stream";
  EXPECT_EQ(harness.Events({R"("quota":"put_media_tps")"}).size(), 1U);
  harness.Pass(1s);
  EXPECT_EQ(OpenError(harness, ServiceHarness::Headers()), "200 ");
}

TEST(LocalServiceTest, LimitsOpenSessionsPerStream) {
  ServiceConfig config;
  config.max_sessions = 2;
  ServiceHarness harness(config);
  auto first = harness.Open();
  const auto second = harness.Open();
  EXPECT_EQ(OpenError(harness, ServiceHarness::Headers()), "400 ConnectionLimitExceededException");
  first->EndOfBody(harness.now());
  EXPECT_EQ(OpenError(harness, ServiceHarness::Headers()), "200 ");
  EXPECT_EQ(harness.service().open_sessions(), 1U) << "the others have ended or are destroyed";
}

TEST(LocalServiceTest, EnforcesControlQuotasWhenTold) {
  ServiceConfig config;
  ServiceHarness generous(config);
  config.control_quotas = true;
  ServiceHarness harness(config);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(harness.Call("describeStream", R"({"StreamName":"s"})").status, 200);
    EXPECT_EQ(generous.Call("describeStream", R"({"StreamName":"s"})").status, 200);
  }
  EXPECT_EQ(generous.Call("describeStream", R"({"StreamName":"s"})").status, 200);
  EXPECT_EQ(harness.Call("describeStream", R"({"StreamName":"s"})").error_type,
            "ClientLimitExceededException");
  EXPECT_EQ(harness.Call("describeStream", R"({"StreamName":"r"})").status, 200);
}

TEST(LocalServiceTest, AStreamThatIsNotActiveTakesNoMedia) {
  ServiceConfig config;
  config.streams.create_delay = 10s;
  ServiceHarness harness(config);
  const auto session = harness.Open();
  EXPECT_EQ(Take(*session, harness.now()).Brief(), "ERROR 4008");
  EXPECT_TRUE(session->finished());
}

TEST(LocalServiceTest, DeletingAStreamEndsItsSessions) {
  ServiceHarness harness;
  const auto session = harness.Open();
  const auto other = harness.Open(ServiceHarness::Headers("r"));
  session->Feed(Join(VideoHeader(), VideoFragment(1000)), harness.now());
  bool woken = false;
  session->set_wake([&] { woken = true; });
  const std::string arn = harness.service().streams().Find("s", harness.now())->arn;
  EXPECT_EQ(harness.Call("deleteStream", R"({"StreamARN":")" + arn + "\"}").status, 200);
  EXPECT_TRUE(woken);
  EXPECT_EQ(Take(*session, harness.now()).Brief(), "BUFFERING 1000, ERROR 1000 4008");
  EXPECT_EQ(session->end_reason(), "stream_deleted");
  EXPECT_FALSE(other->finished());
  EXPECT_EQ(harness.Events({R"("change":"deleted")"}).size(), 1U);
}

TEST(LocalServiceTest, FaultsAnswerCalls) {
  ServiceHarness harness;
  harness.AddFault("status,api=describeStream,code=503,error=Busy,message=later,call=1");
  const ApiAnswer answer = harness.Call("describeStream", R"({"StreamName":"s"})");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.error_type, "Busy");
  EXPECT_EQ(answer.body, R"({"Message":"later"})");
  EXPECT_EQ(harness.Call("describeStream", R"({"StreamName":"s"})").status, 200);
  harness.AddFault("status,api=putMedia,code=400,error=InvalidEndpointException,call=1");
  EXPECT_EQ(OpenError(harness, ServiceHarness::Headers()), "400 InvalidEndpointException");
  EXPECT_EQ(harness.Events({R"("event":"fault")"}).size(), 2U);
}

TEST(LocalServiceTest, AFaultAnswersGarbage) {
  ServiceHarness harness;
  harness.AddFault("garbage,api=describeStream,call=1");
  const ApiAnswer answer = harness.Call("describeStream", R"({"StreamName":"s"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("<html>"));
  EXPECT_THAT(harness.Call("describeStream", R"({"StreamName":"s"})").body, HasSubstr("ACTIVE"));
}

TEST(LocalServiceTest, AFaultHandsOutAnotherEndpoint) {
  ServiceHarness harness;
  harness.AddFault("endpoint,url=https://gone.invalid,call=1");
  const auto endpoint = [&] {
    return harness.Call("getDataEndpoint", R"({"StreamName":"s","APIName":"PUT_MEDIA"})").body;
  };
  EXPECT_EQ(endpoint(), R"({"DataEndpoint":"https://gone.invalid"})");
  EXPECT_THAT(endpoint(), Not(HasSubstr("gone")));
  EXPECT_EQ(harness.Events({R"("event":"fault")"}).size(), 1U);
}

TEST(LocalServiceTest, FaultsHoldAnswersBack) {
  ServiceHarness harness;
  harness.AddFault("delay,api=getDataEndpoint,ms=40");
  harness.AddFault("delay,api=listStreams,ms=never");
  const auto call = [&](std::string_view api) {
    return harness.service().Call(api, "{}", "", {"id", 1, {}}, harness.now()).hold;
  };
  EXPECT_EQ(call("getDataEndpoint").delay, 40ms);
  EXPECT_FALSE(call("getDataEndpoint").forever);
  EXPECT_TRUE(call("listStreams").forever);
  EXPECT_EQ(call("describeStream").delay, 0ms);
}

TEST(LocalServiceTest, AFaultKeepsStreamsCreating) {
  ServiceHarness harness;
  const int id = harness.AddFault("creating,stream=slow*");
  harness.Call("createStream", R"({"StreamName":"slow1"})");
  harness.Call("createStream", R"({"StreamName":"fast"})");
  harness.Pass(1h);
  EXPECT_THAT(harness.Call("describeStream", R"({"StreamName":"slow1"})").body,
              HasSubstr("CREATING"));
  EXPECT_THAT(harness.Call("describeStream", R"({"StreamName":"fast"})").body, HasSubstr("ACTIVE"));
  harness.service().RemoveFault(id);
  EXPECT_THAT(harness.Call("describeStream", R"({"StreamName":"slow1"})").body,
              HasSubstr("ACTIVE"));
}

TEST(LocalServiceTest, ASignatureRefusalIsAnsweredAndCounted) {
  ServiceHarness harness;
  CallContext context{"id", 7, ApiError{403, "InvalidSignatureException", "no"}};
  const CallResult result =
      harness.service().Call("describeStream", R"({"StreamName":"s"})", "", context, harness.now());
  EXPECT_EQ(result.answer.status, 403);
  EXPECT_EQ(
      harness.Events({R"("event":"api")", "InvalidSignatureException", R"("connection":7)"}).size(),
      1U);
  EXPECT_THAT(harness.service().Stats(harness.now()).str(),
              HasSubstr(R"("describeStream":{"calls":1,"errors":1})"));
}

TEST(LocalServiceTest, ANewStreamOfAnOldNameBeginsEmpty) {
  ServiceHarness harness;
  testing::Upload(harness, Join(VideoHeader(), VideoFragment(1000)));
  EXPECT_EQ(harness.service().FragmentsOf("s").size(), 1U);
  const std::string arn = harness.service().streams().Find("s", harness.now())->arn;
  harness.Call("deleteStream", R"({"StreamARN":")" + arn + "\"}");
  harness.Call("createStream", R"({"StreamName":"s","DataRetentionInHours":1})");
  EXPECT_TRUE(harness.service().FragmentsOf("s").empty());
  EXPECT_FALSE(
      testing::Upload(harness, Join(VideoHeader(), VideoFragment(1000))).fragments.at(0).duplicate);
}

TEST(LocalServiceTest, ResetForgetsAndOpenSessionsSurviveIt) {
  ServiceHarness harness;
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), VideoFragment(1000)), harness.now());
  harness.service().Reset();
  EXPECT_EQ(harness.Call("describeStream", R"({"StreamName":"s"})").status, 404);
  EXPECT_EQ(harness.service().Totals().sessions, 0U);
  session->EndOfBody(harness.now());
  Take(*session, harness.now());
  EXPECT_TRUE(session->finished());
}

TEST(LocalServiceTest, StatsCountEverything) {
  ServiceHarness harness;
  testing::Upload(harness, Join(VideoHeader(), VideoFragment(1000), VideoFragment(3000)));
  const std::string stats = harness.service().Stats(harness.now()).str();
  EXPECT_THAT(stats, HasSubstr(R"("fragments_persisted":2,"fragments_received":0)"));
  EXPECT_THAT(stats, HasSubstr(R"("frames":4)"));
  EXPECT_THAT(stats, HasSubstr(R"("s":{"status":"ACTIVE")"));
  EXPECT_THAT(stats, HasSubstr(R"("putMedia":{"calls":1,"errors":0})"));
}

}  // namespace
}  // namespace kvs::emulator
