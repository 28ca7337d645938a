#include "producer/remote_stream.h"

#include <algorithm>
#include <utility>

#include "producer/stream_registry.h"

namespace kvs {
namespace {

// While a caller waits for room, it looks again this often: room can also come from another stream of the producer, which
// does not know who waits.
constexpr Duration kRoomInterval = Duration::Millis(100);
// StopSync waits this much longer than the core's own deadline.
constexpr Duration kStopMargin = Duration::Seconds(2);

StreamCore::Options CoreOptions(const ProducerContext& context, StreamConfig config, std::uint64_t seed) {
  StreamCore::Options options;
  options.config = std::move(config);
  options.pool = context.pool;
  options.seed = seed;
  options.app = context.app;
  options.log = context.config.log.get();
  return options;
}

std::chrono::nanoseconds ToChrono(Duration duration) { return std::chrono::nanoseconds(duration.nanos()); }

}  // namespace

RemoteStream::RemoteStream(std::shared_ptr<ProducerContext> context, StreamConfig config,
                           std::shared_ptr<StreamListener> listener, std::uint64_t seed)
    : context_(std::move(context)),
      callbacks_(listener != nullptr ? net::CallbackThread::Shared() : nullptr),
      media_(&net::NetworkThread::ForMedia(context_->config.network_threads.value_or(1))),
      core_(CoreOptions(*context_, std::move(config), seed)),
      listener_(std::move(listener)) {}

void RemoteStream::Open() {
  StreamRegistry::Shared().Add(shared_from_this());
  context_->network->loop().Post([self = shared_from_this()] {
    self->net_timer_ = self->context_->network->loop().timers().Add([stream = self.get()] {
      {
        const MutexLock lock(stream->mutex_);
        stream->core_.OnTimer(stream->now());
      }
      stream->RunActions();
    });
    self->context_->config.credentials->Observe(self);
    self->RunActions();
  });
}

void RemoteStream::Settle() {
  for (StreamEvent& event : core_.TakeEvents()) {
    TellListener(std::move(event));
  }
  const std::optional<MonoTime> deadline = core_.deadline();
  const bool sooner = deadline && (!armed_ || *deadline < *armed_);
  if ((core_.HasActions() || sooner || core_.closed()) && !posted_) {
    posted_ = true;
    context_->network->loop().Gather(std::shared_ptr<net::Task>(shared_from_this()));
  }
}

void RemoteStream::TellListener(StreamEvent event) {
  if (const auto* drained = std::get_if<Drained>(&event)) {
    last_drain_ = *drained;
  }
  if (listener_ == nullptr) {
    return;
  }
  const bool may_drop = std::holds_alternative<FragmentAcked>(event);
  const bool last = std::holds_alternative<Stopped>(event);
  // After the last one nothing of it is left here: dropped under the mutex, a listener that holds the stream would end it there.
  std::shared_ptr<StreamListener> listener = last ? std::move(listener_) : listener_;
  callbacks_->Post([listener = std::move(listener), event = std::move(event)] { listener->OnStreamEvent(event); }, may_drop);
}

void RemoteStream::RunActions() {
  // An action that fails at once comes here again, and may let go of the last reference.
  const auto self = shared_from_this();
  std::vector<StreamCore::Action> actions = std::exchange(net_spare_actions_, {});
  std::optional<MonoTime> deadline;
  bool closed = false;
  {
    const MutexLock lock(mutex_);
    posted_ = true;  // Settle need not post: this is the task
    Settle();
    posted_ = false;
    actions = core_.TakeActions(std::move(actions));
    deadline = core_.deadline();
    armed_ = deadline;
    closed = core_.closed();
  }
  changed_.NotifyAll();
  net::NetworkLoop& loop = context_->network->loop();
  loop.timers().Set(net_timer_, deadline);
  for (const StreamCore::Action& action : actions) {
    std::visit([this](const auto& one) { Do(one); }, action);
  }
  actions.clear();
  net_spare_actions_ = std::move(actions);
  if (closed && net_timer_ != 0) {
    loop.timers().Remove(std::exchange(net_timer_, 0));
    if (net_call_) {
      transport().Cancel(*std::exchange(net_call_, std::nullopt));
    }
    ++net_call_number_;
    media_->LetGo();
    StreamRegistry::Shared().Remove(this);  // may be the last reference
  }
}

void RemoteStream::ExpectTrack(std::uint32_t track_id) {
  const MutexLock lock(mutex_);
  // A track too many is refused by SetTrack, which tells.
  (void)core_.ExpectTrack(track_id, now()).ok();
  Settle();
}

Status RemoteStream::SetTrack(const Track& track) {
  const MutexLock lock(mutex_);
  Status status = core_.SetTrack(track, now());
  Settle();
  return status;
}

void RemoteStream::EndTrack(std::uint32_t track_id) {
  const MutexLock lock(mutex_);
  core_.EndTrack(track_id, now());
  Settle();
}

void RemoteStream::LogFrame(const Frame& frame) const {
  const Logger log(context_->config.log.get(), "kvs-stream", core_config().name);
  if (!context_->config.debug->log_frames || !log.Enabled(LogLevel::kDebug)) {
    return;
  }
  log.Write(LogLevel::kDebug, "frame: track " + std::to_string(frame.track_id) + ", pts " + std::to_string(frame.pts.nanos()) +
                                   " ns, dts " + (frame.dts ? std::to_string(frame.dts->nanos()) + " ns" : "unknown") +
                                   ", duration " + std::to_string(frame.duration.nanos()) + " ns, " +
                                   std::to_string(frame.data.size()) + " bytes" + (frame.key_frame ? ", key frame" : ""));
}

Status RemoteStream::PutFrame(const Frame& frame) {
  LogFrame(frame);
  const MutexLock lock(mutex_);
  std::optional<MonoTime> give_up;
  for (;;) {
    const Now time = now();
    StreamCore::PutOutcome outcome = core_.PutFrame(frame, time);
    Settle();
    if (!outcome.wait_for_room) {
      return std::move(outcome.status);
    }
    if (flushing_) {
      return {StatusCode::kCancelled, "the wait for room was ended by a flush"};
    }
    const Duration limit = core_.config().offline_wait;
    if (!give_up && limit > Duration()) {
      give_up = time.mono + limit;
    }
    if ((give_up && time.mono >= *give_up) || context_->network->ended()) {
      return {StatusCode::kTimedOut, "no room for a frame in " + std::to_string(limit.seconds()) + " s"};
    }
    changed_.WaitFor(mutex_, ToChrono(kRoomInterval));
  }
}

Status RemoteStream::EndFragment() {
  const MutexLock lock(mutex_);
  Status status = core_.EndFragment(now());
  Settle();
  return status;
}

void RemoteStream::Reconnect() {
  const MutexLock lock(mutex_);
  core_.Reconnect(now());
  Settle();
}

Status RemoteStream::ReadySync(Duration timeout) {
  const MonoTime give_up = now().mono + std::min(timeout, kLongestDuration);
  const MutexLock lock(mutex_);
  while (!core_.was_ready() && core_.failure().ok() && !core_.stopping() && now().mono < give_up && !context_->network->ended()) {
    changed_.WaitFor(mutex_, ToChrono(kRoomInterval));
  }
  if (core_.was_ready() || !core_.failure().ok()) {
    return core_.failure();
  }
  if (core_.stopping()) {
    return {StatusCode::kStopped, "the stream was stopped"};
  }
  const Status& last = core_.last_failure();
  return {StatusCode::kTimedOut, "stream " + core_.config().name + " was not ready in " + std::to_string(timeout.millis()) +
                                     " ms" + (last.ok() ? "" : ": " + last.ToString())};
}

Status RemoteStream::PutMetadata(FragmentMetadata metadata) {
  const MutexLock lock(mutex_);
  return core_.PutMetadata(std::move(metadata));
}

Status RemoteStream::PutEvent(const MediaEvent& event) {
  const MutexLock lock(mutex_);
  return core_.PutEvent(event);
}

void RemoteStream::SetFlushing(bool flushing) {
  {
    const MutexLock lock(mutex_);
    flushing_ = flushing;
  }
  changed_.NotifyAll();
}

void RemoteStream::Drain(Duration timeout) {
  const MutexLock lock(mutex_);
  core_.Drain(timeout, /*stop=*/false, now());
  Settle();
}

void RemoteStream::Stop(Duration timeout) {
  StreamRegistry::Shared().MarkStopping(this);
  {
    const MutexLock lock(mutex_);
    core_.Drain(timeout, /*stop=*/true, now());
    Settle();
  }
  changed_.NotifyAll();
}

Status RemoteStream::StopSync(Duration timeout) {
  Stop(timeout);
  const MonoTime give_up = now().mono + std::min(timeout, kLongestDuration) + kStopMargin;
  const MutexLock lock(mutex_);
  while (!core_.closed() && now().mono < give_up && !context_->network->ended()) {
    changed_.WaitFor(mutex_, ToChrono(kRoomInterval));
  }
  if (core_.closed() && last_drain_ && last_drain_->complete) {
    return {};
  }
  const std::uint64_t left = last_drain_ ? last_drain_->frames_left : core_.metrics(now().mono).stored_frames;
  const std::string why = last_drain_ && !last_drain_->reason.ok() ? ": " + last_drain_->reason.ToString() : "";
  return {StatusCode::kTimedOut, std::to_string(left) + " frames of stream " + core_.config().name +
                                     " were not stored by the service when it was stopped" + why};
}

bool RemoteStream::Trigger() {
  const MutexLock lock(mutex_);
  const bool changed = core_.Trigger(now());
  Settle();
  return changed;
}

bool RemoteStream::Untrigger() {
  const MutexLock lock(mutex_);
  const bool changed = core_.Untrigger(now());
  Settle();
  return changed;
}

StreamMetrics RemoteStream::metrics() const {
  const MutexLock lock(mutex_);
  return core_.metrics(now().mono);
}

bool RemoteStream::closed() const {
  const MutexLock lock(mutex_);
  return core_.closed();
}

bool RemoteStream::stopping() const {
  const MutexLock lock(mutex_);
  return core_.stopping();
}

}  // namespace kvs
