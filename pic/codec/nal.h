#ifndef KVS_PIC_CODEC_NAL_H_
#define KVS_PIC_CODEC_NAL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kvs/status.h"

namespace kvs::codec {

// Everything here is a pure function of its arguments; objects are not synchronised.

// Borrowed bytes: valid only as long as the buffer they were cut from.
using Bytes = std::span<const std::uint8_t>;
using ByteVector = std::vector<std::uint8_t>;

enum class VideoCodec : std::uint8_t { kH264, kH265 };

// Size in bytes of the big-endian length that precedes every NAL unit on the wire.
inline constexpr int kNalLengthSize = 4;
// NAL units of one access unit. A 4K key frame sliced for a 1400-byte MTU has about 2000.
inline constexpr std::size_t kDefaultMaxNals = 16384;

// One NAL unit (header and payload, without start code or length) inside a buffer.
struct NalSpan {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;

  Bytes In(Bytes buffer) const { return buffer.subspan(offset, size); }
  bool operator==(const NalSpan&) const = default;
};

// The NAL units of one access unit, in order. Meant to be kept and reused for frame after frame: it
// allocates only until it has seen the largest frame, and never holds more than `max_nals` entries.
class NalList {
 public:
  explicit NalList(std::size_t max_nals = kDefaultMaxNals) : max_nals_(max_nals) {}

  std::span<const NalSpan> nals() const { return nals_; }
  std::size_t size() const { return nals_.size(); }
  bool empty() const { return nals_.empty(); }
  std::size_t max_nals() const { return max_nals_; }
  const NalSpan& operator[](std::size_t i) const { return nals_[i]; }

  void Clear() { nals_.clear(); }
  // False, and nothing stored, when the list is full.
  bool Add(NalSpan nal) {
    if (nals_.size() >= max_nals_) {
      return false;
    }
    nals_.push_back(nal);
    return true;
  }

 private:
  std::size_t max_nals_;
  std::vector<NalSpan> nals_;
};

// Finds the NAL units of an Annex-B access unit. Returns the exact number of bytes that
// EmitLengthPrefixed() will produce for them (4 + size for each).
//
// Shape:  start codes are 00 00 01 with any number of zero bytes in front; zero bytes in front of a
//         start code or at the end of the buffer belong to no NAL unit; empty NAL units are left
//         out. Emulation-prevention bytes stay. Zero runs not followed by 01 stay inside their NAL
//         unit.
// Errors: kInvalidNal: no start code, bytes other than zero before the first one, or no NAL unit
//         that is not empty. kTooLarge: more than list.max_nals() NAL units, or input of 4 GiB or
//         more. `list` is empty after an error.
// Source: ITU-T H.264 and H.265, Annex B.
Result<std::size_t> ScanAnnexB(Bytes input, NalList& list);

// The same for length-prefixed input with 1, 2, 3 or 4 bytes of length. With 4 bytes and a result
// equal to input.size() the input already is what EmitLengthPrefixed() would produce.
//
// Errors: kInvalidNal: a length that does not fit, bytes left over, or no NAL unit that is not
//         empty. kTooLarge: as above. kInvalidArgument: length_size out of range.
Result<std::size_t> ScanLengthPrefixed(Bytes input, int length_size, NalList& list);

// Checks that the lengths tile the input exactly and that there is at least one NAL unit which is
// not empty. The check to make before 4-byte length-prefixed input is stored as it is.
//
// Errors: as ScanLengthPrefixed(), without kTooLarge.
Status ValidateLengthPrefixed(Bytes input, int length_size);

// Whether the input begins with a start code: at least two zero bytes followed by 01.
// Length-prefixed input can look the same (a NAL unit of 1 byte or of 256..511 bytes), so use it
// for codec data only.
bool StartsWithStartCode(Bytes input);

// The first bytes of each part given to a sink: big endian, as MP4 and Matroska want it.
constexpr std::array<std::uint8_t, kNalLengthSize> EncodeNalLength(std::uint32_t size) {
  return {static_cast<std::uint8_t>(size >> 24), static_cast<std::uint8_t>(size >> 16),
          static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
}

// Hands the length-prefixed form of `nals` to `sink(Bytes part)`, in order and without copying: for
// each NAL unit first its 4-byte length, then its bytes inside `input`. The sink must use up a part
// before it returns.
template <class Sink>
void EmitLengthPrefixed(Bytes input, std::span<const NalSpan> nals, Sink&& sink) {
  for (const NalSpan& nal : nals) {
    const auto length = EncodeNalLength(nal.size);
    sink(Bytes(length));
    sink(nal.In(input));
  }
}

// The same into one buffer. Returns the bytes written, or 0 and nothing written when `output` is
// shorter than the scan announced.
std::size_t EmitLengthPrefixedTo(Bytes input, std::span<const NalSpan> nals,
                                 std::span<std::uint8_t> output);

// Walks length-prefixed NAL units without a list.
//
//   LengthPrefixedReader reader(frame, 4);
//   while (std::optional<Bytes> nal = reader.Next()) { ... }
//   if (!reader.ok()) { ... }
class LengthPrefixedReader {
 public:
  // `length_size`: 1 .. 4; anything else makes the reader fail at once.
  LengthPrefixedReader(Bytes input, int length_size);

  // The next NAL unit, which may be empty; none at the end or at the first length that does not
  // fit.
  std::optional<Bytes> Next();
  // False once a length did not fit. What Next() returned before stays valid.
  bool ok() const { return ok_; }

 private:
  Bytes rest_;
  std::size_t length_size_;
  bool ok_;
};

// What a NAL unit is for, as far as a producer cares.
enum class NalKind : std::uint8_t {
  kSlice,     // coded slice of a picture which is no random access point
  kIdrSlice,  // H.264 IDR; H.265 IDR_W_RADL and IDR_N_LP
  kRapSlice,  // the other random access points of H.265: BLA, CRA and the reserved IRAP types
  kVps,       // H.265 only
  kSps,
  kPps,
  kSpsExtension,  // H.264 only
  kAccessUnitDelimiter,
  kSei,
  kEndOfSequence,  // end of sequence or end of bit stream
  kFiller,
  kOther,
};

// nal_unit_type: bits 0..4 of the first byte. Precondition: not empty.
constexpr int H264NalType(Bytes nal) {
  return nal[0] & 0x1F;
}
// nal_unit_type: bits 1..6 of the first byte. Precondition: not empty.
constexpr int H265NalType(Bytes nal) {
  return (nal[0] >> 1) & 0x3F;
}

// kOther for an empty NAL unit, for types that are reserved or of no use here, and for H.265 NAL
// units of an enhancement layer (nuh_layer_id above 0).
NalKind ClassifyNal(VideoCodec codec, Bytes nal);

constexpr bool IsParameterSet(NalKind kind) {
  return kind == NalKind::kVps || kind == NalKind::kSps || kind == NalKind::kPps ||
         kind == NalKind::kSpsExtension;
}
constexpr bool IsSlice(NalKind kind) {
  return kind == NalKind::kSlice || kind == NalKind::kIdrSlice || kind == NalKind::kRapSlice;
}

// Whether an access unit holds a coded slice. Looks no further than the first one, so what follows need not be valid; also true when
// the input cannot be parsed up to there. `length_size`: 1 .. 4.
bool AnnexBHasSlice(VideoCodec codec, Bytes input);
bool LengthPrefixedHasSlice(VideoCodec codec, Bytes input, int length_size);

// Appends `nal` to `rbsp` without its emulation-prevention bytes (the 03 of each 00 00 03).
//
// Shape:  `nal` with or without its header; at most nal.size() bytes are appended.
// Source: ITU-T H.264 7.4.1, H.265 7.4.2.
void AppendWithoutEmulationPrevention(Bytes nal, ByteVector& rbsp);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_NAL_H_
