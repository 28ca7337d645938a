#include "tests/sim/storm.h"

#include <algorithm>

namespace kvs::sim {
namespace {

std::string Text(std::int64_t number) {
  return std::to_string(number);
}

}  // namespace

Storm::Storm(Scheduler& scheduler, Draw draw, const SimOptions& options, Network& network,
             ServiceEnd& service, StreamShell& stream, Trace& trace)
    : scheduler_(scheduler),
      draw_(draw),
      options_(options),
      network_(network),
      service_(service),
      stream_(stream),
      trace_(trace) {
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    timers_.push_back(std::make_unique<Timer>(scheduler, [this, kind] {
      Act(kind);
      Next(kind);
    }));
  }
}

void Storm::Start() {
  calm_ = false;
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    Next(static_cast<FaultKind>(i));
  }
}

void Storm::Next(FaultKind kind) {
  const Duration every = options_.Every(kind);
  if (!calm_ && every > Duration()) {
    timers_[static_cast<std::size_t>(kind)]->Set(scheduler_.now() + draw_.Exponential(every));
  }
}

void Storm::Calm() {
  calm_ = true;
  for (const auto& timer : timers_) {
    timer->Cancel();
  }
  service_.ClearFaults();
  network_.Calm();
  if (!options_.config.fragment_acks) {
    BreakConnections();  // only the system, much later, would find out that one is dead
  }
  trace_.Note(scheduler_.now(), "storm", "calm");
}

void Storm::Act(FaultKind kind) {
  ++acts_[static_cast<std::size_t>(kind)];
  trace_.Note(scheduler_.now(), "storm", FaultName(kind));
  if (kind <= FaultKind::kSlow && kind != FaultKind::kServiceReset &&
      kind != FaultKind::kCloseAfter) {
    ActOnNetwork(kind);
  } else if (kind >= FaultKind::kErrorAck && kind <= FaultKind::kGarbageAcks &&
             kind != FaultKind::kArchiveFailure) {
    ActOnAcks(kind);
  } else {
    ActOnService(kind);
  }
}

void Storm::BreakConnections() {
  for (const auto& connection : network_.InUse()) {
    connection->Break();
  }
}

void Storm::KillConnections() {
  for (const auto& connection : network_.InUse()) {
    connection->Die();
  }
}

void Storm::ActOnNetwork(FaultKind kind) {
  const MonoTime now = scheduler_.now();
  const MonoTime until = now + draw_.LogBetween(Duration::Millis(100), Duration::Seconds(40));
  if (kind == FaultKind::kRefuse) {
    network_.refuse_until = until;
    if (draw_.Chance(0.6)) {
      BreakConnections();
    }
  } else if (kind == FaultKind::kUnreachable) {
    network_.unreachable_until = until;
    if (draw_.Chance(0.6)) {
      KillConnections();
    }
  } else if (kind == FaultKind::kReset) {
    BreakConnections();
  } else if (kind == FaultKind::kDead) {
    KillConnections();
  } else if (kind == FaultKind::kFreeze) {
    const std::int64_t which = draw_.Between(0, 2);
    if (which != 0) {
      network_.up.frozen_until = until;
    }
    if (which != 1) {
      network_.down.frozen_until = until;
    }
    network_.Look();
  } else {
    network_.up.bytes_per_second = static_cast<std::uint64_t>(draw_.LogBetween(1'000, 100'000));
    scheduler_.At(until,
                  [this] { network_.up.bytes_per_second = options_.network.bytes_per_second; });
  }
}

std::string Storm::WhichSession() {
  return draw_.Chance(0.7) ? ",session=open" : ",session=1";
}

std::string Storm::WhichApi() {
  return draw_.Pick<std::string>({"describeStream", "createStream", "tagStream", "getDataEndpoint",
                                  "putMedia", "putMedia", "putMedia"});
}

std::string Storm::PassingError() {
  return draw_.Pick<std::string>(
      {"code=500,error=InternalFailure", "code=503,error=ServiceUnavailableException",
       "code=400,error=ClientLimitExceededException", "code=429,error=ThrottlingException",
       "code=400,error=ConnectionLimitExceededException", "code=403,error=ExpiredTokenException",
       "code=400,error=InvalidEndpointException", "code=404,error=ResourceNotFoundException",
       "code=502,error=", "code=408,error=RequestTimeoutException",
       "code=400,error=ResourceInUseException"});
}

void Storm::ActOnService(FaultKind kind) {
  const std::string times = ",times=" + Text(draw_.Between(1, 3));
  switch (kind) {
    case FaultKind::kServiceReset:
      service_.AddFault("reset" + WhichSession() + ",bytes=" + Text(draw_.LogBetween(1, 60'000)) +
                        ",kind=" + draw_.Pick<std::string>({"rst", "fin", "crash"}) + ",times=1");
      break;
    case FaultKind::kCloseAfter:
      service_.AddFault("close-after" + WhichSession() + ",fragments=" + Text(draw_.Between(1, 4)) +
                        ",kind=" + draw_.Pick<std::string>({"end", "fin", "rst"}) + ",times=1");
      break;
    case FaultKind::kSlowRead:
      service_.AddFault("slow-read" + WhichSession() +
                        ",rate=" + Text(draw_.LogBetween(500, 50'000)) +
                        ",for=" + Text(draw_.Between(1, 20)) + "s");
      break;
    case FaultKind::kStatus:
      service_.AddFault("status,api=" + WhichApi() + "," + PassingError() + times);
      break;
    case FaultKind::kCallDelay:
      service_.AddFault(
          "delay,api=" + WhichApi() +
          ",ms=" + (draw_.Chance(0.3) ? "never" : Text(draw_.LogBetween(10, 20'000))) + ",times=1");
      break;
    case FaultKind::kAnswerLost:
      stream_.LoseNextAnswer();
      break;
    case FaultKind::kArchiveFailure:
      service_.FailNextArchive();
      break;
    case FaultKind::kMoveEndpoint:
      service_.MoveEndpoint();
      if (draw_.Chance(0.5)) {
        BreakConnections();
      }
      break;
    case FaultKind::kExpireCredentials:
      service_.ExpireCredentials();
      break;
    case FaultKind::kDeleteStream:
      service_.DeleteStream();
      break;
    case FaultKind::kFatal:
      service_.AddFault("status,api=" + WhichApi() + "," +
                        draw_.Pick<std::string>({"code=403,error=AccessDeniedException",
                                                 "code=400,error=InvalidArgumentException"}) +
                        ",times=1");
      break;
    default:
      break;
  }
}

std::string Storm::ErrorAck() {
  const int id = draw_.Pick({4000, 4001, 4002, 4003, 4004, 4006, 4007, 4008, 4009, 4010, 4011, 4011,
                             4012, 4500, 5000, 5000, 5001, 4999});
  return "error-ack" + WhichSession() + ",fragment=" + Text(draw_.Between(1, 3)) +
         ",id=" + Text(id) + ",at=" + draw_.Pick<std::string>({"begin", "end"}) + ",times=1";
}

void Storm::ActOnAcks(FaultKind kind) {
  const std::string types =
      draw_.Pick<std::string>({"", ",types=PERSISTED", ",types=PERSISTED+RECEIVED"});
  const std::string lasting = ",for=" + Text(draw_.LogBetween(500, 40'000)) + "ms";
  switch (kind) {
    case FaultKind::kErrorAck:
      service_.AddFault(ErrorAck());
      break;
    case FaultKind::kStopAcks:
      service_.AddFault("stop-acks" + WhichSession() + types + lasting);
      break;
    case FaultKind::kDelayAcks:
      service_.AddFault("delay-acks" + WhichSession() + types +
                        ",ms=" + (draw_.Chance(0.1) ? "never" : Text(draw_.LogBetween(10, 4000))));
      break;
    case FaultKind::kSplitAcks:
      service_.AddFault("split-acks" + WhichSession() + ",size=" + Text(draw_.Between(1, 40)) +
                        lasting);
      break;
    case FaultKind::kMergeAcks:
      service_.AddFault("merge-acks" + WhichSession() + ",acks=" + Text(draw_.Between(2, 6)) +
                        lasting);
      break;
    case FaultKind::kGarbageAcks:
      service_.AddFault("garbage-acks" + WhichSession() +
                        ",acks=0,times=" + Text(draw_.Between(1, 5)) + lasting);
      break;
    default:
      break;
  }
}

}  // namespace kvs::sim
