#include "pic/codec/aac.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>

#include "pic/codec/bit_reader.h"

namespace kvs::codec {
namespace {

// Hz, by samplingFrequencyIndex. Source: ISO/IEC 14496-3 table 1.18.
constexpr std::array<std::uint32_t, 13> kRates = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                                  22050, 16000, 12000, 11025, 8000,  7350};
constexpr std::uint32_t kEscapeRateIndex = 15;  // the rate follows in 24 bits
constexpr std::uint32_t kMaxEscapeRate = (1U << 24) - 1;
// Channels, by channelConfiguration; 0: not a fixed layout. Source: ISO/IEC 14496-3 table 1.19.
constexpr std::array<int, 16> kChannels = {0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0};
constexpr int kEscapeObjectType = 31;  // 6 more bits follow, counted from 32
constexpr int kErBsac = 22;            // has an extra channel field behind SBR signalling
constexpr std::uint32_t kSbrSyncExtension = 0x2B7;
constexpr std::uint32_t kPsSyncExtension = 0x548;

Status Malformed(const char* what) {
  return Status(StatusCode::kInvalidCodecData, what);
}
Status BadArgument(std::string what) {
  return Status(StatusCode::kInvalidArgument, std::move(what));
}
Status BadFrame(std::string what) {
  return Status(StatusCode::kInvalidFrame, std::move(what));
}

int ReadObjectType(BitReader& reader) {
  const int type = static_cast<int>(reader.Bits(5));
  return type == kEscapeObjectType ? 32 + static_cast<int>(reader.Bits(6)) : type;
}

// 0 when reserved.
std::uint32_t ReadRate(BitReader& reader) {
  const std::uint32_t index = reader.Bits(4);
  if (index == kEscapeRateIndex) {
    return reader.Bits(24);
  }
  return index < kRates.size() ? kRates[index] : 0;
}

// Object types whose configuration is GASpecificConfig. Source: ISO/IEC 14496-3 1.6.2.1.
bool IsGeneralAudio(int object_type) {
  constexpr std::array kTypes = {1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23};
  return std::find(kTypes.begin(), kTypes.end(), object_type) != kTypes.end();
}

// Channels of a program_config_element(). Source: ISO/IEC 14496-3 4.4.1.1.
int ReadProgramConfigChannels(BitReader& reader) {
  reader.Skip(4 + 2 + 4);  // element_instance_tag, object_type, sampling_frequency_index
  const std::uint32_t front = reader.Bits(4);
  const std::uint32_t side = reader.Bits(4);
  const std::uint32_t back = reader.Bits(4);
  const std::uint32_t lfe = reader.Bits(2);
  const std::uint32_t assoc_data = reader.Bits(3);
  const std::uint32_t coupling = reader.Bits(4);
  if (reader.Flag()) {
    reader.Skip(4);  // mono_mixdown_element_number
  }
  if (reader.Flag()) {
    reader.Skip(4);  // stereo_mixdown_element_number
  }
  if (reader.Flag()) {
    reader.Skip(3);  // matrix_mixdown_idx, pseudo_surround_enable
  }
  std::uint32_t channels = lfe;
  for (std::uint32_t i = 0; i < front + side + back; ++i) {
    channels += reader.Flag() ? 2U : 1U;  // element_is_cpe
    reader.Skip(4);
  }
  reader.Skip(std::size_t{4} * lfe + std::size_t{4} * assoc_data + std::size_t{5} * coupling);
  reader.AlignToByte();
  const std::size_t comment_bytes = reader.Byte();
  reader.Skip(comment_bytes * 8);
  return static_cast<int>(channels);
}

// Source: ISO/IEC 14496-3 4.4.1.
bool ReadGeneralAudio(BitReader& reader, AacConfig& config) {
  config.samples_per_frame = reader.Flag() ? 960 : 1024;
  if (reader.Flag()) {
    reader.Skip(14);  // coreCoderDelay
  }
  const bool extension = reader.Flag();
  if (config.channel_config == 0) {
    config.channels = ReadProgramConfigChannels(reader);
  }
  if (config.object_type == 6 || config.object_type == 20) {
    reader.Skip(3);  // layerNr
  }
  if (extension) {
    if (config.object_type == kErBsac) {
      reader.Skip(5 + 11);  // numOfSubFrame, layer_length
    } else if (config.object_type == 17 || config.object_type == 19 || config.object_type == 20 ||
               config.object_type == 23) {
      reader.Skip(3);  // resilience flags
    }
    reader.Skip(1);  // extensionFlag3
  }
  return reader.ok();
}

// SBR and PS signalled behind everything else, where old decoders do not look.
void ReadSyncExtension(BitReader& reader, AacConfig& config) {
  constexpr std::size_t kSmallestExtension = 16;
  if (reader.left() < kSmallestExtension || reader.Bits(11) != kSbrSyncExtension ||
      ReadObjectType(reader) != kAacSbr || !reader.Flag()) {
    return;
  }
  const std::uint32_t rate = ReadRate(reader);
  if (!reader.ok() || rate == 0) {
    return;
  }
  config.sbr = true;
  config.output_rate = rate;
  if (reader.left() >= 12 && reader.Bits(11) == kPsSyncExtension) {
    config.ps = reader.Flag();
  }
}

class BitWriter {
 public:
  void Put(std::uint32_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) {
      if (used_ % 8 == 0) {
        out_.push_back(0);
      }
      out_.back() = static_cast<std::uint8_t>(out_.back() | (value >> i & 1) << (7 - used_ % 8));
      ++used_;
    }
  }
  void PutRate(std::uint32_t rate) {
    const auto place = std::find(kRates.begin(), kRates.end(), rate);
    if (place != kRates.end()) {
      Put(static_cast<std::uint32_t>(std::distance(kRates.begin(), place)), 4);
    } else {
      Put(kEscapeRateIndex, 4);
      Put(rate, 24);
    }
  }
  ByteVector Take() { return std::move(out_); }

 private:
  ByteVector out_;
  int used_ = 0;
};

bool IsValidRate(std::uint32_t rate) {
  return rate != 0 && rate <= kMaxEscapeRate;
}

}  // namespace

Result<AacConfig> ParseAudioSpecificConfig(Bytes data) {
  BitReader reader(data);
  AacConfig config;
  config.object_type = ReadObjectType(reader);
  config.sampling_rate = ReadRate(reader);
  config.channel_config = static_cast<int>(reader.Bits(4));
  config.output_rate = config.sampling_rate;
  if (config.object_type == kAacSbr || config.object_type == kAacPs) {
    config.sbr = true;
    config.ps = config.object_type == kAacPs;
    config.output_rate = ReadRate(reader);
    config.object_type = ReadObjectType(reader);
    if (config.object_type == kErBsac) {
      reader.Skip(4);  // extensionChannelConfiguration
    }
  }
  if (!reader.ok()) {
    return Malformed("AudioSpecificConfig is cut short");
  }
  if (config.object_type == 0) {
    return Malformed("AudioSpecificConfig has no audio object type");
  }
  if (config.sampling_rate == 0 || config.output_rate == 0) {
    return Malformed("AudioSpecificConfig has a reserved sampling frequency");
  }
  config.channels = kChannels[static_cast<std::size_t>(config.channel_config)];
  if (IsGeneralAudio(config.object_type)) {
    if (!ReadGeneralAudio(reader, config)) {
      return Malformed("AudioSpecificConfig is cut short");
    }
    if (!config.sbr) {
      ReadSyncExtension(reader, config);
    }
  }
  if (config.channels == 0) {
    return Malformed("AudioSpecificConfig has a reserved channel configuration");
  }
  return config;
}

Result<ByteVector> BuildAudioSpecificConfig(const AacConfig& config) {
  constexpr int kLongTermPrediction = 4;  // the last of those with nothing beyond three flags
  if (config.object_type < kAacMain || config.object_type > kLongTermPrediction) {
    return BadArgument("AAC object type " + std::to_string(config.object_type));
  }
  if (!IsValidRate(config.sampling_rate) || (config.sbr && !IsValidRate(config.output_rate))) {
    return BadArgument("AAC sampling rate " + std::to_string(config.sampling_rate));
  }
  if (config.channel_config < 0 || config.channel_config >= static_cast<int>(kChannels.size()) ||
      kChannels[static_cast<std::size_t>(config.channel_config)] == 0) {
    return BadArgument("AAC channel configuration " + std::to_string(config.channel_config));
  }
  if ((config.samples_per_frame != 1024 && config.samples_per_frame != 960) ||
      (config.ps && !config.sbr)) {
    return BadArgument("AAC frame length or parametric stereo without SBR");
  }
  BitWriter writer;
  const auto put_type = [&writer](int type) { writer.Put(static_cast<std::uint32_t>(type), 5); };
  put_type(config.ps ? kAacPs : config.sbr ? kAacSbr : config.object_type);
  writer.PutRate(config.sampling_rate);
  writer.Put(static_cast<std::uint32_t>(config.channel_config), 4);
  if (config.sbr) {
    writer.PutRate(config.output_rate);
    put_type(config.object_type);
  }
  writer.Put(config.samples_per_frame == 960 ? 1 : 0, 1);
  writer.Put(0, 2);  // dependsOnCoreCoder, extensionFlag
  return writer.Take();
}

Result<AdtsHeader> ParseAdtsHeader(Bytes data) {
  constexpr std::uint32_t kSyncWord = 0xFFF;
  if (data.size() < kAdtsHeaderBytes) {
    return BadFrame("ADTS header is cut short");
  }
  BitReader reader(data.first(kAdtsHeaderBytes));
  const std::uint32_t sync = reader.Bits(12);
  reader.Skip(1);  // MPEG-4 or MPEG-2
  const std::uint32_t layer = reader.Bits(2);
  if (sync != kSyncWord || layer != 0) {
    return BadFrame("no ADTS sync word");
  }
  AdtsHeader header;
  const bool protection_absent = reader.Flag();
  header.header_bytes = protection_absent ? kAdtsHeaderBytes : kAdtsHeaderWithCrcBytes;
  header.object_type = static_cast<int>(reader.Bits(2)) + 1;
  const std::uint32_t rate_index = reader.Bits(4);
  reader.Skip(1);  // private_bit
  header.channel_config = static_cast<int>(reader.Bits(3));
  reader.Skip(4);  // original/copy, home, copyright identification
  header.frame_bytes = reader.Bits(13);
  reader.Skip(11);  // adts_buffer_fullness
  const std::uint32_t extra_blocks = reader.Bits(2);
  if (rate_index >= kRates.size()) {
    return Malformed("ADTS header has a reserved sampling frequency");
  }
  header.sampling_rate = kRates[rate_index];
  if (header.frame_bytes < header.header_bytes) {
    return BadFrame("ADTS frame length of " + std::to_string(header.frame_bytes) + " bytes");
  }
  if (extra_blocks != 0) {
    return Status(StatusCode::kUnsupportedMedia,
                  "ADTS frame with " + std::to_string(extra_blocks + 1) +
                      " raw data blocks; only one per frame is supported");
  }
  if (header.channel_config == 0) {
    return Status(StatusCode::kUnsupportedMedia,
                  "ADTS with a channel layout inside the payload (channel configuration 0)");
  }
  return header;
}

AacConfig AacConfigFromAdts(const AdtsHeader& header) {
  AacConfig config;
  config.object_type = header.object_type;
  config.sampling_rate = header.sampling_rate;
  config.output_rate = header.sampling_rate;
  config.channel_config = header.channel_config;
  config.channels = kChannels[static_cast<std::size_t>(header.channel_config)];
  return config;
}

Status SplitAdts(Bytes buffer, AdtsFrames& frames) {
  frames.payloads.clear();
  const auto fail = [&frames](Status status) {
    frames.payloads.clear();
    return status;
  };
  if (buffer.empty()) {
    return BadFrame("empty ADTS buffer");
  }
  for (Bytes rest = buffer; !rest.empty();) {
    const Result<AdtsHeader> header = ParseAdtsHeader(rest);
    if (!header.ok()) {
      return fail(header.status());
    }
    if (header->frame_bytes > rest.size() || header->frame_bytes == header->header_bytes) {
      return fail(BadFrame("ADTS frame of " + std::to_string(header->frame_bytes) + " bytes in " +
                           std::to_string(rest.size()) + " bytes of data"));
    }
    if (frames.payloads.empty()) {
      frames.header = *header;
    } else if (header->object_type != frames.header.object_type ||
               header->sampling_rate != frames.header.sampling_rate ||
               header->channel_config != frames.header.channel_config) {
      return fail(Malformed("ADTS frames of one buffer differ in their configuration"));
    }
    if (frames.payloads.size() == kMaxAdtsFrames) {
      return fail(Status(StatusCode::kTooLarge, "more than " + std::to_string(kMaxAdtsFrames) +
                                                    " ADTS frames in one buffer"));
    }
    frames.payloads.push_back(rest.first(header->frame_bytes).subspan(header->header_bytes));
    rest = rest.subspan(header->frame_bytes);
  }
  return Status();
}

}  // namespace kvs::codec
