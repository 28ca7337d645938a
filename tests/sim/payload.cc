#include "tests/sim/payload.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>

#include "tests/support/hex.h"
#include "tests/unit/codec/codec_vectors.h"

namespace kvs::sim {
namespace {

constexpr std::string_view kMark = "KV";
constexpr std::size_t kDigits = 8;  // of the number, hexadecimal
constexpr std::size_t kNameBytes = kMark.size() + 2 + kDigits;
constexpr std::uint8_t kIdrNal = 0x65;
constexpr std::uint8_t kSliceNal = 0x41;
constexpr std::uint8_t kNalTypeMask = 0x1F;
constexpr std::size_t kAdtsHeader = 7;

// Two sets of parameters that differ.
const test::VideoVector& Vector(int version) {
  return test::kH264Vectors[version % 2 == 0 ? 0 : 2];
}

// Letters only: no start code and no emulation prevention can come of them.
std::uint8_t Filler(std::uint32_t number, std::size_t at) {
  return static_cast<std::uint8_t>('a' + (number + at) % 26);
}

void AppendName(FrameName name, std::size_t bytes, std::vector<std::uint8_t>& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.insert(out.end(), kMark.begin(), kMark.end());
  out.push_back(static_cast<std::uint8_t>('0' + name.track));
  out.push_back(static_cast<std::uint8_t>('0' + name.codec));
  for (std::size_t i = 0; i < kDigits; ++i) {
    out.push_back(static_cast<std::uint8_t>(kHex[name.number >> (4 * (kDigits - 1 - i)) & 15]));
  }
  for (std::size_t at = kNameBytes; at < bytes; ++at) {
    out.push_back(Filler(name.number, at));
  }
}

void AppendStartCode(std::vector<std::uint8_t>& out) {
  out.insert(out.end(), {0, 0, 0, 1});
}

void AppendHex(std::string_view hex, std::vector<std::uint8_t>& out) {
  const std::vector<std::uint8_t> bytes = test::Hex(hex);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void AppendLength(std::size_t length, std::vector<std::uint8_t>& out) {
  for (const int shift : {24, 16, 8, 0}) {
    out.push_back(static_cast<std::uint8_t>(length >> shift));
  }
}

// AAC-LC, 8 kHz, 2 channels. Source: ISO/IEC 14496-3 1.A.2.2.
void AppendAdtsHeader(std::size_t payload, std::vector<std::uint8_t>& out) {
  constexpr std::size_t kRateIndex = 11;
  constexpr std::size_t kChannels = 2;
  const std::size_t length = payload + kAdtsHeader;
  const std::size_t rest[] = {0xFF,
                              0xF1,
                              1U << 6 | kRateIndex << 2 | kChannels >> 2,
                              (kChannels & 3) << 6 | (length >> 11 & 3),
                              length >> 3 & 0xFF,
                              (length & 7) << 5 | 0x1F,
                              0xFC};
  for (const std::size_t byte : rest) {
    out.push_back(static_cast<std::uint8_t>(byte));
  }
}

std::optional<FrameName> ReadName(std::span<const std::uint8_t> data) {
  if (data.size() < kNameBytes || std::memcmp(data.data(), kMark.data(), kMark.size()) != 0) {
    return std::nullopt;
  }
  FrameName name;
  name.track = static_cast<std::uint8_t>(data[kMark.size()] - '0');
  name.codec = static_cast<std::uint8_t>(data[kMark.size() + 1] - '0');
  const char* digits = reinterpret_cast<const char*>(data.data()) + kMark.size() + 2;
  const auto [end, error] = std::from_chars(digits, digits + kDigits, name.number, 16);
  if (error != std::errc() || end != digits + kDigits) {
    return std::nullopt;
  }
  for (std::size_t at = kNameBytes; at < data.size(); ++at) {
    if (data[at] != Filler(name.number, at)) {
      return std::nullopt;
    }
  }
  return name;
}

}  // namespace

void MakePayload(MediaKind kind, const PayloadPlan& plan, std::vector<std::uint8_t>& out) {
  out.clear();
  const std::size_t bytes = std::max(plan.bytes, kNameBytes);
  const std::uint8_t nal = plan.key_frame ? kIdrNal : kSliceNal;
  switch (kind) {
    case MediaKind::kH264Avc:
      AppendLength(bytes + 1, out);
      out.push_back(nal);
      break;
    case MediaKind::kH264AnnexB:
      if (plan.key_frame) {
        AppendStartCode(out);
        AppendHex(Vector(plan.codec_version).sps, out);
        AppendStartCode(out);
        AppendHex(Vector(plan.codec_version).pps, out);
      }
      AppendStartCode(out);
      out.push_back(nal);
      break;
    case MediaKind::kAacAdts:
      AppendAdtsHeader(bytes, out);
      break;
    case MediaKind::kAacRaw:
    case MediaKind::kMuLaw:
      break;
  }
  FrameName name = plan.name;
  name.codec = static_cast<std::uint8_t>(plan.codec_version % 2);
  AppendName(name, bytes, out);
}

std::optional<FrameName> NameOf(bool video, std::span<const std::uint8_t> wire) {
  if (!video) {
    return ReadName(wire);
  }
  while (wire.size() > 4) {
    const std::size_t length = static_cast<std::size_t>(wire[0]) << 24 |
                               static_cast<std::size_t>(wire[1]) << 16 |
                               static_cast<std::size_t>(wire[2]) << 8 | wire[3];
    if (length == 0 || length > wire.size() - 4) {
      return std::nullopt;
    }
    const std::span<const std::uint8_t> nal = wire.subspan(4, length);
    wire = wire.subspan(4 + length);
    const int type = nal[0] & kNalTypeMask;
    if (type == (kIdrNal & kNalTypeMask) || type == (kSliceNal & kNalTypeMask)) {
      return wire.empty() ? ReadName(nal.subspan(1)) : std::nullopt;
    }
  }
  return std::nullopt;
}

bool FitsCodec(std::span<const std::uint8_t> codec_private, FrameName name) {
  const std::vector<std::uint8_t> sps = test::Hex(Vector(name.codec).sps);
  return std::search(codec_private.begin(), codec_private.end(), sps.begin(), sps.end()) !=
         codec_private.end();
}

std::vector<std::uint8_t> CodecPrivate(MediaKind kind, int codec_version) {
  switch (kind) {
    case MediaKind::kH264Avc:
      return test::Hex(Vector(codec_version).codec_data);
    case MediaKind::kAacRaw:
      // AAC-LC, 8 kHz, mono or stereo.
      return codec_version % 2 == 0 ? test::Hex("1590") : test::Hex("1588");
    case MediaKind::kH264AnnexB:
    case MediaKind::kAacAdts:
    case MediaKind::kMuLaw:
      break;
  }
  return {};
}

}  // namespace kvs::sim
