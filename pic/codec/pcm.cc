#include "pic/codec/pcm.h"

#include <limits>
#include <string>

#include "pic/codec/little_endian.h"

namespace kvs::codec {
namespace {

// Offsets in WAVEFORMATEX.
constexpr std::size_t kFormatTag = 0;
constexpr std::size_t kChannels = 2;
constexpr std::size_t kSamplesPerSec = 4;
constexpr std::size_t kBitsPerSample = 14;
constexpr std::size_t kExtraSize = 16;
constexpr std::size_t kPcmWaveFormatBytes = 16;

// Hz; what producers accept.
constexpr std::uint32_t kMinSamplingRate = 8000;
constexpr std::uint32_t kMaxSamplingRate = 192000;
constexpr int kMaxG711Channels = 2;

Status Malformed(const char* what) {
  return Status(StatusCode::kInvalidCodecData, what);
}

Status CheckRange(const char* codec, std::uint32_t sampling_rate, int channels, int max_channels) {
  if (channels < 1 || channels > max_channels) {
    return Status(StatusCode::kInvalidArgument,
                  std::string(codec) + " with " + std::to_string(channels) +
                      " channels, expected 1 to " + std::to_string(max_channels));
  }
  if (sampling_rate < kMinSamplingRate || sampling_rate > kMaxSamplingRate) {
    return Status(StatusCode::kInvalidArgument, std::string(codec) + " at " +
                                                    std::to_string(sampling_rate) +
                                                    " Hz, expected 8000 to 192000");
  }
  return Status();
}

}  // namespace

Result<ByteVector> BuildG711WaveFormat(G711Law law, std::uint32_t sampling_rate, int channels) {
  if (Status status = CheckRange("G.711", sampling_rate, channels, kMaxG711Channels);
      !status.ok()) {
    return status;
  }
  const std::uint32_t block = static_cast<std::uint32_t>(channels);  // one byte per channel
  ByteVector out;
  out.reserve(kWaveFormatExBytes);
  AppendLe(static_cast<std::uint32_t>(law), 2, out);
  AppendLe(block, 2, out);
  AppendLe(sampling_rate, 4, out);
  AppendLe(sampling_rate * block, 4, out);  // nAvgBytesPerSec
  AppendLe(block, 2, out);                  // nBlockAlign
  AppendLe(kG711BitDepth, 2, out);
  AppendLe(0, 2, out);  // cbSize: no extra data
  return out;
}

Result<G711Config> ParseG711WaveFormat(Bytes data) {
  if (data.size() < kPcmWaveFormatBytes) {
    return Malformed("WAVEFORMATEX is cut short");
  }
  const std::uint32_t tag = ReadLe(data, kFormatTag, 2);
  if (tag != static_cast<std::uint32_t>(G711Law::kALaw) &&
      tag != static_cast<std::uint32_t>(G711Law::kMuLaw)) {
    return Malformed("WAVEFORMATEX is neither A-law nor mu-law");
  }
  if (data.size() >= kWaveFormatExBytes &&
      ReadLe(data, kExtraSize, 2) > data.size() - kWaveFormatExBytes) {
    return Malformed("extra data of WAVEFORMATEX is cut short");
  }
  G711Config config;
  config.law = static_cast<G711Law>(tag);
  config.channels = static_cast<int>(ReadLe(data, kChannels, 2));
  config.sampling_rate = ReadLe(data, kSamplesPerSec, 4);
  config.bit_depth = static_cast<int>(ReadLe(data, kBitsPerSample, 2));
  if (config.channels == 0 || config.channels > std::numeric_limits<std::uint8_t>::max() ||
      config.sampling_rate == 0) {
    return Malformed("WAVEFORMATEX has no valid channels or sampling rate");
  }
  return config;
}

Status CheckPcm(std::uint32_t sampling_rate, int channels) {
  return CheckRange("PCM", sampling_rate, channels, kMaxPcmChannels);
}

}  // namespace kvs::codec
