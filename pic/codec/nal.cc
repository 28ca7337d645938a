#include "pic/codec/nal.h"

#include <cstring>
#include <limits>
#include <string>

namespace kvs::codec {
namespace {

// 00 00 01: what every start code ends with.
constexpr std::size_t kStartCodeBytes = 3;

// A register full of bytes; the compilers map it to SSE2 or NEON.
using Block = std::uint8_t __attribute__((vector_size(16)));
constexpr std::size_t kBlockBytes = sizeof(Block);
// Blocks looked at between two branches.
constexpr std::size_t kBlocksPerStep = 4;

Block Load(const std::uint8_t* p) {
  Block block;
  std::memcpy(&block, p, sizeof(block));
  return block;
}

// In each lane zero exactly where a start code begins.
Block StartCodeDifference(const std::uint8_t* p) {
  constexpr Block kOnes = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  return Load(p) | Load(p + 1) | (Load(p + 2) ^ kOnes);
}

bool AnyLane(Block mask) {
  std::uint64_t halves[2];
  std::memcpy(halves, &mask, sizeof(halves));
  return (halves[0] | halves[1]) != 0;
}

const std::uint8_t* FindStartCodeBytewise(const std::uint8_t* p, const std::uint8_t* last) {
  while (p < last) {
    if (p[2] == 0) {
      p += 1;
    } else if (p[2] == 1 && p[0] == 0 && p[1] == 0) {
      return p;
    } else {
      p += 3;  // none of these three bytes begins 00 00 01
    }
  }
  return nullptr;
}

// The first 00 00 01 in [p, end), or null.
const std::uint8_t* FindStartCode(const std::uint8_t* p, const std::uint8_t* end) {
  if (static_cast<std::size_t>(end - p) < kStartCodeBytes) {
    return nullptr;
  }
  const std::uint8_t* const last = end - (kStartCodeBytes - 1);  // one past the last place for one
  constexpr std::size_t kStep = kBlocksPerStep * kBlockBytes;
  while (static_cast<std::size_t>(last - p) >= kStep) {
    // Bytes are compared as a whole: a lane of `hit` is FF where the difference is zero.
    const auto hit = (StartCodeDifference(p) == Block{}) |
                     (StartCodeDifference(p + kBlockBytes) == Block{}) |
                     (StartCodeDifference(p + 2 * kBlockBytes) == Block{}) |
                     (StartCodeDifference(p + 3 * kBlockBytes) == Block{});
    Block mask;
    std::memcpy(&mask, &hit, sizeof(mask));
    if (AnyLane(mask)) {
      return FindStartCodeBytewise(p, p + kStep);
    }
    p += kStep;
  }
  return FindStartCodeBytewise(p, last);
}

Status TooManyNals(const NalList& list) {
  return Status(StatusCode::kTooLarge,
                "access unit has more than " + std::to_string(list.max_nals()) + " NAL units");
}

Status CheckInputSize(Bytes input) {
  if (input.size() > std::numeric_limits<std::uint32_t>::max()) {
    return Status(StatusCode::kTooLarge, "access unit of 4 GiB or more");
  }
  return Status();
}

Status CheckLengthSize(int length_size) {
  if (length_size < 1 || length_size > kNalLengthSize) {
    return Status(StatusCode::kInvalidArgument,
                  "NAL unit lengths of " + std::to_string(length_size) + " bytes");
  }
  return Status();
}

Status NoNal() {
  return Status(StatusCode::kInvalidNal, "access unit holds no NAL unit");
}

Status BadLength(std::size_t offset, std::size_t total) {
  return Status(StatusCode::kInvalidNal, "NAL unit length at byte " + std::to_string(offset) +
                                             " does not fit an access unit of " +
                                             std::to_string(total) + " bytes");
}

// Precondition: data has at least length_size bytes.
std::size_t DecodeLength(Bytes data, std::size_t length_size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < length_size; ++i) {
    value = (value << 8) | data[i];
  }
  return value;
}

NalKind ClassifyH264(Bytes nal) {
  switch (H264NalType(nal)) {
    case 1:  // non-IDR slice
    case 2:  // data partitions A, B, C
    case 3:
    case 4:
      return NalKind::kSlice;
    case 5:
      return NalKind::kIdrSlice;
    case 6:
      return NalKind::kSei;
    case 7:
      return NalKind::kSps;
    case 8:
      return NalKind::kPps;
    case 9:
      return NalKind::kAccessUnitDelimiter;
    case 10:  // end of sequence
    case 11:  // end of stream
      return NalKind::kEndOfSequence;
    case 12:
      return NalKind::kFiller;
    case 13:
      return NalKind::kSpsExtension;
    default:
      return NalKind::kOther;
  }
}

NalKind ClassifyH265(Bytes nal) {
  constexpr int kLastTrailing = 9;  // 0..9: trailing, TSA, STSA, RADL, RASL
  constexpr int kFirstIrap = 16;
  constexpr int kIdrWithLeading = 19;
  constexpr int kIdrWithoutLeading = 20;
  constexpr int kLastIrap = 23;
  // nuh_layer_id: the last bit of the first byte and the upper five bits of the second.
  if (nal.size() < 2 || (nal[0] & 0x01) != 0 || (nal[1] & 0xF8) != 0) {
    return NalKind::kOther;
  }
  const int type = H265NalType(nal);
  if (type <= kLastTrailing) {
    return NalKind::kSlice;
  }
  if (type == kIdrWithLeading || type == kIdrWithoutLeading) {
    return NalKind::kIdrSlice;
  }
  if (type >= kFirstIrap && type <= kLastIrap) {
    return NalKind::kRapSlice;
  }
  switch (type) {
    case 32:
      return NalKind::kVps;
    case 33:
      return NalKind::kSps;
    case 34:
      return NalKind::kPps;
    case 35:
      return NalKind::kAccessUnitDelimiter;
    case 36:  // end of sequence
    case 37:  // end of bit stream
      return NalKind::kEndOfSequence;
    case 38:
      return NalKind::kFiller;
    case 39:  // prefix SEI
    case 40:  // suffix SEI
      return NalKind::kSei;
    default:
      return NalKind::kOther;
  }
}

}  // namespace

Result<std::size_t> ScanAnnexB(Bytes input, NalList& list) {
  list.Clear();
  if (Status status = CheckInputSize(input); !status.ok()) {
    return status;
  }
  const std::uint8_t* const begin = input.data();
  const std::uint8_t* const end = begin + input.size();
  const std::uint8_t* code = FindStartCode(begin, end);
  if (code == nullptr) {
    return Status(StatusCode::kInvalidNal,
                  "access unit of " + std::to_string(input.size()) + " bytes has no start code");
  }
  for (const std::uint8_t* p = begin; p != code; ++p) {
    if (*p != 0) {
      return Status(StatusCode::kInvalidNal, "access unit does not begin with a start code");
    }
  }
  std::size_t output_size = 0;
  while (code != nullptr) {
    const std::uint8_t* const nal = code + kStartCodeBytes;
    code = FindStartCode(nal, end);
    const std::uint8_t* nal_end = code != nullptr ? code : end;
    while (nal_end != nal && nal_end[-1] == 0) {
      --nal_end;  // trailing_zero_8bits, or the zero_byte of the next start code
    }
    if (nal_end == nal) {
      continue;
    }
    const NalSpan span{static_cast<std::uint32_t>(nal - begin),
                       static_cast<std::uint32_t>(nal_end - nal)};
    if (!list.Add(span)) {
      Status status = TooManyNals(list);
      list.Clear();
      return status;
    }
    output_size += kNalLengthSize + span.size;
  }
  if (list.empty()) {
    return NoNal();
  }
  return output_size;
}

Result<std::size_t> ScanLengthPrefixed(Bytes input, int length_size, NalList& list) {
  list.Clear();
  if (Status status = CheckLengthSize(length_size); !status.ok()) {
    return status;
  }
  if (Status status = CheckInputSize(input); !status.ok()) {
    return status;
  }
  LengthPrefixedReader reader(input, length_size);
  std::size_t output_size = 0;
  while (const std::optional<Bytes> nal = reader.Next()) {
    if (nal->empty()) {
      continue;
    }
    const NalSpan span{static_cast<std::uint32_t>(nal->data() - input.data()),
                       static_cast<std::uint32_t>(nal->size())};
    if (!list.Add(span)) {
      Status status = TooManyNals(list);
      list.Clear();
      return status;
    }
    output_size += kNalLengthSize + span.size;
  }
  if (!reader.ok()) {
    list.Clear();
    return ValidateLengthPrefixed(input, length_size);  // says where
  }
  if (list.empty()) {
    return NoNal();
  }
  return output_size;
}

Status ValidateLengthPrefixed(Bytes input, int length_size) {
  if (Status status = CheckLengthSize(length_size); !status.ok()) {
    return status;
  }
  const std::size_t prefix = static_cast<std::size_t>(length_size);
  bool any = false;
  Bytes rest = input;
  while (!rest.empty()) {
    const std::size_t offset = input.size() - rest.size();
    if (rest.size() < prefix) {
      return BadLength(offset, input.size());
    }
    const std::size_t size = DecodeLength(rest, prefix);
    if (rest.size() - prefix < size) {
      return BadLength(offset, input.size());
    }
    any = any || size != 0;
    rest = rest.subspan(prefix + size);
  }
  return any ? Status() : NoNal();
}

bool StartsWithStartCode(Bytes input) {
  std::size_t zeros = 0;
  while (zeros < input.size() && input[zeros] == 0) {
    ++zeros;
  }
  return zeros >= 2 && zeros < input.size() && input[zeros] == 1;
}

std::size_t EmitLengthPrefixedTo(Bytes input, std::span<const NalSpan> nals,
                                 std::span<std::uint8_t> output) {
  std::size_t total = 0;
  for (const NalSpan& nal : nals) {
    total += kNalLengthSize + nal.size;
  }
  if (total > output.size()) {
    return 0;
  }
  std::uint8_t* out = output.data();
  EmitLengthPrefixed(input, nals, [&out](Bytes part) {
    std::memcpy(out, part.data(), part.size());
    out += part.size();
  });
  return total;
}

LengthPrefixedReader::LengthPrefixedReader(Bytes input, int length_size)
    : rest_(input),
      length_size_(static_cast<std::size_t>(length_size)),
      ok_(length_size >= 1 && length_size <= kNalLengthSize) {}

std::optional<Bytes> LengthPrefixedReader::Next() {
  if (!ok_ || rest_.empty()) {
    return std::nullopt;
  }
  if (rest_.size() < length_size_) {
    ok_ = false;
    return std::nullopt;
  }
  const std::size_t size = DecodeLength(rest_, length_size_);
  if (rest_.size() - length_size_ < size) {
    ok_ = false;
    return std::nullopt;
  }
  const Bytes nal = rest_.subspan(length_size_, size);
  rest_ = rest_.subspan(length_size_ + size);
  return nal;
}

NalKind ClassifyNal(VideoCodec codec, Bytes nal) {
  if (nal.empty()) {
    return NalKind::kOther;
  }
  return codec == VideoCodec::kH264 ? ClassifyH264(nal) : ClassifyH265(nal);
}

bool AnnexBHasSlice(VideoCodec codec, Bytes input) {
  const std::uint8_t* const end = input.data() + input.size();
  const std::uint8_t* code = FindStartCode(input.data(), end);
  bool any = false;
  while (code != nullptr) {
    const std::uint8_t* const nal = code + kStartCodeBytes;
    if (IsSlice(ClassifyNal(codec, {nal, end}))) {
      return true;
    }
    code = FindStartCode(nal, end);
    any = any || nal != (code != nullptr ? code : end);
  }
  return !any;
}

bool LengthPrefixedHasSlice(VideoCodec codec, Bytes input, int length_size) {
  LengthPrefixedReader reader(input, length_size);
  bool any = false;
  while (const std::optional<Bytes> nal = reader.Next()) {
    if (IsSlice(ClassifyNal(codec, *nal))) {
      return true;
    }
    any = any || !nal->empty();
  }
  return !reader.ok() || !any;
}

void AppendWithoutEmulationPrevention(Bytes nal, ByteVector& rbsp) {
  constexpr std::uint8_t kEmulationPrevention = 3;
  rbsp.reserve(rbsp.size() + nal.size());
  int zeros = 0;
  for (const std::uint8_t byte : nal) {
    if (zeros >= 2 && byte == kEmulationPrevention) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    rbsp.push_back(byte);
  }
}

}  // namespace kvs::codec
