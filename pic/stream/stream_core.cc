#include "pic/stream/stream_core.h"

#include <algorithm>
#include <utility>

#include "pic/base/random.h"

namespace kvs {
namespace {

// Between two looks at a stream that is being created. Most are there at once, and media waits; each wait is four times the last
// one, so that the first second has no more looks than the quota of DescribeStream allows: five for each stream.
constexpr Duration kFirstPoll = Duration::Millis(20);
constexpr Duration kLongestPoll = Duration::Seconds(4);
constexpr int kPollGrowth = 4;
// A closed body is normally answered at once; a service that does not is not waited for longer.
constexpr Duration kCloseGrace = Duration::Seconds(1);
// How far one track may be ahead of another in media time before the other counts as silent. A file's demuxer fills its queues
// one after the other, about a second each; an encoder behind one of them may look ahead by 50 frames, seconds at a low rate.
constexpr Duration kMaxAhead = Duration::Seconds(30);
constexpr std::string_view kTitle = "Kinesis Video";
// What waits to be sent is not told to be late any more when it is down to half of the limit.
constexpr PressureSwitch::Levels kLatencyLevels{1.0, 0.5};

std::int64_t UnitsPerSecond(const StreamConfig& config) {
  return std::max<std::int64_t>(1, Duration::Seconds(1).nanos() / config.timecode_scale.nanos());
}

Fragmenter::Options FragmenterOptions(const StreamConfig& config) {
  return {UnitsPerSecond(config), config.key_frame_fragmentation,
          config.fragment_duration.nanos() / config.timecode_scale.nanos()};
}

Interleaver::Options InterleaverOptions(const StreamConfig& config) {
  const bool offline = config.streaming_type == StreamingType::kOffline;
  return {offline ? std::nullopt : std::optional(config.interleave_delay), kMaxAhead};
}

}  // namespace

StreamCore::StreamCore(Options options)
    : options_(std::move(options)),
      log_(options_.log, "kvs-stream", options_.config.name),
      fragmenter_(FragmenterOptions(options_.config)),
      units_per_second_(UnitsPerSecond(options_.config)),
      store_(options_.pool, options_.config.streaming_type == StreamingType::kOffline),
      index_(store_),
      interleaver_(InterleaverOptions(options_.config)),
      pre_roll_(options_.config.pre_roll),
      tracks_(std::make_shared<TrackSet>()),
      epoch_(options_.config.media_epoch),
      call_retries_{RetryPolicy({}, options_.seed + 1), RetryPolicy({}, options_.seed + 2),
                    RetryPolicy({}, options_.seed + 3), RetryPolicy({}, options_.seed + 4)},
      session_retries_({}, options_.seed) {
  Random random(options_.seed + 5);
  for (std::uint8_t& byte : segment_.uid) {
    byte = static_cast<std::uint8_t>(random.Below(256));
  }
  segment_.uid[0] |= 1;  // all zero is not allowed
  segment_.uid = options_.config.segment_uid.value_or(segment_.uid);
  segment_.timecode_scale_ns = static_cast<std::uint64_t>(options_.config.timecode_scale.nanos());
  pressures_[static_cast<std::size_t>(PressureKind::kLatency)] = PressureSwitch(kLatencyLevels);
  segment_.title = kTitle;
  segment_.app = options_.app;
}

void StreamCore::Run(const machine::Event& event, Now now, Duration retry_after) {
  const StreamConfig& config = options_.config;
  const machine::Facts facts{config.allow_creation && !config.assume_exists, !config.tags.empty() && !config.assume_exists,
                             config.assume_exists};
  // Whose failure a back-off answers.
  const bool calling = std::holds_alternative<machine::Calling>(state_);
  RetryPolicy& policy = Retries();
  machine::Step step = machine::OnEvent(state_, event, facts);
  if (step.next.index() != state_.index()) {
    Tell(LogLevel::kInfo, std::string(machine::Name(state_)) + " -> " + std::string(machine::Name(step.next)) + " on " +
                              std::string(machine::Name(event)));
  }
  state_ = step.next;
  if (calling && std::holds_alternative<machine::Ready>(state_)) {
    was_ready_ = true;
    Emit(StreamReady{});
  }
  for (const machine::Action action : step.actions) {
    switch (action) {
      case machine::Action::kCall:
        ++tries_;
        call_began_ = now.mono;
        actions_.emplace_back(MakeCall{std::get<machine::Calling>(state_).call});
        break;
      case machine::Action::kOpenSession:
        StartSession(now);
        break;
      case machine::Action::kBackOff:
        counts_.call_retries += calling ? 1U : 0U;
        BackOff(policy, calling, retry_after, now);
        break;
      case machine::Action::kPoll:
        poll_ = std::clamp(poll_ * kPollGrowth, kFirstPoll, kLongestPoll);
        backoff_until_ = now.mono + poll_;
        break;
      case machine::Action::kRefreshCredentials:
        actions_.emplace_back(RefreshCredentials{});
        break;
      case machine::Action::kFail:
        Fail(last_failure_, now);
        break;
      case machine::Action::kWarn:
        Tell(LogLevel::kWarn, last_failure_.ToString() + "; going on without");
        break;
    }
  }
}

RetryPolicy& StreamCore::Retries() {
  const auto* calling = std::get_if<machine::Calling>(&state_);
  return calling != nullptr ? call_retries_[static_cast<std::size_t>(calling->call)] : session_retries_;
}

void StreamCore::BackOff(RetryPolicy& policy, bool calling, Duration at_least, Now now) {
  // What was tried before the first failure is not a retry.
  const auto fails = [](const RetryPolicy& one) { return one.failures() > 0; };
  const bool again = fails(session_retries_) || std::any_of(call_retries_.begin(), call_retries_.end(), fails);
  const int tries = std::exchange(tries_, 0);
  backoff_ = std::max(policy.Next(at_least), retry_budget_.Take(again ? tries : 1, now.mono));
  backoff_until_ = now.mono + backoff_;
  if (next_session_at_) {
    backoff_until_ = std::max(*backoff_until_, *next_session_at_);
  }
  ReportDisconnected(calling, backoff_);
}

// Opens a session when there is something to send and none is open for it.
void StreamCore::Pump(Now now) {
  if (!std::holds_alternative<machine::Ready>(state_) || current_ != 0) {
    return;
  }
  if (next_session_at_ && now.mono < *next_session_at_) {
    return;
  }
  const std::optional<std::uint64_t> queued = index_.FirstQueued();
  if (queued && index_.fragment(*queued).frames > 0) {
    Run(machine::MediaWaiting{}, now);
  }
}

// A call was answered: its failures in a row are over.
void StreamCore::CallAnswered(Now now) {
  refusals_ = 0;
  worked_ = true;
  if (std::holds_alternative<machine::Calling>(state_)) {
    Retries().Reset();
    StreamMeter::Note(counts_.control_call, now.mono - call_began_);
  }
}

void StreamCore::OnDescribed(machine::ServiceState state, Now now) {
  CallAnswered(now);
  poll_ = state == machine::ServiceState::kActive ? Duration() : poll_;
  Run(machine::Described{state}, now);
}

void StreamCore::OnCallDone(Now now) {
  CallAnswered(now);
  Run(machine::CallDone{}, now);
  Pump(now);
}

void StreamCore::OnCallFailed(Status status, Duration retry_after, Now now) {
  last_failure_ = std::move(status);
  int tries = 1;
  if (std::holds_alternative<machine::Calling>(state_)) {
    tries += Retries().failures();
    StreamMeter::Note(counts_.control_call, now.mono - call_began_);
  }
  Run(machine::CallFailed{FailureCode(), tries}, now, retry_after);
}

// A refusal is final only when fresh credentials are refused as well: those in use may have been replaced. Neither that nor a
// source without credentials is final for a stream that has worked: a permission that was taken away by mistake comes back, a
// file that is just being written is complete in a moment, and so does the camera go on. Credentials have worked once a call was
// answered; that media may be put is only known from media.
StatusCode StreamCore::FailureCode() {
  const bool none = last_failure_.code() == StatusCode::kNoCredentials || last_failure_.code() == StatusCode::kCredentialsRefused;
  if (none && worked_) {
    return StatusCode::kCredentialsExpired;
  }
  if (last_failure_.code() != StatusCode::kNotAuthorized) {
    return last_failure_.code();
  }
  ++refusals_;
  return refusals_ == 1 || counts_.fragments_persisted > 0 ? StatusCode::kCredentialsExpired : StatusCode::kNotAuthorized;
}

void StreamCore::OnStreamCreated(std::string arn) { Emit(StreamCreated{std::move(arn)}); }

void StreamCore::ReportDisconnected(bool calling, Duration retry_in) {
  if (outage_ == last_failure_.code() || (last_failure_.code() == StatusCode::kNotAuthorized && refusals_ == 1)) {
    return;  // told already; or the next credentials may do
  }
  outage_ = last_failure_.code();
  Tell(LogLevel::kWarn, last_failure_.ToString() + "; trying again");
  Emit(Disconnected{last_failure_, retry_in, index_.live_fragments(), calling});
}

void StreamCore::Fail(Status status, Now now) {
  if (!failure_.ok()) {
    return;
  }
  Tell(LogLevel::kError, status.ToString());
  failure_ = std::move(status);
  while (!sessions_.empty()) {
    Abort(sessions_.front().upload->id(), now);
  }
  if (!draining_) {
    // Told before the failure, at which a program may stop listening.
    FileAll();
    GiveUpKept();
    LoseRest(failure_);
    ReportLosses(now, /*all=*/true);
  }
  Emit(StreamFailed{failure_});
  if (draining_) {
    FinishDrain(/*complete=*/false, now);
  }
}

void StreamCore::LoseRest(const Status& reason) {
  for (std::uint64_t number = index_.begin(); number != index_.end(); ++number) {
    if (index_.Has(number) && !index_.fragment(number).Done()) {
      LoseFragment(number, LossReason::kStopped, reason);
    }
  }
}

void StreamCore::Drain(Duration timeout, bool stop, Now now) {
  if (closed_) {
    return;
  }
  if (stop && stopping_) {
    if (draining_) {
      draining_->deadline = std::min(draining_->deadline, now.mono + std::min(timeout, kLongestDuration));
    }
    return;
  }
  stopping_ = stopping_ || stop;
  FileAll();
  GiveUpKept();
  FinishFragment();
  if (stop && metadata_.HasLeftOver()) {
    Tell(LogLevel::kWarn, "metadata was put and no fragment followed that it could go with");
  }
  const MonoTime deadline = now.mono + std::min(timeout, kLongestDuration);
  draining_ = Draining{index_.end(), deadline};
  if (!failure_.ok()) {
    FinishDrain(/*complete=*/false, now);
    return;
  }
  Pump(now);
  WakeAll();
  CheckDrain(now);
}

bool StreamCore::Trigger(Now now) {
  if (!Takes().ok() || !pre_roll_.keeping()) {
    return false;
  }
  Emit(TriggerChanged{true, pre_roll_.size(), pre_roll_.span()});
  Tell(LogLevel::kInfo, "triggered, with " + std::to_string(pre_roll_.span().millis()) + " ms of media");
  pre_roll_.Trigger();
  triggered_at_ = now.mono;
  finishing_ = false;
  FileKept();
  Pump(now);
  WakeAll();
  return true;
}

bool StreamCore::Untrigger(Now now) {
  if (!Takes().ok() || !pre_roll_.triggered()) {
    return false;
  }
  FileAll();
  FinishFragment();
  pre_roll_.Untrigger();
  finishing_ = true;
  Emit(TriggerChanged{});
  Tell(LogLevel::kInfo, "not triggered any more");
  Pump(now);
  WakeAll();
  CheckDrain(now);
  return true;
}

Status StreamCore::EndFragment(Now now) {
  if (Status status = Takes(); !status.ok()) {
    return status;
  }
  FileAll();
  if (index_.open_fragment() == nullptr) {
    return {StatusCode::kInvalidState, "no fragment is open"};
  }
  FinishFragment();
  Pump(now);
  WakeAll();
  return {};
}

void StreamCore::Reconnect(Now now) {
  if (sessions_.empty() || closed_) {
    return;
  }
  Tell(LogLevel::kInfo, "a new connection was asked for");
  const bool sending = current_ != 0;
  while (!sessions_.empty()) {
    const std::uint64_t session = sessions_.front().upload->id();
    RollBack(session, /*host_alive=*/true);
    Abort(session, now);
  }
  if (sending) {
    Run(machine::SessionDone{}, now);
  }
  Pump(now);
  CheckDrain(now);
  CloseIfDone(now);
}

// The connection that the trigger needed is let go when it has brought everything home.
void StreamCore::CheckFinished(Now now) {
  if (!finishing_ || index_.live_fragments() > 0 || !failure_.ok()) {
    return;
  }
  finishing_ = false;
  Tell(LogLevel::kInfo, "what was triggered is done");
  Emit(TriggerFinished{counts_.fragments_persisted});
  EndCurrent(now);
}

void StreamCore::CheckDrain(Now now) {
  CheckFinished(now);
  if (!draining_) {
    return;
  }
  for (std::uint64_t number = index_.begin(); number < std::min(draining_->until, index_.end()); ++number) {
    if (!index_.fragment(number).Done()) {
      return;
    }
  }
  FinishDrain(/*complete=*/true, now);
}

void StreamCore::FinishDrain(bool complete, Now now) {
  draining_.reset();
  if (stopping_ || !failure_.ok()) {
    FileAll();  // so that it is counted
    GiveUpKept();
  }
  Drained report;
  report.complete = complete;
  report.frames_left = index_.live_frames();
  report.duration_left = options_.config.timecode_scale * index_.LiveSpan();
  report.reason = complete ? Status() : !failure_.ok() ? failure_ : last_failure_;
  if (stopping_ || !failure_.ok()) {
    LoseRest(report.reason);
  }
  report.fragments_persisted = counts_.fragments_persisted;
  CheckFinished(now);
  ReportLosses(now, /*all=*/true);
  Tell(complete ? LogLevel::kInfo : LogLevel::kWarn,
       complete ? "drained" : "the drain ended with " + std::to_string(report.frames_left) + " frames left");
  Emit(std::move(report));
  if (complete || stopping_) {
    EndCurrent(now);
  }
  if (stopping_) {
    Run(machine::Close{}, now);
    close_at_ = now.mono + (complete ? kCloseGrace : Duration());
    CloseIfDone(now);
  }
}

void StreamCore::CloseIfDone(Now now) {
  if (!close_at_ || closed_) {
    return;
  }
  if (now.mono >= *close_at_) {
    while (!sessions_.empty()) {
      Abort(sessions_.front().upload->id(), now);
    }
  }
  if (sessions_.empty()) {
    closed_ = true;
    store_.Retire();
    Emit(Stopped{});
  }
}

void StreamCore::ReportLosses(Now now, bool all) {
  for (FramesLost& loss : losses_.Take(now.mono, all)) {
    Tell(LogLevel::kWarn, std::to_string(loss.frames) + " frames were lost");
    Emit(std::move(loss));
  }
}

void StreamCore::CheckPressure() {
  const StreamConfig& config = options_.config;
  if (config.streaming_type == StreamingType::kOffline) {
    return;  // it is meant to fill up: it waits, and that is no trouble
  }
  const Duration stored = config.timecode_scale * index_.LiveSpan();
  const Duration unsent = config.timecode_scale * index_.UnsentSpan();
  const auto part = [](Duration of, Duration limit) {
    return limit <= Duration() ? 0.0 : static_cast<double>(of.nanos()) / static_cast<double>(limit.nanos());
  };
  const std::array<double, 3> levels = {store_.fill(), part(stored, config.buffer_duration),
                                        config.max_latency > Duration() ? part(unsent, config.max_latency + config.pre_roll) : 0.0};
  const std::array<std::uint64_t*, 3> counters = {&counts_.store_pressures, &counts_.window_pressures,
                                                  &counts_.latency_pressures};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (pressures_[i].Update(levels[i])) {
      *counters[i] += pressures_[i].on() ? 1U : 0U;
      Emit(Pressure{static_cast<PressureKind>(i), pressures_[i].on(), store_.bytes(), stored, unsent});
    }
  }
}

void StreamCore::OnTimer(Now now) {
  if (closed_) {
    return;
  }
  FileInOrder(now.mono);
  if (backoff_until_ && now.mono >= *backoff_until_) {
    backoff_until_.reset();
    backoff_ = Duration();
    // Nobody waits for a session that a trigger needed.
    const bool gone = pre_roll_.keeping() && index_.live_fragments() == 0 &&
                      std::holds_alternative<machine::Reconnecting>(state_);
    Run(gone ? machine::Event(machine::MediaGone{}) : machine::Event(machine::BackoffOver{}), now);
  }
  if (const std::optional<MonoTime> idle = idle_at(); idle && now.mono >= *idle) {
    Tell(LogLevel::kInfo, "idle: the open fragment is closed and the connection let go");
    FileAll();
    FinishFragment();
    EndCurrent(now);
  }
  CheckSessions(now);
  CheckPressure();
  Pump(now);
  WakeAll();
  CheckDrain(now);
  if (draining_ && now.mono >= draining_->deadline) {
    FinishDrain(/*complete=*/false, now);
  }
  ReportLosses(now, /*all=*/false);
  CloseIfDone(now);
}

std::optional<MonoTime> StreamCore::idle_at() const {
  const bool open = !index_.empty() && index_.fragment(index_.end() - 1).open;
  return open || !interleaver_.empty() ? std::optional(last_put_ + options_.config.idle_timeout) : std::nullopt;
}

std::optional<MonoTime> StreamCore::deadline() const {
  std::optional<MonoTime> first;
  const auto consider = [&first](std::optional<MonoTime> time) {
    if (time && (!first || *time < *first)) {
      first = time;
    }
  };
  if (closed_) {
    return first;
  }
  consider(backoff_until_);
  consider(interleaver_.deadline());
  consider(losses_.deadline());
  consider(close_at_);
  if (std::holds_alternative<machine::Ready>(state_) && current_ == 0 && index_.live_fragments() > 0) {
    consider(next_session_at_);
  }
  if (draining_) {
    consider(draining_->deadline);
  }
  consider(idle_at());
  for (const Live& live : sessions_) {
    if (live.upload->id() == current_ && !live.upload->ending()) {
      consider(live.rotate_at);
    }
    if (live.body_ended) {
      consider(*live.body_ended + kEndOfAnswer);
    }
    if (live.unacked_since && options_.config.connection_staleness > Duration()) {
      consider(*live.unacked_since + options_.config.connection_staleness);
    }
  }
  return first;
}

std::vector<StreamCore::Action> StreamCore::TakeActions(std::vector<Action> memory) {
  return std::exchange(actions_, std::move(memory));
}
std::vector<StreamEvent> StreamCore::TakeEvents() { return std::exchange(events_, {}); }

StreamMetrics StreamCore::metrics(MonoTime now) const {
  StreamMetrics metrics = counts_;
  metrics.stored_bytes = store_.bytes();
  metrics.stored_frames = index_.live_frames() + interleaver_.size() + pre_roll_.size();
  metrics.stored_fragments = index_.live_fragments();
  metrics.stored_duration = options_.config.timecode_scale * index_.LiveSpan() + pre_roll_.span();
  const FragmentIndex::Waiting unsent = index_.Unsent();
  metrics.unsent_bytes = unsent.bytes;
  metrics.unsent_duration = options_.config.timecode_scale * unsent.span;
  meter_.Fill(metrics, now);
  metrics.current_backoff = backoff_;
  metrics.active_sessions = static_cast<std::uint32_t>(sessions_.size());
  for (const Live& live : sessions_) {
    metrics.acks_malformed += live.upload->acks().counters().malformed + live.upload->acks().counters().oversized;
    metrics.fragments_resent += live.upload->resent();
    metrics.bytes_resent += live.upload->bytes_resent();
  }
  return metrics;
}

}  // namespace kvs
