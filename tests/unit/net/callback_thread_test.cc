#include "producer/net/callback_thread.h"

#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "producer/net/mailbox.h"

namespace kvs::net {
namespace {

TEST(CallbackThreadTest, DeliversInOrderAndEverythingBeforeItEnds) {
  std::string order;
  {
    const auto thread = CallbackThread::Shared();
    for (const char c : std::string("abcdef")) {
      EXPECT_TRUE(thread->Post([&order, c] { order += c; }, false));
    }
  }
  CallbackThread::WaitForEnded();
  EXPECT_EQ(order, "abcdef");
}

TEST(CallbackThreadTest, WhatIsGatheredIsDeliveredWhenTheGatheringEnds) {
  std::string order;
  auto thread = CallbackThread::Shared();
  std::promise<void> delivered;
  {
    const CallbackThread::Gathering gathering;
    for (const char c : std::string("abc")) {
      EXPECT_TRUE(thread->Post([&order, c] { order += c; }, false));
    }
    EXPECT_TRUE(thread->Post([&] { delivered.set_value(); }, false));
  }
  delivered.get_future().wait();  // for ever, if nobody were woken
  EXPECT_EQ(order, "abc");
  std::promise<void> after;
  EXPECT_TRUE(thread->Post([&] { after.set_value(); }, false));
  after.get_future().wait();
}

TEST(CallbackThreadTest, LettingGoDoesNotWaitForAListener) {
  std::promise<void> go;
  auto thread = CallbackThread::Shared();
  thread->Post([gate = go.get_future().share()] { gate.wait(); }, false);
  thread.reset();  // would hang here
  go.set_value();
  CallbackThread::WaitForEnded();
}

// In a process of its own, as nothing is delivered in this one afterwards.
TEST(CallbackThreadDeathTest, AfterTheCurrentCallNothingIsDeliveredAtTheEndOfTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto end = [] {
    std::promise<void> called;
    std::promise<void> go;
    std::atomic<int> calls = 0;
    auto thread = CallbackThread::Shared();
    thread->Post(
        [&] {
          called.set_value();
          go.get_future().wait();
          ++calls;
        },
        false);
    called.get_future().wait();
    std::thread other([&] { go.set_value(); });
    CallbackThread::Silence();
    const int returned = calls;
    other.join();
    thread->Post([&] { calls += 10; }, false);
    thread.reset();
    CallbackThread::WaitForEnded();
    std::_Exit(returned == 1 && calls == 1 ? 0 : 1);
  };
  EXPECT_EXIT(end(), testing::ExitedWithCode(0), "");
}

TEST(CallbackThreadTest, AllListenersShareOneThread) {
  EXPECT_EQ(CallbackThread::Shared(), CallbackThread::Shared());
}

TEST(CallbackThreadTest, TheLastReferenceMayGoInsideOfACall) {
  std::promise<void> done;
  auto thread = CallbackThread::Shared();
  CallbackThread* raw = thread.get();
  auto held = std::make_shared<std::shared_ptr<CallbackThread>>(std::move(thread));
  raw->Post(
      [held, &done] {
        held->reset();
        done.set_value();
      },
      false);
  held.reset();
  done.get_future().wait();
  CallbackThread::WaitForEnded();
}

TEST(CallbackThreadTest, DropsWhatMayBeDroppedWhenTooManyWait) {
  const auto thread = CallbackThread::Shared();
  std::promise<void> go;
  std::shared_future<void> gate = go.get_future().share();
  thread->Post([gate] { gate.wait(); }, false);
  bool dropped = false;
  for (std::size_t i = 0; i <= CallbackThread::kMaxWaiting; ++i) {
    dropped = dropped || !thread->Post([] {}, true);
  }
  EXPECT_TRUE(dropped);
  EXPECT_TRUE(thread->Post([] {}, false));
  go.set_value();
}

TEST(MailboxTest, SaysWhenTheReaderIsToBeWoken) {
  Mailbox mailbox;
  std::size_t taken = 0;
  const auto take = [&mailbox, &taken] {
    std::vector<std::shared_ptr<Task>> tasks;
    const bool looks_again = mailbox.TakeAll(tasks);
    taken = tasks.size();
    return looks_again;
  };
  EXPECT_TRUE(mailbox.Append(nullptr, false));
  EXPECT_FALSE(mailbox.Append(nullptr, false));
  EXPECT_TRUE(take());
  EXPECT_EQ(taken, 2u);
  // The reader looks again by itself, until it finds nothing.
  EXPECT_FALSE(mailbox.Append(nullptr, false));
  EXPECT_TRUE(take());
  EXPECT_EQ(taken, 1u);
  EXPECT_FALSE(take());
  EXPECT_EQ(taken, 0u);
  EXPECT_TRUE(mailbox.Append(nullptr, false));
}

TEST(MailboxTest, WhatIsToBeDoneAtOnceDoesNotWaitForOthers) {
  Mailbox mailbox;
  std::vector<std::shared_ptr<Task>> tasks;
  EXPECT_TRUE(mailbox.Append(nullptr, false));
  EXPECT_TRUE(mailbox.TakeAll(tasks));
  tasks.clear();
  // The reader looks again by itself, but that is too late.
  EXPECT_FALSE(mailbox.Append(nullptr, false));
  EXPECT_FALSE(mailbox.HasAtOnce());
  EXPECT_TRUE(mailbox.Append(nullptr, true));
  EXPECT_TRUE(mailbox.HasAtOnce());
  EXPECT_FALSE(mailbox.Append(nullptr, true));
  EXPECT_TRUE(mailbox.TakeAll(tasks));
  EXPECT_EQ(tasks.size(), 3u);
  tasks.clear();
  EXPECT_FALSE(mailbox.HasAtOnce());
  // After nothing but these it does not look again.
  EXPECT_TRUE(mailbox.Append(nullptr, true));
  EXPECT_FALSE(mailbox.TakeAll(tasks));
  EXPECT_TRUE(mailbox.Append(nullptr, false));
}

}  // namespace
}  // namespace kvs::net
