#include "pic/mkv/mkv_writer.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "pic/mkv/ebml.h"
#include "tests/support/hex.h"

namespace kvs::mkv {
namespace {

using kvs::test::Hex;
using kvs::test::ToHex;

// The two-track stream of the golden vectors: what the software in the field puts on the wire.
struct GoldenStream {
  GoldenStream() {
    for (std::size_t i = 0; i < info.uid.size(); ++i) {
      info.uid[i] = static_cast<std::uint8_t>(i + 1);
    }
    info.title = "Kinesis Video SDK";
    info.app = "Kinesis Video SDK 1.1.0 cid";
    video.id = 1;
    video.name = "kvs_video_track";
    video.codec_id = "V_MPEG4/ISO/AVC";
    video.width = 640;
    video.height = 480;
    video.codec_private = Hex("0142c01effe1000c6742c01eda0280f68400000301000468ce3c80");
    audio.id = 2;
    audio.type = TrackType::kAudio;
    audio.name = "kvs_audio_track";
    audio.codec_id = "A_AAC";
    audio.sample_rate = 48000;
    audio.channels = 2;
    audio.codec_private = Hex("1190");
  }
  std::array<NumberedTrack, 2> tracks() const {
    return {NumberedTrack{1, &video}, NumberedTrack{2, &audio}};
  }

  SegmentInfo info;
  Track video;
  Track audio;
};

TEST(MkvWriterTest, HeaderIsTheGoldenOne) {
  const GoldenStream stream;
  const auto expected = Hex(R"(
    1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b614287810242858102
    18538067ff
    1549a966406f 73a4900102030405060708090a0b0c0d0e0f10 2ad7b18800000000000f4240
      7ba9914b696e6573697320566964656f2053444b
      4d809b4b696e6573697320566964656f2053444b20312e312e3020636964
      57419b4b696e6573697320566964656f2053444b20312e312e3020636964
    1654ae6b100000aa
     ae1000005f d78101 73c5880000000000000001 838101
      536e8f6b76735f766964656f5f747261636b 868f565f4d504547342f49534f2f415643
      e010000008b0820280ba8201e0
      63a29b0142c01effe1000c6742c01eda0280f68400000301000468ce3c80
     ae10000041 d78102 73c5880000000000000002 838102
      536e8f6b76735f617564696f5f747261636b 8685415f414143
      e11000000db58840e77000000000009f8102 63a2821190)");
  const auto header = Header(stream.info, stream.tracks());
  EXPECT_EQ(ToHex(header), ToHex(expected));
  EXPECT_EQ(header.size(), 340u);
}

TEST(MkvWriterTest, ClusterAndBlocksAreTheGoldenOnes) {
  EXPECT_EQ(ToHex(ClusterHead(16'000'000)), "1f43b675ffe7880000000000f42400a78100");
  EXPECT_EQ(ToHex(BlockHead(1, 0, {.key_frame = true}, 4)), "a3010000000000000881000080");
  EXPECT_EQ(ToHex(BlockHead(1, 40, {}, 4)), "a3010000000000000881002800");
  EXPECT_EQ(ToHex(BlockHead(2, 41, {.discardable = true}, 4)), "a3010000000000000882002901");
}

TEST(MkvWriterTest, BlocksMayStandBeforeTheirCluster) {
  EXPECT_EQ(ToHex(BlockHead(1, -40, {.invisible = true}, 4)),
            "a30100000000000008"
            "81"
            "ffd8"
            "08");
}

TEST(MkvWriterTest, TagsAreTheGoldenOnes) {
  const SimpleTag pair[] = {{"KEY", "VAL"}};
  EXPECT_EQ(ToHex(Tags(pair)),
            "1254c367010000000000002e7373010000000000002467c8010000000000001a45a301000000000000034b"
            "455944870100"
            "00000000000356414c");
  const SimpleTag end[] = {{kEndOfFragmentTag, ""}};
  EXPECT_EQ(ToHex(Tags(end)),
            "1254c36701000000000000487373010000000000003e67c8010000000000003445a3010000000000002041"
            "57535f4b494e"
            "45534953564944454f5f454e445f4f465f465241474d454e5444870100000000000000");
  const SimpleTag notification[] = {{"AWS_KINESISVIDEO_NOTIFICATION", ""}};
  EXPECT_EQ(ToHex(Tags(notification)),
            "1254c36701000000000000457373010000000000003b67c8010000000000003145a3010000000000001d41"
            "57535f4b494e"
            "45534953564944454f5f4e4f54494649434154494f4e44870100000000000000");
}

TEST(MkvWriterTest, AudioOnlyHeaderIsTheGoldenOne) {
  SegmentInfo info;
  info.uid.fill(0x55);
  info.title = "Kinesis Video SDK";
  info.app = "Kinesis Video SDK 1.1.0";
  Track audio;
  audio.type = TrackType::kAudio;
  audio.id = 1;
  audio.codec_id = "A_MS/ACM";
  audio.codec_private.assign(18, 0);
  const NumberedTrack tracks[] = {{1, &audio}};
  const auto header = Header(info, tracks);
  EXPECT_NE(ToHex(header).find("4d80974b696e65736973"),
            std::string::npos);  // the app is 23 bytes long
  EXPECT_EQ(header.size(), HeaderSize(info, tracks));
}

TEST(MkvWriterTest, SizeFieldsTakeTheFewestBytesAndNeverTheReservedValue) {
  EXPECT_EQ(ShortestWidth(0), 1);
  EXPECT_EQ(ShortestWidth(126), 1);
  EXPECT_EQ(ShortestWidth(127), 2);  // 0xFF would mean "unknown size"
  EXPECT_EQ(ShortestWidth(16382), 2);
  EXPECT_EQ(ShortestWidth(16383), 3);
  EXPECT_EQ(ShortestWidth((1u << 21) - 2), 3);
  EXPECT_EQ(ShortestWidth((1u << 21) - 1), 4);
}

TEST(MkvWriterTest, EveryCodecHasItsUsualId) {
  EXPECT_EQ(DefaultCodecId(Codec::kH264), "V_MPEG4/ISO/AVC");
  EXPECT_EQ(DefaultCodecId(Codec::kH265), "V_MPEGH/ISO/HEVC");
  EXPECT_EQ(DefaultCodecId(Codec::kAv1), "V_AV1");
  EXPECT_EQ(DefaultCodecId(Codec::kMjpeg), "V_MS/VFW/FOURCC");
  EXPECT_EQ(DefaultCodecId(Codec::kAac), "A_AAC");
  EXPECT_EQ(DefaultCodecId(Codec::kOpus), "A_OPUS");
  EXPECT_EQ(DefaultCodecId(Codec::kALaw), "A_MS/ACM");
  EXPECT_EQ(DefaultCodecId(Codec::kMuLaw), "A_MS/ACM");
  EXPECT_EQ(DefaultCodecId(Codec::kPcm), "A_PCM/INT/LIT");
  EXPECT_EQ(DefaultCodecId(Codec::kOther), "");
}

// Size prediction against emission over the shapes a track can have.
TEST(MkvWriterTest, PredictedSizeIsEmittedSize) {
  GoldenStream stream;
  for (const std::size_t cpd : {0u, 1u, 126u, 127u, 16382u, 16383u, 70000u}) {
    for (const std::uint32_t depth : {0u, 16u}) {
      for (const std::uint32_t width : {0u, 1920u}) {
        stream.video.codec_private.assign(cpd, 0xAB);
        stream.video.width = width;
        stream.audio.bit_depth = depth;
        stream.audio.name.clear();
        const auto tracks = stream.tracks();
        EXPECT_EQ(Header(stream.info, tracks).size(), HeaderSize(stream.info, tracks));
      }
    }
  }
}

}  // namespace
}  // namespace kvs::mkv
