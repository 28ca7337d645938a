#ifndef KVS_PIC_MKV_MKV_WRITER_H_
#define KVS_PIC_MKV_MKV_WRITER_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kvs/track.h"

// The bytes of an upload session around the frames: header, clusters, blocks, tags. Frames themselves never pass
// through here. Pure functions. Source: RFC 9559 (Matroska); the layout is the one that Kinesis Video is known to accept:
// one segment of unknown size, clusters of unknown size, simple blocks without lacing.
namespace kvs::mkv {

// The Segment's Info element.
struct SegmentInfo {
  std::array<std::uint8_t, 16> uid{};  // not all zero
  std::uint64_t timecode_scale_ns = 1'000'000;
  std::string title;
  std::string app;  // MuxingApp and WritingApp; at most 126 bytes, as the title
};

// One TrackEntry: `track` with the number that its blocks carry, 1..127.
struct NumberedTrack {
  std::uint8_t number = 1;
  const Track* track = nullptr;  // not null
};

// EBML header, Segment head, Info and Tracks. Size and emitted bytes agree.
// Shape: each track's codec_id is filled in; names and codec ids are at most 126 bytes.
std::size_t HeaderSize(const SegmentInfo& info, std::span<const NumberedTrack> tracks);
std::vector<std::uint8_t> Header(const SegmentInfo& info, std::span<const NumberedTrack> tracks);

// Cluster of unknown size, its Timecode (in timecode-scale units) and Position (always 0).
inline constexpr std::size_t kClusterHeadSize = 18;
std::array<std::uint8_t, kClusterHeadSize> ClusterHead(std::uint64_t timecode);

struct BlockFlags {
  bool key_frame = false;
  bool invisible = false;
  bool discardable = false;
};
// What stands before the payload of a SimpleBlock: head, track number, time relative to the cluster, flags.
// Shape: payload_size < 2^56 - 6.
inline constexpr std::size_t kBlockHeadSize = 13;
std::array<std::uint8_t, kBlockHeadSize> BlockHead(std::uint8_t track_number, std::int16_t relative_timecode,
                                                   BlockFlags flags, std::uint64_t payload_size);

struct SimpleTag {
  std::string_view name;   // 1..128 bytes
  std::string_view value;  // 0..256 bytes
};
// One Tags element with one Tag that holds all of `tags`.
std::size_t TagsSize(std::span<const SimpleTag> tags);
std::vector<std::uint8_t> Tags(std::span<const SimpleTag> tags);

// Ends a fragment without waiting for the next cluster. Source: the tag names in the developer guide.
inline constexpr std::string_view kEndOfFragmentTag = "AWS_KINESISVIDEO_END_OF_FRAGMENT";

// The usual Matroska CodecID of a codec; empty for Codec::kOther.
std::string_view DefaultCodecId(Codec codec);

}  // namespace kvs::mkv

#endif  // KVS_PIC_MKV_MKV_WRITER_H_
