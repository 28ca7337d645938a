#include "tests/sim/scheduler.h"

#include <algorithm>

namespace kvs::sim {

Scheduler::EventId Scheduler::At(MonoTime when, std::function<void()> act) {
  const EventId id{std::max(when, now_).nanos(), ++last_};
  events_.emplace(id, std::move(act));
  return id;
}

bool Scheduler::RunOne(MonoTime limit) {
  const auto next = events_.begin();
  if (next == events_.end() || next->first.first > limit.nanos()) {
    now_ = std::max(now_, limit);
    return false;
  }
  now_ = MonoTime::FromNanos(next->first.first);
  const std::function<void()> act = std::move(next->second);
  events_.erase(next);
  ++steps_;
  act();
  return true;
}

void Timer::Set(MonoTime when) {
  Cancel();
  event_ = scheduler_.At(when, [this] {
    event_.reset();
    act_();
  });
}

void Timer::Set(std::optional<MonoTime> when) {
  if (when) {
    Set(*when);
  } else {
    Cancel();
  }
}

void Timer::Cancel() {
  if (event_) {
    scheduler_.Cancel(*event_);
    event_.reset();
  }
}

}  // namespace kvs::sim
