#include "plugin/caps.h"

#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pic/codec/media_type.h"
#include "plugin/gst_ptr.h"
#include "tests/plugin/gst_environment.h"

namespace kvs::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The start of an avcC: 4-byte lengths.
constexpr char kCodecData[] = "codec_data=(buffer)0164001fffe10001";

Result<Track> FromText(const std::string& text) {
  const CapsPtr caps(gst_caps_from_string(text.c_str()));
  return TrackFromCaps(caps.get());
}

struct GoodCase {
  std::string caps;
  TrackType type;
  Codec codec;
  FrameFormat format;
  std::size_t private_bytes;
  std::string media_type;
  friend void PrintTo(const GoodCase& c, std::ostream* out) { *out << c.caps; }
};

class GoodCapsTest : public ::testing::TestWithParam<GoodCase> {};

TEST_P(GoodCapsTest, BecomeATrack) {
  const GoodCase& c = GetParam();
  const Result<Track> track = FromText(c.caps);
  ASSERT_TRUE(track.ok()) << track.status().ToString();
  EXPECT_EQ(track->type, c.type);
  EXPECT_EQ(track->codec, c.codec);
  EXPECT_EQ(track->format, c.format);
  EXPECT_EQ(track->codec_private.size(), c.private_bytes);
  EXPECT_EQ(codec::MediaTypeOf(*track), c.media_type);
}

const std::string kH264 = "video/x-h264, alignment=au, width=640, height=480, stream-format=";
const std::string kH265 = "video/x-h265, alignment=au, stream-format=";
INSTANTIATE_TEST_SUITE_P(
    All, GoodCapsTest,
    ::testing::Values(GoodCase{kH264 + "avc, " + kCodecData, TrackType::kVideo, Codec::kH264,
                               FrameFormat::kAvc, 8, "video/h264"},
                      GoodCase{kH264 + "avc3", TrackType::kVideo, Codec::kH264,
                               FrameFormat::kAvcInBand, 0, "video/h264"},
                      GoodCase{kH264 + "byte-stream", TrackType::kVideo, Codec::kH264,
                               FrameFormat::kAnnexB, 0, "video/h264"},
                      GoodCase{kH265 + "hvc1, " + kCodecData, TrackType::kVideo, Codec::kH265,
                               FrameFormat::kAvc, 8, "video/h265"},
                      GoodCase{kH265 + "hev1", TrackType::kVideo, Codec::kH265,
                               FrameFormat::kAvcInBand, 0, "video/h265"},
                      GoodCase{kH265 + "byte-stream", TrackType::kVideo, Codec::kH265,
                               FrameFormat::kAnnexB, 0, "video/h265"},
                      GoodCase{
                          "audio/mpeg, mpegversion=4, stream-format=raw, codec_data=(buffer)1190",
                          TrackType::kAudio, Codec::kAac, FrameFormat::kRaw, 2, "audio/aac"},
                      GoodCase{"audio/mpeg, mpegversion=2, stream-format=adts, framed=true",
                               TrackType::kAudio, Codec::kAac, FrameFormat::kAdts, 0, "audio/aac"},
                      GoodCase{"audio/x-alaw, rate=8000, channels=1", TrackType::kAudio,
                               Codec::kALaw, FrameFormat::kRaw, 18, "audio/alaw"},
                      GoodCase{"audio/x-mulaw, rate=8000, channels=2", TrackType::kAudio,
                               Codec::kMuLaw, FrameFormat::kRaw, 18, "audio/mulaw"}));

TEST(CapsTest, TakeSizeAndRateOver) {
  const Result<Track> video = FromText(kH264 + "byte-stream");
  EXPECT_EQ(video->width, 640U);
  EXPECT_EQ(video->height, 480U);
  const Result<Track> audio = FromText("audio/x-alaw, rate=16000, channels=2");
  EXPECT_EQ(audio->sample_rate, 16000U);
  EXPECT_EQ(audio->channels, 2U);
}

struct BadCase {
  std::string caps;
  StatusCode code;
  std::string what;
  std::string advice;
  friend void PrintTo(const BadCase& c, std::ostream* out) { *out << c.caps; }
};

class BadCapsTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadCapsTest, AreRefusedWithAdvice) {
  const BadCase& c = GetParam();
  const Result<Track> track = FromText(c.caps);
  ASSERT_FALSE(track.ok());
  EXPECT_EQ(track.status().code(), c.code);
  EXPECT_THAT(track.status().message(), AllOf(HasSubstr(c.what), HasSubstr(c.advice)));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadCapsTest,
    ::testing::Values(
        BadCase{kH264 + "avc", StatusCode::kInvalidCodecData, "codec_data is missing",
                "insert h264parse"},
        BadCase{kH265 + "hvc1", StatusCode::kInvalidCodecData, "codec_data is missing",
                "insert h265parse"},
        BadCase{kH264 + "avc, codec_data=abc", StatusCode::kInvalidCodecData, "gchararray",
                "must be a buffer"},
        BadCase{"video/x-h264, alignment=nal, stream-format=byte-stream",
                StatusCode::kUnsupportedMedia, "alignment=au", "insert h264parse"},
        BadCase{"video/x-h264, alignment=au", StatusCode::kUnsupportedMedia, "stream-format",
                "insert h264parse"},
        BadCase{"audio/mpeg, mpegversion=4, stream-format=raw", StatusCode::kInvalidCodecData,
                "codec_data is missing", "insert aacparse"},
        BadCase{"audio/mpeg, mpegversion=4, stream-format=adts, framed=false",
                StatusCode::kUnsupportedMedia, "whole AAC frames", "insert aacparse"},
        BadCase{"audio/mpeg, mpegversion=1, layer=3", StatusCode::kUnsupportedMedia, "only AAC",
                ""},
        BadCase{"audio/x-alaw, channels=1", StatusCode::kUnsupportedMedia, "audio/x-alaw", ""},
        BadCase{"video/x-vp8", StatusCode::kUnsupportedMedia, "only H.264", "encoder"}));

TEST(CapsTest, LeavesCodecDataOutOfMessages) {
  const Result<Track> track = FromText("video/x-vp8, " + std::string(kCodecData));
  EXPECT_THAT(track.status().message(), Not(HasSubstr("0164001f")));
}

TEST(CapsTest, TemplatesParseAndTakeWhatTrackFromCapsTakes) {
  const CapsPtr video(gst_caps_from_string(kVideoTemplateCaps));
  const CapsPtr audio(gst_caps_from_string(kAudioTemplateCaps));
  ASSERT_NE(video, nullptr);
  ASSERT_NE(audio, nullptr);
  const CapsPtr hev1(gst_caps_from_string((kH265 + "hev1").c_str()));
  EXPECT_TRUE(gst_caps_is_subset(hev1.get(), video.get()));
  const CapsPtr mp3(gst_caps_from_string("audio/mpeg, mpegversion=1, layer=3"));
  EXPECT_FALSE(gst_caps_can_intersect(mp3.get(), audio.get()));
}

std::vector<std::uint8_t> Bytes(std::initializer_list<int> values) {
  std::vector<std::uint8_t> bytes;
  for (const int value : values) {
    bytes.push_back(static_cast<std::uint8_t>(value));
  }
  return bytes;
}

TEST(HoldsFrameTest, TellsParameterSetsFromPictures) {
  Track annexb = *FromText(kH264 + "byte-stream");
  EXPECT_FALSE(HoldsFrame(annexb, Bytes({0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 3})));
  EXPECT_TRUE(HoldsFrame(annexb, Bytes({0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x65, 0x88})));
  Track avc = *FromText(kH264 + "avc, " + kCodecData);
  EXPECT_FALSE(HoldsFrame(avc, Bytes({0, 0, 0, 2, 0x67, 1})));
  EXPECT_TRUE(HoldsFrame(avc, Bytes({0, 0, 0, 2, 0x65, 0x88})));
  avc.codec_private[4] = 0xFD;  // 2-byte lengths
  EXPECT_FALSE(HoldsFrame(avc, Bytes({0, 2, 0x67, 1})));
  const Track audio = *FromText("audio/x-alaw, rate=8000, channels=1");
  EXPECT_TRUE(HoldsFrame(audio, Bytes({0})));
}

}  // namespace
}  // namespace kvs::plugin
