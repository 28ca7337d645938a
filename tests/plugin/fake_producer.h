#ifndef KVS_TESTS_PLUGIN_FAKE_PRODUCER_H_
#define KVS_TESTS_PLUGIN_FAKE_PRODUCER_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "kvs/producer.h"

namespace kvs::plugin {

// A frame as it was put, with a copy of its bytes.
struct PutRecord {
  Frame frame;
  std::vector<std::uint8_t> bytes;
};

// A stream without a network: remembers what it was told, and says what the test wants.
// Thread: any.
class FakeStream final : public Stream {
 public:
  FakeStream(StreamConfig config, std::shared_ptr<StreamListener> listener)
      : config_(std::move(config)), listener_(std::move(listener)) {}
  ~FakeStream() override {
    JoinCallbacks();
    if (when_destroyed_) {
      when_destroyed_();
    }
  }

  void ExpectTrack(std::uint32_t track_id) override {
    const std::lock_guard lock(mutex_);
    expected_.push_back(track_id);
  }

  Status SetTrack(const Track& track) override {
    const std::lock_guard lock(mutex_);
    if (!track_status_.ok()) {
      return track_status_;
    }
    tracks_.push_back(track);
    return {};
  }

  void EndTrack(std::uint32_t track_id) override {
    const std::lock_guard lock(mutex_);
    ended_.push_back(track_id);
  }

  Status PutFrame(const Frame& frame) override {
    std::unique_lock lock(mutex_);
    if (full_) {
      ++waiting_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return flushing_ || !full_; });
      --waiting_;
      changed_.notify_all();
      if (full_) {
        return {StatusCode::kCancelled, "flushing"};
      }
    }
    if (!put_status_.ok()) {
      return put_status_;
    }
    if (time_outs_ > 0) {
      --time_outs_;
      return {StatusCode::kTimedOut, "no room for a frame"};
    }
    PutRecord record{frame, {frame.data.begin(), frame.data.end()}};
    record.frame.data = {};
    frames_.push_back(std::move(record));
    return {};
  }

  Status EndFragment() override { return {}; }
  Status PutMetadata(FragmentMetadata metadata) override {
    const std::lock_guard lock(mutex_);
    if (!metadata_status_.ok()) {
      return metadata_status_;
    }
    metadata_.push_back(std::move(metadata));
    return {};
  }
  Status PutEvent(const MediaEvent& event) override {
    const std::lock_guard lock(mutex_);
    if (event_status_.ok()) {
      media_events_.push_back(event);
    }
    return event_status_;
  }

  void Reconnect() override {}
  Status ReadySync(Duration /*timeout*/) override { return {}; }
  void SetFlushing(bool flushing) override {
    const std::lock_guard lock(mutex_);
    flushing_ = flushing;
    changed_.notify_all();
  }

  void Drain(Duration timeout) override {
    const std::lock_guard lock(mutex_);
    drains_.push_back(timeout);
    if (drains_by_itself_) {
      Drained drained;
      drained.complete = true;
      callbacks_.emplace_back(
          [listener = listener_, drained] { listener->OnStreamEvent(drained); });
    }
  }

  void Stop(Duration timeout) override {
    const std::lock_guard lock(mutex_);
    stops_.push_back(timeout);
    // The real one lets its listener go when Stopped was told; here the test decides, see Emit.
  }

  Status StopSync(Duration timeout) override {
    Stop(timeout);
    return {};
  }

  bool Trigger() override { return Switch(true); }
  bool Untrigger() override { return Switch(false); }

  StreamMetrics metrics() const override {
    const std::lock_guard lock(mutex_);
    StreamMetrics metrics = metrics_;
    metrics.frames_put = frames_.size();
    return metrics;
  }

  // On a thread of its own, as the library does; returns when the listener has returned.
  void Emit(const StreamEvent& event) {
    std::thread([&] { listener_->OnStreamEvent(event); }).join();
  }

  // Returns when no callback that Drain started runs any more. Must come before a test ends: a
  // callback may hold the last reference to the element, and with it to this stream.
  void JoinCallbacks() {
    std::vector<std::thread> threads;
    {
      const std::lock_guard lock(mutex_);
      threads.swap(callbacks_);
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }

  std::vector<FragmentMetadata> metadata() {
    const std::lock_guard lock(mutex_);
    return metadata_;
  }

  // Waits until `count` calls of PutFrame wait for room.
  void AwaitWaiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ == count; });
  }
  void set_full(bool full) {
    const std::lock_guard lock(mutex_);
    full_ = full;
    changed_.notify_all();
  }
  void set_put_status(Status status) {
    const std::lock_guard lock(mutex_);
    put_status_ = std::move(status);
  }
  // So many calls of PutFrame end without room.
  void set_time_outs(int count) {
    const std::lock_guard lock(mutex_);
    time_outs_ = count;
  }
  void set_event_status(Status status) {
    const std::lock_guard lock(mutex_);
    event_status_ = std::move(status);
  }
  void set_track_status(Status status) {
    const std::lock_guard lock(mutex_);
    track_status_ = std::move(status);
  }
  void set_metadata_status(Status status) {
    const std::lock_guard lock(mutex_);
    metadata_status_ = std::move(status);
  }
  void set_metrics(StreamMetrics metrics) {
    const std::lock_guard lock(mutex_);
    metrics_ = metrics;
  }
  // Runs in the destructor.
  void set_when_destroyed(std::function<void()> call) { when_destroyed_ = std::move(call); }
  void set_drains_by_itself(bool value) { drains_by_itself_ = value; }

  const StreamConfig& config() const { return config_; }
  std::vector<MediaEvent> media_events() const { return Copy(media_events_); }
  std::vector<PutRecord> frames() const { return Copy(frames_); }
  std::vector<Track> tracks() const { return Copy(tracks_); }
  std::vector<std::uint32_t> expected() const { return Copy(expected_); }
  std::vector<std::uint32_t> ended() const { return Copy(ended_); }
  std::vector<Duration> drains() const { return Copy(drains_); }
  std::vector<Duration> stops() const { return Copy(stops_); }
  // Each call of Trigger (true) and Untrigger.
  std::vector<bool> triggers() const { return Copy(triggers_); }
  bool flushing() const { return Copy(flushing_); }

 private:
  bool Switch(bool on) {
    const std::lock_guard lock(mutex_);
    triggers_.push_back(on);
    return config_.pre_roll > Duration() && std::exchange(triggered_, on) != on;
  }
  template <typename T>
  T Copy(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }

  const StreamConfig config_;
  const std::shared_ptr<StreamListener> listener_;
  bool drains_by_itself_ = false;
  std::function<void()> when_destroyed_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<FragmentMetadata> metadata_;
  std::vector<MediaEvent> media_events_;
  std::vector<PutRecord> frames_;
  std::vector<Track> tracks_;
  std::vector<std::uint32_t> expected_;
  std::vector<std::uint32_t> ended_;
  std::vector<Duration> drains_;
  std::vector<Duration> stops_;
  std::vector<std::thread> callbacks_;
  Status put_status_;
  Status track_status_;
  Status metadata_status_;
  Status event_status_;
  StreamMetrics metrics_;
  std::vector<bool> triggers_;
  bool triggered_ = false;
  bool full_ = false;
  bool flushing_ = false;
  int waiting_ = 0;
  int time_outs_ = 0;
};

// What the element opened, in order; outlives the element.
struct FakeWorld {
  std::vector<ProducerConfig> producers;
  std::vector<std::shared_ptr<FakeStream>> streams;
  Status producer_status;
  Status stream_status;
  ProducerMetrics producer_metrics;
  bool streams_drain_by_themselves = false;
};

class FakeProducer final : public Producer {
 public:
  explicit FakeProducer(std::shared_ptr<FakeWorld> world) : world_(std::move(world)) {}

  Result<std::shared_ptr<Stream>> OpenStream(StreamConfig config,
                                             std::shared_ptr<StreamListener> listener) override {
    if (!world_->stream_status.ok()) {
      return world_->stream_status;
    }
    world_->streams.push_back(std::make_shared<FakeStream>(std::move(config), std::move(listener)));
    world_->streams.back()->set_drains_by_itself(world_->streams_drain_by_themselves);
    return std::shared_ptr<Stream>(world_->streams.back());
  }
  ProducerMetrics metrics() const override { return world_->producer_metrics; }

 private:
  const std::shared_ptr<FakeWorld> world_;
};

}  // namespace kvs::plugin

#endif  // KVS_TESTS_PLUGIN_FAKE_PRODUCER_H_
