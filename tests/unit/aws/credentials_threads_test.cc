// Sources that work on threads of their own: programs and callbacks.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kvs/credentials.h"
#include "tests/unit/aws/fake_services.h"

namespace kvs {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// What other threads post is run where the test waits for it.
class WaitingServices final : public NetworkServices {
 public:
  WallTime wall_now() const override { return WallTime::FromSeconds(1'700'000'000); }
  MonoTime mono_now() const override { return MonoTime::FromSeconds(5'000); }
  void Post(std::function<void()> task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    changed_.notify_one();
  }
  void After(Duration, std::function<void()> task) override { planned.push_back(std::move(task)); }
  net::Transport* transport() override { return nullptr; }

  std::vector<std::function<void()>> planned;

  void RunOne() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !tasks_.empty(); });
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.erase(tasks_.begin());
    lock.unlock();
    task();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::function<void()>> tasks_;
};

Answer AskAndWait(CredentialSource& source) {
  WaitingServices net;
  Answer answer;
  source.Fetch(net, answer.Callback());
  while (!answer.has()) {
    net.RunOne();
  }
  return answer;
}

Answer RunScript(const std::string& script, Duration limit = Duration::Minutes(1)) {
  ProcessOptions options;
  options.command = "/bin/sh -c '" + script + "'";
  options.time_limit = limit;
  return AskAndWait(*MakeProcessCredentials(options));
}

constexpr char kGood[] = R"(printf %s {\"Version\":1,\"AccessKeyId\":\"AKIDPROCESS\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",\"Expiration\":\"2023-11-14T23:13:20Z\"})";

TEST(ProcessCredentialsTest, ReadsWhatAProgramPrints) {
  const Answer answer = RunScript(kGood);
  ASSERT_EQ(answer.key(), "AKIDPROCESS") << answer.message();
  EXPECT_EQ((*answer.result)->session_token.Reveal(), "t");
  EXPECT_EQ((*answer.result)->expiration, WallTime::FromSeconds(1'700'003'600));
  const Answer exported = RunScript(
      R"(printf %s {\"Version\":1,\"AccessKeyId\":\"AKIDEXPORTED\",\"SecretAccessKey\":\"s\",\"Expiration\":\"2023-11-14T23:13:20+00:00\"})");
  ASSERT_EQ(exported.key(), "AKIDEXPORTED") << exported.message();
  EXPECT_EQ((*exported.result)->expiration, WallTime::FromSeconds(1'700'003'600));
  const Answer lasting = RunScript(R"(printf %s {\"Version\":1,\"AccessKeyId\":\"AKIDLASTING\",\"SecretAccessKey\":\"s\"})");
  ASSERT_EQ(lasting.key(), "AKIDLASTING") << lasting.message();
  EXPECT_FALSE((*lasting.result)->expiration.has_value());
}

TEST(ProcessCredentialsTest, WhatGoesWrongIsToldWithoutWhatItPrinted) {
  const auto expect = [](const Answer& answer, StatusCode code, const char* says) {
    EXPECT_EQ(answer.code(), code) << answer.message();
    EXPECT_THAT(answer.message(), AllOf(HasSubstr(says), HasSubstr("/bin/sh"), Not(HasSubstr("SECRET"))));
  };
  expect(RunScript("echo SECRET; echo SECRET >&2; exit 3"), StatusCode::kBadResponse, "exit status 3");
  expect(RunScript("kill -9 $$"), StatusCode::kBadResponse, "signal 9");
  expect(RunScript("echo SECRET"), StatusCode::kBadResponse, "not JSON");
  expect(RunScript(R"(printf %s {\"Version\":2})"), StatusCode::kBadResponse, "Version is not 1");
  expect(RunScript(R"(printf %s {\"Version\":1,\"AccessKeyId\":\"SECRET\"})"), StatusCode::kBadResponse, "secret key");
  expect(RunScript("yes SECRET"), StatusCode::kBadResponse, "more than 16384 bytes");
}

TEST(ProcessCredentialsTest, AProgramThatDoesNotEndIsKilledWithWhatItStarted) {
  EXPECT_EQ(RunScript("sleep 600 & sleep 600", Duration::Millis(50)).code(), StatusCode::kNetworkTimeout);
  EXPECT_EQ(RunScript("exec >&-; sleep 600", Duration::Millis(50)).code(), StatusCode::kNetworkTimeout);
}

TEST(ProcessCredentialsTest, AProgramThatCannotBeStartedIsNamed) {
  ProcessOptions options;
  options.command = "/nowhere/program SECRET";
  const Answer answer = AskAndWait(*MakeProcessCredentials(options));
  EXPECT_EQ(answer.code(), StatusCode::kNotFound);
  EXPECT_THAT(answer.message(), AllOf(HasSubstr("/nowhere/program"), Not(HasSubstr("SECRET"))));
  options.command = " ";
  EXPECT_EQ(AskAndWait(*MakeProcessCredentials(options)).code(), StatusCode::kInvalidArgument);
}

// A callback.

TEST(CallbackCredentialsTest, IsCalledOnAThreadOfItsOwn) {
  std::thread::id thread;
  const auto source = MakeCallbackCredentials("the vault", [&thread]() -> Result<Credentials> {
    thread = std::this_thread::get_id();
    return MakeTestCredentials("AKIDVAULT");
  });
  EXPECT_EQ(AskAndWait(*source).key(), "AKIDVAULT");
  EXPECT_NE(thread, std::this_thread::get_id());
  EXPECT_EQ(source->name(), "the vault");
}

TEST(CallbackCredentialsTest, WhatItReturnsIsChecked) {
  const auto source = MakeCallbackCredentials("the vault", []() -> Result<Credentials> { return Credentials(); });
  const Answer answer = AskAndWait(*source);
  EXPECT_EQ(answer.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(answer.message(), HasSubstr("the vault: the access key"));
}

TEST(CallbackCredentialsTest, AnAnswerAfterItsEndIsDropped) {
  WaitingServices net;
  std::promise<void> go;
  bool answered = false;
  // Its thread may outlive this test.
  auto slow = MakeCallbackCredentials("slow", [gate = go.get_future().share()]() -> Result<Credentials> {
    gate.wait();
    return MakeTestCredentials("AKIDLATE");
  });
  slow->Fetch(net, [&answered](Result<Credentials>) { answered = true; });
  slow.reset();
  go.set_value();
  const auto next = MakeCallbackCredentials("next", []() -> Result<Credentials> { return MakeTestCredentials("AKIDNEXT"); });
  Answer answer;
  next->Fetch(net, answer.Callback());
  while (!answer.has()) {
    net.RunOne();
  }
  EXPECT_FALSE(answered);
}

TEST(CallbackCredentialsTest, AnExceptionIsAnError) {
  const auto source = MakeCallbackCredentials("the vault", []() -> Result<Credentials> { throw std::runtime_error("SECRET"); });
  const Answer answer = AskAndWait(*source);
  EXPECT_EQ(answer.code(), StatusCode::kBadResponse);
  EXPECT_THAT(answer.message(), AllOf(HasSubstr("the vault: it threw an exception"), Not(HasSubstr("SECRET"))));
}

TEST(CallbackCredentialsTest, OneThatDoesNotReturnIsAnErrorAndNotCalledAgain) {
  WaitingServices net;
  std::mutex mutex;
  std::atomic<int> calls = 0;
  mutex.lock();
  const auto stuck = MakeCallbackCredentials("stuck", [&]() -> Result<Credentials> {
    ++calls;
    const std::lock_guard lock(mutex);
    return MakeTestCredentials("AKIDLATE");
  });
  Answer first;
  stuck->Fetch(net, first.Callback());
  EXPECT_FALSE(first.has());
  net.planned.at(0)();  // time is up
  EXPECT_EQ(first.code(), StatusCode::kNetworkTimeout);
  Answer second;
  stuck->Fetch(net, second.Callback());
  net.RunOne();
  EXPECT_EQ(second.code(), StatusCode::kNetworkTimeout);
  EXPECT_LE(calls, 1);
  mutex.unlock();
  Answer later;
  while (later.code() != StatusCode::kOk) {
    later = {};
    stuck->Fetch(net, later.Callback());
    net.RunOne();
  }
  EXPECT_EQ(later.key(), "AKIDLATE");
  EXPECT_EQ(first.code(), StatusCode::kNetworkTimeout);
}

}  // namespace
}  // namespace kvs
