#include "pic/codec/av1.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/hex.h"
#include "tests/unit/codec/bit_writer.h"

namespace kvs::codec {
namespace {

using ::kvs::test::BitWriter;
using ::kvs::test::Hex;
using ::kvs::test::ToHex;

// av1C as ffmpeg's MP4 muxer writes it: 4 bytes, then the sequence header.
struct Vector {
  std::string_view name;
  std::string_view av1c;
  int profile;
  int level_idx;
  int bit_depth;
  std::string_view sampling;
  int width;
  int height;
};
constexpr Vector kVectors[] = {
    {"libaom", "81000c00 0a0b 000000043d06c4daf90040", 0, 0, 8, "420", 322, 178},
    {"libaom, 10 bits", "81004c00 0a0b 000000043d06c4daf94040", 0, 0, 10, "420", 322, 178},
    {"libaom, 4:4:4", "81200000 0a0a 200000043d06c4daf902", 1, 0, 8, "444", 322, 178},
    {"libaom, grey", "81001c00 0a0a 000000043d06c4daf92a", 0, 0, 8, "grey", 322, 178},
    {"libaom, 4:2:2, 12 bits", "81406800 0a0b 400000043d06c4daf96220", 2, 0, 12, "422", 322, 178},
    {"libaom, sRGB", "81200000 0a0d 200000043d06c4daf92021a004", 1, 0, 8, "444", 322, 178},
    {"SVT-AV1", "81000c00 0a0b 000000043d06c402f80040", 0, 0, 8, "420", 322, 178},
    {"SVT-AV1, 2160p60", "810d0c00 0a0c 0000006aefbfe1bc02f80040", 0, 13, 8, "420", 3840, 2160},
    {"rav1e", "811f0c00 0a0e 000000fa1e8362210a88101010a0", 0, 31, 8, "420", 322, 178},
};

ByteVector SequenceOf(const Vector& v) {
  const ByteVector av1c = Hex(v.av1c);
  return ByteVector(av1c.begin() + 6, av1c.end());
}

std::string Sampling(const Av1SequenceHeader& header) {
  return header.monochrome      ? "grey"
         : header.subsampling_y ? "420"
         : header.subsampling_x ? "422"
                                : "444";
}

TEST(ParseAv1SequenceHeaderTest, ReadsWhatEncodersWrite) {
  for (const Vector& v : kVectors) {
    const Result<Av1SequenceHeader> header = ParseAv1SequenceHeader(SequenceOf(v));
    ASSERT_TRUE(header.ok()) << v.name;
    EXPECT_EQ(header->profile, v.profile) << v.name;
    EXPECT_EQ(header->level_idx, v.level_idx) << v.name;
    EXPECT_FALSE(header->high_tier) << v.name;
    EXPECT_EQ(header->bit_depth, v.bit_depth) << v.name;
    EXPECT_EQ(Sampling(*header), v.sampling) << v.name;
    EXPECT_EQ(static_cast<int>(header->width), v.width) << v.name;
    EXPECT_EQ(static_cast<int>(header->height), v.height) << v.name;
  }
}

// Every field that changes the lengths of others.
struct SequenceBuilder {
  unsigned profile = 0;
  bool reduced = false;
  bool timing = false;
  bool equal_interval = false;
  bool decoder_model = false;
  bool display_delay = false;
  unsigned points = 1;
  unsigned level = 13;
  bool tier = true;
  unsigned width = 1920;
  unsigned height = 1080;
  bool frame_ids = false;
  bool order_hint = true;
  unsigned screen_content = 2;  // 2: chosen by each frame
  bool choose_integer_mv = true;
  ByteVector Build() const {
    BitWriter w;
    w.Put(profile, 3).Put(reduced ? 1 : 0, 1).Put(reduced ? 1 : 0, 1);
    if (reduced) {
      w.Put(level, 5);
    } else {
      PutOperatingPoints(w);
    }
    w.Put(15, 4).Put(15, 4).Put(width - 1, 16).Put(height - 1, 16);
    if (!reduced) {
      w.Put(frame_ids ? 1 : 0, 1).Put(0, frame_ids ? 7 : 0);
    }
    w.Put(7, 3);
    if (!reduced) {
      w.Put(0, 4).Put(order_hint ? 1 : 0, 1).Put(3, order_hint ? 2 : 0);
      w.Put(screen_content == 2 ? 1 : 0, 1).Put(screen_content, screen_content == 2 ? 0 : 1);
      if (screen_content > 0) {
        w.Put(choose_integer_mv ? 1 : 0, 1).Put(0, choose_integer_mv ? 0 : 1);
      }
      w.Put(6, order_hint ? 3 : 0);
    }
    w.Put(0, 3);
    w.Put(1, 1).Put(0, 1).Put(0, 1).Put(1, 1);          // 10 bits, colour, undescribed, range
    w.Put(profile == 0 ? 2 : 0, profile == 0 ? 2 : 0);  // chroma_sample_position
    w.Put(0, 1).Put(0, 1).Trailing();
    return w.bytes();
  }
  void PutOperatingPoints(BitWriter& w) const {
    w.Put(timing ? 1 : 0, 1);
    if (timing) {
      w.Put(1, 32).Put(30, 32).Put(equal_interval ? 1 : 0, 1);
      if (equal_interval) {
        w.Ue(5);
      }
      w.Put(decoder_model ? 1 : 0, 1);
      if (decoder_model) {
        w.Put(9, 5).Put(1, 32).Put(9, 5).Put(9, 5);
      }
    }
    w.Put(display_delay ? 1 : 0, 1).Put(points - 1, 5);
    for (unsigned i = 0; i < points; ++i) {
      w.Put(0x101, 12).Put(level, 5);
      if (level > 7) {
        w.Put(tier ? 1 : 0, 1);
      }
      if (timing && decoder_model) {
        w.Put(1, 1).Put(0, 10).Put(0, 10).Put(0, 1);
      }
      if (display_delay) {
        w.Put(i % 2, 1).Put(9, i % 2 == 0 ? 0 : 4);
      }
    }
  }
  std::string Describe() const {
    const Result<Av1SequenceHeader> h = ParseAv1SequenceHeader(Build());
    return !h.ok() ? "error"
                   : std::to_string(h->width) + "x" + std::to_string(h->height) + "/" +
                         std::to_string(h->level_idx) + (h->high_tier ? "h" : "m") + "/" +
                         Sampling(*h) + "/" + std::to_string(h->bit_depth) + "/" +
                         std::to_string(h->chroma_sample_position);
  }
};

TEST(ParseAv1SequenceHeaderTest, FindsSizeAndColoursBehindEveryOptionalField) {
  const std::string usual = "1920x1080/13h/420/10/2";
  EXPECT_EQ(SequenceBuilder{}.Describe(), usual);
  EXPECT_EQ((SequenceBuilder{.timing = true}.Describe()), usual);
  EXPECT_EQ((SequenceBuilder{.timing = true, .equal_interval = true}.Describe()), usual);
  EXPECT_EQ((SequenceBuilder{.timing = true, .decoder_model = true, .points = 3}.Describe()),
            usual);
  EXPECT_EQ((SequenceBuilder{.display_delay = true, .points = 32}.Describe()), usual);
  EXPECT_EQ((SequenceBuilder{.frame_ids = true}.Describe()), usual);
  EXPECT_EQ((SequenceBuilder{.order_hint = false}.Describe()), usual);
  EXPECT_EQ((SequenceBuilder{.screen_content = 0}.Describe()), usual);
  EXPECT_EQ((SequenceBuilder{.screen_content = 1, .choose_integer_mv = false}.Describe()), usual);
  EXPECT_EQ((SequenceBuilder{.tier = false}.Describe()), "1920x1080/13m/420/10/2");
  EXPECT_EQ((SequenceBuilder{.level = 7}.Describe()), "1920x1080/7m/420/10/2");
  EXPECT_EQ((SequenceBuilder{.profile = 1}.Describe()), "1920x1080/13h/444/10/0");
  // A still picture with the short header has no tier.
  EXPECT_EQ((SequenceBuilder{.reduced = true}.Describe()), "1920x1080/13m/420/10/2");
  EXPECT_EQ((SequenceBuilder{.width = 65536, .height = 1}.Describe()), "65536x1/13h/420/10/2");
  EXPECT_EQ((SequenceBuilder{.profile = 3}.Describe()), "error");
}

TEST(ParseAv1SequenceHeaderTest, RefusesTruncations) {
  for (const Vector& v : kVectors) {
    const ByteVector whole = SequenceOf(v);
    // The last byte may be nothing but trailing bits.
    for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
      EXPECT_EQ(ParseAv1SequenceHeader(Bytes(whole).first(length)).status().code(),
                StatusCode::kInvalidCodecData)
          << v.name << " " << length;
    }
  }
}

// "type:payload|..." and "!" for one that cannot be read.
std::string Walk(Bytes data) {
  std::string out;
  std::size_t bytes = 0;
  ObuReader reader(data);
  for (Obu obu; reader.Next(obu);) {
    EXPECT_EQ(obu.whole.data(), data.data() + bytes);  // they tile the data
    bytes += obu.whole.size();
    out += std::to_string(static_cast<int>(obu.type)) + ":" + ToHex(obu.payload) + "|";
  }
  EXPECT_EQ(reader.ok(), bytes == data.size());
  Obu obu;
  EXPECT_FALSE(reader.Next(obu));
  return reader.ok() ? out : out + "!";
}
std::string Walk(std::string_view hex) {
  return Walk(Bytes(Hex(hex)));
}

TEST(ObuReaderTest, WalksATemporalUnit) {
  EXPECT_EQ(Walk(""), "");
  // The start of what av1enc puts out, cut in the frame: delimiter, sequence header, frame.
  EXPECT_EQ(Walk("1200 0a0b 20000003b4ff7e06d7c810 3204 15afac00"),
            "2:|1:20000003b4ff7e06d7c810|6:15afac00|");
  EXPECT_EQ(Walk("3e00 02 aabb"), "7:aabb|");               // with an extension
  EXPECT_EQ(Walk("7a8280808000 aabb"), "15:aabb|");         // a size in more bytes than needed
  EXPECT_EQ(Walk("7a8180808080808000 aa"), "15:aa|");       // 8 of them, the most
  EXPECT_EQ(Walk("1200 7a818080808080808000 aa"), "2:|!");  // 9
  EXPECT_EQ(Walk("7a8080808010"), "!");                     // above 2^32 - 1
  EXPECT_EQ(Walk("1200 3003 aabbcc"), "2:|!");              // no size field
  EXPECT_EQ(Walk("9200"), "!");                             // forbidden bit
  EXPECT_EQ(Walk("1200 3203 aabb"), "2:|!");                // beyond the end
}

TEST(ObuReaderTest, EndsWhereverTheDataIsCut) {
  const ByteVector whole = Hex("1200 0a03aabbcc 3e0002aabb 7a828000aabb");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    (void)Walk(Bytes(whole).first(length));
  }
}

TEST(Av1ConfigTest, IsReadFromWhatTheMp4MuxerWrites) {
  for (const Vector& v : kVectors) {
    const Result<Av1Config> config = Av1ConfigFromCodecData(Hex(v.av1c));
    ASSERT_TRUE(config.ok()) << v.name;
    EXPECT_EQ(ToHex(config->codec_private), ToHex(Hex(v.av1c))) << v.name;
    EXPECT_EQ(ToHex(config->sequence_header), ToHex(SequenceOf(v))) << v.name;
    EXPECT_EQ(static_cast<int>(config->width), v.width) << v.name;
    EXPECT_EQ(static_cast<int>(config->height), v.height) << v.name;
  }
}

TEST(Av1ConfigTest, IsBuiltAsTheMp4MuxerDoes) {
  for (const Vector& v : kVectors) {
    const Result<Av1Config> config = Av1ConfigFromSequenceHeader(SequenceOf(v));
    ASSERT_TRUE(config.ok()) << v.name;
    EXPECT_EQ(ToHex(config->codec_private), ToHex(Hex(v.av1c))) << v.name;
    EXPECT_EQ(config->sequence_header, SequenceOf(v)) << v.name;
    EXPECT_EQ(static_cast<int>(config->width), v.width) << v.name;
  }
}

TEST(Av1ConfigTest, TellsTierAndChromaPosition) {
  const Result<Av1Config> config = Av1ConfigFromSequenceHeader(SequenceBuilder{}.Build());
  EXPECT_EQ(ToHex(config->codec_private).substr(0, 8), "810dce00");
}

TEST(Av1ConfigTest, WritesLongSizes) {
  ByteVector sequence = SequenceOf(kVectors[0]);
  sequence.resize(200);  // trailing zeros are allowed
  const Result<Av1Config> config = Av1ConfigFromSequenceHeader(sequence);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(ToHex(config->codec_private).substr(8, 6), "0ac801");
  EXPECT_EQ(Av1ConfigFromCodecData(config->codec_private)->sequence_header, sequence);
}

TEST(Av1ConfigTest, MayLackTheSequenceHeader) {
  for (const std::string_view hex : {"81000c00", "81000c13 2a02aabb"}) {
    const Result<Av1Config> config = Av1ConfigFromCodecData(Hex(hex));
    ASSERT_TRUE(config.ok());
    EXPECT_TRUE(config->sequence_header.empty());
    EXPECT_EQ(config->width, 0U);
    EXPECT_EQ(ToHex(config->codec_private), ToHex(Hex(hex)));
  }
}

TEST(Av1ConfigTest, TellsAv1CFromOtherCodecData) {
  EXPECT_TRUE(IsAv1C(Hex("81000c00")));
  EXPECT_FALSE(IsAv1C(Hex("81000c")));
  EXPECT_FALSE(IsAv1C(Hex("0a00000003b4ff736be401")));
  EXPECT_FALSE(IsAv1C({}));
}

TEST(Av1ConfigTest, RefusesWhatIsNoAv1C) {
  for (const std::string_view hex : {"", "81", "81000c", "01000c00", "82000c00",
                                     "81000c00 0a0b 0000",     // cut short
                                     "81000c00 0a02 0000",     // so is the sequence header
                                     "81600c00 0a02 6000"}) {  // reserved profile
    EXPECT_EQ(Av1ConfigFromCodecData(Hex(hex)).status().code(), StatusCode::kInvalidCodecData)
        << hex;
  }
  EXPECT_EQ(Av1ConfigFromSequenceHeader({}).status().code(), StatusCode::kInvalidCodecData);
  ByteVector large = Hex(kVectors[0].av1c);
  large.resize((1 << 20) + 1);
  EXPECT_EQ(Av1ConfigFromCodecData(large).status().code(), StatusCode::kTooLarge);
  ByteVector sequence = SequenceOf(kVectors[0]);
  sequence.resize(1 << 20);
  EXPECT_EQ(Av1ConfigFromSequenceHeader(sequence).status().code(), StatusCode::kTooLarge);
}

}  // namespace
}  // namespace kvs::codec
