#include "pic/codec/h264.h"

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
using ::kvs::test::kH264Vectors;
using ::kvs::test::ToHex;
using ::kvs::test::VideoVector;
using ::kvs::test::WithEmulationPrevention;

// The baseline stream of the packager's golden vectors: 640x480.
constexpr std::string_view kGoldenSps = "6742c01eda0280f684000003000104";
constexpr std::string_view kGoldenPps = "68ce3c80";

ParameterSets SetsOf(const std::vector<std::string_view>& nals) {
  ByteVector in;
  for (const std::string_view nal : nals) {
    const ByteVector bytes = Hex(nal);
    in.insert(in.end(), {0, 0, 1});
    in.insert(in.end(), bytes.begin(), bytes.end());
  }
  NalList list;
  EXPECT_TRUE(ScanAnnexB(in, list).ok());
  ParameterSets sets(VideoCodec::kH264);
  EXPECT_TRUE(sets.Update(in, list.nals()).ok());
  return sets;
}

// Fields of an SPS with a frame of 20x15 macroblocks; each member replaces a part of it.
struct SpsBuilder {
  int profile = 100;
  int id = 0;
  int chroma = 1;
  bool separate_planes = false;
  int depth_minus8 = 0;
  BitWriter& (*scaling)(BitWriter&, int lists) = nullptr;
  int poc_type = 0;
  int poc_cycle = 0;
  int width_mbs = 20;
  int map_units = 15;
  bool frame_mbs_only = true;
  std::vector<int> crop = {};  // left, right, top, bottom
  std::vector<std::uint8_t> Build() const {
    BitWriter w;
    w.Put(0x67, 8)
        .Put(static_cast<unsigned>(profile), 8)
        .Put(0, 8)
        .Put(30, 8)
        .Ue(static_cast<unsigned>(id));
    if (profile >= 100 || profile == 44) {
      w.Ue(static_cast<unsigned>(chroma));
      if (chroma == 3) {
        w.Put(separate_planes ? 1 : 0, 1);
      }
      w.Ue(static_cast<unsigned>(depth_minus8)).Ue(static_cast<unsigned>(depth_minus8)).Put(0, 1);
      w.Put(scaling != nullptr ? 1 : 0, 1);
      if (scaling != nullptr) {
        scaling(w, chroma == 3 ? 12 : 8);
      }
    }
    w.Ue(0).Ue(static_cast<unsigned>(poc_type));
    if (poc_type == 0) {
      w.Ue(2);
    } else if (poc_type == 1) {
      w.Put(0, 1).Se(-3).Se(5).Ue(static_cast<unsigned>(poc_cycle));
      for (int i = 0; i < poc_cycle; ++i) {
        w.Se(i % 2 == 0 ? i : -i);
      }
    }
    w.Ue(1).Put(0, 1);
    w.Ue(static_cast<unsigned>(width_mbs - 1)).Ue(static_cast<unsigned>(map_units - 1));
    w.Put(frame_mbs_only ? 1 : 0, 1);
    if (!frame_mbs_only) {
      w.Put(0, 1);
    }
    w.Put(1, 1).Put(crop.empty() ? 0 : 1, 1);
    for (const int offset : crop) {
      w.Ue(static_cast<unsigned>(offset));
    }
    w.Put(0, 1).Trailing();
    return WithEmulationPrevention(w.bytes());
  }
  std::string Size() const {
    const Result<H264Sps> sps = ParseH264Sps(Build());
    return sps.ok() ? std::to_string(sps->width) + "x" + std::to_string(sps->height) : "error";
  }
};

TEST(ParseH264SpsTest, ReadsWhatEncodersWrite) {
  for (const VideoVector& v : kH264Vectors) {
    const Result<H264Sps> sps = ParseH264Sps(Hex(v.sps));
    ASSERT_TRUE(sps.ok()) << v.name << ": " << sps.status().message();
    EXPECT_EQ(sps->width, v.width) << v.name;
    EXPECT_EQ(sps->height, v.height) << v.name;
    EXPECT_EQ(sps->coded_width, v.coded_width) << v.name;
    EXPECT_EQ(sps->coded_height, v.coded_height) << v.name;
    EXPECT_EQ(sps->chroma_format_idc, v.chroma_format_idc) << v.name;
    EXPECT_EQ(sps->bit_depth_luma, v.bit_depth) << v.name;
    EXPECT_EQ(sps->bit_depth_chroma, v.bit_depth) << v.name;
    ASSERT_TRUE(sps->frame_rate.has_value()) << v.name;
    EXPECT_EQ(std::uint64_t{sps->frame_rate->numerator} * v.rate_denominator,
              std::uint64_t{sps->frame_rate->denominator} * v.rate_numerator)
        << v.name;
  }
}

TEST(ParseH264SpsTest, ReadsProfileAndLevel) {
  const Result<H264Sps> sps = ParseH264Sps(Hex(kGoldenSps));
  ASSERT_TRUE(sps.ok());
  EXPECT_EQ(sps->profile_idc, 66);
  EXPECT_EQ(sps->constraint_flags, 0xC0);
  EXPECT_EQ(sps->level_idc, 30);
  EXPECT_EQ(sps->width, 640U);
  EXPECT_EQ(sps->height, 480U);
}

TEST(ParseH264SpsTest, TellsInterlacedFromProgressive) {
  EXPECT_TRUE(ParseH264Sps(Hex(kH264Vectors[2].sps))->frame_mbs_only);
  EXPECT_FALSE(ParseH264Sps(Hex(kH264Vectors[4].sps))->frame_mbs_only);
}

// All lists present; deltas of both signs, lists that end early, each starting afresh from 8.
BitWriter& FullScalingLists(BitWriter& w, int lists) {
  for (int list = 0; list < lists; ++list) {
    const int size = list < 6 ? 16 : 64;
    w.Put(1, 1);
    if (list % 4 == 3) {
      w.Se(-8);  // the next scale becomes 0 at once: the default list, and nothing more follows
    } else if (list % 4 == 2) {
      w.Se(5).Se(-13);  // 13, then 0: the rest repeats
    } else {
      for (int i = 0; i < size; ++i) {
        w.Se(i % 2 == 0 ? 3 : -2);
      }
    }
  }
  return w;
}
BitWriter& NoScalingLists(BitWriter& w, int lists) {
  return w.Put(0, lists);
}

TEST(ParseH264SpsTest, SkipsScalingListsOfEveryShape) {
  for (const int chroma : {0, 1, 2, 3}) {
    for (const auto scaling : {&FullScalingLists, &NoScalingLists}) {
      SpsBuilder sps{.profile = 244, .chroma = chroma, .scaling = scaling};
      EXPECT_EQ(sps.Size(), "320x240") << chroma;
    }
  }
}

TEST(ParseH264SpsTest, SkipsEveryPictureOrderType) {
  EXPECT_EQ((SpsBuilder{.poc_type = 0}.Size()), "320x240");
  EXPECT_EQ((SpsBuilder{.poc_type = 1}.Size()), "320x240");
  EXPECT_EQ((SpsBuilder{.poc_type = 1, .poc_cycle = 255}.Size()), "320x240");
  EXPECT_EQ((SpsBuilder{.poc_type = 1, .poc_cycle = 256}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.poc_type = 2}.Size()), "320x240");
  EXPECT_EQ((SpsBuilder{.poc_type = 3}.Size()), "error");
}

TEST(ParseH264SpsTest, CropsInUnitsOfTheChromaFormat) {
  const std::vector<int> crop = {1, 2, 3, 4};
  const auto size = [&](int chroma, bool planes, bool progressive) {
    return SpsBuilder{.profile = 244,
                      .chroma = chroma,
                      .separate_planes = planes,
                      .frame_mbs_only = progressive,
                      .crop = crop}
        .Size();
  };
  EXPECT_EQ(size(0, false, true), "317x233");
  EXPECT_EQ(size(1, false, true), "314x226");
  EXPECT_EQ(size(2, false, true), "314x233");
  EXPECT_EQ(size(3, false, true), "317x233");
  EXPECT_EQ(size(3, true, true), "317x233");
  EXPECT_EQ(size(0, false, false), "317x466");
  EXPECT_EQ(size(1, false, false), "314x452");
  EXPECT_EQ(size(2, false, false), "314x466");
  EXPECT_EQ(size(3, false, false), "317x466");
}

TEST(ParseH264SpsTest, RefusesValuesOutOfRange) {
  EXPECT_EQ((SpsBuilder{.id = 31}.Size()), "320x240");
  EXPECT_EQ((SpsBuilder{.id = 32}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.chroma = 4}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.depth_minus8 = 6}.Size()), "320x240");
  EXPECT_EQ((SpsBuilder{.depth_minus8 = 7}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.width_mbs = 4096, .map_units = 4096}.Size()), "65536x65536");
  EXPECT_EQ((SpsBuilder{.width_mbs = 4097}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.map_units = 4097}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.map_units = 2049, .frame_mbs_only = false}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.crop = {80, 79, 0, 0}}.Size()), "2x240");
  EXPECT_EQ((SpsBuilder{.crop = {80, 80, 0, 0}}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.crop = {0, 0, 0, 120}}.Size()), "error");
  EXPECT_EQ((SpsBuilder{.crop = {2147483647, 2147483647, 0, 0}}.Size()), "error");
}

TEST(ParseH264SpsTest, RefusesOtherNalUnits) {
  EXPECT_EQ(ParseH264Sps(Hex(kGoldenPps)).status().code(), StatusCode::kInvalidCodecData);
  EXPECT_EQ(ParseH264Sps({}).status().code(), StatusCode::kInvalidCodecData);
}

TEST(ParseH264SpsTest, SurvivesEveryTruncation) {
  for (const VideoVector& v : kH264Vectors) {
    const ByteVector whole = Hex(v.sps);
    bool was_ok = false;
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      const ByteVector cut(whole.begin(), whole.begin() + static_cast<long>(length));
      const Result<H264Sps> sps = ParseH264Sps(cut);
      EXPECT_TRUE(sps.ok() || !was_ok);  // once enough is there, more does no harm
      if (sps.ok()) {
        EXPECT_EQ(sps->width, v.width);
        EXPECT_EQ(sps->height, v.height);
      }
      was_ok = sps.ok();
    }
    EXPECT_TRUE(was_ok);
  }
}

TEST(BuildAvcCTest, MatchesTheMp4Muxer) {
  for (const VideoVector& v : kH264Vectors) {
    const Result<ByteVector> avcc = BuildAvcC(SetsOf({v.sps, v.pps}));
    ASSERT_TRUE(avcc.ok()) << v.name;
    EXPECT_EQ(ToHex(*avcc), v.codec_data) << v.name;
  }
}

TEST(BuildAvcCTest, MatchesTheGoldenVector) {
  const Result<ByteVector> avcc = BuildAvcC(SetsOf({kGoldenSps, kGoldenPps}));
  ASSERT_TRUE(avcc.ok());
  EXPECT_EQ(ToHex(*avcc), ToHex(Hex("0142c01e ff e1 000f 6742c01eda0280f684000003000104"
                                    "01 0004 68ce3c80")));
}

TEST(BuildAvcCTest, CarriesAllSetsAndTheirCommonPromises) {
  const std::vector<std::uint8_t> second_sps = SpsBuilder{.profile = 100, .id = 1}.Build();
  ParameterSets sets =
      SetsOf({kH264Vectors[2].sps, ToHex(second_sps), kH264Vectors[2].pps, "6852e3cb20", "6db8"});
  const Result<ByteVector> avcc = BuildAvcC(sets);
  ASSERT_TRUE(avcc.ok());
  const Result<AvcConfig> parsed = ParseAvcC(*avcc);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->sets, sets);
  EXPECT_EQ(parsed->sets.Count(NalKind::kSps), 2U);
  EXPECT_EQ(parsed->sets.Count(NalKind::kPps), 2U);
  EXPECT_EQ(parsed->sets.Count(NalKind::kSpsExtension), 1U);
  EXPECT_EQ(parsed->level_idc, 0x28);
  EXPECT_EQ(parsed->profile_idc, 100);
}

TEST(BuildAvcCTest, GivesTheHighestLevelAndTheConstraintsThatAllSpsKeep) {
  const Result<ByteVector> avcc =
      BuildAvcC(SetsOf({kGoldenSps, "6742e028 48 80", "674d4032 64", kGoldenPps}));
  ASSERT_TRUE(avcc.ok());
  EXPECT_EQ((*avcc)[1], 0x42);
  EXPECT_EQ((*avcc)[2], 0xC0 & 0xE0);
  EXPECT_EQ((*avcc)[3], 0x28);  // the Main profile's level is no matter
  const Result<ByteVector> other = BuildAvcC(SetsOf({kGoldenSps, "67428015 48 80", kGoldenPps}));
  ASSERT_TRUE(other.ok());
  EXPECT_EQ((*other)[2], 0x80);
  EXPECT_EQ((*other)[3], 0x1E);
}

TEST(BuildAvcCTest, TellsWhatIsMissing) {
  const Result<ByteVector> no_pps = BuildAvcC(SetsOf({kGoldenSps}));
  EXPECT_EQ(no_pps.status().code(), StatusCode::kInvalidCodecData);
  EXPECT_NE(no_pps.status().message().find("PPS"), std::string::npos);
  const Result<ByteVector> no_sps = BuildAvcC(SetsOf({kGoldenPps}));
  EXPECT_EQ(no_sps.status().code(), StatusCode::kInvalidCodecData);
  EXPECT_NE(no_sps.status().message().find("SPS"), std::string::npos);
}

TEST(BuildAvcCTest, RefusesMoreSpsThanItsCountCanHold) {
  ByteVector in = {0, 0, 1, 0x68, 0xCE, 0x3C, 0x80};
  for (int id = 0; id <= 31; ++id) {
    const ByteVector sps = SpsBuilder{.id = id}.Build();
    in.insert(in.end(), {0, 0, 1});
    in.insert(in.end(), sps.begin(), sps.end());
  }
  NalList list;
  ASSERT_TRUE(ScanAnnexB(in, list).ok());
  ParameterSets sets(VideoCodec::kH264);
  ASSERT_TRUE(sets.Update(in, list.nals()).ok());
  ASSERT_EQ(sets.Count(NalKind::kSps), 32U);
  EXPECT_EQ(BuildAvcC(sets).status().code(), StatusCode::kTooLarge);
}

TEST(ParseAvcCTest, ReadsEveryLengthSize) {
  for (int length_size = 1; length_size <= 4; ++length_size) {
    ByteVector avcc = Hex(kH264Vectors[2].codec_data);
    avcc[4] = static_cast<std::uint8_t>(0xFC | (length_size - 1));
    const Result<AvcConfig> config = ParseAvcC(avcc);
    ASSERT_TRUE(config.ok());
    EXPECT_EQ(config->length_size, length_size);
  }
}

TEST(ParseAvcCTest, ToleratesClearReservedBitsAndAMissingExtension) {
  ByteVector avcc = Hex(kH264Vectors[2].codec_data);
  avcc.resize(avcc.size() - 4);
  avcc[4] = 0x03;
  avcc[5] = 0x01;
  EXPECT_TRUE(ParseAvcC(avcc).ok());
}

TEST(ParseAvcCTest, RefusesEveryTruncationOfItsLists) {
  for (const VideoVector& v : kH264Vectors) {
    const ByteVector whole = Hex(v.codec_data);
    const std::size_t lists = 6 + 2 + Hex(v.sps).size() + 1 + 2 + Hex(v.pps).size();
    for (std::size_t length = 0; length < lists; ++length) {
      const ByteVector cut(whole.begin(), whole.begin() + static_cast<long>(length));
      EXPECT_EQ(ParseAvcC(cut).status().code(), StatusCode::kInvalidCodecData) << length;
    }
  }
}

TEST(ParseAvcCTest, RefusesWhatIsNotAnAvcC) {
  for (const std::string_view hex : {
           "", "abc0", "01", "0242c01effe000", "0042c01effe000",
           "0142c01effe1000468ce3c8000",        // a PPS among the SPS
           "0142c01effe1ffff6742c01eda0280f6",  // a length past the end
           "0142c01effe10000"
           "0000",  // an empty SPS
       }) {
    EXPECT_EQ(ParseAvcC(Hex(hex)).status().code(), StatusCode::kInvalidCodecData) << hex;
  }
}

TEST(H264ConfigTest, KeepsAvcCAsItIsButForTheLengthSize) {
  ByteVector avcc = Hex(kH264Vectors[3].codec_data);
  avcc[4] = 0xFD;
  avcc.push_back(0x77);  // whatever follows is kept
  ParameterSets sets(VideoCodec::kH264);
  const Result<VideoConfig> config = H264ConfigFromCodecData(avcc, &sets);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->source_length_size, 2);
  avcc[4] = 0xFF;
  EXPECT_EQ(ToHex(config->codec_private), ToHex(avcc));
  EXPECT_EQ(config->width, 1366U);
  EXPECT_EQ(config->height, 768U);
  EXPECT_EQ(sets, SetsOf({kH264Vectors[3].sps, kH264Vectors[3].pps}));
}

TEST(H264ConfigTest, ConvertsAnAnnexBBlob) {
  const ByteVector blob =
      Hex("0000000001 09f0 000001 6742c01eda0280f684000003000104 00"
          "00000001 68ce3c80 000001 6588");
  const Result<VideoConfig> config = H264ConfigFromCodecData(blob, nullptr);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(ToHex(config->codec_private),
            "0142c01effe1000f6742c01eda0280f68400000300010401000468ce3c80");
  EXPECT_EQ(config->width, 640U);
  EXPECT_EQ(config->source_length_size, 0);
}

TEST(H264ConfigTest, LeavesTheKnownSetsAloneOnError) {
  ParameterSets sets = SetsOf({kGoldenSps, kGoldenPps});
  const ParameterSets before = sets;
  for (const std::string_view hex : {"", "abc0", "000001 68ce3c80", "00000001", "01020304"}) {
    EXPECT_FALSE(H264ConfigFromCodecData(Hex(hex), &sets).ok()) << hex;
    EXPECT_EQ(sets, before);
  }
}

TEST(H264ConfigTest, RefusesAnAvcCWhoseSpsHasNoSize) {
  EXPECT_EQ(H264ConfigFromCodecData(Hex("0142c01effe100056742c01eda01000468ce3c80"), nullptr)
                .status()
                .code(),
            StatusCode::kInvalidCodecData);
}

}  // namespace
}  // namespace kvs::codec
