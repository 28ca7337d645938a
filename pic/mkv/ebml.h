#ifndef KVS_PIC_MKV_EBML_H_
#define KVS_PIC_MKV_EBML_H_

#include <cstddef>
#include <cstdint>

#include "pic/base/byte_writer.h"

// The parts of EBML (RFC 8794) that the writer needs, as pairs: a size to predict, a function to emit, and the
// two must agree.
namespace kvs::mkv {

// Element ids of Matroska (RFC 9559), with their length marker.
enum class Id : std::uint32_t {
  kEbml = 0x1A45DFA3,
  kEbmlVersion = 0x4286,
  kEbmlReadVersion = 0x42F7,
  kEbmlMaxIdLength = 0x42F2,
  kEbmlMaxSizeLength = 0x42F3,
  kDocType = 0x4282,
  kDocTypeVersion = 0x4287,
  kDocTypeReadVersion = 0x4285,
  kSegment = 0x18538067,
  kInfo = 0x1549A966,
  kSegmentUid = 0x73A4,
  kTimecodeScale = 0x2AD7B1,
  kTitle = 0x7BA9,
  kMuxingApp = 0x4D80,
  kWritingApp = 0x5741,
  kTracks = 0x1654AE6B,
  kTrackEntry = 0xAE,
  kTrackNumber = 0xD7,
  kTrackUid = 0x73C5,
  kTrackType = 0x83,
  kName = 0x536E,
  kCodecId = 0x86,
  kVideo = 0xE0,
  kPixelWidth = 0xB0,
  kPixelHeight = 0xBA,
  kAudio = 0xE1,
  kSamplingFrequency = 0xB5,
  kChannels = 0x9F,
  kBitDepth = 0x6264,
  kCodecPrivate = 0x63A2,
  kCluster = 0x1F43B675,
  kTimecode = 0xE7,
  kPosition = 0xA7,
  kSimpleBlock = 0xA3,
  kTags = 0x1254C367,
  kTag = 0x7373,
  kSimpleTag = 0x67C8,
  kTagName = 0x45A3,
  kTagString = 0x4487,
};

constexpr std::size_t IdSize(Id id) {
  const auto value = static_cast<std::uint32_t>(id);
  return value > 0xFFFFFF ? 4 : value > 0xFFFF ? 3 : value > 0xFF ? 2 : 1;
}
inline void WriteId(ByteWriter& out, Id id) {
  out.BigEndian(static_cast<std::uint32_t>(id), static_cast<int>(IdSize(id)));
}

// The largest number a size field of `width` bytes can hold; all ones mean "unknown".
constexpr std::uint64_t MaxSizeOfWidth(int width) { return (std::uint64_t{1} << (7 * width)) - 2; }

// The fewest bytes a size field for `size` can have; `size` < 2^56 - 1.
constexpr int ShortestWidth(std::uint64_t size) {
  int width = 1;
  while (width < 8 && size > MaxSizeOfWidth(width)) {
    ++width;
  }
  return width;
}
inline void WriteSize(ByteWriter& out, std::uint64_t size, int width) {
  KVS_CHECK(size <= MaxSizeOfWidth(width));
  out.BigEndian(size | (std::uint64_t{1} << (7 * width)), width);
}
inline void WriteUnknownSize(ByteWriter& out) { out.U8(0xFF); }

// A whole element: id, size field of `width` bytes, body.
constexpr std::size_t ElementSize(Id id, int width, std::size_t body) {
  return IdSize(id) + static_cast<std::size_t>(width) + body;
}
inline void WriteElementHead(ByteWriter& out, Id id, int width, std::uint64_t body) {
  WriteId(out, id);
  WriteSize(out, body, width);
}
inline void WriteUint(ByteWriter& out, Id id, std::uint64_t value, int bytes) {
  WriteElementHead(out, id, 1, static_cast<std::uint64_t>(bytes));
  out.BigEndian(value, bytes);
}

}  // namespace kvs::mkv

#endif  // KVS_PIC_MKV_EBML_H_
