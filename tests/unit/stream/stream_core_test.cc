#include "tests/unit/stream/stream_core_fixture.h"

namespace kvs {
namespace {

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
  EXPECT_EQ(core_->metrics(now_.mono).fragments_persisted, 1u);
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
  EXPECT_EQ(core_->metrics(now_.mono).fragments_persisted, 1u);
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
  const StreamMetrics metrics = core_->metrics(now_.mono);
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
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_no_key, 1u);
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
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_pressure, 0u);
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
  EXPECT_EQ(core_->metrics(now_.mono).active_sessions, 0u);
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
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_stopped, 20u);
}

TEST_F(StreamCoreTest, AnIdleStreamEndsItsFragmentAndLetsTheConnectionGo) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(1);
  Pass(Duration::Seconds(20));
  EXPECT_TRUE(Sent(1).clusters.back().end_tag);
  Ack(1, "PERSISTED", 0);
  EXPECT_EQ(core_->metrics(now_.mono).active_sessions, 0u);
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
  EXPECT_EQ(core_->metrics(now_.mono).active_sessions, 2u);
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
  // A program may stop listening at the failure: what is lost by it comes first.
  ASSERT_EQ(Told<FramesLost>().size(), 1u);
  EXPECT_TRUE(std::holds_alternative<StreamFailed>(events_.back()));
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
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_no_key, 1u);
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
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_invalid, 2u);
}

// Golden: mkv.md vectors of a tag and of a notification.
TEST_F(StreamCoreTest, MetadataStandsInFrontOfTheNextCluster) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true);
  ASSERT_TRUE(core_->PutMetadata({"KEY", "VAL"}).ok());
  ASSERT_TRUE(core_->PutEvent({MediaEventType::kNotification, "", {}}).ok());
  (void)PutVideo(500, false);
  const std::size_t before = sent_[1].size();
  (void)PutVideo(1000, true);
  const auto tag = Hex("1254c367010000000000002e7373010000000000002467c8010000000000001a45a30100000000000003"
                       "4b45594487010000000000000356414c");
  const auto event = Hex("1254c36701000000000000457373010000000000003b67c8010000000000003145a3010000000000001d"
                         "4157535f4b494e45534953564944454f5f4e4f54494649434154494f4e44870100000000000000");
  const auto cluster = Hex("1f43b675ff");
  std::vector<std::uint8_t> expected = tag;
  expected.insert(expected.end(), event.begin(), event.end());
  expected.insert(expected.end(), cluster.begin(), cluster.end());
  const std::vector<std::uint8_t> sent(sent_[1].begin() + static_cast<std::ptrdiff_t>(before), sent_[1].end());
  ASSERT_GE(sent.size(), expected.size());
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), sent.begin()));
}

TEST_F(StreamCoreTest, MetadataIsSentAgainWithItsFragment) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  ASSERT_TRUE(core_->PutMetadata({"site", "gate", true}).ok());
  ASSERT_TRUE(core_->PutMetadata({"once", "first"}).ok());
  PutSeconds(2);
  Break(1);
  Pass(Duration::Seconds(1));
  const auto count = [this](const std::string& text) {
    const std::string bytes(sent_[2].begin(), sent_[2].end());
    int found = 0;
    for (std::size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count("site"), 2);
  EXPECT_EQ(count("once"), 1);
}

TEST_F(StreamCoreTest, MetadataThatNothingFollowsGoesBehindTheLastFragment) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(1);
  ASSERT_TRUE(core_->PutMetadata({"last", "words"}).ok());
  core_->Drain(Duration::Seconds(5), /*stop=*/true, now_);
  Settle();
  const std::string bytes(sent_[1].begin(), sent_[1].end());
  const std::size_t words = bytes.find("words");
  ASSERT_NE(words, std::string::npos);
  EXPECT_LT(words, bytes.find("AWS_KINESISVIDEO_END_OF_FRAGMENT"));
  EXPECT_EQ(core_->PutMetadata({"too", "late"}).code(), StatusCode::kStopped);
}

TEST_F(StreamCoreTest, TheSessionIsReplacedBeforeItsCredentialsExpire) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true);
  core_->OnSessionSigned(1, now_.wall + Duration::Minutes(15), now_);
  for (int second = 1; second < 14 * 60 + 20; ++second) {
    Pass(Duration::Seconds(1));
    (void)PutVideo(second * 1000, true);
    Ack(1, "PERSISTED", (second - 1) * 1000);
  }
  EXPECT_EQ(opened_.size(), 1u);
  Pass(Duration::Seconds(15));
  (void)PutVideo(14 * 60 * 1000 + 35'000, true);
  EXPECT_EQ(Told<SessionRotated>().size(), 1u);
  EXPECT_EQ(opened_.size(), 2u);
  EXPECT_EQ(core_->metrics(now_.mono).sessions_rotated, 1u);
  EXPECT_EQ(core_->metrics(now_.mono).sessions_failed, 0u);
}

TEST_F(StreamCoreTest, CredentialsThatLiveShorterThanASessionDoNotMakeItSpin) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true);
  core_->OnSessionSigned(1, now_.wall + Duration::Seconds(5), now_);
  Pass(Duration::Seconds(50));
  EXPECT_TRUE(Told<SessionRotated>().empty());
}

// Pictures of 20 MB, five a second: no fragment of at least a second can hold them.
TEST_F(StreamCoreTest, WhatNoFragmentCanHoldIsReportedAtOnceAndNotSent) {
  Make({}, std::uint64_t{512} << 20);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  for (int i = 0; i < 10; ++i) {
    (void)PutVideo(i * 200, i % 5 == 0, 20'000'000);
  }
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_too_large, 6u);  // three of each five
  const auto losses = Told<FramesLost>();
  ASSERT_FALSE(losses.empty());
  EXPECT_EQ(losses.front().reason, LossReason::kTooLarge);
  EXPECT_EQ(ClusterTimes(1), (Times{0, 1000}));
  for (const auto& cluster : Sent(1).clusters) {
    EXPECT_EQ(cluster.blocks.size(), 2u);
  }
}

TEST_F(StreamCoreTest, AFrameThatIsLargerThanAFragmentIsRefused) {
  Make({}, std::uint64_t{512} << 20);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  EXPECT_EQ(PutVideo(0, true, 50'000'000).status.code(), StatusCode::kTooLarge);
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_too_large, 1u);
  EXPECT_EQ(core_->metrics(now_.mono).put_errors, 1u);
}

TEST_F(StreamCoreTest, PressureIsToldWhenItBeginsAndWhenItIsOver) {
  StreamConfig config;
  config.buffer_duration = Duration::Seconds(20);
  config.max_latency = Duration::Seconds(5);
  Make(config);
  connect_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  answer_calls_ = false;  // nothing can be sent
  core_->OnCallFailed(Status(StatusCode::kConnectFailed, "refused"), {}, now_);
  PutSeconds(30);
  auto told = Told<Pressure>();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].kind, PressureKind::kLatency);
  EXPECT_EQ(told[1].kind, PressureKind::kWindow);
  EXPECT_TRUE(told[0].on && told[1].on);
  EXPECT_GE(told[1].stored_duration, Duration::Seconds(19));
  EXPECT_EQ(core_->metrics(now_.mono).latency_pressures, 1u);
  EXPECT_EQ(core_->metrics(now_.mono).window_pressures, 1u);
  events_.clear();
  answer_calls_ = connect_ = true;
  Pass(Duration::Seconds(20));
  Ack(opened_.back(), "PERSISTED", ClusterTimes(opened_.back()).front());
  for (const std::int64_t at : ClusterTimes(opened_.back())) {
    Ack(opened_.back(), "PERSISTED", at);
  }
  told = Told<Pressure>();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_FALSE(told[0].on || told[1].on);
}

TEST_F(StreamCoreTest, AStreamThatIsFullDoesNotTakeTheRoomOfAnother) {
  Make();
  StreamCore::Options options;
  options.config.name = "full";
  options.config.streaming_type = StreamingType::kOffline;
  options.pool = std::make_shared<BlockPool>(std::uint64_t{4} << 20);
  StreamCore full(options);
  options.config.name = "live";
  options.config.streaming_type = StreamingType::kRealtime;
  StreamCore live(options);
  ASSERT_TRUE(full.SetTrack(Video(), now_).ok());
  ASSERT_TRUE(live.SetTrack(Video(), now_).ok());
  std::vector<std::uint8_t> bytes(20'000, 0xAB);
  bytes[0] = bytes[1] = 0;
  bytes[2] = 19'996 >> 8;
  bytes[3] = 19'996 & 0xFF;
  bytes[4] = 0x65;
  Frame frame;
  frame.track_id = kVideoId;
  frame.data = bytes;
  const auto put = [&](StreamCore& core, int i) {
    frame.pts = MediaTime::FromMillis(kEpochMs + i * 40);
    frame.key_frame = i % 25 == 0;
    return core.PutFrame(frame, now_);
  };
  int held = 0;
  while (!put(full, held).wait_for_room) {
    ++held;
  }
  EXPECT_GT(held, 100);  // well over half of the memory
  for (int i = 0; i < 500; ++i) {
    EXPECT_TRUE(put(live, i).status.ok()) << i;
  }
  EXPECT_GT(live.metrics(now_.mono).stored_frames, 25u);
}

TEST_F(StreamCoreTest, LatenciesOfAFragmentAreMeasured) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true);
  Pass(Duration::Millis(300));
  Ack(1, "BUFFERING", 0);
  Pass(Duration::Millis(600));
  (void)PutVideo(900, false);
  (void)PutVideo(1000, true);
  Pass(Duration::Millis(50));
  Ack(1, "RECEIVED", 0);
  Pass(Duration::Millis(150));
  Ack(1, "PERSISTED", 0);
  const StreamMetrics metrics = core_->metrics(now_.mono);
  EXPECT_EQ(metrics.put_to_buffering.last.millis(), 300);
  EXPECT_EQ(metrics.put_to_received.last.millis(), 50);
  EXPECT_EQ(metrics.put_to_persisted.last.millis(), 200);
  EXPECT_EQ(metrics.connect.count, 1u);
  EXPECT_EQ(metrics.control_call.count, 2u);
  EXPECT_EQ(metrics.unsent_duration.millis(), 1);  // the open fragment
}

TEST_F(StreamCoreTest, TagsAreGivenUpAfterSomeTries) {
  StreamConfig config;
  config.tags = {{"a", "b"}};
  Make(config);
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  core_->OnDescribed(machine::ServiceState::kActive, now_);
  Settle();
  for (int i = 1; i < machine::kTagTries; ++i) {
    core_->OnCallFailed(Status(StatusCode::kServiceFailure, "500"), {}, now_);
    Settle();
    Pass(Duration::Seconds(11));
  }
  EXPECT_EQ(calls_, "DescribeStream TagStream TagStream TagStream TagStream TagStream TagStream ");
  core_->OnCallFailed(Status(StatusCode::kServiceFailure, "500"), {}, now_);
  Settle();
  EXPECT_TRUE(calls_.ends_with("TagStream GetDataEndpoint ")) << calls_;
  EXPECT_EQ(core_->metrics(now_.mono).call_retries, 5u);
}

// An end that is never answered, on a line that died without a word.
TEST_F(StreamCoreTest, AnAnswerThatDoesNotEndIsHungUpOn) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true);
  core_->Drain(Duration::Seconds(5), /*stop=*/false, now_);
  Settle();
  end_answers_ = false;
  Ack(1, "PERSISTED", 0);
  EXPECT_EQ(core_->metrics(now_.mono).active_sessions, 1u);
  Pass(Duration::Seconds(31));
  EXPECT_EQ(aborted_, std::vector<std::uint64_t>{1});
  EXPECT_EQ(core_->metrics(now_.mono).active_sessions, 0u);
  EXPECT_EQ(core_->metrics(now_.mono).sessions_failed, 0u);
  (void)PutVideo(40'000, true);
  EXPECT_EQ(opened_.size(), 2u);
}

// The end of an older session ends the newer one before it was answered or had sent anything.
TEST_F(StreamCoreTest, ASessionThatEndsBeforeItIsAnsweredIsNotWaitedForForEver) {
  StreamConfig config;
  config.session_lifetime = Duration::Seconds(10);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  connect_ = end_answers_ = false;
  Pass(Duration::Seconds(10));  // session 1 takes no more, and waits for its acks
  mute_ = 2;
  (void)PutVideo(2'000, true);
  (void)PutVideo(12'000, true);
  ASSERT_EQ(opened_.size(), 2u);
  Break(1);  // what it carried is older than what session 2 has
  mute_ = 0;
  Read(2);
  Pass(Duration::Seconds(45));
  EXPECT_EQ(opened_.size(), 3u);
}

TEST_F(StreamCoreTest, ARefusalOfAStreamThatHasWorkedIsAnOutage) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  Ack(1, "PERSISTED", 0);
  connect_ = false;
  const auto refuse = [this] {
    core_->OnSessionEnded(opened_.back(), Status(StatusCode::kNotAuthorized, "403").WithService(403, "AccessDenied", ""),
                          {}, now_);
    Settle();
    Pass(Duration::Seconds(11));
  };
  refuse();
  EXPECT_TRUE(Told<Disconnected>().empty());  // the next credentials may do
  for (int i = 0; i < 20; ++i) {
    refuse();
  }
  EXPECT_EQ(Told<Disconnected>().size(), 1u);
  EXPECT_TRUE(Told<StreamFailed>().empty());
  EXPECT_EQ(refreshes_, 21);
  EXPECT_EQ(opened_.size(), 22u);
}

TEST_F(StreamCoreTest, AnEndpointThatDoesNotAnswerIsAskedForAgain) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  connect_ = false;
  (void)PutVideo(0, true);
  for (const StatusCode code : {StatusCode::kConnectFailed, StatusCode::kNameResolutionFailed, StatusCode::kTlsFailed,
                                StatusCode::kNetworkTimeout, StatusCode::kConnectionLost}) {
    calls_.clear();
    core_->OnSessionEnded(opened_.back(), Status(code, "nobody there"), {}, now_);
    Settle();
    Pass(Duration::Seconds(11));
    EXPECT_EQ(calls_, "GetDataEndpoint ") << Describe(code).name;
  }
  calls_.clear();
  core_->OnSessionEnded(opened_.back(), Status(StatusCode::kServiceFailure, "busy").WithService(503, "", ""), {}, now_);
  Settle();
  Pass(Duration::Seconds(11));
  EXPECT_EQ(calls_, "");  // it is there
}

// The control plane works, and nobody listens at the data endpoint: each failure costs two tries.
TEST_F(StreamCoreTest, AnOutageSeesNoMoreThanATryASecondOfWhateverKind) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  Ack(1, "PERSISTED", 0);
  connect_ = false;
  calls_.clear();
  const MonoTime began = now_.mono;
  std::size_t handled = opened_.size();
  Break(1);
  while (now_.mono - began < Duration::Seconds(120)) {
    if (opened_.size() > handled) {
      handled = opened_.size();
      core_->OnSessionEnded(opened_.back(), Status(StatusCode::kConnectFailed, "refused"), {}, now_);
      Settle();
    }
    Pass(Duration::Millis(50));
    const auto calls = static_cast<std::int64_t>(std::count(calls_.begin(), calls_.end(), ' '));
    const std::int64_t tries = calls + static_cast<std::int64_t>(opened_.size()) - 1;
    if (now_.mono - began >= Duration::Seconds(10)) {
      ASSERT_LE(tries, (now_.mono - began).seconds());
    }
  }
}

}  // namespace
}  // namespace kvs
