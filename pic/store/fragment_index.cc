#include "pic/store/fragment_index.h"

#include <algorithm>
#include <utility>

namespace kvs {
namespace {

bool IsUnsent(const Fragment& fragment) {
  return fragment.state == FragmentState::kQueued || fragment.state == FragmentState::kSending;
}

}  // namespace

Fragment* FragmentIndex::open_fragment() {
  return !fragments_.empty() && fragments_.back().open ? &fragments_.back() : nullptr;
}

void FragmentIndex::Open(std::int64_t timecode, std::shared_ptr<const TrackSet> tracks, bool apart) {
  KVS_CHECK(open_fragment() == nullptr && timecode >= floor_);
  if (apart && floor_ != INT64_MIN) {
    gaps_ += timecode - floor_;
  }
  Fragment fragment;
  fragment.first_frame = frames_.end_number();
  fragment.timecode = timecode;
  fragment.earliest = timecode;
  fragment.latest = timecode;
  fragment.tracks = std::move(tracks);
  fragment.gaps = gaps_;
  fragments_.Push(std::move(fragment));
  ++live_fragments_;
  floor_ = timecode + 1;
}

void FragmentIndex::Append(const StoredFrame& frame) {
  Fragment* fragment = open_fragment();
  KVS_CHECK(fragment != nullptr && frame.track < fragment->tracks->tracks.size());
  frames_.Push(frame);
  ++fragment->frames;
  fragment->bytes += frame.ref.size;
  fragment->earliest = std::min(fragment->earliest, frame.timecode);
  fragment->latest = std::max(fragment->latest, frame.timecode);
  fragment->mask |= TrackMask{1} << frame.track;
  floor_ = std::max(floor_, frame.timecode + 1);
  ++live_frames_;
}

void FragmentIndex::Close(bool end_tag) {
  if (Fragment* fragment = open_fragment()) {
    fragment->open = false;
    fragment->end_tag = end_tag;
  }
}

std::optional<std::uint64_t> FragmentIndex::FindByTimecode(std::int64_t timecode) const {
  std::uint64_t low = begin();
  std::uint64_t high = end();
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (fragments_[middle].timecode < timecode) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low < end() && fragments_[low].timecode == timecode) {
    return low;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> FragmentIndex::FirstQueued() const {
  for (std::uint64_t number = begin(); number != end(); ++number) {
    if (fragments_[number].state == FragmentState::kQueued) {
      return number;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> FragmentIndex::OldestEvictable() const {
  for (std::uint64_t number = begin(); number != end(); ++number) {
    const Fragment& fragment = fragments_[number];
    if (!fragment.Done() && !fragment.released && !fragment.OnTheWire()) {
      return number;
    }
  }
  return std::nullopt;
}

void FragmentIndex::Release(std::uint64_t number) {
  Fragment& fragment = fragments_[number];
  if (fragment.released) {
    return;
  }
  fragment.released = true;
  for (std::uint64_t frame = fragment.first_frame; frame != fragment.first_frame + fragment.frames; ++frame) {
    store_.Release(frames_[frame].ref);
  }
}

void FragmentIndex::Finish(std::uint64_t number, FragmentState state) {
  Fragment& fragment = fragments_[number];
  KVS_CHECK(!fragment.Done());
  fragment.state = state;
  fragment.open = false;
  --live_fragments_;
  live_frames_ -= fragment.frames;
  Release(number);
  while (!fragments_.empty() && fragments_.front().Done()) {
    for (std::uint32_t i = fragments_.front().frames; i > 0; --i) {
      frames_.PopFront();
    }
    fragments_.PopFront();
  }
}

std::int64_t FragmentIndex::SpanFrom(const Fragment& fragment) const {
  return floor_ - fragment.timecode - (gaps_ - fragment.gaps);
}

std::int64_t FragmentIndex::LiveSpan() const {
  for (std::uint64_t number = begin(); number != end(); ++number) {
    const Fragment& fragment = fragments_[number];
    if (!fragment.Done() && !fragment.released) {
      return SpanFrom(fragment);
    }
  }
  return 0;
}

std::int64_t FragmentIndex::EvictableSpan() const {
  const std::optional<std::uint64_t> oldest = OldestEvictable();
  return oldest ? SpanFrom(fragments_[*oldest]) : 0;
}

FragmentIndex::Waiting FragmentIndex::Unsent() const {
  Waiting waiting;
  waiting.span = UnsentSpan();
  for (std::uint64_t number = begin(); number != end(); ++number) {
    const Fragment& fragment = fragments_[number];
    waiting.bytes += IsUnsent(fragment) ? fragment.bytes : 0;
  }
  return waiting;
}

std::int64_t FragmentIndex::UnsentSpan() const {
  for (std::uint64_t number = begin(); number != end(); ++number) {
    if (IsUnsent(fragments_[number])) {
      return SpanFrom(fragments_[number]);
    }
  }
  return 0;
}

}  // namespace kvs
