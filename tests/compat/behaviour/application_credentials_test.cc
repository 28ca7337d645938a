#include "producer/compat/application_credentials.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace kvs::compat {
namespace {

Credentials Keys(const std::string& id) {
  Credentials credentials;
  credentials.access_key_id = id;
  credentials.secret_access_key = Secret("secret");
  return credentials;
}

// A network thread that is the test's own.
class Network : public NetworkServices {
 public:
  WallTime wall_now() const override { return WallTime::FromSeconds(1'700'000'000); }
  MonoTime mono_now() const override { return MonoTime::FromSeconds(1000); }
  void Post(std::function<void()> task) override { posted_.set_value(std::move(task)); }
  net::Transport* transport() override { return nullptr; }
  // Waits for a task and runs it.
  void RunOne() {
    std::function<void()> task = posted_.get_future().get();
    posted_ = {};
    task();
  }

 private:
  std::promise<std::function<void()>> posted_;
};

TEST(ApplicationCredentialsTest, AsksOnAnotherThreadAndAnswersOnThatOfTheNetwork) {
  std::thread::id asked_on;
  const auto application = std::make_shared<ApplicationCredentials>([&](bool renew) {
    asked_on = std::this_thread::get_id();
    EXPECT_FALSE(renew);
    return Keys("one");
  });
  const auto source = application->MakeSource();
  Network net;
  std::string id;
  source->Fetch(net, [&](Result<Credentials> answer) { id = answer->access_key_id; });
  EXPECT_EQ(id, "");
  net.RunOne();
  EXPECT_EQ(id, "one");
  EXPECT_NE(asked_on, std::this_thread::get_id());
  source->Fetch(net, [&](Result<Credentials> answer) { id = answer->access_key_id + " again"; });
  EXPECT_EQ(id, "one again");  // kept
}

TEST(ApplicationCredentialsTest, AsksForOthersAfterARefusal) {
  std::vector<bool> renewals;
  const auto application = std::make_shared<ApplicationCredentials>([&](bool renew) {
    renewals.push_back(renew);
    return Keys("one");
  });
  const auto source = application->MakeSource();
  Network net;
  source->Fetch(net, [](const Result<Credentials>&) {});
  net.RunOne();
  source->Invalidate({});
  source->Fetch(net, [](const Result<Credentials>&) {});
  net.RunOne();
  EXPECT_EQ(renewals, (std::vector<bool>{false, true}));
}

TEST(ApplicationCredentialsTest, AnswersThatAreNoneAreErrors) {
  const auto answer = [](ApplicationCredentials::Question question) {
    return std::make_shared<ApplicationCredentials>(std::move(question))->AskHere(false).status().code();
  };
  EXPECT_EQ(answer([](bool) { return Keys(""); }), StatusCode::kCredentialsExpired);
  EXPECT_EQ(answer([](bool) -> Result<Credentials> { throw 1; }), StatusCode::kCredentialsExpired);
  EXPECT_EQ(answer([](bool) { return Keys("one"); }), StatusCode::kOk);
}

TEST(ApplicationCredentialsTest, ClosingWaitsForTheQuestionThatIsBeingAnswered) {
  std::promise<void> asked;
  std::promise<void> go;
  std::atomic<bool> answered = false;
  const auto application = std::make_shared<ApplicationCredentials>([&](bool) {
    asked.set_value();
    go.get_future().wait();
    answered = true;
    return Keys("one");
  });
  const auto source = application->MakeSource();
  Network net;
  source->Fetch(net, [](const Result<Credentials>&) {});
  asked.get_future().wait();
  std::atomic<bool> closed = false;
  std::thread closer([&] {
    application->Close();
    EXPECT_TRUE(answered);
    closed = true;
  });
  // Time enough to be closed, for one that does not wait.
  for (int i = 0; i < 10'000 && !closed; ++i) {
    std::this_thread::yield();
  }
  go.set_value();
  closer.join();
  net.RunOne();
  StatusCode code = StatusCode::kOk;
  source->Invalidate({});
  source->Fetch(net, [&](const Result<Credentials>& answer) { code = answer.status().code(); });
  EXPECT_EQ(code, StatusCode::kNoCredentials);
}

TEST(ApplicationCredentialsTest, AThreadThatCannotBeMadeIsAFailureThatMayPass) {
  const auto application = std::make_shared<ApplicationCredentials>([](bool) { return Keys("one"); });
  const auto source = application->MakeSource();
  Network net;
  pthread_attr_t before;
  pthread_attr_t huge;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  ASSERT_EQ(pthread_getattr_default_np(&huge), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&huge, std::size_t{1} << 60), 0);  // more than there are addresses
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  StatusCode code = StatusCode::kOk;
  source->Fetch(net, [&](const Result<Credentials>& answer) { code = answer.status().code(); });
  ASSERT_EQ(pthread_setattr_default_np(&before), 0);
  EXPECT_EQ(code, StatusCode::kCredentialsExpired);
  application->Close();  // waits for nobody
}

TEST(ApplicationCredentialsTest, ReadsTheBlockOfASecurityToken) {
  std::vector<BYTE> block(sizeof(AwsCredentials) + 14);
  std::memcpy(block.data() + sizeof(AwsCredentials), "KEY\0SECRET\0TOK", 14);
  AwsCredentials head = {};
  head.version = AWS_CREDENTIALS_CURRENT_VERSION;
  head.size = static_cast<UINT32>(block.size());
  head.accessKeyId = reinterpret_cast<PCHAR>(block.data() + sizeof(head));
  head.accessKeyIdLen = 3;
  head.secretKey = head.accessKeyId + 4;
  head.secretKeyLen = 6;
  head.sessionToken = head.secretKey + 7;
  head.sessionTokenLen = 3;
  const auto read = [&] {
    std::memcpy(block.data(), &head, sizeof(head));
    return ReadSecurityToken(block.data(), static_cast<UINT32>(block.size()), 17'000'000'000'000'000);
  };
  auto credentials = read();
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ(credentials->access_key_id, "KEY");
  EXPECT_EQ(credentials->secret_access_key.Reveal(), "SECRET");
  EXPECT_EQ(credentials->session_token.Reveal(), "TOK");
  EXPECT_EQ(credentials->expiration, WallTime::FromSeconds(1'700'000'000));
  // Of a copy, the pointers are those of what it was copied from.
  std::vector<BYTE> copy = block;
  std::fill(block.begin() + sizeof(head), block.end(), BYTE{0});
  credentials = ReadSecurityToken(copy.data(), static_cast<UINT32>(copy.size()), 0);
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ(credentials->secret_access_key.Reveal(), "SECRET");
  EXPECT_EQ(credentials->session_token.Reveal(), "TOK");
  block = copy;
  head.sessionTokenLen = 4;  // out of the block
  EXPECT_FALSE(read().ok());
  head.sessionToken = nullptr;
  ASSERT_TRUE(read().ok());
  EXPECT_TRUE(read()->session_token.empty());
  head.secretKeyLen = MAX_UINT32;
  EXPECT_FALSE(read().ok());
  EXPECT_FALSE(ReadSecurityToken(nullptr, 0, 0).ok());
  EXPECT_FALSE(ReadSecurityToken(block.data(), 4, 0).ok());
}

TEST(ApplicationCredentialsTest, CredentialsThatLastForEverHaveNoEnd) {
  EXPECT_EQ(ToExpiration(MAX_UINT64), std::nullopt);
  EXPECT_EQ(ToExpiration(1'700'000'000), WallTime::FromSeconds(1'700'000'000));
}

}  // namespace
}  // namespace kvs::compat
