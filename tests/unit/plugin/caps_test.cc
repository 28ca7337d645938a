#include "plugin/caps.h"

#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pic/codec/media_type.h"
#include "plugin/gst_ptr.h"
#include "tests/plugin/gst_environment.h"
#include "tests/support/hex.h"

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
const std::string kAv1 = "video/x-av1, alignment=tu, width=320, height=240";
const std::string kOpus = "audio/x-opus, rate=48000";
const std::string kRaw = "audio/x-raw, rate=48000, format=";
INSTANTIATE_TEST_SUITE_P(
    All, GoodCapsTest,
    ::testing::Values(
        GoodCase{kH264 + "avc, " + kCodecData, TrackType::kVideo, Codec::kH264, FrameFormat::kAvc,
                 8, "video/h264"},
        GoodCase{kH264 + "avc3", TrackType::kVideo, Codec::kH264, FrameFormat::kAvcInBand, 0,
                 "video/h264"},
        GoodCase{kH264 + "byte-stream", TrackType::kVideo, Codec::kH264, FrameFormat::kAnnexB, 0,
                 "video/h264"},
        GoodCase{kH265 + "hvc1, " + kCodecData, TrackType::kVideo, Codec::kH265, FrameFormat::kAvc,
                 8, "video/h265"},
        GoodCase{kH265 + "hev1", TrackType::kVideo, Codec::kH265, FrameFormat::kAvcInBand, 0,
                 "video/h265"},
        GoodCase{kH265 + "byte-stream", TrackType::kVideo, Codec::kH265, FrameFormat::kAnnexB, 0,
                 "video/h265"},
        GoodCase{"audio/mpeg, mpegversion=4, stream-format=raw, codec_data=(buffer)1190",
                 TrackType::kAudio, Codec::kAac, FrameFormat::kRaw, 2, "audio/aac"},
        GoodCase{"audio/mpeg, mpegversion=2, stream-format=adts, framed=true", TrackType::kAudio,
                 Codec::kAac, FrameFormat::kAdts, 0, "audio/aac"},
        GoodCase{"audio/x-alaw, rate=8000, channels=1", TrackType::kAudio, Codec::kALaw,
                 FrameFormat::kRaw, 18, "audio/alaw"},
        GoodCase{"audio/x-mulaw, rate=8000, channels=2", TrackType::kAudio, Codec::kMuLaw,
                 FrameFormat::kRaw, 18, "audio/mulaw"},
        GoodCase{kAv1 + ", stream-format=obu-stream", TrackType::kVideo, Codec::kAv1,
                 FrameFormat::kObuStream, 0, "video/x-matroska"},
        GoodCase{kAv1, TrackType::kVideo, Codec::kAv1, FrameFormat::kObuStream, 0,
                 "video/x-matroska"},
        GoodCase{kAv1 + ", codec_data=(buffer)81000c00", TrackType::kVideo, Codec::kAv1,
                 FrameFormat::kObuStream, 4, "video/x-matroska"},
        GoodCase{"image/jpeg, width=640, height=480", TrackType::kVideo, Codec::kMjpeg,
                 FrameFormat::kRaw, 0, "video/x-matroska"},
        GoodCase{"image/jpeg", TrackType::kVideo, Codec::kMjpeg, FrameFormat::kRaw, 0,
                 "video/x-matroska"},
        GoodCase{kOpus + ", channels=2, channel-mapping-family=0, "
                         "streamheader=(buffer)< 4f707573486561640102, 4f70 >",
                 TrackType::kAudio, Codec::kOpus, FrameFormat::kRaw, 10, "audio/x-matroska"},
        GoodCase{kOpus + ", codec_data=(buffer)4f70", TrackType::kAudio, Codec::kOpus,
                 FrameFormat::kRaw, 2, "audio/x-matroska"},
        GoodCase{kOpus, TrackType::kAudio, Codec::kOpus, FrameFormat::kRaw, 19, "audio/x-matroska"},
        GoodCase{kOpus + ", channels=6, channel-mapping-family=1", TrackType::kAudio, Codec::kOpus,
                 FrameFormat::kRaw, 27, "audio/x-matroska"},
        GoodCase{kOpus + ", channels=3, channel-mapping-family=255, stream-count=3, "
                         "coupled-count=0, channel-mapping=(int)< 2, 1, 0 >",
                 TrackType::kAudio, Codec::kOpus, FrameFormat::kRaw, 24, "audio/x-matroska"},
        GoodCase{kRaw + "S16LE, layout=interleaved, channels=2", TrackType::kAudio, Codec::kPcm,
                 FrameFormat::kRaw, 0, "audio/x-matroska"}));

TEST(CapsTest, TakeSizeAndRateOver) {
  const Result<Track> video = FromText(kH264 + "byte-stream");
  EXPECT_EQ(video->width, 640U);
  EXPECT_EQ(video->height, 480U);
  const Result<Track> audio = FromText("audio/x-alaw, rate=16000, channels=2");
  EXPECT_EQ(audio->sample_rate, 16000U);
  EXPECT_EQ(audio->channels, 2U);
  EXPECT_EQ(FromText(kAv1)->width, 320U);
  EXPECT_EQ(FromText("image/jpeg, width=640, height=480")->height, 480U);
  const Result<Track> raw = FromText(kRaw + "S16LE, layout=interleaved, channels=2");
  EXPECT_EQ(raw->sample_rate, 48000U);
  EXPECT_EQ(raw->channels, 2U);
  EXPECT_EQ(raw->bit_depth, 16U);
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
        BadCase{"video/x-av1, alignment=frame, stream-format=obu-stream",
                StatusCode::kUnsupportedMedia, "alignment=tu", "insert av1parse"},
        BadCase{"video/x-av1, alignment=tu, stream-format=annexb", StatusCode::kUnsupportedMedia,
                "obu-stream", "insert av1parse"},
        BadCase{kAv1 + ", codec_data=abc", StatusCode::kInvalidCodecData, "gchararray",
                "must be a buffer"},
        BadCase{kOpus + ", channels=9", StatusCode::kUnsupportedMedia, "9 channels", ""},
        BadCase{kOpus + ", channels=3, channel-mapping-family=0", StatusCode::kUnsupportedMedia,
                "channel-mapping", ""},
        BadCase{kOpus + ", channels=2, channel-mapping-family=1, stream-count=1, coupled-count=1, "
                        "channel-mapping=(int)< 0, 2 >",
                StatusCode::kUnsupportedMedia, "not there", ""},
        BadCase{kOpus + ", channels=2, channel-mapping-family=1, stream-count=1, coupled-count=1, "
                        "channel-mapping=(int)< 0, 256 >",
                StatusCode::kUnsupportedMedia, "0 to 255", ""},
        BadCase{kOpus + ", streamheader=(string)< a, b >", StatusCode::kInvalidCodecData,
                "streamheader", "must be a buffer"},
        BadCase{kRaw + "F32LE, layout=interleaved, channels=2", StatusCode::kUnsupportedMedia,
                "S16LE", "insert audioconvert"},
        BadCase{kRaw + "S16LE, layout=non-interleaved, channels=2", StatusCode::kUnsupportedMedia,
                "interleaved", "insert audioconvert"},
        BadCase{kRaw + "S16LE, layout=interleaved, channels=9", StatusCode::kUnsupportedMedia,
                "9 channels", ""},
        BadCase{"audio/x-raw, format=S16LE, layout=interleaved, rate=4000, channels=1",
                StatusCode::kUnsupportedMedia, "4000 Hz", ""},
        BadCase{"video/x-raw, format=I420", StatusCode::kUnsupportedMedia, "can be stored",
                "encoder"},
        BadCase{"video/x-vp8", StatusCode::kUnsupportedMedia, "only H.264", "encoder"}));

TEST(CapsTest, LeavesCodecDataOutOfMessages) {
  const Result<Track> track = FromText("video/x-vp8, " + std::string(kCodecData));
  EXPECT_THAT(track.status().message(), Not(HasSubstr("0164001f")));
}

// What qtdemux of GStreamer 1.22 makes of av1C.
TEST(CapsTest, LeaveOutWhatIsNoAv1C) {
  const Result<Track> track = FromText(kAv1 + ", codec_data=(buffer)0a00000003b4ff736be401");
  ASSERT_TRUE(track.ok());
  EXPECT_TRUE(track->codec_private.empty());
}

// Opus of an RTP depayloader, which has no OpusHead to hand on.
TEST(CapsTest, SpellOpusLayoutsOut) {
  const auto head = [](const std::string& fields) {
    return test::ToHex(FromText(kOpus + fields)->codec_private);
  };
  EXPECT_EQ(head(""),
            "4f7075734865616401020000"
            "80bb0000000000");
  EXPECT_EQ(head(", channels=1, channel-mapping-family=0"),
            "4f7075734865616401010000"
            "80bb0000000000");
  EXPECT_EQ(head(", channels=4, channel-mapping-family=1, stream-count=2, coupled-count=2, "
                 "channel-mapping=(int)< 0, 1, 2, 3 >"),
            "4f7075734865616401040000"
            "80bb0000000001"
            "020200010203");
}

TEST(CapsTest, TemplatesParseAndTakeWhatTrackFromCapsTakes) {
  const CapsPtr video(gst_caps_from_string(kVideoTemplateCaps));
  const CapsPtr audio(gst_caps_from_string(kAudioTemplateCaps));
  ASSERT_NE(video, nullptr);
  ASSERT_NE(audio, nullptr);
  const CapsPtr hev1(gst_caps_from_string((kH265 + "hev1").c_str()));
  EXPECT_TRUE(gst_caps_is_subset(hev1.get(), video.get()));
  const auto accepts = [](const CapsPtr& template_caps, const std::string& text) {
    const CapsPtr caps(gst_caps_from_string(text.c_str()));
    return gst_caps_is_subset(caps.get(), template_caps.get()) == TRUE;
  };
  EXPECT_TRUE(accepts(video, kAv1));
  EXPECT_TRUE(accepts(video, kAv1 + ", stream-format=obu-stream"));
  EXPECT_TRUE(accepts(video, "image/jpeg"));
  EXPECT_TRUE(accepts(audio, kOpus + ", channels=6, channel-mapping-family=1"));
  EXPECT_TRUE(accepts(audio, kRaw + "S16LE, layout=interleaved, channels=2"));
  EXPECT_FALSE(accepts(video, "video/x-av1, alignment=obu, stream-format=obu-stream"));
  EXPECT_FALSE(accepts(video, "video/x-raw, format=I420"));
  EXPECT_FALSE(accepts(audio, kRaw + "S24LE, layout=interleaved, channels=2"));
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

TEST(HoldsFrameTest, TellsHeadersFromFrames) {
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
  const Track opus = *FromText(kOpus);
  EXPECT_FALSE(HoldsFrame(opus, Bytes({'O', 'p', 'u', 's', 'T', 'a', 'g', 's', 0})));
  EXPECT_TRUE(HoldsFrame(opus, Bytes({0xFC, 0xFF, 0xFE})));
}

}  // namespace
}  // namespace kvs::plugin
