#ifndef KVS_PIC_CODEC_H265_H_
#define KVS_PIC_CODEC_H265_H_

#include <array>
#include <cstdint>

#include "kvs/status.h"
#include "pic/codec/nal.h"
#include "pic/codec/parameter_sets.h"

namespace kvs::codec {

// The general part of profile_tier_level(). Source: ITU-T H.265 7.3.3.
struct H265ProfileTierLevel {
  std::uint8_t profile_space = 0;  // 0..3
  bool high_tier = false;
  std::uint8_t profile_idc = 0;               // 0..31; 1 Main, 2 Main 10, 4 range extensions
  std::uint32_t compatibility_flags = 0;      // flag 0 is the highest bit
  std::array<std::uint8_t, 6> constraints{};  // the 48 bits after the compatibility flags
  std::uint8_t level_idc = 0;                 // 30 times the level: 93 is level 3.1
  bool operator==(const H265ProfileTierLevel&) const = default;
};

// What a sequence parameter set says. Source: ITU-T H.265 7.3.2.2.
struct H265Sps {
  H265ProfileTierLevel profile_tier_level;
  std::uint32_t vps_id = 0;
  std::uint32_t id = 0;
  std::uint8_t max_sub_layers = 1;  // 1..7 temporal layers
  bool temporal_id_nesting = false;
  std::uint8_t chroma_format_idc = 1;  // 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
  bool separate_colour_planes = false;
  std::uint8_t bit_depth_luma = 8;
  std::uint8_t bit_depth_chroma = 8;
  std::uint32_t coded_width = 0;
  std::uint32_t coded_height = 0;
  std::uint32_t width = 0;  // inside the conformance window
  std::uint32_t height = 0;
};

// Shape:  NAL unit of type 33 with header and emulation prevention.
// Errors: kInvalidCodecData: not an SPS, cut short, or values out of range.
Result<H265Sps> ParseH265Sps(Bytes nal);

// HEVCDecoderConfigurationRecord. Source: ISO/IEC 14496-15 8.3.3.1.
struct HevcConfig {
  H265ProfileTierLevel profile_tier_level;
  std::uint8_t chroma_format_idc = 1;
  std::uint8_t bit_depth_luma = 8;
  std::uint8_t bit_depth_chroma = 8;
  std::uint8_t temporal_layers = 0;  // 0: unknown
  bool temporal_id_nested = false;
  int length_size = kNalLengthSize;  // 1, 2 or 4; 3 is accepted though the standard reserves it
  ParameterSets sets{VideoCodec::kH265};  // may be empty for hev1
};

// Arrays of other NAL types (SEI) are checked for their shape and otherwise ignored. Reserved bits
// are not checked: they differ between writers. Errors: kInvalidCodecData: not version 1 (or 0,
// which early writers put), cut short, or a NAL unit in
//         the wrong array.
Result<HevcConfig> ParseHvcC(Bytes hvcc);

// hvcC with 4-byte lengths; one array for each of VPS, SPS and PPS, each marked as possibly
// incomplete (sets may also come in band). Profile, tier and level cover all SPS.
//
// Errors: kInvalidCodecData: no VPS, SPS or PPS, or an SPS that cannot be read. kTooLarge: more
// than
//         kMaxCodecPrivateBytes.
Result<ByteVector> BuildHvcC(const ParameterSets& sets);

// As H264ConfigFromCodecData(), with hvcC in place of avcC. The version becomes 1.
Result<VideoConfig> H265ConfigFromCodecData(Bytes codec_data, ParameterSets* sets);

// As H264ConfigFromSets().
Result<VideoConfig> H265ConfigFromSets(const ParameterSets& sets);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_H265_H_
