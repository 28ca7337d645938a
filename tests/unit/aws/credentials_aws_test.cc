// The sources of the aws command line that ask over HTTP: containers, instances, STS, SSO.

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kvs/credentials.h"
#include "producer/aws/sts.h"
#include "producer/aws/xml.h"
#include "tests/unit/aws/fake_services.h"
#include "tests/unit/aws/fake_transport.h"

namespace kvs {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kSecret[] = "secretKeyThatMustNotBeSeen";
constexpr char kToken[] = "sessionTokenThatMustNotBeSeen";
constexpr char kRole[] = "arn:aws:iam::123456789012:role/camera";

std::string MetadataJson() {
  return std::string(R"({"Code":"Success","AccessKeyId":"ASIAX","SecretAccessKey":")") + kSecret + R"(","Token":")" + kToken +
         R"(","Expiration":"2023-11-14T23:13:20Z"})";
}

std::string StsXml(const std::string& action) {
  return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
         "Result><AssumedRoleUser><Arn>a</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>" +
         kSecret + "</SecretAccessKey><SessionToken>" + kToken +
         "</SessionToken><Expiration>2023-11-14T23:13:20Z</Expiration></Credentials></" + action + "Result></" + action +
         "Response>";
}

class AwsSourceTest : public testing::Test {
 protected:
  AwsSourceTest() {
    net_.network = &transport_;
    variables_["HOME"] = "/home/a";
  }

  // For options of any source. The maps are the test's: what it changes later counts.
  template <typename Options>
  Options With(Options options) {
    options.environment = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    options.reader = [this](const std::string& path, std::size_t) -> Result<std::string> {
      const auto found = files_.find(path);
      return found == files_.end() ? Result<std::string>(Status(StatusCode::kNotFound, "No such file or directory"))
                                   : Result<std::string>(found->second);
    };
    return options;
  }

  void Ask(std::unique_ptr<CredentialSource> source) {
    source_ = std::move(source);
    AskAgain();
  }
  void AskAgain() {
    answer_.result.reset();
    source_->Fetch(net_, answer_.Callback());
  }
  const service::HttpRequest& Last() { return transport_.requests.back(); }
  std::string Header(const char* name) {
    const std::string* value = service::FindHeader(Last().headers, name);
    return value == nullptr ? "(none)" : *value;
  }
  void ExpectGood() {
    ASSERT_EQ(answer_.key(), "ASIAX") << answer_.message();
    EXPECT_EQ((*answer_.result)->secret_access_key.Reveal(), kSecret);
    EXPECT_EQ((*answer_.result)->session_token.Reveal(), kToken);
    EXPECT_EQ((*answer_.result)->expiration, net_.wall + Duration::Hours(1));
  }
  void ExpectError(StatusCode code, const char* says) {
    EXPECT_EQ(answer_.code(), code) << answer_.message();
    EXPECT_THAT(answer_.message(), AllOf(HasSubstr(says), Not(HasSubstr(kSecret)), Not(HasSubstr(kToken))));
  }

  std::map<std::string, std::string> variables_;
  std::map<std::string, std::string> files_;
  FakeServices net_;
  FakeTransport transport_;
  std::unique_ptr<CredentialSource> source_;
  Answer answer_;
};

// Containers.

TEST_F(AwsSourceTest, AContainerThatSaysNothingIsNotAsked) {
  Ask(MakeContainerCredentials(With(AwsSourceOptions())));
  ExpectError(StatusCode::kNoCredentials, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  EXPECT_TRUE(transport_.requests.empty());
}

TEST_F(AwsSourceTest, TheRelativeUriOfAContainerComesFirstAndNeedsNoProxy) {
  variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/id";
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1/other";
  variables_["http_proxy"] = "http://proxy:1";
  Ask(MakeContainerCredentials(With(AwsSourceOptions())));
  EXPECT_EQ(Last().url, "http://169.254.170.2/v2/credentials/id");
  EXPECT_EQ(Last().method, "GET");
  EXPECT_EQ(Header("Authorization"), "(none)");
  ASSERT_NE(transport_.how.back().route, nullptr) << "without a route libcurl takes the proxy of the environment";
  EXPECT_EQ(transport_.how.back().route->proxies, nullptr);
  transport_.Respond(200, MetadataJson());
  ExpectGood();
}

TEST_F(AwsSourceTest, TheTokenFileOfAContainerIsReadAgainForEachQuestion) {
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials";
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "not this one";
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token";
  files_["/token"] = "one\n";
  Ask(MakeContainerCredentials(With(AwsSourceOptions())));
  EXPECT_EQ(Header("Authorization"), "one");
  files_["/token"] = "two";
  AskAgain();
  EXPECT_EQ(Header("Authorization"), "two");
  files_.clear();
  AskAgain();
  ExpectError(StatusCode::kFileError, "/token");
}

TEST_F(AwsSourceTest, OnlyHostsNearbyAreAskedWithoutTls) {
  for (const char* good : {"http://localhost:80/a", "http://127.0.0.1/a", "http://127.9.9.9/a", "http://[::1]/a", "http://169.254.170.2/a",
                           "http://169.254.170.23/a", "http://[fd00:ec2::23]/a", "https://example.com/a"}) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = good;
    const std::size_t before = transport_.requests.size();
    Ask(MakeContainerCredentials(With(AwsSourceOptions())));
    EXPECT_EQ(transport_.requests.size(), before + 1) << good;
  }
  transport_.requests.clear();
  for (const char* bad : {"http://example.com/a", "http://127.0.0.1.example.com/a", "http://169.254.170.3/a", "http://[::2]/a"}) {
    variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = bad;
    Ask(MakeContainerCredentials(With(AwsSourceOptions())));
    ExpectError(StatusCode::kInvalidArgument, "asked with https only");
  }
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "nonsense";
  Ask(MakeContainerCredentials(With(AwsSourceOptions())));
  ExpectError(StatusCode::kInvalidArgument, "is not a URL");
  EXPECT_TRUE(transport_.requests.empty());
}

TEST_F(AwsSourceTest, ATokenOfAContainerThatNoHeaderCanHaveIsNotSent) {
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1/a";
  variables_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "a\r\nHost: b";
  Ask(MakeContainerCredentials(With(AwsSourceOptions())));
  ExpectError(StatusCode::kInvalidArgument, "AWS_CONTAINER_AUTHORIZATION_TOKEN holds");
  EXPECT_TRUE(transport_.requests.empty());
}

TEST_F(AwsSourceTest, AnAnswerOfAContainerThatIsNoneIsNeverQuoted) {
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1/a";
  const std::string whole = MetadataJson();
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    Ask(MakeContainerCredentials(With(AwsSourceOptions())));
    transport_.Respond(200, whole.substr(0, size));
    ExpectError(StatusCode::kBadResponse, "cannot be understood");
  }
  Ask(MakeContainerCredentials(With(AwsSourceOptions())));
  transport_.Respond(403, R"({"code":"AccessDenied","message":"no such task"})");
  ExpectError(StatusCode::kCredentialsRefused, "no such task");
  Ask(MakeContainerCredentials(With(AwsSourceOptions())));
  transport_.Respond(503, "");
  ExpectError(StatusCode::kServiceFailure, "failed");
}

// Instances.

TEST_F(AwsSourceTest, AnInstanceIsAskedForATokenARoleAndItsCredentials) {
  Ask(MakeInstanceCredentials(With(InstanceOptions())));
  EXPECT_EQ(Last().method, "PUT");
  EXPECT_EQ(Last().url, "http://169.254.169.254/latest/api/token");
  EXPECT_EQ(Header("X-aws-ec2-metadata-token-ttl-seconds"), "300");
  EXPECT_EQ(transport_.how.back().connect_timeout, Duration::Seconds(1));
  ASSERT_NE(transport_.how.back().route, nullptr);
  EXPECT_EQ(transport_.how.back().route->proxies, nullptr);
  transport_.Respond(200, "the-token");
  EXPECT_EQ(Last().url, "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
  EXPECT_EQ(Header("X-aws-ec2-metadata-token"), "the-token");
  transport_.Respond(200, "a role\nanother");
  EXPECT_EQ(Last().url, "http://169.254.169.254/latest/meta-data/iam/security-credentials/a%20role");
  EXPECT_EQ(Header("X-aws-ec2-metadata-token"), "the-token");
  EXPECT_FALSE(answer_.has());
  transport_.Respond(200, MetadataJson());
  ExpectGood();
}

TEST_F(AwsSourceTest, NothingIsAskedOfAnInstanceWithoutAToken) {
  for (const int status : {400, 403, 404, 405, 500}) {
    Ask(MakeInstanceCredentials(With(InstanceOptions())));
    transport_.Respond(status, "");
    EXPECT_TRUE(answer_.has());
    EXPECT_EQ(transport_.handlers.size(), 0U) << status;
  }
}

TEST_F(AwsSourceTest, WhereAnInstanceIsAskedIsForTheEnvironmentToSay) {
  const auto asked = [this] {
    Ask(MakeInstanceCredentials(With(InstanceOptions())));
    return answer_.has() ? answer_.message() : Last().url;
  };
  variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6";
  EXPECT_EQ(asked(), "http://[fd00:ec2::254]/latest/api/token");
  variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "sideways";
  EXPECT_THAT(asked(), HasSubstr("IPv4 and IPv6 are possible"));
  variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:7/";
  EXPECT_EQ(asked(), "http://127.0.0.1:7/latest/api/token");
  variables_["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_THAT(asked(), HasSubstr("AWS_EC2_METADATA_DISABLED"));
  EXPECT_EQ(answer_.code(), StatusCode::kNoCredentials);
}

TEST_F(AwsSourceTest, SilenceMeansThatThisIsNoInstanceOnlyUntilItHasAnswered) {
  InstanceOptions options = With(InstanceOptions());
  options.may_be_elsewhere = true;
  Ask(MakeInstanceCredentials(options));
  transport_.Break(service::TransportError::kConnectTimeout, "");
  ExpectError(StatusCode::kNoCredentials, "no EC2 instance");
  AskAgain();
  transport_.Respond(200, "token");
  transport_.Respond(500, "");
  ExpectError(StatusCode::kServiceFailure, "role");
  AskAgain();
  transport_.Break(service::TransportError::kConnectTimeout, "");
  EXPECT_NE(answer_.code(), StatusCode::kNoCredentials);
  options.may_be_elsewhere = false;
  Ask(MakeInstanceCredentials(options));
  transport_.Break(service::TransportError::kConnectTimeout, "");
  EXPECT_NE(answer_.code(), StatusCode::kNoCredentials);
}

TEST_F(AwsSourceTest, TheChainKnowsAnInstanceThatIsStillStarting) {
  const auto silence = [this] {
    ProfileOptions options = With(ProfileOptions());
    Ask(MakeDefaultCredentials(options));
    transport_.Break(service::TransportError::kConnectTimeout, "");
    return answer_.code();
  };
  EXPECT_EQ(silence(), StatusCode::kNoCredentials);
  files_["/sys/class/dmi/id/sys_vendor"] = "Amazon EC2\n";
  EXPECT_EQ(silence(), StatusCode::kNetworkTimeout);
  files_.clear();
  variables_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1";
  EXPECT_EQ(silence(), StatusCode::kNetworkTimeout);
}

TEST_F(AwsSourceTest, AnInstanceWithoutARoleHasNoCredentials) {
  Ask(MakeInstanceCredentials(With(InstanceOptions())));
  transport_.Respond(200, "token");
  transport_.Respond(404, "");
  ExpectError(StatusCode::kNoCredentials, "no role");
}

TEST_F(AwsSourceTest, AnInstanceThatMayNotHaveItsRoleSaysWhy) {
  Ask(MakeInstanceCredentials(With(InstanceOptions())));
  transport_.Respond(200, "token");
  transport_.Respond(200, "camera");
  transport_.Respond(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role camera."})");
  ExpectError(StatusCode::kBadResponse, "AssumeRoleUnauthorizedAccess\": EC2 cannot assume the role camera.");
}

TEST_F(AwsSourceTest, AnInstanceThatIsTooFarAwayIsToldWithWhatToSet) {
  for (const service::TransportError error : {service::TransportError::kTimeout, service::TransportError::kConnectTimeout}) {
    Ask(MakeInstanceCredentials(With(InstanceOptions())));
    transport_.Break(error, "");
    ExpectError(StatusCode::kNetworkTimeout, "hop limit");
  }
}

TEST_F(AwsSourceTest, AnAnswerAfterTheEndOfTheSourceIsDropped) {
  Ask(MakeInstanceCredentials(With(InstanceOptions())));
  source_.reset();
  transport_.Respond(200, "token");
  EXPECT_FALSE(answer_.has());
  EXPECT_TRUE(transport_.handlers.empty()) << "and nothing else is asked";
}

// STS.

AssumeRoleOptions RoleOptions() {
  AssumeRoleOptions options;
  options.role_arn = kRole;
  options.region = "eu-west-1";
  return options;
}

TEST_F(AwsSourceTest, ARoleIsAssumedWithWhatAnotherSourceGives) {
  AssumeRoleOptions options = With(RoleOptions());
  options.session_name = "door";
  options.external_id = "a b&c";
  options.duration = Duration::Minutes(20);
  Ask(MakeAssumeRoleCredentials(options, MakeStaticCredentials(MakeTestCredentials("AKIDBASE"))));
  EXPECT_EQ(Last().method, "POST");
  EXPECT_EQ(Last().url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(Last().body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcamera&"
            "RoleSessionName=door&DurationSeconds=1200&ExternalId=a%20b%26c");
  EXPECT_THAT(Header("Authorization"), AllOf(HasSubstr("Credential=AKIDBASE/"), HasSubstr("/eu-west-1/sts/aws4_request")));
  transport_.Respond(200, StsXml("AssumeRole"));
  ExpectGood();
  EXPECT_THAT(std::string(source_->name()), AllOf(HasSubstr(kRole), HasSubstr("given credentials")));
}

TEST_F(AwsSourceTest, StsIsWhereTheRegionAndTheSettingsSay) {
  const auto asked = [this](const char* region) {
    AssumeRoleOptions options = With(RoleOptions());
    options.region = region;
    Ask(MakeAssumeRoleCredentials(options, MakeStaticCredentials(MakeTestCredentials("AKIDBASE"))));
    return answer_.has() ? answer_.message() : Last().url;
  };
  EXPECT_EQ(asked(""), "https://sts.us-east-1.amazonaws.com/");
  files_["/home/a/.aws/config"] = "[default]\nregion = ap-south-1\n";
  EXPECT_EQ(asked(""), "https://sts.ap-south-1.amazonaws.com/");
  variables_["AWS_REGION"] = "eu-north-1";
  EXPECT_EQ(asked(""), "https://sts.eu-north-1.amazonaws.com/");
  variables_["AWS_DEFAULT_REGION"] = "eu-central-1";
  EXPECT_EQ(asked(""), "https://sts.eu-central-1.amazonaws.com/") << "the order of the service itself";
  EXPECT_EQ(asked("cn-north-1"), "https://sts.cn-north-1.amazonaws.com.cn/");
  EXPECT_THAT(asked("the moon"), HasSubstr("is not the name of an AWS region"));
  files_["/home/a/.aws/config"] = "[default]\nendpoint_url = http://127.0.0.1:1\n";
  EXPECT_EQ(asked("eu-west-1"), "http://127.0.0.1:1/");
  variables_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:2";
  EXPECT_EQ(asked("eu-west-1"), "http://127.0.0.1:2/");
  variables_["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:3/";
  EXPECT_EQ(asked("eu-west-1"), "http://127.0.0.1:3/");
}

TEST_F(AwsSourceTest, HostsOfStsAndSsoAreOfTheKindThatIsSaid) {
  const auto asked = [this](const char* region, std::optional<bool> dual_stack, std::optional<bool> fips) {
    AssumeRoleOptions options = With(RoleOptions());
    options.region = region;
    options.dual_stack = dual_stack;
    options.fips = fips;
    Ask(MakeAssumeRoleCredentials(options, MakeStaticCredentials(MakeTestCredentials("AKIDBASE"))));
    return Last().url;
  };
  EXPECT_EQ(asked("us-east-1", true, {}), "https://sts.us-east-1.api.aws/");
  EXPECT_EQ(asked("us-east-1", {}, true), "https://sts-fips.us-east-1.amazonaws.com/");
  EXPECT_EQ(asked("us-gov-west-1", {}, true), "https://sts.us-gov-west-1.amazonaws.com/");
  files_["/home/a/.aws/config"] = "[default]\nuse_fips_endpoint = true\n";
  EXPECT_EQ(asked("us-east-1", {}, {}), "https://sts-fips.us-east-1.amazonaws.com/");
  EXPECT_EQ(asked("us-east-1", {}, false), "https://sts.us-east-1.amazonaws.com/");
  variables_["AWS_USE_FIPS_ENDPOINT"] = "false";
  variables_["AWS_USE_DUALSTACK_ENDPOINT"] = "true";
  EXPECT_EQ(asked("us-east-1", {}, {}), "https://sts.us-east-1.api.aws/");
}

TEST_F(AwsSourceTest, WhatStsMayKnowInAMomentIsNoRefusal) {
  variables_["AWS_ROLE_ARN"] = kRole;
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  files_["/token"] = "t";
  for (const std::string type : {"IDPCommunicationError", "InvalidIdentityToken"}) {
    Ask(MakeWebIdentityCredentials(With(WebIdentityOptions())));
    transport_.Respond(400, "<ErrorResponse><Error><Code>" + type + "</Code><Message>m</Message></Error></ErrorResponse>");
    ExpectError(StatusCode::kServiceFailure, kRole);
  }
}

TEST_F(AwsSourceTest, AWebIdentityIsAllOfOnePlace) {
  variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/other";
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/other";
  variables_["AWS_ROLE_SESSION_NAME"] = "other";
  files_["/token"] = "t";
  WebIdentityOptions options = With(WebIdentityOptions());
  options.role_arn = kRole;
  options.token_file = "/token";
  Ask(MakeWebIdentityCredentials(options));
  EXPECT_THAT(Last().body, AllOf(HasSubstr("role%2Fcamera"), Not(HasSubstr("other"))));
}

TEST_F(AwsSourceTest, TheEnvironmentMaySayWhenItsCredentialsEnd) {
  variables_["AWS_ACCESS_KEY_ID"] = "ASIAX";
  variables_["AWS_SECRET_ACCESS_KEY"] = kSecret;
  variables_["AWS_SECURITY_TOKEN"] = kToken;
  variables_["AWS_CREDENTIAL_EXPIRATION"] = "2023-11-14T23:13:20+00:00";
  Ask(MakeEnvironmentCredentials(With(AwsSourceOptions()).environment));
  ExpectGood();
  variables_["AWS_CREDENTIAL_EXPIRATION"] = "tomorrow";
  AskAgain();
  ExpectError(StatusCode::kInvalidArgument, "AWS_CREDENTIAL_EXPIRATION");
}

TEST_F(AwsSourceTest, ARefusalOfStsSaysWhatStsSaidAndWhatToCheck) {
  Ask(MakeAssumeRoleCredentials(With(RoleOptions()), MakeStaticCredentials(MakeTestCredentials("AKIDBASE"))));
  transport_.Respond(403, "<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User is not "
                          "authorized</Message></Error><RequestId>1</RequestId></ErrorResponse>");
  ExpectError(StatusCode::kCredentialsRefused, "User is not authorized");
  EXPECT_THAT(answer_.message(), AllOf(HasSubstr(kRole), HasSubstr("sts:AssumeRole")));
  EXPECT_EQ(answer_.result->status().service_error(), "AccessDenied");
  EXPECT_EQ(answer_.result->status().http_status(), 403);
  AskAgain();
  transport_.Respond(400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>");
  ExpectError(StatusCode::kThrottled, kRole);
}

TEST_F(AwsSourceTest, ARoleWhoseSourceHasNothingIsRefusedAndNotPassedOver) {
  Ask(MakeAssumeRoleCredentials(With(RoleOptions()), MakeEnvironmentCredentials(With(AwsSourceOptions()).environment)));
  ExpectError(StatusCode::kCredentialsRefused, "AWS_ACCESS_KEY_ID is not set");
}

TEST_F(AwsSourceTest, WhatStsCouldNotTakeIsRefusedBefore) {
  const auto refused = [this](const char* says, auto change) {
    AssumeRoleOptions options = With(RoleOptions());
    change(options);
    Ask(MakeAssumeRoleCredentials(options, MakeStaticCredentials(MakeTestCredentials("AKIDBASE"))));
    ExpectError(StatusCode::kInvalidArgument, says);
  };
  refused("no ARN", [](auto& o) { o.role_arn = "camera"; });
  refused("no ARN", [](auto& o) { o.role_arn = "arn:aws:iam::1:user/a"; });
  refused("role session name", [](auto& o) { o.session_name = "a"; });
  refused("role session name", [](auto& o) { o.session_name = "a b"; });
  refused("external id", [](auto& o) { o.external_id = "a"; });
  refused("900 to 43200", [](auto& o) { o.duration = Duration::Seconds(899); });
  EXPECT_TRUE(transport_.requests.empty());
}

TEST_F(AwsSourceTest, AWebIdentityIsNotSignedAndItsTokenReadAgainForEachQuestion) {
  variables_["AWS_ROLE_ARN"] = kRole;
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  variables_["AWS_ROLE_SESSION_NAME"] = "pod";
  files_["/token"] = "a.b/c\n";
  WebIdentityOptions options = With(WebIdentityOptions());
  options.region = "eu-west-1";
  Ask(MakeWebIdentityCredentials(options));
  EXPECT_THAT(Last().body, AllOf(HasSubstr("Action=AssumeRoleWithWebIdentity&"), HasSubstr("&RoleSessionName=pod&"),
                                 HasSubstr("&WebIdentityToken=a.b%2Fc")));
  EXPECT_EQ(Header("Authorization"), "(none)");
  transport_.Respond(200, StsXml("AssumeRoleWithWebIdentity"));
  ExpectGood();
  files_["/token"] = "new";
  AskAgain();
  EXPECT_THAT(Last().body, HasSubstr("&WebIdentityToken=new"));
  files_["/token"] = "\n";
  AskAgain();
  ExpectError(StatusCode::kFileError, "is empty");
}

TEST_F(AwsSourceTest, AWebIdentityNeedsItsFile) {
  variables_["AWS_ROLE_ARN"] = kRole;
  Ask(MakeWebIdentityCredentials(With(WebIdentityOptions())));
  ExpectError(StatusCode::kNoCredentials, "AWS_WEB_IDENTITY_TOKEN_FILE");
  variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  Ask(MakeWebIdentityCredentials(With(WebIdentityOptions())));
  ExpectError(StatusCode::kFileError, "/token");
  variables_.erase("AWS_ROLE_ARN");
  Ask(MakeWebIdentityCredentials(With(WebIdentityOptions())));
  ExpectError(StatusCode::kInvalidArgument, "AWS_ROLE_ARN is not");
}

TEST_F(AwsSourceTest, EveryStrictPrefixOfAnAnswerOfStsIsRefused) {
  const std::string whole = StsXml("AssumeRole");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(aws::CredentialsOfSts(whole.substr(0, size)).ok()) << size;
  }
  EXPECT_TRUE(aws::CredentialsOfSts(whole).ok());
  EXPECT_EQ(aws::CredentialsOfSts("<a/>").status().message(), "it has no credentials");
}

TEST(XmlFieldsTest, ReadsTextsByPathAndRefusesWhatCouldGrow) {
  const auto fields = aws::XmlFields::Parse("<?xml version=\"1.0\"?>\n<n:a xmlns:n=\"x\"><b> 1 &amp; 2\n</b><c><d/></c></n:a>", 100);
  ASSERT_TRUE(fields.ok()) << fields.status().message();
  EXPECT_EQ(fields->Text("a.b"), "1 & 2");
  EXPECT_EQ(fields->Text("a.c.d"), "");
  EXPECT_EQ(fields->Text("a.c"), std::nullopt);
  const auto error = [](const std::string& text) { return aws::XmlFields::Parse(text, 10'000).status().message(); };
  EXPECT_EQ(error("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), "it has a document type");
  EXPECT_EQ(error("<a>"), "it is not XML");
  EXPECT_EQ(error(""), "it is not XML");
  EXPECT_EQ(error(std::string(10'001, ' ')), "it is longer than 10000 bytes");
  std::string deep;
  std::string wide = "<a>";
  for (int i = 0; i < 300; ++i) {
    deep += "<a>";
    wide += "<b/>";
  }
  EXPECT_EQ(error(deep), "it is nested too deeply");
  EXPECT_EQ(error(wide + "</a>"), "it has too many elements");
}

// SSO.

constexpr char kStartUrl[] = "https://example.awsapps.com/start";
// SHA-1 of the start URL, and of "office".
constexpr char kUrlFile[] = "/home/a/.aws/sso/cache/e8be5486177c5b5392bd9aa76563515b29358e6e.json";

SsoOptions LoggedIn() {
  SsoOptions options;
  options.start_url = kStartUrl;
  options.sso_region = "eu-central-1";
  options.account_id = "123456789012";
  options.role_name = "camera role";
  options.profile = "door";
  return options;
}

std::string SsoJson() {
  return std::string(R"({"roleCredentials":{"accessKeyId":"ASIAX","secretAccessKey":")") + kSecret + R"(","sessionToken":")" +
         kToken + R"(","expiration":1700003600000}})";
}

TEST_F(AwsSourceTest, SsoShowsTheTokenThatTheLoginLeft) {
  files_[kUrlFile] = R"({"accessToken":"bearer","expiresAt":"2023-11-14T23:00:00UTC"})";
  Ask(MakeSsoCredentials(With(LoggedIn())));
  ASSERT_EQ(transport_.requests.size(), 1U) << answer_.message();
  EXPECT_EQ(Last().url,
            "https://portal.sso.eu-central-1.amazonaws.com/federation/credentials?role_name=camera%20role&account_id=123456789012");
  EXPECT_EQ(Header("x-amz-sso_bearer_token"), "bearer");
  transport_.Respond(200, SsoJson());
  ExpectGood();
}

TEST_F(AwsSourceTest, SsoWithoutALoginSaysWhatToRun) {
  Ask(MakeSsoCredentials(With(LoggedIn())));
  ExpectError(StatusCode::kCredentialsRefused, "run \"aws sso login --profile door\"");
  files_[kUrlFile] = R"({"accessToken":"bearer","expiresAt":"2023-11-14T22:13:20Z"})";
  AskAgain();
  ExpectError(StatusCode::kCredentialsRefused, "expired at 2023-11-14T22:13:20Z; run \"aws sso login");
  files_[kUrlFile] = R"({"accessToken":"bearer","expiresAt":"2023-11-15T22:13:20Z"})";
  AskAgain();
  transport_.Respond(401, R"({"message":"Session token not found or invalid"})");
  ExpectError(StatusCode::kCredentialsRefused, "run \"aws sso login");
  files_[kUrlFile] = R"({"accessToken":"bearer"})";
  AskAgain();
  ExpectError(StatusCode::kFileError, "expiresAt");
  files_[kUrlFile] = "bearer";
  AskAgain();
  ExpectError(StatusCode::kFileError, kUrlFile);
}

}  // namespace
}  // namespace kvs
