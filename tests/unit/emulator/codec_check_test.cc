#include "emulator/model/codec_check.h"

#include <gtest/gtest.h>

#include "tests/unit/emulator/mkv_builder.h"

namespace kvs::emulator {
namespace {

using testing::Buffer;
using testing::FromHex;
using testing::Join;
using testing::Nal;

bool CheckFrame(FrameForm form, const Buffer& frame, std::size_t step) {
  NalChainCheck check(form, frame.size());
  bool good = true;
  for (std::size_t at = 0; at < frame.size() && good; at += step) {
    good = check.Feed(Bytes(frame).subspan(at, std::min(step, frame.size() - at)));
  }
  return good && check.Finish();
}

TEST(NalChainCheckTest, AcceptsChainsAtEveryCut) {
  const Buffer frame = Join(Nal(1), Nal(2), Nal(300, true));
  for (const std::size_t step : {1U, 2U, 3U, 5U, 1000U}) {
    EXPECT_TRUE(CheckFrame(FrameForm::kAvc, frame, step)) << step;
    EXPECT_TRUE(CheckFrame(FrameForm::kHevc, frame, step)) << step;
  }
}

TEST(NalChainCheckTest, RefusesEverythingElse) {
  const Buffer good = Nal(20);
  const std::vector<std::pair<const char*, Buffer>> bad = {
      {"Annex-B, 4-byte start code", Join(FromHex("00000001"), Buffer(20, 0x65))},
      {"Annex-B, 3-byte start code", Join(FromHex("000001"), Buffer(20, 0x65))},
      {"two Annex-B units", Join(FromHex("0000000165aabbcc"), FromHex("0000000141aabbcc"))},
      {"one byte short", Buffer(good.begin(), good.end() - 1)},
      {"one byte long", Join(good, Buffer{0})},
      {"length 0", Join(FromHex("00000000"), good)},
      {"forbidden bit", FromHex("00000002 c1aa")},
      {"no frame at all but a length", FromHex("00000001")},
  };
  for (const auto& [what, frame] : bad) {
    for (const std::size_t step : {1U, 1000U}) {
      EXPECT_FALSE(CheckFrame(FrameForm::kAvc, frame, step)) << what;
    }
    EXPECT_TRUE(CheckFrame(FrameForm::kOpaque, frame, 1000)) << what;
  }
}

TEST(CodecPrivateTest, KnowsAvcC) {
  const std::string_view codec = "V_MPEG4/ISO/AVC";
  EXPECT_EQ(CodecPrivateProblem(codec, testing::AvcC()), "");
  for (std::size_t size = 0; size < testing::AvcC().size(); ++size) {
    EXPECT_NE(CodecPrivateProblem(codec, Bytes(testing::AvcC()).first(size)), "") << size;
  }
  Buffer two_byte_lengths = testing::AvcC();
  two_byte_lengths[4] = 0xFD;
  EXPECT_NE(CodecPrivateProblem(codec, two_byte_lengths), "");
  Buffer not_a_pps = testing::AvcC();
  not_a_pps[23] = 0x67;
  EXPECT_NE(CodecPrivateProblem(codec, not_a_pps), "");
  // The extension of the high profiles may follow.
  EXPECT_EQ(CodecPrivateProblem(codec, Join(testing::AvcC(), FromHex("fdf8f800"))), "");
}

TEST(CodecPrivateTest, KnowsHvcC) {
  const std::string_view codec = "V_MPEGH/ISO/HEVC";
  const Buffer head = FromHex("01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 03");
  const Buffer vps = FromHex("20 0001 0004 4001 0c01");
  const Buffer sps = FromHex("21 0001 0004 4201 0101");
  const Buffer pps = FromHex("22 0001 0004 4401 c172");
  const Buffer whole = Join(head, vps, sps, pps);
  EXPECT_EQ(CodecPrivateProblem(codec, whole), "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(CodecPrivateProblem(codec, Bytes(whole).first(size)), "") << size;
  }
  EXPECT_NE(CodecPrivateProblem(codec, Join(head, vps, vps, pps)), "") << "no SPS";
  const Buffer wrong_type = FromHex("21 0001 0004 4001 0c01");
  EXPECT_NE(CodecPrivateProblem(codec, Join(head, vps, wrong_type, pps)), "");
}

TEST(CodecPrivateTest, KnowsAv1C) {
  EXPECT_EQ(CodecPrivateProblem("V_AV1", FromHex("81000c00 0a0b 000000043d06c4daf90040")), "");
  EXPECT_EQ(CodecPrivateProblem("V_AV1", FromHex("81000c00")), "") << "OBUs may be missing";
  EXPECT_NE(CodecPrivateProblem("V_AV1", FromHex("81000c")), "");
  EXPECT_NE(CodecPrivateProblem("V_AV1", FromHex("0a0b0000")), "") << "an OBU alone";
  EXPECT_NE(CodecPrivateProblem("V_AV1", Buffer{}), "");
}

TEST(CodecPrivateTest, KnowsOpusHead) {
  const Buffer stereo = FromHex("4f70757348656164 01 02 3801 80bb0000 0000 00");
  const Buffer surround =
      FromHex("4f70757348656164 01 06 3801 80bb0000 0000 01 04 02 000401020305");
  for (const Buffer& whole : {stereo, surround}) {
    EXPECT_EQ(CodecPrivateProblem("A_OPUS", whole), "");
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_NE(CodecPrivateProblem("A_OPUS", Bytes(whole).first(size)), "") << size;
    }
  }
  Buffer other = stereo;
  other[9] = 3;
  EXPECT_NE(CodecPrivateProblem("A_OPUS", other), "") << "3 channels without a mapping";
  other[9] = 0;
  EXPECT_NE(CodecPrivateProblem("A_OPUS", other), "") << "no channel";
  other = stereo;
  other[4] = 'h';
  EXPECT_NE(CodecPrivateProblem("A_OPUS", other), "");
}

// The codec data of these, if any, is nobody's concern.
TEST(CodecPrivateTest, LeavesPcmAndPlainImagesAlone) {
  EXPECT_EQ(CodecPrivateProblem("A_PCM/INT/LIT", Buffer{}), "");
  EXPECT_EQ(CodecPrivateProblem("V_MJPEG", Buffer{}), "");
  EXPECT_EQ(CodecPrivateProblem("V_MS/VFW/FOURCC", Buffer(40)), "");
}

TEST(CodecPrivateTest, KnowsAudioAndOthers) {
  EXPECT_EQ(CodecPrivateProblem("A_AAC", Buffer{0x11, 0x90}), "");
  EXPECT_NE(CodecPrivateProblem("A_AAC", Buffer{0x11}), "");
  EXPECT_NE(CodecPrivateProblem("A_AAC", Buffer{0x16, 0x90}), "") << "frequency index 13";
  EXPECT_NE(CodecPrivateProblem("A_AAC", Buffer{}), "");
  EXPECT_EQ(CodecPrivateProblem("A_MS/ACM", Buffer(18)), "");
  EXPECT_NE(CodecPrivateProblem("A_MS/ACM", Buffer(10)), "");
  EXPECT_NE(CodecPrivateProblem("V_MS/VFW/FOURCC", Buffer(39)), "");
  EXPECT_EQ(CodecPrivateProblem("V_VP8", Buffer{}), "");
}

}  // namespace
}  // namespace kvs::emulator
