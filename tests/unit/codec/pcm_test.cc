#include "pic/codec/pcm.h"

#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace kvs::codec {
namespace {

using ::kvs::test::Hex;
using ::kvs::test::ToHex;

std::string Build(G711Law law, std::uint32_t rate, int channels) {
  const Result<ByteVector> data = BuildG711WaveFormat(law, rate, channels);
  return data.ok() ? ToHex(*data) : "error";
}

TEST(G711WaveFormatTest, WritesEveryField) {
  EXPECT_EQ(Build(G711Law::kALaw, 8000, 1),
            ToHex(Hex("0600 0100 401f0000 401f0000 0100 0800 0000")));
  EXPECT_EQ(Build(G711Law::kMuLaw, 48000, 2),
            ToHex(Hex("0700 0200 80bb0000 00770100 0200 0800 0000")));
  EXPECT_EQ(Build(G711Law::kMuLaw, 192000, 1),
            ToHex(Hex("0700 0100 00ee0200 00ee0200 0100 0800 0000")));
}

TEST(G711WaveFormatTest, RefusesChannelsAndRatesOutOfRange) {
  EXPECT_EQ(Build(G711Law::kALaw, 8000, 0), "error");
  EXPECT_EQ(Build(G711Law::kALaw, 8000, 3), "error");
  EXPECT_EQ(Build(G711Law::kALaw, 7999, 1), "error");
  EXPECT_EQ(Build(G711Law::kALaw, 192001, 1), "error");
  EXPECT_EQ(BuildG711WaveFormat(G711Law::kALaw, 8000, 3).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(G711WaveFormatTest, ReadsBackWhatItWrote) {
  for (const G711Law law : {G711Law::kALaw, G711Law::kMuLaw}) {
    for (const int channels : {1, 2}) {
      const Result<G711Config> config =
          ParseG711WaveFormat(*BuildG711WaveFormat(law, 16000, channels));
      ASSERT_TRUE(config.ok());
      EXPECT_EQ(config->law, law);
      EXPECT_EQ(config->sampling_rate, 16000U);
      EXPECT_EQ(config->channels, channels);
      EXPECT_EQ(config->bit_depth, 8);
    }
  }
}

// Older producers write a wrong byte rate and no bit depth.
TEST(G711WaveFormatTest, ReadsWhatOlderProducersWrote) {
  const Result<G711Config> config =
      ParseG711WaveFormat(Hex("06000100 401F0000 E8030000 0100 0000 0000"));
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->law, G711Law::kALaw);
  EXPECT_EQ(config->sampling_rate, 8000U);
  EXPECT_EQ(config->channels, 1);
  EXPECT_EQ(config->bit_depth, 0);
}

TEST(G711WaveFormatTest, ReadsTheFormWithoutExtraSize) {
  EXPECT_TRUE(ParseG711WaveFormat(Hex("0700 0100 401f0000 401f0000 0100 0800")).ok());
  EXPECT_TRUE(ParseG711WaveFormat(Hex("0700 0100 401f0000 401f0000 0100 0800 0200 abcd")).ok());
}

TEST(G711WaveFormatTest, RefusesWhatIsNoG711) {
  for (const std::string_view hex : {
           "",
           "0700 0100 401f0000 401f0000 0100 08",              // cut short
           "0100 0100 401f0000 401f0000 0100 0800 0000",       // PCM
           "0700 0000 401f0000 401f0000 0100 0800 0000",       // no channel
           "0700 0001 401f0000 401f0000 0100 0800 0000",       // 256 channels
           "0700 0100 00000000 401f0000 0100 0800 0000",       // no rate
           "0700 0100 401f0000 401f0000 0100 0800 0300 abcd",  // extra data past the end
       }) {
    EXPECT_EQ(ParseG711WaveFormat(Hex(hex)).status().code(), StatusCode::kInvalidCodecData) << hex;
  }
}

TEST(PcmTest, ChecksRateAndChannels) {
  EXPECT_TRUE(CheckPcm(8000, 1).ok());
  EXPECT_TRUE(CheckPcm(192000, kMaxPcmChannels).ok());
  EXPECT_EQ(CheckPcm(7999, 1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckPcm(192001, 1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckPcm(0, 1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckPcm(48000, 0).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckPcm(48000, -1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckPcm(48000, kMaxPcmChannels + 1).code(), StatusCode::kInvalidArgument);
}

TEST(PcmTest, CountsWholeSamples) {
  const ByteVector payload(24);
  EXPECT_TRUE(HoldsWholeSamples(payload, 1));
  EXPECT_TRUE(HoldsWholeSamples(payload, 2));
  EXPECT_TRUE(HoldsWholeSamples(payload, 6));
  EXPECT_FALSE(HoldsWholeSamples(payload, 5));
  EXPECT_FALSE(HoldsWholeSamples(Bytes(payload).first(23), 1));
}

}  // namespace
}  // namespace kvs::codec
