#include "pic/stream/stream_core.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/hex.h"
#include "tests/support/mkv_scan.h"

namespace kvs {
namespace {

using kvs::test::Hex;
using kvs::test::MkvScan;
using kvs::test::ScannedSession;

constexpr std::uint32_t kVideoId = 1;
constexpr std::uint32_t kAudioId = 2;

Track Video() {
  Track track;
  track.id = kVideoId;
  track.codec_private = Hex("0142c01effe1000c6742c01eda0280f68400000301000468ce3c80");
  return track;
}
Track Audio() {
  Track track;
  track.id = kAudioId;
  track.type = TrackType::kAudio;
  track.codec = Codec::kAac;
  track.format = FrameFormat::kRaw;
  track.codec_private = Hex("1190");
  return track;
}

// The core, time that is moved by hand, and a service that answers at once and acknowledges on demand.
class StreamCoreTest : public testing::Test {
 protected:
  void Make(StreamConfig config = {}, std::uint64_t storage = 8 << 20) {
    config.name = "door";
    StreamCore::Options options;
    options.config = config;
    options.pool = std::make_shared<BlockPool>(storage);
    options.seed = 7;
    options.app = "test 1";
    core_ = std::make_unique<StreamCore>(options);
  }

  // One access unit of a single NAL unit with `size` bytes of payload.
  StreamCore::PutOutcome PutVideo(std::int64_t pts_ms, bool key, std::size_t size = 100) {
    std::vector<std::uint8_t> bytes = {0, 0, 0, 0, static_cast<std::uint8_t>(key ? 0x65 : 0x41)};
    bytes.resize(4 + std::max<std::size_t>(size, 1), 0xAB);
    const auto nal = static_cast<std::uint32_t>(bytes.size() - 4);
    for (int i = 0; i < 4; ++i) {
      bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(nal >> (24 - 8 * i));
    }
    return Put(kVideoId, pts_ms, key, bytes);
  }
  StreamCore::PutOutcome PutAudio(std::int64_t pts_ms) {
    return Put(kAudioId, pts_ms, true, std::vector<std::uint8_t>(50, 0xCD));
  }
  StreamCore::PutOutcome Put(std::uint32_t track, std::int64_t pts_ms, bool key,
                             const std::vector<std::uint8_t>& bytes) {
    Frame frame;
    frame.track_id = track;
    frame.pts = MediaTime::FromMillis(kEpochMs + pts_ms);
    frame.key_frame = key;
    frame.data = bytes;
    auto outcome = core_->PutFrame(frame, now_);
    Settle();
    return outcome;
  }
  // `seconds` of video with a key frame each second, 10 frames a second, from `start_ms`.
  void PutSeconds(int seconds, std::int64_t start_ms = 0, std::size_t size = 100) {
    for (int i = 0; i < seconds * 10; ++i) {
      const std::int64_t at = start_ms + i * 100;
      (void)PutVideo(at, at % 1000 == 0, size).status.ok();
    }
  }

  // Does what the core asks for, and reads what its sessions have to say.
  void Settle() {
    for (bool busy = true; busy;) {
      busy = false;
      for (const StreamCore::Action& action : core_->TakeActions()) {
        busy = true;
        if (const auto* call = std::get_if<StreamCore::MakeCall>(&action)) {
          calls_ += std::string(machine::Name(call->call)) + " ";
          Answer(call->call);
        } else if (const auto* open = std::get_if<StreamCore::OpenSession>(&action)) {
          opened_.push_back(open->session);
          starts_.push_back(open->start);
          if (connect_) {
            core_->OnSessionConnected(open->session, now_);
          }
          Read(open->session);
        } else if (const auto* wake = std::get_if<StreamCore::WakeSession>(&action)) {
          Read(wake->session);
        } else if (const auto* abort = std::get_if<StreamCore::AbortSession>(&action)) {
          aborted_.push_back(abort->session);
        } else if (std::holds_alternative<StreamCore::RefreshCredentials>(action)) {
          ++refreshes_;
        }
      }
      for (StreamEvent& event : core_->TakeEvents()) {
        events_.push_back(std::move(event));
      }
    }
  }
  void Answer(machine::Call call) {
    if (!answer_calls_) {
      return;
    }
    if (call == machine::Call::kDescribe) {
      core_->OnDescribed(machine::ServiceState::kActive, now_);
    } else {
      core_->OnCallDone(now_);
    }
  }
  void Read(std::uint64_t session) {
    std::vector<std::uint8_t> buffer(777);  // odd, so that heads and payloads are cut
    for (;;) {
      const auto pulled = core_->Pull(session, buffer, now_);
      auto& bytes = sent_[session];
      bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(pulled.bytes));
      if (pulled.status == UploadSession::PullStatus::kEnd) {
        core_->OnSessionEnded(session, Status(), {}, now_);
        return;
      }
      if (pulled.status != UploadSession::PullStatus::kMore) {
        return;
      }
    }
  }
  void Ack(std::uint64_t session, const std::string& type, std::int64_t ms, const std::string& more = "") {
    const std::string text = "{\"EventType\":\"" + type + "\",\"FragmentTimecode\":" + std::to_string(kEpochMs + ms) +
                             ",\"FragmentNumber\":\"1\"" + more + "}\n";
    core_->OnAckBytes(session, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, now_);
    Settle();
  }
  void Break(std::uint64_t session) {
    core_->OnSessionEnded(session, Status(StatusCode::kConnectionLost, "reset"), {}, now_);
    Settle();
  }
  void Pass(Duration duration) {
    const MonoTime until = now_.mono + duration;
    while (core_->deadline() && *core_->deadline() <= until) {
      const Duration step = std::max(*core_->deadline() - now_.mono, Duration());
      now_ = {now_.mono + step, now_.wall + step};
      core_->OnTimer(now_);
      Settle();
    }
    now_ = {until, now_.wall + (until - now_.mono)};
  }
  ScannedSession Sent(std::uint64_t session) { return MkvScan::Read(sent_[session]); }
  std::vector<std::int64_t> ClusterTimes(std::uint64_t session) {
    std::vector<std::int64_t> times;
    for (const auto& cluster : Sent(session).clusters) {
      times.push_back(cluster.timecode - kEpochMs);
    }
    return times;
  }
  template <typename Event>
  std::vector<Event> Told() const {
    std::vector<Event> found;
    for (const StreamEvent& event : events_) {
      if (const auto* one = std::get_if<Event>(&event)) {
        found.push_back(*one);
      }
    }
    return found;
  }

  static constexpr std::int64_t kEpochMs = 1'700'000'000'000;
  Now now_{MonoTime::FromSeconds(1000), WallTime::FromSeconds(1'700'000'000)};
  std::unique_ptr<StreamCore> core_;
  bool answer_calls_ = true;
  bool connect_ = true;
  std::string calls_;
  int refreshes_ = 0;
  std::vector<std::uint64_t> opened_;
  std::vector<WallTime> starts_;
  std::vector<std::uint64_t> aborted_;
  std::map<std::uint64_t, std::vector<std::uint8_t>> sent_;
  std::vector<StreamEvent> events_;
};

using Times = std::vector<std::int64_t>;

TEST_F(StreamCoreTest, LooksTheStreamUpAndSendsEachFrameAsItComes) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  EXPECT_EQ(calls_, "DescribeStream GetDataEndpoint ");
  EXPECT_TRUE(opened_.empty());  // nothing to send yet
  (void)PutVideo(0, true);
  ASSERT_EQ(opened_.size(), 1u);
  EXPECT_EQ(Sent(1).clusters.at(0).blocks.size(), 1u);
  (void)PutVideo(100, false);
  EXPECT_EQ(Sent(1).clusters.at(0).blocks.size(), 2u);
  EXPECT_EQ(Sent(1).headers, 1);
  EXPECT_EQ(Sent(1).tracks, std::vector<int>{1});
}

TEST_F(StreamCoreTest, PayloadArrivesByteForByte) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true, 50'000);
  const auto payload = Sent(1).clusters.at(0).blocks.at(0).payload;
  ASSERT_EQ(payload.size(), 50'004u);
  EXPECT_EQ(payload[4], 0x65);
  EXPECT_TRUE(std::all_of(payload.begin() + 5, payload.end(), [](std::uint8_t byte) { return byte == 0xAB; }));
}

TEST_F(StreamCoreTest, KeyFramesWithinASecondDoNotMakeShortFragments) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int i = 0; i < 40; ++i) {
    (void)PutVideo(i * 100, i % 3 == 0);
  }
  EXPECT_EQ(ClusterTimes(1), (Times{0, 1200, 2400, 3600}));
}

TEST_F(StreamCoreTest, AFragmentWithoutKeyFramesIsCutAtTenSeconds) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int i = 0; i < 250; ++i) {
    (void)PutVideo(i * 100, i == 0);
  }
  EXPECT_EQ(ClusterTimes(1), (Times{0, 10'100, 20'200}));
}

TEST_F(StreamCoreTest, WhatWasPersistedIsNotSentAgainAfterABreak) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(4);
  Ack(1, "RECEIVED", 0);
  Ack(1, "PERSISTED", 0);
  Ack(1, "RECEIVED", 1000);
  Break(1);
  EXPECT_EQ(Told<Disconnected>().size(), 1u);
  Pass(Duration::Seconds(1));
  ASSERT_EQ(opened_.size(), 2u);
  EXPECT_EQ(ClusterTimes(2), (Times{1000, 2000, 3000}));  // received is not persisted: the host may be dead
  EXPECT_EQ(Sent(2).headers, 1);
  EXPECT_EQ(Sent(2).clusters.at(0).blocks.size(), 10u);
  EXPECT_EQ(core_->metrics().fragments_persisted, 1u);
}

TEST_F(StreamCoreTest, AfterAnErrorOfALivingHostWhatItReceivedIsSafe) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(3);
  Ack(1, "RECEIVED", 0);
  Ack(1, "ERROR", 1000, ",\"ErrorId\":5000");
  EXPECT_EQ(aborted_, std::vector<std::uint64_t>{1});
  Pass(Duration::Seconds(1));
  EXPECT_EQ(ClusterTimes(2), (Times{1000, 2000}));
  EXPECT_EQ(core_->metrics().fragments_persisted, 1u);
}

TEST_F(StreamCoreTest, AFragmentThatTheServiceRejectsIsReportedAndNeverSentAgain) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(3);
  Ack(1, "ERROR", 1000, ",\"ErrorId\":4006,\"ErrorCode\":\"INVALID_MKV_DATA\"");
  Pass(Duration::Seconds(1));
  EXPECT_EQ(ClusterTimes(2), (Times{0, 2000}));
  const auto losses = Told<FramesLost>();
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].reason, LossReason::kRejected);
  EXPECT_EQ(losses[0].frames, 10u);
  EXPECT_NE(losses[0].detail.message().find("INVALID_MKV_DATA"), std::string::npos);
}

TEST_F(StreamCoreTest, ReconnectsWithBackOffAndKeepsEverything) {
  Make();
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int i = 0; i < 60; ++i) {
    core_->OnCallFailed(Status(StatusCode::kConnectFailed, "refused"), {}, now_);
    PutSeconds(1, i * 1000);
    Pass(Duration::Seconds(1));
  }
  // A minute of outage: few attempts, one message.
  const auto attempts = std::count(calls_.begin(), calls_.end(), ' ');
  EXPECT_GT(attempts, 5);
  EXPECT_LT(attempts, 30);
  EXPECT_EQ(Told<Disconnected>().size(), 1u);
  answer_calls_ = true;
  for (int i = 0; i < 3; ++i) {
    Pass(Duration::Seconds(10));
  }
  core_->OnDescribed(machine::ServiceState::kActive, now_);
  Settle();
  ASSERT_FALSE(opened_.empty());
  EXPECT_EQ(ClusterTimes(opened_.back()).size(), 60u);
  EXPECT_TRUE(Told<FramesLost>().empty());
}

TEST_F(StreamCoreTest, AFullStoreGivesUpWholeFragmentsOldestFirstAndSaysSo) {
  Make({}, 1 << 20);
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(30, 0, 10'000);  // 100 KB per second into 1 MiB
  answer_calls_ = true;
  core_->OnDescribed(machine::ServiceState::kActive, now_);
  Settle();
  const auto session = Sent(opened_.at(0));
  EXPECT_EQ(ClusterTimes(opened_.at(0)).back(), 29'000);
  EXPECT_GE(session.clusters.size(), 8u);
  for (const auto& cluster : session.clusters) {
    EXPECT_EQ(cluster.blocks.size(), 10u);
    EXPECT_TRUE(cluster.blocks.front().key_frame);
  }
  core_->Drain(Duration::Seconds(5), false, now_);
  Settle();
  const StreamMetrics metrics = core_->metrics();
  EXPECT_EQ(metrics.frames_lost_pressure, 300 - session.clusters.size() * 10);
  EXPECT_EQ(Told<FramesLost>().at(0).reason, LossReason::kPressure);
  EXPECT_EQ(Told<FramesLost>().at(0).first_pts.millis(), kEpochMs);
}

TEST_F(StreamCoreTest, AFragmentOnTheWireIsNeverEvicted) {
  Make({}, 1 << 20);
  connect_ = true;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true, 400'000);
  // The open fragment is being sent and fills the store: what does not fit is refused, not taken from it.
  (void)PutVideo(100, false, 400'000);
  const auto outcome = PutVideo(200, false, 400'000);
  EXPECT_EQ(outcome.status.code(), StatusCode::kStoreFull);
  EXPECT_EQ(Sent(1).clusters.at(0).blocks.size(), 2u);
  // What would refer to the lost frame is left out until the next key frame.
  (void)PutVideo(300, false, 10);
  EXPECT_EQ(core_->metrics().frames_lost_no_key, 1u);
  EXPECT_TRUE(Sent(1).whole);
}

TEST_F(StreamCoreTest, OfflineWaitsForRoomAndLosesNothing) {
  StreamConfig config;
  config.streaming_type = StreamingType::kOffline;
  Make(config, 1 << 20);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  int waits = 0;
  std::int64_t acked = 0;
  for (int i = 0; i < 100; ++i) {
    while (PutVideo(i * 100, i % 10 == 0, 30'000).wait_for_room) {
      ++waits;
      const auto times = ClusterTimes(1);
      ASSERT_LT(acked, static_cast<std::int64_t>(times.size()));
      Ack(1, "PERSISTED", times[static_cast<std::size_t>(acked)]);
      ++acked;
    }
  }
  EXPECT_GT(waits, 0);
  const auto session = Sent(1);
  std::size_t frames = 0;
  for (const auto& cluster : session.clusters) {
    frames += cluster.blocks.size();
  }
  EXPECT_EQ(frames, 100u);
  EXPECT_EQ(core_->metrics().frames_lost_pressure, 0u);
}

TEST_F(StreamCoreTest, OfflineEndsAFragmentThatFillsTheStoreByItself) {
  StreamConfig config;
  config.streaming_type = StreamingType::kOffline;
  Make(config, 1 << 20);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  int put = 0;
  while (!PutVideo(put * 100, put == 0, 100'000).wait_for_room) {
    ++put;
    ASSERT_LT(put, 20);
  }
  EXPECT_TRUE(Sent(1).clusters.at(0).end_tag);
  Ack(1, "PERSISTED", 0);
  EXPECT_FALSE(PutVideo(put * 100, false, 100'000).wait_for_room);
}

TEST_F(StreamCoreTest, TwoTracksShareFragmentsAndAudioNeverCutsThem) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  ASSERT_TRUE(core_->SetTrack(Audio(), now_).ok());
  for (int i = 0; i < 30; ++i) {
    (void)PutAudio(i * 100 + 10);
    (void)PutVideo(i * 100, i % 10 == 0);
  }
  EXPECT_EQ(Sent(1).tracks, (std::vector<int>{1, 2}));
  EXPECT_EQ(ClusterTimes(1), (Times{0, 1000, 2000}));
  std::int64_t latest = -1;
  for (const auto& cluster : Sent(1).clusters) {
    std::int64_t earliest = INT64_MAX;
    std::int64_t last = latest;
    for (const auto& block : cluster.blocks) {
      earliest = std::min(earliest, block.timecode);
      last = std::max(last, block.timecode);
    }
    EXPECT_GT(earliest, latest);
    latest = last;
  }
}

TEST_F(StreamCoreTest, WhenAudioEndsFirstTheRestGoesUnderAHeaderWithoutIt) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  ASSERT_TRUE(core_->SetTrack(Audio(), now_).ok());
  for (int i = 0; i < 40; ++i) {
    if (i < 15) {
      (void)PutAudio(i * 100 + 10);
    } else if (i == 15) {
      core_->EndTrack(kAudioId, now_);
      Settle();
    }
    (void)PutVideo(i * 100, i % 10 == 0);
  }
  Pass(Duration::Seconds(1));
  EXPECT_EQ(ClusterTimes(1), (Times{0, 1000}));
  ASSERT_EQ(opened_.size(), 2u);
  EXPECT_EQ(Sent(2).tracks, std::vector<int>{1});
  EXPECT_EQ(ClusterTimes(2), (Times{2000, 3000}));
  EXPECT_TRUE(Sent(1).clusters.back().end_tag);
}

TEST_F(StreamCoreTest, ATrackThatComesLateRestartsTheFragmentUnderAHeaderThatHasIt) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int i = 0; i < 5; ++i) {
    (void)PutVideo(i * 100, i == 0);
  }
  EXPECT_EQ(Sent(1).tracks, std::vector<int>{1});
  ASSERT_TRUE(core_->SetTrack(Audio(), now_).ok());
  (void)PutAudio(450);
  (void)PutVideo(500, false);
  Pass(Duration::Seconds(1));
  ASSERT_EQ(opened_.size(), 2u);
  EXPECT_EQ(aborted_, std::vector<std::uint64_t>{1});
  EXPECT_EQ(Sent(2).tracks, (std::vector<int>{1, 2}));
  EXPECT_EQ(Sent(2).clusters.at(0).blocks.size(), 7u);
}

TEST_F(StreamCoreTest, DrainEndsTheFragmentAndReportsWhenAllIsPersisted) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  core_->Drain(Duration::Seconds(10), false, now_);
  Settle();
  EXPECT_TRUE(Sent(1).clusters.back().end_tag);
  Ack(1, "PERSISTED", 0);
  EXPECT_TRUE(Told<Drained>().empty());
  Ack(1, "PERSISTED", 1000);
  ASSERT_EQ(Told<Drained>().size(), 1u);
  EXPECT_TRUE(Told<Drained>()[0].complete);
  EXPECT_EQ(core_->metrics().active_sessions, 0u);
  // The stream goes on.
  Pass(Duration::Seconds(1));
  (void)PutVideo(2000, true);
  EXPECT_EQ(ClusterTimes(2), Times{2000});
}

TEST_F(StreamCoreTest, StopEndsAtItsDeadlineAndSaysWhatWasLeft) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(3);
  Ack(1, "PERSISTED", 0);
  core_->Drain(Duration::Seconds(7), /*stop=*/true, now_);
  Settle();
  EXPECT_EQ(PutVideo(3000, true).status.code(), StatusCode::kStopped);
  Pass(Duration::Millis(6999));
  EXPECT_TRUE(Told<Drained>().empty());
  Pass(Duration::Millis(1));
  ASSERT_EQ(Told<Drained>().size(), 1u);
  EXPECT_FALSE(Told<Drained>()[0].complete);
  EXPECT_EQ(Told<Drained>()[0].frames_left, 20u);
  EXPECT_EQ(Told<Stopped>().size(), 1u);
  EXPECT_TRUE(core_->closed());
  EXPECT_EQ(core_->metrics().frames_lost_stopped, 20u);
}

TEST_F(StreamCoreTest, AnIdleStreamEndsItsFragmentAndLetsTheConnectionGo) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(1);
  Pass(Duration::Seconds(20));
  EXPECT_TRUE(Sent(1).clusters.back().end_tag);
  Ack(1, "PERSISTED", 0);
  EXPECT_EQ(core_->metrics().active_sessions, 0u);
  (void)PutVideo(60'000, true);
  EXPECT_EQ(ClusterTimes(2), Times{60'000});
}

TEST_F(StreamCoreTest, WithoutAcksTheConnectionIsPresumedDead) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  Pass(Duration::Seconds(61));
  EXPECT_EQ(aborted_, std::vector<std::uint64_t>{1});
  Pass(Duration::Seconds(1));
  EXPECT_EQ(ClusterTimes(2), (Times{0, 1000}));
}

TEST_F(StreamCoreTest, AnOldConnectionIsReplacedAtAFragmentBoundaryAndBothOverlap) {
  StreamConfig config;
  config.session_lifetime = Duration::Seconds(5);
  config.idle_timeout = Duration::Hours(1);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  Pass(Duration::Seconds(5));
  PutSeconds(2, 2000);
  EXPECT_EQ(ClusterTimes(1), (Times{0, 1000}));
  EXPECT_EQ(ClusterTimes(2), (Times{2000, 3000}));
  EXPECT_EQ(core_->metrics().active_sessions, 2u);
  // The old one dies before its last ack: what it carried is sent again, in a session of its own.
  Break(1);
  Pass(Duration::Seconds(1));
  PutSeconds(1, 4000);
  Pass(Duration::Seconds(1));
  ASSERT_EQ(opened_.size(), 3u);
  EXPECT_EQ(ClusterTimes(3), (Times{0, 1000, 4000}));
}

TEST_F(StreamCoreTest, RelativeTimesKeepTheirPlaceInTimeAcrossAReconnect) {
  StreamConfig config;
  config.absolute_fragment_times = false;
  config.media_epoch = WallTime();
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(3);
  EXPECT_EQ(starts_.at(0).millis(), kEpochMs);
  EXPECT_EQ(Sent(1).clusters.at(1).timecode, 1000);
  Break(1);
  Pass(Duration::Seconds(1));
  EXPECT_EQ(starts_.at(1).millis(), kEpochMs);
  EXPECT_EQ(Sent(2).clusters.at(1).timecode, 1000);
}

TEST_F(StreamCoreTest, ARefusalWithFreshCredentialsTooFailsTheStreamAndSaysWhy) {
  Make();
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true);
  core_->OnCallFailed(Status(StatusCode::kNotAuthorized, "DescribeStream was refused"), {}, now_);
  Settle();
  EXPECT_EQ(refreshes_, 1);
  EXPECT_TRUE(Told<StreamFailed>().empty());
  EXPECT_TRUE(Told<Disconnected>().empty());
  Pass(Duration::Seconds(1));
  EXPECT_EQ(calls_, "DescribeStream DescribeStream ");
  core_->OnCallFailed(Status(StatusCode::kNotAuthorized, "DescribeStream was refused"), {}, now_);
  Settle();
  ASSERT_EQ(Told<StreamFailed>().size(), 1u);
  EXPECT_EQ(PutVideo(100, false).status.code(), StatusCode::kNotAuthorized);
  core_->Drain(Duration::Seconds(5), /*stop=*/true, now_);
  Settle();
  EXPECT_TRUE(core_->closed());
}

TEST_F(StreamCoreTest, MissingTracksErrorIsMendedByAHeaderThatFits) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(3);
  Ack(1, "ERROR", 1000, ",\"ErrorId\":4011");
  Pass(Duration::Seconds(1));
  EXPECT_EQ(ClusterTimes(2), (Times{0, 1000, 2000}));
  // Once more about the same fragment: then it is not the header.
  Ack(2, "ERROR", 1000, ",\"ErrorId\":4011");
  Pass(Duration::Seconds(1));
  EXPECT_EQ(ClusterTimes(3), (Times{0, 2000}));
}

TEST_F(StreamCoreTest, FramesBeforeTheFirstKeyFrameAreCounted) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  EXPECT_TRUE(PutVideo(0, false).status.ok());
  (void)PutVideo(100, true);
  EXPECT_EQ(core_->metrics().frames_lost_no_key, 1u);
  EXPECT_EQ(Told<FramesLost>().at(0).reason, LossReason::kNoKeyFrame);
  EXPECT_EQ(ClusterTimes(1), Times{100});
}

TEST_F(StreamCoreTest, NewCodecDataBringsANewSessionWithANewHeader) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  Track changed = Video();
  changed.codec_private = Hex("0142c01fffe1000c6742c01fda0280f68400000301000468ce3c80");
  ASSERT_TRUE(core_->SetTrack(changed, now_).ok());
  PutSeconds(2, 2000);
  Pass(Duration::Seconds(1));
  EXPECT_EQ(ClusterTimes(1), (Times{0, 1000}));
  EXPECT_EQ(ClusterTimes(2), (Times{2000, 3000}));
}

TEST_F(StreamCoreTest, ATimeThatJumpsBackGoesOnWithoutTheJump) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(3, 10'000);
  PutSeconds(2, 0);
  const auto times = ClusterTimes(1);
  // The key frame that jumped follows its predecessor at once, within a second of the last cut: it cuts no fragment.
  ASSERT_EQ(times.size(), 4u);
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  EXPECT_LT(times[3] - times[2], 2000);
}

TEST_F(StreamCoreTest, UnknownTracksAndBrokenFramesAreRefused) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  EXPECT_EQ(PutAudio(0).status.code(), StatusCode::kUnknownTrack);
  EXPECT_EQ(Put(kVideoId, 0, true, {0, 0, 0, 9, 1}).status.code(), StatusCode::kInvalidNal);
  EXPECT_EQ(Put(kVideoId, 0, true, {}).status.code(), StatusCode::kInvalidFrame);
  EXPECT_EQ(core_->metrics().frames_lost_invalid, 2u);
}

}  // namespace
}  // namespace kvs
