#include "pic/stream/pre_roll.h"

#include <algorithm>
#include <utility>

namespace kvs {

void PreRoll::Untrigger() {
  triggered_ = false;
  gap_ = false;
}

void PreRoll::Keep(PendingFrame frame, bool entry) {
  KVS_CHECK(keeping());
  latest_ = frames_.empty() ? frame.pts : std::max(latest_, frame.pts);
  const MediaTime pts = frame.pts;
  const bool useless = frames_.empty() && gap_ && !entry;  // what it refers to, or belongs to, is gone
  const std::uint64_t number = frames_.Push({std::move(frame), entry});
  if (useless) {
    surplus_until_ = frames_.end_number();
  } else if (entry) {
    entries_.Push({number, pts});
  }
  for (std::optional<Entry> next = NextEntry(); next && latest_ - next->pts >= length_; next = NextEntry()) {
    surplus_until_ = next->number;
  }
}

std::optional<PreRoll::Entry> PreRoll::NextEntry() {
  while (!entries_.empty() && entries_.front().number <= std::max(surplus_until_, frames_.begin_number())) {
    entries_.PopFront();
  }
  return entries_.empty() ? std::nullopt : std::optional(entries_.front());
}

bool PreRoll::GiveWay() {
  const std::optional<Entry> next = NextEntry();
  surplus_until_ = next ? next->number : frames_.end_number();
  return !frames_.empty();
}

std::optional<PreRoll::Kept> PreRoll::PopSurplus() {
  if (frames_.empty() || frames_.begin_number() >= surplus_until_) {
    return std::nullopt;
  }
  gap_ = true;
  Kept kept = std::move(frames_.front());
  frames_.PopFront();
  return kept;
}

std::optional<PendingFrame> PreRoll::Pop() {
  if (frames_.empty()) {
    return std::nullopt;
  }
  PendingFrame frame = std::move(frames_.front().frame);
  frames_.PopFront();
  return frame;
}

}  // namespace kvs
