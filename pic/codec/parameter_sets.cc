#include "pic/codec/parameter_sets.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "pic/codec/bit_reader.h"
#include "pic/codec/h265.h"

namespace kvs::codec {
namespace {

// Largest ids. Source: ITU-T H.264 7.4.2, H.265 7.4.3.
constexpr std::uint32_t kMaxH264SpsId = 31;
constexpr std::uint32_t kMaxH264PpsId = 255;
constexpr std::uint32_t kMaxH265PpsId = 63;

std::string_view Name(NalKind kind) {
  switch (kind) {
    case NalKind::kVps:
      return "VPS";
    case NalKind::kSps:
      return "SPS";
    case NalKind::kPps:
      return "PPS";
    case NalKind::kSpsExtension:
      return "SPS extension";
    default:
      return "parameter set";
  }
}

// Place of a kind in the order of ParameterSets::sets().
constexpr std::size_t kRanks = 4;
std::size_t Rank(NalKind kind) {
  switch (kind) {
    case NalKind::kVps:
      return 0;
    case NalKind::kSps:
      return 1;
    case NalKind::kSpsExtension:
      return 2;
    default:
      return 3;
  }
}

Status Malformed(NalKind kind) {
  return Status(StatusCode::kInvalidCodecData,
                std::string(Name(kind)) + " is cut short or out of range");
}

// The id which is a ue(v) after the first `skip` bytes of a set.
Result<std::uint32_t> ReadId(NalKind kind, Bytes nal, std::size_t skip, std::uint32_t max_id) {
  constexpr std::size_t kEnough = 24;  // bytes; an id has at most 17 bits
  ByteVector rbsp;
  AppendWithoutEmulationPrevention(nal.first(std::min(nal.size(), kEnough)), rbsp);
  BitReader reader(rbsp);
  reader.Skip(skip * 8);
  const std::uint32_t id = reader.Ue();
  if (!reader.ok() || id > max_id) {
    return Malformed(kind);
  }
  return id;
}

}  // namespace

Result<std::uint32_t> ParameterSetId(VideoCodec codec, NalKind kind, Bytes nal) {
  if (ClassifyNal(codec, nal) != kind || !IsParameterSet(kind)) {
    return Malformed(kind);
  }
  if (codec == VideoCodec::kH264) {
    // Behind the header; an SPS has profile, constraints and level (3 bytes) in front of its id.
    const std::size_t skip = kind == NalKind::kSps ? 4 : 1;
    return ReadId(kind, nal, skip, kind == NalKind::kPps ? kMaxH264PpsId : kMaxH264SpsId);
  }
  if (kind == NalKind::kSps) {
    Result<H265Sps> sps = ParseH265Sps(nal);
    if (!sps.ok()) {
      return sps.status();
    }
    return sps->id;
  }
  constexpr std::size_t kHeaderBytes = 2;
  if (kind == NalKind::kPps) {
    return ReadId(kind, nal, kHeaderBytes, kMaxH265PpsId);
  }
  if (nal.size() <= kHeaderBytes) {
    return Malformed(kind);
  }
  return std::uint32_t{nal[kHeaderBytes]} >> 4;  // vps_video_parameter_set_id
}

std::size_t ParameterSets::Count(NalKind kind) const {
  return static_cast<std::size_t>(std::count_if(
      sets_.begin(), sets_.end(), [kind](const ParameterSet& set) { return set.kind == kind; }));
}

bool ParameterSets::complete() const {
  return Count(NalKind::kSps) > 0 && Count(NalKind::kPps) > 0 &&
         (codec_ == VideoCodec::kH264 || Count(NalKind::kVps) > 0);
}

std::vector<Bytes> ParameterSets::Of(NalKind kind) const {
  std::vector<Bytes> nals;
  for (const ParameterSet& set : sets_) {
    if (set.kind == kind) {
      nals.emplace_back(set.nal);
    }
  }
  return nals;
}

const ParameterSet* ParameterSets::FindSame(NalKind kind, Bytes nal) const {
  for (const ParameterSet& set : sets_) {
    if (set.kind == kind && std::equal(set.nal.begin(), set.nal.end(), nal.begin(), nal.end())) {
      return &set;
    }
  }
  return nullptr;
}

bool ParameterSets::RepeatsKnown(Bytes input, std::span<const NalSpan> nals) const {
  for (const NalSpan& span : nals) {
    const Bytes nal = span.In(input);
    const NalKind kind = ClassifyNal(codec_, nal);
    if (IsParameterSet(kind) && FindSame(kind, nal) == nullptr) {
      return false;
    }
  }
  return true;
}

bool ParameterSets::DiffersFrom(Bytes input, std::span<const NalSpan> nals) const {
  if (RepeatsKnown(input, nals)) {
    return false;
  }
  ParameterSets updated = *this;
  const Result<bool> changed = updated.Update(input, nals);
  return !changed.ok() || *changed;
}

Result<bool> ParameterSets::Update(Bytes input, std::span<const NalSpan> nals) {
  if (RepeatsKnown(input, nals)) {
    return false;
  }
  // The last set of each kind and id is the one that stays in force.
  struct Candidate {
    NalKind kind;
    std::uint32_t id;
    Bytes nal;
  };
  std::vector<Candidate> candidates;
  for (const NalSpan& span : nals) {
    const Bytes nal = span.In(input);
    const NalKind kind = ClassifyNal(codec_, nal);
    if (!IsParameterSet(kind)) {
      continue;
    }
    const Result<std::uint32_t> id = ParameterSetId(codec_, kind, nal);
    if (!id.ok()) {
      return id.status();
    }
    std::erase_if(candidates,
                  [&](const Candidate& other) { return other.kind == kind && other.id == *id; });
    candidates.push_back({kind, *id, nal});
  }
  ParameterSets updated = *this;
  std::array<std::size_t, kRanks> placed{};  // new sets of each kind so far
  for (const Candidate& candidate : candidates) {
    if (updated.FindSame(candidate.kind, candidate.nal) != nullptr) {
      continue;
    }
    std::size_t& position = placed[Rank(candidate.kind)];
    Status status = updated.Put(candidate.kind, candidate.id, candidate.nal, position);
    if (!status.ok()) {
      return status;
    }
    ++position;
  }
  const bool changed = updated.sets_ != sets_;
  sets_ = std::move(updated.sets_);
  return changed;
}

Status ParameterSets::Put(NalKind kind, std::uint32_t id, Bytes nal, std::size_t position) {
  if (nal.size() > kMaxParameterSetBytes) {
    return Status(StatusCode::kTooLarge,
                  std::string(Name(kind)) + " of " + std::to_string(nal.size()) + " bytes");
  }
  std::erase_if(sets_, [&](const ParameterSet& set) { return set.kind == kind && set.id == id; });
  std::size_t total = nal.size();
  for (const ParameterSet& set : sets_) {
    total += set.nal.size();
  }
  if (total > kMaxCodecPrivateBytes) {
    return Status(StatusCode::kTooLarge,
                  "parameter sets of " + std::to_string(total) + " bytes in all");
  }
  const auto first = std::find_if(sets_.begin(), sets_.end(), [kind](const ParameterSet& set) {
    return Rank(set.kind) >= Rank(kind);
  });
  const std::size_t behind = std::min(position, Count(kind));
  sets_.insert(first + static_cast<std::ptrdiff_t>(behind),
               ParameterSet{kind, id, ByteVector(nal.begin(), nal.end())});
  return Status();
}

}  // namespace kvs::codec
