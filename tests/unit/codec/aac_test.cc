#include "pic/codec/aac.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/hex.h"
#include "tests/unit/codec/bit_writer.h"

namespace kvs::codec {
namespace {

using ::kvs::test::BitWriter;
using ::kvs::test::Hex;
using ::kvs::test::ToHex;

constexpr std::uint32_t kRates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                    22050, 16000, 12000, 11025, 8000,  7350};

// "type/rate>output/channels/length[ sbr][ ps]"
std::string Describe(Bytes data) {
  const Result<AacConfig> c = ParseAudioSpecificConfig(data);
  if (!c.ok()) {
    EXPECT_EQ(c.status().code(), StatusCode::kInvalidCodecData);
    return "error";
  }
  return std::to_string(c->object_type) + "/" + std::to_string(c->sampling_rate) + ">" +
         std::to_string(c->output_rate) + "/" + std::to_string(c->channels) + "/" +
         std::to_string(c->samples_per_frame) + (c->sbr ? " sbr" : "") + (c->ps ? " ps" : "");
}
std::string Describe(std::string_view hex) {
  return Describe(Bytes(Hex(hex)));
}

TEST(ParseAudioSpecificConfigTest, ReadsWhatEncodersWrite) {
  EXPECT_EQ(Describe("1190"), "2/48000>48000/2/1024");
  EXPECT_EQ(Describe("1210"), "2/44100>44100/2/1024");
  EXPECT_EQ(Describe("1588"), "2/8000>8000/1/1024");
  EXPECT_EQ(Describe("119056e500"), "2/48000>48000/2/1024");  // ffmpeg: SBR told to be absent
  EXPECT_EQ(Describe("131056e598"), "2/24000>48000/2/1024 sbr");
  EXPECT_EQ(Describe("131056e59d4880"), "2/24000>48000/2/1024 sbr ps");
  EXPECT_EQ(Describe("2b118800"), "2/24000>48000/2/1024 sbr");
  EXPECT_EQ(Describe("eb098800"), "2/24000>48000/1/1024 sbr ps");
}

TEST(ParseAudioSpecificConfigTest, ReadsEveryRateAndLayout) {
  for (std::size_t rate = 0; rate < 16; ++rate) {
    for (int channel_config = 0; channel_config < 16; ++channel_config) {
      BitWriter w;
      w.Put(2, 5).Put(rate, 4);
      if (rate == 15) {
        w.Put(50000, 24);
      }
      w.Put(static_cast<unsigned>(channel_config), 4).Put(0, 3);
      constexpr int kChannels[16] = {0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0};
      const int channels = kChannels[channel_config];
      const std::uint32_t hertz = rate < 13 ? kRates[rate] : rate == 15 ? 50000 : 0;
      const std::string expected =
          channels == 0 || hertz == 0 ? "error"
                                      : "2/" + std::to_string(hertz) + ">" + std::to_string(hertz) +
                                            "/" + std::to_string(channels) + "/1024";
      EXPECT_EQ(Describe(Bytes(w.bytes())), expected) << rate << " " << channel_config;
    }
  }
}

TEST(ParseAudioSpecificConfigTest, ReadsShortFramesAndLongObjectTypes) {
  EXPECT_EQ(Describe("1194"), "2/48000>48000/2/960");
  // 31 + 6 bits: object type 42 (USAC), whose own configuration is not looked at.
  const ByteVector usac = BitWriter().Put(31, 5).Put(10, 6).Put(3, 4).Put(2, 4).Put(0, 5).bytes();
  EXPECT_EQ(Describe(Bytes(usac)), "42/48000>48000/2/1024");
}

TEST(ParseAudioSpecificConfigTest, CountsChannelsOfALayoutThatIsSpeltOut) {
  BitWriter w;
  w.Put(2, 5).Put(3, 4).Put(0, 4).Put(0, 3);
  w.Put(0, 4).Put(1, 2).Put(3, 4);                                // tag, object type, rate
  w.Put(2, 4).Put(1, 4).Put(0, 4).Put(1, 2).Put(0, 3).Put(0, 4);  // front, side, back, lfe, ...
  w.Put(0, 1).Put(0, 1).Put(0, 1);                                // no mix-down
  w.Put(0, 1).Put(0, 4).Put(1, 1).Put(1, 4);                      // front: single, pair
  w.Put(1, 1).Put(2, 4);                                          // side: pair
  w.Put(0, 4);                                                    // lfe
  ByteVector data = w.bytes();
  data.insert(data.end(), {2, 'o', 'k'});  // comment
  EXPECT_EQ(Describe(Bytes(data)), "2/48000>48000/6/1024");
  for (std::size_t length = 0; length < data.size(); ++length) {
    EXPECT_EQ(Describe(Bytes(data).first(length)), "error") << length;
  }
}

TEST(ParseAudioSpecificConfigTest, RefusesTruncationsAndReservedValues) {
  for (const std::string_view hex : {"", "11", "2b", "2b11", "17", "1780", "178000", "0190"}) {
    EXPECT_EQ(Describe(hex), "error") << hex;
  }
}

TEST(ParseAudioSpecificConfigTest, IgnoresAnExtensionThatIsCutShort) {
  EXPECT_EQ(Describe("131056"), "2/24000>24000/2/1024");
  EXPECT_EQ(Describe("131056e5"), "2/24000>24000/2/1024");
}

TEST(BuildAudioSpecificConfigTest, MatchesTheGoldenVector) {
  AacConfig config;
  config.sampling_rate = 48000;
  config.channel_config = 2;
  EXPECT_EQ(ToHex(*BuildAudioSpecificConfig(config)), "1190");
}

TEST(BuildAudioSpecificConfigTest, IsReadBackAsWritten) {
  std::vector<std::uint32_t> rates(std::begin(kRates), std::end(kRates));
  rates.insert(rates.end(), {1, 50000, 0xFFFFFF});
  for (const std::uint32_t rate : rates) {
    for (const int channel_config : {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14}) {
      for (const int mode : {0, 1, 2, 3}) {
        AacConfig config;
        config.object_type = mode == 3 ? kAacMain : kAacLc;
        config.sampling_rate = rate;
        config.channel_config = channel_config;
        config.sbr = mode == 1 || mode == 2;
        config.ps = mode == 2;
        config.output_rate = config.sbr && rate < 0x7FFFFF ? 2 * rate : rate;
        config.samples_per_frame = mode == 3 ? 960 : 1024;
        const Result<ByteVector> data = BuildAudioSpecificConfig(config);
        ASSERT_TRUE(data.ok());
        const Result<AacConfig> read = ParseAudioSpecificConfig(*data);
        ASSERT_TRUE(read.ok());
        EXPECT_EQ(read->object_type, config.object_type);
        EXPECT_EQ(read->sampling_rate, config.sampling_rate);
        EXPECT_EQ(read->output_rate, config.output_rate);
        EXPECT_EQ(read->channel_config, channel_config);
        EXPECT_EQ(read->sbr, config.sbr);
        EXPECT_EQ(read->ps, config.ps);
        EXPECT_EQ(read->samples_per_frame, config.samples_per_frame);
      }
    }
  }
}

TEST(BuildAudioSpecificConfigTest, RefusesWhatCannotBeWritten) {
  const auto refuses = [](auto change) {
    AacConfig config;
    config.sampling_rate = 48000;
    config.channel_config = 2;
    EXPECT_TRUE(BuildAudioSpecificConfig(config).ok());
    change(config);
    return BuildAudioSpecificConfig(config).status().code() == StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refuses([](AacConfig& c) { c.object_type = 0; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.object_type = 5; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.object_type = 31; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.sampling_rate = 0; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.sampling_rate = 1 << 24; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.channel_config = 0; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.channel_config = 8; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.channel_config = 16; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.channel_config = -1; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.ps = true; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.sbr = true; }));
  EXPECT_TRUE(refuses([](AacConfig& c) { c.samples_per_frame = 512; }));
}

// One ADTS frame; `payload` as hex.
struct Adts {
  bool crc = false;
  int profile = 1;  // object type - 1
  int rate_index = 3;
  int channel_config = 2;
  int blocks = 1;
  int length = -1;  // -1: the right one
  std::string_view payload = "21004994";
  ByteVector Build() const {
    const ByteVector body = Hex(payload);
    const std::size_t header = crc ? 9 : 7;
    BitWriter w;
    w.Put(0xFFF, 12).Put(0, 1).Put(0, 2).Put(crc ? 0 : 1, 1);
    w.Put(static_cast<unsigned>(profile), 2).Put(static_cast<unsigned>(rate_index), 4).Put(0, 1);
    w.Put(static_cast<unsigned>(channel_config), 3).Put(0, 4);
    w.Put(length >= 0 ? static_cast<unsigned>(length) : header + body.size(), 13);
    w.Put(0x7FF, 11).Put(static_cast<unsigned>(blocks - 1), 2);
    if (crc) {
      w.Put(0xABCD, 16);
    }
    ByteVector out = w.bytes();
    out.insert(out.end(), body.begin(), body.end());
    return out;
  }
};

ByteVector Join(const std::vector<Adts>& frames) {
  ByteVector out;
  for (const Adts& frame : frames) {
    const ByteVector bytes = frame.Build();
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  return out;
}

// The payloads joined with "|", or the name of the error.
std::string Split(const ByteVector& buffer) {
  AdtsFrames frames;
  const Status status = SplitAdts(buffer, frames);
  if (!status.ok()) {
    EXPECT_TRUE(frames.payloads.empty());
    switch (status.code()) {
      case StatusCode::kInvalidFrame:
        return "invalid frame";
      case StatusCode::kInvalidCodecData:
        return "invalid codec data";
      case StatusCode::kUnsupportedMedia:
        return "unsupported";
      case StatusCode::kTooLarge:
        return "too large";
      default:
        return "other";
    }
  }
  std::string out;
  for (const Bytes payload : frames.payloads) {
    EXPECT_GE(payload.data(), buffer.data());  // not a copy
    EXPECT_LE(payload.data() + payload.size(), buffer.data() + buffer.size());
    out += (out.empty() ? "" : "|") + ToHex(payload);
  }
  return out;
}

// First frame of ffmpeg -f lavfi -i sine -c:a aac -f adts, cut to its header; 44100 Hz, mono.
TEST(AdtsTest, ReadsTheHeaderOfAnEncoder) {
  const Result<AdtsHeader> header = ParseAdtsHeader(Hex("fff1504005ffc0"));
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->object_type, kAacLc);
  EXPECT_EQ(header->sampling_rate, 44100U);
  EXPECT_EQ(header->channel_config, 1);
  EXPECT_EQ(header->header_bytes, 7U);
  EXPECT_EQ(header->frame_bytes, 47U);
}

TEST(AdtsTest, CutsHeadersOff) {
  EXPECT_EQ(Split(Join({Adts{}})), "21004994");
  EXPECT_EQ(Split(Join({Adts{.crc = true}})), "21004994");
  EXPECT_EQ(Split(Join({Adts{}, Adts{.payload = "de"}, Adts{.crc = true, .payload = "fff150"}})),
            "21004994|de|fff150");
}

TEST(AdtsTest, GivesTheConfigurationOfTheRawStream) {
  AdtsFrames frames;
  const ByteVector buffer = Join({Adts{.channel_config = 7}});
  ASSERT_TRUE(SplitAdts(buffer, frames).ok());
  const AacConfig config = AacConfigFromAdts(frames.header);
  EXPECT_EQ(config.channels, 8);
  EXPECT_EQ(config.output_rate, 48000U);
  EXPECT_EQ(ToHex(*BuildAudioSpecificConfig(config)), "11b8");
}

TEST(AdtsTest, RefusesWhatItCannotUnpack) {
  EXPECT_EQ(Split({}), "invalid frame");
  EXPECT_EQ(Split(Hex("1190")), "invalid frame");
  EXPECT_EQ(Split(Hex("fff9504005ffc0")), "invalid frame");  // shorter than it says
  EXPECT_EQ(Split(Hex("fff3504005ffc0")), "invalid frame");  // layer 1
  EXPECT_EQ(Split(Join({Adts{.blocks = 2}})), "unsupported");
  EXPECT_EQ(Split(Join({Adts{.blocks = 4}})), "unsupported");
  EXPECT_EQ(Split(Join({Adts{.channel_config = 0}})), "unsupported");
  EXPECT_EQ(Split(Join({Adts{.rate_index = 13}})), "invalid codec data");
  EXPECT_EQ(Split(Join({Adts{.rate_index = 15}})), "invalid codec data");
  EXPECT_EQ(Split(Join({Adts{.length = 6}})), "invalid frame");
  EXPECT_EQ(Split(Join({Adts{.length = 0}})), "invalid frame");
  EXPECT_EQ(Split(Join({Adts{.payload = ""}})), "invalid frame");
  EXPECT_EQ(Split(Join({Adts{.crc = true, .payload = ""}})), "invalid frame");
  EXPECT_EQ(Split(Join({Adts{.length = 12}})), "invalid frame");
  EXPECT_EQ(Split(Join({Adts{.length = 10}})), "invalid frame");  // one byte left over
  EXPECT_EQ(Split(Join({Adts{}, Adts{.rate_index = 4}})), "invalid codec data");
  EXPECT_EQ(Split(Join({Adts{}, Adts{.channel_config = 1}})), "invalid codec data");
  EXPECT_EQ(Split(Join({Adts{}, Adts{.profile = 0}})), "invalid codec data");
}

TEST(AdtsTest, RefusesEveryTruncation) {
  const ByteVector whole = Join({Adts{}, Adts{.crc = true}});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const ByteVector cut(whole.begin(), whole.begin() + static_cast<long>(length));
    EXPECT_EQ(Split(cut), length == 11 ? "21004994" : "invalid frame") << length;
  }
}

TEST(AdtsTest, TakesALimitedNumberOfFrames) {
  EXPECT_NE(Split(Join(std::vector<Adts>(kMaxAdtsFrames))), "too large");
  EXPECT_EQ(Split(Join(std::vector<Adts>(kMaxAdtsFrames + 1))), "too large");
}

}  // namespace
}  // namespace kvs::codec
