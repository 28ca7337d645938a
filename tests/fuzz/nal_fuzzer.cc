// NAL units: Annex-B and length-prefixed. The first byte chooses the length size; the rest is taken
// as both.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "pic/codec/nal.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using kvs::codec::Bytes;
using kvs::codec::ByteVector;
using kvs::codec::NalKind;
using kvs::codec::NalList;
using kvs::codec::NalSpan;
using kvs::codec::VideoCodec;
using kvs::fuzz::Check;

constexpr std::size_t kMaxNals = 64;

// What ScanAnnexB() is to find, byte by byte. Empty: an error.
std::vector<NalSpan> SimpleScan(Bytes in) {
  std::vector<std::size_t> codes;
  for (std::size_t i = 0; i + 3 <= in.size(); ++i) {
    if (in[i] == 0 && in[i + 1] == 0 && in[i + 2] == 1) {
      codes.push_back(i);
    }
  }
  std::vector<NalSpan> nals;
  if (codes.empty() || std::any_of(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(codes[0]),
                                   [](std::uint8_t byte) { return byte != 0; })) {
    return nals;
  }
  for (std::size_t k = 0; k < codes.size(); ++k) {
    const std::size_t begin = codes[k] + 3;
    std::size_t end = k + 1 < codes.size() ? codes[k + 1] : in.size();
    while (end > begin && in[end - 1] == 0) {
      --end;
    }
    if (end > begin) {
      nals.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)});
    }
  }
  return nals;
}

// Emits what was scanned and checks that it is what the scan announced.
ByteVector Emit(Bytes input, const NalList& list, std::size_t announced) {
  ByteVector out(announced);
  Check(EmitLengthPrefixedTo(input, list.nals(), out) == announced, "emitted size is announced");
  ByteVector parts;
  EmitLengthPrefixed(input, list.nals(),
                     [&](Bytes part) { parts.insert(parts.end(), part.begin(), part.end()); });
  Check(parts == out, "both ways of emitting agree");
  Check(kvs::codec::ValidateLengthPrefixed(out, kvs::codec::kNalLengthSize).ok(),
        "emitted bytes are valid");
  NalList again;
  const auto size = ScanLengthPrefixed(out, kvs::codec::kNalLengthSize, again);
  Check(size.ok() && *size == out.size() && again.size() == list.size(), "emitted bytes scan back");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Bytes before = list[i].In(input);
    const Bytes after = again[i].In(out);
    Check(std::equal(before.begin(), before.end(), after.begin(), after.end()), "NAL unit is kept");
  }
  return out;
}

void CheckAnnexB(Bytes input) {
  const std::vector<NalSpan> expected = SimpleScan(input);
  NalList list(kMaxNals);
  const auto size = ScanAnnexB(input, list);
  Check(size.ok() == (!expected.empty() && expected.size() <= kMaxNals), "scan result");
  Check(std::equal(list.nals().begin(), list.nals().end(), expected.begin(),
                   size.ok() ? expected.end() : expected.begin()),
        "scan finds the NAL units");
  if (!size.ok()) {
    return;
  }
  const ByteVector out = Emit(input, list, *size);
  // Back to start codes: the same NAL units again.
  ByteVector annex_b;
  for (const NalSpan& nal : list.nals()) {
    const Bytes bytes = nal.In(input);
    annex_b.insert(annex_b.end(), {0, 0, 0, 1});
    annex_b.insert(annex_b.end(), bytes.begin(), bytes.end());
  }
  NalList again;
  const auto same = ScanAnnexB(annex_b, again);
  Check(same.ok() && Emit(annex_b, again, *same) == out,
        "survives the way to start codes and back");
  for (const VideoCodec codec : {VideoCodec::kH264, VideoCodec::kH265}) {
    const bool any = std::any_of(list.nals().begin(), list.nals().end(), [&](const NalSpan& nal) {
      return IsSlice(ClassifyNal(codec, nal.In(input)));
    });
    Check(!any || AnnexBHasSlice(codec, input), "a slice is found");
    Check(LengthPrefixedHasSlice(codec, out, kvs::codec::kNalLengthSize) == any, "and found in the other form");
  }
}

void CheckLengthPrefixed(Bytes input, int length_size) {
  NalList list(kMaxNals);
  const auto size = ScanLengthPrefixed(input, length_size, list);
  const bool valid = kvs::codec::ValidateLengthPrefixed(input, length_size).ok();
  std::size_t bytes = 0;
  std::size_t nals = 0;
  kvs::codec::LengthPrefixedReader reader(input, length_size);
  while (const std::optional<Bytes> nal = reader.Next()) {
    bytes += static_cast<std::size_t>(length_size) + nal->size();
    nals += nal->empty() ? 0U : 1U;
  }
  Check(valid == (reader.ok() && nals != 0), "reader and check agree");
  Check(!valid || bytes == input.size(), "lengths tile the input");
  Check(size.ok() == (valid && nals <= kMaxNals), "scan and check agree");
  if (size.ok()) {
    Emit(input, list, *size);
  }
}

void CheckEmulationPrevention(Bytes rbsp) {
  ByteVector nal;
  int zeros = 0;
  for (const std::uint8_t byte : rbsp) {
    if (zeros >= 2 && byte <= 3) {
      nal.push_back(3);
      zeros = 0;
    }
    nal.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  ByteVector out;
  kvs::codec::AppendWithoutEmulationPrevention(nal, out);
  Check(std::equal(out.begin(), out.end(), rbsp.begin(), rbsp.end()),
        "removal undoes insertion of emulation prevention");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const Bytes input = Bytes(data, size).subspan(1);
  CheckAnnexB(input);
  CheckLengthPrefixed(input, data[0] % 4 + 1);
  CheckEmulationPrevention(input);
  return 0;
}
