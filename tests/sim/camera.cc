#include "tests/sim/camera.h"

#include <algorithm>
#include <utility>

namespace kvs::sim {
namespace {

// Offline: a demuxer gives so much before anything else of the process runs.
constexpr int kBurst = 50;
constexpr Duration kBurstInterval = Duration::Millis(1);
// Offline: how far a demuxer runs ahead on one track.
constexpr Duration kDemuxerAhead = Duration::Millis(800);
// As producer/remote_stream.cc: who waits for room looks again this often.
constexpr Duration kRoomInterval = Duration::Millis(100);
// Offline media is this much longer than the storm.
constexpr std::int64_t kOfflineFactor = 2;
// Media that does not count from 1970 begins somewhere.
constexpr MediaTime kRunningTime = MediaTime::FromSeconds(3600);

}  // namespace

Camera::Camera(Scheduler& scheduler, Draw draw, const SimOptions& options, StreamShell& stream,
               Ledger& ledger)
    : scheduler_(scheduler),
      draw_(draw),
      options_(options),
      stream_(stream),
      ledger_(ledger),
      offline_(options.config.streaming_type == StreamingType::kOffline),
      burst_(scheduler, [this] { PutBurst(); }) {
  for (std::size_t i = 0; i < options.tracks.size(); ++i) {
    feeds_.emplace_back(FrameSource(options.tracks[i], static_cast<std::uint8_t>(i), draw_.Fork()));
  }
}

void Camera::Start() {
  start_ = scheduler_.now();
  zero_ = options_.config.absolute_fragment_times ? MediaTime::FromNanos(stream_.now().wall.nanos())
                                                  : kRunningTime;
  for (Feed& feed : feeds_) {
    if (feed.source.plan().declared_late) {
      stream_.ExpectTrack(feed.source.track_id());
    } else {
      Declare(feed);
    }
    feed.over = feed.source.plan().silent;
    feed.timer = std::make_unique<Timer>(scheduler_, [this, &feed] { PutNext(feed); });
    Arm(feed);
  }
  if (offline_) {
    burst_.Set(start_);
    stream_.set_on_change([this] {
      if (!done_ && !paused_) {
        burst_.Set(scheduler_.now());
      }
    });
  }
}

void Camera::Declare(Feed& feed) {
  feed.declared = true;
  const Status status =
      stream_.SetTrack(feed.source.Describe(feed.source.next().payload.codec_version));
  if (!status.ok() && status.code() != StatusCode::kStopped) {
    ledger_.Fail("SetTrack was refused: " + status.ToString());
  }
}

MediaTime Camera::TimeOf(const Feed& feed, Duration since_start) const {
  const TrackPlan& plan = feed.source.plan();
  const Duration time = plan.starts_after + since_start;
  return zero_ + shift_ + time +
         (plan.jump ? plan.jump->by * plan.jump->Count(time) : Duration());
}

void Camera::Arm(Feed& feed) {
  if (offline_ || feed.over || paused_ || ended_) {
    return;
  }
  const TrackPlan& plan = feed.source.plan();
  const MonoTime taken =
      start_ + shift_ + plan.starts_after + plan.latency + feed.source.next().decode;
  feed.last_put = std::max(feed.last_put, taken + draw_.Between(Duration(), plan.jitter));
  feed.timer->Set(feed.last_put);
}

void Camera::Pause() {
  if (!std::exchange(paused_, true)) {
    paused_at_ = scheduler_.now();
    for (Feed& feed : feeds_) {
      if (feed.timer != nullptr) {  // null before Start
        feed.timer->Cancel();
      }
    }
    burst_.Cancel();
  }
}

void Camera::Resume() {
  if (!std::exchange(paused_, false)) {
    return;
  }
  ended_ = false;
  if (offline_) {
    burst_.Set(scheduler_.now());
    return;
  }
  shift_ += scheduler_.now() - paused_at_;
  for (Feed& feed : feeds_) {
    Arm(feed);
  }
}

bool Camera::Over(const Feed& feed) const {
  const TrackPlan& plan = feed.source.plan();
  const Duration at = feed.source.next().decode;
  return (plan.ends_after && at >= *plan.ends_after) ||
         (offline_ && options_.media_ends && at >= options_.storm * kOfflineFactor);
}

void Camera::Finish(Feed& feed) {
  feed.over = true;
  if (feed.source.plan().tells_end || offline_) {
    stream_.EndTrack(feed.source.track_id());
  }
}

void Camera::PutNext(Feed& feed) {
  if (paused_ || ended_) {
    return;
  }
  if (Over(feed)) {
    Finish(feed);
  } else if (PutOne(feed) == Put::kOver) {
    feed.over = true;
  }
  Arm(feed);
}

Camera::Put Camera::PutOne(Feed& feed) {
  const FrameSource::Item item = feed.source.next();
  const TrackPlan& plan = feed.source.plan();
  if (!feed.declared || (item.new_codec_data && plan.kind == MediaKind::kH264Avc)) {
    Declare(feed);
  }
  MakePayload(plan.kind, item.payload, payload_);
  Frame frame;
  frame.track_id = feed.source.track_id();
  frame.pts = TimeOf(feed, item.present) - draw_.Between(Duration(), plan.shake);
  if (plan.b_frames > 0 && plan.with_dts) {
    frame.dts = TimeOf(feed, item.decode);
  }
  frame.duration = plan.with_duration ? plan.frame_interval : Duration();
  frame.key_frame = item.payload.key_frame;
  frame.discardable = item.discardable;
  frame.data = payload_;
  if (!std::exchange(epoch_known_, true)) {
    ledger_.SetEpoch(stream_.now().wall - frame.pts.since_origin());
  }
  if (options_.metadata_chance > 0 && draw_.Chance(options_.metadata_chance)) {
    PutMetadata();
  }
  const StreamCore::PutOutcome outcome = stream_.PutFrame(frame);
  if (!outcome.wait_for_room) {
    ++put_;
    if (outcome.status.ok()) {
      const Duration time = plan.starts_after + item.present;
      ledger_.OnAccepted(item.payload.name, frame.pts, plan.jump ? plan.jump->Count(time) : 0);
    } else {
      ledger_.OnRefused(outcome.status.code());
    }
    feed.source.Advance();
  }
  stream_.Settle();
  if (outcome.wait_for_room) {
    if (!offline_) {
      ledger_.Fail("I7: a realtime stream asks its caller to wait");
    }
    return Put::kWait;
  }
  const bool ended =
      outcome.status.code() == StatusCode::kStopped || !stream_.core().failure().ok();
  return ended ? Put::kOver : Put::kDone;
}

void Camera::PutMetadata() {
  FragmentMetadata metadata;
  metadata.persistent = draw_.Chance(0.2);
  metadata.name = metadata.persistent ? "p" + std::to_string(draw_.Between(0, 2)) : Ledger::kOnceName;
  metadata.value = std::to_string(metadata_);
  if (metadata.persistent && draw_.Chance(0.3)) {
    metadata.value.clear();
  }
  const bool persistent = metadata.persistent;
  const Status status = stream_.PutMetadata(std::move(metadata));
  if (status.ok()) {
    if (!persistent) {
      ledger_.OnMetadata(metadata_++);
    }
  } else if (status.code() != StatusCode::kMetadataLimit && status.code() != StatusCode::kStopped &&
             stream_.core().failure().ok()) {
    ledger_.Fail("metadata was refused: " + status.ToString());
  }
}

Camera::Feed* Camera::NextOffline() {
  Feed* first = nullptr;
  for (Feed& feed : feeds_) {
    if (!feed.over && Over(feed)) {
      Finish(feed);
    }
    const auto at = [](const Feed& of) {
      return of.source.plan().starts_after + of.source.next().decode;
    };
    if (!feed.over && (first == nullptr || at(feed) < at(*first) ||
                       (at(feed) < at(*first) + kDemuxerAhead && draw_.Chance(0.2)))) {
      first = &feed;
    }
  }
  return first;
}

void Camera::PutBurst() {
  if (paused_ || done_) {
    return;
  }
  for (int i = 0; i < kBurst; ++i) {
    Feed* feed = NextOffline();
    const Put put = feed == nullptr ? Put::kOver : PutOne(*feed);
    if (put == Put::kOver) {
      done_ = true;
      return;
    }
    if (put == Put::kWait) {
      burst_.Set(scheduler_.now() + kRoomInterval);
      return;
    }
  }
  burst_.Set(scheduler_.now() + kBurstInterval);
}

}  // namespace kvs::sim
