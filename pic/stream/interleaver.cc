#include "pic/stream/interleaver.h"

#include <algorithm>
#include <utility>

namespace kvs {
namespace {

// A frame this far before the one in front of it is a jump of the source's clock, not reordering.
constexpr Duration kMaxReordering = Duration::Seconds(1);
// An encoder's delay varies by some frames.
constexpr Duration kLatenessMargin = Duration::Millis(250);
// Steps between frames that are counted before they say something: more than reordered pictures make a pattern of.
constexpr int kStepsToKnow = 32;

}  // namespace

void Interleaver::Regularity::Add(MediaTime pts) {
  if (previous_) {
    shortest_ = std::min(shortest_, pts < *previous_ ? *previous_ - pts : pts - *previous_);
    if (++steps_ == kStepsToKnow) {
      shortest_before_ = std::exchange(shortest_, kLongestStep);
      steps_ = 0;
    }
  }
  previous_ = pts;
}

Duration Interleaver::Regularity::step() const { return std::min(shortest_, shortest_before_); }

void Interleaver::Expect(std::size_t position) {
  if (position >= tracks_.size()) {
    tracks_.resize(position + 1);
  }
  tracks_[position].waited_for = true;
}

void Interleaver::End(std::size_t position) {
  if (position < tracks_.size()) {
    tracks_[position].waited_for = false;
  }
}

void Interleaver::Push(PendingFrame frame, std::optional<MediaTime> decode_time, MonoTime now) {
  const std::size_t position = frame.stored.track;
  Expect(position);
  TrackQueue& queue = tracks_[position];
  queue.pictures = frame.picture;
  if (queue.latest && *queue.latest - frame.pts >= kMaxReordering) {
    queue.latest.reset();
    queue.regularity.Forget();
  }
  queue.regularity.Add(frame.pts);
  frame.order = frame.stored.key_frame ? frame.pts : decode_time.value_or(EstimateDecodeTime(queue, frame.pts));
  if (queue.newest && frame.order < *queue.newest) {
    frame.order = *queue.newest;
  }
  frame.arrived = now;
  LearnLateness(position, frame.order, now);
  queue.newest = frame.order;
  queue.latest = std::max(queue.latest.value_or(frame.pts), frame.pts);
  queue.frames.Push(std::move(frame));
}

// Not after any frame of the track that is still to come, as soon as its reordering has shown once.
MediaTime Interleaver::EstimateDecodeTime(TrackQueue& queue, MediaTime pts) {
  if (queue.latest) {
    queue.reordering = std::max(queue.reordering, *queue.latest - pts);
  }
  return pts - queue.reordering;
}

// How much later than the other tracks' frames of its time does this frame come? From now on they wait long enough for it.
void Interleaver::LearnLateness(std::size_t position, MediaTime order, MonoTime now) {
  const auto learn = [&](MediaTime their_order, MonoTime they_arrived) {
    const Duration lateness = (now - they_arrived) + (their_order - order) + kLatenessMargin;
    if (lateness <= options_.longest_wait) {
      learned_wait_ = std::max(learned_wait_, lateness);
    }
  };
  if (taken_ && order < taken_->order) {
    learn(taken_->order, taken_->arrived);
  }
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (i != position && !tracks_[i].frames.empty()) {
      learn(tracks_[i].frames.front().order, tracks_[i].frames.front().arrived);
    }
  }
}

// How long (real time) frames wait for this track when it has nothing.
Duration Interleaver::WaitFor(const TrackQueue& queue) const {
  const Duration usual = std::max(*options_.max_wait, learned_wait_);
  return queue.newest ? usual : std::max(usual, options_.longest_wait);
}

std::optional<std::size_t> Interleaver::Earliest() const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (!tracks_[i].frames.empty() &&
        (!best || tracks_[i].frames.front().order < tracks_[*best].frames.front().order)) {
      best = i;
    }
  }
  return best;
}

// Whether the first frame of the track at `position` has to wait for one of the other track, which shows none.
bool Interleaver::MustWaitFor(std::size_t other, std::size_t position) const {
  const TrackQueue& queue = tracks_[other];
  if (!queue.waited_for || !queue.frames.empty()) {
    return false;
  }
  const PendingFrame& head = tracks_[position].frames.front();
  if (queue.newest && *queue.newest >= head.order) {
    return false;
  }
  if (!options_.max_wait || !queue.newest) {
    return true;
  }
  if (head.picture && !head.stored.key_frame && !any_picture_begins_ && !queue.pictures) {
    return false;
  }
  const MediaTime next = *queue.latest + queue.regularity.step();
  return next < head.order || (next == head.order && other < position);
}

PendingFrame Interleaver::Take(std::size_t position) {
  Ring<PendingFrame>& frames = tracks_[position].frames;
  PendingFrame frame = std::move(frames.front());
  frames.PopFront();
  if (!taken_ || frame.order > taken_->order) {
    taken_ = Taken{frame.order, frame.arrived};
  }
  return frame;
}

std::optional<PendingFrame> Interleaver::Pop(MonoTime now) {
  const std::optional<std::size_t> position = Earliest();
  if (!position) {
    return std::nullopt;
  }
  const TrackQueue& queue = tracks_[*position];
  const PendingFrame& head = queue.frames.front();
  const bool far_ahead = *queue.newest - head.order >= options_.max_ahead;
  for (std::size_t other = 0; other < tracks_.size(); ++other) {
    if (MustWaitFor(other, *position)) {
      if (!far_ahead && !(options_.max_wait && now - head.arrived >= WaitFor(tracks_[other]))) {
        return std::nullopt;
      }
      tracks_[other].waited_for = false;
    }
  }
  return Take(*position);
}

std::optional<PendingFrame> Interleaver::PopRegardless() {
  const std::optional<std::size_t> position = Earliest();
  if (!position) {
    return std::nullopt;
  }
  return Take(*position);
}

std::optional<MonoTime> Interleaver::deadline() const {
  const std::optional<std::size_t> position = Earliest();
  if (!position || !options_.max_wait) {
    return std::nullopt;
  }
  const PendingFrame& head = tracks_[*position].frames.front();
  Duration wait;  // for all of them
  for (std::size_t other = 0; other < tracks_.size(); ++other) {
    if (MustWaitFor(other, *position)) {
      wait = std::max(wait, WaitFor(tracks_[other]));
    }
  }
  return head.arrived + wait;
}

bool Interleaver::empty() const {
  return std::all_of(tracks_.begin(), tracks_.end(), [](const TrackQueue& queue) { return queue.frames.empty(); });
}

std::size_t Interleaver::size() const {
  std::size_t frames = 0;
  for (const TrackQueue& queue : tracks_) {
    frames += queue.frames.size();
  }
  return frames;
}

TrackMask Interleaver::live() const {
  TrackMask mask = 0;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i].newest && (tracks_[i].waited_for || !tracks_[i].frames.empty())) {
      mask |= TrackMask{1} << i;
    }
  }
  return mask;
}

}  // namespace kvs
