#ifndef KVS_TESTS_SIM_SCHEDULER_H_
#define KVS_TESTS_SIM_SCHEDULER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "kvs/time.h"

namespace kvs::sim {

// Virtual time: a list of things to do, each at its time. Nothing waits; the clock jumps from one
// to the next. What is due at the same time is done in the order in which it was asked for, so that
// a run is the same every time.
class Scheduler {
 public:
  using EventId = std::pair<std::int64_t, std::uint64_t>;

  // The clock does not begin at zero, because zero is what a forgotten time looks like.
  static constexpr MonoTime kStart = MonoTime::FromSeconds(1000);

  MonoTime now() const { return now_; }

  // A time that has passed means now.
  EventId At(MonoTime when, std::function<void()> act);
  void Cancel(EventId id) { events_.erase(id); }

  // Does the next thing that is due by `limit` and answers true; answers false, with the clock at
  // `limit`, when there is none.
  bool RunOne(MonoTime limit);

  std::uint64_t steps() const { return steps_; }
  std::size_t pending() const { return events_.size(); }

 private:
  MonoTime now_ = kStart;
  std::uint64_t last_ = 0;
  std::uint64_t steps_ = 0;
  std::map<EventId, std::function<void()>> events_;
};

// One event that is moved and taken back; gone with its owner.
class Timer {
 public:
  Timer(Scheduler& scheduler, std::function<void()> act)
      : scheduler_(scheduler), act_(std::move(act)) {}
  ~Timer() { Cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void Set(MonoTime when);
  void Set(std::optional<MonoTime> when);
  void Cancel();
  bool armed() const { return event_.has_value(); }

 private:
  Scheduler& scheduler_;
  const std::function<void()> act_;
  std::optional<Scheduler::EventId> event_;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_SCHEDULER_H_
