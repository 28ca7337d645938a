#include "pic/codec/h264.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "pic/codec/bit_reader.h"

namespace kvs::codec {
namespace {

constexpr std::uint8_t kAvcCVersion = 1;
constexpr std::uint32_t kMaxSpsId = 31;
constexpr std::uint32_t kMaxBitDepthMinus8 = 6;
constexpr std::uint32_t kMaxCycleLength = 255;  // num_ref_frames_in_pic_order_cnt_cycle
// Macroblocks along one side. Level 6.2 ends at 1056 (16896 pixels); Matroska's limit is 16 bits.
constexpr std::uint32_t kMaxMacroblocks = 4096;
constexpr std::uint32_t kMacroblockPixels = 16;
// Counts have 5 bits (SPS) and 8 bits (PPS, SPS extension) in avcC.
constexpr std::size_t kMaxSpsInAvcC = 31;
constexpr std::size_t kMaxPpsInAvcC = 255;

Status Malformed(std::string what) {
  return Status(StatusCode::kInvalidCodecData, std::move(what));
}

// Profiles whose SPS has chroma format, bit depths and scaling lists. Source: ITU-T
// H.264 7.3.2.1.1.
bool HasChromaFields(std::uint8_t profile_idc) {
  constexpr std::array<std::uint8_t, 13> kProfiles = {100, 110, 122, 244, 44,  83, 86,
                                                      118, 128, 138, 139, 134, 135};
  return std::find(kProfiles.begin(), kProfiles.end(), profile_idc) != kProfiles.end();
}

// Profiles whose avcC has the extension. Source: ISO/IEC 14496-15:2019 5.3.3.1.2 (all but Baseline,
// Main and Extended).
bool HasAvcCExtension(std::uint8_t profile_idc) {
  return profile_idc != 66 && profile_idc != 77 && profile_idc != 88;
}

// Source: ITU-T H.264 7.3.2.1.1.1.
void SkipScalingList(BitReader& reader, int size) {
  std::int64_t scale = 8;
  // A scale of 0 ends the list: the rest repeats, or the list is the default one.
  for (int i = 0; i < size && scale != 0 && reader.ok(); ++i) {
    scale = (scale + reader.Se()) & 0xFF;
  }
}

void SkipScalingMatrix(BitReader& reader, int chroma_format_idc) {
  constexpr int kLists4x4 = 6;
  const int lists = chroma_format_idc == 3 ? 12 : 8;
  for (int i = 0; i < lists && reader.ok(); ++i) {
    if (reader.Flag()) {
      SkipScalingList(reader, i < kLists4x4 ? 16 : 64);
    }
  }
}

bool ParseChroma(BitReader& reader, H264Sps& sps) {
  const std::uint32_t chroma = reader.Ue();
  if (chroma > 3) {
    return false;
  }
  sps.chroma_format_idc = static_cast<std::uint8_t>(chroma);
  if (chroma == 3) {
    sps.separate_colour_planes = reader.Flag();
  }
  const std::uint32_t luma = reader.Ue();
  const std::uint32_t chroma_depth = reader.Ue();
  if (luma > kMaxBitDepthMinus8 || chroma_depth > kMaxBitDepthMinus8) {
    return false;
  }
  sps.bit_depth_luma = static_cast<std::uint8_t>(8 + luma);
  sps.bit_depth_chroma = static_cast<std::uint8_t>(8 + chroma_depth);
  reader.Skip(1);  // qpprime_y_zero_transform_bypass_flag
  if (reader.Flag()) {
    SkipScalingMatrix(reader, sps.chroma_format_idc);
  }
  return reader.ok();
}

bool SkipPictureOrder(BitReader& reader) {
  const std::uint32_t type = reader.Ue();
  if (type == 0) {
    reader.Ue();  // log2_max_pic_order_cnt_lsb_minus4
  } else if (type == 1) {
    reader.Skip(1);  // delta_pic_order_always_zero_flag
    reader.Se();     // offset_for_non_ref_pic
    reader.Se();     // offset_for_top_to_bottom_field
    const std::uint32_t cycle = reader.Ue();
    if (cycle > kMaxCycleLength) {
      return false;
    }
    for (std::uint32_t i = 0; i < cycle && reader.ok(); ++i) {
      reader.Se();
    }
  }
  return type <= 2 && reader.ok();
}

// Frame size and cropping. Source: ITU-T H.264 7.4.2.1.1 (7-13 .. 7-22).
bool ParseSize(BitReader& reader, H264Sps& sps) {
  const std::uint64_t width_mbs = std::uint64_t{reader.Ue()} + 1;
  const std::uint64_t map_units = std::uint64_t{reader.Ue()} + 1;
  sps.frame_mbs_only = reader.Flag();
  if (!sps.frame_mbs_only) {
    reader.Skip(1);  // mb_adaptive_frame_field_flag
  }
  reader.Skip(1);  // direct_8x8_inference_flag
  const std::uint32_t field_factor = sps.frame_mbs_only ? 1 : 2;
  if (!reader.ok() || width_mbs > kMaxMacroblocks || map_units > kMaxMacroblocks / field_factor) {
    return false;
  }
  sps.coded_width = static_cast<std::uint32_t>(width_mbs) * kMacroblockPixels;
  sps.coded_height = static_cast<std::uint32_t>(map_units) * field_factor * kMacroblockPixels;
  sps.width = sps.coded_width;
  sps.height = sps.coded_height;
  if (reader.Flag()) {
    // One unit of the offsets, in pixels: a chroma sample.
    const bool subsampled = !sps.separate_colour_planes;
    const std::uint32_t unit_x =
        subsampled && (sps.chroma_format_idc == 1 || sps.chroma_format_idc == 2) ? 2 : 1;
    const std::uint32_t unit_y =
        (subsampled && sps.chroma_format_idc == 1 ? 2U : 1U) * field_factor;
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

// Source: ITU-T H.264 E.1.1.
std::optional<FrameRate> ParseVuiFrameRate(BitReader& reader) {
  constexpr std::uint32_t kExtendedSar = 255;
  if (reader.Flag() && reader.Bits(8) == kExtendedSar) {
    reader.Skip(32);  // sar_width, sar_height
  }
  if (reader.Flag()) {
    reader.Skip(1);  // overscan_appropriate_flag
  }
  if (reader.Flag()) {
    reader.Skip(4);  // video_format, video_full_range_flag
    if (reader.Flag()) {
      reader.Skip(24);  // colour_primaries, transfer_characteristics, matrix_coefficients
    }
  }
  if (reader.Flag()) {
    reader.Ue();  // chroma_sample_loc_type_top_field
    reader.Ue();  // chroma_sample_loc_type_bottom_field
  }
  if (!reader.Flag()) {
    return std::nullopt;
  }
  const std::uint32_t units_in_tick = reader.Bits(32);
  const std::uint32_t time_scale = reader.Bits(32);
  constexpr std::uint32_t kMaxUnits = 0x7FFFFFFF;  // a frame is two ticks and must fit 32 bits
  if (!reader.ok() || units_in_tick == 0 || time_scale == 0 || units_in_tick > kMaxUnits) {
    return std::nullopt;
  }
  return FrameRate{time_scale, units_in_tick * 2};
}

// A list of avcC: each entry 16 bits of length and one NAL unit. Cuts it off the front of `rest`.
bool ReadSets(Bytes& rest, std::size_t count, NalKind kind, Bytes avcc, NalList& list) {
  for (std::size_t i = 0; i < count; ++i) {
    if (rest.size() < 2) {
      return false;
    }
    const std::size_t size = static_cast<std::size_t>(rest[0]) << 8 | rest[1];
    rest = rest.subspan(2);
    if (rest.size() < size || ClassifyNal(VideoCodec::kH264, rest.first(size)) != kind) {
      return false;
    }
    list.Add(
        {static_cast<std::uint32_t>(rest.data() - avcc.data()), static_cast<std::uint32_t>(size)});
    rest = rest.subspan(size);
  }
  return true;
}

void AppendSets(const std::vector<Bytes>& nals, ByteVector& out) {
  for (const Bytes nal : nals) {
    out.push_back(static_cast<std::uint8_t>(nal.size() >> 8));
    out.push_back(static_cast<std::uint8_t>(nal.size()));
    out.insert(out.end(), nal.begin(), nal.end());
  }
}

}  // namespace

Result<H264Sps> ParseH264Sps(Bytes nal) {
  if (ClassifyNal(VideoCodec::kH264, nal) != NalKind::kSps) {
    return Malformed("not an H.264 SPS");
  }
  if (nal.size() > kMaxParameterSetBytes) {
    return Malformed("H.264 SPS of " + std::to_string(nal.size()) + " bytes");
  }
  ByteVector rbsp;
  AppendWithoutEmulationPrevention(nal, rbsp);
  BitReader reader(rbsp);
  reader.Skip(8);  // header
  H264Sps sps;
  sps.profile_idc = reader.Byte();
  sps.constraint_flags = reader.Byte();
  sps.level_idc = reader.Byte();
  sps.id = reader.Ue();
  if (!reader.ok() || sps.id > kMaxSpsId) {
    return Malformed("H.264 SPS has no valid id");
  }
  if (HasChromaFields(sps.profile_idc) && !ParseChroma(reader, sps)) {
    return Malformed("H.264 SPS has an invalid chroma format");
  }
  reader.Ue();  // log2_max_frame_num_minus4
  if (!SkipPictureOrder(reader)) {
    return Malformed("H.264 SPS has an invalid picture order");
  }
  reader.Ue();     // max_num_ref_frames
  reader.Skip(1);  // gaps_in_frame_num_value_allowed_flag
  if (!ParseSize(reader, sps)) {
    return Malformed("H.264 SPS has an invalid picture size");
  }
  if (reader.Flag()) {
    sps.frame_rate = ParseVuiFrameRate(reader);
  }
  return sps;
}

Result<AvcConfig> ParseAvcC(Bytes avcc) {
  constexpr std::size_t kHeadBytes = 6;  // up to and with the number of SPS
  constexpr std::uint8_t kSpsCountMask = 0x1F;
  if (avcc.size() > kMaxCodecPrivateBytes) {
    return Malformed("avcC of " + std::to_string(avcc.size()) + " bytes");
  }
  if (avcc.size() < kHeadBytes + 1 || avcc[0] != kAvcCVersion) {
    return Malformed("codec data is not an avcC");
  }
  AvcConfig config;
  config.profile_idc = avcc[1];
  config.constraint_flags = avcc[2];
  config.level_idc = avcc[3];
  config.length_size = (avcc[4] & 0x03) + 1;
  NalList list;
  Bytes rest = avcc.subspan(kHeadBytes);
  if (!ReadSets(rest, avcc[5] & kSpsCountMask, NalKind::kSps, avcc, list) || rest.empty()) {
    return Malformed("list of SPS in the avcC is malformed");
  }
  const std::size_t pps_count = rest[0];
  rest = rest.subspan(1);
  if (!ReadSets(rest, pps_count, NalKind::kPps, avcc, list)) {
    return Malformed("list of PPS in the avcC is malformed");
  }
  // Chroma format and bit depths repeat the SPS; only the SPS extensions are of interest.
  constexpr std::size_t kExtensionBytes = 4;
  if (HasAvcCExtension(config.profile_idc) && rest.size() >= kExtensionBytes) {
    const std::size_t extension_count = rest[3];
    rest = rest.subspan(kExtensionBytes);
    if (!ReadSets(rest, extension_count, NalKind::kSpsExtension, avcc, list)) {
      return Malformed("list of SPS extensions in the avcC is malformed");
    }
  }
  Result<bool> changed = config.sets.Update(avcc, list.nals());
  if (!changed.ok()) {
    return changed.status();
  }
  return config;
}

Result<ByteVector> BuildAvcC(const ParameterSets& sets) {
  const std::vector<Bytes> sps_nals = sets.Of(NalKind::kSps);
  const std::vector<Bytes> pps_nals = sets.Of(NalKind::kPps);
  const std::vector<Bytes> extensions = sets.Of(NalKind::kSpsExtension);
  if (sets.codec() != VideoCodec::kH264 || sps_nals.empty() || pps_nals.empty()) {
    return Malformed(sps_nals.empty() ? "no H.264 SPS" : "no H.264 PPS");
  }
  if (sps_nals.size() > kMaxSpsInAvcC || pps_nals.size() > kMaxPpsInAvcC) {
    return Status(StatusCode::kTooLarge, "more parameter sets than an avcC can hold");
  }
  const Result<H264Sps> first = ParseH264Sps(sps_nals[0]);
  if (!first.ok()) {
    return first.status();
  }
  // The record describes the stream as a whole: what all SPS promise, and the highest level.
  std::uint8_t constraints = first->constraint_flags;
  std::uint8_t level = first->level_idc;
  for (const Bytes nal : sps_nals) {
    if (nal.size() > 3 && nal[1] == first->profile_idc) {
      constraints = constraints & nal[2];
      level = std::max(level, nal[3]);
    }
  }
  ByteVector out = {
      kAvcCVersion, first->profile_idc,          constraints,
      level,        0xFC | (kNalLengthSize - 1), static_cast<std::uint8_t>(0xE0 | sps_nals.size())};
  AppendSets(sps_nals, out);
  out.push_back(static_cast<std::uint8_t>(pps_nals.size()));
  AppendSets(pps_nals, out);
  if (HasAvcCExtension(first->profile_idc)) {
    out.push_back(static_cast<std::uint8_t>(0xFC | first->chroma_format_idc));
    out.push_back(static_cast<std::uint8_t>(0xF8 | (first->bit_depth_luma - 8)));
    out.push_back(static_cast<std::uint8_t>(0xF8 | (first->bit_depth_chroma - 8)));
    out.push_back(static_cast<std::uint8_t>(extensions.size()));
    AppendSets(extensions, out);
  }
  if (out.size() > kMaxCodecPrivateBytes) {
    return Status(StatusCode::kTooLarge, "avcC of " + std::to_string(out.size()) + " bytes");
  }
  return out;
}

Result<VideoConfig> H264ConfigFromSets(const ParameterSets& sets) {
  Result<ByteVector> avcc = BuildAvcC(sets);
  if (!avcc.ok()) {
    return avcc.status();
  }
  const Result<H264Sps> sps = ParseH264Sps(sets.Of(NalKind::kSps).front());
  if (!sps.ok()) {
    return sps.status();
  }
  return VideoConfig{std::move(avcc).value(), sps->width, sps->height, sps->frame_rate, 0};
}

Result<VideoConfig> H264ConfigFromCodecData(Bytes codec_data, ParameterSets* sets) {
  if (StartsWithStartCode(codec_data)) {
    NalList list;
    const Result<std::size_t> scanned = ScanAnnexB(codec_data, list);
    if (!scanned.ok()) {
      return scanned.status();
    }
    ParameterSets found(VideoCodec::kH264);
    const Result<bool> updated = found.Update(codec_data, list.nals());
    if (!updated.ok()) {
      return updated.status();
    }
    Result<VideoConfig> config = H264ConfigFromSets(found);
    if (config.ok() && sets != nullptr) {
      *sets = std::move(found);
    }
    return config;
  }
  Result<AvcConfig> avcc = ParseAvcC(codec_data);
  if (!avcc.ok()) {
    return avcc.status();
  }
  VideoConfig config;
  config.source_length_size = avcc->length_size;
  if (avcc->sets.complete()) {
    const Result<H264Sps> sps = ParseH264Sps(avcc->sets.Of(NalKind::kSps).front());
    if (!sps.ok()) {
      return sps.status();
    }
    config.width = sps->width;
    config.height = sps->height;
    config.frame_rate = sps->frame_rate;
    config.codec_private.assign(codec_data.begin(), codec_data.end());
    config.codec_private[4] |= kNalLengthSize - 1;
  }
  if (sets != nullptr) {
    *sets = std::move(avcc->sets);
  }
  return config;
}

}  // namespace kvs::codec
