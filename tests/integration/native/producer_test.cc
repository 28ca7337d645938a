#include "kvs/producer.h"

#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "producer/net/network_thread.h"
#include "tests/support/hex.h"
#include "tests/support/local_service.h"

namespace kvs {
namespace {

using kvs::test::CallsIn;
using kvs::test::Hex;
using kvs::test::LocalService;

// Ends a test that would otherwise hang.
constexpr auto kPatience = std::chrono::seconds(40);

class Recorder : public StreamListener {
 public:
  void OnStreamEvent(const StreamEvent& event) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
    changed_.notify_all();
  }
  // Waits for the first event of this type.
  template <typename Event>
  std::optional<Event> Await() {
    std::unique_lock lock(mutex_);
    std::optional<Event> found;
    changed_.wait_for(lock, kPatience, [&] {
      for (const StreamEvent& event : events_) {
        if (const auto* one = std::get_if<Event>(&event)) {
          found = *one;
          return true;
        }
      }
      return false;
    });
    return found;
  }
  std::vector<StreamEvent> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<StreamEvent> events_;
};

ProducerConfig Config(const std::string& endpoint, const std::string& secret = "kvslocalSecretKeyForTestsOnly0000EXAMPLE1") {
  ProducerConfig config;
  config.region = "us-west-2";
  config.endpoint = endpoint;
  Credentials credentials;
  credentials.access_key_id = "AKIDLOCALKVSEXAMPLE1";
  credentials.secret_access_key = Secret(secret);
  config.credentials = MakeStaticCredentials(std::move(credentials));
  return config;
}

Track Video() {
  Track track;
  track.codec_private = Hex("0142c01effe1000c6742c01eda0280f68400000301000468ce3c80");
  return track;
}

class ProducerTest : public testing::Test {
 protected:
  std::shared_ptr<Stream> Open(const ProducerConfig& config, StreamConfig stream = {}) {
    stream.name = "door";
    stream.media_epoch = WallTime();
    auto producer = Producer::Create(config);
    EXPECT_TRUE(producer.ok()) << producer.status().ToString();
    auto opened = (*producer)->OpenStream(stream, recorder_);
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    EXPECT_TRUE((*opened)->SetTrack(Video()).ok());
    return *opened;
  }
  static Status PutVideo(Stream& stream, std::int64_t ms, bool key, std::size_t size = 500) {
    std::vector<std::uint8_t> bytes(size + 4, 0xAB);
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[i] = static_cast<std::uint8_t>(size >> (24 - 8 * i));
    }
    bytes[4] = key ? 0x65 : 0x41;
    Frame frame;
    frame.pts = MediaTime::FromMillis(1'700'000'000'000 + ms);
    frame.key_frame = key;
    frame.data = bytes;
    return stream.PutFrame(frame);
  }
  static void PutSeconds(Stream& stream, int seconds, std::size_t size = 500) {
    for (int i = 0; i < seconds * 10; ++i) {
      const Status status = PutVideo(stream, i * 100, i % 10 == 0, size);
      ASSERT_TRUE(status.ok()) << status.ToString();
    }
  }

  std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
};

TEST_F(ProducerTest, StoresWhatWasPutAndSaysSo) {
  LocalService service;
  auto stream = Open(Config(service.url()));
  PutSeconds(*stream, 5);
  const Status status = stream->StopSync(Duration::Seconds(30));
  EXPECT_TRUE(status.ok()) << status.ToString();
  ASSERT_TRUE(recorder_->Await<Stopped>().has_value());
  EXPECT_TRUE(recorder_->Await<StreamCreated>().has_value());
  EXPECT_TRUE(recorder_->Await<Drained>()->complete);
  const StreamMetrics metrics = stream->metrics();
  EXPECT_EQ(metrics.frames_persisted, 50u);
  EXPECT_EQ(metrics.fragments_persisted, 5u);
  EXPECT_EQ(metrics.stored_bytes, 0u);
  const auto totals = service.Finish();
  EXPECT_EQ(totals.frames, 50u);
  EXPECT_EQ(totals.error_acks, 0u);
  EXPECT_EQ(totals.duplicates, 0u);
}

TEST_F(ProducerTest, ReadyIsWaitedFor) {
  LocalService service;
  auto stream = Open(Config(service.url()));
  EXPECT_TRUE(stream->ReadySync(Duration::Seconds(30)).ok());
  ASSERT_TRUE(recorder_->Await<StreamReady>().has_value());
  stream->Stop(Duration());
}

TEST_F(ProducerTest, TheWaitForReadyEndsAtItsDeadlineAndSaysWhy) {
  std::string url;
  {
    LocalService closed;
    url = closed.url();
  }
  auto stream = Open(Config(url));
  ASSERT_TRUE(recorder_->Await<Disconnected>().has_value());
  const Status status = stream->ReadySync(Duration::Millis(1));
  EXPECT_EQ(status.code(), StatusCode::kTimedOut);
  EXPECT_NE(status.message().find("ConnectFailed"), std::string::npos) << status.message();
  stream->Stop(Duration());
  EXPECT_EQ(stream->ReadySync(Duration::Seconds(30)).code(), StatusCode::kStopped);
}

TEST_F(ProducerTest, TheWaitForReadyEndsWithTheFailureOfTheStream) {
  LocalService service;
  auto stream = Open(Config(service.url(), "wrong"));
  EXPECT_EQ(stream->ReadySync(Duration::Seconds(30)).code(), StatusCode::kNotAuthorized);
}

TEST_F(ProducerTest, WhatWasLookedUpHoldsForTheNextStreamOfThisName) {
  const std::filesystem::path events = std::filesystem::path(testing::TempDir()) / "kvs-lookups.jsonl";
  std::filesystem::remove(events);
  LocalService service({"--events", events.string()});
  ProducerConfig config = Config(service.url());
  config.lookup_life = Duration::Minutes(40);
  auto producer = Producer::Create(config);
  ASSERT_TRUE(producer.ok());
  StreamConfig stream_config;
  stream_config.name = "door";
  for (int i = 0; i < 2; ++i) {
    auto stream = *(*producer)->OpenStream(stream_config, nullptr);
    ASSERT_TRUE(stream->SetTrack(Video()).ok());
    PutSeconds(*stream, 1);
    EXPECT_TRUE(stream->StopSync(Duration::Seconds(30)).ok());
  }
  EXPECT_EQ(service.Finish().sessions, 2u);
  EXPECT_EQ(CallsIn(events), (std::vector<std::string>{"describeStream", "createStream", "describeStream", "getDataEndpoint",
                                                       "putMedia", "putMedia"}));
}

TEST_F(ProducerTest, AStreamThatWasLostSinceItWasLookedUpIsMadeAgain) {
  const std::filesystem::path events = std::filesystem::path(testing::TempDir()) / "kvs-stale-lookups.jsonl";
  std::filesystem::remove(events);
  LocalService service({"--events", events.string(), "--fault",
                        "status,api=putMedia,call=1,code=404,error=ResourceNotFoundException"});
  ProducerConfig config = Config(service.url());
  config.lookup_life = Duration::Minutes(40);
  auto producer = Producer::Create(config);
  ASSERT_TRUE(producer.ok());
  StreamConfig stream_config;
  stream_config.name = "door";
  auto first = *(*producer)->OpenStream(stream_config, nullptr);
  ASSERT_TRUE(first->SetTrack(Video()).ok());
  ASSERT_TRUE(first->ReadySync(Duration::Seconds(30)).ok());
  first->Stop(Duration());
  auto second = *(*producer)->OpenStream(stream_config, nullptr);
  ASSERT_TRUE(second->SetTrack(Video()).ok());
  PutSeconds(*second, 1);
  EXPECT_TRUE(second->StopSync(Duration::Seconds(30)).ok());
  EXPECT_EQ(service.Finish().frames, 10u);
  EXPECT_EQ(CallsIn(events), (std::vector<std::string>{"describeStream", "createStream", "describeStream", "getDataEndpoint",
                                                       "putMedia", "describeStream", "getDataEndpoint", "putMedia"}));
}

TEST_F(ProducerTest, AStreamThatWasLetGoIsStillSent) {
  LocalService service;
  {
    auto stream = Open(Config(service.url()));
    PutSeconds(*stream, 3);
    stream->Stop(Duration::Seconds(30));
  }
  WaitForStoppedStreams();
  EXPECT_EQ(service.Finish().frames, 30u);
}

TEST_F(ProducerTest, StopWithoutAServiceEndsAtItsDeadlineAndSaysWhatWasLeft) {
  std::string url;
  {
    LocalService closed;
    url = closed.url();
  }
  auto stream = Open(Config(url));
  PutSeconds(*stream, 2);
  const Status status = stream->StopSync(Duration::Millis(300));
  EXPECT_EQ(status.code(), StatusCode::kTimedOut);
  EXPECT_NE(status.message().find("20 frames of stream door"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("ConnectFailed"), std::string::npos) << status.message();
  const auto lost = recorder_->Await<FramesLost>();
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->reason, LossReason::kStopped);
  EXPECT_EQ(lost->frames, 20u);
}

TEST_F(ProducerTest, AWrongSecretFailsTheStreamWithTheServicesWords) {
  LocalService service;
  auto stream = Open(Config(service.url(), "wrong"));
  (void)PutVideo(*stream, 0, true).ok();
  const auto failed = recorder_->Await<StreamFailed>();
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->status.code(), StatusCode::kNotAuthorized);
  EXPECT_EQ(failed->status.http_status(), 403);
  EXPECT_NE(failed->status.ToString().find("door"), std::string::npos);
  EXPECT_EQ(PutVideo(*stream, 100, false).code(), StatusCode::kNotAuthorized);
}

TEST_F(ProducerTest, AMissingStreamThatMayNotBeCreatedFails) {
  LocalService service;
  StreamConfig config;
  config.allow_creation = false;
  auto stream = Open(Config(service.url()), config);
  const auto failed = recorder_->Await<StreamFailed>();
  ASSERT_TRUE(failed.has_value());
  EXPECT_EQ(failed->status.code(), StatusCode::kStreamNotFound);
}

TEST_F(ProducerTest, OfflineWaitsForRoomAndAFlushEndsTheWait) {
  std::string url;
  {
    LocalService closed;
    url = closed.url();
  }
  ProducerConfig config = Config(url);
  config.storage_bytes = 1 << 20;
  StreamConfig stream_config;
  stream_config.streaming_type = StreamingType::kOffline;
  auto stream = Open(config, stream_config);
  std::thread writer([&] {
    Status status;
    for (int i = 0; status.ok(); ++i) {
      status = PutVideo(*stream, i * 100, i % 10 == 0, 50'000);
    }
    EXPECT_EQ(status.code(), StatusCode::kCancelled);
  });
  while (stream->metrics().stored_bytes < 700'000) {
    std::this_thread::yield();
  }
  stream->SetFlushing(true);
  writer.join();
  stream->Stop(Duration());
}

TEST_F(ProducerTest, OfflinePutsMoreThanTheStoreHolds) {
  LocalService service;
  ProducerConfig config = Config(service.url());
  config.storage_bytes = 1 << 20;
  StreamConfig stream_config;
  stream_config.streaming_type = StreamingType::kOffline;
  auto stream = Open(config, stream_config);
  PutSeconds(*stream, 20, 30'000);  // 6 MB through 1 MiB
  EXPECT_TRUE(stream->StopSync(Duration::Seconds(30)).ok());
  EXPECT_EQ(service.Finish().frames, 200u);
}

TEST_F(ProducerTest, ManyStreamsShareTheNetworkThread) {
  LocalService service;
  auto producer = Producer::Create(Config(service.url()));
  ASSERT_TRUE(producer.ok());
  std::vector<std::shared_ptr<Stream>> streams;
  for (int i = 0; i < 20; ++i) {
    StreamConfig config;
    config.name = "camera-" + std::to_string(i);
    streams.push_back(*(*producer)->OpenStream(config, nullptr));
    ASSERT_TRUE(streams.back()->SetTrack(Video()).ok());
  }
  for (auto& stream : streams) {
    PutSeconds(*stream, 2);
    stream->Stop(Duration::Seconds(30));
  }
  WaitForStoppedStreams();
  EXPECT_EQ(service.Finish().frames, 400u);
}

// Threads of this process that are called so.
int ThreadsNamed(const std::string& name) {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string line;
    std::getline(std::ifstream(task.path() / "comm"), line);
    count += line == name ? 1 : 0;
  }
  return count;
}

TEST_F(ProducerTest, AStreamGoesToTheNetworkThreadWithTheFewest) {
  constexpr std::uint32_t kThreads = 3;
  std::map<net::NetworkThread*, int> streams;
  for (int i = 0; i < 6; ++i) {
    ++streams[&net::NetworkThread::ForMedia(kThreads)];
  }
  EXPECT_THAT(streams, testing::SizeIs(kThreads));
  EXPECT_THAT(streams, testing::Each(testing::Pair(testing::_, 2)));
  EXPECT_TRUE(streams.contains(&net::NetworkThread::Shared()));
  EXPECT_EQ(&net::NetworkThread::ForMedia(1), &net::NetworkThread::Shared());
  net::NetworkThread::Shared().LetGo();
  net::NetworkThread* const left = streams.rbegin()->first;
  left->LetGo();
  EXPECT_EQ(&net::NetworkThread::ForMedia(kThreads), left);
  for (const auto& [thread, count] : streams) {
    for (int i = 0; i < count; ++i) {
      thread->LetGo();
    }
  }
}

TEST_F(ProducerTest, SeveralNetworkThreadsCarryTheMediaWhereTheyAreAskedFor) {
  constexpr int kStreams = 9;
  LocalService service;
  ProducerConfig config = Config(service.url());
  config.network_threads = 3;
  auto producer = Producer::Create(config);
  ASSERT_TRUE(producer.ok());
  std::vector<std::shared_ptr<Stream>> streams;
  for (int i = 0; i < kStreams; ++i) {
    StreamConfig stream;
    stream.name = "camera-" + std::to_string(i);
    streams.push_back(*(*producer)->OpenStream(stream, nullptr));
    ASSERT_TRUE(streams.back()->SetTrack(Video()).ok());
  }
  EXPECT_EQ(ThreadsNamed("kvs-net"), 3);
  std::vector<std::thread> putting;
  for (auto& stream : streams) {
    putting.emplace_back([&stream] {
      ASSERT_TRUE(stream->ReadySync(Duration::Seconds(30)).ok());
      PutSeconds(*stream, 4);
      stream->Reconnect();  // breaks off what another thread is sending
      stream->Stop(Duration::Seconds(30));
    });
  }
  for (std::thread& thread : putting) {
    thread.join();
  }
  WaitForStoppedStreams();
  for (auto& stream : streams) {
    EXPECT_EQ(stream->metrics().frames_persisted, 40u);
  }
  const double busy = (*producer)->metrics().network_busy;
  EXPECT_GE(busy, 0.0);
  EXPECT_LE(busy, 1.0);
}

TEST_F(ProducerTest, MetadataAndEventsArriveWithTheirFragment) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "kvs-metadata";
  std::filesystem::remove_all(folder);
  LocalService service({"--data", folder.string()});
  auto stream = Open(Config(service.url()));
  ASSERT_TRUE(stream->PutMetadata({"site", "gate", true}).ok());
  PutSeconds(*stream, 1);
  ASSERT_TRUE(stream->PutMetadata({"guest", "postman"}).ok());
  ASSERT_TRUE(stream->PutEvent({MediaEventType::kImageGeneration, "door/", {{"why", "bell"}}}).ok());
  EXPECT_EQ(stream->PutMetadata({"AWS_X", "1"}).code(), StatusCode::kInvalidMetadata);
  for (int i = 10; i < 20; ++i) {
    ASSERT_TRUE(PutVideo(*stream, i * 100, i % 10 == 0).ok());
  }
  ASSERT_TRUE(stream->StopSync(Duration::Seconds(30)).ok());
  EXPECT_EQ(service.Finish().error_acks, 0u);
  std::vector<std::string> tags;
  std::ifstream index(folder / "door" / "fragments.jsonl");
  for (std::string line; std::getline(index, line);) {
    const std::size_t at = line.find("\"tags\":");
    tags.push_back(line.substr(at, line.find("]]", at) - at + 2));
  }
  EXPECT_EQ(tags, (std::vector<std::string>{
                      R"("tags":[["site","gate"]])",
                      R"("tags":[["site","gate"],["guest","postman"],["AWS_KINESISVIDEO_IMAGE_GENERATION",""],)"
                      R"(["AWS_KINESISVIDEO_IMAGE_PREFIX","door/"],["why","bell"]])"}));
}

TEST_F(ProducerTest, AStreamThatWaitsForRoomDoesNotHoldUpAnother) {
  // One stream cannot get rid of anything: nobody says that it exists.
  LocalService service({"--fault", "delay,api=describeStream,stream=full,ms=never"});
  ProducerConfig config = Config(service.url());
  config.storage_bytes = 2 << 20;
  auto producer = Producer::Create(config);
  ASSERT_TRUE(producer.ok());
  StreamConfig full;
  full.name = "full";
  full.streaming_type = StreamingType::kOffline;
  auto blocked = *(*producer)->OpenStream(full, nullptr);
  ASSERT_TRUE(blocked->SetTrack(Video()).ok());
  std::thread writer([&] {
    for (int i = 0; PutVideo(*blocked, i * 100, i % 10 == 0, 50'000).ok(); ++i) {
    }
  });
  // Until it waits.
  std::uint64_t before = 0;
  for (std::uint64_t stored = blocked->metrics().stored_bytes; stored < 1'300'000 || stored != before;
       stored = blocked->metrics().stored_bytes) {
    before = stored;
    std::this_thread::yield();
  }
  StreamConfig live;
  live.name = "live";
  auto running = *(*producer)->OpenStream(live, recorder_);
  ASSERT_TRUE(running->SetTrack(Video()).ok());
  PutSeconds(*running, 20, 2'000);
  EXPECT_TRUE(running->StopSync(Duration::Seconds(30)).ok());
  EXPECT_EQ(running->metrics().frames_persisted, 200u);
  blocked->SetFlushing(true);
  writer.join();
  blocked->Stop(Duration());
}

TEST_F(ProducerTest, MetricsOfAllStreamsAddUp) {
  LocalService service;
  auto producer = Producer::Create(Config(service.url()));
  ASSERT_TRUE(producer.ok());
  EXPECT_EQ((*producer)->metrics().streams, 0u);
  EXPECT_EQ((*producer)->metrics().store_available, (*producer)->metrics().store_size);
  StreamConfig config;
  config.name = "a";
  auto a = *(*producer)->OpenStream(config, nullptr);
  config.name = "b";
  auto b = *(*producer)->OpenStream(config, nullptr);
  ASSERT_TRUE(a->SetTrack(Video()).ok());
  ASSERT_TRUE(b->SetTrack(Video()).ok());
  PutSeconds(*a, 2);
  PutSeconds(*b, 2);
  const ProducerMetrics metrics = (*producer)->metrics();
  EXPECT_EQ(metrics.streams, 2u);
  EXPECT_EQ(metrics.stored_bytes, a->metrics().stored_bytes + b->metrics().stored_bytes);
  EXPECT_EQ(metrics.store_allocated + metrics.store_available, metrics.store_size);
  EXPECT_NEAR(metrics.elementary_frame_rate, 20, 0.1);
  EXPECT_TRUE(a->StopSync(Duration::Seconds(30)).ok());
  const StreamMetrics of_a = a->metrics();
  EXPECT_EQ(of_a.put_to_persisted.count, 2u);
  EXPECT_GT(of_a.put_to_persisted.longest, Duration());
  EXPECT_GE(of_a.control_call.count, 3u);
  EXPECT_EQ(of_a.connect.count, 1u);
  EXPECT_EQ((*producer)->metrics().streams, 1u);
  EXPECT_TRUE(b->StopSync(Duration::Seconds(30)).ok());
}

EnvironmentLookup Variables(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST_F(ProducerTest, TheRegionIsThatOfTheInstanceWhenNobodySaysIt) {
  LocalService service({"--region", "ap-south-1", "--credentials-port", "0"});  // which refuses signatures for others
  ProducerConfig config = Config(service.url());
  config.region.clear();
  config.environment = Variables({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", service.credentials_url()}});
  auto stream = Open(config);
  PutSeconds(*stream, 2);
  const Status status = stream->StopSync(Duration::Seconds(30));
  EXPECT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(service.Finish().frames, 20u);
}

TEST_F(ProducerTest, AnInstanceThatSaysNothingForAWhileIsAskedAgain) {
  LocalService service({"--credentials-port", "0", "--region", "ap-south-1", "--fault", "delay,api=imdsRegion,ms=never,for=3s"});
  ProducerConfig config = Config(service.url());
  config.region.clear();
  config.environment = Variables({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", service.credentials_url()}});
  auto stream = Open(config);
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->StopSync(Duration::Seconds(30)).ok());
  EXPECT_EQ(service.Finish().frames, 20u) << "in the region that it said in the end";
}

TEST_F(ProducerTest, RegionAndEndpointMayBeThoseOfAProfile) {
  LocalService service({"--region", "eu-west-1"});
  const std::string file = ::testing::TempDir() + "kvs-profile-" + std::to_string(::getpid());
  std::ofstream(file) << "[profile door]\nregion = eu-west-1\nservices = here\n"
                         "[services here]\nkinesis_video =\n  endpoint_url = " << service.url() << "\n";
  ProducerConfig config = Config("");
  config.region.clear();
  config.profile = "door";
  config.environment = Variables({{"AWS_CONFIG_FILE", file}, {"AWS_SHARED_CREDENTIALS_FILE", "/no/such/file"}});
  auto stream = Open(config);
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->StopSync(Duration::Seconds(30)).ok());
  EXPECT_EQ(service.Finish().frames, 20u);
  std::filesystem::remove(file);
}

TEST_F(ProducerTest, FilesThatCannotBeUnderstoodCountOnlyForThoseWhoAskForThem) {
  const std::string file = ::testing::TempDir() + "kvs-broken-" + std::to_string(::getpid());
  std::ofstream(file) << "[default]\nregion eu-west-1\n";
  ProducerConfig config = Config("http://127.0.0.1:1");
  std::map<std::string, std::string> variables = {{"AWS_CONFIG_FILE", file}, {"AWS_SHARED_CREDENTIALS_FILE", "/no/such/file"}};
  config.environment = Variables(variables);
  const Result<ServiceLocation> location = Locate(config);
  ASSERT_TRUE(location.ok()) << location.status().ToString();
  EXPECT_NE(location->note.find(file), std::string::npos);
  config.profile = "default";
  EXPECT_NE(Producer::Create(config).status().message().find(file), std::string::npos);
  config.profile = "";
  variables["AWS_PROFILE"] = "default";
  config.environment = Variables(variables);
  EXPECT_FALSE(Producer::Create(config).ok());
  config.profile.reset();
  EXPECT_TRUE(Producer::Create(config).ok());
  std::filesystem::remove(file);
}

TEST_F(ProducerTest, SettingsThatCannotWorkAreRefusedWithASentence) {
  const auto refusal = [](auto change) {
    ProducerConfig config = Config("http://127.0.0.1:1");
    change(config);
    const auto producer = Producer::Create(std::move(config));
    return producer.ok() ? "accepted" : producer.status().message();
  };
  EXPECT_NE(refusal([](ProducerConfig& c) { c.region = "mars"; }).find("mars"), std::string::npos);
  EXPECT_NE(refusal([](ProducerConfig& c) { c.endpoint = "ftp://x"; }).find("endpoint"), std::string::npos);
  EXPECT_NE(refusal([](ProducerConfig& c) { c.storage_bytes = 1000; }).find("storage"), std::string::npos);
  EXPECT_NE(refusal([](ProducerConfig& c) { c.ca_path = "/no/such/file.pem"; }).find("/no/such"), std::string::npos);
  EXPECT_NE(refusal([](ProducerConfig& c) { c.user_agent_suffix.assign(129, 'x'); }).find("129"), std::string::npos);
  EXPECT_NE(refusal([](ProducerConfig& c) { c.lookup_life = Duration::Seconds(-1); }).find("-1 s"), std::string::npos);
  EXPECT_NE(refusal([](ProducerConfig& c) { c.network_threads = 17; }).find("17"), std::string::npos);
  EXPECT_NE(refusal([](ProducerConfig& c) { c.credentials.reset(); }).find("credentials"), std::string::npos);

  auto producer = Producer::Create(Config("http://127.0.0.1:1"));
  ASSERT_TRUE(producer.ok());
  StreamConfig stream;
  stream.name = "bad name";
  EXPECT_EQ((*producer)->OpenStream(stream, nullptr).status().code(), StatusCode::kInvalidArgument);
  stream.name = "good";
  stream.tags.assign(51, {"a", "b"});
  EXPECT_EQ((*producer)->OpenStream(stream, nullptr).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kvs
