// Bytes out and acks in: the connections of a stream.
#include <algorithm>
#include <utility>

#include "kvs/ack.h"
#include "pic/stream/stream_core.h"

namespace kvs {
namespace {

// Sessions of one stream are not opened closer than this. Source: PutMedia quota of 5 calls per second and stream.
// A little more than a fifth of a second, since what leaves in time may come closer together on the way.
constexpr Duration kSessionSpacing = Duration::Millis(250);
// A connection is replaced this long before its credentials expire, so that its last acks still arrive; but not sooner
// than a minute after it began: credentials that are that short-lived are for the service to judge.
constexpr Duration kBeforeExpiry = Duration::Seconds(30);
constexpr Duration kShortestSession = Duration::Minutes(1);

}  // namespace

StreamCore::Live* StreamCore::FindLive(std::uint64_t session) {
  for (Live& live : sessions_) {
    if (live.upload->id() == session) {
      return &live;
    }
  }
  return nullptr;
}

void StreamCore::StartSession(Now now) {
  const std::uint64_t first = index_.FirstQueued().value_or(index_.end());
  UploadSession::Options options;
  options.segment = segment_;
  WallTime start = now.wall;
  if (!options_.config.absolute_fragment_times) {
    options.timecode_base = index_.Has(first) ? index_.fragment(first).earliest : std::max<std::int64_t>(0, index_.floor());
    start = epoch_.value_or(WallTime()) + TimeOf(options.timecode_base).since_origin();
  }
  current_ = ++last_session_;
  next_session_at_ = now.mono + kSessionSpacing;
  Live live;
  live.upload = std::make_unique<UploadSession>(current_, std::move(options), index_, first);
  live.opened = now.mono;
  live.rotate_at = now.mono + options_.config.session_lifetime;
  sessions_.push_back(std::move(live));
  ++counts_.sessions_opened;
  ++tries_;
  if (session_retries_.failures() == 0) {
    Emit(Connecting{1});
  }
  actions_.emplace_back(OpenSession{current_, start});
}

void StreamCore::OnSessionSigned(std::uint64_t session, std::optional<WallTime> credentials_expire, Now now) {
  Live* live = FindLive(session);
  if (live != nullptr && credentials_expire) {
    const MonoTime in_time = now.mono + (*credentials_expire - now.wall) - kBeforeExpiry;
    live->rotate_at = std::min(live->rotate_at, std::max(in_time, live->opened + kShortestSession));
  }
}

void StreamCore::OnSessionConnected(std::uint64_t session, Now now) {
  Live* live = FindLive(session);
  if (live == nullptr || live->connected) {
    return;
  }
  live->connected = true;
  StreamMeter::Note(counts_.connect, now.mono - live->opened);
  if (live->unacked_since) {
    live->unacked_since = now.mono;
  }
  Tell(LogLevel::kInfo, "connected: session " + std::to_string(session));
  outage_.reset();
  Emit(Connected{session});
  HandOver(*live, now);
}

UploadSession::Pulled StreamCore::Pull(std::uint64_t session, std::span<std::uint8_t> out, Now now) {
  Live* live = FindLive(session);
  if (live == nullptr) {
    return {0, UploadSession::PullStatus::kMismatch};
  }
  const std::uint64_t before = live->upload->cursor();
  const UploadSession::Pulled pulled = live->upload->Pull(out, interleaver_.live());
  counts_.bytes_sent += pulled.bytes;
  meter_.OnSent(pulled.bytes, now.mono);
  // As long as the first fragment is still on its way out, no ack is due: a slow line is not a dead one.
  if (pulled.bytes > 0 && (!live->unacked_since || !AwaitsAck(*live))) {
    live->unacked_since = now.mono;
  }
  if (!options_.config.fragment_acks) {
    live->unacked_since.reset();
    for (std::uint64_t number = std::max(before, index_.begin()); number < live->upload->cursor(); ++number) {
      if (index_.Has(number) && index_.fragment(number).state == FragmentState::kSent) {
        Persisted(number);
      }
    }
    CheckDrain(now);
    if (live = FindLive(session); live == nullptr) {
      return {0, UploadSession::PullStatus::kMismatch};  // nobody needs it any more
    }
  }
  if (pulled.status == UploadSession::PullStatus::kMismatch) {
    Tell(LogLevel::kInfo, "the tracks of the stream are not those of the header any more: a new session follows");
    const bool was_current = session == current_;
    RollBack(session, /*host_alive=*/true);
    Abort(session, now);
    if (was_current) {
      Run(machine::SessionDone{}, now);
      Pump(now);
    }
    return pulled;
  }
  if (pulled.status == UploadSession::PullStatus::kEnd) {
    live->body_ended = live->body_ended.value_or(now.mono);
  }
  HandOver(*live, now);
  return pulled;
}

// A session that only waits for acks is not the current one any more: what comes next goes to a new one. But not before the
// service has accepted it, or a refusal would be nobody's, and the next session refused in the same way.
void StreamCore::HandOver(const Live& live, Now now) {
  if (live.connected && live.upload->tail_sent() && live.upload->id() == current_) {
    current_ = 0;
    Run(machine::SessionDone{}, now);
    Pump(now);
  }
}

void StreamCore::OnAckBytes(std::uint64_t session, std::span<const std::uint8_t> bytes, Now now) {
  Live* live = FindLive(session);
  if (live == nullptr) {
    return;
  }
  std::vector<FragmentAck> acks = std::exchange(acks_, {});
  acks.clear();
  live->upload->acks().Feed(bytes, acks);
  for (const FragmentAck& ack : acks) {
    live = FindLive(session);
    if (live == nullptr) {
      break;  // an error ack has ended it: what follows speaks of fragments that are queued again
    }
    OnAck(*live, ack, now);
  }
  acks_ = std::move(acks);
  if (live = FindLive(session); live != nullptr) {
    AfterAcks(*live);
  }
  CheckPressure();
  CheckDrain(now);
  Pump(now);
  WakeAll();
}

void StreamCore::OnAck(Live& live, const FragmentAck& ack, Now now) {
  Emit(FragmentAcked{ack, live.upload->id()});
  live.unacked_since = now.mono;
  std::optional<std::uint64_t> number;
  if (ack.timecode) {
    number = index_.FindByTimecode(*ack.timecode + live.upload->timecode_base());
  }
  Fragment* fragment = number && index_.fragment(*number).session == live.upload->id() ? &index_.fragment(*number) : nullptr;
  switch (ack.type) {
    case AckType::kBuffering:
      ++counts_.acks_buffering;
      if (fragment != nullptr) {
        StreamMeter::Note(counts_.put_to_buffering, now.mono - fragment->first_put);
      }
      break;
    case AckType::kReceived:
      ++counts_.acks_received;
      if (fragment != nullptr && fragment->state == FragmentState::kSent) {
        StreamMeter::Note(counts_.put_to_received, now.mono - fragment->last_put);
        fragment->state = FragmentState::kReceived;
        if (options_.config.retention == Duration()) {
          Persisted(*number);
        }
      }
      break;
    case AckType::kPersisted:
      ++counts_.acks_persisted;
      if (fragment != nullptr &&
          (fragment->state == FragmentState::kSent || fragment->state == FragmentState::kReceived)) {
        StreamMeter::Note(counts_.put_to_persisted, now.mono - fragment->last_put);
        Persisted(*number);
      }
      break;
    case AckType::kError:
      ++counts_.acks_error;
      OnErrorAck(live, ack, now);
      break;
    case AckType::kIdle:
    case AckType::kUnknown:
      break;
  }
}

void StreamCore::Persisted(std::uint64_t number) {
  const Fragment& fragment = index_.fragment(number);
  ++counts_.fragments_persisted;
  counts_.frames_persisted += fragment.frames;
  // Something works: what failed before it is over.
  session_retries_.Reset();
  for (RetryPolicy& policy : call_retries_) {
    policy.Reset();
  }
  tries_ = 0;
  refusals_ = 0;
  index_.Finish(number, FragmentState::kPersisted);
  news_ = true;  // it may have been the last one that a session waited for
}

// Whether the session has sent a whole fragment that is not done.
bool StreamCore::AwaitsAck(const Live& live) const {
  for (std::uint64_t number = index_.begin(); number < std::min(live.upload->cursor(), index_.end()); ++number) {
    const Fragment& fragment = index_.fragment(number);
    if (fragment.session == live.upload->id() && !fragment.Done()) {
      return true;
    }
  }
  return false;
}

// Whether anything that this session sent still waits for an ack.
void StreamCore::AfterAcks(Live& live) {
  for (std::uint64_t number = index_.begin(); number < std::min(live.upload->cursor() + 1, index_.end()); ++number) {
    const Fragment& fragment = index_.fragment(number);
    if (fragment.session == live.upload->id() && !fragment.Done()) {
      return;
    }
  }
  live.unacked_since.reset();
}

void StreamCore::OnErrorAck(Live& live, const FragmentAck& ack, Now now) {
  const std::uint64_t session = live.upload->id();
  const bool was_current = session == current_;
  const recovery::AckReaction& reaction = recovery::ReactToAckError(ack.error_id);
  const std::string name = ack.error_code.empty() ? std::string(AckErrorName(ack.error_id)) : ack.error_code;
  last_failure_ = Status(reaction.code, "the service answered with error " + std::to_string(ack.error_id) + " (" + name +
                                            ") about stream " + options_.config.name)
                      .WithService(200, std::to_string(ack.error_id), "");
  ++counts_.sessions_failed;

  std::optional<std::uint64_t> number;
  if (ack.timecode) {
    number = index_.FindByTimecode(*ack.timecode + live.upload->timecode_base());
  } else if (reaction.fate != recovery::FragmentFate::kResend) {
    number = std::min(live.upload->cursor(), index_.end() - 1);  // the one that is on the wire
  }
  bool again_at_once = false;
  if (number && index_.Has(*number) && !index_.fragment(*number).Done() &&
      index_.fragment(*number).session == session) {
    Fragment& fragment = index_.fragment(*number);
    const bool restate = reaction.fate == recovery::FragmentFate::kRestateTracks && !fragment.open;
    again_at_once = restate && ++fragment.refusals == 1;
    if (reaction.fate == recovery::FragmentFate::kCondemn || (restate && !again_at_once) ||
        (reaction.error_id == 0 && ++fragment.refusals >= recovery::kMaxRefusals)) {
      if (fragment.open) {
        SkipToKeyFrames();
      }
      LoseFragment(*number, LossReason::kRejected, last_failure_);
    } else if (fragment.state == FragmentState::kReceived) {
      fragment.state = FragmentState::kSent;  // received, but it will not be stored
    }
  }
  RollBack(session, reaction.host_alive);
  Abort(session, now);
  if (was_current) {
    if (again_at_once) {
      Run(machine::SessionDone{}, now);
    } else {
      Run(machine::SessionFailed{reaction.next}, now);
    }
  } else {
    EndCurrent(now);  // what the old session did not get through is older than what the current one sends
  }
  ReportLosses(now, /*all=*/false);
}

void StreamCore::OnSessionEnded(std::uint64_t session, Status status, Duration retry_after, Now now) {
  Live* live = FindLive(session);
  if (live == nullptr) {
    return;
  }
  const bool was_current = session == current_;
  const bool answered = live->connected || status.http_status() != 0;
  if (status.ok() && !live->body_ended) {
    status = Status(StatusCode::kConnectionLost, "the service ended the connection of stream " + options_.config.name +
                                                     " while media was being sent");
  }
  CloseBooks(*live, now);
  sessions_.erase(sessions_.begin() + (live - sessions_.data()));
  RollBack(session, /*host_alive=*/status.ok());
  Tell(LogLevel::kInfo, "session " + std::to_string(session) + " ended: " + status.ToString());
  if (!status.ok()) {
    ++counts_.sessions_failed;
    last_failure_ = status;
  }
  if (was_current) {
    current_ = 0;
    if (status.ok()) {
      Run(machine::SessionDone{}, now);
    } else {
      Run(machine::SessionFailed{recovery::ReactToSessionFailure(FailureCode(), answered)}, now, retry_after);
    }
  } else if (!status.ok()) {
    // Nothing waits for a back-off here, but the session after the next must not come at once either.
    next_session_at_ = std::max(next_session_at_.value_or(now.mono), now.mono + session_retries_.Next(retry_after));
    EndCurrent(now);
  }
  CheckDrain(now);
  Pump(now);
  WakeAll();
  CloseIfDone(now);
  ReportLosses(now, /*all=*/false);
}

// What the session carried and what is not known to be safe goes back into the queue. With `host_alive`, what was received is
// safe: the service finishes storing it.
void StreamCore::RollBack(std::uint64_t session, bool host_alive) {
  for (std::uint64_t number = index_.begin(); number < index_.end(); ++number) {
    if (!index_.Has(number)) {
      continue;
    }
    Fragment& fragment = index_.fragment(number);
    if (fragment.session != session || fragment.Done() || fragment.state == FragmentState::kQueued) {
      continue;
    }
    if (host_alive && fragment.state == FragmentState::kReceived) {
      Persisted(number);
    } else if (fragment.released) {
      LoseFragment(number, LossReason::kPressure);
    } else {
      fragment.state = FragmentState::kQueued;
    }
  }
}

void StreamCore::CloseBooks(const Live& live, Now now) {
  const ack::AckParserCounters& acks = live.upload->acks().counters();
  counts_.acks_malformed += acks.malformed + acks.oversized;
  counts_.fragments_resent += live.upload->resent();
  counts_.bytes_resent += live.upload->bytes_resent();
  meter_.OnSessionEnded(now.mono - live.opened);
}

void StreamCore::Abort(std::uint64_t session, Now now) {
  Live* live = FindLive(session);
  if (live == nullptr) {
    return;
  }
  RollBack(session, /*host_alive=*/false);
  CloseBooks(*live, now);
  sessions_.erase(sessions_.begin() + (live - sessions_.data()));
  if (session == current_) {
    current_ = 0;
  }
  actions_.emplace_back(AbortSession{session});
}

// The current session takes no further fragment. One that has not begun is not worth an empty document.
void StreamCore::EndCurrent(Now now) {
  Live* live = FindLive(current_);
  if (live == nullptr) {
    return;
  }
  if (!live->upload->begun()) {
    Abort(current_, now);
    Run(machine::SessionDone{}, now);
  } else if (!live->upload->ending()) {
    live->upload->EndAfterCurrent();
    live->upload->set_waiting(false);
    actions_.emplace_back(WakeSession{current_});
  }
}

// Wakes sessions whose last pull had nothing to give, after something was added or acknowledged. Whether that is for
// them is for the pull to find out.
void StreamCore::WakeAll() {
  if (!std::exchange(news_, false)) {
    return;
  }
  for (Live& live : sessions_) {
    if (live.upload->waiting()) {
      live.upload->set_waiting(false);
      actions_.emplace_back(WakeSession{live.upload->id()});
    }
  }
}

void StreamCore::CheckSessions(Now now) {
  if (next_session_at_ && now.mono >= *next_session_at_) {
    next_session_at_.reset();
  }
  if (Live* live = FindLive(current_);
      live != nullptr && now.mono >= live->rotate_at && !live->upload->ending()) {
    ++counts_.sessions_rotated;
    Tell(LogLevel::kInfo, "session " + std::to_string(current_) + " has run its time: another one follows");
    Emit(SessionRotated{current_});
    EndCurrent(now);
  }
  for (const Live& live : sessions_) {
    const Duration patience = options_.config.connection_staleness;
    if (live.unacked_since && patience > Duration() && now.mono - *live.unacked_since >= patience) {
      ++counts_.stale_connections;
      Emit(ConnectionStale{live.upload->id(), now.mono - *live.unacked_since});
      GiveUp(live.upload->id(), "no acknowledgement in " + std::to_string(patience.seconds()) + " s", now);
      return;  // the list has changed; the next deadline brings the next one
    }
    if (live.body_ended && now.mono - *live.body_ended >= kEndOfAnswer) {
      GiveUp(live.upload->id(), "the answer did not end", now);
      return;
    }
  }
}

void StreamCore::GiveUp(std::uint64_t session, const std::string& why, Now now) {
  const Live& live = *FindLive(session);
  const bool was_current = session == current_;
  const bool answered = live.connected;
  const bool owed = !answered || live.unacked_since;  // or it was only to be hung up
  if (owed) {
    ++counts_.sessions_failed;
    last_failure_ = Status(StatusCode::kNetworkTimeout, why + " for stream " + options_.config.name);
  }
  Tell(LogLevel::kInfo, "session " + std::to_string(session) + " is broken off: " + why);
  Abort(session, now);
  if (was_current) {
    Run(machine::SessionFailed{recovery::ReactToSessionFailure(StatusCode::kNetworkTimeout, answered)}, now);
  } else if (owed) {
    EndCurrent(now);
  }
}

}  // namespace kvs
