#include "pic/codec/parameter_sets.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pic/codec/video_config.h"
#include "tests/support/hex.h"
#include "tests/unit/codec/codec_vectors.h"

namespace kvs::codec {
namespace {

using ::kvs::test::Hex;
using ::kvs::test::ToHex;
using ::testing::ElementsAre;

constexpr std::string_view kSps0 = "6742c01ed900a03db011000003000100000300320f162e48";
constexpr std::string_view kSps0Other = "674d401eeca06c1ef3780880000003008000000f078b16cb";
constexpr std::string_view kPps0 = "68cb83cb20";
constexpr std::string_view kPps0Other = "68ebe3cb20";
// ue(v) 1 in front: "010" instead of "1".
constexpr std::string_view kPps1 = "6852e3cb20";
constexpr std::string_view kSlice = "658884";

ByteVector AccessUnit(const std::vector<std::string_view>& nals) {
  ByteVector out;
  for (const std::string_view nal : nals) {
    const ByteVector bytes = Hex(nal);
    out.insert(out.end(), {0, 0, 0, 1});
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

Result<bool> Update(ParameterSets& sets, const std::vector<std::string_view>& nals) {
  const ByteVector in = AccessUnit(nals);
  NalList list;
  EXPECT_TRUE(ScanAnnexB(in, list).ok());
  return sets.Update(in, list.nals());
}

bool Differs(const ParameterSets& sets, const std::vector<std::string_view>& nals) {
  const ByteVector in = AccessUnit(nals);
  NalList list;
  EXPECT_TRUE(ScanAnnexB(in, list).ok());
  return sets.DiffersFrom(in, list.nals());
}

std::vector<std::string> HexOf(const ParameterSets& sets, NalKind kind) {
  std::vector<std::string> out;
  for (const Bytes nal : sets.Of(kind)) {
    out.push_back(ToHex(nal));
  }
  return out;
}

TEST(ParameterSetsTest, GathersSetsOverSeveralAccessUnits) {
  ParameterSets sets(VideoCodec::kH264);
  EXPECT_TRUE(*Update(sets, {kSps0, kSlice}));
  EXPECT_FALSE(sets.complete());
  EXPECT_TRUE(*Update(sets, {kPps0, kSlice}));
  EXPECT_TRUE(sets.complete());
  EXPECT_THAT(HexOf(sets, NalKind::kSps), ElementsAre(kSps0));
  EXPECT_THAT(HexOf(sets, NalKind::kPps), ElementsAre(kPps0));
}

TEST(ParameterSetsTest, SaysNothingIsNewWhenSetsAreRepeated) {
  ParameterSets sets(VideoCodec::kH264);
  ASSERT_TRUE(*Update(sets, {kSps0, kPps0, kPps1, kSlice}));
  EXPECT_FALSE(Differs(sets, {kSps0, kPps0, kPps1, kSlice}));
  EXPECT_FALSE(*Update(sets, {kSps0, kPps0, kPps1, kSlice}));
  EXPECT_FALSE(*Update(sets, {kPps1, kSlice}));
  EXPECT_FALSE(*Update(sets, {kSlice}));
}

TEST(ParameterSetsTest, ReplacesASetOfTheSameId) {
  ParameterSets sets(VideoCodec::kH264);
  ASSERT_TRUE(*Update(sets, {kSps0, kPps0, kPps1}));
  EXPECT_TRUE(Differs(sets, {kSps0Other, kPps0Other}));
  EXPECT_TRUE(*Update(sets, {kSps0Other, kPps0Other}));
  EXPECT_THAT(HexOf(sets, NalKind::kSps), ElementsAre(kSps0Other));
  EXPECT_THAT(HexOf(sets, NalKind::kPps), ElementsAre(kPps0Other, kPps1));
  EXPECT_FALSE(Differs(sets, {kSps0Other, kPps0Other}));
}

TEST(ParameterSetsTest, PutsWhatChangedInFrontAndKeepsItsOrder) {
  ParameterSets sets(VideoCodec::kH264);
  ASSERT_TRUE(*Update(sets, {kSps0, kPps0}));
  ASSERT_TRUE(*Update(sets, {kPps1, kSlice}));
  EXPECT_THAT(HexOf(sets, NalKind::kPps), ElementsAre(kPps1, kPps0));
  ParameterSets together(VideoCodec::kH264);
  ASSERT_TRUE(*Update(together, {kPps0, kSps0, kPps1}));
  EXPECT_THAT(HexOf(together, NalKind::kPps), ElementsAre(kPps0, kPps1));
}

TEST(ParameterSetsTest, TheLastOfSeveralSetsOfOneIdCounts) {
  ParameterSets sets(VideoCodec::kH264);
  ASSERT_TRUE(*Update(sets, {kPps0, kPps0Other, kPps1, kSps0Other, kSps0}));
  EXPECT_THAT(HexOf(sets, NalKind::kSps), ElementsAre(kSps0));
  EXPECT_THAT(HexOf(sets, NalKind::kPps), ElementsAre(kPps0Other, kPps1));
  EXPECT_FALSE(Differs(sets, {kPps0, kPps0Other, kPps1, kSps0Other, kSps0}));
  EXPECT_FALSE(*Update(sets, {kPps0, kPps0Other, kPps1, kSps0Other, kSps0}));
}

TEST(ParameterSetsTest, ChangesNothingOnASetThatCannotBeRead) {
  ParameterSets sets(VideoCodec::kH264);
  ASSERT_TRUE(*Update(sets, {kSps0, kPps0}));
  const ParameterSets before = sets;
  EXPECT_TRUE(Differs(sets, {kPps1, "6742"}));
  EXPECT_EQ(Update(sets, {kPps1, "6742"}).status().code(), StatusCode::kInvalidCodecData);
  EXPECT_EQ(sets, before);
}

TEST(ParameterSetsTest, RefusesASetThatIsTooLarge) {
  ParameterSets sets(VideoCodec::kH264);
  ByteVector in = AccessUnit({kPps0});
  in.insert(in.end(), kMaxParameterSetBytes, 0x55);
  NalList list;
  ASSERT_TRUE(ScanAnnexB(in, list).ok());
  EXPECT_EQ(sets.Update(in, list.nals()).status().code(), StatusCode::kTooLarge);
  EXPECT_TRUE(sets.empty());
}

TEST(ParameterSetsTest, RefusesMoreThanFitsIntoCodecPrivateData) {
  ParameterSets sets(VideoCodec::kH264);
  StatusCode code = StatusCode::kOk;
  std::size_t accepted = 0;
  for (const std::string_view id : {"b0", "48", "68", "22", "2a", "32", "3a", "11", "13", "15",
                                    "17", "19", "1b", "1d", "1f", "0800", "0880", "0900"}) {
    ByteVector in = {0, 0, 1, 0x68};
    const ByteVector body = Hex(id);
    in.insert(in.end(), body.begin(), body.end());
    in.insert(in.end(), 65000, 0x55);
    NalList list;
    ASSERT_TRUE(ScanAnnexB(in, list).ok());
    const Result<bool> updated = sets.Update(in, list.nals());
    if (!updated.ok()) {
      code = updated.status().code();
      break;
    }
    accepted += *updated ? 1U : 0U;
  }
  EXPECT_EQ(code, StatusCode::kTooLarge);
  EXPECT_EQ(accepted, 16U);
  EXPECT_EQ(sets.Count(NalKind::kPps), 16U);
}

TEST(ParameterSetIdTest, ReadsTheIdOfEachKind) {
  const auto id = [](VideoCodec codec, NalKind kind, std::string_view hex) -> int {
    const Result<std::uint32_t> result = ParameterSetId(codec, kind, Hex(hex));
    return result.ok() ? static_cast<int>(*result) : -1;
  };
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kSps, kSps0), 0);
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kSps, "6742c01e48"), 1);
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kSps, "6742c01e0400"), 31);  // 000001 00000
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kSps, "6742c01e0420"), -1);  // 32
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kSps, "670000030080"), 0);  // escaped in front of the id
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kSps, "6742c01e"), -1);
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kPps, kPps1), 1);
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kPps, "68008000"), 255);  // 00000000 1 00000000
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kPps, "68008080"), -1);   // 256
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kPps, "68"), -1);
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kSpsExtension, "6d80"), 0);
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kPps, kSps0), -1);
  EXPECT_EQ(id(VideoCodec::kH264, NalKind::kIdrSlice, kSlice), -1);
  EXPECT_EQ(id(VideoCodec::kH265, NalKind::kVps, "40012c01"), 2);
  EXPECT_EQ(id(VideoCodec::kH265, NalKind::kVps, "4001"), -1);
  EXPECT_EQ(id(VideoCodec::kH265, NalKind::kSps, test::kH265TwoLayersSps), 0);
  EXPECT_EQ(id(VideoCodec::kH265, NalKind::kPps, "4401c0"), 0);
  EXPECT_EQ(id(VideoCodec::kH265, NalKind::kPps, "44010200"), 63);  // 0000001 000000
  EXPECT_EQ(id(VideoCodec::kH265, NalKind::kPps, "44010208"), -1);  // 64
}

// What a sink does with each of the stream formats of GStreamer.
TEST(StreamFormatTest, AvcTakesEverythingFromItsCodecData) {
  const test::VideoVector& v = test::kH264Vectors[2];
  ParameterSets known(VideoCodec::kH264);
  const auto config = VideoConfigFromCodecData(VideoCodec::kH264, Hex(v.codec_data), &known);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(ToHex(config->codec_private), v.codec_data);
  EXPECT_EQ(config->source_length_size, 4);
  EXPECT_EQ(config->width, v.width);
  EXPECT_FALSE(Differs(known, {v.sps, v.pps, kSlice}));  // in-band copies are nothing new
  EXPECT_TRUE(Differs(known, {kSps0, kPps0, kSlice}));
}

TEST(StreamFormatTest, Avc3WithoutParameterSetsWaitsForTheFirstKeyFrame) {
  ParameterSets sets(VideoCodec::kH264);
  const auto empty = VideoConfigFromCodecData(VideoCodec::kH264, Hex("0142c01efde000"), &sets);
  ASSERT_TRUE(empty.ok());
  EXPECT_TRUE(empty->codec_private.empty());
  EXPECT_EQ(empty->width, 0U);
  EXPECT_EQ(empty->source_length_size, 2);
  EXPECT_FALSE(sets.complete());

  const ByteVector frame =
      Hex("0018 6742c01ed900a03db011000003000100000300320f162e48"
          "0005 68cb83cb20 0003 658884");
  NalList list;
  ASSERT_TRUE(ScanLengthPrefixed(frame, empty->source_length_size, list).ok());
  ASSERT_TRUE(*sets.Update(frame, list.nals()));
  ASSERT_TRUE(sets.complete());
  const auto config = VideoConfigFromSets(sets);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(ToHex(config->codec_private), test::kH264Vectors[0].codec_data);
  EXPECT_EQ(config->width, 640U);
}

TEST(StreamFormatTest, ByteStreamTakesItsSetsFromTheFirstKeyFrame) {
  for (const test::VideoVector& v : test::kH265Vectors) {
    ParameterSets sets(VideoCodec::kH265);
    ASSERT_TRUE(*Update(sets, {"460150", v.vps, v.sps, v.pps, "2601af"})) << v.name;
    const auto config = VideoConfigFromSets(sets);
    ASSERT_TRUE(config.ok()) << v.name;
    EXPECT_EQ(config->width, v.width);
    EXPECT_EQ(config->height, v.height);
    EXPECT_EQ(config->source_length_size, 0);
    EXPECT_FALSE(*Update(sets, {v.vps, v.sps, v.pps, "2601af"}));
  }
}

}  // namespace
}  // namespace kvs::codec
