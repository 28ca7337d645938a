// What fails at the service, what it is told as, and what follows.
#include "tests/compat/behaviour/program.h"

namespace kvs::test {
namespace {

// One call fails; what becomes of createStreamSync, and how often each call is made.
struct Failing {
  std::string name;
  std::vector<std::string> faults;
  std::string thrown;  // the status at the end of the text; "": it works
  std::size_t describes = 1;  // 0: any number
  std::size_t creates = 1;
};

void PrintTo(const Failing& failing, std::ostream* out) { *out << failing.name; }

class FailingCallTest : public CompatTest, public testing::WithParamInterface<Failing> {};

TEST_P(FailingCallTest, IsToldOrMended) {
  const Failing& failing = GetParam();
  std::vector<std::string> arguments;
  for (const std::string& fault : failing.faults) {
    arguments.insert(arguments.end(), {"--fault", fault});
  }
  Serve(arguments);
  device_.create_stream_timeout = std::chrono::seconds(failing.thrown == "f" ? 1 : 20);
  const auto producer = MakeProducer();
  StreamOptions options;
  options.tags = {{"floor", "5"}};
  const std::string text = failing.thrown.empty()
                               ? ""
                               : " Unable to create Kinesis Video stream. door Error status: 0x" + failing.thrown;
  EXPECT_EQ(Thrown([&] { (void)producer->createStreamSync(Define(options)); }), text);
  // The name is free again.
  if (!text.empty()) {
    EXPECT_EQ(Thrown([&] { (void)producer->createStream(Define(options)); }), "");
  }
  (void)Finish();
  if (failing.describes != 0) {
    EXPECT_EQ(Calls("describeStream"), failing.describes);
    EXPECT_EQ(Calls("createStream"), failing.creates);
  }
}

const Failing kFailing[] = {
    {"DescribeUnavailableForAWhile", {"status,api=describeStream,code=503,call=1-2"}, "", 4, 1},
    {"DescribeForEver", {"status,api=describeStream,code=503"}, "f", 0},
    {"DescribeInvalid", {"status,api=describeStream,code=400,error=InvalidArgumentException"}, "52000014", 0},
    {"DescribeRefused", {"status,api=describeStream,code=403,error=AccessDeniedException"}, "52000010", 0},
    {"DescribeRefusedOnce", {"status,api=describeStream,code=403,error=AccessDeniedException,call=1"}, "", 3, 1},
    {"CreateInvalid", {"status,api=createStream,code=400,error=InvalidArgumentException"}, "52000014", 0},
    {"CreateLimit", {"status,api=createStream,code=400,error=AccountStreamLimitExceededException"}, "52000035", 0},
    {"CreateUnavailableForAWhile", {"status,api=createStream,code=503,call=1-2"}, "", 2, 3},
    {"TagInvalid", {"status,api=tagStream,code=400,error=InvalidArgumentException"}, "", 2, 1},
    {"TagRefused", {"status,api=tagStream,code=403,error=AccessDeniedException"}, "", 2, 1},
    {"EndpointInvalid", {"status,api=getDataEndpoint,code=400,error=InvalidArgumentException"}, "52000014", 0},
    {"EndpointUnavailableForAWhile", {"status,api=getDataEndpoint,code=503,call=1-2"}, "", 2, 1},
};

INSTANTIATE_TEST_SUITE_P(Calls, FailingCallTest, testing::ValuesIn(kFailing),
                         [](const auto& test) { return test.param.name; });

TEST_F(CompatTest, AStreamThatMayNotBeCreatedIsMissed) {
  Serve();
  device_.create_stream_timeout = std::chrono::seconds(20);
  const auto producer = MakeProducer();
  StreamOptions options;
  options.allow_creation = false;
  EXPECT_EQ(Thrown([&] { (void)producer->createStreamSync(Define(options)); }),
            " Unable to create Kinesis Video stream. door Error status: 0x52000011");
}

TEST_F(CompatTest, AnOutageOfCallsIsToldAsOneThatMendsItself) {
  Serve({"--fault", "status,api=describeStream,code=503,call=1"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.errors.empty(); }));
  EXPECT_EQ(heard_.all().errors[0].status, STATUS_SERVICE_CALL_UNKOWN_ERROR);
  EXPECT_TRUE(IS_RECOVERABLE_ERROR(heard_.all().errors[0].status));
  EXPECT_EQ(heard_.all().errors[0].timecode, INVALID_TIMESTAMP_VALUE);
}

TEST_F(CompatTest, AConnectionForMediaThatBreaksIsMendedWithoutAWord) {
  Serve({"--fault", "reset,session=1,bytes=4k"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 4);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_TRUE(heard_.all().errors.empty());
  EXPECT_TRUE(heard_.all().dropped_frames.empty());
  EXPECT_EQ(stream->getMetrics().getRawMetrics()->totalSessions, 2u);
}

TEST_F(CompatTest, AConnectionThatTheServiceEndsForItsAgeIsFollowedByAnother) {
  Serve({"--session-limit", "1s"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 2);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.errors.empty(); }));
  EXPECT_EQ(heard_.all().errors[0].status, STATUS_ACK_ERR_CONNECTION_DURATION_REACHED);
  PutSeconds(*stream, 2, /*from=*/2);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_TRUE(heard_.all().dropped_frames.empty());
  EXPECT_GE(stream->getMetrics().getRawMetrics()->totalSessions, 2u);
  EXPECT_EQ(Finish().frames, 40u);
}

// No call of the service failed: that is told as an outage only where one does (above).
TEST_F(CompatTest, AConnectionThatCannotBeOpenedIsMendedWithoutAWord) {
  Serve({"--fault", "reset,session=1-2,bytes=0"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_TRUE(heard_.all().errors.empty());
  EXPECT_TRUE(heard_.all().dropped_frames.empty());
  EXPECT_EQ(Finish().frames, 20u);
}

TEST_F(CompatTest, AServiceThatTakesNoMediaForAWhileIsWaitedFor) {
  Serve({"--fault", "status,api=putMedia,code=503,call=1-2"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_TRUE(heard_.all().errors.empty());
  EXPECT_EQ(Finish().frames, 20u);
  EXPECT_EQ(Calls("putMedia"), 3u);
}

TEST_F(CompatTest, AProgramThatMayNotPutMediaIsTold) {
  Serve({"--fault", "status,api=putMedia,code=403,error=AccessDeniedException"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 2);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.errors.empty(); }));
  EXPECT_EQ(heard_.all().errors[0].status, STATUS_SERVICE_CALL_NOT_AUTHORIZED_ERROR);
  EXPECT_FALSE(stream->stopSync());
  (void)Finish();
  EXPECT_EQ(Calls("putMedia"), 2u);  // the second with credentials asked for anew
}

// A program that resets its stream when it hears of an error, from within the callback.
class ResettingTest : public CompatTest {
 protected:
  void ResetOnError(const std::shared_ptr<sdk::KinesisVideoStream>& stream) {
    heard_.on_error = [this, stream = std::weak_ptr(stream)](const Heard::Error& error) {
      if (const auto alive = stream.lock(); alive && !IS_RECOVERABLE_ERROR(error.status)) {
        EXPECT_TRUE(alive->resetStream());
        heard_.Note([](Heard::All& all) { all.stores.push_back(1); });
      }
    };
  }
};

TEST_F(ResettingTest, AStreamIsResetOnAnErrorBeforeTheFirstFrame) {
  Serve({"--fault", "status,api=getDataEndpoint,code=400,error=InvalidArgumentException,call=1"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStream(Define({}));
  ResetOnError(stream);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.ready.empty(); }));
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 20u);
}

TEST_F(ResettingTest, AStreamIsResetOnAnErrorWithFramesInItsBuffer) {
  Serve({"--fault", "delay,api=getDataEndpoint,ms=300,call=1", "--fault",
         "status,api=getDataEndpoint,code=400,error=InvalidArgumentException,call=1"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStream(Define({}));
  ResetOnError(stream);
  PutSeconds(*stream, 2);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.stores.empty(); }));
  PutSeconds(*stream, 1, 4);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 10u);  // what was there before the reset is gone
}

TEST_F(CompatTest, AStreamThatHasFailedSaysSoAndIsOfUseAfterAReset) {
  Serve({"--fault", "status,api=getDataEndpoint,code=400,error=InvalidArgumentException,call=1"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStream(Define({}));
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.errors.empty(); }));
  EXPECT_EQ(heard_.all().errors[0].status, STATUS_SERVICE_CALL_INVALID_ARG_ERROR);
  EXPECT_EQ(PutVideo(*stream, 0, true), STATUS_SERVICE_CALL_INVALID_ARG_ERROR);
  EXPECT_FALSE(stream->stopSync());
  EXPECT_TRUE(stream->resetStream());
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 10u);
}

}  // namespace
}  // namespace kvs::test
