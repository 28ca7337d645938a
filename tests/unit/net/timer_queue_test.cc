#include "producer/net/timer_queue.h"

#include <string>

#include <gtest/gtest.h>

namespace kvs::net {
namespace {

MonoTime At(std::int64_t ms) { return MonoTime::FromMillis(1'000'000 + ms); }

TEST(TimerQueueTest, CallsWhatIsDueInOrderOfTheDeadlines) {
  TimerQueue timers;
  std::string calls;
  const auto a = timers.Add([&] { calls += "a"; });
  const auto b = timers.Add([&] { calls += "b"; });
  const auto c = timers.Add([&] { calls += "c"; });
  timers.Set(a, At(30));
  timers.Set(b, At(10));
  timers.Set(c, At(40));
  EXPECT_EQ(timers.next(), std::optional(At(10)));
  timers.RunDue(At(30));
  EXPECT_EQ(calls, "ba");
  EXPECT_EQ(timers.next(), std::optional(At(40)));
}

TEST(TimerQueueTest, ANewDeadlineReplacesTheOldOneAndNoneUnsetsIt) {
  TimerQueue timers;
  int calls = 0;
  const auto timer = timers.Add([&] { ++calls; });
  timers.Set(timer, At(10));
  timers.Set(timer, At(50));
  timers.RunDue(At(10));
  EXPECT_EQ(calls, 0);
  timers.Set(timer, std::nullopt);
  timers.RunDue(At(100));
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(timers.next(), std::nullopt);
}

TEST(TimerQueueTest, ATimerMayRemoveItselfAndOthers) {
  TimerQueue timers;
  int calls = 0;
  TimerQueue::TimerId second = 0;
  const auto first = timers.Add([&] {
    ++calls;
    timers.Remove(second);
  });
  second = timers.Add([&] { ++calls; });
  timers.Set(first, At(1));
  timers.Set(second, At(2));
  timers.RunDue(At(5));
  EXPECT_EQ(calls, 1);
}

TEST(TimerQueueTest, ATimerThatSetsItselfForNowRunsInTheNextRound) {
  TimerQueue timers;
  int calls = 0;
  TimerQueue::TimerId timer = 0;
  timer = timers.Add([&] {
    ++calls;
    timers.Set(timer, At(0));
  });
  timers.Set(timer, At(0));
  timers.RunDue(At(1));
  EXPECT_EQ(calls, 1);
  timers.RunDue(At(1));
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace kvs::net
