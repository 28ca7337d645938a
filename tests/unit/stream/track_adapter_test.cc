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
}

}  // namespace
}  // namespace kvs
