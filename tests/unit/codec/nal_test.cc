#include "pic/codec/nal.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hex.h"
#include "tests/unit/codec/bit_writer.h"

namespace kvs::codec {
namespace {

using ::kvs::test::Hex;
using ::kvs::test::ToHex;
using ::testing::ElementsAre;

// A copy with nothing behind it, so that the address sanitizer sees every read past the end.
class Exact {
 public:
  explicit Exact(const ByteVector& bytes)
      : size_(bytes.size()), bytes_(std::make_unique<std::uint8_t[]>(bytes.size())) {
    std::copy(bytes.begin(), bytes.end(), bytes_.get());
  }
  Bytes view() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::uint8_t[]> bytes_;
};

// What the scan is to find, written as simply as possible.
struct Expected {
  bool ok = false;
  std::vector<NalSpan> nals;
};
Expected ReferenceScan(Bytes in) {
  std::vector<std::size_t> codes;
  for (std::size_t i = 0; i + 3 <= in.size(); ++i) {
    if (in[i] == 0 && in[i + 1] == 0 && in[i + 2] == 1) {
      codes.push_back(i);
    }
  }
  Expected expected;
  for (std::size_t i = 0; !codes.empty() && i < codes[0]; ++i) {
    if (in[i] != 0) {
      return expected;
    }
  }
  for (std::size_t k = 0; k < codes.size(); ++k) {
    const std::size_t begin = codes[k] + 3;
    std::size_t end = k + 1 < codes.size() ? codes[k + 1] : in.size();
    while (end > begin && in[end - 1] == 0) {
      --end;
    }
    if (end > begin) {
      expected.nals.push_back(
          {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)});
    }
  }
  expected.ok = !expected.nals.empty();
  return expected;
}

void ExpectMatchesReference(const ByteVector& bytes) {
  const Exact in(bytes);
  const Expected expected = ReferenceScan(in.view());
  NalList list;
  const Result<std::size_t> size = ScanAnnexB(in.view(), list);
  ASSERT_EQ(size.ok(), expected.ok) << ToHex(bytes);
  if (!expected.ok) {
    EXPECT_EQ(size.status().code(), StatusCode::kInvalidNal);
    EXPECT_TRUE(list.empty());
    return;
  }
  ASSERT_EQ(std::vector<NalSpan>(list.nals().begin(), list.nals().end()), expected.nals)
      << ToHex(bytes);
  std::size_t total = 0;
  for (const NalSpan& nal : expected.nals) {
    total += 4 + nal.size;
  }
  EXPECT_EQ(*size, total);
}

// The length-prefixed form as hex, or the error.
std::string Convert(std::string_view hex) {
  const Exact in(Hex(hex));
  NalList list;
  const Result<std::size_t> size = ScanAnnexB(in.view(), list);
  if (!size.ok()) {
    EXPECT_EQ(size.status().code(), StatusCode::kInvalidNal) << hex;
    return "error";
  }
  ByteVector out(*size);
  EXPECT_EQ(EmitLengthPrefixedTo(in.view(), list.nals(), out), *size);
  return ToHex(out);
}

struct Situation {
  std::string_view what;
  std::string_view input;
  std::string_view output;
};

constexpr Situation kFrames[] = {
    {"3-byte start code", "000001 6501", "00000002 6501"},
    {"4-byte start code", "00000001 6501", "00000002 6501"},
    {"5-byte start code", "0000000001 6501", "00000002 6501"},
    {"many leading zeros", "00000000000000000000000001 6501", "00000002 6501"},
    {"two NAL units, 4-byte codes", "00000001 09f0 00000001 6501", "0000000209f0 000000026501"},
    {"two NAL units, 3-byte codes", "000001 09f0 000001 6501", "0000000209f0 000000026501"},
    {"mixed start codes", "00000001 09f0 000001 0601 00000001 6501",
     "0000000209f0 000000020601 000000026501"},
    {"trailing zeros before a start code", "000001 09f0 000000000001 6501",
     "0000000209f0 000000026501"},
    {"trailing zeros at the end", "000001 6501 000000", "00000002 6501"},
    {"one zero at the end", "000001 6501 00", "00000002 6501"},
    {"start code at the end", "000001 6501 000001", "00000002 6501"},
    {"empty NAL units are left out", "000001 000001 00000001 6501 000001 000001", "00000002 6501"},
    {"emulation prevention stays", "000001 65 000003 00 000003 01 000002 ff",
     "0000000d 65 000003 00 000003 01 000002 ff"},
    {"a run of zeros inside stays", "000001 65 00000000 05", "00000006 65 00000000 05"},
    {"single zeros inside stay", "000001 65 00 01 00 02", "00000005 65 00 01 00 02"},
    {"NAL unit of one byte", "000001 0c", "00000001 0c"},
    {"no start code", "65010203", "error"},
    {"bytes before the first start code", "65 000001 6501", "error"},
    {"a start code only", "000001", "error"},
    {"zeros only", "0000000000", "error"},
    {"a start code cut short", "0000", "error"},
    {"empty", "", "error"},
};

// Codec data blobs: SPS and PPS of an encoder, as users paste them.
constexpr Situation kCodecData[] = {
    {"SPS and PPS, 4-byte codes", "00000001 6742c01eda 00000001 68ce3c80",
     "00000005 6742c01eda 00000004 68ce3c80"},
    {"SPS and PPS, 3-byte codes", "000001 6742c01eda 000001 68ce3c80",
     "00000005 6742c01eda 00000004 68ce3c80"},
    {"trailing zeros after each", "00000001 6742c01eda 00 00000001 68ce3c80 0000",
     "00000005 6742c01eda 00000004 68ce3c80"},
    {"access unit delimiter in front", "00000001 09f0 00000001 6742c01eda 00000001 68ce3c80",
     "00000002 09f0 00000005 6742c01eda 00000004 68ce3c80"},
    {"VPS, SPS and PPS", "00000001 40010c 00000001 420101 000001 4401c0",
     "00000003 40010c 00000003 420101 00000003 4401c0"},
    {"emulation prevention inside an SPS", "00000001 6742c01e 00000301 00000001 68ce",
     "00000008 6742c01e 00000301 00000002 68ce"},
};

TEST(ScanAnnexBTest, ConvertsEverySituationOfAFrame) {
  for (const Situation& s : kFrames) {
    const std::string expected = s.output == "error" ? "error" : ToHex(Hex(s.output));
    EXPECT_EQ(Convert(s.input), expected) << s.what;
  }
}

TEST(ScanAnnexBTest, ConvertsEverySituationOfCodecData) {
  for (const Situation& s : kCodecData) {
    EXPECT_EQ(Convert(s.input), ToHex(Hex(s.output))) << s.what;
  }
}

// Start codes at every place relative to the blocks in which the scan reads.
TEST(ScanAnnexBTest, FindsStartCodesAtEveryOffset) {
  for (std::size_t offset = 1; offset < 200; ++offset) {
    for (std::size_t tail = 0; tail < 70; tail += 3) {
      ByteVector bytes = {0, 0, 1};
      bytes.insert(bytes.end(), offset, 0x55);
      bytes.insert(bytes.end(), {0, 0, 1});
      bytes.insert(bytes.end(), tail, 0xAA);
      ExpectMatchesReference(bytes);
    }
  }
}

TEST(ScanAnnexBTest, AgreesWithASimpleScanOnRandomInput) {
  std::mt19937 random(20240601);
  for (int round = 0; round < 20000; ++round) {
    const std::size_t length = random() % 300;
    const std::size_t alphabet = 2 + random() % 6;  // few values: many zeros and ones
    ByteVector bytes = {0, 0, 1};
    if (round % 4 == 0) {
      bytes.clear();
    }
    while (bytes.size() < length) {
      bytes.push_back(static_cast<std::uint8_t>(random() % alphabet));
    }
    ExpectMatchesReference(bytes);
  }
}

TEST(ScanAnnexBTest, AgreesWithASimpleScanOnEveryTruncation) {
  const ByteVector whole =
      Hex("00000001 09f0 000001 6742c01e000003 00000001 68ce 0000 000001 65"
          "0000030000030102030405060708090a0b0c0d0e0f101112131415161718191a1b1c"
          "1d1e1f202122232425262728292a2b2c2d2e2f30 000000 000001 65");
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    ExpectMatchesReference(ByteVector(whole.begin(), whole.begin() + static_cast<long>(length)));
  }
}

TEST(ScanAnnexBTest, RefusesMoreNalUnitsThanTheListMayHold) {
  const ByteVector bytes = Hex("000001 09 000001 06 000001 65");
  NalList two(2);
  const Result<std::size_t> size = ScanAnnexB(bytes, two);
  EXPECT_EQ(size.status().code(), StatusCode::kTooLarge);
  EXPECT_TRUE(two.empty());
  NalList three(3);
  EXPECT_TRUE(ScanAnnexB(bytes, three).ok());
}

TEST(ScanAnnexBTest, ReusesItsListWithoutLeftOvers) {
  NalList list;
  ASSERT_TRUE(ScanAnnexB(Hex("000001 09 000001 06 000001 65"), list).ok());
  EXPECT_EQ(list.size(), 3U);
  ASSERT_TRUE(ScanAnnexB(Hex("000001 65"), list).ok());
  EXPECT_EQ(list.size(), 1U);
  EXPECT_FALSE(ScanAnnexB(Hex("65"), list).ok());
  EXPECT_EQ(list.size(), 0U);
}

TEST(EmitTest, HandsOutLengthsAndPayloadsInOrderWithoutCopyingPayloads) {
  const ByteVector bytes = Hex("000001 09f0 000001 650102");
  NalList list;
  ASSERT_TRUE(ScanAnnexB(bytes, list).ok());
  std::vector<std::string> parts;
  std::vector<const std::uint8_t*> places;
  EmitLengthPrefixed(bytes, list.nals(), [&](Bytes part) {
    parts.push_back(ToHex(part));
    places.push_back(part.data());
  });
  EXPECT_THAT(parts, ElementsAre("00000002", "09f0", "00000003", "650102"));
  EXPECT_EQ(places[1], bytes.data() + 3);
  EXPECT_EQ(places[3], bytes.data() + 8);
}

TEST(EmitTest, WritesNothingIntoABufferThatIsTooShort) {
  const ByteVector bytes = Hex("000001 09f0");
  NalList list;
  ASSERT_EQ(*ScanAnnexB(bytes, list), 6U);
  ByteVector out(5, 0xEE);
  EXPECT_EQ(EmitLengthPrefixedTo(bytes, list.nals(), out), 0U);
  EXPECT_EQ(out, ByteVector(5, 0xEE));
}

// Length-prefixed `nals` with lengths of `length_size` bytes.
ByteVector Prefixed(std::initializer_list<std::string_view> nals, int length_size) {
  ByteVector out;
  for (const std::string_view hex : nals) {
    const ByteVector nal = Hex(hex);
    for (int i = length_size - 1; i >= 0; --i) {
      out.push_back(static_cast<std::uint8_t>(nal.size() >> (8 * i)));
    }
    out.insert(out.end(), nal.begin(), nal.end());
  }
  return out;
}

TEST(LengthPrefixedTest, RewritesEveryLengthSizeToFour) {
  const ByteVector expected = Prefixed({"09f0", "67", "650102"}, 4);
  for (int length_size = 1; length_size <= 4; ++length_size) {
    const Exact in(Prefixed({"09f0", "67", "650102"}, length_size));
    EXPECT_TRUE(ValidateLengthPrefixed(in.view(), length_size).ok());
    NalList list;
    const Result<std::size_t> size = ScanLengthPrefixed(in.view(), length_size, list);
    ASSERT_TRUE(size.ok());
    EXPECT_EQ(*size, expected.size());
    ByteVector out(*size);
    EmitLengthPrefixedTo(in.view(), list.nals(), out);
    EXPECT_EQ(ToHex(out), ToHex(expected));
  }
}

TEST(LengthPrefixedTest, RefusesEveryTruncation) {
  for (int length_size = 1; length_size <= 4; ++length_size) {
    const ByteVector whole = Prefixed({"09f0", "67", "650102"}, length_size);
    std::size_t accepted = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Exact in(ByteVector(whole.begin(), whole.begin() + static_cast<long>(length)));
      NalList list;
      const bool ok = ScanLengthPrefixed(in.view(), length_size, list).ok();
      EXPECT_EQ(ValidateLengthPrefixed(in.view(), length_size).ok(), ok);
      EXPECT_EQ(list.empty(), !ok);
      accepted += ok ? 1U : 0U;
    }
    EXPECT_EQ(accepted, 2U);  // behind the first and the second NAL unit
  }
}

TEST(LengthPrefixedTest, RefusesLengthsThatDoNotFit) {
  for (const std::string_view hex : {"00000003 6501", "00000001 6501", "ffffffff 6501",
                                     "7fffffff 6501", "00000002 6501 00", "00000002 6501 000000"}) {
    const Exact in(Hex(hex));
    EXPECT_EQ(ValidateLengthPrefixed(in.view(), 4).code(), StatusCode::kInvalidNal) << hex;
    NalList list;
    EXPECT_EQ(ScanLengthPrefixed(in.view(), 4, list).status().code(), StatusCode::kInvalidNal);
  }
}

TEST(LengthPrefixedTest, RefusesAnnexB) {
  EXPECT_FALSE(ValidateLengthPrefixed(Hex("00000001 09f0 00000001 65888400"), 4).ok());
}

TEST(LengthPrefixedTest, RefusesInputWithoutAnyNalUnit) {
  NalList list;
  EXPECT_EQ(ValidateLengthPrefixed({}, 4).code(), StatusCode::kInvalidNal);
  EXPECT_EQ(ValidateLengthPrefixed(Hex("00000000"), 4).code(), StatusCode::kInvalidNal);
  EXPECT_EQ(ScanLengthPrefixed(Hex("00000000"), 4, list).status().code(), StatusCode::kInvalidNal);
}

TEST(LengthPrefixedTest, LeavesOutEmptyNalUnitsWhenRewriting) {
  const ByteVector in = Hex("00000000 00000002 6501 00000000");
  EXPECT_TRUE(ValidateLengthPrefixed(in, 4).ok());
  NalList list;
  const Result<std::size_t> size = ScanLengthPrefixed(in, 4, list);
  ASSERT_TRUE(size.ok());
  EXPECT_EQ(*size, 6U);
  EXPECT_EQ(list.size(), 1U);
}

TEST(LengthPrefixedTest, RefusesOtherLengthSizes) {
  NalList list;
  for (const int length_size : {-1, 0, 5, 8}) {
    EXPECT_EQ(ValidateLengthPrefixed(Hex("00000001 65"), length_size).code(),
              StatusCode::kInvalidArgument);
    EXPECT_EQ(ScanLengthPrefixed(Hex("00000001 65"), length_size, list).status().code(),
              StatusCode::kInvalidArgument);
    LengthPrefixedReader reader(Hex("00000001 65"), length_size);
    EXPECT_FALSE(reader.Next().has_value());
    EXPECT_FALSE(reader.ok());
  }
}

TEST(LengthPrefixedReaderTest, WalksUpToTheFirstBadLength) {
  const ByteVector in = Hex("00000002 09f0 00000000 00000009 65");
  LengthPrefixedReader reader(in, 4);
  EXPECT_EQ(ToHex(reader.Next().value()), "09f0");
  EXPECT_TRUE(reader.Next().value().empty());
  EXPECT_TRUE(reader.ok());
  EXPECT_FALSE(reader.Next().has_value());
  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(reader.Next().has_value());
}

TEST(LengthPrefixedReaderTest, EndsCleanly) {
  const ByteVector in = Hex("02 09f0 01 65");
  LengthPrefixedReader reader(in, 1);
  EXPECT_EQ(ToHex(reader.Next().value()), "09f0");
  EXPECT_EQ(ToHex(reader.Next().value()), "65");
  EXPECT_FALSE(reader.Next().has_value());
  EXPECT_TRUE(reader.ok());
}

TEST(StartsWithStartCodeTest, NeedsTwoZerosAndAOne) {
  EXPECT_TRUE(StartsWithStartCode(Hex("000001")));
  EXPECT_TRUE(StartsWithStartCode(Hex("0000000001")));
  for (const std::string_view hex : {"", "00", "0000", "000000", "0001", "01", "000002"}) {
    EXPECT_FALSE(StartsWithStartCode(Hex(hex))) << hex;
  }
}

TEST(ClassifyNalTest, KnowsTheTypesOfH264) {
  const auto kind = [](int type) {
    const ByteVector nal = {static_cast<std::uint8_t>(0x60 | type)};
    return ClassifyNal(VideoCodec::kH264, nal);
  };
  for (const int slice : {1, 2, 3, 4}) {
    EXPECT_EQ(kind(slice), NalKind::kSlice);
  }
  EXPECT_EQ(kind(5), NalKind::kIdrSlice);
  EXPECT_EQ(kind(6), NalKind::kSei);
  EXPECT_EQ(kind(7), NalKind::kSps);
  EXPECT_EQ(kind(8), NalKind::kPps);
  EXPECT_EQ(kind(9), NalKind::kAccessUnitDelimiter);
  EXPECT_EQ(kind(10), NalKind::kEndOfSequence);
  EXPECT_EQ(kind(11), NalKind::kEndOfSequence);
  EXPECT_EQ(kind(12), NalKind::kFiller);
  EXPECT_EQ(kind(13), NalKind::kSpsExtension);
  for (const int other : {0, 14, 15, 19, 20, 31}) {
    EXPECT_EQ(kind(other), NalKind::kOther);
  }
  EXPECT_EQ(ClassifyNal(VideoCodec::kH264, {}), NalKind::kOther);
}

TEST(ClassifyNalTest, KnowsTheTypesOfH265) {
  const auto kind = [](int type) {
    const ByteVector nal = {static_cast<std::uint8_t>(type << 1), 0x01};
    return ClassifyNal(VideoCodec::kH265, nal);
  };
  for (int type = 0; type <= 9; ++type) {
    EXPECT_EQ(kind(type), NalKind::kSlice);
  }
  for (int type = 10; type <= 15; ++type) {
    EXPECT_EQ(kind(type), NalKind::kOther);
  }
  for (const int type : {16, 17, 18, 21, 22, 23}) {
    EXPECT_EQ(kind(type), NalKind::kRapSlice);
  }
  EXPECT_EQ(kind(19), NalKind::kIdrSlice);
  EXPECT_EQ(kind(20), NalKind::kIdrSlice);
  EXPECT_EQ(kind(32), NalKind::kVps);
  EXPECT_EQ(kind(33), NalKind::kSps);
  EXPECT_EQ(kind(34), NalKind::kPps);
  EXPECT_EQ(kind(35), NalKind::kAccessUnitDelimiter);
  EXPECT_EQ(kind(36), NalKind::kEndOfSequence);
  EXPECT_EQ(kind(37), NalKind::kEndOfSequence);
  EXPECT_EQ(kind(38), NalKind::kFiller);
  EXPECT_EQ(kind(39), NalKind::kSei);
  EXPECT_EQ(kind(40), NalKind::kSei);
  EXPECT_EQ(kind(48), NalKind::kOther);
}

TEST(ClassifyNalTest, IgnoresEnhancementLayersAndShortHeadersOfH265) {
  EXPECT_EQ(ClassifyNal(VideoCodec::kH265, Hex("42")), NalKind::kOther);
  EXPECT_EQ(ClassifyNal(VideoCodec::kH265, Hex("4201")), NalKind::kSps);
  EXPECT_EQ(ClassifyNal(VideoCodec::kH265, Hex("4209")), NalKind::kOther);  // layer 1
  EXPECT_EQ(ClassifyNal(VideoCodec::kH265, Hex("4301")), NalKind::kOther);  // layer 32
}

TEST(HasSliceTest, LooksForTheFirstSliceAndNoFurther) {
  const auto annex_b = [](VideoCodec codec, std::string_view hex) {
    const Exact in(Hex(hex));
    return AnnexBHasSlice(codec, in.view());
  };
  EXPECT_TRUE(annex_b(VideoCodec::kH264, "000001 09f0 000001 6742 000001 68ce 000001 6588"));
  EXPECT_TRUE(annex_b(VideoCodec::kH264, "000001 09f0 000001 419a"));
  EXPECT_FALSE(annex_b(VideoCodec::kH264, "000001 09f0 000001 0605"));
  EXPECT_TRUE(annex_b(VideoCodec::kH265, "000001 2a01af"));  // CRA
  EXPECT_TRUE(annex_b(VideoCodec::kH265, "000001 0201d0"));
  EXPECT_FALSE(annex_b(VideoCodec::kH265, "000001 4201d0 000001"));
  const auto prefixed = [](VideoCodec codec, std::string_view hex, int length_size) {
    const Exact in(Hex(hex));
    return LengthPrefixedHasSlice(codec, in.view(), length_size);
  };
  EXPECT_TRUE(prefixed(VideoCodec::kH264, "00000002 09f0 00000002 6588 ffffffff", 4));  // the rest is not looked at
  EXPECT_FALSE(prefixed(VideoCodec::kH264, "00000002 09f0 0000 0002 6742", 4));
  EXPECT_TRUE(prefixed(VideoCodec::kH265, "0002 0201", 2));
  EXPECT_FALSE(prefixed(VideoCodec::kH265, "0002 4201 0000", 2));
}

TEST(HasSliceTest, WhatCannotBeParsedMayBeOne) {
  const auto annex_b = [](std::string_view hex) {
    const Exact in(Hex(hex));
    return AnnexBHasSlice(VideoCodec::kH264, in.view());
  };
  EXPECT_TRUE(annex_b(""));
  EXPECT_TRUE(annex_b("6742"));
  EXPECT_TRUE(annex_b("000001"));
  const auto prefixed = [](std::string_view hex) {
    const Exact in(Hex(hex));
    return LengthPrefixedHasSlice(VideoCodec::kH264, in.view(), 4);
  };
  EXPECT_TRUE(prefixed(""));
  EXPECT_TRUE(prefixed("00000000"));
  EXPECT_TRUE(prefixed("00000002 09f0 00000003 6742"));
}

TEST(EmulationPreventionTest, RemovesTheThreeOfEachTriple) {
  const auto remove = [](std::string_view hex) {
    const Exact in(Hex(hex));
    ByteVector out;
    AppendWithoutEmulationPrevention(in.view(), out);
    return ToHex(out);
  };
  EXPECT_EQ(remove("67 000003 01"), "67000001");
  EXPECT_EQ(remove("000003 000003 00"), "0000000000");
  EXPECT_EQ(remove("000003"), "0000");
  EXPECT_EQ(remove("0003 00"), "000300");
  EXPECT_EQ(remove("000003 03"), "000003");
  EXPECT_EQ(remove("000000 03 01"), "00000001");
  EXPECT_EQ(remove(""), "");
}

TEST(EmulationPreventionTest, UndoesInsertionOnRandomInput) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    ByteVector rbsp(random() % 60);
    for (std::uint8_t& byte : rbsp) {
      byte = static_cast<std::uint8_t>(random() % 5);
    }
    ByteVector out;
    AppendWithoutEmulationPrevention(test::WithEmulationPrevention(rbsp), out);
    ASSERT_EQ(ToHex(out), ToHex(rbsp));
  }
}

}  // namespace
}  // namespace kvs::codec
