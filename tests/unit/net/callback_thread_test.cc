#include "producer/net/callback_thread.h"

#include <future>
#include <string>

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

TEST(CallbackThreadTest, LettingGoDoesNotWaitForAListener) {
  std::promise<void> go;
  auto thread = CallbackThread::Shared();
  thread->Post([gate = go.get_future().share()] { gate.wait(); }, false);
  thread.reset();  // would hang here
  go.set_value();
  CallbackThread::WaitForEnded();
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
  EXPECT_TRUE(mailbox.Append([] {}));
  EXPECT_FALSE(mailbox.Append([] {}));
  EXPECT_EQ(mailbox.TakeAll().size(), 2u);
  EXPECT_TRUE(mailbox.empty());
  EXPECT_TRUE(mailbox.Append([] {}));
}

}  // namespace
}  // namespace kvs::net
