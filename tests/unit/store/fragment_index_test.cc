#include "pic/store/fragment_index.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "pic/store/memory_store.h"

namespace kvs {
namespace {

class FragmentIndexTest : public testing::Test {
 protected:
  FragmentIndexTest() {
    tracks_->tracks.resize(2);
    tracks_->versions = {1, 1};
  }
  void AddFragment(std::int64_t timecode, int frames) {
    index_.Close(false);
    index_.Open(timecode, tracks_);
    for (int i = 0; i < frames; ++i) {
      AddFrame(timecode + i * 10);
    }
  }
  void AddFrame(std::int64_t timecode, std::uint8_t track = 0) {
    const std::vector<std::uint8_t> bytes(1000, 1);
    const Bytes part(bytes);
    StoredFrame frame;
    frame.ref = *store_.Put({&part, 1}, bytes.size());
    frame.timecode = timecode;
    frame.track = track;
    index_.Append(frame);
  }

  std::shared_ptr<TrackSet> tracks_ = std::make_shared<TrackSet>();
  MemoryStore store_{std::make_shared<BlockPool>(1 << 20)};
  FragmentIndex index_{store_};
};

TEST_F(FragmentIndexTest, FindsAFragmentByTheTimecodeOfItsCluster) {
  for (int i = 0; i < 20; ++i) {
    AddFragment(1000 * i, 3);
  }
  EXPECT_EQ(index_.FindByTimecode(7000), std::optional<std::uint64_t>(7));
  EXPECT_EQ(index_.FindByTimecode(7001), std::nullopt);
  EXPECT_EQ(index_.FindByTimecode(20000), std::nullopt);
}

TEST_F(FragmentIndexTest, FloorIsAboveEveryFrameSoFar) {
  AddFragment(1000, 1);
  AddFrame(1500);
  AddFrame(1400);  // a B-frame
  EXPECT_EQ(index_.floor(), 1501);
}

TEST_F(FragmentIndexTest, ReleasesRoomOnceAndForgetsFromTheFront) {
  AddFragment(0, 2);
  AddFragment(1000, 2);
  AddFragment(2000, 2);
  index_.Finish(1, FragmentState::kPersisted);  // out of order
  EXPECT_EQ(store_.bytes(), 4000u);
  EXPECT_EQ(index_.begin(), 0u);
  EXPECT_EQ(index_.live_frames(), 4u);
  index_.Finish(0, FragmentState::kPersisted);
  EXPECT_EQ(index_.begin(), 2u);
  EXPECT_EQ(index_.records(), 2u);
  index_.Release(2);
  index_.Release(2);
  EXPECT_EQ(store_.bytes(), 0u);
  index_.Finish(2, FragmentState::kLost);
  EXPECT_TRUE(index_.empty());
}

TEST_F(FragmentIndexTest, EvictsTheOldestThatIsNotOnTheWire) {
  AddFragment(0, 1);
  AddFragment(1000, 1);
  AddFragment(2000, 1);
  index_.fragment(0).state = FragmentState::kSending;
  EXPECT_EQ(index_.OldestEvictable(), std::optional<std::uint64_t>(1));
  index_.fragment(0).state = FragmentState::kSent;
  EXPECT_EQ(index_.OldestEvictable(), std::optional<std::uint64_t>(0));
  index_.Release(0);
  EXPECT_EQ(index_.OldestEvictable(), std::optional<std::uint64_t>(1));
}

TEST_F(FragmentIndexTest, SpanCountsWhatCanStillBeSent) {
  AddFragment(1000, 1);
  AddFragment(3000, 1);
  EXPECT_EQ(index_.LiveSpan(), 2001);
  index_.Finish(0, FragmentState::kPersisted);
  EXPECT_EQ(index_.LiveSpan(), 1);
}

TEST_F(FragmentIndexTest, MaskNamesTheTracksThatHaveFrames) {
  AddFragment(0, 1);
  EXPECT_EQ(index_.fragment(0).mask, 1u);
  AddFrame(5, 1);
  EXPECT_EQ(index_.fragment(0).mask, 3u);
}

TEST_F(FragmentIndexTest, WhatWasLeftOutIsNoSpan) {
  AddFragment(1000, 2);
  index_.Close(false);
  index_.Open(50'000, tracks_, /*apart=*/true);
  AddFrame(50'000);
  AddFrame(50'010);
  EXPECT_EQ(index_.LiveSpan(), 11 + 11);
  EXPECT_EQ(index_.EvictableSpan(), 11 + 11);
  EXPECT_EQ(index_.Unsent().span, 11 + 11);
  EXPECT_EQ(index_.UnsentSpan(), 11 + 11);
  index_.Finish(0, FragmentState::kPersisted);
  EXPECT_EQ(index_.LiveSpan(), 11);
}

}  // namespace
}  // namespace kvs
