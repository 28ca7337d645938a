#include "PutFrameHelper.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace com::amazonaws::kinesis::video {

// Stands in for that of the library, which the helper alone does not need: a stream that only takes frames.
std::vector<Frame> frames_put;
bool takes_frames = true;

KinesisVideoStream::KinesisVideoStream(const KinesisVideoProducer& producer, const std::string stream_name)
    : stream_handle_(1), kinesis_video_producer_(producer), stream_name_(stream_name), stream_closed_(false) {}

KinesisVideoStream::~KinesisVideoStream() = default;

bool KinesisVideoStream::putFrame(KinesisVideoFrame& frame) const {
  frames_put.push_back(frame);
  return takes_frames;
}

}  // namespace com::amazonaws::kinesis::video

namespace {

using com::amazonaws::kinesis::video::frames_put;
using com::amazonaws::kinesis::video::KinesisVideoProducer;
using com::amazonaws::kinesis::video::KinesisVideoStream;
using com::amazonaws::kinesis::video::PutFrameHelper;
using com::amazonaws::kinesis::video::takes_frames;

class FakeStream : public KinesisVideoStream {
 public:
  // There is no producer: nothing here asks for it.
  FakeStream() : KinesisVideoStream(reinterpret_cast<const KinesisVideoProducer&>(no_producer_), "stream") {}

 private:
  alignas(std::max_align_t) static inline std::byte no_producer_[1];
};

class PutFrameHelperTest : public testing::Test {
 protected:
  PutFrameHelperTest() : helper_(std::make_shared<FakeStream>()) {
    frames_put.clear();
    takes_frames = true;
  }

  PutFrameHelper helper_;
};

TEST_F(PutFrameHelperTest, HasRoomForFramesOfEachKind) {
  uint8_t* const video = helper_.getFrameDataBuffer(10, true);
  uint8_t* const audio = helper_.getFrameDataBuffer(10, false);
  ASSERT_NE(nullptr, video);
  EXPECT_NE(video, audio);
  EXPECT_EQ(video, helper_.getFrameDataBuffer(10, true)) << "used again";
  const uint32_t large = 1 << 20;
  uint8_t* const larger = helper_.getFrameDataBuffer(large, true);
  larger[large - 1] = 1;
}

TEST_F(PutFrameHelperTest, FramesGoStraightToTheStream) {
  Frame frame = {};
  frame.trackId = 2;
  helper_.putFrameMultiTrack(frame, false);
  helper_.flush();
  helper_.putEofr();
  ASSERT_EQ(2U, frames_put.size());
  EXPECT_EQ(2U, frames_put[0].trackId);
  EXPECT_EQ(FRAME_FLAG_END_OF_FRAGMENT, frames_put[1].flags);
  EXPECT_FALSE(helper_.putFrameFailed());
}

TEST_F(PutFrameHelperTest, RemembersThatAFrameWasRefused) {
  takes_frames = false;
  helper_.putFrameMultiTrack(Frame(), true);
  takes_frames = true;
  helper_.putFrameMultiTrack(Frame(), true);
  EXPECT_TRUE(helper_.putFrameFailed());
}

}  // namespace
