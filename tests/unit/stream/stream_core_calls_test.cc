// Calls that programs make besides putting frames, and what they are told one by one.
#include "tests/unit/stream/stream_core_fixture.h"

namespace kvs {
namespace {

TEST_F(StreamCoreTest, AStreamSaysWhenItIsReady) {
  Make();
  EXPECT_FALSE(core_->was_ready());
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  EXPECT_TRUE(core_->was_ready());
  EXPECT_EQ(Told<StreamReady>().size(), 1u);
  PutSeconds(2);
  EXPECT_EQ(Told<StreamReady>().size(), 1u);
}

TEST_F(StreamCoreTest, AStreamThatExistsIsNotLookedUp) {
  StreamConfig config;
  config.assume_exists = true;
  config.tags = {{"floor", "5"}};
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  EXPECT_EQ(calls_, "GetDataEndpoint ");
  EXPECT_EQ(Told<StreamReady>().size(), 1u);
}

TEST_F(StreamCoreTest, AStreamThatDoesNotExistAfterAllIsNotCreated) {
  StreamConfig config;
  config.assume_exists = true;
  Make(config);
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  const Status missing(StatusCode::kStreamNotFound, "no such stream");
  core_->OnCallFailed(missing, {}, now_);
  Pass(Duration::Seconds(20));
  EXPECT_EQ(calls_, "GetDataEndpoint DescribeStream ");
  core_->OnCallFailed(missing, {}, now_);
  EXPECT_EQ(core_->failure().code(), StatusCode::kStreamNotFound);
}

TEST_F(StreamCoreTest, AFragmentEndsWhenItsUserSaysSoAndTheConnectionStays) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  EXPECT_EQ(core_->EndFragment(now_).code(), StatusCode::kInvalidState);
  (void)PutVideo(0, true);
  (void)PutVideo(100, false);
  ASSERT_TRUE(core_->EndFragment(now_).ok());
  Settle();
  EXPECT_EQ(core_->EndFragment(now_).code(), StatusCode::kInvalidState);
  ASSERT_EQ(Sent(1).clusters.size(), 1u);
  EXPECT_TRUE(Sent(1).clusters[0].end_tag);
  (void)PutVideo(200, true);
  EXPECT_EQ(core_->metrics(now_.mono).stored_fragments, 2u);
  core_->Drain(Duration::Seconds(5), /*stop=*/true, now_);
  EXPECT_EQ(core_->EndFragment(now_).code(), StatusCode::kStopped);
}

TEST_F(StreamCoreTest, ANewConnectionCarriesWhatTheServiceMayNotHave) {
  Make();
  core_->Reconnect(now_);  // nothing to break off
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(3);
  Ack(1, "PERSISTED", 0);
  Pass(Duration::Seconds(1));
  core_->Reconnect(now_);
  Settle();
  EXPECT_EQ(aborted_, (std::vector<std::uint64_t>{1}));
  ASSERT_EQ(opened_.size(), 2u);
  PutSeconds(1, 3000);
  EXPECT_EQ(ClusterTimes(2), (Times{1000, 2000, 3000}));
  EXPECT_TRUE(Told<FramesLost>().empty());
  EXPECT_TRUE(Told<Disconnected>().empty());
}

TEST_F(StreamCoreTest, AStreamThatIsOnlyHungUpOnClosesAfterANewConnectionWasAskedFor) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(1);
  end_answers_ = false;
  core_->Drain(Duration::Seconds(5), /*stop=*/true, now_);
  Settle();
  Ack(1, "PERSISTED", 0);
  core_->Reconnect(now_);
  Settle();
  EXPECT_EQ(Told<Stopped>().size(), 1u);
  EXPECT_EQ(core_->metrics(now_.mono).frames_persisted, 10u);
}

TEST_F(StreamCoreTest, EachFrameThatIsLostIsToldWhereThatIsWanted) {
  StreamConfig config;
  config.tell_each_loss = true;
  config.buffer_duration = Duration::Seconds(2);
  Make(config);
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(4);
  Pass(Duration::Seconds(10));
  const auto each = Told<FrameLost>();
  std::uint64_t sum = 0;
  for (const FramesLost& loss : Told<FramesLost>()) {
    sum += loss.frames;
  }
  ASSERT_EQ(each.size(), sum);
  ASSERT_GE(each.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(each[i].reason, LossReason::kPressure);
    EXPECT_EQ(each[i].track_id, kVideoId);
    EXPECT_EQ(each[i].pts, MediaTime::FromMillis(kEpochMs + static_cast<std::int64_t>(i) * 100));
    EXPECT_EQ(each[i].begins_fragment, i == 0);
  }
}

TEST_F(StreamCoreTest, LossesAreToldInSumWhereNothingElseIsWanted) {
  StreamConfig config;
  config.buffer_duration = Duration::Seconds(2);
  Make(config);
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(4);
  EXPECT_FALSE(Told<FramesLost>().empty());
  EXPECT_TRUE(Told<FrameLost>().empty());
}

TEST_F(StreamCoreTest, AFullStreamMayRefuseWhatIsNewInsteadOfGivingUpWhatIsOld) {
  StreamConfig config;
  config.keep_oldest = true;
  config.buffer_duration = Duration::Seconds(2);
  Make(config);
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  (void)PutVideo(2000, true);
  EXPECT_EQ(PutVideo(2100, false).status.code(), StatusCode::kStoreFull);
  EXPECT_EQ(core_->metrics(now_.mono).stored_frames, 21u);
  EXPECT_EQ(core_->metrics(now_.mono).frames_lost_pressure, 1u);
}

TEST_F(StreamCoreTest, SilenceOfAConnectionIsToldOfEachOne) {
  StreamConfig config;
  config.connection_staleness = Duration::Seconds(5);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  PutSeconds(2);
  Pass(Duration::Seconds(6));
  const auto stale = Told<ConnectionStale>();
  ASSERT_EQ(stale.size(), 1u);
  EXPECT_EQ(stale[0].session, 1u);
  EXPECT_EQ(stale[0].silence, Duration::Seconds(5));
}

TEST_F(StreamCoreTest, AnOutageSaysWhetherACallOrAConnectionFailed) {
  Make();
  answer_calls_ = false;
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  core_->OnCallFailed(Status(StatusCode::kThrottled, "later"), {}, now_);
  answer_calls_ = true;
  Settle();
  ASSERT_EQ(Told<Disconnected>().size(), 1u);
  EXPECT_TRUE(Told<Disconnected>()[0].calling);
  Pass(Duration::Seconds(20));
  PutSeconds(1);
  ASSERT_EQ(opened_.size(), 1u);
  Break(1);
  ASSERT_EQ(Told<Disconnected>().size(), 2u);
  EXPECT_FALSE(Told<Disconnected>()[1].calling);
}

TEST_F(StreamCoreTest, AConnectionThatCannotBeOpenedIsNoCall) {
  Make();
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  Settle();
  PutSeconds(1);
  ASSERT_EQ(opened_.size(), 1u);
  core_->OnSessionEnded(1, Status(StatusCode::kThrottled, "later"), {}, now_);  // before its head
  Settle();
  ASSERT_EQ(Told<Disconnected>().size(), 1u);
  EXPECT_FALSE(Told<Disconnected>()[0].calling);
}

TEST_F(StreamCoreTest, TheSegmentHasTheUidThatItWasGiven) {
  StreamConfig config;
  config.segment_uid.emplace();
  config.segment_uid->fill(0x5A);
  Make(config);
  ASSERT_TRUE(core_->SetTrack(Video(), now_).ok());
  (void)PutVideo(0, true);
  const std::string bytes(sent_[1].begin(), sent_[1].end());
  EXPECT_NE(bytes.find(std::string("\x73\xA4\x90", 3) + std::string(16, '\x5A')), std::string::npos);
}

}  // namespace
}  // namespace kvs
