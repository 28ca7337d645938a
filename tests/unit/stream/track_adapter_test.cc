#include "pic/stream/track_adapter.h"

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace kvs {
namespace {

using kvs::test::Hex;
using kvs::test::ToHex;

constexpr char kSps[] = "6742c01eda0280f684000003010004";
constexpr char kPps[] = "68ce3c80";

Frame MakeFrame(const std::vector<std::uint8_t>& bytes, bool key) {
  Frame frame;
  frame.key_frame = key;
  frame.data = bytes;
  return frame;
}
std::string Joined(const AdaptedFrame& frame) {
  std::string text;
  for (const auto& part : frame.parts) {
    text += ToHex(part);
  }
  return text;
}

TEST(TrackAdapterTest, ByteStreamBecomesLengthPrefixedAndItsSetsBecomeCodecData) {
  Track track;
  track.format = FrameFormat::kAnnexB;
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_FALSE(adapter.ready());
  const auto bytes = Hex(std::string("00000001") + kSps + "000001" + kPps + "000001" + "6588");
  bool changed = false;
  const auto frames = adapter.Adapt(MakeFrame(bytes, true), changed);
  ASSERT_TRUE(frames.ok());
  EXPECT_TRUE(changed);
  EXPECT_TRUE(adapter.ready());
  ASSERT_EQ(frames->size(), 1u);
  EXPECT_EQ(Joined(frames->front()), std::string("0000000f") + kSps + "00000004" + kPps + "00000002" + "6588");
  EXPECT_EQ(frames->front().size, 33u);
  EXPECT_EQ(adapter.wire_track().width, 640u);
  EXPECT_EQ(adapter.wire_track().codec_private.at(0), 1);
  // The same sets again are no news.
  (void)adapter.Adapt(MakeFrame(bytes, true), changed).ok();
  EXPECT_FALSE(changed);
}

TEST(TrackAdapterTest, LengthPrefixedPassesAsItIs) {
  Track track;
  track.codec_private = Hex("0142c01effe1000c6742c01eda0280f68400000301000468ce3c80");
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_TRUE(adapter.ready());
  const auto bytes = Hex("00000002658800000001 41");
  bool changed = false;
  const auto frames = adapter.Adapt(MakeFrame(bytes, true), changed);
  ASSERT_TRUE(frames.ok());
  EXPECT_EQ(frames->front().parts.size(), 1u);
  EXPECT_EQ(frames->front().parts[0].data(), bytes.data());  // no copy
}

TEST(TrackAdapterTest, AdtsHeadersAreRemovedAndEachPacketKeepsItsTime) {
  Track track;
  track.type = TrackType::kAudio;
  track.codec = Codec::kAac;
  track.format = FrameFormat::kAdts;
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  // Two packets of AAC-LC, 48 kHz, stereo: 7 bytes of header, 2 and 1 bytes of payload.
  const auto bytes = Hex("fff14c80013ffc aabb  fff14c80011ffc cc");
  bool changed = false;
  const auto frames = adapter.Adapt(MakeFrame(bytes, true), changed);
  ASSERT_TRUE(frames.ok()) << frames.status().ToString();
  ASSERT_EQ(frames->size(), 2u);
  EXPECT_TRUE(changed);
  EXPECT_EQ(Joined((*frames)[0]), "aabb");
  EXPECT_EQ(Joined((*frames)[1]), "cc");
  EXPECT_EQ((*frames)[1].offset, Duration::Nanos(1024 * 1'000'000'000ll / 48000));
  EXPECT_EQ(ToHex(adapter.wire_track().codec_private), "1190");
  EXPECT_EQ(adapter.wire_track().sample_rate, 48000u);
}

TEST(TrackAdapterTest, G711GetsItsHeader) {
  Track track;
  track.type = TrackType::kAudio;
  track.codec = Codec::kALaw;
  track.format = FrameFormat::kRaw;
  track.sample_rate = 8000;
  track.channels = 1;
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_EQ(ToHex(adapter.wire_track().codec_private), "06000100401f0000401f0000010008000000");
  EXPECT_EQ(adapter.wire_track().codec_id, "A_MS/ACM");
}

Track TrackOf(Codec codec, TrackType type, FrameFormat format = FrameFormat::kRaw) {
  Track track;
  track.codec = codec;
  track.type = type;
  track.format = format;
  return track;
}

TEST(TrackAdapterTest, OpusGetsItsHeader) {
  Track track = TrackOf(Codec::kOpus, TrackType::kAudio);
  track.sample_rate = 16000;
  track.channels = 1;
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_TRUE(adapter.ready());
  EXPECT_EQ(ToHex(adapter.wire_track().codec_private), ToHex(Hex("4f70757348656164 01 01 0000 803e0000 0000 00")));
  EXPECT_EQ(adapter.wire_track().codec_id, "A_OPUS");
  EXPECT_EQ(adapter.wire_track().sample_rate, 48000u);  // what is decoded
  EXPECT_EQ(adapter.wire_track().channels, 1u);
  const auto bytes = Hex("fcfffe");
  bool changed = true;
  const auto frames = adapter.Adapt(MakeFrame(bytes, true), changed);
  ASSERT_TRUE(frames.ok());
  EXPECT_FALSE(changed);
  EXPECT_EQ(Joined(frames->front()), "fcfffe");
  track.channels = 9;
  EXPECT_EQ(adapter.Configure(track).code(), StatusCode::kInvalidArgument);
}

TEST(TrackAdapterTest, OpusKeepsTheHeaderItCameWith) {
  Track track = TrackOf(Codec::kOpus, TrackType::kAudio);
  track.channels = 2;  // the header knows better
  track.codec_private = Hex("4f70757348656164 01 06 3801 80bb0000 0000 01 04 02 000401020305");
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_EQ(adapter.wire_track().codec_private, track.codec_private);
  EXPECT_EQ(adapter.wire_track().channels, 6u);
  track.codec_private[8] = 0x20;
  EXPECT_EQ(adapter.Configure(track).code(), StatusCode::kInvalidCodecData);
}

TEST(TrackAdapterTest, PcmTellsItsParametersAndComesInWholeSamples) {
  Track track = TrackOf(Codec::kPcm, TrackType::kAudio);
  TrackAdapter adapter;
  EXPECT_EQ(adapter.Configure(track).code(), StatusCode::kInvalidArgument);
  track.sample_rate = 44100;
  track.channels = 2;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_TRUE(adapter.ready());
  EXPECT_EQ(adapter.wire_track().codec_id, "A_PCM/INT/LIT");
  EXPECT_EQ(adapter.wire_track().bit_depth, 16u);
  EXPECT_TRUE(adapter.wire_track().codec_private.empty());
  bool changed = false;
  const auto whole = Hex("01020304 05060708");
  const auto frames = adapter.Adapt(MakeFrame(whole, true), changed);
  ASSERT_TRUE(frames.ok());
  EXPECT_EQ(Joined(frames->front()), ToHex(whole));
  const auto half = Hex("01020304 0506");
  EXPECT_EQ(adapter.Adapt(MakeFrame(half, true), changed).status().code(), StatusCode::kInvalidFrame);
  track.bit_depth = 24;
  EXPECT_EQ(adapter.Configure(track).code(), StatusCode::kInvalidArgument);
}

// A sequence header of libaom, 322x178, and another of SVT-AV1, 3840x2160.
constexpr char kSequence[] = "0a0b000000043d06c4daf90040";
constexpr char kLargeSequence[] = "0a0c0000006aefbfe1bc02f80040";

TEST(TrackAdapterTest, Av1LosesItsDelimitersAndItsSequenceHeaderBecomesCodecData) {
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(TrackOf(Codec::kAv1, TrackType::kVideo, FrameFormat::kObuStream)).ok());
  EXPECT_FALSE(adapter.ready());
  bool changed = false;
  const auto delta = Hex("1200 3202aabb");
  ASSERT_TRUE(adapter.Adapt(MakeFrame(delta, false), changed).ok());
  EXPECT_FALSE(adapter.ready());
  const auto key = Hex(std::string("1200") + kSequence + "3202aabb");
  const auto frames = adapter.Adapt(MakeFrame(key, true), changed);
  ASSERT_TRUE(frames.ok());
  EXPECT_TRUE(changed);
  EXPECT_TRUE(adapter.ready());
  EXPECT_EQ(adapter.wire_track().codec_id, "V_AV1");
  EXPECT_EQ(ToHex(adapter.wire_track().codec_private), std::string("81000c00") + kSequence);
  EXPECT_EQ(adapter.wire_track().width, 322u);
  EXPECT_EQ(adapter.wire_track().height, 178u);
  ASSERT_EQ(frames->size(), 1u);
  EXPECT_EQ(frames->front().parts.size(), 1u);
  EXPECT_EQ(frames->front().parts[0].data(), key.data() + 2);  // no copy
  EXPECT_EQ(Joined(frames->front()), std::string(kSequence) + "3202aabb");
  EXPECT_EQ(frames->front().size, key.size() - 2);
  // The same again is no news, another one is.
  ASSERT_TRUE(adapter.Adapt(MakeFrame(key, true), changed).ok());
  EXPECT_FALSE(changed);
  const auto other = Hex(std::string("1200") + kLargeSequence + "3202aabb");
  ASSERT_TRUE(adapter.Adapt(MakeFrame(other, true), changed).ok());
  EXPECT_TRUE(changed);
  EXPECT_EQ(adapter.wire_track().width, 3840u);
}

TEST(TrackAdapterTest, Av1DelimitersInTheMiddleLeaveTwoPieces) {
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(TrackOf(Codec::kAv1, TrackType::kVideo, FrameFormat::kObuStream)).ok());
  bool changed = false;
  const auto bytes = Hex("3201aa 3201bb 1200 3201cc");
  const auto frames = adapter.Adapt(MakeFrame(bytes, false), changed);
  ASSERT_TRUE(frames.ok());
  EXPECT_EQ(frames->front().parts.size(), 2u);
  EXPECT_EQ(Joined(frames->front()), "3201aa3201bb3201cc");
  EXPECT_EQ(frames->front().size, 9u);
  for (const char* const bad : {"1200", "12003203aabb", "3000aabb"}) {
    const auto data = Hex(bad);
    EXPECT_EQ(adapter.Adapt(MakeFrame(data, false), changed).status().code(), StatusCode::kInvalidFrame) << bad;
  }
  const auto broken = Hex("0a0200003201aa");
  EXPECT_EQ(adapter.Adapt(MakeFrame(broken, true), changed).status().code(), StatusCode::kInvalidCodecData);
}

TEST(TrackAdapterTest, Av1KeepsTheCodecDataItCameWith) {
  Track track = TrackOf(Codec::kAv1, TrackType::kVideo, FrameFormat::kObuStream);
  track.codec_private = Hex(std::string("81000c13") + kSequence + "2a02aabb");
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_TRUE(adapter.ready());
  EXPECT_EQ(adapter.wire_track().width, 322u);
  bool changed = false;
  const auto key = Hex(std::string("1200") + kSequence + "3202aabb");
  ASSERT_TRUE(adapter.Adapt(MakeFrame(key, true), changed).ok());
  EXPECT_FALSE(changed);
  EXPECT_EQ(adapter.wire_track().codec_private, track.codec_private);
  // One without a sequence header waits for the frames.
  track.codec_private = Hex("81000c00");
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_FALSE(adapter.ready());
  track.codec_private = Hex("71000c00");
  EXPECT_EQ(adapter.Configure(track).code(), StatusCode::kInvalidCodecData);
}

// 65536x1: reduced header, level 13, widths of 16 bits, 8 bits.
TEST(TrackAdapterTest, Av1OfTheLargestSizeFitsIntoTracks) {
  Track track = TrackOf(Codec::kAv1, TrackType::kVideo, FrameFormat::kObuStream);
  track.codec_private = Hex("810d0c00 0a09 1b7fffffc000000080");
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_EQ(adapter.wire_track().width, 65535u);
  EXPECT_EQ(adapter.wire_track().height, 1u);
}

std::vector<std::uint8_t> Image(const std::string& height, const std::string& width) {
  return Hex("ffd8 ffc0 000b 08" + height + width + "01 011100 ffda 0008 01 0100 003f00 aabb ffd9");
}

TEST(TrackAdapterTest, ImagesTellTheirSize) {
  Track track = TrackOf(Codec::kMjpeg, TrackType::kVideo);
  track.width = 1;  // the images know better
  track.height = 1;
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_FALSE(adapter.ready());
  const auto image = Image("0078", "00a0");
  bool changed = false;
  const auto frames = adapter.Adapt(MakeFrame(image, true), changed);
  ASSERT_TRUE(frames.ok()) << frames.status().ToString();
  EXPECT_TRUE(changed);
  EXPECT_TRUE(adapter.ready());
  EXPECT_EQ(frames->front().parts[0].data(), image.data());
  EXPECT_EQ(frames->front().size, image.size());
  EXPECT_EQ(adapter.wire_track().codec_id, "V_MS/VFW/FOURCC");
  EXPECT_EQ(adapter.wire_track().width, 160u);
  EXPECT_EQ(adapter.wire_track().height, 120u);
  EXPECT_EQ(adapter.wire_track().codec_private.size(), 40u);
  ASSERT_TRUE(adapter.Adapt(MakeFrame(image, true), changed).ok());
  EXPECT_FALSE(changed);
  const auto larger = Image("01e0", "0280");
  ASSERT_TRUE(adapter.Adapt(MakeFrame(larger, true), changed).ok());
  EXPECT_TRUE(changed);
  EXPECT_EQ(adapter.wire_track().width, 640u);
  const auto no_image = Hex("89504e47");
  EXPECT_EQ(adapter.Adapt(MakeFrame(no_image, true), changed).status().code(), StatusCode::kInvalidFrame);
}

TEST(TrackAdapterTest, ImagesMayBePlainMjpegOrHaveTheirHeader) {
  Track track = TrackOf(Codec::kMjpeg, TrackType::kVideo);
  track.codec_id = "V_MJPEG";
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  const auto image = Image("0078", "00a0");
  bool changed = false;
  ASSERT_TRUE(adapter.Adapt(MakeFrame(image, true), changed).ok());
  EXPECT_TRUE(adapter.ready());
  EXPECT_TRUE(adapter.wire_track().codec_private.empty());
  track.codec_id.clear();
  ASSERT_TRUE(adapter.Configure(track).ok());
  ASSERT_TRUE(adapter.Adapt(MakeFrame(image, true), changed).ok());
  track.codec_private = adapter.wire_track().codec_private;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_TRUE(adapter.ready());
  EXPECT_EQ(adapter.wire_track().width, 160u);
  ASSERT_TRUE(adapter.Adapt(MakeFrame(image, true), changed).ok());
  EXPECT_FALSE(changed);
  track.codec_private.pop_back();
  EXPECT_EQ(adapter.Configure(track).code(), StatusCode::kInvalidCodecData);
}

// Matroska has a place for the rate of the core codec only; players find the rest in the codec data.
TEST(TrackAdapterTest, HeAacIsDescribedByItsCore) {
  Track track = TrackOf(Codec::kAac, TrackType::kAudio);
  track.sample_rate = 48000;
  track.codec_private = Hex("2b118800");
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_EQ(adapter.wire_track().sample_rate, 24000u);
  EXPECT_EQ(adapter.wire_track().channels, 2u);
  track.codec_private = Hex("11b8");  // 7.1
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_EQ(adapter.wire_track().sample_rate, 48000u);
  EXPECT_EQ(adapter.wire_track().channels, 8u);
}

TEST(TrackAdapterTest, RawNalUnitsAreCarriedAsTheyAre) {
  Track track = TrackOf(Codec::kH264, TrackType::kVideo, FrameFormat::kRaw);
  TrackAdapter adapter;
  EXPECT_EQ(adapter.Configure(track).code(), StatusCode::kInvalidCodecData);  // frames are not looked into
  track.codec_private = Hex("000000016742c01eda0280f6840000030100000000000168ce3c80");
  ASSERT_TRUE(adapter.Configure(track).ok());
  EXPECT_TRUE(adapter.ready());
  EXPECT_EQ(adapter.wire_track().codec_private[0], 1);  // avcC
  const std::vector<std::uint8_t> filler(30, 0x55);
  Frame frame;
  frame.key_frame = true;
  frame.data = filler;
  bool changed = false;
  const auto adapted = adapter.Adapt(frame, changed);
  ASSERT_TRUE(adapted.ok());
  ASSERT_EQ(adapted->size(), 1u);
  EXPECT_EQ(adapted->front().size, filler.size());
  EXPECT_EQ(adapted->front().parts[0].data(), filler.data());
}

TEST(TrackAdapterTest, EachCodecHasItsFormats) {
  const auto accepts = [](Codec codec, TrackType type, FrameFormat format) {
    TrackAdapter adapter;
    return adapter.Configure(TrackOf(codec, type, format)).code() != StatusCode::kInvalidArgument;
  };
  EXPECT_FALSE(accepts(Codec::kAv1, TrackType::kVideo, FrameFormat::kRaw));
  EXPECT_FALSE(accepts(Codec::kAv1, TrackType::kVideo, FrameFormat::kAnnexB));
  EXPECT_FALSE(accepts(Codec::kMjpeg, TrackType::kVideo, FrameFormat::kAvc));
  EXPECT_FALSE(accepts(Codec::kH264, TrackType::kVideo, FrameFormat::kObuStream));
  EXPECT_FALSE(accepts(Codec::kOpus, TrackType::kAudio, FrameFormat::kAdts));
  EXPECT_FALSE(accepts(Codec::kPcm, TrackType::kAudio, FrameFormat::kAnnexB));
  EXPECT_TRUE(accepts(Codec::kAac, TrackType::kAudio, FrameFormat::kAdts));
  EXPECT_TRUE(accepts(Codec::kMjpeg, TrackType::kVideo, FrameFormat::kRaw));
}

TEST(TrackAdapterTest, SaysWhatIsMissing) {
  TrackAdapter adapter;
  Track video;
  EXPECT_EQ(adapter.Configure(video).code(), StatusCode::kInvalidCodecData);
  Track audio;
  audio.id = 2;
  audio.type = TrackType::kAudio;
  audio.codec = Codec::kAac;
  audio.format = FrameFormat::kRaw;
  const Status status = adapter.Configure(audio);
  EXPECT_EQ(status.code(), StatusCode::kInvalidCodecData);
  EXPECT_NE(status.message().find("track 2"), std::string::npos);
  audio.format = FrameFormat::kAvc;
  EXPECT_EQ(adapter.Configure(audio).code(), StatusCode::kInvalidArgument);
}

TEST(TrackAdapterTest, TheSameInputIsRecognisedWhateverSizeTheCapsSay) {
  Track track;
  track.format = FrameFormat::kAnnexB;
  TrackAdapter adapter;
  ASSERT_TRUE(adapter.Configure(track).ok());
  track.width = 1920;
  EXPECT_TRUE(adapter.SameInput(track));
  track.format = FrameFormat::kAvcInBand;
  EXPECT_FALSE(adapter.SameInput(track));
  for (Track sized : {TrackOf(Codec::kAv1, TrackType::kVideo, FrameFormat::kObuStream),
                      TrackOf(Codec::kMjpeg, TrackType::kVideo)}) {
    ASSERT_TRUE(adapter.Configure(sized).ok());
    sized.height = 480;
    EXPECT_TRUE(adapter.SameInput(sized));
  }
}

}  // namespace
}  // namespace kvs
