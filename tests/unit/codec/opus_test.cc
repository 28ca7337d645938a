#include "pic/codec/opus.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace kvs::codec {
namespace {

using ::kvs::test::Hex;
using ::kvs::test::ToHex;

// By ffmpeg -f lavfi -i sine=sample_rate=48000 -ac <channels> -c:a libopus, and opusenc.
constexpr std::string_view kMono = "4f70757348656164 01 01 3801 80bb0000 0000 00";
constexpr std::string_view kMono16k = "4f70757348656164 01 01 3801 803e0000 0000 00";
constexpr std::string_view kStereo = "4f70757348656164 01 02 3801 80bb0000 0000 00";
constexpr std::string_view k51 = "4f70757348656164 01 06 3801 80bb0000 0000 01 04 02 000401020305";
constexpr std::string_view k71 =
    "4f70757348656164 01 08 3801 80bb0000 0000 01 05 03 0006010203040507";

// "channels/rate/pre-skip/gain/family/streams+coupled[/mapping]"
std::string Describe(Bytes data) {
  const Result<OpusConfig> c = ParseOpusHead(data);
  if (!c.ok()) {
    EXPECT_EQ(c.status().code(), StatusCode::kInvalidCodecData);
    return "error";
  }
  return std::to_string(c->channels) + "/" + std::to_string(c->input_rate) + "/" +
         std::to_string(c->pre_skip) + "/" + std::to_string(c->output_gain) + "/" +
         std::to_string(c->mapping_family) + "/" + std::to_string(c->streams) + "+" +
         std::to_string(c->coupled_streams) + (c->mapping.empty() ? "" : "/" + ToHex(c->mapping));
}
std::string Describe(std::string_view hex) {
  return Describe(Bytes(Hex(hex)));
}

TEST(ParseOpusHeadTest, ReadsWhatEncodersWrite) {
  EXPECT_EQ(Describe(kMono), "1/48000/312/0/0/1+0");
  EXPECT_EQ(Describe(kMono16k), "1/16000/312/0/0/1+0");
  EXPECT_EQ(Describe(kStereo), "2/48000/312/0/0/1+1");
  EXPECT_EQ(Describe(k51), "6/48000/312/0/1/4+2/000401020305");
  EXPECT_EQ(Describe(k71), "8/48000/312/0/1/5+3/0006010203040507");
}

TEST(ParseOpusHeadTest, ReadsEveryField) {
  EXPECT_EQ(Describe("4f70757348656164 0f 02 000f 00000000 00ff 00"), "2/0/3840/-256/0/1+1");
  EXPECT_EQ(Describe("4f70757348656164 01 02 ffff 44ac0000 0100 ff 02 00 01ff"),
            "2/44100/65535/1/255/2+0/01ff");
  // Ambisonics of the first order: as a table, and as a matrix, which is not kept.
  EXPECT_EQ(Describe("4f70757348656164 01 04 3801 80bb0000 0000 02 04 00 00010203"),
            "4/48000/312/0/2/4+0/00010203");
  EXPECT_EQ(Describe("4f70757348656164 01 01 3801 80bb0000 0000 03 01 01 0080 0000"),
            "1/48000/312/0/3/1+1");
  // Bytes that a later minor version may bring.
  EXPECT_EQ(Describe(std::string(kStereo) + "1234"), "2/48000/312/0/0/1+1");
}

TEST(ParseOpusHeadTest, RefusesWhatContradictsItself) {
  for (const std::string_view hex :
       {"4f70757354616773 01 02 3801 80bb0000 0000 00",  // OpusTags
        "4f70757348656164 10 02 3801 80bb0000 0000 00",  // version 16
        "4f70757348656164 01 00 3801 80bb0000 0000 00",  // no channel
        "4f70757348656164 01 03 3801 80bb0000 0000 00",  // unmapped
        "4f70757348656164 01 09 3801 80bb0000 0000 01 09 00 000102030405060708",
        "4f70757348656164 01 02 3801 80bb0000 0000 01 00 00 0001",        // no stream
        "4f70757348656164 01 02 3801 80bb0000 0000 01 01 02 0001",        // coupled
        "4f70757348656164 01 02 3801 80bb0000 0000 ff 80 80 0001",        // 256 decoded
        "4f70757348656164 01 02 3801 80bb0000 0000 01 01 01 0002",        // no such one
        "4f70757348656164 01 01 3801 80bb0000 0000 03 01 01 0080 00"}) {  // half a matrix
    EXPECT_EQ(Describe(hex), "error") << hex;
  }
}

TEST(ParseOpusHeadTest, RefusesEveryTruncation) {
  for (const std::string_view hex : {kStereo, k51, k71}) {
    const ByteVector whole = Hex(hex);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      EXPECT_EQ(Describe(Bytes(whole).first(length)), "error") << length;
    }
  }
}

TEST(BuildOpusHeadTest, WritesWhatItReads) {
  for (const std::string_view hex : {kMono, kMono16k, kStereo, k51, k71}) {
    const ByteVector whole = Hex(hex);
    EXPECT_EQ(ToHex(*BuildOpusHead(*ParseOpusHead(whole))), ToHex(whole));
  }
  OpusConfig config;
  config.output_gain = -256;
  config.pre_skip = 3840;
  EXPECT_EQ(ToHex(*BuildOpusHead(config)),
            ToHex(Hex("4f70757348656164 01 02 000f 80bb0000 00ff 00")));
}

TEST(BuildOpusHeadTest, RefusesWhatCannotBeWritten) {
  const auto refuses = [](auto change) {
    OpusConfig config = *ParseOpusHead(Hex(k51));
    change(config);
    return BuildOpusHead(config).status().code() == StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.channels = 0; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.channels = 256; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.streams = 0; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.coupled_streams = -1; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.coupled_streams = 5; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.mapping.pop_back(); }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.mapping[0] = 6; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.mapping_family = kOpusDemixing; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.mapping_family = 256; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.mapping_family = -1; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) { c.mapping_family = kOpusMonoStereo; }));
  EXPECT_TRUE(refuses([](OpusConfig& c) {
    c = OpusConfig();
    c.streams = 2;
  }));
  EXPECT_TRUE(refuses([](OpusConfig& c) {
    c = OpusConfig();
    c.mapping = {0, 1};
  }));
}

// The layouts that libopus has for so many channels.
TEST(OpusConfigFromChannelsTest, IsTheUsualLayout) {
  const auto head = [](int channels) {
    OpusConfig config = *OpusConfigFromChannels(channels, 48000);
    EXPECT_EQ(config.pre_skip, 0);
    config.pre_skip = 312;
    return ToHex(*BuildOpusHead(config));
  };
  EXPECT_EQ(head(1), ToHex(Hex(kMono)));
  EXPECT_EQ(head(2), ToHex(Hex(kStereo)));
  EXPECT_EQ(head(6), ToHex(Hex(k51)));
  EXPECT_EQ(head(8), ToHex(Hex(k71)));
  for (int channels = 1; channels <= kMaxOpusSurroundChannels; ++channels) {
    EXPECT_TRUE(ParseOpusHead(Hex(head(channels))).ok()) << channels;
  }
  EXPECT_EQ(OpusConfigFromChannels(1, 8000)->input_rate, 8000U);
  EXPECT_EQ(OpusConfigFromChannels(0, 48000).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(OpusConfigFromChannels(9, 48000).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(OpusConfigFromChannels(-1, 48000).status().code(), StatusCode::kInvalidArgument);
}

TEST(IsOpusHeaderTest, TellsHeadersFromPackets) {
  EXPECT_TRUE(IsOpusHeader(Hex(kMono)));
  EXPECT_TRUE(IsOpusHeader(Hex("4f70757354616773 08000000")));
  EXPECT_FALSE(IsOpusHeader(Hex("fcfffe")));
  EXPECT_FALSE(IsOpusHeader(Hex("4f7075734865")));
  EXPECT_FALSE(IsOpusHeader({}));
}

}  // namespace
}  // namespace kvs::codec
