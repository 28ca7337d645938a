#ifndef KVS_PIC_CODEC_AAC_H_
#define KVS_PIC_CODEC_AAC_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kvs/status.h"
#include "pic/codec/nal.h"

namespace kvs::codec {

// Audio object types. Source: ISO/IEC 14496-3 table 1.17.
inline constexpr int kAacMain = 1;
inline constexpr int kAacLc = 2;
inline constexpr int kAacSbr = 5;
inline constexpr int kAacPs = 29;

// AudioSpecificConfig. Source: ISO/IEC 14496-3 1.6.2.1.
struct AacConfig {
  int object_type = kAacLc;  // of the core codec: with HE-AAC this is AAC-LC
  // Of the core codec, Hz: what Matroska calls SamplingFrequency. With SBR half of output_rate.
  std::uint32_t sampling_rate = 0;
  std::uint32_t output_rate = 0;  // what comes out of the decoder; equals sampling_rate without SBR
  // 1..7 and 11..14 name a layout; 0: the layout is spelt out (program config element).
  int channel_config = 0;
  int channels = 0;              // what channel_config stands for; parametric stereo does not count
  bool sbr = false;              // signalled explicitly
  bool ps = false;               // parametric stereo, signalled explicitly
  int samples_per_frame = 1024;  // of the core codec: 1024 or 960
};

// Reads AudioSpecificConfig, which is Matroska's CodecPrivate of A_AAC.
//
// Understands the escape frequency, object types above 31, SBR and PS signalled hierarchically or
// by the sync extension at the end, and layouts spelt out in a program config element. Errors:
// kInvalidCodecData: cut short, or reserved values.
Result<AacConfig> ParseAudioSpecificConfig(Bytes data);

// Writes AudioSpecificConfig: 2 bytes for a rate of the table, 5 for any other; SBR and PS are
// signalled hierarchically.
//
// Uses object_type, sampling_rate, channel_config, sbr, ps, output_rate (with sbr) and
// samples_per_frame; `channels` is ignored.
// Errors: kInvalidArgument: object type not 1..4 (Main, LC, SSR, LTP), rate 0 or above 24 bits, ps
//         without sbr, channel configuration 0 or reserved, samples_per_frame not 1024 or 960.
Result<ByteVector> BuildAudioSpecificConfig(const AacConfig& config);

// Bytes of an ADTS header without and with CRC.
inline constexpr std::size_t kAdtsHeaderBytes = 7;
inline constexpr std::size_t kAdtsHeaderWithCrcBytes = 9;

// Source: ISO/IEC 13818-7 6.2, ISO/IEC 14496-3 1.A.2.2.
struct AdtsHeader {
  int object_type = kAacLc;  // 1..4
  std::uint32_t sampling_rate = 0;
  int channel_config = 0;        // 1..7
  std::size_t header_bytes = 0;  // 7, or 9 with CRC
  std::size_t frame_bytes = 0;   // header and payload
};

// Reads the header at the start of `data`, which may be followed by anything or nothing.
//
// Errors: kInvalidFrame: fewer than 7 bytes, no sync word, or a frame length shorter than the
// header.
//         kInvalidCodecData: reserved sampling frequency. kUnsupportedMedia: several raw data
//         blocks in one ADTS frame, or a channel layout that is spelt out in the payload.
Result<AdtsHeader> ParseAdtsHeader(Bytes data);

// The AudioSpecificConfig that says the same as the header.
AacConfig AacConfigFromAdts(const AdtsHeader& header);

// ADTS frames in one buffer. Encoders and parsers give one; some capture devices a few.
inline constexpr std::size_t kMaxAdtsFrames = 64;

// The frames of one buffer of ADTS. Kept by the caller and reused.
struct AdtsFrames {
  AdtsHeader header;            // of the first frame; all others agree with it
  std::vector<Bytes> payloads;  // raw AAC, cut out of the buffer without copying
};

// Splits a buffer which holds one or more whole ADTS frames.
//
// Errors: those of ParseAdtsHeader(). kInvalidFrame: empty buffer, a frame without payload, cut
//         short, or bytes left over. kInvalidCodecData: the frames differ in their configuration.
//         kTooLarge: more than kMaxAdtsFrames. `frames.payloads` is empty after an error.
Status SplitAdts(Bytes buffer, AdtsFrames& frames);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_AAC_H_
