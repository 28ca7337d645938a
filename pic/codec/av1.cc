#include "pic/codec/av1.h"

#include "pic/codec/bit_reader.h"
#include "pic/codec/parameter_sets.h"

namespace kvs::codec {
namespace {

// Offsets and sizes in av1C.
constexpr std::size_t kAv1CBytes = 4;  // in front of the OBUs
constexpr std::uint8_t kMarkerAndVersion = 0x81;

constexpr std::size_t kMaxLeb128Bytes = 8;
constexpr std::uint64_t kMaxLeb128 = 0xFFFFFFFF;  // Source: AV1 specification 4.10.5
constexpr std::uint8_t kSelect = 2;               // SELECT_SCREEN_CONTENT_TOOLS: told by each frame

// color_config(): sRGB, which has neither a range nor subsampling to tell. Source: AV1 6.4.2.
constexpr std::uint32_t kUnspecified = 2;
constexpr std::uint32_t kBt709Primaries = 1;
constexpr std::uint32_t kSrgbTransfer = 13;
constexpr std::uint32_t kIdentityMatrix = 0;

Status Malformed(const char* what) {
  return Status(StatusCode::kInvalidCodecData, what);
}

// Bits of the fields that depend on decoder_model_info(); 0: there is none.
int ReadTiming(BitReader& reader) {
  if (!reader.Flag()) {  // timing_info_present_flag
    return 0;
  }
  reader.Skip(32 + 32);  // num_units_in_display_tick, time_scale
  if (reader.Flag()) {   // equal_picture_interval
    reader.Ue();         // num_ticks_per_picture_minus_1: uvlc() is ue(v) for what is allowed
  }
  if (!reader.Flag()) {  // decoder_model_info_present_flag
    return 0;
  }
  const int delay_bits = static_cast<int>(reader.Bits(5)) + 1;
  reader.Skip(32 + 5 + 5);  // num_units_in_decoding_tick, lengths of times in frame headers
  return delay_bits;
}

void ReadOperatingPoints(BitReader& reader, Av1SequenceHeader& header) {
  constexpr std::uint32_t kLastLevelWithoutTier = 7;
  const int delay_bits = ReadTiming(reader);
  const bool display_delay = reader.Flag();
  const std::uint32_t points = reader.Bits(5) + 1;
  for (std::uint32_t i = 0; i < points; ++i) {
    reader.Skip(12);  // operating_point_idc
    const std::uint32_t level = reader.Bits(5);
    const bool tier = level > kLastLevelWithoutTier && reader.Flag();
    if (i == 0) {
      header.level_idx = static_cast<std::uint8_t>(level);
      header.high_tier = tier;
    }
    if (delay_bits != 0 && reader.Flag()) {
      reader.Skip(2 * static_cast<std::size_t>(delay_bits) + 1);  // operating_parameters_info()
    }
    if (display_delay && reader.Flag()) {
      reader.Skip(4);  // initial_display_delay_minus_1
    }
  }
}

// The tools between the size and the colours, of which only the lengths matter.
void SkipTools(BitReader& reader, bool reduced) {
  if (!reduced && reader.Flag()) {  // frame_id_numbers_present_flag
    reader.Skip(4 + 3);
  }
  reader.Skip(3);  // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!reduced) {
    reader.Skip(4);  // interintra and masked compound, warped motion, dual filter
    const bool order_hint = reader.Flag();
    if (order_hint) {
      reader.Skip(2);  // enable_jnt_comp, enable_ref_frame_mvs
    }
    const std::uint32_t screen_content = reader.Flag() ? kSelect : reader.Bits(1);
    if (screen_content > 0 && !reader.Flag()) {  // seq_choose_integer_mv
      reader.Skip(1);
    }
    if (order_hint) {
      reader.Skip(3);  // order_hint_bits_minus_1
    }
  }
  reader.Skip(3);  // enable_superres, enable_cdef, enable_restoration
}

// Source: AV1 specification 5.5.2.
void ReadColours(BitReader& reader, Av1SequenceHeader& header) {
  const bool high_bit_depth = reader.Flag();
  const bool twelve_bit = header.profile == 2 && high_bit_depth && reader.Flag();
  header.bit_depth = twelve_bit ? 12 : high_bit_depth ? 10 : 8;
  header.monochrome = header.profile != 1 && reader.Flag();
  std::uint32_t primaries = kUnspecified;
  std::uint32_t transfer = kUnspecified;
  std::uint32_t matrix = kUnspecified;
  if (reader.Flag()) {  // color_description_present_flag
    primaries = reader.Bits(8);
    transfer = reader.Bits(8);
    matrix = reader.Bits(8);
  }
  if (header.monochrome) {
    reader.Skip(1);  // color_range
    return;
  }
  if (primaries == kBt709Primaries && transfer == kSrgbTransfer && matrix == kIdentityMatrix) {
    header.subsampling_x = false;
    header.subsampling_y = false;
  } else {
    reader.Skip(1);  // color_range
    if (header.profile == 2 && header.bit_depth == 12) {
      header.subsampling_x = reader.Flag();
      header.subsampling_y = header.subsampling_x && reader.Flag();
    } else {
      header.subsampling_x = header.profile != 1;
      header.subsampling_y = header.profile == 0;
    }
    if (header.subsampling_x && header.subsampling_y) {
      header.chroma_sample_position = static_cast<std::uint8_t>(reader.Bits(2));
    }
  }
  reader.Skip(1);  // separate_uv_delta_q
}

void AppendLeb128(std::size_t value, ByteVector& out) {
  do {
    const std::uint8_t low = static_cast<std::uint8_t>(value & 0x7F);
    value >>= 7;
    out.push_back(value == 0 ? low : static_cast<std::uint8_t>(low | 0x80));
  } while (value != 0);
}

std::uint8_t Bit(bool value, int place) {
  return static_cast<std::uint8_t>((value ? 1 : 0) << place);
}

}  // namespace

bool ObuReader::Fail() {
  ok_ = false;
  rest_ = {};
  return false;
}

bool ObuReader::Next(Obu& obu) {
  constexpr std::uint8_t kForbidden = 0x80;
  constexpr std::uint8_t kHasExtension = 0x04;
  constexpr std::uint8_t kHasSize = 0x02;
  if (rest_.empty()) {
    return false;
  }
  const std::uint8_t head = rest_[0];
  if ((head & kForbidden) != 0 || (head & kHasSize) == 0) {
    return Fail();
  }
  const std::size_t size_at = (head & kHasExtension) != 0 ? 2 : 1;
  std::uint64_t size = 0;
  std::size_t at = size_at;
  for (bool more = true; more; ++at) {
    if (at >= rest_.size() || at - size_at == kMaxLeb128Bytes) {
      return Fail();
    }
    size |= std::uint64_t{rest_[at] & 0x7FU} << (7 * (at - size_at));
    more = (rest_[at] & 0x80) != 0;
  }
  if (size > kMaxLeb128 || size > rest_.size() - at) {
    return Fail();
  }
  obu.type = static_cast<ObuType>(head >> 3 & 0xF);
  obu.whole = rest_.first(at + static_cast<std::size_t>(size));
  obu.payload = obu.whole.subspan(at);
  rest_ = rest_.subspan(obu.whole.size());
  return true;
}

Result<Av1SequenceHeader> ParseAv1SequenceHeader(Bytes payload) {
  constexpr std::uint32_t kLastProfile = 2;
  BitReader reader(payload);
  Av1SequenceHeader header;
  const std::uint32_t profile = reader.Bits(3);
  if (profile > kLastProfile) {
    return Malformed("AV1 sequence header has a reserved profile");
  }
  header.profile = static_cast<std::uint8_t>(profile);
  reader.Skip(1);  // still_picture
  const bool reduced = reader.Flag();
  if (reduced) {
    header.level_idx = static_cast<std::uint8_t>(reader.Bits(5));
  } else {
    ReadOperatingPoints(reader, header);
  }
  const int width_bits = static_cast<int>(reader.Bits(4)) + 1;
  const int height_bits = static_cast<int>(reader.Bits(4)) + 1;
  header.width = reader.Bits(width_bits) + 1;
  header.height = reader.Bits(height_bits) + 1;
  SkipTools(reader, reduced);
  ReadColours(reader, header);
  reader.Skip(1);  // film_grain_params_present
  if (!reader.ok()) {
    return Malformed("AV1 sequence header is cut short");
  }
  return header;
}

bool IsAv1C(Bytes codec_data) {
  return codec_data.size() >= kAv1CBytes && codec_data[0] == kMarkerAndVersion;
}

Result<Av1Config> Av1ConfigFromCodecData(Bytes av1c) {
  if (av1c.size() > kMaxCodecPrivateBytes) {
    return Status(StatusCode::kTooLarge, "av1C of more than 1 MiB");
  }
  if (!IsAv1C(av1c)) {
    return Malformed("codec data is no av1C of version 1");
  }
  Av1Config config;
  config.codec_private.assign(av1c.begin(), av1c.end());
  ObuReader reader(av1c.subspan(kAv1CBytes));
  for (Obu obu; reader.Next(obu);) {
    if (obu.type != ObuType::kSequenceHeader || !config.sequence_header.empty()) {
      continue;
    }
    const Result<Av1SequenceHeader> header = ParseAv1SequenceHeader(obu.payload);
    if (!header.ok()) {
      return header.status();
    }
    config.sequence_header.assign(obu.payload.begin(), obu.payload.end());
    config.width = header->width;
    config.height = header->height;
  }
  if (!reader.ok()) {
    return Malformed("av1C holds an OBU that is cut short");
  }
  return config;
}

Result<Av1Config> Av1ConfigFromSequenceHeader(Bytes payload) {
  constexpr std::uint8_t kSequenceHeaderHead = 0x0A;  // with a size field, no extension
  const Result<Av1SequenceHeader> header = ParseAv1SequenceHeader(payload);
  if (!header.ok()) {
    return header.status();
  }
  Av1Config config;
  ByteVector& out = config.codec_private;
  out.reserve(kAv1CBytes + 1 + kMaxLeb128Bytes + payload.size());
  out.push_back(kMarkerAndVersion);
  out.push_back(static_cast<std::uint8_t>(header->profile << 5 | header->level_idx));
  out.push_back(static_cast<std::uint8_t>(
      Bit(header->high_tier, 7) | Bit(header->bit_depth > 8, 6) | Bit(header->bit_depth == 12, 5) |
      Bit(header->monochrome, 4) | Bit(header->subsampling_x, 3) | Bit(header->subsampling_y, 2) |
      header->chroma_sample_position));
  out.push_back(0);  // no initial_presentation_delay
  out.push_back(kSequenceHeaderHead);
  AppendLeb128(payload.size(), out);
  out.insert(out.end(), payload.begin(), payload.end());
  if (out.size() > kMaxCodecPrivateBytes) {
    return Status(StatusCode::kTooLarge, "an AV1 sequence header of more than 1 MiB");
  }
  config.sequence_header.assign(payload.begin(), payload.end());
  config.width = header->width;
  config.height = header->height;
  return config;
}

}  // namespace kvs::codec
