// Clients and their streams: how they are made, stopped, reset and freed.
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "tests/compat/behaviour/program.h"

namespace kvs::test {
namespace {

TEST_F(CompatTest, CredentialsThatCannotBeUsedAreRefusedWhenTheClientIsMade) {
  Serve();
  for (const auto& [access, secret] : {std::pair{"", "secret"}, std::pair{"access", ""}, std::pair{"", ""}}) {
    EXPECT_EQ(Thrown([&, key = std::string(access), word = std::string(secret)] { MakeProducer(Keys(key, word)); }),
              " Unable to create Kinesis Video client. Error status: 0x52000040");
  }
}

TEST_F(CompatTest, AClientIsReadyBeforeItIsGiven) {
  Serve();
  const auto producer = MakeProducer();
  EXPECT_EQ(client_heard_.all().ready, (std::vector<UINT64>{producer->getClientHandle()}));
  EXPECT_NE(producer->getClientHandle(), INVALID_CLIENT_HANDLE_VALUE);
}

TEST_F(CompatTest, ADeviceThatCannotBeServedIsRefused) {
  Serve();
  device_.storage = 1000;
  EXPECT_EQ(Thrown([&] { MakeProducer(); }), " Unable to create Kinesis Video client. Error status: 0x5200000a");
  device_ = {};
  device_.streams = 0;
  EXPECT_EQ(Thrown([&] { MakeProducer(); }), " Unable to create Kinesis Video client. Error status: 0x52000002");
}

TEST_F(CompatTest, ProfilesOfTheAwsCommandLineDoNotCount) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "kvs-compat-profile";
  std::ofstream(path) << "[default]\nendpoint_url = nowhere://\n";
  ::setenv("AWS_CONFIG_FILE", path.c_str(), 1);
  EXPECT_EQ(Thrown([this] { (void)MakeProducer(); }), "");
  ::unsetenv("AWS_CONFIG_FILE");
}

TEST_F(CompatTest, ProvidersThatAreMissingAreRefused) {
  EXPECT_EQ(Thrown([] { (void)sdk::KinesisVideoProducer::createSync(nullptr, nullptr); }),
            " Unable to create Kinesis Video client. Error status: 0x1");
}

TEST_F(CompatTest, StreamsAreMadeFreedAndMadeAgain) {
  Serve();
  const auto producer = MakeProducer();
  for (int i = 0; i < 2; ++i) {
    const auto stream = producer->createStreamSync(Define({}));
    EXPECT_EQ(stream->getStreamName(), "door");
    EXPECT_NE(*stream->getStreamHandle(), INVALID_STREAM_HANDLE_VALUE);
    EXPECT_EQ(&stream->getProducer(), producer.get());
    producer->freeStream(stream);
    producer->freeStream(producer->createStreamSync(Define({})));
    (void)producer->createStreamSync(Define({}));
    producer->freeStreams();
  }
}

TEST_F(CompatTest, AClientHasEachStreamOnceAndNoMoreThanItSaid) {
  Serve();
  device_.streams = 2;
  const auto producer = MakeProducer();
  const auto stream = producer->createStream(Define({}));
  EXPECT_EQ(Thrown([&] { producer->createStream(Define({})); }),
            " Unable to create Kinesis Video stream. door Error status: 0x5200004b");
  StreamOptions other;
  other.name = "gate";
  const auto second = producer->createStream(Define(other));
  other.name = "yard";
  EXPECT_EQ(Thrown([&] { producer->createStream(Define(other)); }),
            " Unable to create Kinesis Video stream. yard Error status: 0x52000001");
  producer->freeStream(second);
  EXPECT_EQ(Thrown([&] { producer->createStream(Define(other)); }), "");
}

TEST_F(CompatTest, TracksTooManyAreRefused) {
  Serve();
  const auto producer = MakeProducer();
  auto definition = Define({});
  for (const std::uint64_t id : {2u, 3u, 4u}) {
    definition->addTrack(id, "more", "V_MPEG4/ISO/AVC", MKV_TRACK_INFO_TYPE_VIDEO);
  }
  EXPECT_EQ(Thrown([&] { producer->createStream(std::move(definition)); }),
            " Unable to create Kinesis Video stream. door Error status: 0x5200007a");
}

TEST_F(CompatTest, WhatWasFreedSaysSo) {
  Serve();
  auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  EXPECT_NE(Thrown([&] { producer->freeStream(nullptr); }), "");
  producer->freeStream(stream);
  producer->freeStream(stream);
  EXPECT_EQ(PutVideo(*stream, 0, true), STATUS_NULL_ARG);
  EXPECT_FALSE(stream->stopSync());
  EXPECT_FALSE(stream->resetStream());
  EXPECT_FALSE(stream->resetConnection());
  EXPECT_NE(Thrown([&] { (void)stream->getMetrics(); }), "");
  producer.reset();
  EXPECT_EQ(PutVideo(*stream, 0, true), STATUS_NULL_ARG);
}

TEST_F(CompatTest, NothingIsToldOfAStreamThatWasFreed) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 2);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.acks.empty(); }));
  producer->freeStream(stream);
  const std::size_t acks = heard_.all().acks.size();
  (void)Finish();
  EXPECT_EQ(heard_.all().acks.size(), acks);
  EXPECT_TRUE(heard_.all().closed.empty());
}

class CachingTest : public CompatTest, public testing::WithParamInterface<API_CALL_CACHE_TYPE> {};

TEST_P(CachingTest, StreamsAreProducedStoppedAndFreedAgainAndAgain) {
  Serve({"--stream", "door:2"});
  const auto producer = MakeProducer(Keys(), GetParam());
  for (std::size_t round = 1; round <= 3; ++round) {
    const auto stream = producer->createStreamSync(Define({}));
    PutSeconds(*stream, 1);
    EXPECT_TRUE(stream->stopSync());
    EXPECT_EQ(heard_.all().closed.size(), round);  // told before stopSync returns
    producer->freeStream(stream);
  }
  EXPECT_EQ(heard_.all().Count(FRAGMENT_ACK_TYPE_PERSISTED), 3u);
  EXPECT_TRUE(heard_.all().errors.empty());
  EXPECT_EQ(Finish().frames, 30u);
  EXPECT_EQ(Calls("describeStream"),
            GetParam() == API_CALL_CACHE_TYPE_NONE ? 3u : GetParam() == API_CALL_CACHE_TYPE_ALL ? 1u : 0u);
  EXPECT_EQ(Calls("getDataEndpoint"), GetParam() == API_CALL_CACHE_TYPE_NONE ? 3u : 1u);
}

TEST_P(CachingTest, AStreamIsStoppedResetAndUsedAgain) {
  Serve({"--stream", "door:2"});
  const auto producer = MakeProducer(Keys(), GetParam());
  const auto stream = producer->createStreamSync(Define({}));
  for (int round = 0; round < 3; ++round) {
    PutSeconds(*stream, 1, round);
    EXPECT_TRUE(stream->stopSync());
    EXPECT_EQ(PutVideo(*stream, 0, true), STATUS_STREAM_HAS_BEEN_STOPPED);
    EXPECT_TRUE(stream->resetStream());
  }
  EXPECT_EQ(Finish().frames, 30u);
}

INSTANTIATE_TEST_SUITE_P(All, CachingTest,
                         testing::Values(API_CALL_CACHE_TYPE_NONE, API_CALL_CACHE_TYPE_ENDPOINT_ONLY, API_CALL_CACHE_TYPE_ALL));

TEST_F(CompatTest, WithTheEndpointAloneCachedAStreamHasToExist) {
  Serve();
  device_.create_stream_timeout = std::chrono::seconds(20);
  const auto producer = MakeProducer(Keys(), API_CALL_CACHE_TYPE_ENDPOINT_ONLY);
  EXPECT_EQ(Thrown([&] { producer->createStreamSync(Define({})); }),
            " Unable to create Kinesis Video stream. door Error status: 0x52000011");
  (void)Finish();
  EXPECT_EQ(Calls("createStream"), 0u);
}

TEST_F(CompatTest, ClientsAndStreamsAreMadeAndFreedManyTimes) {
  Serve();
  for (int i = 0; i < 5; ++i) {
    const auto producer = MakeProducer();
    for (int j = 0; j < 3; ++j) {
      StreamOptions options;
      options.name = "camera-" + std::to_string(j);
      const auto stream = producer->createStreamSync(Define(options));
      EXPECT_EQ(PutVideo(*stream, i * 1000, true), STATUS_SUCCESS);
      if (j == 0) {
        EXPECT_TRUE(stream->stopSync());
      }
    }
  }
  EXPECT_GE(Finish().frames, 5u);
}

TEST_F(CompatTest, StreamsThatAreNotWaitedForAreFreedAtAnyMoment) {
  Serve();
  const auto producer = MakeProducer();
  for (int i = 0; i < 10; ++i) {
    StreamOptions options;
    const auto one = producer->createStream(Define(options));
    options.name = "gate";
    const auto other = producer->createStream(Define(options));
    producer->freeStream(one);
    (void)PutVideo(*other, 0, true);
    producer->freeStream(other);
  }
}

TEST_F(CompatTest, FramesMayBePutBeforeTheStreamIsReady) {
  Serve({"--create-delay", "500ms"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStream(Define({}));
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 20u);
}

TEST_F(CompatTest, StreamsAreStoppedWithoutAFrame) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  EXPECT_TRUE(stream->stopSync());
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(heard_.all().closed, (std::vector<STREAM_HANDLE>{*stream->getStreamHandle()}));
}

TEST_F(CompatTest, AStreamThatIsStoppedBehindIsResetAndUsedAgain) {
  Serve();
  const auto producer = MakeProducer();
  std::vector<std::shared_ptr<sdk::KinesisVideoStream>> streams;
  for (const char* name : {"door", "gate"}) {
    StreamOptions options;
    options.name = name;
    streams.push_back(producer->createStreamSync(Define(options)));
    PutSeconds(*streams.back(), 1);
    EXPECT_TRUE(streams.back()->stop());
  }
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return all.closed.size() == 2; }));
  for (const auto& stream : streams) {
    EXPECT_TRUE(stream->resetStream());
    PutSeconds(*stream, 1, 1);
    EXPECT_TRUE(stream->stopSync());
  }
  EXPECT_EQ(Finish().frames, 40u);
}

TEST_F(CompatTest, AStopThatTakesTooLongSaysSoAndTheStreamIsOfUseAgain) {
  Serve({"--fault", "stop-acks,session=1"});
  device_.stop_stream_timeout = std::chrono::milliseconds(300);
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 1);
  EXPECT_FALSE(stream->stopSync());
  EXPECT_TRUE(stream->resetStream());
  EXPECT_EQ(PutVideo(*stream, 2000, true), STATUS_SUCCESS);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return all.Count(FRAGMENT_ACK_TYPE_BUFFERING) > 0; }));
}

TEST_F(CompatTest, AResetForgetsWhatWasThere) {
  Serve({"--fault", "delay,api=putMedia,ms=never,call=1"});
  const auto producer = MakeProducer();
  StreamOptions options;
  options.staleness = std::chrono::seconds(1);  // the call may not have been made before the reset, and then it is that of the next
  const auto stream = producer->createStreamSync(Define(options));
  PutSeconds(*stream, 2);
  EXPECT_GT(stream->getMetrics().getOverallViewSize(), 0u);
  EXPECT_TRUE(stream->resetStream());
  EXPECT_EQ(stream->getMetrics().getOverallViewSize(), 0u);
  PutSeconds(*stream, 1, 5);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 10u);
}

TEST_F(CompatTest, ManyStreamsOfAClientRunAtOnce) {
  Serve();
  const auto producer = MakeProducer();
  std::vector<std::shared_ptr<sdk::KinesisVideoStream>> streams;
  for (int i = 0; i < 8; ++i) {
    StreamOptions options;
    options.name = "camera-" + std::to_string(i);
    streams.push_back(producer->createStream(Define(options)));
  }
  std::vector<std::thread> cameras;
  for (const auto& stream : streams) {
    cameras.emplace_back([&stream] {
      PutSeconds(*stream, 2);
      EXPECT_TRUE(stream->stopSync());
    });
  }
  for (std::thread& camera : cameras) {
    camera.join();
  }
  EXPECT_EQ(Finish().frames, 160u);
}

TEST_F(CompatTest, CopiesAreOfTheSameStream) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  StreamOptions options;
  options.name = "gate";
  const auto other = producer->createStreamSync(Define(options));
  EXPECT_TRUE(*stream == *stream);
  EXPECT_TRUE(*stream != *other);
}

}  // namespace
}  // namespace kvs::test
