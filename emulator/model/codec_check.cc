#include "emulator/model/codec_check.h"

#include <algorithm>
#include <string_view>

namespace kvs::emulator {
namespace {

constexpr std::uint8_t kH264Sps = 7;
constexpr std::uint8_t kH264Pps = 8;

std::size_t U16(Bytes data, std::size_t at) {
  return static_cast<std::size_t>(data[at]) << 8 | data[at + 1];
}

// Walks `count` NAL units with 2-byte lengths from `at`; false when they do not fit or have another
// type.
bool WalkParameterSets(Bytes data, std::size_t count, std::uint8_t type, std::size_t* at) {
  for (std::size_t i = 0; i < count; ++i) {
    if (data.size() - *at < 2) {
      return false;
    }
    const std::size_t length = U16(data, *at);
    *at += 2;
    if (length == 0 || length > data.size() - *at || (data[*at] & 0x1F) != type) {
      return false;
    }
    *at += length;
  }
  return true;
}

std::string AvcProblem(Bytes data) {
  constexpr std::size_t kFixedPart = 7;
  if (data.empty()) {
    return "H.264 track without codec private data";
  }
  if (data.size() < kFixedPart || data[0] != 1) {
    return "H.264 codec private data is not an avcC record";
  }
  if ((data[4] & 0x03) != 3) {
    return "avcC: NAL lengths are not 4 bytes";
  }
  std::size_t at = 6;
  const std::size_t sps_count = data[5] & 0x1F;
  if (sps_count == 0 || !WalkParameterSets(data, sps_count, kH264Sps, &at)) {
    return "avcC: bad sequence parameter sets";
  }
  if (at >= data.size()) {
    return "avcC: no picture parameter sets";
  }
  const std::size_t pps_count = data[at++];
  if (pps_count == 0 || !WalkParameterSets(data, pps_count, kH264Pps, &at)) {
    return "avcC: bad picture parameter sets";
  }
  return "";
}

std::string HevcProblem(Bytes data) {
  constexpr std::size_t kFixedPart = 23;
  if (data.empty()) {
    return "HEVC track without codec private data";
  }
  if (data.size() < kFixedPart || data[0] != 1) {
    return "HEVC codec private data is not an hvcC record";
  }
  if ((data[21] & 0x03) != 3) {
    return "hvcC: NAL lengths are not 4 bytes";
  }
  constexpr std::uint8_t kVps = 32;
  constexpr std::uint8_t kPps = 34;
  std::uint32_t seen = 0;
  std::size_t at = kFixedPart;
  for (std::size_t arrays = data[22]; arrays > 0; --arrays) {
    if (data.size() - at < 3) {
      return "hvcC: truncated array";
    }
    const std::uint8_t type = data[at] & 0x3F;
    std::size_t count = U16(data, at + 1);
    for (at += 3; count > 0; --count) {
      if (data.size() - at < 2 || U16(data, at) < 2 || U16(data, at) > data.size() - at - 2) {
        return "hvcC: truncated NAL unit";
      }
      if (((data[at + 2] >> 1) & 0x3F) != type) {
        return "hvcC: NAL unit in the array of another type";
      }
      at += 2 + U16(data, at);
      if (type >= kVps && type <= kPps) {
        seen |= 1U << (type - kVps);
      }
    }
  }
  return seen == 0x7 ? "" : "hvcC: VPS, SPS or PPS is missing";
}

std::string AacProblem(Bytes data) {
  if (data.empty()) {
    return "AAC track without codec private data";
  }
  if (data.size() < 2) {
    return "AAC codec private data is shorter than 2 bytes";
  }
  const int object_type = data[0] >> 3;
  const int frequency_index = (data[0] & 0x07) << 1 | data[1] >> 7;
  constexpr int kLastFrequencyIndex = 12;
  constexpr int kExplicitFrequency = 15;
  if (object_type == 0 ||
      (frequency_index > kLastFrequencyIndex && frequency_index != kExplicitFrequency)) {
    return "AAC codec private data is not an AudioSpecificConfig";
  }
  return "";
}

// Only the head: what players do with the OBUs behind it is their matter.
std::string Av1Problem(Bytes data) {
  constexpr std::size_t kFixedPart = 4;
  constexpr std::uint8_t kMarkerAndVersion = 0x81;
  if (data.empty()) {
    return "AV1 track without codec private data";
  }
  return data.size() < kFixedPart || data[0] != kMarkerAndVersion
             ? "AV1 codec private data is not an av1C record"
             : "";
}

std::string OpusProblem(Bytes data) {
  constexpr std::string_view kMagic = "OpusHead";
  constexpr std::size_t kFixedPart = 19;
  constexpr std::size_t kChannelsAt = 9;
  constexpr std::size_t kFamilyAt = 18;
  if (data.empty()) {
    return "Opus track without codec private data";
  }
  if (data.size() < kFixedPart ||
      !std::equal(kMagic.begin(), kMagic.end(), data.begin(),
                  [](char a, std::uint8_t b) { return a == static_cast<char>(b); })) {
    return "Opus codec private data is not an OpusHead";
  }
  const std::size_t channels = data[kChannelsAt];
  const bool has_table = data[kFamilyAt] != 0;
  if (channels == 0 || (!has_table && channels > 2) ||
      (has_table && data.size() < kFixedPart + 2 + channels)) {
    return "OpusHead: channels and their mapping do not fit";
  }
  return "";
}

}  // namespace

FrameForm FrameFormOf(std::string_view codec_id) {
  if (codec_id == "V_MPEG4/ISO/AVC") {
    return FrameForm::kAvc;
  }
  return codec_id == "V_MPEGH/ISO/HEVC" ? FrameForm::kHevc : FrameForm::kOpaque;
}

std::string CodecPrivateProblem(std::string_view codec_id, Bytes codec_private) {
  constexpr std::size_t kMinWaveFormat = 16;
  constexpr std::size_t kMinBitmapInfo = 40;
  if (codec_id == "V_MPEG4/ISO/AVC") {
    return AvcProblem(codec_private);
  } else if (codec_id == "V_MPEGH/ISO/HEVC") {
    return HevcProblem(codec_private);
  } else if (codec_id == "V_AV1") {
    return Av1Problem(codec_private);
  } else if (codec_id == "A_AAC") {
    return AacProblem(codec_private);
  } else if (codec_id == "A_OPUS") {
    return OpusProblem(codec_private);
  } else if (codec_id == "A_MS/ACM" && codec_private.size() < kMinWaveFormat) {
    return "A_MS/ACM codec private data is not a WAVEFORMATEX";
  } else if (codec_id == "V_MS/VFW/FOURCC" && codec_private.size() < kMinBitmapInfo) {
    return "V_MS/VFW/FOURCC codec private data is not a BITMAPINFOHEADER";
  }
  return "";
}

bool NalChainCheck::NalHeadIsGood(std::uint8_t byte) const {
  const bool forbidden_bit = (byte & 0x80) != 0;
  const bool type_zero = form_ == FrameForm::kAvc && (byte & 0x1F) == 0;
  return !forbidden_bit && !type_zero;
}

bool NalChainCheck::TakeLengthByte(std::uint8_t byte) {
  length_ = length_ << 8 | byte;
  if (++length_bytes_ < kLengthBytes) {
    return true;
  }
  nal_left_ = length_;
  length_ = 0;
  length_bytes_ = 0;
  expect_nal_head_ = true;
  return nal_left_ > 0 && nal_left_ <= left_;
}

bool NalChainCheck::Feed(Bytes data) {
  if (form_ == FrameForm::kOpaque || !good_) {
    return good_;
  }
  while (!data.empty()) {
    if (nal_left_ == 0) {
      --left_;
      good_ = TakeLengthByte(data[0]);
      data = data.subspan(1);
    } else {
      if (expect_nal_head_) {
        good_ = NalHeadIsGood(data[0]);
        expect_nal_head_ = false;
      }
      const auto skip = static_cast<std::size_t>(std::min<std::uint64_t>(nal_left_, data.size()));
      nal_left_ -= skip;
      left_ -= skip;
      data = data.subspan(skip);
    }
    if (!good_) {
      return false;
    }
  }
  return true;
}

}  // namespace kvs::emulator
