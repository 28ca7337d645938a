#include "emulator/model/fault_book.h"

#include <utility>

namespace kvs::emulator {

int FaultBook::Add(Fault fault, Time now) {
  Entry entry;
  entry.id = ++last_id_;
  entry.begin = kvs::emulator::Add(now, fault.after);
  entry.end = fault.lasting ? kvs::emulator::Add(entry.begin, *fault.lasting) : kForever;
  entry.fault = std::move(fault);
  entries_.emplace(entry.id, std::move(entry));
  return last_id_;
}

const FaultBook::Entry* FaultBook::Find(int id) const {
  const auto it = entries_.find(id);
  return it == entries_.end() ? nullptr : &it->second;
}

bool FaultBook::Active(const Entry& entry, Time now) {
  return now >= entry.begin && now < entry.end && entry.triggered < entry.fault.times;
}

bool FaultBook::Active(int id, Time now) const {
  const Entry* entry = Find(id);
  return entry != nullptr && Active(*entry, now);
}

Time FaultBook::NextChange(int id, Time now) const {
  const Entry* entry = Find(id);
  if (entry == nullptr) {
    return kForever;
  }
  return now < entry->begin ? entry->begin : (now < entry->end ? entry->end : kForever);
}

template <typename Matches>
const FaultBook::Entry* FaultBook::Decide(FaultKind kind, Time now, Matches matches) {
  const Entry* decided = nullptr;
  for (auto& [id, entry] : entries_) {
    if (entry.fault.kind != kind || !Active(entry, now) || !matches(entry.fault)) {
      continue;
    }
    // All of them count the event, the first one that wants it acts.
    ++entry.matched;
    if (decided == nullptr && entry.fault.call.Contains(entry.matched)) {
      ++entry.triggered;
      decided = &entry;
    }
  }
  return decided;
}

const FaultBook::Entry* FaultBook::OnConnection(Time now) {
  return Decide(FaultKind::kRefuse, now,
                [](const Fault& fault) { return fault.refuse_mode != RefuseMode::kUnlisten; });
}

const FaultBook::Entry* FaultBook::OnHandshake(Time now) {
  return Decide(FaultKind::kTlsFail, now, [](const Fault& /*fault*/) { return true; });
}

const FaultBook::Entry* FaultBook::OnCallStatus(std::string_view api, std::string_view stream,
                                                Time now) {
  return Decide(FaultKind::kStatus, now, [&](const Fault& fault) {
    return (fault.api.empty() || fault.api == api) && fault.MatchesStream(stream);
  });
}

const FaultBook::Entry* FaultBook::OnCallDelay(std::string_view api, std::string_view stream,
                                               Time now) {
  return Decide(FaultKind::kDelay, now, [&](const Fault& fault) {
    return (fault.api.empty() || fault.api == api) && fault.MatchesStream(stream);
  });
}

const FaultBook::Entry* FaultBook::OnCallGarbage(std::string_view api, std::string_view stream,
                                                 Time now) {
  return Decide(FaultKind::kGarbage, now, [&](const Fault& fault) {
    return (fault.api.empty() || fault.api == api) && fault.MatchesStream(stream);
  });
}

const FaultBook::Entry* FaultBook::OnGetEndpoint(std::string_view stream, Time now) {
  return Decide(FaultKind::kEndpoint, now,
                [&](const Fault& fault) { return fault.MatchesStream(stream); });
}

bool FaultBook::HoldsCreating(std::string_view stream, Time now) const {
  for (const auto& [id, entry] : entries_) {
    if (entry.fault.kind == FaultKind::kCreating && Active(entry, now) &&
        entry.fault.MatchesStream(stream)) {
      return true;
    }
  }
  return false;
}

std::optional<FaultBook::Window> FaultBook::NextUnlisten(Time now) const {
  std::optional<Window> next;
  for (const auto& [id, entry] : entries_) {
    if (entry.fault.kind == FaultKind::kRefuse &&
        entry.fault.refuse_mode == RefuseMode::kUnlisten && entry.end > now &&
        (!next || entry.begin < next->begin)) {
      next = Window{id, entry.begin, entry.end};
    }
  }
  return next;
}

std::vector<int> FaultBook::OnSession(std::string_view stream) {
  std::vector<int> ids;
  for (auto& [id, entry] : entries_) {
    if (entry.fault.IsForSessions() && !entry.fault.open_sessions &&
        entry.fault.MatchesStream(stream) && entry.fault.session.Contains(++entry.sessions)) {
      ids.push_back(id);
    }
  }
  return ids;
}

bool FaultBook::CountFragment(int id) {
  const auto it = entries_.find(id);
  return it != entries_.end() && it->second.fault.fragment.Contains(++it->second.fragments);
}

void FaultBook::Acted(int id) {
  const auto it = entries_.find(id);
  if (it != entries_.end()) {
    ++it->second.triggered;
  }
}

}  // namespace kvs::emulator
