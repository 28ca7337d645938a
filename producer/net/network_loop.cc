#include "producer/net/network_loop.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace kvs::net {
namespace {

// How often connections on which nothing is sent are looked at; see CurlTransport::EndAbandoned.
constexpr Duration kLookInterval = Duration::Seconds(1);

}  // namespace

void NetworkLoop::Post(std::function<void()> task) {
  if (mailbox_.Append(std::move(task))) {
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

void NetworkLoop::RunOnce(Duration max_wait) {
  for (const Mailbox::Task& task : mailbox_.TakeAll()) {
    task();
  }
  const MonoTime now = clock_.Mono();
  timers_.RunDue(now);
  Duration wait = max_wait;
  if (now >= next_look_) {
    transport_.EndAbandoned();
    next_look_ = now + kLookInterval;
  }
  transport_.Perform();
  if (transport_.AnyPaused()) {
    wait = std::min(wait, next_look_ - now);
  }
  if (!mailbox_.empty()) {
    wait = Duration();
  } else if (const auto next = timers_.next()) {
    wait = std::clamp(*next - clock_.Mono(), Duration(), wait);
  }
  transport_.Poll(wait);
}

}  // namespace kvs::net
