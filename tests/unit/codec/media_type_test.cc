#include "pic/codec/media_type.h"

#include <gtest/gtest.h>

namespace kvs::codec {
namespace {

std::string_view TypeOf(TrackType type, Codec codec) {
  Track track;
  track.type = type;
  track.codec = codec;
  return MediaTypeOf(track);
}

TEST(MediaTypeTest, NamesTheCodec) {
  EXPECT_EQ(TypeOf(TrackType::kVideo, Codec::kH264), "video/h264");
  EXPECT_EQ(TypeOf(TrackType::kVideo, Codec::kH265), "video/h265");
  EXPECT_EQ(TypeOf(TrackType::kAudio, Codec::kAac), "audio/aac");
  EXPECT_EQ(TypeOf(TrackType::kAudio, Codec::kALaw), "audio/alaw");
  EXPECT_EQ(TypeOf(TrackType::kAudio, Codec::kMuLaw), "audio/mulaw");
}

TEST(MediaTypeTest, NamesTheKindWhereTheCodecIsNotKnown) {
  EXPECT_EQ(TypeOf(TrackType::kVideo, Codec::kOther), "video/x-matroska");
  EXPECT_EQ(TypeOf(TrackType::kAudio, Codec::kOther), "audio/x-matroska");
}

// The service has no names for them, and takes what Matroska can carry.
TEST(MediaTypeTest, NamesTheKindWhereTheServiceHasNoName) {
  EXPECT_EQ(TypeOf(TrackType::kVideo, Codec::kAv1), "video/x-matroska");
  EXPECT_EQ(TypeOf(TrackType::kVideo, Codec::kMjpeg), "video/x-matroska");
  EXPECT_EQ(TypeOf(TrackType::kAudio, Codec::kOpus), "audio/x-matroska");
  EXPECT_EQ(TypeOf(TrackType::kAudio, Codec::kPcm), "audio/x-matroska");
}

}  // namespace
}  // namespace kvs::codec
