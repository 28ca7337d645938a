// Profiles, the default chain and what is shared.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kvs/credentials.h"
#include "producer/aws/words.h"
#include "tests/unit/aws/fake_services.h"
#include "tests/unit/aws/fake_transport.h"

namespace kvs {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ProfileTest : public testing::Test {
 protected:
  ProfileTest() {
    folder_ = fs::temp_directory_path() / ("kvs-profile-test-" + std::to_string(::getpid()));
    fs::create_directories(folder_ / ".aws/sso/cache");
    net_.network = &transport_;
    variables_["HOME"] = folder_.string();
    variables_["AWS_EC2_METADATA_DISABLED"] = "true";
  }
  ~ProfileTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::string Write(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / name;
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    return path.string();
  }
  std::string ReadBack(const std::string& name) {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  ProfileOptions Options(std::string profile = "") {
    ProfileOptions options;
    options.environment = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    options.profile = std::move(profile);
    options.log = log_;
    return options;
  }
  Answer Ask(const std::string& profile = "") {
    source_ = MakeProfileCredentials(Options(profile));
    source_->Fetch(net_, [this](Result<Credentials> result) { answer_.result.emplace(std::move(result)); });
    return std::exchange(answer_, {});
  }
  // What a profile in the config file says.
  Answer AskConfig(const std::string& text, const std::string& profile = "p") {
    Write(".aws/config", text);
    return Ask(profile);
  }

  fs::path folder_;
  std::map<std::string, std::string> variables_;
  FakeServices net_;
  FakeTransport transport_;
  std::shared_ptr<LogKeeper> log_ = std::make_shared<LogKeeper>();
  std::unique_ptr<CredentialSource> source_;
  Answer answer_;
};

TEST_F(ProfileTest, KeysOfTheCredentialsFileComeBeforeThoseOfTheConfigFile) {
  Write(".aws/config", "[default]\naws_access_key_id=AKIDCONFIG\naws_secret_access_key=s\n");
  EXPECT_EQ(Ask().key(), "AKIDCONFIG");
  Write(".aws/credentials", "[default]\naws_access_key_id=AKIDFILE\naws_secret_access_key=s\naws_session_token=t\n");
  Answer answer = Ask();
  ASSERT_EQ(answer.key(), "AKIDFILE") << answer.message();
  EXPECT_EQ((*answer.result)->session_token.Reveal(), "t");
  EXPECT_TRUE(log_->texts.empty());
}

TEST_F(ProfileTest, AProfileThatIsNamedHasToBeThere) {
  Write(".aws/config", "[profile here]\nregion=r\n");
  Answer answer = Ask("nowhere");
  EXPECT_EQ(answer.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(answer.message(), AllOf(HasSubstr("no profile \"nowhere\""), HasSubstr("there are: here")));
  EXPECT_EQ(Ask().code(), StatusCode::kNoCredentials) << "the default one need not";
  EXPECT_EQ(Ask("here").code(), StatusCode::kNoCredentials);
  variables_["AWS_PROFILE"] = "nowhere";
  EXPECT_EQ(Ask().code(), StatusCode::kInvalidArgument);
}

TEST_F(ProfileTest, ACredentialsFileThatOthersCanReadIsAWarningOnce) {
  const std::string path = Write(".aws/credentials", "[default]\naws_access_key_id=A\naws_secret_access_key=s\n");
  fs::permissions(path, fs::perms::others_read, fs::perm_options::add);
  Ask();
  source_->Fetch(net_, [](Result<Credentials>) {});
  ASSERT_EQ(log_->texts.size(), 1U);
  EXPECT_THAT(log_->texts[0], AllOf(HasSubstr(path), HasSubstr("chmod 600")));
  // The group as well, and the config file when there are keys in it.
  const std::string config = Write(".aws/config", "[profile p]\nregion=r\n[profile q]\naws_access_key_id=A\naws_secret_access_key=s\n");
  fs::permissions(config, fs::perms::group_read, fs::perm_options::add);
  Ask("p");
  EXPECT_EQ(log_->texts.size(), 1U);
  Ask("q");
  ASSERT_EQ(log_->texts.size(), 2U);
  EXPECT_THAT(log_->texts[1], HasSubstr(config));
}

TEST_F(ProfileTest, ARoleIsAssumedFromProfileToProfile) {
  const Answer answer = AskConfig(
      "[profile p]\nrole_arn=arn:aws:iam::1:role/last\nsource_profile=q\nrole_session_name=door\nregion=eu-west-1\n"
      "[profile q]\nrole_arn=arn:aws:iam::1:role/first\nsource_profile=r\n"
      "[profile r]\naws_access_key_id=AKIDBASE\naws_secret_access_key=s\n");
  EXPECT_FALSE(answer.has()) << answer.message();
  EXPECT_EQ(transport_.requests.back().url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_THAT(transport_.requests.back().body, HasSubstr("role%2Ffirst"));
  EXPECT_THAT(*service::FindHeader(transport_.requests.back().headers, "Authorization"), HasSubstr("Credential=AKIDBASE/"));
  const auto xml = [](const std::string& key) {
    return "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" + key +
           "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2023-11-14T23:13:20Z"
           "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
  };
  transport_.Respond(200, xml("ASIAFIRST"));
  EXPECT_THAT(transport_.requests.back().body, AllOf(HasSubstr("role%2Flast"), HasSubstr("RoleSessionName=door")));
  EXPECT_THAT(*service::FindHeader(transport_.requests.back().headers, "Authorization"), HasSubstr("Credential=ASIAFIRST/"));
  transport_.Respond(200, xml("ASIALAST"));
  EXPECT_EQ(answer_.key(), "ASIALAST");
  EXPECT_THAT(std::string(source_->name()), AllOf(HasSubstr("profile \"p\""), HasSubstr("role/last"), HasSubstr("role/first")));
}

TEST_F(ProfileTest, AProfileMayNameItselfForItsKeys) {
  EXPECT_FALSE(AskConfig("[profile p]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=p\naws_access_key_id=AKIDSELF\n"
                         "aws_secret_access_key=s\n").has());
  EXPECT_THAT(*service::FindHeader(transport_.requests.back().headers, "Authorization"), HasSubstr("Credential=AKIDSELF/"));
}

TEST_F(ProfileTest, CredentialSourceIsTheEnvironmentTheContainerOrTheInstance) {
  const auto ask = [this](const std::string& source) {
    return AskConfig("[profile p]\nrole_arn=arn:aws:iam::1:role/a\ncredential_source=" + source + "\n");
  };
  EXPECT_EQ(ask("Environment").code(), StatusCode::kCredentialsRefused) << "nothing else is asked in its place";
  variables_["AWS_ACCESS_KEY_ID"] = "AKIDENV";
  variables_["AWS_SECRET_ACCESS_KEY"] = "s";
  EXPECT_FALSE(ask("Environment").has());
  EXPECT_THAT(*service::FindHeader(transport_.requests.back().headers, "Authorization"), HasSubstr("Credential=AKIDENV/"));
  variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/a";
  EXPECT_FALSE(ask("EcsContainer").has());
  EXPECT_EQ(transport_.requests.back().url, "http://169.254.170.2/a");
  variables_.erase("AWS_EC2_METADATA_DISABLED");
  EXPECT_FALSE(ask("Ec2InstanceMetadata").has());
  EXPECT_EQ(transport_.requests.back().url, "http://169.254.169.254/latest/api/token");
  EXPECT_THAT(ask("Elsewhere").message(), HasSubstr("credential_source is \"Elsewhere\""));
}

TEST_F(ProfileTest, WhatContradictsItselfIsRefusedByName) {
  const std::string role = "[profile p]\nrole_arn=arn:aws:iam::1:role/a\n";
  const std::pair<std::string, const char*> wrong[] = {
      {role, "neither source_profile nor credential_source"},
      {role + "source_profile=q\ncredential_source=Environment\n", "both source_profile and credential_source"},
      {role + "source_profile=q\n", "no profile \"q\""},
      {role + "source_profile=p\n", "in a circle: \"p\" -> \"p\""},
      {role + "source_profile=q\n[profile q]\nrole_arn=arn:aws:iam::1:role/b\nsource_profile=p\n",
       "in a circle: \"p\" -> \"q\" -> \"p\""},
      {role + "source_profile=q\n[profile q]\nregion=r\n", "source_profile \"q\" has no credentials"},
      {role + "source_profile=q\nmfa_serial=x\n", "mfa_serial"},
      {role + "source_profile=q\nduration_seconds=long\n", "duration_seconds"},
      {"[profile p]\nweb_identity_token_file=/a\n", "no role_arn"},
      {"[profile p]\naws_access_key_id=A\n", "aws_secret_access_key is missing"},
      {"[profile p]\nsso_session=office\nsso_account_id=1\nsso_role_name=r\n", "[sso-session office]"},
      {"[profile p]\nsso_account_id=1\nsso_role_name=r\n", "sso_start_url is missing"},
      {"[profile p]\nnonsense\n", "line 2"},
  };
  for (const auto& [text, says] : wrong) {
    const Answer answer = AskConfig(text);
    EXPECT_EQ(answer.code(), StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(answer.message(), HasSubstr(says));
  }
  EXPECT_TRUE(transport_.requests.empty());
}

TEST_F(ProfileTest, ATokenOfASessionIsRenewedAndWrittenBack) {
  // SHA-1 of "office".
  const char* const kFile = ".aws/sso/cache/e6427457497fe0f4f93a7334d2203b8e17ee82df.json";
  Write(kFile, R"({"accessToken":"old","expiresAt":"2023-11-14T22:20:00Z","refreshToken":"r1","clientId":"c","clientSecret":"cs",)"
               R"("region":"eu-central-1","startUrl":"https://s"})");
  const std::string config =
      "[profile p]\nsso_session=office\nsso_account_id=1\nsso_role_name=r\n[sso-session office]\nsso_region=eu-central-1\n"
      "sso_start_url=https://s\n";
  const Answer none = AskConfig(config);
  ASSERT_FALSE(none.has()) << none.message();
  ASSERT_EQ(transport_.requests.back().url, "https://oidc.eu-central-1.amazonaws.com/token");
  EXPECT_EQ(transport_.requests.back().body,
            R"({"clientId":"c","clientSecret":"cs","grantType":"refresh_token","refreshToken":"r1"})");
  transport_.Respond(200, R"({"accessToken":"new","expiresIn":3600,"refreshToken":"r2"})");
  EXPECT_EQ(*service::FindHeader(transport_.requests.back().headers, "x-amz-sso_bearer_token"), "new");
  EXPECT_THAT(ReadBack(kFile), AllOf(HasSubstr(R"("accessToken":"new")"), HasSubstr(R"("refreshToken":"r2")"),
                                     HasSubstr(R"("expiresAt":"2023-11-14T23:13:20Z")"), HasSubstr(R"("clientId":"c")")));
  struct stat info {};
  ASSERT_EQ(::stat((folder_ / kFile).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(ProfileTest, ATokenThatIsGoodIsUsedWhenItCannotBeRenewed) {
  const char* const kFile = ".aws/sso/cache/e6427457497fe0f4f93a7334d2203b8e17ee82df.json";
  const std::string config =
      "[profile p]\nsso_session=office\nsso_account_id=1\nsso_role_name=r\n[sso-session office]\nsso_region=eu-central-1\n"
      "sso_start_url=https://s\n";
  const std::string rest = R"("refreshToken":"r1","clientId":"c","clientSecret":"cs"})";
  Write(kFile, R"({"accessToken":"old","expiresAt":"2023-11-14T22:20:00Z",)" + rest);
  ASSERT_FALSE(AskConfig(config).has());
  transport_.Respond(400, R"({"error":"invalid_grant","error_description":"no"})");
  EXPECT_EQ(*service::FindHeader(transport_.requests.back().headers, "x-amz-sso_bearer_token"), "old");
  Write(kFile, R"({"accessToken":"old","expiresAt":"2023-11-14T22:10:00Z",)" + rest);
  EXPECT_FALSE(AskConfig(config).has());
  transport_.Respond(400, R"({"error":"invalid_grant","error_description":"no"})");
  EXPECT_EQ(answer_.code(), StatusCode::kCredentialsRefused);
  EXPECT_THAT(answer_.message(), AllOf(HasSubstr("run \"aws sso login --profile p\""), Not(HasSubstr("r1"))));
}

TEST_F(ProfileTest, ATokenThatSomebodyElseHasRenewedIsUsed) {
  const char* const kFile = ".aws/sso/cache/e6427457497fe0f4f93a7334d2203b8e17ee82df.json";
  const std::string config =
      "[profile p]\nsso_session=office\nsso_account_id=1\nsso_role_name=r\n[sso-session office]\nsso_region=eu-central-1\n"
      "sso_start_url=https://s\n";
  Write(kFile, R"({"accessToken":"old","expiresAt":"2023-11-14T22:10:00Z","refreshToken":"r1","clientId":"c","clientSecret":"cs"})");
  EXPECT_FALSE(AskConfig(config).has());
  Write(kFile, R"({"accessToken":"new","expiresAt":"2023-11-14T23:10:00Z","refreshToken":"r2","clientId":"c","clientSecret":"cs"})");
  transport_.Respond(400, R"({"error":"invalid_grant","error_description":"no"})");
  EXPECT_FALSE(answer_.has());
  EXPECT_EQ(*service::FindHeader(transport_.requests.back().headers, "x-amz-sso_bearer_token"), "new");
}

// Programs.

TEST(SplitWordsTest, SplitsAsAShellDoes) {
  const auto split = [](const char* text) { return *aws::SplitWords(text); };
  EXPECT_THAT(split("/opt/a b  'c d'\t\"e f\""), ElementsAre("/opt/a", "b", "c d", "e f"));
  EXPECT_THAT(split(R"(a\ b "c\"d\\e\f" 'g\h' i'j'"k")"), ElementsAre("a b", R"(c"d\e\f)", R"(g\h)", "ijk"));
  EXPECT_THAT(split("'' \"\""), ElementsAre("", ""));
  EXPECT_TRUE(split("  ").empty());
  EXPECT_THAT(split("a $HOME `b` ; c"), ElementsAre("a", "$HOME", "`b`", ";", "c"));
  EXPECT_FALSE(aws::SplitWords("a 'b").ok());
  EXPECT_FALSE(aws::SplitWords("a \\").ok());
}

// Files.

TEST_F(ProfileTest, APipeIsNoFileToWaitFor) {
  const std::string path = (folder_ / "pipe").string();
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  variables_["AWS_SHARED_CREDENTIALS_FILE"] = path;
  const Answer answer = Ask();
  EXPECT_EQ(answer.code(), StatusCode::kFileError);
  EXPECT_THAT(answer.message(), HasSubstr("not a regular file"));
}

TEST_F(ProfileTest, ADefaultFileThatCannotBeReadIsToldAndNotThere) {
  fs::remove_all(folder_ / ".aws");
  Write(".aws", "no folder");
  const Answer answer = Ask();
  EXPECT_EQ(answer.code(), StatusCode::kNoCredentials);
  EXPECT_THAT(answer.message(), HasSubstr(".aws/config: Not a directory"));
  EXPECT_THAT(Ask("p").message(), HasSubstr(".aws/config: Not a directory"));
  EXPECT_TRUE(MayHaveDefaultCredentials(Options())) << "the source says what is wrong";
}

TEST_F(ProfileTest, WhatAProfileNamesEndsWithIt) {
  variables_.erase("AWS_EC2_METADATA_DISABLED");
  EXPECT_FALSE(AskConfig("[profile p]\nrole_arn=arn:aws:iam::1:role/a\ncredential_source=Ec2InstanceMetadata\n").has());
  source_.reset();
  transport_.Respond(200, "token");
  EXPECT_TRUE(transport_.handlers.empty()) << "nothing else is asked";
}

// The chain.

TEST_F(ProfileTest, TheDefaultChainHasTheOrderOfTheAwsCommandLine) {
  const auto ask = [this] {
    source_ = MakeDefaultCredentials(Options());
    source_->Fetch(net_, [this](Result<Credentials> result) { answer_.result.emplace(std::move(result)); });
    const Answer answer = std::exchange(answer_, {});
    return answer.has() ? answer.result->ok() ? answer.key() : answer.message() : transport_.requests.back().url;
  };
  // From the last one to the first: each comes before those that are there already.
  variables_["AWS_EC2_METADATA_DISABLED"] = "false";
  EXPECT_EQ(ask(), "http://169.254.169.254/latest/api/token");
  variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/container";
  EXPECT_EQ(ask(), "http://169.254.170.2/container");
  Write(".aws/config", "[default]\naws_access_key_id=AKIDCONFIG\naws_secret_access_key=s\n");
  EXPECT_EQ(ask(), "AKIDCONFIG");
  Write(".aws/config", "[default]\naws_access_key_id=AKIDCONFIG\naws_secret_access_key=s\ncredential_process=\"\"\n");
  Write(".aws/credentials", "[default]\naws_access_key_id=AKIDFILE\naws_secret_access_key=s\n");
  EXPECT_EQ(ask(), "AKIDFILE");
  Write(".aws/config", "[default]\nsso_account_id=1\nsso_role_name=r\nsso_start_url=https://s\nsso_region=eu-west-1\n");
  EXPECT_THAT(ask(), HasSubstr("aws sso login"));
  const std::string token = Write("token", "token");
  variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/web";
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = token;
  ask();
  EXPECT_THAT(transport_.requests.back().body, HasSubstr("AssumeRoleWithWebIdentity"));
  Write(".aws/config", "[default]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=default\n");
  ask();
  EXPECT_THAT(transport_.requests.back().body, AllOf(HasSubstr("Action=AssumeRole&"), HasSubstr("role%2Fa")));
  variables_["AWS_ACCESS_KEY_ID"] = "AKIDENV";
  variables_["AWS_SECRET_ACCESS_KEY"] = "s";
  EXPECT_EQ(ask(), "AKIDENV");
}

TEST_F(ProfileTest, AProfileThatIsGivenComesBeforeTheEnvironment) {
  variables_["AWS_ACCESS_KEY_ID"] = "AKIDENV";
  variables_["AWS_SECRET_ACCESS_KEY"] = "s";
  Write(".aws/credentials", "[door]\naws_access_key_id=AKIDDOOR\naws_secret_access_key=s\n");
  Answer answer;
  const auto source = MakeDefaultCredentials(Options("door"));
  source->Fetch(net_, answer.Callback());
  EXPECT_EQ(answer.key(), "AKIDDOOR") << answer.message();
  EXPECT_EQ(source->name(), "profile \"door\" (given credentials)") << "the chain is called what won";
}

TEST_F(ProfileTest, AChainThatFindsNothingSaysWhatEachSaid) {
  Answer answer;
  MakeDefaultCredentials(Options())->Fetch(net_, answer.Callback());
  EXPECT_EQ(answer.code(), StatusCode::kNoCredentials);
  EXPECT_THAT(answer.message(), AllOf(HasSubstr("AWS_ACCESS_KEY_ID is not set"), HasSubstr("no such profile"),
                                      HasSubstr("AWS_WEB_IDENTITY_TOKEN_FILE"), HasSubstr("RELATIVE_URI"),
                                      HasSubstr("AWS_EC2_METADATA_DISABLED")));
  EXPECT_FALSE(MayHaveDefaultCredentials(Options()));
}

TEST_F(ProfileTest, ThatThereIsSomethingToAskIsSeenWithoutAsking) {
  const auto may = [this](const char* name, const char* value) {
    variables_[name] = value;
    const bool found = MayHaveDefaultCredentials(Options());
    variables_.erase(name);
    return found;
  };
  EXPECT_TRUE(may("AWS_PROFILE", "a"));
  EXPECT_TRUE(may("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1"));
  EXPECT_TRUE(may("AWS_WEB_IDENTITY_TOKEN_FILE", "/a"));
  EXPECT_FALSE(may("AWS_ACCESS_KEY_ID", "a"));
  EXPECT_FALSE(may("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1")) << "it is disabled";
  variables_.erase("AWS_EC2_METADATA_DISABLED");
  EXPECT_TRUE(may("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1"));
  variables_["AWS_EC2_METADATA_DISABLED"] = "true";
  Write(".aws/config", "[default]\nregion=r\n");
  EXPECT_FALSE(MayHaveDefaultCredentials(Options()));
  Write(".aws/config", "[default]\ncredential_process=a\n");
  EXPECT_TRUE(MayHaveDefaultCredentials(Options()));
  Write(".aws/config", "nonsense\n");
  EXPECT_TRUE(MayHaveDefaultCredentials(Options())) << "the source says what is wrong";
}

TEST(CredentialChainTest, TheOneThatGaveSomeIsAskedFirstUntilItHasNone) {
  auto first = std::make_unique<FakeSource>();
  auto second = std::make_unique<FakeSource>();
  FakeSource& asked_first = *first;
  FakeSource& asked_second = *second;
  std::vector<std::unique_ptr<CredentialSource>> sources;
  sources.push_back(std::move(first));
  sources.push_back(std::move(second));
  const auto chain = MakeCredentialChain(std::move(sources));
  FakeServices net;
  Answer answer;
  const Status none(StatusCode::kNoCredentials, "none");
  chain->Fetch(net, answer.Callback());
  asked_first.Answer(none);
  asked_second.Answer(MakeTestCredentials("SECOND"));
  EXPECT_EQ(answer.key(), "SECOND");
  chain->Fetch(net, answer.Callback());
  ASSERT_EQ(asked_first.fetches, 1);
  asked_second.Answer(Status(StatusCode::kConnectFailed, "down"));
  EXPECT_EQ(answer.code(), StatusCode::kConnectFailed) << "its trouble is told, and nobody else asked";
  chain->Fetch(net, answer.Callback());
  asked_second.Answer(none);
  EXPECT_EQ(asked_first.fetches, 2);
  asked_first.Answer(MakeTestCredentials("FIRST"));
  EXPECT_EQ(answer.key(), "FIRST");
}

// What is shared.

TEST_F(ProfileTest, WhoAsksForTheSameSharesIt) {
  const auto one = SharedCredentials(CredentialSourceKind::kDefault, Options());
  EXPECT_EQ(SharedCredentials(CredentialSourceKind::kDefault, Options()), one);
  EXPECT_NE(SharedCredentials(CredentialSourceKind::kProfile, Options()), one);
  EXPECT_NE(SharedCredentials(CredentialSourceKind::kDefault, Options("door")), one);
  ProfileOptions elsewhere = Options();
  elsewhere.region = "eu-west-1";
  EXPECT_NE(SharedCredentials(CredentialSourceKind::kDefault, elsewhere), one);
  variables_["AWS_SECRET_ACCESS_KEY"] = "other";
  EXPECT_NE(SharedCredentials(CredentialSourceKind::kDefault, Options()), one);
}

TEST_F(ProfileTest, ManyWhoShareAskOnce) {
  variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/a";
  std::vector<std::shared_ptr<CredentialSource>> sources;
  std::vector<Answer> answers(100);
  for (Answer& answer : answers) {
    sources.push_back(SharedCredentials(CredentialSourceKind::kContainer, Options()));
    sources.back()->Fetch(net_, answer.Callback());
  }
  ASSERT_EQ(transport_.requests.size(), 1U);
  transport_.Respond(200, R"({"AccessKeyId":"ASIAX","SecretAccessKey":"s","Token":"t","Expiration":"2023-11-14T23:13:20Z"})");
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.key(), "ASIAX");
  }
}

}  // namespace
}  // namespace kvs
