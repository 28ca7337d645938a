#include "pic/codec/h265.h"

#include <algorithm>
#include <string>
#include <utility>

#include "pic/codec/bit_reader.h"

namespace kvs::codec {
namespace {

constexpr std::uint8_t kHvcCVersion = 1;
constexpr std::size_t kHvcCHeadBytes = 23;  // up to and with the number of arrays
constexpr std::uint32_t kMaxSpsId = 15;
constexpr std::uint32_t kMaxSubLayersMinus1 = 6;
constexpr std::uint32_t kMaxBitDepthMinus8 = 8;
// Pixels along one side: what Matroska's producers write has 16 bits; level 6.2 ends at 16888.
constexpr std::uint32_t kMaxSide = 65535;
constexpr std::size_t kNalHeaderBytes = 2;

Status Malformed(std::string what) {
  return Status(StatusCode::kInvalidCodecData, std::move(what));
}

// Source: ITU-T H.265 7.3.3 with profilePresentFlag = 1.
H265ProfileTierLevel ParseProfileTierLevel(BitReader& reader, std::uint32_t max_sub_layers_minus1) {
  constexpr std::size_t kSubLayerProfileBits = 88;
  constexpr std::size_t kSubLayerLevelBits = 8;
  constexpr std::uint32_t kSubLayerSlots = 8;  // flags are padded up to this many layers
  H265ProfileTierLevel ptl;
  ptl.profile_space = static_cast<std::uint8_t>(reader.Bits(2));
  ptl.high_tier = reader.Flag();
  ptl.profile_idc = static_cast<std::uint8_t>(reader.Bits(5));
  ptl.compatibility_flags = reader.Bits(32);
  for (std::uint8_t& byte : ptl.constraints) {
    byte = reader.Byte();
  }
  ptl.level_idc = reader.Byte();
  std::size_t sub_layer_bits = 0;
  for (std::uint32_t i = 0; i < max_sub_layers_minus1; ++i) {
    sub_layer_bits += reader.Flag() ? kSubLayerProfileBits : 0;
    sub_layer_bits += reader.Flag() ? kSubLayerLevelBits : 0;
  }
  if (max_sub_layers_minus1 > 0) {
    reader.Skip(2 * std::size_t{kSubLayerSlots - max_sub_layers_minus1});
  }
  reader.Skip(sub_layer_bits);
  return ptl;
}

// Source: ITU-T H.265 7.4.3.2.1.
bool ParseSize(BitReader& reader, H265Sps& sps) {
  const std::uint32_t chroma = reader.Ue();
  if (chroma > 3) {
    return false;
  }
  sps.chroma_format_idc = static_cast<std::uint8_t>(chroma);
  if (chroma == 3) {
    sps.separate_colour_planes = reader.Flag();
  }
  sps.coded_width = reader.Ue();
  sps.coded_height = reader.Ue();
  if (!reader.ok() || sps.coded_width == 0 || sps.coded_width > kMaxSide || sps.coded_height == 0 ||
      sps.coded_height > kMaxSide) {
    return false;
  }
  sps.width = sps.coded_width;
  sps.height = sps.coded_height;
  if (reader.Flag()) {
    const std::uint32_t unit_x = chroma == 1 || chroma == 2 ? 2 : 1;
    const std::uint32_t unit_y = chroma == 1 ? 2 : 1;
    const std::uint64_t left = reader.Ue();
    const std::uint64_t right = reader.Ue();
    const std::uint64_t top = reader.Ue();
    const std::uint64_t bottom = reader.Ue();
    const std::uint64_t crop_x = (left + right) * unit_x;
    const std::uint64_t crop_y = (top + bottom) * unit_y;
    if (crop_x >= sps.coded_width || crop_y >= sps.coded_height) {
      return false;
    }
    sps.width -= static_cast<std::uint32_t>(crop_x);
    sps.height -= static_cast<std::uint32_t>(crop_y);
  }
  return reader.ok();
}

// Widens `all` so that a decoder for it can also decode `other`. Source: ISO/IEC
// 14496-15 8.3.3.1.3.
void Cover(H265ProfileTierLevel& all, const H265ProfileTierLevel& other) {
  if (other.high_tier && !all.high_tier) {
    all.high_tier = true;
    all.level_idc = other.level_idc;
  } else if (other.high_tier == all.high_tier) {
    all.level_idc = std::max(all.level_idc, other.level_idc);
  }
  all.profile_idc = std::max(all.profile_idc, other.profile_idc);
  all.compatibility_flags &= other.compatibility_flags;
  for (std::size_t i = 0; i < all.constraints.size(); ++i) {
    all.constraints[i] = all.constraints[i] & other.constraints[i];
  }
}

int NalTypeOf(NalKind kind) {
  switch (kind) {
    case NalKind::kVps:
      return 32;
    case NalKind::kSps:
      return 33;
    default:
      return 34;  // PPS
  }
}

void Append16(std::size_t value, ByteVector& out) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void AppendProfileTierLevel(const H265ProfileTierLevel& ptl, ByteVector& out) {
  out.push_back(static_cast<std::uint8_t>(ptl.profile_space << 6 | (ptl.high_tier ? 0x20 : 0) |
                                          ptl.profile_idc));
  Append16(ptl.compatibility_flags >> 16, out);
  Append16(ptl.compatibility_flags & 0xFFFF, out);
  out.insert(out.end(), ptl.constraints.begin(), ptl.constraints.end());
  out.push_back(ptl.level_idc);
}

// The arrays of an hvcC, checked and listed. Source: ISO/IEC 14496-15 8.3.3.1.2.
Status ReadArrays(Bytes hvcc, NalList& list) {
  const std::size_t arrays = hvcc[kHvcCHeadBytes - 1];
  Bytes rest = hvcc.subspan(kHvcCHeadBytes);
  for (std::size_t i = 0; i < arrays; ++i) {
    if (rest.size() < 3) {
      return Malformed("hvcC is cut short");
    }
    const int type = rest[0] & 0x3F;
    const std::size_t count = static_cast<std::size_t>(rest[1]) << 8 | rest[2];
    rest = rest.subspan(3);
    for (std::size_t j = 0; j < count; ++j) {
      if (rest.size() < 2) {
        return Malformed("hvcC is cut short");
      }
      const std::size_t size = static_cast<std::size_t>(rest[0]) << 8 | rest[1];
      rest = rest.subspan(2);
      if (rest.size() < size) {
        return Malformed("hvcC is cut short");
      }
      const Bytes nal = rest.first(size);
      if (nal.size() < kNalHeaderBytes || H265NalType(nal) != type) {
        return Malformed("hvcC has a NAL unit in the wrong array");
      }
      if (!list.Add({static_cast<std::uint32_t>(nal.data() - hvcc.data()),
                     static_cast<std::uint32_t>(size)})) {
        return Malformed("hvcC has too many NAL units");
      }
      rest = rest.subspan(size);
    }
  }
  return Status();
}

}  // namespace

Result<H265Sps> ParseH265Sps(Bytes nal) {
  if (ClassifyNal(VideoCodec::kH265, nal) != NalKind::kSps) {
    return Malformed("not an H.265 SPS");
  }
  if (nal.size() > kMaxParameterSetBytes) {
    return Malformed("H.265 SPS of " + std::to_string(nal.size()) + " bytes");
  }
  ByteVector rbsp;
  AppendWithoutEmulationPrevention(nal, rbsp);
  BitReader reader(rbsp);
  reader.Skip(kNalHeaderBytes * 8);
  H265Sps sps;
  sps.vps_id = reader.Bits(4);
  const std::uint32_t max_sub_layers_minus1 = reader.Bits(3);
  sps.temporal_id_nesting = reader.Flag();
  if (!reader.ok() || max_sub_layers_minus1 > kMaxSubLayersMinus1) {
    return Malformed("H.265 SPS has an invalid number of sub-layers");
  }
  sps.max_sub_layers = static_cast<std::uint8_t>(max_sub_layers_minus1 + 1);
  sps.profile_tier_level = ParseProfileTierLevel(reader, max_sub_layers_minus1);
  sps.id = reader.Ue();
  if (!reader.ok() || sps.id > kMaxSpsId) {
    return Malformed("H.265 SPS has no valid id");
  }
  if (!ParseSize(reader, sps)) {
    return Malformed("H.265 SPS has an invalid picture size");
  }
  const std::uint32_t luma = reader.Ue();
  const std::uint32_t chroma = reader.Ue();
  if (!reader.ok() || luma > kMaxBitDepthMinus8 || chroma > kMaxBitDepthMinus8) {
    return Malformed("H.265 SPS has an invalid bit depth");
  }
  sps.bit_depth_luma = static_cast<std::uint8_t>(8 + luma);
  sps.bit_depth_chroma = static_cast<std::uint8_t>(8 + chroma);
  return sps;
}

Result<HevcConfig> ParseHvcC(Bytes hvcc) {
  if (hvcc.size() > kMaxCodecPrivateBytes) {
    return Malformed("hvcC of " + std::to_string(hvcc.size()) + " bytes");
  }
  // Some early writers put version 0; everything else is laid out the same.
  if (hvcc.size() < kHvcCHeadBytes || hvcc[0] > kHvcCVersion) {
    return Malformed("codec data is not an hvcC");
  }
  HevcConfig config;
  BitReader reader(hvcc.subspan(1, kHvcCHeadBytes - 1));
  config.profile_tier_level = ParseProfileTierLevel(reader, 0);
  reader.Skip(16 + 8);  // min_spatial_segmentation_idc, parallelismType
  config.chroma_format_idc = reader.Byte() & 0x03;
  config.bit_depth_luma = static_cast<std::uint8_t>(8 + (reader.Byte() & 0x07));
  config.bit_depth_chroma = static_cast<std::uint8_t>(8 + (reader.Byte() & 0x07));
  reader.Skip(16 + 2);  // avgFrameRate, constantFrameRate
  config.temporal_layers = static_cast<std::uint8_t>(reader.Bits(3));
  config.temporal_id_nested = reader.Flag();
  config.length_size = static_cast<int>(reader.Bits(2)) + 1;
  NalList list;
  if (Status status = ReadArrays(hvcc, list); !status.ok()) {
    return status;
  }
  Result<bool> changed = config.sets.Update(hvcc, list.nals());
  if (!changed.ok()) {
    return changed.status();
  }
  return config;
}

Result<ByteVector> BuildHvcC(const ParameterSets& sets) {
  constexpr std::array kKinds = {NalKind::kVps, NalKind::kSps, NalKind::kPps};
  if (sets.codec() != VideoCodec::kH265 || !sets.complete()) {
    return Malformed("H.265 VPS, SPS or PPS is missing");
  }
  const std::vector<Bytes> sps_nals = sets.Of(NalKind::kSps);
  Result<H265Sps> first = ParseH265Sps(sps_nals[0]);
  if (!first.ok()) {
    return first.status();
  }
  H265ProfileTierLevel ptl = first->profile_tier_level;
  std::uint8_t sub_layers = first->max_sub_layers;
  bool nested = first->temporal_id_nesting;
  for (std::size_t i = 1; i < sps_nals.size(); ++i) {
    const Result<H265Sps> sps = ParseH265Sps(sps_nals[i]);
    if (!sps.ok()) {
      return sps.status();
    }
    Cover(ptl, sps->profile_tier_level);
    sub_layers = std::max(sub_layers, sps->max_sub_layers);
    nested = nested && sps->temporal_id_nesting;
  }
  ByteVector out = {kHvcCVersion};
  AppendProfileTierLevel(ptl, out);
  Append16(0xF000, out);  // min_spatial_segmentation_idc: not told
  out.push_back(0xFC);    // parallelismType: not told
  out.push_back(static_cast<std::uint8_t>(0xFC | first->chroma_format_idc));
  out.push_back(static_cast<std::uint8_t>(0xF8 | ((first->bit_depth_luma - 8) & 0x07)));
  out.push_back(static_cast<std::uint8_t>(0xF8 | ((first->bit_depth_chroma - 8) & 0x07)));
  Append16(0, out);  // avgFrameRate: not told
  // constantFrameRate 0: not told
  out.push_back(
      static_cast<std::uint8_t>(sub_layers << 3 | (nested ? 0x04 : 0) | (kNalLengthSize - 1)));
  out.push_back(static_cast<std::uint8_t>(kKinds.size()));
  for (const NalKind kind : kKinds) {
    const std::vector<Bytes> nals = sets.Of(kind);
    out.push_back(static_cast<std::uint8_t>(NalTypeOf(kind)));  // array_completeness 0
    Append16(nals.size(), out);
    for (const Bytes nal : nals) {
      Append16(nal.size(), out);
      out.insert(out.end(), nal.begin(), nal.end());
    }
  }
  if (out.size() > kMaxCodecPrivateBytes) {
    return Status(StatusCode::kTooLarge, "hvcC of " + std::to_string(out.size()) + " bytes");
  }
  return out;
}

Result<VideoConfig> H265ConfigFromSets(const ParameterSets& sets) {
  Result<ByteVector> hvcc = BuildHvcC(sets);
  if (!hvcc.ok()) {
    return hvcc.status();
  }
  const Result<H265Sps> sps = ParseH265Sps(sets.Of(NalKind::kSps).front());
  if (!sps.ok()) {
    return sps.status();
  }
  return VideoConfig{std::move(hvcc).value(), sps->width, sps->height, std::nullopt, 0};
}

Result<VideoConfig> H265ConfigFromCodecData(Bytes codec_data, ParameterSets* sets) {
  if (StartsWithStartCode(codec_data)) {
    NalList list;
    const Result<std::size_t> scanned = ScanAnnexB(codec_data, list);
    if (!scanned.ok()) {
      return scanned.status();
    }
    ParameterSets found(VideoCodec::kH265);
    const Result<bool> updated = found.Update(codec_data, list.nals());
    if (!updated.ok()) {
      return updated.status();
    }
    Result<VideoConfig> config = H265ConfigFromSets(found);
    if (config.ok() && sets != nullptr) {
      *sets = std::move(found);
    }
    return config;
  }
  Result<HevcConfig> hvcc = ParseHvcC(codec_data);
  if (!hvcc.ok()) {
    return hvcc.status();
  }
  constexpr std::size_t kLengthSizeByte = 21;
  VideoConfig config;
  config.source_length_size = hvcc->length_size;
  if (hvcc->sets.complete()) {
    const Result<H265Sps> sps = ParseH265Sps(hvcc->sets.Of(NalKind::kSps).front());
    if (!sps.ok()) {
      return sps.status();
    }
    config.width = sps->width;
    config.height = sps->height;
    config.codec_private.assign(codec_data.begin(), codec_data.end());
    config.codec_private[0] = kHvcCVersion;
    config.codec_private[kLengthSizeByte] |= kNalLengthSize - 1;
  }
  if (sets != nullptr) {
    *sets = std::move(hvcc->sets);
  }
  return config;
}

}  // namespace kvs::codec
