#include "pic/stream/loss_reporter.h"

#include <algorithm>
#include <utility>

namespace kvs {

void LossReporter::Add(FramesLost loss) {
  std::optional<FramesLost>& untold = episodes_[static_cast<std::size_t>(loss.reason)].untold;
  if (!untold) {
    untold = std::move(loss);
    return;
  }
  untold->frames += loss.frames;
  untold->bytes += loss.bytes;
  untold->first_pts = std::min(untold->first_pts, loss.first_pts);
  untold->last_pts = std::max(untold->last_pts, loss.last_pts);
  if (!loss.detail.ok()) {
    untold->detail = std::move(loss.detail);
  }
}

std::vector<FramesLost> LossReporter::Take(MonoTime now, bool all) {
  std::vector<FramesLost> due;
  for (Episode& episode : episodes_) {
    if (episode.untold && (all || !episode.told_at || now - *episode.told_at >= kInterval)) {
      due.push_back(*std::move(episode.untold));
      episode.untold.reset();
      episode.told_at = now;
    }
  }
  return due;
}

std::optional<MonoTime> LossReporter::deadline() const {
  std::optional<MonoTime> first;
  for (const Episode& episode : episodes_) {
    if (episode.untold) {
      const MonoTime due = episode.told_at ? *episode.told_at + kInterval : MonoTime();  // the first one: at once
      first = first ? std::min(*first, due) : due;
    }
  }
  return first;
}

}  // namespace kvs
