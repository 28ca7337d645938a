#include "producer/net/network_loop.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "producer/net/callback_thread.h"

namespace kvs::net {
namespace {

// How often connections on which nothing is sent are looked at; see CurlTransport::EndAbandoned.
constexpr Duration kLookInterval = Duration::Seconds(1);

// After a round that was woken, what other threads post is gathered for so long: a burst of frames, or the frames of many streams, cost
// one wake-up and not one each. A frame that comes alone does not wait.
constexpr Duration kGathering = Duration::Millis(1);
// The more there was to do since the mailbox was looked at, the longer it is let alone, so that as much more is done in one go: so many times as long
// as that took, within a bound.
constexpr int kTimesAsLong = 4;
constexpr Duration kLongestGathering = Duration::Millis(4);

class FunctionTask : public Task {
 public:
  explicit FunctionTask(std::function<void()> call) : call_(std::move(call)) {}
  void Run() override { call_(); }

 private:
  const std::function<void()> call_;
};

}  // namespace

void NetworkLoop::Post(std::function<void()> task) {
  if (mailbox_.Append(std::make_shared<FunctionTask>(std::move(task)), /*at_once=*/true)) {
    transport_.Wake();
  }
}

void NetworkLoop::Gather(std::function<void()> task) { Gather(std::make_shared<FunctionTask>(std::move(task))); }

void NetworkLoop::Gather(std::shared_ptr<Task> task) {
  if (mailbox_.Append(std::move(task), /*at_once=*/false)) {
    transport_.Wake();
  }
}

void NetworkLoop::After(Duration delay, std::function<void()> task) {
  const auto timer = std::make_shared<TimerQueue::TimerId>();
  *timer = timers_.Add([this, timer, task = std::move(task)] {
    timers_.Remove(*timer);
    task();
  });
  timers_.Set(*timer, mono_now() + delay);
}

Duration NetworkLoop::Work(Duration max_wait) {
  const CallbackThread::Gathering gathering;
  const MonoTime begin = clock_.Mono();
  MonoTime now = begin;
  if (!gathered_at_ || now >= *gathered_at_ || mailbox_.HasAtOnce()) {
    const bool looks_again = mailbox_.TakeAll(tasks_);
    for (const std::shared_ptr<Task>& task : tasks_) {
      task->Run();
    }
    gathered_at_.reset();
    if (looks_again) {
      gathered_at_ = now + std::clamp(worked_ * kTimesAsLong, kGathering, kLongestGathering);
    }
    tasks_.clear();
    worked_ = Duration();
    now = clock_.Mono();
  }
  timers_.RunDue(now);
  Duration wait = max_wait;
  if (now >= next_look_) {
    transport_.EndAbandoned();
    next_look_ = now + kLookInterval;
  }
  transport_.Perform();
  if (transport_.AnyToLookAt()) {
    wait = std::min(wait, next_look_ - now);
  }
  for (const std::optional<MonoTime> next : {timers_.next(), gathered_at_}) {
    if (next) {
      wait = std::clamp(*next - clock_.Mono(), Duration(), wait);
    }
  }
  worked_ = worked_ + (clock_.Mono() - begin);
  return wait;
}

void NetworkLoop::RunOnce(Duration max_wait) {
  const Duration wait = Work(max_wait);
  busy_.BeginWait(clock_.Mono());
  transport_.Poll(wait);
  busy_.EndWait(clock_.Mono());
}

}  // namespace kvs::net
