// What is put into streams, and what becomes of it.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/compat/behaviour/program.h"

namespace kvs::test {
namespace {

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

class StreamOfProgramTest : public CompatTest {
 protected:
  std::shared_ptr<sdk::KinesisVideoStream> MakeStream(const StreamOptions& options = {}) {
    producer_ = MakeProducer();
    return producer_->createStreamSync(Define(options));
  }
  std::unique_ptr<sdk::KinesisVideoProducer> producer_;
};

TEST_F(StreamOfProgramTest, CodecDataMayComeWithStart) {
  Serve();
  StreamOptions options;
  options.codec_data = false;
  const auto stream = MakeStream(options);
  EXPECT_TRUE(stream->start());
  EXPECT_FALSE(stream->start(std::string("0142c0")));         // cut short
  EXPECT_FALSE(stream->start(std::string("014")));            // half a byte
  EXPECT_FALSE(stream->start(std::string("no hexadecimal")));
  EXPECT_FALSE(stream->start(std::string(kAvcConfig), 9));    // no such track
  EXPECT_TRUE(stream->start(std::string(kAvcConfig)));
  EXPECT_TRUE(stream->start(AvcConfig().data(), AvcConfig().size(), DEFAULT_TRACK_ID));
  PutSeconds(*stream, 1);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.acks.empty(); }));
  EXPECT_FALSE(stream->start(std::string(kAvcConfig)));  // it streams
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().error_acks, 0u);
}

TEST_F(StreamOfProgramTest, AnnexBIsAdaptedCodecDataIncluded) {
  Serve();
  StreamOptions options;
  options.codec_data = false;
  options.nal_adaptation = NAL_ADAPTATION_ANNEXB_NALS | NAL_ADAPTATION_ANNEXB_CPD_NALS;
  const auto stream = MakeStream(options);
  EXPECT_TRUE(stream->start(std::string("000000016742c01eda0280f6840000030100000000000168ce3c80")));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(PutVideo(*stream, i * 100, i == 0, 500, /*annex_b=*/true), STATUS_SUCCESS);
  }
  EXPECT_TRUE(stream->stopSync());
  const auto totals = Finish();
  EXPECT_EQ(totals.frames, 10u);
  EXPECT_EQ(totals.error_acks, 0u);
}

TEST_F(StreamOfProgramTest, CodecDataAloneMayBeAnnexB) {
  Serve();
  StreamOptions options;
  options.codec_data = false;
  options.nal_adaptation = NAL_ADAPTATION_ANNEXB_CPD_NALS;
  const auto stream = MakeStream(options);
  EXPECT_TRUE(stream->start(std::string("000000016742c01eda0280f6840000030100000000000168ce3c80")));
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  const auto totals = Finish();
  EXPECT_EQ(totals.frames, 10u);
  EXPECT_EQ(totals.error_acks, 0u);
}

TEST_F(StreamOfProgramTest, SoundAndPicturesShareAStream) {
  Serve();
  producer_ = MakeProducer();
  auto definition = Define({});
  const std::vector<std::uint8_t> aac = Hex("1190");
  definition->addTrack(2, "sound", "A_AAC", MKV_TRACK_INFO_TYPE_AUDIO, aac.data(), static_cast<uint32_t>(aac.size()));
  const auto stream = producer_->createStreamSync(std::move(definition));
  std::vector<std::uint8_t> sound(50, 0xCD);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(PutVideo(*stream, i * 100, i % 10 == 0), STATUS_SUCCESS);
    ::Frame frame = {};
    frame.presentationTs = static_cast<UINT64>(kBeginMs + i * 100) * HUNDREDS_OF_NANOS_IN_A_MILLISECOND;
    frame.decodingTs = frame.presentationTs;
    frame.size = static_cast<UINT32>(sound.size());
    frame.frameData = sound.data();
    frame.trackId = 2;
    EXPECT_EQ(stream->statusPutFrame(frame), STATUS_SUCCESS);
    frame.trackId = 3;
    EXPECT_EQ(stream->statusPutFrame(frame), STATUS_MKV_TRACK_INFO_NOT_FOUND);
    EXPECT_FALSE(stream->putFrame(frame));
  }
  EXPECT_TRUE(stream->stopSync());
  const auto totals = Finish();
  EXPECT_EQ(totals.frames, 40u);
  EXPECT_EQ(totals.error_acks, 0u);
}

TEST_F(StreamOfProgramTest, AnEndOfFragmentFrameEndsTheFragment) {
  Serve();
  const auto stream = MakeStream();
  EXPECT_EQ(PutEofr(*stream), STATUS_END_OF_FRAGMENT_FRAME_INVALID_STATE);
  PutSeconds(*stream, 1);
  EXPECT_EQ(PutEofr(*stream), STATUS_SUCCESS);
  EXPECT_EQ(PutEofr(*stream), STATUS_MULTIPLE_CONSECUTIVE_EOFR);
  // It is stored although nothing follows.
  EXPECT_TRUE(heard_.Await([](const Heard::All& all) { return all.Count(FRAGMENT_ACK_TYPE_PERSISTED) == 1; }));
  PutSeconds(*stream, 1, 100);
  EXPECT_EQ(PutEofr(*stream), STATUS_SUCCESS);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(PutEofr(*stream), STATUS_STREAM_HAS_BEEN_STOPPED);
  const auto totals = Finish();
  EXPECT_EQ(totals.frames, 20u);
  EXPECT_EQ(totals.error_acks, 0u);
  EXPECT_EQ(CountOf(ReadAll(events_), R"("complete_by":"end_of_fragment_tag")"), 2u);
  EXPECT_TRUE(heard_.all().dropped_frames.empty());
}

TEST_F(StreamOfProgramTest, FragmentsThatDoNotBeginWithKeyFramesAreNotEndedByAFrame) {
  Serve();
  StreamOptions options;
  options.key_frame_fragmentation = false;
  const auto stream = MakeStream(options);
  PutSeconds(*stream, 1);
  EXPECT_EQ(PutEofr(*stream), STATUS_END_OF_FRAGMENT_FRAME_INVALID_STATE);
  EXPECT_TRUE(stream->stopSync());
}

// Clips with pauses between them, each ended by a frame that says so.
TEST_F(StreamOfProgramTest, ClipsWithPausesArriveWhole) {
  Serve();
  StreamOptions options;
  options.type = STREAMING_TYPE_OFFLINE;
  const auto stream = MakeStream(options);
  for (int clip = 0; clip < 5; ++clip) {
    PutSeconds(*stream, 2, clip * 20);
    EXPECT_EQ(PutEofr(*stream), STATUS_SUCCESS);
  }
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 100u);
  const Heard::All all = heard_.all();
  EXPECT_TRUE(all.errors.empty());
  EXPECT_TRUE(all.latencies.empty());
  EXPECT_EQ(all.Count(FRAGMENT_ACK_TYPE_PERSISTED), 10u);
}

// 20 seconds without a frame.
TEST_F(StreamOfProgramTest, APauseEndsTheFragmentUnlessTheProgramIsAlwaysContinuous) {
  Serve();
  const auto intermittent = MakeStream();
  device_.flags = AUTOMATIC_STREAMING_ALWAYS_CONTINUOUS;
  const auto other_producer = MakeProducer();
  StreamOptions options;
  options.name = "always";
  const auto continuous = other_producer->createStreamSync(Define(options));
  PutSeconds(*continuous, 1);
  PutSeconds(*intermittent, 1);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return all.Count(FRAGMENT_ACK_TYPE_PERSISTED) > 0; }));
  EXPECT_EQ(intermittent->getMetrics().getRawMetrics()->persistedAcks, 1u);
  EXPECT_EQ(continuous->getMetrics().getRawMetrics()->persistedAcks, 0u);
  EXPECT_TRUE(continuous->stopSync());
  EXPECT_TRUE(intermittent->stopSync());
  EXPECT_EQ(Finish().frames, 20u);
  EXPECT_EQ(heard_.all().Count(FRAGMENT_ACK_TYPE_PERSISTED), 2u);
}

void ExpectBufferingInOrder(const Heard::All& all) {
  UINT64 last = 0;
  for (const Heard::Ack& ack : all.acks) {
    if (ack.type == FRAGMENT_ACK_TYPE_BUFFERING) {
      EXPECT_GT(ack.timestamp, last);
      last = ack.timestamp;
    }
  }
}

TEST_F(StreamOfProgramTest, AnOfflineStreamWithAShortBufferWaitsAndLosesNothing) {
  Serve();
  StreamOptions options;
  options.type = STREAMING_TYPE_OFFLINE;
  options.buffer = std::chrono::seconds(4);
  const auto stream = MakeStream(options);
  PutSeconds(*stream, 60);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 600u);
  const Heard::All all = heard_.all();
  EXPECT_TRUE(all.errors.empty());
  EXPECT_TRUE(all.dropped_frames.empty());
  ExpectBufferingInOrder(all);
}

TEST_F(StreamOfProgramTest, AnOfflineStreamWithASmallStoreWaitsAndLosesNothing) {
  Serve();
  device_.storage = UINT64{1} << 20;
  StreamOptions options;
  options.type = STREAMING_TYPE_OFFLINE;
  const auto stream = MakeStream(options);
  PutSeconds(*stream, 30, 0, 12'500);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 300u);
  const Heard::All all = heard_.all();
  EXPECT_TRUE(all.errors.empty());
  EXPECT_TRUE(all.dropped_frames.empty());
  ExpectBufferingInOrder(all);
}

TEST_F(StreamOfProgramTest, ManyShortFragmentsOfAFileArrive) {
  Serve();
  StreamOptions options;
  options.type = STREAMING_TYPE_OFFLINE;
  const auto stream = MakeStream(options);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(PutVideo(*stream, i * 100, i % 4 == 0), STATUS_SUCCESS);
  }
  EXPECT_TRUE(stream->stopSync());
  const auto totals = Finish();
  EXPECT_EQ(totals.frames, 200u);
  EXPECT_EQ(totals.error_acks, 0u);
}

TEST_F(StreamOfProgramTest, AnOfflinePutGivesUpAfterItsTime) {
  ServeNothing();
  device_.storage = UINT64{1} << 20;
  device_.offline_wait = std::chrono::milliseconds(200);
  producer_ = MakeProducer();
  StreamOptions options;
  options.type = STREAMING_TYPE_OFFLINE;
  const auto stream = producer_->createStream(Define(options));
  STATUS status = STATUS_SUCCESS;
  for (int i = 0; STATUS_SUCCEEDED(status); ++i) {
    status = PutVideo(*stream, i * 100, i % 10 == 0, 50'000);
  }
  EXPECT_EQ(status, STATUS_OPERATION_TIMED_OUT);
}

// How often the thread has given up its processor of its own accord: to wait.
std::uint64_t WaitsOf(pid_t thread) {
  const std::string status = ReadAll("/proc/self/task/" + std::to_string(thread) + "/status");
  const std::string_view name = "\nvoluntary_ctxt_switches:";
  return std::stoull(status.substr(status.find(name) + name.size()));
}

TEST_F(StreamOfProgramTest, AnOfflinePutEndsWhenTheStreamIsStopped) {
  ServeNothing();
  device_.storage = UINT64{1} << 20;
  device_.stop_stream_timeout = std::chrono::milliseconds(100);
  producer_ = MakeProducer();
  StreamOptions options;
  options.type = STREAMING_TYPE_OFFLINE;
  const auto stream = producer_->createStream(Define(options));
  std::promise<pid_t> id;
  std::atomic<int> stored = 0;
  std::thread writer([&] {
    id.set_value(static_cast<pid_t>(::syscall(SYS_gettid)));
    STATUS status = STATUS_SUCCESS;
    for (int i = 0; STATUS_SUCCEEDED(status); ++i) {
      status = PutVideo(*stream, i * 100, i % 10 == 0, 50'000);
      stored += STATUS_SUCCEEDED(status) ? 1 : 0;
    }
    EXPECT_EQ(status, STATUS_BLOCKING_PUT_INTERRUPTED_STREAM_TERMINATED);
  });
  // On its way into the store a frame waits for a few locks at most. Whoever waits more often, and stores nothing, waits for room, and
  // looks for it again and again.
  constexpr std::uint64_t kMoreThanAllLocks = 12;
  const pid_t thread = id.get_future().get();
  int before = -1;
  for (std::uint64_t waits = 0; stored != before || WaitsOf(thread) < waits + kMoreThanAllLocks; std::this_thread::yield()) {
    if (const int now = stored; now != before) {
      before = now;
      waits = WaitsOf(thread);
    }
  }
  EXPECT_GE(before, 15);  // a megabyte was full
  EXPECT_TRUE(stream->stop());
  writer.join();
}

TEST_F(StreamOfProgramTest, FramesWithoutDecodingTimeAndDurationArrive) {
  Serve();
  StreamOptions options;
  options.type = STREAMING_TYPE_OFFLINE;
  const auto stream = MakeStream(options);
  std::vector<std::uint8_t> bytes = Hex("0000000465abababab");
  bytes.resize(8);
  for (int i = 0; i < 5; ++i) {  // each a fragment of its own, far apart
    ::Frame frame = {};
    frame.flags = FRAME_FLAG_KEY_FRAME;
    frame.presentationTs = static_cast<UINT64>(kBeginMs + i * 8000) * HUNDREDS_OF_NANOS_IN_A_MILLISECOND;
    frame.size = static_cast<UINT32>(bytes.size());
    frame.frameData = bytes.data();
    frame.trackId = DEFAULT_TRACK_ID;
    EXPECT_EQ(stream->statusPutFrame(frame), STATUS_SUCCESS);
  }
  EXPECT_TRUE(stream->stopSync());
  const auto totals = Finish();
  EXPECT_EQ(totals.frames, 5u);
  EXPECT_EQ(totals.fragments_persisted, 5u);
  EXPECT_EQ(totals.error_acks, 0u);
}

TEST_F(StreamOfProgramTest, RelativeTimesBeginWithTheStream) {
  Serve();
  StreamOptions options;
  options.absolute_times = false;
  const auto stream = MakeStream(options);
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 20u);
  EXPECT_EQ(CountOf(ReadAll(events_), R"("timecode_type":"RELATIVE")"), 1u);
}

TEST_F(StreamOfProgramTest, WithoutTimecodesOfFramesTheClockCounts) {
  Serve();
  StreamOptions options;
  options.frame_timecodes = false;
  const auto stream = MakeStream(options);
  EXPECT_EQ(PutVideo(*stream, 0, true), STATUS_SUCCESS);
  EXPECT_TRUE(stream->stopSync());
  for (const Heard::Ack& ack : heard_.all().acks) {
    EXPECT_GT(ack.timestamp, static_cast<UINT64>(kBeginMs) + 1'000'000);
  }
}

TEST_F(StreamOfProgramTest, FramesInFrontOfTheFirstKeyFrameAreSkipped) {
  Serve();
  const auto stream = MakeStream();
  EXPECT_EQ(PutVideo(*stream, 0, false), STATUS_SUCCESS);
  EXPECT_EQ(stream->getMetrics().getRawMetrics()->skippedFrames, 1u);
  PutSeconds(*stream, 1, 1);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().frames, 10u);
  EXPECT_TRUE(heard_.all().dropped_frames.empty());
}

TEST_F(StreamOfProgramTest, FramesThatCannotBeReadAreRefused) {
  Serve();
  StreamOptions options;
  options.nal_adaptation = NAL_ADAPTATION_ANNEXB_NALS;
  const auto stream = MakeStream(options);
  ::Frame frame = {};
  frame.trackId = DEFAULT_TRACK_ID;
  frame.flags = FRAME_FLAG_KEY_FRAME;
  EXPECT_EQ(stream->statusPutFrame(frame), STATUS_MKV_INVALID_FRAME_DATA);
  std::vector<std::uint8_t> bytes = Hex("00ffffff65");
  frame.frameData = bytes.data();
  frame.size = static_cast<UINT32>(bytes.size());
  EXPECT_EQ(stream->statusPutFrame(frame), STATUS_MKV_INVALID_ANNEXB_NALU_IN_FRAME_DATA);
  EXPECT_EQ(stream->getMetrics().getRawMetrics()->putFrameErrors, 2u);
}

// Tests of programs put frames that no decoder would take.
TEST_F(StreamOfProgramTest, WithoutAdaptationFramesGoAsTheyAre) {
  Serve();
  StreamOptions options;
  options.codec_data = false;
  options.nal_adaptation = NAL_ADAPTATION_ANNEXB_CPD_NALS;
  const auto stream = MakeStream(options);
  EXPECT_TRUE(stream->start(std::string("000000016742c01eda0280f6840000030100000000000168ce3c80")));
  std::vector<std::uint8_t> bytes(1000, 0x55);
  for (int i = 0; i < 20; ++i) {
    ::Frame frame = {};
    frame.flags = i % 10 == 0 ? FRAME_FLAG_KEY_FRAME : FRAME_FLAG_NONE;
    frame.presentationTs = static_cast<UINT64>(kBeginMs + i * 100) * HUNDREDS_OF_NANOS_IN_A_MILLISECOND;
    frame.decodingTs = frame.presentationTs;
    frame.size = static_cast<UINT32>(bytes.size());
    frame.frameData = bytes.data();
    frame.trackId = DEFAULT_TRACK_ID;
    EXPECT_EQ(stream->statusPutFrame(frame), STATUS_SUCCESS);
  }
  EXPECT_TRUE(stream->stopSync());
  (void)Finish();
  // They have arrived: the local service looks into them, and says so.
  EXPECT_GT(CountOf(ReadAll(events_), "a frame of track 1 is not length-pre"), 0u);
}

TEST_F(StreamOfProgramTest, AStreamWithoutANameIsGivenOne) {
  Serve();
  StreamOptions options;
  options.name = "";
  const auto stream = MakeStream(options);
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(heard_.all().data_available.front().size(), 16u);
  EXPECT_EQ(Finish().frames, 10u);
}

TEST_F(StreamOfProgramTest, MetadataAndEventsGoWithTheNextFragment) {
  Serve();
  const auto stream = MakeStream();
  EXPECT_TRUE(stream->putFragmentMetadata("site", "gate", true));
  EXPECT_FALSE(stream->putEventMetadata(STREAM_EVENT_TYPE_NOTIFICATION));  // nothing was put yet
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->putFragmentMetadata("guest", "postman", false));
  StreamEventMetadata metadata = {};
  metadata.imagePrefix = const_cast<PCHAR>("door/");
  metadata.numberOfPairs = 1;
  metadata.names[0] = const_cast<PCHAR>("why");
  metadata.values[0] = const_cast<PCHAR>("bell");
  EXPECT_TRUE(stream->putEventMetadata(STREAM_EVENT_TYPE_NOTIFICATION | STREAM_EVENT_TYPE_IMAGE_GENERATION, &metadata));
  EXPECT_FALSE(stream->putEventMetadata(STREAM_EVENT_TYPE_NOTIFICATION));  // one of each
  EXPECT_FALSE(stream->putEventMetadata(STREAM_EVENT_TYPE_LAST));
  EXPECT_FALSE(stream->putFragmentMetadata("AWS_SITE", "gate"));
  PutSeconds(*stream, 1, 1);
  EXPECT_TRUE(stream->putFragmentMetadata("site", "", true));
  PutSeconds(*stream, 1, 2);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(Finish().error_acks, 0u);
  const std::string events = ReadAll(events_);
  EXPECT_EQ(CountOf(events, R"("tags":[["site","gate"]])"), 1u);
  EXPECT_EQ(CountOf(events, R"(["guest","postman"])"), 1u);
  EXPECT_EQ(CountOf(events, R"(["why","bell"])"), 1u);
  EXPECT_EQ(CountOf(events, "AWS_KINESISVIDEO_NOTIFICATION"), 1u);
  EXPECT_EQ(CountOf(events, R"(["AWS_KINESISVIDEO_IMAGE_PREFIX","door/"])"), 1u);
  EXPECT_EQ(CountOf(events, R"("tags":[])"), 1u);
}

TEST_F(StreamOfProgramTest, MetricsSayWhatWasDone) {
  Serve();
  const auto stream = MakeStream();
  PutSeconds(*stream, 3);
  EXPECT_TRUE(stream->stopSync());
  const sdk::KinesisVideoStreamMetrics metrics = stream->getMetrics();
  const ::StreamMetrics& raw = *metrics.getRawMetrics();
  EXPECT_EQ(raw.version, UINT32{STREAM_METRICS_CURRENT_VERSION});
  EXPECT_EQ(raw.persistedAcks, 3u);
  EXPECT_EQ(raw.totalSessions, 1u);
  EXPECT_EQ(raw.droppedFrames, 0u);
  EXPECT_GT(raw.transferredBytes, 30u * 500u);
  EXPECT_GT(raw.uptime, 0u);
  EXPECT_GT(raw.cplApiCallLatency, 0u);
  EXPECT_EQ(metrics.getOverallViewSize(), 0u);
  EXPECT_NEAR(metrics.getCurrentElementaryFrameRate(), 10, 0.5);
  const sdk::KinesisVideoProducerMetrics all = producer_->getMetrics();
  EXPECT_EQ(all.getContentStoreAvailableSize() + all.getContentStoreAllocatedSize(), all.getContentStoreSizeSize());
  EXPECT_EQ(all.getRawMetrics()->version, UINT32{CLIENT_METRICS_CURRENT_VERSION});
}

TEST_F(StreamOfProgramTest, AConnectionIsResetWithoutLoss) {
  Serve();
  const auto stream = MakeStream();
  PutSeconds(*stream, 2);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return all.Count(FRAGMENT_ACK_TYPE_BUFFERING) > 0; }));
  EXPECT_TRUE(stream->resetConnection());
  PutSeconds(*stream, 2, 2);
  EXPECT_TRUE(stream->stopSync());
  const auto totals = Finish();
  EXPECT_EQ(totals.sessions, 2u);
  EXPECT_EQ(totals.fragments_persisted - totals.duplicates, 4u);
  EXPECT_TRUE(heard_.all().errors.empty());
  EXPECT_TRUE(heard_.all().dropped_frames.empty());
}

TEST_F(StreamOfProgramTest, TagsAreSetOnTheStream) {
  Serve();
  StreamOptions options;
  options.tags = {{"floor", "5"}, {"site", "berlin"}};
  (void)MakeStream(options);
  (void)Finish();
  EXPECT_EQ(Calls("tagStream"), 1u);
}

}  // namespace
}  // namespace kvs::test
