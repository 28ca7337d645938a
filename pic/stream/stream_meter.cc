#include "pic/stream/stream_meter.h"

#include <algorithm>

namespace kvs {
namespace {

constexpr double kNanosPerSecond = 1e9;
// A rate that nothing has added to for this long is not the rate any more.
constexpr Duration kRateIsOver = Duration::Seconds(5);

// After so many values an average has forgotten what was before.
constexpr int kManyFrames = 60;

double Seconds(Duration duration) { return static_cast<double>(duration.nanos()) / kNanosPerSecond; }
double PerSecond(double interval) { return interval > 0 ? 1 / interval : 0; }

}  // namespace

void StreamMeter::OnPut(std::optional<MediaTime> pts, MonoTime now) {
  if (last_put_ && now - *last_put_ < kRateIsOver) {
    put_interval_ = Follow(put_interval_, Seconds(now - *last_put_));
  }
  last_put_ = now;
  if (!pts) {
    return;
  }
  // Where frames are reordered, the way from one latest time to the next is that of all frames put between the two.
  ++frames_since_latest_;
  if (latest_pts_ && *pts <= *latest_pts_) {
    return;
  }
  if (latest_pts_ && *pts - *latest_pts_ < kRateIsOver) {
    const double interval = Seconds(*pts - *latest_pts_) / frames_since_latest_;
    for (int i = 0; i < frames_since_latest_ && i < kManyFrames; ++i) {
      pts_interval_ = Follow(pts_interval_, interval);
    }
  }
  latest_pts_ = *pts;
  frames_since_latest_ = 0;
}

void StreamMeter::OnSent(std::size_t bytes, MonoTime now) {
  if (!sample_began_ || now - *sample_began_ >= kRateIsOver) {
    sample_began_ = now;
    sample_bytes_ = 0;
  }
  sample_bytes_ += bytes;
  if (const Duration length = now - *sample_began_; length >= kTransferSample) {
    transfer_rate_ = Follow(transfer_rate_, static_cast<double>(sample_bytes_) / Seconds(length));
    sample_began_ = now;
    sample_bytes_ = 0;
  }
}

void StreamMeter::OnSessionEnded(Duration length) {
  ++sessions_ended_;
  sessions_length_ += length;
}

void StreamMeter::Note(LatencyMetrics& latency, Duration took) {
  ++latency.count;
  latency.last = took;
  latency.longest = std::max(latency.longest, took);
  const double average = latency.count == 1 ? Seconds(took) : Follow(Seconds(latency.average), Seconds(took));
  latency.average = Duration::Nanos(static_cast<std::int64_t>(average * kNanosPerSecond));
}

void StreamMeter::Fill(StreamMetrics& metrics, MonoTime now) const {
  const bool puts = last_put_ && now - *last_put_ < kRateIsOver;
  metrics.frame_rate = puts ? PerSecond(put_interval_) : 0;
  metrics.elementary_frame_rate = PerSecond(pts_interval_);
  metrics.transfer_rate = sample_began_ && now - *sample_began_ < kRateIsOver ? transfer_rate_ : 0;
  metrics.uptime = started_ ? now - *started_ : Duration();
  metrics.average_session =
      sessions_ended_ > 0 ? sessions_length_ / static_cast<std::int64_t>(sessions_ended_) : Duration();
}

}  // namespace kvs
