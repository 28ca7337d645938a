#ifndef KVS_TESTS_UNIT_EMULATOR_MKV_BUILDER_H_
#define KVS_TESTS_UNIT_EMULATOR_MKV_BUILDER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

// Builds Matroska bytes by hand for the emulator's tests, right or wrong ones.
namespace kvs::emulator::testing {

using Buffer = std::vector<std::uint8_t>;

inline Buffer FromHex(std::string_view hex) {
  Buffer out;
  std::string digits;
  for (const char c : hex) {
    if (c == ' ' || c == '\n') {
      continue;
    }
    digits += c;
    if (digits.size() == 2) {
      out.push_back(static_cast<std::uint8_t>(std::stoi(digits, nullptr, 16)));
      digits.clear();
    }
  }
  return out;
}

inline Buffer Text(std::string_view text) {
  return Buffer(text.begin(), text.end());
}

inline Buffer Number(std::uint64_t value, std::size_t length) {
  Buffer out(length);
  for (std::size_t i = 0; i < length; ++i) {
    out[length - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  return out;
}

template <typename... Parts>
Buffer Join(const Parts&... parts) {
  Buffer out;
  out.reserve((parts.size() + ... + 0));
  (std::copy(parts.begin(), parts.end(), std::back_inserter(out)), ...);
  return out;
}

inline Buffer IdBytes(std::uint32_t id) {
  return Number(id, id > 0xFFFFFF ? 4U : (id > 0xFFFF ? 3U : (id > 0xFF ? 2U : 1U)));
}

// An element whose size takes `size_length` bytes.
inline Buffer Ebml(std::uint32_t id, const Buffer& payload, std::size_t size_length = 8) {
  return Join(IdBytes(id),
              Number(payload.size() | std::uint64_t{1} << (7 * size_length), size_length), payload);
}
inline Buffer UnknownSize(std::uint32_t id) {
  return Join(IdBytes(id), Buffer{0xFF});
}

// 4:2:0 baseline parameter sets, 640x480.
inline Buffer AvcC() {
  return FromHex("0142c01effe1000c6742c01eda0280f68400000301000468ce3c80");
}

inline Buffer EbmlHeader() {
  return FromHex(
      "1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b614287810242858102");
}
inline Buffer Info(std::uint64_t scale_ns = 1'000'000) {
  return Ebml(0x1549A966, Join(Ebml(0x73A4, Buffer(16, 7)), Ebml(0x2AD7B1, Number(scale_ns, 8)),
                               Ebml(0x4D80, Text("test")), Ebml(0x5741, Text("test"))));
}
inline Buffer TrackEntry(std::uint8_t number, std::uint8_t type, std::string_view codec,
                         const Buffer& codec_private) {
  Buffer payload = Join(Ebml(0xD7, {number}, 1), Ebml(0x73C5, Number(number, 8)),
                        Ebml(0x83, {type}, 1), Ebml(0x86, Text(codec), 1));
  if (!codec_private.empty()) {
    payload = Join(payload, Ebml(0x63A2, codec_private, 1));
  }
  return Ebml(0xAE, payload);
}
inline Buffer VideoTrack(std::uint8_t number = 1) {
  return TrackEntry(number, 1, "V_MPEG4/ISO/AVC", AvcC());
}
inline Buffer AudioTrack(std::uint8_t number = 2) {
  return TrackEntry(number, 2, "A_AAC", {0x11, 0x90});
}
inline Buffer Tracks(const Buffer& entries) {
  return Ebml(0x1654AE6B, entries);
}

// Everything before the first cluster, segment of unknown size.
inline Buffer Header(const Buffer& track_entries) {
  return Join(EbmlHeader(), UnknownSize(0x18538067), Info(), Tracks(track_entries));
}
inline Buffer VideoHeader() {
  return Header(VideoTrack());
}
inline Buffer AvHeader() {
  return Header(Join(VideoTrack(), AudioTrack()));
}

inline Buffer ClusterHead(std::uint64_t timecode) {
  return Join(UnknownSize(0x1F43B675), Ebml(0xE7, Number(timecode, 8), 1));
}

// One NAL unit of an IDR or other slice, with its 4-byte length.
inline Buffer Nal(std::size_t size = 16, bool idr = false) {
  Buffer nal(size, 0xAB);
  nal[0] = idr ? 0x65 : 0x41;
  return Join(Number(size, 4), nal);
}

constexpr std::uint8_t kKey = 0x80;
inline Buffer BlockBody(std::uint8_t track, int relative, std::uint8_t flags,
                        const Buffer& payload) {
  return Join(Buffer{static_cast<std::uint8_t>(0x80 | track)},
              Number(static_cast<std::uint16_t>(static_cast<std::int16_t>(relative)), 2),
              Buffer{flags}, payload);
}
inline Buffer SimpleBlock(std::uint8_t track, int relative, std::uint8_t flags,
                          const Buffer& payload) {
  return Ebml(0xA3, BlockBody(track, relative, flags, payload));
}
inline Buffer Video(int relative, bool key = false) {
  return SimpleBlock(1, relative, key ? kKey : std::uint8_t{0}, Nal(16, key));
}
inline Buffer Audio(int relative) {
  return SimpleBlock(2, relative, kKey, Buffer(8, 0x21));
}

// A fragment of two video frames.
inline Buffer VideoFragment(std::uint64_t timecode, int second_frame = 900) {
  return Join(ClusterHead(timecode), Video(0, true), Video(second_frame));
}

inline Buffer SimpleTag(std::string_view name, std::string_view value) {
  return Ebml(0x67C8, Join(Ebml(0x45A3, Text(name)), Ebml(0x4487, Text(value))));
}
inline Buffer Tag(std::string_view name, std::string_view value) {
  return Ebml(0x1254C367, Ebml(0x7373, SimpleTag(name, value)));
}
inline Buffer EndOfFragment() {
  return Tag("AWS_KINESISVIDEO_END_OF_FRAGMENT", "");
}

}  // namespace kvs::emulator::testing

#endif  // KVS_TESTS_UNIT_EMULATOR_MKV_BUILDER_H_
