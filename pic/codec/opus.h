#ifndef KVS_PIC_CODEC_OPUS_H_
#define KVS_PIC_CODEC_OPUS_H_

#include <cstddef>
#include <cstdint>

#include "kvs/status.h"
#include "pic/codec/nal.h"

namespace kvs::codec {

// Hz: what a decoder puts out, whatever was encoded, and the unit of pre_skip. Matroska's
// SamplingFrequency of A_OPUS. Source: RFC 6716 2, RFC 7845 4.
inline constexpr std::uint32_t kOpusRate = 48000;

// Channel mapping families. Source: RFC 7845 5.1.1, RFC 8486 3.
inline constexpr int kOpusMonoStereo = 0;
inline constexpr int kOpusSurround = 1;  // 1..8 channels in Vorbis order
inline constexpr int kOpusDemixing = 3;  // ambisonics with a matrix in place of the table

// Value in the mapping table of a channel that is silent.
inline constexpr std::uint8_t kOpusSilentChannel = 255;

// The most channels that a layout without a mapping table of its own has: 7.1.
inline constexpr int kMaxOpusSurroundChannels = 8;

// OpusHead, the identification header. Source: RFC 7845 5.1.
struct OpusConfig {
  int channels = 2;                      // 1..255, put out by the decoder
  std::uint16_t pre_skip = 0;            // samples that a decoder drops at the beginning
  std::uint32_t input_rate = kOpusRate;  // Hz before encoding, only to tell users; 0: unknown
  std::int16_t output_gain = 0;          // 1/256 dB
  int mapping_family = kOpusMonoStereo;
  int streams = 1;          // in each packet, 1..255
  int coupled_streams = 1;  // how many of them are stereo; the first ones
  // For each channel which of the decoded ones it is; empty with the families kOpusMonoStereo,
  // which needs none, and kOpusDemixing, whose matrix is not kept.
  ByteVector mapping;
};

// Bytes of OpusHead without a mapping table.
inline constexpr std::size_t kOpusHeadBytes = 19;

// Reads OpusHead, which is Matroska's CodecPrivate of A_OPUS. Bytes behind it are ignored, as later
// minor versions may have some.
//
// Errors: kInvalidCodecData: no OpusHead, cut short, a major version other than 0, more channels
//         than the family has, or streams and mapping that contradict each other.
Result<OpusConfig> ParseOpusHead(Bytes data);

// Writes OpusHead, version 1, with what ParseOpusHead() would read.
//
// Errors: kInvalidArgument: what ParseOpusHead() would refuse, or kOpusDemixing.
Result<ByteVector> BuildOpusHead(const OpusConfig& config);

// The usual layout of so many channels: mono, stereo, or surround in Vorbis order. Pre-skip is 0,
// so that nothing is cut off where the encoder has not told its delay.
//
// Errors: kInvalidArgument: no channel or more than kMaxOpusSurroundChannels.
Result<OpusConfig> OpusConfigFromChannels(int channels, std::uint32_t input_rate);

// Whether a packet is no audio but OpusHead or OpusTags, which some elements send as buffers.
bool IsOpusHeader(Bytes packet);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_OPUS_H_
