#include "pic/codec/jpeg.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace kvs::codec {
namespace {

using ::kvs::test::Hex;
using ::kvs::test::ToHex;

// What jpegenc writes in front of a picture of 160x120, 4:2:0: SOI, APP0, two DQT, SOF0.
constexpr std::string_view kJpegEnc =
    "ffd8ffe000104a46494600010100000100010000ffdb0043000503040404030504040405050506070c08070707070f"
    "0b0b090c110f1212110f111113161c1713141a1511111821181a1d1d1f1f1f13172224221e241c1e1f1effdb004301"
    "0505050706070e08080e1e1411141e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e"
    "1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1effc0001108007800a003011100021101031101";

// "widthxheight/precision/components"
std::string Describe(Bytes data) {
  const Result<JpegInfo> info = ParseJpegHeader(data);
  if (!info.ok()) {
    return info.status().code() == StatusCode::kInvalidFrame ? "error" : "unsupported";
  }
  return std::to_string(info->width) + "x" + std::to_string(info->height) + "/" +
         std::to_string(info->precision) + "/" + std::to_string(info->components);
}
std::string Describe(std::string_view hex) {
  return Describe(Bytes(Hex(hex)));
}

TEST(ParseJpegHeaderTest, ReadsWhatEncodersWrite) {
  EXPECT_EQ(Describe(kJpegEnc), "160x120/8/3");
  // ffmpeg -f lavfi -i testsrc=size=322x178 -c:v mjpeg, without its tables: APP0, COM, SOF0.
  EXPECT_EQ(
      Describe("ffd8 ffe000104a46494600010200000100010000 fffe00104c61766335392e33372e31303000"
               "ffc0 0011 08 00b2 0142 03 012200 021101 031101"),
      "322x178/8/3");
}

TEST(ParseJpegHeaderTest, ReadsEveryKindOfFrameHeader) {
  for (const std::string_view marker :
       {"c0", "c1", "c2", "c3", "c5", "c6", "c7", "c9", "ca", "cb", "cd", "ce", "cf"}) {
    EXPECT_EQ(Describe("ffd8 ff" + std::string(marker) + "000b 08 ffff ffff 01 011100"),
              "65535x65535/8/1");
  }
  for (const std::string_view marker : {"c4", "c8", "cc"}) {  // tables, and one that is reserved
    EXPECT_EQ(Describe("ffd8 ff" + std::string(marker) + "000b 08 0010 0010 01 011100"), "error");
  }
}

TEST(ParseJpegHeaderTest, SkipsFillBytesAndMarkersThatStandAlone) {
  EXPECT_EQ(Describe("ffd8 ffffff01 ffd0 ffd7 ffff c0 000b 0c 0010 0020 01 011100"), "32x16/12/1");
}

TEST(ParseJpegHeaderTest, RefusesWhatHasNoFrameHeader) {
  for (const std::string_view hex :
       {"", "ff", "ffd8", "d8ff ffc0 000b 08 0010 0010 01 011100",
        "ffd8 ffd9",                                 // ends
        "ffd8 ffda 0008 01 0100 003f00",             // the picture begins
        "ffd8 ffd8 ffc0 000b 08 0010 0010 01",       // another one begins
        "ffd8 ff00 ffc0 000b 08 0010 0010 01",       // no marker
        "ffd8 00c0 000b 08 0010 0010 01 011100",     // none either
        "ffd8 ffe0 0001 ffc0 000b 08 0010 0010",     // length shorter than itself
        "ffd8 ffe0 0100 ffc0 000b 08 0010 0010",     // length beyond the end
        "ffd8 ffc0 0007 08 0010 0010 01",            // no components
        "ffd8 ffc0 000b 08 0010 0000 01 011100",     // no width
        "ffd8 ffc0 000b 08 0010 0010 00 011100"}) {  // no components
    EXPECT_EQ(Describe(hex), "error") << hex;
  }
  EXPECT_EQ(Describe("ffd8 ffc0 000b 08 0000 0010 01 011100"), "unsupported");
}

TEST(ParseJpegHeaderTest, RefusesEveryTruncation) {
  const ByteVector whole = Hex(kJpegEnc);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(Describe(Bytes(whole).first(length)), "error") << length;
  }
}

// As ffmpeg -c:v mjpeg writes it into an AVI file of 322x178.
constexpr std::string_view kBitmapInfo =
    "28000000 42010000 b2000000 0100 1800 4d4a5047 ac9f0200 00000000 00000000 00000000 00000000";

TEST(MjpegBitmapInfoTest, IsThatOfOtherWriters) {
  EXPECT_EQ(ToHex(BuildMjpegBitmapInfo(322, 178)), ToHex(Hex(kBitmapInfo)));
  // Where the decoded picture is larger than its size field can say.
  EXPECT_EQ(ToHex(BuildMjpegBitmapInfo(65535, 65535)).substr(40, 8), "00000000");
}

TEST(MjpegBitmapInfoTest, IsReadBack) {
  const Result<BitmapSize> size = ParseMjpegBitmapInfo(Hex(kBitmapInfo));
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(size->width, 322U);
  EXPECT_EQ(size->height, 178U);
  EXPECT_TRUE(ParseMjpegBitmapInfo(Hex(std::string(kBitmapInfo) + "ffff")).ok());
}

TEST(MjpegBitmapInfoTest, RefusesWhatIsNoMjpeg) {
  const auto refused_with = [](std::size_t at, std::uint8_t value) {
    ByteVector bytes = Hex(kBitmapInfo);
    bytes[at] = value;
    return ParseMjpegBitmapInfo(bytes).status().code() == StatusCode::kInvalidCodecData;
  };
  EXPECT_TRUE(refused_with(16, 'X'));
  EXPECT_TRUE(refused_with(6, 1));  // 65858 wide
  EXPECT_TRUE(refused_with(11, 0xFF));
  ByteVector no_size = Hex(kBitmapInfo);
  no_size[4] = no_size[5] = 0;
  EXPECT_FALSE(ParseMjpegBitmapInfo(no_size).ok());
  const ByteVector whole = Hex(kBitmapInfo);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ParseMjpegBitmapInfo(Bytes(whole).first(length)).ok()) << length;
  }
}

}  // namespace
}  // namespace kvs::codec
