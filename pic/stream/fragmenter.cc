#include "pic/stream/fragmenter.h"

#include <algorithm>

namespace kvs {
namespace {

// More than tracks are apart, and more than most frames are long.
constexpr Duration kNear = Duration::Seconds(1);
constexpr std::uint64_t kNearBytes = kMaxFrameBytes / 2;

}  // namespace

Fragmenter::Cut Fragmenter::Decide(const Fragment& open, const Candidate& next) const {
  const TrackMask bit = TrackMask{1} << next.track;
  if ((open.mask & bit) != 0 && open.tracks->versions[next.track] != next.tracks->versions[next.track]) {
    return Cut::kNewTrack;
  }
  const std::int64_t elapsed = next.timecode - open.timecode;
  const std::int64_t min = kMinFragmentDuration.seconds() * options_.units_per_second;
  const std::int64_t max = kMaxFragmentDuration.seconds() * options_.units_per_second;
  const std::int64_t wanted =
      options_.key_frame_fragmentation && !next.only_key_frames
          ? min
          : std::clamp(options_.fragment_duration, min, max);
  // Where video has ended or pauses, audio leads. What is left of it stays with the last pictures: a cut before the last of
  // them would move it behind them, and a cut after it makes a fragment of a few milliseconds with a connection of its own.
  const bool joins_video = next.only_key_frames && (open.mask & ~bit) != 0;
  if (next.leads && next.key_frame && (open.mask & bit) != 0 && elapsed >= wanted && !joins_video) {
    return Cut::kAtKeyFrame;
  }
  // A cut between reordered frames would put later frames before the cut in time: wait for a frame that is later than all
  // so far, and look for it early enough.
  const std::int64_t span = next.timecode - open.earliest;
  const bool too_long = elapsed >= min && span + next.duration > max;
  const bool too_large = open.bytes + next.bytes > kMaxFrameBytes;
  if (too_large && elapsed < min) {
    return Cut::kOverflow;
  }
  if ((too_long || too_large) && (next.timecode > open.latest || span >= max)) {
    return Cut::kForced;
  }
  if (too_large) {
    return Cut::kOverflow;
  }
  return Cut::kNone;
}

bool Fragmenter::NearLimits(const Fragment& open) const {
  return open.latest - open.earliest >= (kMaxFragmentDuration - kNear).seconds() * options_.units_per_second ||
         open.bytes >= kNearBytes;
}

}  // namespace kvs
