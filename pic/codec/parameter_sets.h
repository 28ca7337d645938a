#ifndef KVS_PIC_CODEC_PARAMETER_SETS_H_
#define KVS_PIC_CODEC_PARAMETER_SETS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kvs/status.h"
#include "pic/codec/nal.h"

namespace kvs::codec {

// Bytes of one parameter set: avcC and hvcC give its length 16 bits.
inline constexpr std::size_t kMaxParameterSetBytes = 65535;
// Bytes of codec private data (avcC, hvcC, ...), the limit of Amazon's producers.
inline constexpr std::size_t kMaxCodecPrivateBytes = std::size_t{1} << 20;

// Frames (not fields) per second, as the stream itself declares it. denominator is never 0.
struct FrameRate {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 1;
  bool operator==(const FrameRate&) const = default;
};

// What a Matroska video track needs to know about a stream.
struct VideoConfig {
  ByteVector codec_private;  // avcC or hvcC for 4-byte lengths; empty when no sets are known yet
  std::uint32_t width = 0;   // pixels after cropping; 0 together with an empty codec_private
  std::uint32_t height = 0;
  std::optional<FrameRate> frame_rate;
  // Bytes of each length in the frames that come with this codec data: 1..4 for avcC and hvcC.
  // Frames must be rewritten when it is not 4; codec_private already says 4. 0: the sets came as
  // Annex-B.
  int source_length_size = 0;
};

// One VPS, SPS, PPS or SPS extension.
struct ParameterSet {
  NalKind kind = NalKind::kOther;
  std::uint32_t id = 0;  // the set's own id; sets of one kind and id replace one another
  ByteVector nal;        // with header and emulation prevention, without start code or length
  bool operator==(const ParameterSet&) const = default;
};

// The parameter sets in force in one video stream, by kind and id.
//
// Order matters for the codec private data: the first SPS gives the picture size. Sets that change
// move to the front of their kind, because they are the ones which the coming frames use.
// Bounded by construction: ids are limited by the codec and a set by kMaxParameterSetBytes, all
// sets together by kMaxCodecPrivateBytes.
class ParameterSets {
 public:
  explicit ParameterSets(VideoCodec codec) : codec_(codec) {}

  VideoCodec codec() const { return codec_; }
  // Whether a decoder could be set up: SPS and PPS, for H.265 also a VPS.
  bool complete() const;
  bool empty() const { return sets_.empty(); }
  std::size_t Count(NalKind kind) const;
  // The sets of `kind`, in order; valid until the next change.
  std::vector<Bytes> Of(NalKind kind) const;
  // All sets, grouped by kind in the order VPS, SPS, SPS extension, PPS.
  std::span<const ParameterSet> sets() const { return sets_; }
  void Clear() { sets_.clear(); }

  // Takes over the parameter sets among `nals` of `input` (an access unit or a blob of codec data,
  // see ScanAnnexB() and ScanLengthPrefixed()); of several sets of one kind and id the last counts.
  // Returns whether anything is now different from before; the usual answer, for sets that are
  // merely repeated, costs a comparison and no allocation.
  //
  // Errors: kInvalidCodecData: a set that cannot be read. kTooLarge: a set or all sets together are
  //         over the limit. Nothing is changed then.
  Result<bool> Update(Bytes input, std::span<const NalSpan> nals);

  // Whether Update() would find something new. A set that cannot be read counts as new.
  bool DiffersFrom(Bytes input, std::span<const NalSpan> nals) const;

  bool operator==(const ParameterSets&) const = default;

 private:
  const ParameterSet* FindSame(NalKind kind, Bytes nal) const;
  bool RepeatsKnown(Bytes input, std::span<const NalSpan> nals) const;
  // `position`: among the sets of its kind.
  Status Put(NalKind kind, std::uint32_t id, Bytes nal, std::size_t position);

  VideoCodec codec_;
  std::vector<ParameterSet> sets_;
};

// The id that a parameter set gives itself (an SPS extension: the id of the SPS it extends).
//
// Shape:  NAL unit with header and emulation prevention.
// Errors: kInvalidCodecData: cut short, or an id out of range.
Result<std::uint32_t> ParameterSetId(VideoCodec codec, NalKind kind, Bytes nal);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_PARAMETER_SETS_H_
