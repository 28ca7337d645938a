#include "kvs/credentials.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "producer/aws/timestamp.h"
#include "tests/unit/aws/fake_services.h"
#include "tests/unit/aws/fake_transport.h"

namespace kvs {
namespace {

using testing::HasSubstr;
using testing::Not;

EnvironmentLookup Environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto it = variables.find(name);
    return it == variables.end() ? std::nullopt : std::optional<std::string>(it->second);
  };
}

Answer Ask(CredentialSource& source, FakeServices& net) {
  Answer answer;
  source.Fetch(net, answer.Callback());
  EXPECT_TRUE(answer.has()) << source.name() << " is immediate";
  return answer;
}

TEST(StaticCredentialsTest, AnswersEachTime) {
  FakeServices net;
  Credentials credentials = MakeTestCredentials("AKID");
  credentials.session_token = Secret("token");
  const auto source = MakeStaticCredentials(std::move(credentials));
  for (int i = 0; i < 2; ++i) {
    const Answer answer = Ask(*source, net);
    ASSERT_EQ(answer.key(), "AKID");
    EXPECT_EQ((*answer.result)->secret_access_key.Reveal(), "made-up-secret");
    EXPECT_EQ((*answer.result)->session_token.Reveal(), "token");
    EXPECT_EQ((*answer.result)->expiration, std::nullopt);
  }
}

TEST(StaticCredentialsTest, RefusesWhatCannotBeSent) {
  FakeServices net;
  for (const std::string& key : {std::string(), std::string("A\nB"), std::string(129, 'A')}) {
    const Answer answer = Ask(*MakeStaticCredentials(MakeTestCredentials(key)), net);
    EXPECT_EQ(answer.code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(answer.message(), HasSubstr("access key"));
  }
  Credentials no_secret = MakeTestCredentials("AKID");
  no_secret.secret_access_key = Secret();
  EXPECT_EQ(Ask(*MakeStaticCredentials(std::move(no_secret)), net).code(),
            StatusCode::kInvalidArgument);
  Credentials odd = MakeTestCredentials("AKID");
  odd.secret_access_key = Secret("made-up secret");
  const Answer answer = Ask(*MakeStaticCredentials(std::move(odd)), net);
  EXPECT_EQ(answer.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(answer.message(), Not(HasSubstr("made-up")));
}

TEST(EnvironmentCredentialsTest, ReadsTheThreeVariables) {
  FakeServices net;
  const auto source = MakeEnvironmentCredentials(Environment({{"AWS_ACCESS_KEY_ID", "AKID"},
                                                              {"AWS_SECRET_ACCESS_KEY", "sec"},
                                                              {"AWS_SESSION_TOKEN", "tok"}}));
  const Answer answer = Ask(*source, net);
  ASSERT_EQ(answer.key(), "AKID");
  EXPECT_EQ((*answer.result)->secret_access_key.Reveal(), "sec");
  EXPECT_EQ((*answer.result)->session_token.Reveal(), "tok");
}

TEST(EnvironmentCredentialsTest, SaysWhichVariableIsMissing) {
  FakeServices net;
  Answer answer = Ask(*MakeEnvironmentCredentials(Environment({})), net);
  EXPECT_EQ(answer.code(), StatusCode::kNoCredentials);
  EXPECT_THAT(answer.message(), HasSubstr("AWS_ACCESS_KEY_ID is not set"));
  answer = Ask(*MakeEnvironmentCredentials(
                   Environment({{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", ""}})),
               net);
  EXPECT_EQ(answer.code(), StatusCode::kNoCredentials);
  EXPECT_THAT(answer.message(), HasSubstr("AWS_SECRET_ACCESS_KEY is not set"));
}

TEST(EnvironmentCredentialsTest, ATokenIsNotNeeded) {
  FakeServices net;
  const Answer answer = Ask(*MakeEnvironmentCredentials(Environment(
                                {{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "s"}})),
                            net);
  ASSERT_EQ(answer.key(), "AKID");
  EXPECT_TRUE((*answer.result)->session_token.empty());
}

Answer AskFile(const std::string& text, FakeServices& net) {
  const auto source = MakeFileCredentials(
      "/path/credentials",
      [&text](const std::string&, std::size_t) -> Result<std::string> { return text; });
  return Ask(*source, net);
}

TEST(FileCredentialsTest, ReadsBothForms) {
  FakeServices net;
  Answer answer = AskFile("CREDENTIALS AKID secret\n", net);
  ASSERT_EQ(answer.key(), "AKID");
  EXPECT_EQ((*answer.result)->secret_access_key.Reveal(), "secret");
  EXPECT_TRUE((*answer.result)->session_token.empty());
  EXPECT_EQ((*answer.result)->expiration, net.wall + Duration::Minutes(40));

  const WallTime soon = net.wall + Duration::Minutes(10);
  answer = AskFile("\tCREDENTIALS  AKID " + aws::FormatIsoTime(soon) + "\nsecret token", net);
  ASSERT_EQ(answer.key(), "AKID");
  EXPECT_EQ((*answer.result)->secret_access_key.Reveal(), "secret");
  EXPECT_EQ((*answer.result)->session_token.Reveal(), "token");
  EXPECT_EQ((*answer.result)->expiration, soon);
}

TEST(FileCredentialsTest, ExpiryIsAtMostFortyMinutesAway) {
  FakeServices net;
  const std::string late = aws::FormatIsoTime(net.wall + Duration::Hours(12));
  const Answer answer = AskFile("CREDENTIALS AKID " + late + " secret token", net);
  ASSERT_EQ(answer.key(), "AKID");
  EXPECT_EQ((*answer.result)->expiration, net.wall + Duration::Minutes(40));
}

TEST(FileCredentialsTest, RefusesOtherFormsAndNeverQuotesThem) {
  FakeServices net;
  for (const std::string text :
       {"", "CREDENTIALS", "CREDENTIALS hush", "hush hush hush", "credentials hush hush",
        "CREDENTIALS hush 2030-01-01T00:00:00Z hush", "CREDENTIALS hush 2030-01-01 hush hush",
        "CREDENTIALS hush 2030-01-01T00:00:00Z hush hush hush",
        "CREDENTIALS hush hush hush hush hush hush hush hush", "CREDENTIALS hush h\x01ush"}) {
    const Answer answer = AskFile(text, net);
    EXPECT_EQ(answer.code(), StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(answer.message(), HasSubstr("/path/credentials")) << text;
    EXPECT_THAT(answer.message(), Not(HasSubstr("hush"))) << text;
  }
}

TEST(FileCredentialsTest, AMissingFileIsNoCredentialsAndAnUnreadableOneAnError) {
  FakeServices net;
  const auto fails_with = [](StatusCode code) {
    return MakeFileCredentials("f", [code](const std::string&, std::size_t) -> Result<std::string> {
      return Status(code, "why");
    });
  };
  EXPECT_EQ(Ask(*fails_with(StatusCode::kNotFound), net).code(), StatusCode::kNoCredentials);
  EXPECT_EQ(Ask(*fails_with(StatusCode::kFileError), net).code(), StatusCode::kFileError);
  EXPECT_EQ(Ask(*fails_with(StatusCode::kTooLarge), net).code(), StatusCode::kFileError);
}

TEST(FileCredentialsTest, ReadsRealFilesAndNoticesThatTheyChange) {
  FakeServices net;
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) /
                                     ("kvs_file_credentials_test." + std::to_string(getpid()));
  const auto write = [&path](const std::string& text) { std::ofstream(path) << text; };
  std::filesystem::remove(path);
  const auto source = MakeFileCredentials(path.string());
  EXPECT_EQ(Ask(*source, net).code(), StatusCode::kNoCredentials);
  write("CREDENTIALS FIRST secret");
  EXPECT_EQ(Ask(*source, net).key(), "FIRST");
  write("CREDENTIALS SECOND secret");
  EXPECT_EQ(Ask(*source, net).key(), "SECOND");
  write("CREDENTIALS AKID secret" + std::string(9'999, ' '));
  EXPECT_EQ(Ask(*source, net).code(), StatusCode::kFileError);
  std::filesystem::remove(path);
  EXPECT_EQ(Ask(*MakeFileCredentials(testing::TempDir()), net).code(), StatusCode::kFileError)
      << "a folder";
}

TEST(FileCredentialsTest, AFileThatOthersCanReadIsAWarningOnce) {
  FakeServices net;
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / ("kvs_open_file_test." + std::to_string(getpid()));
  std::ofstream(path) << "CREDENTIALS AKID secret";
  const auto log = std::make_shared<LogKeeper>();
  const auto source = MakeFileCredentials(path.string(), {}, log);
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  EXPECT_EQ(Ask(*source, net).key(), "AKID");
  EXPECT_THAT(log->texts, testing::IsEmpty());
  std::filesystem::permissions(path, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  EXPECT_EQ(Ask(*source, net).key(), "AKID");
  EXPECT_EQ(Ask(*source, net).key(), "AKID");
  EXPECT_THAT(log->texts, testing::ElementsAre(testing::AllOf(testing::HasSubstr(path.string()), testing::HasSubstr("chmod 600"))));
  std::filesystem::remove(path);
}

class ChainTest : public testing::Test {
 protected:
  std::unique_ptr<CredentialSource> Chain(std::size_t count) {
    std::vector<std::unique_ptr<CredentialSource>> sources;
    for (std::size_t i = 0; i < count; ++i) {
      sources.push_back(std::make_unique<FakeSource>());
      fakes_.push_back(static_cast<FakeSource*>(sources.back().get()));
    }
    return MakeCredentialChain(std::move(sources));
  }

  FakeServices net_;
  std::vector<FakeSource*> fakes_;
};

TEST_F(ChainTest, TheFirstThatIsConfiguredAnswers) {
  const auto chain = Chain(3);
  Answer answer;
  chain->Fetch(net_, answer.Callback());
  fakes_[0]->Answer(Status(StatusCode::kNoCredentials, "not set"));
  EXPECT_FALSE(answer.has());
  fakes_[1]->Answer(MakeTestCredentials("SECOND"));
  EXPECT_EQ(answer.key(), "SECOND");
  EXPECT_EQ(fakes_[2]->fetches, 0);
}

TEST_F(ChainTest, ABrokenSourceEndsTheSearch) {
  const auto chain = Chain(2);
  Answer answer;
  chain->Fetch(net_, answer.Callback());
  fakes_[0]->Answer(Status(StatusCode::kFileError, "broken"));
  EXPECT_EQ(answer.code(), StatusCode::kFileError);
  EXPECT_EQ(fakes_[1]->fetches, 0);
}

TEST_F(ChainTest, SaysWhatEachSourceSaid) {
  const auto chain = Chain(2);
  Answer answer;
  chain->Fetch(net_, answer.Callback());
  fakes_[0]->Answer(Status(StatusCode::kNoCredentials, "first reason"));
  fakes_[1]->Answer(Status(StatusCode::kNoCredentials, "second reason"));
  EXPECT_EQ(answer.code(), StatusCode::kNoCredentials);
  EXPECT_THAT(answer.message(), HasSubstr("fake source (first reason); fake source (second"));
}

TEST_F(ChainTest, AnEmptyChainHasNoCredentials) {
  Answer answer;
  Chain(0)->Fetch(net_, answer.Callback());
  EXPECT_EQ(answer.code(), StatusCode::kNoCredentials);
}

TEST_F(ChainTest, InvalidateReachesEverySource) {
  const auto chain = Chain(2);
  chain->Invalidate({});
  EXPECT_EQ(fakes_[0]->invalidations, 1);
  EXPECT_EQ(fakes_[1]->invalidations, 1);
}

TEST_F(ChainTest, AnAnswerAfterItsEndIsDropped) {
  auto chain = Chain(1);
  Answer answer;
  chain->Fetch(net_, answer.Callback());
  CredentialsCallback late = std::move(fakes_[0]->pending[0]);
  chain.reset();
  late(MakeTestCredentials("LATE"));
  EXPECT_FALSE(answer.has());
}

}  // namespace
}  // namespace kvs
