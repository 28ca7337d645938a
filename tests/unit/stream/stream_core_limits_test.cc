// What a hostile or unlucky caller, service or clock may do to a stream.
#include "tests/unit/stream/stream_core_fixture.h"

namespace kvs {
namespace {

Track AdtsAudio() {
  Track track = Audio();
  track.format = FrameFormat::kAdts;
  track.codec_private.clear();
  return track;
}

// ADTS packets of 7 + 8000 bytes in one buffer.
std::vector<std::uint8_t> AdtsPackets(int count) {
  constexpr std::size_t kSize = 8007;
  std::vector<std::uint8_t> buffer;
  for (int i = 0; i < count; ++i) {
    const std::uint8_t head[7] = {0xFF, 0xF1, 0x4C, static_cast<std::uint8_t>(0x80 | kSize >> 11),
                                  static_cast<std::uint8_t>(kSize >> 3), static_cast<std::uint8_t>((kSize & 7) << 5 | 0x1F), 0xFC};
    buffer.insert(buffer.end(), head, head + 7);
    buffer.insert(buffer.end(), 8000, static_cast<std::uint8_t>(i));
  }
  return buffer;
}

TEST_F(StreamCoreTest, TheFirstFailureDoesNotPayForTheGoodDays) {
  StreamConfig config;
  config.tags = {{"a", "b"}};
  config.session_lifetime = Duration::Minutes(40);
  Make(config);
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  core_->OnDescribed(machine::ServiceState::kActive, now_);
  Settle();
  core_->OnCallFailed(Status(StatusCode::kNotAuthorized, "TagStream"), {}, now_);
  Settle();
  Pass(Duration::Seconds(11));
  answer_calls_ = true;
  core_->OnCallFailed(Status(StatusCode::kNotAuthorized, "TagStream"), {}, now_);
  Settle();
  for (int i = 0; i < 300; ++i) {  // 300 events of a door bell, each its own session, all well
    const std::int64_t at = i * 60'000;
    (void)PutVideo(at, true);
    (void)PutVideo(at + 500, false);
    Pass(Duration::Seconds(21));
    Ack(opened_.back(), "PERSISTED", at);
    Pass(Duration::Seconds(39));
  }
  (void)PutVideo(300 * 60'000, true);
  Break(opened_.back());
  EXPECT_LE(core_->metrics(now_.mono).current_backoff, Duration::Seconds(10));
}

TEST_F(StreamCoreTest, LookingWhetherAStreamIsReadyIsNoRetry) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  answer_calls_ = false;
  connect_ = false;
  core_->OnSessionEnded(1, Status(StatusCode::kStreamNotFound, "404").WithService(404, "", ""), {}, now_);
  Settle();
  Pass(Duration::Seconds(1));
  for (int i = 0; i < 120; ++i) {
    core_->OnDescribed(machine::ServiceState::kChanging, now_);
    Settle();
    Pass(Duration::Millis(500));
  }
  core_->OnDescribed(machine::ServiceState::kActive, now_);
  Settle();
  core_->OnCallFailed(Status(StatusCode::kServiceFailure, "500"), {}, now_);
  EXPECT_LE(core_->metrics(now_.mono).current_backoff, Duration::Seconds(10));
}

TEST_F(StreamCoreTest, AStreamThatIsBeingMadeIsLookedAtSoonAndThenRarely) {
  Make();
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 7; ++i) {
    core_->OnDescribed(machine::ServiceState::kChanging, now_);
    waits.push_back((*core_->deadline() - now_.mono).millis());
    Pass(*core_->deadline() - now_.mono);
  }
  // No more than the five of a second that the service allows, with the first.
  EXPECT_EQ(waits, (std::vector<std::int64_t>{20, 80, 320, 1280, 4000, 4000, 4000}));
}

TEST_F(StreamCoreTest, ThreeTracksOfWhichOneIsLateDoNotMakeItSpin) {
  Make();
  Track second = Video();
  second.id = 3;
  (void)core_->ExpectTrack(3, now_).ok();
  ASSERT_TRUE(core_->SetTrack(Audio(), now_).ok());
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int i = 0; i < 300; ++i) {
    (void)PutVideo(i * 100, i % 10 == 0);
    (void)PutAudio(i * 100);
    Pass(Duration::Millis(100));
  }
  ASSERT_TRUE(core_->SetTrack(second, now_).ok());  // its caps come; its first frame takes a while. The sound pauses.
  int timers = 0;
  for (int i = 300; i < 340; ++i) {
    (void)PutVideo(i * 100, i % 10 == 0);
    const MonoTime until = now_.mono + Duration::Millis(100);
    for (int spins = 0; spins < 1000 && core_->deadline() && *core_->deadline() <= until; ++spins) {
      if (*core_->deadline() > now_.mono) {
        now_.mono = *core_->deadline();
      }
      core_->OnTimer(now_);
      Settle();
      ++timers;
    }
    now_.mono = until;
  }
  EXPECT_LT(timers, 200);
}

TEST_F(StreamCoreTest, ATrackMayComeWhileFramesOfOthersAreHeldBack) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  ASSERT_TRUE(core_->SetTrack(Audio(), now_).ok());
  (void)PutAudio(0);  // held back for the picture, and put when there were two tracks
  Track third = Audio();
  third.id = 3;
  ASSERT_TRUE(core_->SetTrack(third, now_).ok());
  (void)PutVideo(0, true);  // held back for the third
  core_->EndTrack(3, now_);
  Settle();
  (void)PutVideo(100, false);
  (void)PutAudio(100);
  Pass(Duration::Seconds(1));
  EXPECT_EQ(Sent(opened_.back()).tracks, (std::vector<int>{1, 2}));
  EXPECT_EQ(Sent(opened_.back()).clusters.at(0).blocks.size(), 4u);
}

TEST_F(StreamCoreTest, ABufferOfSeveralPacketsWaitsForRoomAsAWhole) {
  StreamConfig config;
  config.streaming_type = StreamingType::kOffline;
  Make(config, 4 * BlockPool::kBlockBytes);
  ASSERT_TRUE(core_->SetTrack(AdtsAudio(), now_).ok());
  Settle();
  const std::vector<std::uint8_t> buffer = AdtsPackets(5);
  int offered = 0;
  StreamCore::PutOutcome outcome;
  for (;; ++offered) {
    outcome = Put(kAudioId, offered * 100, true, buffer);
    ASSERT_TRUE(outcome.status.ok()) << outcome.status.ToString();
    if (outcome.wait_for_room) break;
  }
  const auto before = core_->metrics(now_.mono).frames_put;
  EXPECT_EQ(before, static_cast<std::uint64_t>(offered * 5));

  const auto sent = Sent(1);
  for (const auto& cluster : sent.clusters) Ack(1, "PERSISTED", cluster.timecode - kEpochMs);
  ASSERT_FALSE(Put(kAudioId, offered * 100, true, buffer).wait_for_room);
  std::vector<int> order;
  core_->Drain(Duration::Seconds(5), false, now_);
  Settle();
  for (std::uint64_t session : opened_) {
    for (const auto& cluster : Sent(session).clusters)
      for (const auto& block : cluster.blocks) order.push_back(block.payload.at(0));
  }
  EXPECT_EQ(order.size(), static_cast<std::size_t>(offered + 1) * 5);
}

TEST_F(StreamCoreTest, ABufferOfSeveralPacketsIsLostAsAWhole) {
  Make({}, 2 * BlockPool::kBlockBytes);
  ASSERT_TRUE(core_->SetTrack(AdtsAudio(), now_).ok());
  Settle();
  const std::vector<std::uint8_t> buffer = AdtsPackets(10);
  (void)Put(kAudioId, 0, true, std::vector<std::uint8_t>(buffer.begin(), buffer.begin() + 8007));
  const auto outcome = Put(kAudioId, 100, true, buffer);
  const auto metrics = core_->metrics(now_.mono);
  EXPECT_EQ(metrics.frames_lost_pressure + metrics.stored_frames + metrics.frames_persisted, 11u);
}



TEST_F(StreamCoreTest, ADrainMayTakeForEver) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  core_->Drain(Duration::Nanos(INT64_MAX), true, now_);
  core_->OnTimer(now_);
  Settle();
  EXPECT_TRUE(Told<Drained>().empty());
}

TEST_F(StreamCoreTest, ASourceWithoutCredentialsForAMomentIsAnOutage) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  Ack(1, "PERSISTED", 0);
  connect_ = false;
  Break(1);
  Pass(Duration::Seconds(3));
  core_->OnSessionEnded(opened_.back(), Status(StatusCode::kNoCredentials, "no such file"), {}, now_);
  Settle();
  EXPECT_TRUE(Told<StreamFailed>().empty());
}

// A doorbell may have waited for hours, with credentials that were good, before anything is uploaded.
TEST_F(StreamCoreTest, CredentialsThatAreGoneWhenItRingsAreAnOutage) {
  StreamConfig config;
  config.pre_roll = Duration::Seconds(5);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(8);
  ASSERT_TRUE(opened_.empty());
  ASSERT_TRUE(core_->Trigger(now_));
  connect_ = false;
  Settle();
  ASSERT_EQ(opened_.size(), 1u);
  core_->OnSessionEnded(1, Status(StatusCode::kNoCredentials, "the file is just being written"), {}, now_);
  Settle();
  EXPECT_TRUE(Told<StreamFailed>().empty());
  connect_ = true;
  Pass(Duration::Seconds(20));
  EXPECT_EQ(opened_.size(), 2u);
}

TEST_F(StreamCoreTest, MetadataGoesWithTheFrameThatWaitsForRoom) {
  StreamConfig config;
  config.streaming_type = StreamingType::kOffline;
  Make(config, 4 * BlockPool::kBlockBytes);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  int i = 0;
  for (; i < 100; ++i) {
    if (PutVideo(i * 100, i == 0, 20'000).wait_for_room) break;
  }
  (void)PutVideo(i * 100, true, 20'000);
  ASSERT_EQ(ClusterTimes(1), (Times{0}));
  // all over again with metadata in between
  Make(config, 4 * BlockPool::kBlockBytes);
  sent_.clear(); opened_.clear();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int k = 0; k < i; ++k) (void)PutVideo(k * 100, k == 0, 20'000);
  ASSERT_TRUE(core_->PutMetadata({"gate", "open", false}).ok());
  const auto outcome = PutVideo(i * 100, true, 20'000);
  EXPECT_TRUE(outcome.wait_for_room);
  const auto& bytes = sent_[1];
  const std::string text(bytes.begin(), bytes.end());
  EXPECT_EQ(text.find("gate"), std::string::npos) << "metadata is at the end of the fragment before";
}

TEST_F(StreamCoreTest, ADurationThatNoFragmentCanHoldSaysNothing) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int i = 0; i < 50; ++i) {
    std::vector<std::uint8_t> bytes = {0, 0, 0, 10, static_cast<std::uint8_t>(i % 10 == 0 ? 0x65 : 0x41)};
    bytes.resize(14, 0xAB);
    Frame frame;
    frame.track_id = kVideoId;
    frame.pts = MediaTime::FromMillis(kEpochMs + i * 100);
    frame.duration = Duration::Seconds(11);
    frame.key_frame = i % 10 == 0;
    frame.data = bytes;
    (void)core_->PutFrame(frame, now_).status.ok();
    Settle();
  }
  EXPECT_EQ(ClusterTimes(1).size(), 5u);
}

TEST_F(StreamCoreTest, AFrameThatCanNeverFitBesideAnotherStreamIsRefused) {
  StreamConfig config;
  config.streaming_type = StreamingType::kOffline;
  config.name = "door";
  StreamCore::Options options;
  options.config = config;
  options.pool = std::make_shared<BlockPool>(1 << 20);
  options.seed = 7;
  StreamCore other(options);
  core_ = std::make_unique<StreamCore>(options);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  const auto outcome = PutVideo(0, true, 900'000);
  EXPECT_FALSE(outcome.wait_for_room);  // for ever: nothing of it will make room
}

TEST_F(StreamCoreTest, NothingIsGivenUpForAFrameThatCanNeverFit) {
  StreamCore::Options options;
  options.config.name = "door";
  options.pool = std::make_shared<BlockPool>(1 << 20);
  options.seed = 7;
  StreamCore other(options);
  core_ = std::make_unique<StreamCore>(options);
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(5, 0, 5000);
  const auto held = core_->metrics(now_.mono).stored_frames;
  (void)PutVideo(5000, true, 900'000);
  EXPECT_EQ(core_->metrics(now_.mono).stored_frames, held);
}

TEST_F(StreamCoreTest, ASessionThatHasNotBegunIsReplacedAndNotEnded) {
  StreamConfig config;
  config.session_lifetime = Duration::Seconds(10);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  connect_ = end_answers_ = false;
  Pass(Duration::Seconds(10));
  mute_ = 2;
  (void)PutVideo(2'000, true);
  (void)PutVideo(12'000, true);
  ASSERT_EQ(opened_.size(), 2u);
  Break(1);  // what it carried is older than what session 2 was to begin with
  EXPECT_EQ(aborted_, std::vector<std::uint64_t>{2});
  Pass(Duration::Seconds(1));
  ASSERT_EQ(opened_.size(), 3u);
  EXPECT_EQ(ClusterTimes(3), (Times{0, 1000, 2000, 12'000}));
}

TEST_F(StreamCoreTest, FragmentsKeepTheirLengthInOddUnits) {
  StreamConfig config;
  config.timecode_scale = Duration::Millis(700);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int i = 0; i < 100; ++i) (void)PutVideo(i * 100, i % 7 == 0);
  EXPECT_LE(Sent(1).clusters.size(), 10u);
}

// A fragment is not cut in its first second, so what comes late must leave room for that.
TEST_F(StreamCoreTest, SoundThatComesTenSecondsLateMakesNoFragmentTooLong) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  ASSERT_TRUE(core_->SetTrack(Audio(), now_).ok());
  (void)PutVideo(10'000, true);
  (void)PutAudio(10'000);
  for (std::int64_t at = 20'000; at <= 20'500; at += 100) {
    (void)PutVideo(at, at == 20'000);
  }
  Pass(Duration::Seconds(2));  // the pictures wait for the sound no longer
  (void)PutAudio(10'400);
  for (std::int64_t at = 20'600; at <= 23'000; at += 100) {
    (void)PutVideo(at, at % 1000 == 0);
  }
  Pass(Duration::Seconds(2));
  bool heard = false;
  for (const std::uint64_t session : opened_) {
    for (const auto& cluster : Sent(session).clusters) {
      std::int64_t first = INT64_MAX;
      std::int64_t last = INT64_MIN;
      for (const auto& block : cluster.blocks) {
        first = std::min(first, block.timecode);
        last = std::max(last, block.timecode);
        heard = heard || (block.track == kAudioId && cluster.timecode == kEpochMs + 20'000);
      }
      EXPECT_LE(last - first, 10'000);
    }
  }
  EXPECT_TRUE(heard);
}

TEST_F(StreamCoreTest, MetadataDoesNotOvertakeAFrameThatIsHeldBack) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  ASSERT_TRUE(core_->SetTrack(Audio(), now_).ok());
  for (int i = 0; i < 20; ++i) { (void)PutVideo(i * 100, i % 10 == 0); (void)PutAudio(i * 100); }
  (void)PutVideo(2000, true);   // held: sound of its time may still come
  ASSERT_TRUE(core_->PutMetadata({"gate", "open", false}).ok());
  (void)PutAudio(2000);
  for (int i = 21; i < 35; ++i) { (void)PutVideo(i * 100, i % 10 == 0); (void)PutAudio(i * 100); }
  const auto& bytes = sent_[1];
  const std::string text(bytes.begin(), bytes.end());
  const auto at = text.find("gate");
  const std::string cluster("\x1F\x43\xB6\x75");
  int before = 0;
  for (auto p = text.find(cluster); p != std::string::npos && p < at; p = text.find(cluster, p + 1)) ++before;
  EXPECT_EQ(before, 3);  // with the fragment of 3000, which is the next one after the call
}


TEST_F(StreamCoreTest, DurationsHaveBounds) {
  const auto refused = [](Duration StreamConfig::*field, Duration value) {
    StreamConfig config;
    config.name = "door";
    config.*field = value;
    return !Validate(config).ok();
  };
  for (Duration StreamConfig::*field :
       {&StreamConfig::offline_wait, &StreamConfig::interleave_delay, &StreamConfig::idle_timeout,
        &StreamConfig::connection_staleness, &StreamConfig::session_lifetime, &StreamConfig::max_latency,
        &StreamConfig::buffer_duration}) {
    EXPECT_TRUE(refused(field, Duration::Nanos(INT64_MAX)));
    EXPECT_TRUE(refused(field, Duration::Nanos(-1)));
    EXPECT_FALSE(refused(field, kLongestDuration));
  }
  EXPECT_TRUE(refused(&StreamConfig::idle_timeout, Duration()));
  EXPECT_TRUE(refused(&StreamConfig::session_lifetime, Duration()));
  EXPECT_TRUE(refused(&StreamConfig::timecode_scale, Duration::Micros(1)));  // times in a fragment have 16 bits
}

TEST_F(StreamCoreTest, TheLongestDurationsAreForEver) {
  StreamConfig config;
  config.idle_timeout = config.connection_staleness = config.session_lifetime = config.interleave_delay = kLongestDuration;
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  ASSERT_TRUE(core_->SetTrack(Audio(), now_).ok());
  for (int i = 0; i < 50; ++i) {
    (void)PutAudio(i * 100);
    (void)PutVideo(i * 100, i % 10 == 0);
    ASSERT_TRUE(core_->deadline().has_value());
    EXPECT_GT(*core_->deadline(), now_.mono + Duration::Hours(1));
    Pass(Duration::Millis(100));
  }
  EXPECT_EQ(core_->metrics(now_.mono).sessions_rotated, 0u);
}

TEST_F(StreamCoreTest, TimesFarFromAnyClockAreRefused) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  const std::vector<std::uint8_t> bytes = {0, 0, 0, 1, 0x65};
  Frame frame;
  frame.track_id = kVideoId;
  frame.key_frame = true;
  frame.data = bytes;
  for (const std::int64_t nanos : {INT64_MAX, INT64_MIN}) {
    frame.pts = MediaTime::FromNanos(nanos);
    EXPECT_EQ(core_->PutFrame(frame, now_).status.code(), StatusCode::kInvalidTimestamp);
  }
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_invalid, 2u);
}

}  // namespace
}  // namespace kvs
