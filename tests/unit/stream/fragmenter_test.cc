#include "pic/stream/fragmenter.h"

#include <gtest/gtest.h>

namespace kvs {
namespace {

using Cut = Fragmenter::Cut;

class FragmenterTest : public testing::Test {
 protected:
  FragmenterTest() {
    tracks_->tracks.resize(2);
    tracks_->versions = {1, 1};
    open_.tracks = tracks_;
    open_.timecode = 10'000;
    open_.earliest = 10'000;
    open_.latest = 10'000;
    open_.mask = 1;
    open_.frames = 1;
  }
  Fragmenter::Candidate Video(std::int64_t timecode, bool key) const {
    return {timecode, 40, 1000, 0, true, key, false, tracks_.get()};
  }
  Fragmenter::Candidate OnlyAudio(std::int64_t timecode) const {
    return {timecode, 21, 300, 0, true, true, true, tracks_.get()};
  }

  std::shared_ptr<TrackSet> tracks_ = std::make_shared<TrackSet>();
  Fragment open_;
  const Fragmenter by_key_{{1000, true, 2000}};
  const Fragmenter by_time_{{1000, false, 2000}};
};

TEST_F(FragmenterTest, CutsAtAKeyFrameButNeverWithinASecond) {
  EXPECT_EQ(by_key_.Decide(open_, Video(10'999, true)), Cut::kNone);
  EXPECT_EQ(by_key_.Decide(open_, Video(11'000, true)), Cut::kAtKeyFrame);
  EXPECT_EQ(by_key_.Decide(open_, Video(11'000, false)), Cut::kNone);
}

TEST_F(FragmenterTest, ByTimeCutsAtTheFirstKeyFrameAfterTheDuration) {
  EXPECT_EQ(by_time_.Decide(open_, Video(11'999, true)), Cut::kNone);
  EXPECT_EQ(by_time_.Decide(open_, Video(12'000, true)), Cut::kAtKeyFrame);
}

TEST_F(FragmenterTest, TheLengthCountsFromTheEarliestFrame) {
  open_.earliest = 9'960;  // shown before the frame that began the fragment
  open_.latest = 19'920;
  EXPECT_EQ(by_key_.Decide(open_, Video(19'920, false)), Cut::kNone);
  EXPECT_EQ(by_key_.Decide(open_, Video(19'921, false)), Cut::kForced);
}

TEST_F(FragmenterTest, AudioAloneIsCutByDuration) {
  EXPECT_EQ(by_key_.Decide(open_, OnlyAudio(11'500)), Cut::kNone);
  EXPECT_EQ(by_key_.Decide(open_, OnlyAudio(12'000)), Cut::kAtKeyFrame);
}

TEST_F(FragmenterTest, AudioThatOutlastsVideoStaysWithItUntilTheFragmentIsFull) {
  open_.mask = 3;
  open_.latest = 12'400;
  EXPECT_EQ(by_key_.Decide(open_, OnlyAudio(12'400)), Cut::kNone);
  EXPECT_EQ(by_key_.Decide(open_, OnlyAudio(12'421)), Cut::kNone);
  EXPECT_EQ(by_key_.Decide(open_, OnlyAudio(19'990)), Cut::kForced);
}

TEST_F(FragmenterTest, TheFirstKeyFrameJoinsTheAudioThatCameBefore) {
  open_.mask = 2;  // only audio so far
  EXPECT_EQ(by_key_.Decide(open_, Video(11'500, true)), Cut::kNone);
}

TEST_F(FragmenterTest, WithoutKeyFramesItIsCutBeforeTheServiceRefusesIt) {
  open_.latest = 19'920;
  EXPECT_EQ(by_key_.Decide(open_, Video(19'960, false)), Cut::kNone);  // ends at 20.000: 10 s are allowed
  EXPECT_EQ(by_key_.Decide(open_, Video(19'961, false)), Cut::kForced);
}

TEST_F(FragmenterTest, AForcedCutWaitsForAFrameThatIsLaterThanAllBefore) {
  open_.latest = 19'990;
  EXPECT_EQ(by_key_.Decide(open_, Video(19'970, false)), Cut::kNone);  // a B-frame
  EXPECT_EQ(by_key_.Decide(open_, Video(20'030, false)), Cut::kForced);
}

TEST_F(FragmenterTest, AFragmentOfTooManyBytesIsCut) {
  open_.bytes = 49'000'000;
  open_.latest = 10'960;
  EXPECT_EQ(by_key_.Decide(open_, Video(11'000, false)), Cut::kForced);
}

TEST_F(FragmenterTest, AFrameThatFitsIntoNoFragmentOverflows) {
  open_.bytes = 49'000'000;
  open_.latest = 10'920;
  EXPECT_EQ(by_key_.Decide(open_, Video(10'960, false)), Cut::kOverflow);  // cut here, it would be too short
  open_.latest = 11'080;
  EXPECT_EQ(by_key_.Decide(open_, Video(11'040, false)), Cut::kOverflow);  // or out of order
}

TEST_F(FragmenterTest, NewCodecDataBeginsAFragmentAtOnce) {
  auto changed = std::make_shared<TrackSet>(*tracks_);
  changed->versions[0] = 2;
  auto next = Video(10'040, true);
  next.tracks = changed.get();
  EXPECT_EQ(by_key_.Decide(open_, next), Cut::kNewTrack);
  open_.mask = 2;  // the track has no frames in the fragment yet
  EXPECT_EQ(by_key_.Decide(open_, next), Cut::kNone);
}

}  // namespace
}  // namespace kvs
