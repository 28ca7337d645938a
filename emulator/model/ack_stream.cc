#include "emulator/model/ack_stream.h"

#include <algorithm>
#include <utility>

namespace kvs::emulator {

void AckStream::AddFault(int id, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kStopAcks:
    case FaultKind::kDelayAcks:
    case FaultKind::kGarbageAcks:
    case FaultKind::kSplitAcks:
    case FaultKind::kMergeAcks:
      faults_.push_back({id, fault, 0, 0});
      break;
    default:
      break;
  }
}

void AckStream::Push(Ack ack, Time due) {
  for (ArmedFault& armed : faults_) {
    if (armed.fault.kind == FaultKind::kDelayAcks && armed.fault.MatchesAck(ack.type)) {
      due = armed.fault.delay ? Add(due, *armed.fault.delay) : kForever;
    }
  }
  if (due == kForever) {
    return;  // delay-acks,ms=never
  }
  const auto after =
      std::upper_bound(pending_.begin(), pending_.end(), due,
                       [](Time time, const Pending& pending) { return time < pending.due; });
  pending_.insert(after, {due, std::move(ack)});
}

bool AckStream::ReplacePersisted(const std::string& fragment_number, Ack ack) {
  for (Pending& pending : pending_) {
    if (pending.ack.type == AckType::kPersisted && pending.ack.fragment_number == fragment_number) {
      pending.ack = std::move(ack);
      return true;
    }
  }
  return false;
}

void AckStream::Clear() {
  pending_.clear();
  held_.clear();
}

void AckStream::Act(ArmedFault& armed, Batch& batch) {
  if (++armed.acted == 1 || armed.fault.kind == FaultKind::kGarbageAcks) {
    batch.faults.push_back(armed.id);
  }
}

bool AckStream::Swallowed(const ActiveFaults& active, const Ack& ack, Batch& batch) {
  bool swallowed = false;
  for (ArmedFault* armed : active) {
    if (armed->fault.kind == FaultKind::kStopAcks && armed->fault.MatchesAck(ack.type) &&
        ++armed->seen > armed->fault.acks) {
      swallowed = true;
      Act(*armed, batch);
    }
  }
  return swallowed;
}

void AckStream::Write(const ActiveFaults& active, const Ack& ack, Batch& batch) {
  std::string line;
  for (ArmedFault* armed : active) {
    if (armed->fault.kind == FaultKind::kGarbageAcks && armed->seen++ >= armed->fault.acks &&
        armed->acted < armed->fault.times) {
      line += "}garbage{\"EventType\":,]\n";
      Act(*armed, batch);
    }
  }
  line += FormatAck(ack);
  held_.push_back(std::move(line));
  ++sent_;
}

void AckStream::Flush(const ActiveFaults& active, bool last, Batch& batch) {
  if (held_.empty()) {
    return;
  }
  ArmedFault* split = nullptr;
  ArmedFault* merge = nullptr;
  for (ArmedFault* armed : active) {
    split = armed->fault.kind == FaultKind::kSplitAcks ? armed : split;
    merge = armed->fault.kind == FaultKind::kMergeAcks ? armed : merge;
  }
  if (merge != nullptr && held_.size() < merge->fault.acks && !last) {
    return;
  }
  std::vector<std::string> pieces = std::exchange(held_, {});
  if (merge != nullptr) {
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      pieces[0] += pieces[i];
    }
    pieces.resize(1);
    Act(*merge, batch);
  }
  if (split == nullptr) {
    batch.pieces = std::move(pieces);
    return;
  }
  Act(*split, batch);
  for (const std::string& piece : pieces) {
    for (std::size_t at = 0; at < piece.size(); at += split->fault.size) {
      batch.pieces.push_back(piece.substr(at, split->fault.size));
    }
  }
}

}  // namespace kvs::emulator
