#ifndef KVS_EMULATOR_MODEL_EBML_H_
#define KVS_EMULATOR_MODEL_EBML_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kvs::emulator {

using Bytes = std::span<const std::uint8_t>;

// EBML element ids with their length marker. Source: RFC 8794, RFC 9559.
namespace id {
inline constexpr std::uint32_t kEbml = 0x1A45DFA3;
inline constexpr std::uint32_t kEbmlVersion = 0x4286;
inline constexpr std::uint32_t kEbmlReadVersion = 0x42F7;
inline constexpr std::uint32_t kEbmlMaxIdLength = 0x42F2;
inline constexpr std::uint32_t kEbmlMaxSizeLength = 0x42F3;
inline constexpr std::uint32_t kDocType = 0x4282;
inline constexpr std::uint32_t kDocTypeVersion = 0x4287;
inline constexpr std::uint32_t kDocTypeReadVersion = 0x4285;
inline constexpr std::uint32_t kVoid = 0xEC;
inline constexpr std::uint32_t kCrc32 = 0xBF;
inline constexpr std::uint32_t kSegment = 0x18538067;
inline constexpr std::uint32_t kSeekHead = 0x114D9B74;
inline constexpr std::uint32_t kInfo = 0x1549A966;
inline constexpr std::uint32_t kTracks = 0x1654AE6B;
inline constexpr std::uint32_t kCues = 0x1C53BB6B;
inline constexpr std::uint32_t kChapters = 0x1043A770;
inline constexpr std::uint32_t kAttachments = 0x1941A469;
inline constexpr std::uint32_t kTags = 0x1254C367;
inline constexpr std::uint32_t kCluster = 0x1F43B675;
inline constexpr std::uint32_t kTimecode = 0xE7;
inline constexpr std::uint32_t kPosition = 0xA7;
inline constexpr std::uint32_t kPrevSize = 0xAB;
inline constexpr std::uint32_t kSilentTracks = 0x5854;
inline constexpr std::uint32_t kSimpleBlock = 0xA3;
inline constexpr std::uint32_t kBlockGroup = 0xA0;
inline constexpr std::uint32_t kBlock = 0xA1;
inline constexpr std::uint32_t kBlockDuration = 0x9B;
inline constexpr std::uint32_t kReferenceBlock = 0xFB;
inline constexpr std::uint32_t kReferencePriority = 0xFA;
inline constexpr std::uint32_t kCodecState = 0xA4;
inline constexpr std::uint32_t kDiscardPadding = 0x75A2;
inline constexpr std::uint32_t kBlockAdditions = 0x75A1;
}  // namespace id

enum class EbmlRead : std::uint8_t { kOk, kNeedMore, kInvalid };

// The longest element head: an id of 4 and a size of 8 bytes.
inline constexpr std::size_t kMaxElementHead = 12;

struct ElementHead {
  std::uint32_t id = 0;
  std::uint64_t size = 0;     // of the payload; meaningless when `unknown_size`
  bool unknown_size = false;  // all size bits are ones
  std::size_t length = 0;     // of the head itself, 2..12
};

// Reads id and size at the start of `data`, in any legal width (a size need not be the shortest).
EbmlRead ReadElementHead(Bytes data, ElementHead* head);

// Reads a variable-size integer of 1..8 bytes without its marker, e.g. the track of a block.
EbmlRead ReadVint(Bytes data, std::uint64_t* value, std::size_t* length);

// Payloads. An unsigned integer has 0..8 bytes, a float 0, 4 or 8; others answer false.
bool ReadUnsigned(Bytes payload, std::uint64_t* value);
bool ReadFloat(Bytes payload, double* value);
// Trailing NULs are padding and are dropped.
std::string ReadText(Bytes payload);

struct Element {
  std::uint32_t id = 0;
  Bytes payload;
};

// Splits a complete master payload into its children, without Void and CRC-32.
// Answers false when the children do not fill it exactly or one has an unknown size.
bool SplitChildren(Bytes payload, std::vector<Element>* children);

// Appends an id and a size in the given number of bytes (1..8).
void AppendElementHead(std::vector<std::uint8_t>& out, std::uint32_t id, std::uint64_t size,
                       std::size_t size_length);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_EBML_H_
