#include "producer/net/timer_queue.h"

#include <utility>

namespace kvs::net {

TimerQueue::TimerId TimerQueue::Add(std::function<void()> call) {
  timers_.emplace(++last_id_, Timer{std::move(call), std::nullopt});
  return last_id_;
}

void TimerQueue::Remove(TimerId timer) {
  Set(timer, std::nullopt);
  timers_.erase(timer);
}

void TimerQueue::Set(TimerId timer, std::optional<MonoTime> deadline) {
  const auto found = timers_.find(timer);
  if (found == timers_.end() || found->second.deadline == deadline) {
    return;
  }
  const std::optional<MonoTime> before = std::exchange(found->second.deadline, deadline);
  if (before && deadline) {
    auto place = order_.extract({*before, timer});
    place.value().first = *deadline;
    order_.insert(std::move(place));
  } else if (before) {
    order_.erase({*before, timer});
  } else {
    order_.emplace(*deadline, timer);
  }
}

std::optional<MonoTime> TimerQueue::next() const {
  return order_.empty() ? std::nullopt : std::optional(order_.begin()->first);
}

void TimerQueue::RunDue(MonoTime now) {
  // What a call sets for now or earlier waits for the next round: no call can keep this loop going for ever.
  std::set<std::pair<MonoTime, TimerId>> due;
  while (!order_.empty() && order_.begin()->first <= now) {
    due.insert(*order_.begin());
    timers_.at(order_.begin()->second).deadline.reset();
    order_.erase(order_.begin());
  }
  for (const auto& [deadline, timer] : due) {
    if (const auto found = timers_.find(timer); found != timers_.end()) {
      const std::function<void()> call = found->second.call;  // it may remove its own timer
      call();
    }
  }
}

}  // namespace kvs::net
