#include "producer/aws/shared_config.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include <map>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::aws {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kConfig[] = R"(# made up
[default]
region = eu-west-1

[profile camera]
REGION=us-east-2
role_arn = arn:aws:iam::123456789012:role/camera
services = here
endpoint_url = http://127.0.0.1:1

[profile "two words"]
region = ap-south-1
; a comment
[sso-session office]
sso_region = eu-central-1
[services here]
kinesis_video =
  endpoint_url = http://127.0.0.1:2
sts =
  endpoint_url = http://127.0.0.1:3
[preview]
cloudfront = true
  nested without an equals sign
[profile ignoring]
ignore_configured_endpoint_urls = true
endpoint_url = http://127.0.0.1:4
)";

EnvironmentLookup Variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string Text(std::optional<std::string_view> value) { return std::string(value.value_or("(none)")); }

Status Add(std::string_view text, SharedFile file = SharedFile::kConfig) {
  SharedConfig config;
  return config.Add(file, "/home/a/.aws/config", text);
}

TEST(SharedConfigTest, ReadsProfilesSessionsAndServices) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", kConfig).ok());
  EXPECT_THAT(config.ProfileNames(), ElementsAre("camera", "default", "ignoring", "two words"));
  EXPECT_EQ(Text(config.Region("default")), "eu-west-1");
  EXPECT_EQ(Text(config.Region("camera")), "us-east-2") << "names are read in any case";
  EXPECT_EQ(Text(config.Region("two words")), "ap-south-1");
  EXPECT_EQ(Text(config.Region("nobody")), "(none)");
  EXPECT_EQ(Text(config.Profile("camera")->Get("role_arn")), "arn:aws:iam::123456789012:role/camera");
  EXPECT_EQ(Text(config.SsoSession("office")->Get("sso_region")), "eu-central-1");
  EXPECT_EQ(Text(config.Services("here")->Nested("sts", "endpoint_url")), "http://127.0.0.1:3");
  EXPECT_EQ(config.Profile("preview"), nullptr);
}

TEST(SharedConfigTest, TheEndpointOfAServiceIsThatOfItsSectionThenOfTheProfile) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", kConfig).ok());
  EXPECT_EQ(Text(config.EndpointUrl("camera", "kinesis_video")), "http://127.0.0.1:2");
  EXPECT_EQ(Text(config.EndpointUrl("camera", "sso")), "http://127.0.0.1:1");
  EXPECT_EQ(Text(config.EndpointUrl("default", "sts")), "(none)");
}

TEST(SharedConfigTest, TheVariableSaysBeforeTheProfileWhetherEndpointsAreIgnored) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", kConfig).ok());
  const auto endpoint = [&config](std::map<std::string, std::string> variables) {
    return ConfiguredEndpoint(Variables(std::move(variables)), config, "ignoring", "sts").value_or("(none)");
  };
  EXPECT_EQ(endpoint({}), "(none)");
  EXPECT_EQ(endpoint({{"AWS_ENDPOINT_URL", "http://b"}}), "(none)");
  EXPECT_EQ(endpoint({{"AWS_ENDPOINT_URL", "http://b"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"}}), "http://b");
}

TEST(SharedConfigTest, AColonMaySeparateNameAndValue) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", "[default]\nregion: eu-west-1\nsso_start_url = https://a=b\n").ok());
  EXPECT_EQ(Text(config.Region("default")), "eu-west-1");
  EXPECT_EQ(Text(config.Profile("default")->Get("sso_start_url")), "https://a=b");
}

TEST(SharedConfigTest, VariablesComeBeforeTheFilesForEndpoints) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", kConfig).ok());
  const auto endpoint = [&config](std::map<std::string, std::string> variables) {
    return ConfiguredEndpoint(Variables(std::move(variables)), config, "camera", "kinesis_video").value_or("(none)");
  };
  EXPECT_EQ(endpoint({{"AWS_ENDPOINT_URL_KINESIS_VIDEO", "http://a"}, {"AWS_ENDPOINT_URL", "http://b"}}), "http://a");
  EXPECT_EQ(endpoint({{"AWS_ENDPOINT_URL_STS", "http://a"}, {"AWS_ENDPOINT_URL", "http://b"}}), "http://b");
  EXPECT_EQ(endpoint({{"AWS_ENDPOINT_URL", ""}}), "http://127.0.0.1:2");
  EXPECT_EQ(endpoint({{"AWS_ENDPOINT_URL", "http://b"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}), "(none)");
}

TEST(SharedConfigTest, EverySectionOfTheCredentialsFileIsAProfileAndWins) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", "[profile a]\nregion=r1\naws_access_key_id=OLD\n").ok());
  ASSERT_TRUE(config.Add(SharedFile::kCredentials, "d", "[a]\naws_access_key_id = NEW\n[two words]\nregion=r2\n").ok());
  const ConfigSection& profile = *config.Profile("a");
  EXPECT_EQ(Text(profile.Get("aws_access_key_id")), "NEW");
  EXPECT_EQ(Text(profile.Get(SharedFile::kConfig, "aws_access_key_id")), "OLD");
  EXPECT_EQ(Text(profile.Get(SharedFile::kCredentials, "region")), "(none)");
  EXPECT_EQ(Text(config.Region("a")), "r1");
  EXPECT_EQ(Text(config.Region("two words")), "r2");
}

TEST(SharedConfigTest, ASectionThatIsThereTwiceIsOne) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", "[default]\nregion=a\noutput=x\n[default]\nregion=b\n").ok());
  EXPECT_EQ(Text(config.Region("default")), "b");
  EXPECT_EQ(Text(config.Profile("default")->Get("output")), "x");
}

TEST(SharedConfigTest, AnEmptyValueIsNone) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", "[default]\nregion =\n").ok());
  EXPECT_EQ(Text(config.Region("default")), "(none)");
}

TEST(SharedConfigTest, TakesLineEndsOfWindowsAndASectionThatIsIndentedAsAWhole) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", "[default]\r\n  region = a\r\n  output = b\r\n").ok());
  EXPECT_EQ(Text(config.Region("default")), "a");
  EXPECT_EQ(Text(config.Profile("default")->Get("output")), "b");
}

TEST(SharedConfigTest, AnIndentedLineGoesOnWithTheValueBefore) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", "[default]\na = 1\n  2 = 3\nb = 4\n").ok());
  EXPECT_EQ(Text(config.Profile("default")->Get("a")), "1\n2 = 3");
  EXPECT_EQ(Text(config.Profile("default")->Get("b")), "4");
}

TEST(SharedConfigTest, AValueReplacesWhatWasNestedInIt) {
  SharedConfig config;
  ASSERT_TRUE(config.Add(SharedFile::kConfig, "c", "[services s]\nsts =\n endpoint_url = x\nsts =\n other = y\n").ok());
  EXPECT_EQ(Text(config.Services("s")->Nested("sts", "endpoint_url")), "(none)");
  EXPECT_EQ(Text(config.Services("s")->Nested("sts", "other")), "y");
}

TEST(SharedConfigTest, ALineThatCannotBeUnderstoodIsNamedByNumberAndNeverQuoted) {
  const std::pair<const char*, const char*> wrong[] = {
      {"[default]\n\naws_secret_access_key SECRET\n", "line 3: a line is \"name = value\""},
      {"SECRET = SECRET\n", "line 1: it stands before the first section"},
      {"[default]\n# c\n[profile SECRET\n", "line 3: a section is \"[name]\""},
      {"[default] SECRET\n", "line 1: a section is \"[name]\""},
      {"[ ]\n", "line 1: the section has no name"},
      {"[default]\n= SECRET\n", "line 2: there is no name"},
      {"[services a]\nsts =\n  SECRET\n", "line 3: below a name without a value"},
  };
  for (const auto& [text, says] : wrong) {
    const Status status = Add(text);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << says;
    EXPECT_THAT(status.message(), AllOf(HasSubstr("/home/a/.aws/config, "), HasSubstr(says), Not(HasSubstr("SECRET"))));
  }
  EXPECT_EQ(Add(std::string(SharedConfig::kMaxFileBytes + 1, '\n')).code(), StatusCode::kTooLarge);
}

TEST(SharedConfigTest, FilesAreWhereTheVariablesOrTheHomeSay) {
  EXPECT_EQ(SharedFilePath(SharedFile::kConfig, Variables({{"HOME", "/h"}})), "/h/.aws/config");
  EXPECT_EQ(SharedFilePath(SharedFile::kCredentials, Variables({{"HOME", "/h"}})), "/h/.aws/credentials");
  EXPECT_EQ(SharedFilePath(SharedFile::kConfig, Variables({{"HOME", "/h"}, {"AWS_CONFIG_FILE", "~/c"}})), "/h/c");
  EXPECT_EQ(SharedFilePath(SharedFile::kCredentials, Variables({{"AWS_SHARED_CREDENTIALS_FILE", "/c"}})), "/c");
  EXPECT_EQ(SharedFilePath(SharedFile::kConfig, Variables({})), "");
}

TEST(SharedConfigTest, WithoutHomeTheFilesAreThoseOfTheUser) {
  const char* const set = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): there is one thread
  const std::string home = set == nullptr ? "" : set;
  ::unsetenv("HOME");                                    // NOLINT(concurrency-mt-unsafe)
  const passwd* const user = ::getpwuid(::getuid());     // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(SharedFilePath(SharedFile::kConfig, {}), user == nullptr ? "" : std::string(user->pw_dir) + "/.aws/config");
  if (set != nullptr) {
    ::setenv("HOME", home.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  }
}

TEST(SharedConfigTest, TheProfileIsThatOfTheVariables) {
  EXPECT_EQ(ProfileName(Variables({{"AWS_PROFILE", "a"}, {"AWS_DEFAULT_PROFILE", "b"}})), "a");
  EXPECT_EQ(ProfileName(Variables({{"AWS_PROFILE", ""}, {"AWS_DEFAULT_PROFILE", "b"}})), "b");
  EXPECT_EQ(ProfileName(Variables({})), "default");
}

TEST(SharedConfigTest, LoadsBothFilesAndAMissingOneIsEmpty) {
  const FileReader reader = [](const std::string& path, std::size_t) -> Result<std::string> {
    if (path == "/h/.aws/config") {
      return std::string("[default]\nregion=r\n");
    }
    return Status(StatusCode::kNotFound, "no such file");
  };
  const auto config = LoadSharedConfig(Variables({{"HOME", "/h"}}), reader);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(Text(config->Region("default")), "r");
  const FileReader broken = [](const std::string&, std::size_t) -> Result<std::string> {
    return Status(StatusCode::kFileError, "Permission denied");
  };
  const auto unread = LoadSharedConfig(Variables({{"HOME", "/h"}}), broken);
  ASSERT_TRUE(unread.ok()) << "HOME may be that of another user";
  EXPECT_EQ(unread->unread(), "/h/.aws/config: Permission denied; /h/.aws/credentials: Permission denied");
  const Status status = LoadSharedConfig(Variables({{"HOME", "/h"}, {"AWS_CONFIG_FILE", "/h/.aws/config"}}), broken).status();
  EXPECT_EQ(status.code(), StatusCode::kFileError);
  EXPECT_THAT(status.message(), HasSubstr("/h/.aws/config: Permission denied"));
}

}  // namespace
}  // namespace kvs::aws
