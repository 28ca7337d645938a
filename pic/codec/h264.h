#ifndef KVS_PIC_CODEC_H264_H_
#define KVS_PIC_CODEC_H264_H_

#include <cstdint>
#include <optional>

#include "kvs/status.h"
#include "pic/codec/nal.h"
#include "pic/codec/parameter_sets.h"

namespace kvs::codec {

// What a sequence parameter set says. Source: ITU-T H.264 7.3.2.1.1.
struct H264Sps {
  std::uint8_t profile_idc = 0;
  std::uint8_t constraint_flags = 0;  // constraint_set0_flag is the highest bit
  std::uint8_t level_idc = 0;
  std::uint32_t id = 0;
  std::uint8_t chroma_format_idc = 1;  // 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
  bool separate_colour_planes = false;
  std::uint8_t bit_depth_luma = 8;
  std::uint8_t bit_depth_chroma = 8;
  bool frame_mbs_only = true;      // false: pictures may be interlaced
  std::uint32_t coded_width = 0;   // pixels, whole macroblocks
  std::uint32_t coded_height = 0;  // of a frame, also when coded as fields
  std::uint32_t width = 0;         // after cropping
  std::uint32_t height = 0;
  std::optional<FrameRate> frame_rate;  // from the VUI
};

// Shape:  NAL unit of type 7 with header and emulation prevention.
// Errors: kInvalidCodecData: not an SPS, cut short before the VUI, or values out of range. A VUI
// that
//         is cut short only costs the frame rate.
Result<H264Sps> ParseH264Sps(Bytes nal);

// AVCDecoderConfigurationRecord. Source: ISO/IEC 14496-15 5.3.3.1.
struct AvcConfig {
  std::uint8_t profile_idc = 0;
  std::uint8_t constraint_flags = 0;
  std::uint8_t level_idc = 0;
  int length_size = kNalLengthSize;  // 1, 2 or 4; 3 is accepted though the standard reserves it
  ParameterSets sets{VideoCodec::kH264};  // empty for avc3 streams that carry their sets in band
};

// Errors: kInvalidCodecData: not version 1, cut short, or a list with anything else than what it is
//         for. The extension of the high profiles may be missing: many writers leave it out.
Result<AvcConfig> ParseAvcC(Bytes avcc);

// avcC with 4-byte lengths and all sets of `sets`; with the bytes for chroma format, bit depths and
// SPS extensions when the profile calls for them.
//
// Errors: kInvalidCodecData: no SPS, no PPS, or an SPS that cannot be read. kTooLarge: more than 31
//         SPS or 255 PPS, or more than kMaxCodecPrivateBytes.
Result<ByteVector> BuildAvcC(const ParameterSets& sets);

// Track configuration from codec data in either form: avcC (kept byte for byte, but for the length
// size, which becomes 4) or Annex-B parameter sets. With an avcC that lacks SPS or PPS (avc3) the
// result has an empty codec_private and only source_length_size is set: the sets will come in band.
//
// `sets`, when not null, receives the parameter sets, to compare with those in band later.
// Errors: kInvalidCodecData, kInvalidNal, kTooLarge: `sets` is unchanged.
Result<VideoConfig> H264ConfigFromCodecData(Bytes codec_data, ParameterSets* sets);

// Track configuration from sets gathered in band (ParameterSets::Update()).
// Errors: as BuildAvcC().
Result<VideoConfig> H264ConfigFromSets(const ParameterSets& sets);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_H264_H_
