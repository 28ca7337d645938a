#include "pic/codec/h265.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/hex.h"
#include "tests/unit/codec/bit_writer.h"
#include "tests/unit/codec/codec_vectors.h"

namespace kvs::codec {
namespace {

using ::kvs::test::BitWriter;
using ::kvs::test::Hex;
using ::kvs::test::kH265DefaultScalingSps;
using ::kvs::test::kH265ScalingPps;
using ::kvs::test::kH265ScalingSps;
using ::kvs::test::kH265ScalingVps;
using ::kvs::test::kH265TwoLayersPps;
using ::kvs::test::kH265TwoLayersSps;
using ::kvs::test::kH265TwoLayersVps;
using ::kvs::test::kH265Vectors;
using ::kvs::test::ToHex;
using ::kvs::test::VideoVector;
using ::kvs::test::WithEmulationPrevention;

ParameterSets SetsOf(const std::vector<std::string_view>& nals) {
  ByteVector in;
  for (const std::string_view nal : nals) {
    const ByteVector bytes = Hex(nal);
    in.insert(in.end(), {0, 0, 1});
    in.insert(in.end(), bytes.begin(), bytes.end());
  }
  NalList list;
  EXPECT_TRUE(ScanAnnexB(in, list).ok());
  ParameterSets sets(VideoCodec::kH265);
  EXPECT_TRUE(sets.Update(in, list.nals()).ok());
  return sets;
}

// An SPS up to the bit depths, Main profile, level 3.1 unless told otherwise.
struct SpsBuilder {
  int sub_layers = 1;
  bool sub_layer_profiles = true;  // each lower layer spells out its profile and level
  bool nested = true;
  bool high_tier = false;
  int profile = 1;
  int level = 93;
  std::uint32_t compatibility = 0x60000000;
  int id = 0;
  int chroma = 1;
  int width = 1920;
  int height = 1088;
  std::vector<int> window = {0, 0, 0, 4};  // left, right, top, bottom
  int depth_minus8 = 0;
  std::vector<std::uint8_t> Build() const {
    BitWriter w;
    w.Put(0x4201, 16).Put(0, 4).Put(static_cast<unsigned>(sub_layers - 1), 3);
    w.Put(nested ? 1 : 0, 1);
    w.Put(0, 2).Put(high_tier ? 1 : 0, 1).Put(static_cast<unsigned>(profile), 5);
    w.Put(compatibility, 32).Put(0x900000000000, 48).Put(static_cast<unsigned>(level), 8);
    for (int i = 0; i < sub_layers - 1; ++i) {
      w.Put(sub_layer_profiles ? 3 : 0, 2);
    }
    if (sub_layers > 1) {
      w.Put(0, 2 * (8 - (sub_layers - 1)));
    }
    for (int i = 0; i < sub_layers - 1 && sub_layer_profiles; ++i) {
      w.Put(0x0160000000900000, 64).Put(0, 24).Put(90, 8);
    }
    w.Ue(static_cast<unsigned>(id)).Ue(static_cast<unsigned>(chroma));
    if (chroma == 3) {
      w.Put(0, 1);
    }
    w.Ue(static_cast<unsigned>(width)).Ue(static_cast<unsigned>(height));
    w.Put(window.empty() ? 0 : 1, 1);
    for (const int offset : window) {
      w.Ue(static_cast<unsigned>(offset));
    }
    w.Ue(static_cast<unsigned>(depth_minus8)).Ue(static_cast<unsigned>(depth_minus8)).Trailing();
    return WithEmulationPrevention(w.bytes());
  }
  std::string Size() const {
    const Result<H265Sps> sps = ParseH265Sps(Build());
    return sps.ok() ? std::to_string(sps->width) + "x" + std::to_string(sps->height) : "error";
  }
};

TEST(ParseH265SpsTest, ReadsWhatEncodersWrite) {
  for (const VideoVector& v : kH265Vectors) {
    const Result<H265Sps> sps = ParseH265Sps(Hex(v.sps));
    ASSERT_TRUE(sps.ok()) << v.name << ": " << sps.status().message();
    EXPECT_EQ(sps->width, v.width) << v.name;
    EXPECT_EQ(sps->height, v.height) << v.name;
    EXPECT_EQ(sps->coded_width, v.coded_width) << v.name;
    EXPECT_EQ(sps->coded_height, v.coded_height) << v.name;
    EXPECT_EQ(sps->chroma_format_idc, v.chroma_format_idc) << v.name;
    EXPECT_EQ(sps->bit_depth_luma, v.bit_depth) << v.name;
    EXPECT_EQ(sps->bit_depth_chroma, v.bit_depth) << v.name;
    EXPECT_EQ(sps->max_sub_layers, 1) << v.name;
  }
}

TEST(ParseH265SpsTest, ReadsASpsWithTemporalLayersOfAnEncoder) {
  const Result<H265Sps> sps = ParseH265Sps(Hex(kH265TwoLayersSps));
  ASSERT_TRUE(sps.ok());
  EXPECT_EQ(sps->width, 1920U);
  EXPECT_EQ(sps->height, 1080U);
  EXPECT_EQ(sps->max_sub_layers, 2);
  EXPECT_FALSE(sps->temporal_id_nesting);
  EXPECT_EQ(sps->bit_depth_luma, 10);
  EXPECT_EQ(sps->profile_tier_level.profile_idc, 2);
  EXPECT_EQ(sps->profile_tier_level.level_idc, 123);
}

TEST(ParseH265SpsTest, ReadsEveryNumberOfSubLayers) {
  for (int layers = 1; layers <= 7; ++layers) {
    EXPECT_EQ((SpsBuilder{.sub_layers = layers, .sub_layer_profiles = true}.Size()), "1920x1080");
    EXPECT_EQ((SpsBuilder{.sub_layers = layers, .sub_layer_profiles = false}.Size()), "1920x1080");
  }
  EXPECT_EQ((SpsBuilder{.sub_layers = 8}.Size()), "error");
}

TEST(ParseH265SpsTest, ReadsProfileTierAndLevel) {
  const Result<H265Sps> sps = ParseH265Sps(SpsBuilder{.high_tier = true}.Build());
  ASSERT_TRUE(sps.ok());
  const H265ProfileTierLevel& ptl = sps->profile_tier_level;
  EXPECT_EQ(ptl.profile_space, 0);
  EXPECT_TRUE(ptl.high_tier);
  EXPECT_EQ(ptl.profile_idc, 1);
  EXPECT_EQ(ptl.compatibility_flags, 0x60000000U);
  EXPECT_EQ(ToHex(ptl.constraints), "900000000000");
  EXPECT_EQ(ptl.level_idc, 93);
}

TEST(ParseH265SpsTest, AppliesTheConformanceWindowInUnitsOfTheChromaFormat) {
  const auto size = [](int chroma) {
    return SpsBuilder{.chroma = chroma, .width = 640, .height = 480, .window = {1, 2, 3, 4}}.Size();
  };
  EXPECT_EQ(size(0), "637x473");
  EXPECT_EQ(size(1), "634x466");
  EXPECT_EQ(size(2), "634x473");
  EXPECT_EQ(size(3), "637x473");
}

TEST(ParseH265SpsTest, RefusesValuesOutOfRange) {
  EXPECT_EQ((SpsBuilder{.id = 15}.Size()), "1920x1080");
  EXPECT_EQ((SpsBuilder{.id = 16}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.chroma = 4}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.width = 0}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.width = 65535, .window = {}}.Size()), "65535x1088");
  EXPECT_EQ((SpsBuilder{.width = 65536}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.height = 65536}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.window = {0, 0, 272, 272}}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.window = {2147483647, 2147483647, 0, 0}}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.depth_minus8 = 8}.Size()), "1920x1080");
  EXPECT_EQ((SpsBuilder{.depth_minus8 = 9}.Size()), "error");
}

TEST(ParseH265SpsTest, SurvivesEveryTruncation) {
  for (const VideoVector& v : kH265Vectors) {
    const ByteVector whole = Hex(v.sps);
    bool was_ok = false;
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      const ByteVector cut(whole.begin(), whole.begin() + static_cast<long>(length));
      const Result<H265Sps> sps = ParseH265Sps(cut);
      EXPECT_TRUE(sps.ok() || !was_ok);
      if (sps.ok()) {
        EXPECT_EQ(sps->width, v.width);
      }
      was_ok = sps.ok();
    }
    EXPECT_TRUE(was_ok);
  }
}

// The head that Amazon's packager gets wrong: profile and level start at the SPS's fourth byte.
TEST(BuildHvcCTest, MatchesTheGoldenHead) {
  const ByteVector sps = SpsBuilder{}.Build();
  const Result<ByteVector> hvcc = BuildHvcC(SetsOf({"40010c01", ToHex(sps), "4401c0"}));
  ASSERT_TRUE(hvcc.ok());
  EXPECT_EQ(ToHex(*hvcc).substr(0, 46),
            ToHex(Hex("01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f 03")));
}

TEST(BuildHvcCTest, MatchesTheMp4MuxerButForCompleteness) {
  for (const VideoVector& v : kH265Vectors) {
    const Result<ByteVector> hvcc = BuildHvcC(SetsOf({v.vps, v.sps, v.pps}));
    ASSERT_TRUE(hvcc.ok()) << v.name;
    ByteVector expected = Hex(v.codec_data);
    // The muxer moved the sets out of the frames; here they may also come in band.
    const std::size_t vps_array = 23;
    const std::size_t sps_array = vps_array + 5 + Hex(v.vps).size();
    const std::size_t pps_array = sps_array + 5 + Hex(v.sps).size();
    for (const std::size_t array : {vps_array, sps_array, pps_array}) {
      ASSERT_EQ(expected[array] & 0x80, 0x80);
      expected[array] &= 0x7F;
    }
    EXPECT_EQ(ToHex(*hvcc), ToHex(expected)) << v.name;
  }
}

TEST(BuildHvcCTest, FilesSetsByTypeWhateverTheirOrder) {
  const VideoVector& v = kH265Vectors[0];
  const Result<ByteVector> usual = BuildHvcC(SetsOf({v.vps, v.sps, v.pps}));
  const Result<ByteVector> other = BuildHvcC(SetsOf({v.pps, "4e0105", v.sps, v.vps, "2601af"}));
  ASSERT_TRUE(usual.ok());
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(ToHex(*usual), ToHex(*other));
}

TEST(BuildHvcCTest, TellsTemporalLayers) {
  const Result<ByteVector> hvcc =
      BuildHvcC(SetsOf({kH265TwoLayersVps, kH265TwoLayersSps, kH265TwoLayersPps}));
  ASSERT_TRUE(hvcc.ok());
  EXPECT_EQ(ToHex(*hvcc).substr(0, 46),
            ToHex(Hex("01 02 20000000 900000000000 7b f000 fc fd fa fa 0000 13 03")));
  const Result<HevcConfig> parsed = ParseHvcC(*hvcc);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->temporal_layers, 2);
  EXPECT_FALSE(parsed->temporal_id_nested);
  EXPECT_EQ(parsed->bit_depth_luma, 10);
  EXPECT_EQ(parsed->length_size, 4);
}

TEST(BuildHvcCTest, CarriesScalingLists) {
  for (const std::string_view sps : {kH265DefaultScalingSps, kH265ScalingSps}) {
    const Result<H265Sps> parsed = ParseH265Sps(Hex(sps));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->width, 642U);
    EXPECT_EQ(parsed->height, 362U);
    const ParameterSets sets = SetsOf({kH265ScalingVps, sps, kH265ScalingPps});
    const Result<ByteVector> hvcc = BuildHvcC(sets);
    ASSERT_TRUE(hvcc.ok());
    EXPECT_EQ(ToHex(*hvcc).substr(0, 46),
              ToHex(Hex("01 01 60000000 900000000000 3f f000 fc fd f8 f8 0000 0f 03")));
    EXPECT_EQ(ParseHvcC(*hvcc)->sets, sets);
  }
}

TEST(BuildHvcCTest, CoversAllSps) {
  const auto build = [](const SpsBuilder& first, const SpsBuilder& second) {
    const Result<ByteVector> hvcc =
        BuildHvcC(SetsOf({"40010c01", ToHex(first.Build()), ToHex(second.Build()), "4401c0"}));
    EXPECT_TRUE(hvcc.ok());
    const Result<HevcConfig> config = ParseHvcC(*hvcc);
    EXPECT_EQ(config->sets.Count(NalKind::kSps), 2U);
    return config->profile_tier_level;
  };
  const SpsBuilder main_31{};
  const SpsBuilder main10_41{.profile = 2, .level = 123, .compatibility = 0x20000000, .id = 1};
  const H265ProfileTierLevel both = build(main_31, main10_41);
  EXPECT_EQ(both.profile_idc, 2);
  EXPECT_EQ(both.level_idc, 123);
  EXPECT_EQ(both.compatibility_flags, 0x20000000U);
  const SpsBuilder high_3{.high_tier = true, .level = 90, .id = 1};
  EXPECT_EQ(build(main_31, high_3).level_idc, 90);
  EXPECT_TRUE(build(main_31, high_3).high_tier);
  const SpsBuilder high_31_first{.high_tier = true, .level = 93};
  const SpsBuilder main_5{.level = 150, .id = 1};
  EXPECT_EQ(build(high_31_first, main_5).level_idc, 93);
}

TEST(BuildHvcCTest, NeedsAllThreeKinds) {
  const VideoVector& v = kH265Vectors[0];
  EXPECT_EQ(BuildHvcC(SetsOf({v.sps, v.pps})).status().code(), StatusCode::kInvalidCodecData);
  EXPECT_EQ(BuildHvcC(SetsOf({v.vps, v.pps})).status().code(), StatusCode::kInvalidCodecData);
  EXPECT_EQ(BuildHvcC(SetsOf({v.vps, v.sps})).status().code(), StatusCode::kInvalidCodecData);
}

TEST(ParseHvcCTest, ReadsWhatTheMp4MuxerWrites) {
  for (const VideoVector& v : kH265Vectors) {
    const Result<HevcConfig> config = ParseHvcC(Hex(v.codec_data));
    ASSERT_TRUE(config.ok()) << v.name;
    EXPECT_EQ(config->sets, SetsOf({v.vps, v.sps, v.pps})) << v.name;
    EXPECT_EQ(config->chroma_format_idc, v.chroma_format_idc);
    EXPECT_EQ(config->bit_depth_luma, v.bit_depth);
    EXPECT_EQ(config->profile_tier_level, ParseH265Sps(Hex(v.sps))->profile_tier_level);
  }
}

TEST(ParseHvcCTest, RefusesEveryTruncation) {
  for (const VideoVector& v : kH265Vectors) {
    const ByteVector whole = Hex(v.codec_data);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const ByteVector cut(whole.begin(), whole.begin() + static_cast<long>(length));
      EXPECT_EQ(ParseHvcC(cut).status().code(), StatusCode::kInvalidCodecData) << length;
    }
  }
}

TEST(ParseHvcCTest, SkipsSeiArraysAndRefusesMisfiledSets) {
  const VideoVector& v = kH265Vectors[0];
  ByteVector with_sei = Hex(v.codec_data);
  ++with_sei[22];
  const ByteVector sei = Hex("27 0001 0003 4e0105");
  with_sei.insert(with_sei.end(), sei.begin(), sei.end());
  ASSERT_TRUE(ParseHvcC(with_sei).ok());
  EXPECT_EQ(ParseHvcC(with_sei)->sets, ParseHvcC(Hex(v.codec_data))->sets);
  ByteVector misfiled = Hex(v.codec_data);
  misfiled[23] = 0xA1;  // the VPS in an array for SPS
  EXPECT_EQ(ParseHvcC(misfiled).status().code(), StatusCode::kInvalidCodecData);
}

TEST(H265ConfigTest, KeepsHvcCAsItIsButForTheLengthSize) {
  const VideoVector& v = kH265Vectors[1];
  ByteVector hvcc = Hex(v.codec_data);
  hvcc[21] = static_cast<std::uint8_t>((hvcc[21] & 0xFC) | 1);
  ParameterSets sets(VideoCodec::kH265);
  const Result<VideoConfig> config = H265ConfigFromCodecData(hvcc, &sets);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->source_length_size, 2);
  EXPECT_EQ(ToHex(config->codec_private), v.codec_data);
  EXPECT_EQ(config->width, 1366U);
  EXPECT_EQ(config->height, 768U);
  EXPECT_TRUE(sets.complete());
}

TEST(H265ConfigTest, WaitsForSetsWithAnHvcCThatHasNone) {
  ByteVector hvcc = Hex(kH265Vectors[0].codec_data);
  hvcc.resize(23);
  hvcc[22] = 0;
  ParameterSets sets(VideoCodec::kH265);
  const Result<VideoConfig> config = H265ConfigFromCodecData(hvcc, &sets);
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->codec_private.empty());
  EXPECT_EQ(config->source_length_size, 4);
  EXPECT_FALSE(sets.complete());
}

TEST(H265ConfigTest, ConvertsAnAnnexBBlob) {
  const VideoVector& v = kH265Vectors[2];
  const ByteVector blob = Hex("00000001" + std::string(v.vps) + "000001" + std::string(v.sps) +
                              "0000000001" + std::string(v.pps) + "00");
  const Result<VideoConfig> config = H265ConfigFromCodecData(blob, nullptr);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->width, 1280U);
  EXPECT_EQ(config->height, 720U);
  EXPECT_EQ(ToHex(config->codec_private), ToHex(*BuildHvcC(SetsOf({v.vps, v.sps, v.pps}))));
}

}  // namespace
}  // namespace kvs::codec
