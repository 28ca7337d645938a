#include "pic/codec/opus.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "pic/codec/little_endian.h"

namespace kvs::codec {
namespace {

constexpr std::string_view kHeadMagic = "OpusHead";
constexpr std::string_view kTagsMagic = "OpusTags";

// Offsets in OpusHead.
constexpr std::size_t kVersion = 8;
constexpr std::size_t kChannels = 9;
constexpr std::size_t kPreSkip = 10;
constexpr std::size_t kInputRate = 12;
constexpr std::size_t kOutputGain = 16;
constexpr std::size_t kFamily = 18;
constexpr std::size_t kStreams = 19;
constexpr std::size_t kCoupled = 20;
constexpr std::size_t kMapping = 21;

constexpr std::uint8_t kMajorVersionMask = 0xF0;
constexpr std::uint8_t kWrittenVersion = 1;
constexpr int kMaxByte = 255;

// What libopus and all that speak to it use, by the number of channels. Source: RFC 7845 5.1.1.2.
struct SurroundLayout {
  std::uint8_t streams;
  std::uint8_t coupled;
  std::array<std::uint8_t, kMaxOpusSurroundChannels> mapping;
};
constexpr std::array<SurroundLayout, kMaxOpusSurroundChannels> kSurround = {{
    {1, 0, {0}},
    {1, 1, {0, 1}},
    {2, 1, {0, 2, 1}},
    {2, 2, {0, 1, 2, 3}},
    {3, 2, {0, 4, 1, 2, 3}},
    {4, 2, {0, 4, 1, 2, 3, 5}},
    {4, 3, {0, 4, 1, 2, 3, 5, 6}},
    {5, 3, {0, 6, 1, 2, 3, 4, 5, 7}},
}};

bool StartsWith(Bytes data, std::string_view magic) {
  return data.size() >= magic.size() && std::equal(magic.begin(), magic.end(), data.begin(),
                                                   [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

Status Malformed(const char* what) {
  return Status(StatusCode::kInvalidCodecData, what);
}

// What is wrong with the numbers of a configuration; null when nothing is. A null mapping is not
// looked at.
const char* LayoutProblem(const OpusConfig& config, const ByteVector* mapping) {
  const int most = config.mapping_family == kOpusMonoStereo ? 2
                   : config.mapping_family == kOpusSurround ? kMaxOpusSurroundChannels
                                                            : kMaxByte;
  if (config.channels < 1 || config.channels > most) {
    return "OpusHead has no channel, or more than its mapping family allows";
  }
  const int decoded = config.streams + config.coupled_streams;
  if (config.streams < 1 || config.coupled_streams < 0 || config.coupled_streams > config.streams ||
      decoded > kMaxByte) {
    return "OpusHead has an impossible number of streams";
  }
  if (mapping == nullptr) {
    return nullptr;
  }
  const auto impossible = [decoded](std::uint8_t index) {
    return index >= decoded && index != kOpusSilentChannel;
  };
  if (mapping->size() != static_cast<std::size_t>(config.channels) ||
      std::any_of(mapping->begin(), mapping->end(), impossible)) {
    return "OpusHead maps a channel to a stream that is not there";
  }
  return nullptr;
}

}  // namespace

Result<OpusConfig> ParseOpusHead(Bytes data) {
  if (!StartsWith(data, kHeadMagic)) {
    return Malformed("Opus codec data does not begin with OpusHead");
  }
  if (data.size() < kOpusHeadBytes) {
    return Malformed("OpusHead is cut short");
  }
  if ((data[kVersion] & kMajorVersionMask) != 0) {
    return Malformed("OpusHead has an unknown version");
  }
  OpusConfig config;
  config.channels = data[kChannels];
  config.pre_skip = static_cast<std::uint16_t>(ReadLe(data, kPreSkip, 2));
  config.input_rate = ReadLe(data, kInputRate, 4);
  config.output_gain = static_cast<std::int16_t>(ReadLe(data, kOutputGain, 2));
  config.mapping_family = data[kFamily];
  if (config.mapping_family == kOpusMonoStereo) {
    config.coupled_streams = config.channels - 1;
    const char* const problem = LayoutProblem(config, nullptr);
    return problem == nullptr ? Result<OpusConfig>(config) : Malformed(problem);
  }
  if (data.size() < kMapping) {
    return Malformed("OpusHead is cut short");
  }
  config.streams = data[kStreams];
  config.coupled_streams = data[kCoupled];
  const Bytes table = data.subspan(kMapping);
  const bool demixing = config.mapping_family == kOpusDemixing;
  const std::size_t channels = static_cast<std::size_t>(config.channels);
  const std::size_t decoded =
      static_cast<std::size_t>(config.streams) + static_cast<std::size_t>(config.coupled_streams);
  if (table.size() < (demixing ? 2 * channels * decoded : channels)) {
    return Malformed("the channel mapping of OpusHead is cut short");
  }
  if (!demixing) {
    const Bytes mapping = table.first(channels);
    config.mapping.assign(mapping.begin(), mapping.end());
  }
  const char* const problem = LayoutProblem(config, demixing ? nullptr : &config.mapping);
  if (problem != nullptr) {
    return Malformed(problem);
  }
  return config;
}

Result<ByteVector> BuildOpusHead(const OpusConfig& config) {
  const bool has_table = config.mapping_family != kOpusMonoStereo;
  const char* const problem = LayoutProblem(config, has_table ? &config.mapping : nullptr);
  if (problem != nullptr) {
    return Status(StatusCode::kInvalidArgument, problem);
  }
  if (config.mapping_family < 0 || config.mapping_family > kMaxByte ||
      config.mapping_family == kOpusDemixing) {
    return Status(StatusCode::kInvalidArgument,
                  "Opus channel mapping family " + std::to_string(config.mapping_family));
  }
  if (!has_table && (config.streams != 1 || config.coupled_streams != config.channels - 1 ||
                     !config.mapping.empty())) {
    return Status(StatusCode::kInvalidArgument, "Opus mono and stereo have one stream, unmapped");
  }
  ByteVector out(kHeadMagic.begin(), kHeadMagic.end());
  out.reserve(kMapping + config.mapping.size());
  out.push_back(kWrittenVersion);
  out.push_back(static_cast<std::uint8_t>(config.channels));
  AppendLe(config.pre_skip, 2, out);
  AppendLe(config.input_rate, 4, out);
  AppendLe(static_cast<std::uint16_t>(config.output_gain), 2, out);
  out.push_back(static_cast<std::uint8_t>(config.mapping_family));
  if (has_table) {
    out.push_back(static_cast<std::uint8_t>(config.streams));
    out.push_back(static_cast<std::uint8_t>(config.coupled_streams));
    out.insert(out.end(), config.mapping.begin(), config.mapping.end());
  }
  return out;
}

Result<OpusConfig> OpusConfigFromChannels(int channels, std::uint32_t input_rate) {
  if (channels < 1 || channels > kMaxOpusSurroundChannels) {
    return Status(StatusCode::kInvalidArgument, "Opus with " + std::to_string(channels) +
                                                    " channels and no channel mapping, expected "
                                                    "1 to 8");
  }
  OpusConfig config;
  config.channels = channels;
  config.input_rate = input_rate;
  const SurroundLayout& layout = kSurround[static_cast<std::size_t>(channels - 1)];
  config.streams = layout.streams;
  config.coupled_streams = layout.coupled;
  if (channels > 2) {
    config.mapping_family = kOpusSurround;
    config.mapping.assign(layout.mapping.begin(), layout.mapping.begin() + channels);
  }
  return config;
}

bool IsOpusHeader(Bytes packet) {
  return StartsWith(packet, kHeadMagic) || StartsWith(packet, kTagsMagic);
}

}  // namespace kvs::codec
