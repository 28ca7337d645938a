#include "plugin/episodes.h"

#include <algorithm>
#include <variant>

namespace kvs::plugin {

// Losses -----------------------------------------------------------------------------------------

bool LossEpisodes::Add(const FramesLost& lost, MonoTime now) {
  std::optional<Episode>& episode = episodes_[static_cast<std::size_t>(lost.reason) % kLossReasons];
  if (!episode.has_value()) {
    episode = Episode{lost, lost.frames, now};
    return true;
  }
  FramesLost& total = episode->total;
  total.frames += lost.frames;
  total.bytes += lost.bytes;
  total.first_pts = std::min(total.first_pts, lost.first_pts);
  total.last_pts = std::max(total.last_pts, lost.last_pts);
  if (!lost.detail.ok()) {
    total.detail = lost.detail;
  }
  episode->last = now;
  return false;
}

std::vector<LossEpisodes::Ended> LossEpisodes::TakeEnded(MonoTime now, bool all) {
  std::vector<Ended> ended;
  for (std::optional<Episode>& episode : episodes_) {
    if (episode.has_value() && (all || now - episode->last >= kQuietTime)) {
      ended.push_back({episode->total, episode->total.frames > episode->told});
      episode.reset();
    }
  }
  return ended;
}

bool LossEpisodes::any() const {
  return std::any_of(episodes_.begin(), episodes_.end(),
                     [](const auto& episode) { return episode.has_value(); });
}

// Outages ----------------------------------------------------------------------------------------

void OutageWatch::OnDisconnected(const Status& reason, MonoTime now) {
  if (!since_.has_value()) {
    since_ = now;
  }
  reason_ = reason;
  connected_ = false;
}

std::optional<OutageWatch::Due> OutageWatch::TakeDue(MonoTime now) {
  if (!pending() || now - *since_ < kPatience) {
    return std::nullopt;
  }
  told_ = true;
  return Due{reason_, now - *since_};
}

Duration RoomLeft(const StreamMetrics& stream, const ProducerMetrics& producer,
                  Duration buffer_duration) {
  Duration room = buffer_duration - stream.stored_duration;
  if (stream.stored_bytes > 0 && stream.stored_duration > Duration()) {
    const double nanos_per_byte = static_cast<double>(stream.stored_duration.nanos()) /
                                  static_cast<double>(stream.stored_bytes);
    const double by_memory = nanos_per_byte * static_cast<double>(producer.store_available);
    if (by_memory < static_cast<double>(room.nanos())) {
      room = Duration::Nanos(static_cast<std::int64_t>(by_memory));
    }
  }
  return std::max(room, Duration());
}

// Connections ------------------------------------------------------------------------------------

bool SaysArrived(const StreamEvent& event) {
  const auto* const acked = std::get_if<FragmentAcked>(&event);
  return acked != nullptr &&
         (acked->ack.type == AckType::kReceived || acked->ack.type == AckType::kPersisted);
}

bool ConnectionStory::Tells(const StreamEvent& event, bool stale) {
  if (const auto* down = std::get_if<Disconnected>(&event)) {
    held_.reset();
    const std::pair<StatusCode, bool> reason(down->reason.code(), stale);
    const bool known = std::find(reasons_.begin(), reasons_.end(), reason) != reasons_.end();
    if (!known) {
      reasons_.push_back(reason);
    }
    return !std::exchange(told_down_, true) || !known;
  }
  if (const auto* connected = std::get_if<Connected>(&event)) {
    if (told_down_ && acks_ && believed_ > 0) {
      held_ = *connected;
      return false;
    }
    if (std::exchange(told_down_, false)) {
      ++believed_;
    }
    if (!acks_) {
      reasons_.clear();
    }
    return true;
  }
  if (SaysArrived(event) && (!told_down_ || held_.has_value())) {  // else it is of a connection that has ended
    reasons_.clear();
    believed_ = 0;
    if (held_.has_value()) {
      told_down_ = false;
      due_ = std::exchange(held_, std::nullopt);
    }
  }
  return true;
}

}  // namespace kvs::plugin
