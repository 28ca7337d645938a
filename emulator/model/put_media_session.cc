#include "emulator/model/put_media_session.h"

#include <algorithm>
#include <utility>

namespace kvs::emulator {

PutMediaSession::PutMediaSession(SessionHost& host, const SessionConfig& config,
                                 SessionRequest request)
    : host_(host),
      config_(config),
      request_(std::move(request)),
      assembler_(*this, config.media, request_.timecodes, config.keep_media) {}

PutMediaSession::~PutMediaSession() {
  host_.OnSessionGone(*this);
}

void PutMediaSession::Start(Time now) {
  now_ = now;
  started_ = now;
  last_data_ = now;
  next_idle_ack_ = Add(now, config_.idle_ack_interval);
  budget_ = ByteBudget(config_.bytes_per_second, now);
  if (!request_.stream_active) {
    EndWithError(ack_error::kStreamNotActive, "error_ack", now);
  }
  CheckByteFaults(now);
}

void PutMediaSession::AddFault(int id, const Fault& fault, Time now) {
  acks_.AddFault(id, fault);
  ArmedFault armed;
  armed.id = id;
  armed.fault = fault;
  armed.base_bytes = bytes_;
  armed.base_fragments = fragments_complete_;
  armed.budget = ByteBudget(fault.rate, now);
  faults_.push_back(std::move(armed));
  Wake();
}

void PutMediaSession::Act(ArmedFault& armed) {
  if (!std::exchange(armed.acted, true)) {
    host_.OnFaultActed(armed.id, *this);
  }
}

std::size_t PutMediaSession::BytesUntilFault(Time now) const {
  std::uint64_t least = SIZE_MAX;
  for (const ArmedFault& armed : faults_) {
    if (armed.fault.kind == FaultKind::kReset && !armed.acted && Active(armed, now)) {
      const std::uint64_t target = armed.base_bytes + armed.fault.bytes;
      least = std::min(least, target > bytes_ ? target - bytes_ : 0);
    }
  }
  return static_cast<std::size_t>(least);
}

void PutMediaSession::CheckByteFaults(Time now) {
  for (ArmedFault& armed : faults_) {
    if (phase_ == Phase::kOpen && armed.fault.kind == FaultKind::kReset && !armed.acted &&
        Active(armed, now) && bytes_ >= armed.base_bytes + armed.fault.bytes) {
      Act(armed);
      End(armed.fault.end_kind, "fault", now);
    }
  }
}

void PutMediaSession::Feed(Bytes data, Time now) {
  now_ = now;
  if (phase_ != Phase::kOpen || data.empty()) {
    return;
  }
  last_data_ = now;
  next_idle_ack_ = Add(now, config_.idle_ack_interval);
  while (!data.empty() && phase_ == Phase::kOpen) {
    const Bytes piece = data.first(std::min(data.size(), BytesUntilFault(now)));
    data = data.subspan(piece.size());
    bytes_ += piece.size();
    budget_.Spend(piece.size());
    for (ArmedFault& armed : faults_) {
      armed.budget.Spend(piece.size());
    }
    // An error has ended the session already when this answers false.
    assembler_.Feed(piece, now);
    CheckByteFaults(now);
  }
}

void PutMediaSession::EndOfBody(Time now) {
  now_ = now;
  if (phase_ != Phase::kOpen) {
    return;
  }
  body_complete_ = true;
  assembler_.Finish(now);
  if (phase_ == Phase::kOpen) {
    End(EndKind::kGraceful, "end_of_body", now);
  }
}

void PutMediaSession::ConnectionLost(Time now) {
  now_ = now;
  connection_gone_ = true;
  if (phase_ == Phase::kOpen) {
    assembler_.SettleCurrent();
  }
  if (phase_ == Phase::kOpen) {
    End(EndKind::kReset, "connection_lost", now);
  }
}

void PutMediaSession::StreamDeleted(Time now) {
  EndWithError(ack_error::kStreamNotActive, "stream_deleted", now);
  Wake();
}

void PutMediaSession::Shutdown(Time now) {
  now_ = now;
  if (phase_ == Phase::kOpen) {
    End(EndKind::kGraceful, "shutdown", now);
  }
  Wake();
}

void PutMediaSession::EndWithError(int error_id, std::string_view reason, Time now) {
  now_ = now;
  if (phase_ == Phase::kOpen) {
    SendError(error_id, AckErrorName(error_id), assembler_.current(), now);
    End(EndKind::kGraceful, reason, now);
  }
}

void PutMediaSession::SendError(int error_id, std::string_view code, const Fragment* fragment,
                                Time now) {
  Ack ack;
  ack.type = AckType::kError;
  ack.error_id = error_id;
  ack.error_code = code;
  if (fragment != nullptr) {
    ack.timecode = fragment->timecode;
    ack.fragment_number = fragment->number;
  }
  acks_.Push(std::move(ack), now);
}

void PutMediaSession::End(EndKind kind, std::string_view reason, Time now) {
  phase_ = Phase::kEnding;
  end_kind_ = kind;
  end_reason_ = reason;
  now_ = now;
  if (const Fragment* fragment = assembler_.current()) {
    host_.OnFragmentDiscarded(*this, *fragment, reason);
    assembler_.DropCurrent();
  }
  if (kind == EndKind::kCrash) {
    // What the host held and had not stored dies with it.
    for (const DueFragment& pending : fragments_) {
      host_.OnFragmentDiscarded(*this, pending.fragment, "crash");
    }
    fragments_.clear();
    acks_.Clear();
  }
  host_.OnSessionEnd(*this);
}

bool PutMediaSession::OnFragmentBegin(Fragment& fragment) {
  fragment.stream = request_.stream;
  fragment.session = request_.session;
  fragment.number = host_.NewFragmentNumber(now_);
  fragment.persisted = request_.persists;
  if (request_.acks_wanted) {
    acks_.Push({AckType::kBuffering, fragment.timecode, fragment.number, 0, ""},
               Add(now_, config_.buffering_delay));
  }
  RateWindow* rate = host_.FragmentRateOf(request_.stream);
  if (rate != nullptr && !rate->Count(now_)) {
    host_.OnQuota(request_.stream, "fragment_rate");
    if (config_.fragment_rate_is_error) {
      OnMediaError(ack_error::kFragmentRate, "fragments per second", &fragment, true);
      assembler_.DropCurrent();
      return phase_ == Phase::kOpen;
    }
    paused_until_ = rate->NextAllowed(now_);
  }
  fragment_fault_ = FaultOnFragment();
  if (fragment_fault_ != nullptr && fragment_fault_->fault.at_begin) {
    const Fault fault = std::exchange(fragment_fault_, nullptr)->fault;
    SendError(fault.error_id, fault.error_code, &fragment, now_);
    host_.OnFragmentDiscarded(*this, fragment, "fault");
    assembler_.DropCurrent();
    if (!config_.keep_open_after_error) {
      End(EndKind::kGraceful, "error_ack", now_);
    }
  }
  return phase_ == Phase::kOpen;
}

void PutMediaSession::OnFrame(const FrameInfo& frame) {
  if (config_.tell_frames) {
    host_.OnFrame(*this, frame);
  }
}

PutMediaSession::ArmedFault* PutMediaSession::FaultOnFragment() {
  ArmedFault* wanted = nullptr;
  for (ArmedFault& armed : faults_) {
    // Each of them counts the fragment, the first one that wants it has it.
    if (armed.fault.kind == FaultKind::kErrorAck && Active(armed, now_) &&
        host_.CountFaultFragment(armed.id) && wanted == nullptr) {
      wanted = &armed;
      host_.OnFaultActed(armed.id, *this);
    }
  }
  return wanted;
}

bool PutMediaSession::OnFragmentComplete(Fragment fragment) {
  if (const ArmedFault* armed = std::exchange(fragment_fault_, nullptr)) {
    SendError(armed->fault.error_id, armed->fault.error_code, &fragment, now_);
    host_.OnFragmentDiscarded(*this, fragment, "fault");
    if (!config_.keep_open_after_error) {
      End(EndKind::kGraceful, "error_ack", now_);
    }
    return phase_ == Phase::kOpen;
  }
  ++fragments_complete_;
  const Time received = std::max(Add(now_, config_.received_delay),
                                 Add(fragment.server_time, config_.buffering_delay));
  const Time stored = request_.persists ? Add(received, config_.persisted_delay) : received;
  if (request_.acks_wanted) {
    acks_.Push({AckType::kReceived, fragment.timecode, fragment.number, 0, ""}, received);
    if (request_.persists) {
      acks_.Push({AckType::kPersisted, fragment.timecode, fragment.number, 0, ""}, stored);
    }
  }
  fragments_.push_back({stored, std::move(fragment)});
  CheckFragmentCountFaults(now_);
  return phase_ == Phase::kOpen;
}

void PutMediaSession::CheckFragmentCountFaults(Time now) {
  for (ArmedFault& armed : faults_) {
    if (phase_ == Phase::kOpen && armed.fault.kind == FaultKind::kCloseAfter && !armed.acted &&
        Active(armed, now) && fragments_complete_ >= armed.base_fragments + armed.fault.fragments) {
      Act(armed);
      End(armed.fault.end_kind, "fault", now);
    }
  }
}

bool PutMediaSession::OnMediaError(int error_id, const std::string& detail,
                                   const Fragment* fragment, bool can_continue) {
  if (phase_ != Phase::kOpen) {
    return false;
  }
  fragment_fault_ = nullptr;
  host_.OnMediaProblem(*this, error_id, detail);
  SendError(error_id, AckErrorName(error_id), fragment, now_);
  if (fragment != nullptr) {
    host_.OnFragmentDiscarded(*this, *fragment, AckErrorName(error_id));
    assembler_.DropCurrent();
  }
  if (!config_.keep_open_after_error || !can_continue) {
    End(EndKind::kGraceful, "error_ack", now_);
  }
  return phase_ == Phase::kOpen;
}

bool PutMediaSession::Frozen(Time now) {
  bool frozen = false;
  for (ArmedFault& armed : faults_) {
    if (armed.fault.kind == FaultKind::kFreeze && Active(armed, now) &&
        bytes_ >= armed.base_bytes + armed.fault.bytes) {
      Act(armed);
      frozen = true;
      was_frozen_ = true;
    }
  }
  return frozen;
}

std::size_t PutMediaSession::ReadCredit(Time now) {
  if (phase_ != Phase::kOpen) {
    return SIZE_MAX;  // the rest of the body is read and ignored
  }
  if (now < paused_until_ || Frozen(now)) {
    return 0;
  }
  std::size_t credit = budget_.Available(now);
  for (ArmedFault& armed : faults_) {
    if (!Active(armed, now)) {
      continue;
    }
    if (armed.fault.kind == FaultKind::kSlowRead) {
      Act(armed);
      credit = std::min(credit, armed.budget.Available(now));
    } else if (armed.fault.kind == FaultKind::kFreeze) {
      credit = static_cast<std::size_t>(
          std::min<std::uint64_t>(credit, armed.base_bytes + armed.fault.bytes - bytes_));
    }
  }
  return credit;
}

void PutMediaSession::Tick(Time now) {
  now_ = now;
  if (phase_ == Phase::kOpen) {
    CheckByteFaults(now);
  }
  if (phase_ == Phase::kOpen) {
    CheckTimers(now);
  }
}

void PutMediaSession::CheckTimers(Time now) {
  if (ReadCredit(now) == 0) {
    // Nobody is idle while it is we who do not read.
    last_data_ = now;
    next_idle_ack_ = Add(now, config_.idle_ack_interval);
    if (Frozen(now)) {
      return;
    }
  } else if (std::exchange(was_frozen_, false)) {
    // Nobody looked at the clock meanwhile.
    last_data_ = now;
    next_idle_ack_ = Add(now, config_.idle_ack_interval);
  }
  if (config_.session_limit > Duration::zero() && now >= Add(started_, config_.session_limit)) {
    EndWithError(ack_error::kConnectionDuration, "session_limit", now);
  } else if (config_.idle_timeout > Duration::zero() &&
             now >= Add(last_data_, config_.idle_timeout)) {
    End(EndKind::kGraceful, "idle", now);
  } else if (config_.idle_ack_interval > Duration::zero() && now >= next_idle_ack_) {
    if (request_.acks_wanted) {
      acks_.Push({AckType::kIdle, std::nullopt, "", 0, ""}, now);
    }
    next_idle_ack_ = Add(now, config_.idle_ack_interval);
  }
}

Time PutMediaSession::NextDeadline(Time now) {
  Time next = acks_.next_due();
  if (!fragments_.empty()) {
    next = std::min(next, fragments_.front().due);
  }
  if (phase_ != Phase::kOpen) {
    return next;
  }
  for (const ArmedFault& armed : faults_) {
    next = std::min(next, host_.FaultChange(armed.id, now));
  }
  if (Frozen(now)) {
    return next;
  }
  if (now < paused_until_) {
    next = std::min(next, paused_until_);
  }
  if (budget_.Available(now) == 0) {
    next = std::min(next, budget_.NextAvailable(now));
  }
  for (ArmedFault& armed : faults_) {
    if (armed.fault.kind == FaultKind::kSlowRead && Active(armed, now) &&
        armed.budget.Available(now) == 0) {
      next = std::min(next, armed.budget.NextAvailable(now));
    }
  }
  if (config_.session_limit > Duration::zero()) {
    next = std::min(next, Add(started_, config_.session_limit));
  }
  if (config_.idle_timeout > Duration::zero()) {
    next = std::min(next, Add(last_data_, config_.idle_timeout));
  }
  if (config_.idle_ack_interval > Duration::zero()) {
    next = std::min(next, next_idle_ack_);
  }
  return next;
}

std::vector<Fragment> PutMediaSession::TakeFragments(Time now) {
  now_ = now == kForever ? now_ : now;
  std::vector<Fragment> taken;
  while (!fragments_.empty() && fragments_.front().due <= now) {
    taken.push_back(std::move(fragments_.front().fragment));
    fragments_.pop_front();
    host_.OnFragmentStored(*this, taken.back());
  }
  return taken;
}

void PutMediaSession::FragmentNotStored(const std::string& number, Time now) {
  Ack ack;
  ack.type = AckType::kError;
  ack.fragment_number = number;
  ack.error_id = ack_error::kArchival;
  ack.error_code = AckErrorName(ack_error::kArchival);
  if (!acks_.ReplacePersisted(number, ack)) {
    acks_.Push(std::move(ack), now);
  }
}

std::vector<std::string> PutMediaSession::TakeAcks(Time now) {
  now_ = now == kForever ? now_ : now;
  const bool gone =
      connection_gone_ ||
      (phase_ == Phase::kEnding && end_kind_ != EndKind::kGraceful && end_kind_ != EndKind::kFin);
  const bool last = phase_ == Phase::kEnding;
  AckStream::Batch batch =
      acks_.Take(now, last, [&](int fault) { return host_.FaultActive(fault, now); });
  for (const AckStream::Sent& sent : batch.acks) {
    host_.OnAck(*this, sent.ack, !gone && !sent.swallowed);
  }
  for (const int fault : batch.faults) {
    host_.OnFaultActed(fault, *this);
  }
  return gone ? std::vector<std::string>() : std::move(batch.pieces);
}

bool PutMediaSession::finished() const {
  return phase_ == Phase::kEnding &&
         (connection_gone_ || end_kind_ != EndKind::kGraceful || acks_.empty());
}

}  // namespace kvs::emulator
