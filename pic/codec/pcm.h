#ifndef KVS_PIC_CODEC_PCM_H_
#define KVS_PIC_CODEC_PCM_H_

#include <cstddef>
#include <cstdint>

#include "kvs/status.h"
#include "pic/codec/nal.h"

namespace kvs::codec {

// wFormatTag of the two laws of G.711. Source: Microsoft mmreg.h, RFC 2361.
enum class G711Law : std::uint16_t { kALaw = 6, kMuLaw = 7 };

// Bits of one encoded sample.
inline constexpr int kG711BitDepth = 8;

struct G711Config {
  G711Law law = G711Law::kALaw;
  std::uint32_t sampling_rate = 8000;  // Hz
  int channels = 1;
  int bit_depth = kG711BitDepth;  // what a parser found; 0 in data of older producers
};

// Bytes of WAVEFORMATEX with no extra data: what Matroska's A_MS/ACM has as CodecPrivate.
inline constexpr std::size_t kWaveFormatExBytes = 18;

// WAVEFORMATEX, little endian.
// Errors: kInvalidArgument: other than 1 or 2 channels, or a rate outside 8000..192000 Hz.
Result<ByteVector> BuildG711WaveFormat(G711Law law, std::uint32_t sampling_rate, int channels);

// Reads WAVEFORMATEX, or PCMWAVEFORMAT which lacks the last two bytes. Average bytes per second,
// block alignment and bit depth are not checked: producers in the field write wrong ones. Errors:
// kInvalidCodecData: fewer than 16 bytes, another format tag, no channel or more than 255, no
//         sampling rate, or extra data that runs past the end.
Result<G711Config> ParseG711WaveFormat(Bytes data);

// Bits of one sample of S16LE.
inline constexpr int kS16BitDepth = 16;

// The most channels that raw PCM may have.
inline constexpr int kMaxPcmChannels = 8;

// Whether S16LE of this rate and so many channels can be described.
// Errors: kInvalidArgument: channels outside 1..kMaxPcmChannels, or a rate outside 8000..192000 Hz.
Status CheckPcm(std::uint32_t sampling_rate, int channels);

// Whether the payload is whole samples of all channels. Shape: channels >= 1.
inline bool HoldsWholeSamples(Bytes payload, std::size_t channels) {
  return payload.size() % (channels * kS16BitDepth / 8) == 0;
}

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_PCM_H_
