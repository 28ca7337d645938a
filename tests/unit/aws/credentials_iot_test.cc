#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/server/tls_identity.h"
#include "kvs/credentials.h"
#include "tests/unit/aws/fake_services.h"
#include "tests/unit/aws/fake_transport.h"

namespace kvs {
namespace {

namespace fs = std::filesystem;
using emulator::MakeDeviceIdentity;
using emulator::TlsIdentity;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kSecret[] = "iotSecretKeyThatMustNotBeSeen";
constexpr char kToken[] = "iotSessionTokenThatMustNotBeSeen";

std::string Answer200() {
  return std::string(R"({"credentials":{"accessKeyId":"ASIAIOT","secretAccessKey":")") + kSecret +
         R"(","sessionToken":")" + kToken + R"(","expiration":"2023-11-14T23:13:20Z"}})";
}

class IotCredentialsTest : public testing::Test {
 protected:
  IotCredentialsTest() {
    folder_ = fs::temp_directory_path() / ("kvs-iot-test-" + std::to_string(::getpid()));
    EXPECT_EQ(MakeDeviceIdentity((folder_ / "a").string(), &device_), "");
    net_.network = &transport_;
    options_.endpoint = "c1.credentials.iot.eu-west-1.amazonaws.com";
    options_.cert_path = device_.certificate_file;
    options_.key_path = device_.key_file;
    options_.ca_path = device_.ca_file;
    options_.role_alias = "camera-role";
    options_.thing_name = "door";
    options_.log = log_;
  }
  ~IotCredentialsTest() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::string Write(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  // Asks; what comes at once is in the answer.
  Answer Ask() {
    source_ = MakeIotCredentials(options_);
    source_->Fetch(net_, [this](Result<Credentials> result) { answer_.result.emplace(std::move(result)); });
    return std::exchange(answer_, {});
  }
  Answer AskAndRespond(int status, const std::string& body) {
    EXPECT_FALSE(Ask().has());
    transport_.Respond(status, body);
    return std::exchange(answer_, {});
  }
  Answer AskAndBreak(service::TransportError error, const std::string& detail) {
    EXPECT_FALSE(Ask().has());
    transport_.Break(error, detail);
    return std::exchange(answer_, {});
  }

  fs::path folder_;
  TlsIdentity device_;
  FakeServices net_;
  FakeTransport transport_;
  IotOptions options_;
  std::shared_ptr<LogKeeper> log_ = std::make_shared<LogKeeper>();
  std::unique_ptr<CredentialSource> source_;
  Answer answer_;
};

TEST_F(IotCredentialsTest, AsksTheEndpointForTheRoleInTheNameOfTheThing) {
  options_.connection_timeout = Duration::Seconds(2);
  options_.completion_timeout = Duration::Seconds(9);
  EXPECT_FALSE(Ask().has());
  ASSERT_EQ(transport_.requests.size(), 1U);
  const service::HttpRequest& request = transport_.requests[0];
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url,
            "https://c1.credentials.iot.eu-west-1.amazonaws.com/role-aliases/camera-role/credentials");
  ASSERT_EQ(request.headers.size(), 1U);
  EXPECT_EQ(request.headers[0].name, "x-amzn-iot-thingname");
  EXPECT_EQ(request.headers[0].value, "door");
  EXPECT_EQ(request.body, "");
  const net::TransferOptions& how = transport_.how[0];
  EXPECT_EQ(how.connect_timeout, Duration::Seconds(2));
  EXPECT_EQ(how.total_timeout, Duration::Seconds(9));
  EXPECT_EQ(how.ca_path, device_.ca_file);
  EXPECT_FALSE(how.stream_body);
  ASSERT_NE(how.identity, nullptr);
  EXPECT_THAT(how.identity->certificate, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(std::string(how.identity->key.Reveal()), HasSubstr("PRIVATE KEY"));
}

TEST_F(IotCredentialsTest, TheEndpointMayHaveASchemeAndAPort) {
  options_.endpoint = "https://127.0.0.1:8443/";
  EXPECT_FALSE(Ask().has());
  EXPECT_EQ(transport_.requests[0].url, "https://127.0.0.1:8443/role-aliases/camera-role/credentials");
}

TEST_F(IotCredentialsTest, ReadsTheAnswer) {
  const Answer answer = AskAndRespond(200, Answer200());
  ASSERT_TRUE(answer.result->ok()) << answer.message();
  const Credentials& credentials = **answer.result;
  EXPECT_EQ(credentials.access_key_id, "ASIAIOT");
  EXPECT_EQ(credentials.secret_access_key.Reveal(), kSecret);
  EXPECT_EQ(credentials.session_token.Reveal(), kToken);
  EXPECT_EQ(credentials.expiration, net_.wall + Duration::Hours(1));
  EXPECT_EQ(source_->name(), "AWS IoT (role alias camera-role, thing door)");
}

TEST_F(IotCredentialsTest, ARefusalSaysWhatWasTriedAndWhatToCheck) {
  const Answer answer = AskAndRespond(403, R"({"message":"Access Denied"})");
  EXPECT_EQ(answer.code(), StatusCode::kCredentialsRefused);
  EXPECT_EQ(answer.result->status().http_status(), 403);
  EXPECT_THAT(answer.message(),
              AllOf(HasSubstr("GET https://c1.credentials.iot.eu-west-1.amazonaws.com/role-aliases/camera-role/"),
                    HasSubstr("\"door\""), HasSubstr("Access Denied"),
                    HasSubstr("iot:AssumeRoleWithCertificate"), HasSubstr("role alias exists")));
  EXPECT_EQ(AskAndRespond(404, "").code(), StatusCode::kCredentialsRefused);
  EXPECT_EQ(AskAndRespond(400, "<html>").code(), StatusCode::kCredentialsRefused);
}

TEST_F(IotCredentialsTest, AFaultOfTheServiceIsNoRefusal) {
  EXPECT_EQ(AskAndRespond(500, "").code(), StatusCode::kServiceFailure);
  EXPECT_EQ(AskAndRespond(503, "").code(), StatusCode::kServiceFailure);
  EXPECT_EQ(AskAndRespond(429, "").code(), StatusCode::kThrottled);
  EXPECT_EQ(AskAndRespond(408, "").code(), StatusCode::kNetworkTimeout);
  EXPECT_EQ(AskAndRespond(302, "").code(), StatusCode::kBadResponse);
}

TEST_F(IotCredentialsTest, TroubleWithTlsSaysWhatToCheck) {
  using service::TransportError;
  const Answer authority = AskAndBreak(TransportError::kTlsPeerVerification, "self-signed");
  EXPECT_EQ(authority.code(), StatusCode::kTlsFailed);
  EXPECT_THAT(authority.message(), AllOf(HasSubstr("self-signed"), HasSubstr("Amazon Root CA 1")));
  EXPECT_THAT(AskAndBreak(TransportError::kTlsHandshake, "alert").message(),
              HasSubstr("registered and active in AWS IoT"));
  // With TLS 1.3 the alert comes after the handshake.
  const Answer late = AskAndBreak(TransportError::kConnectionLost, "alert");
  EXPECT_EQ(late.code(), StatusCode::kConnectionLost);
  EXPECT_THAT(late.message(), HasSubstr("registered and active in AWS IoT"));
  EXPECT_EQ(AskAndBreak(TransportError::kConnect, "").code(), StatusCode::kConnectFailed);
}

struct WrongAnswer {
  const char* name;
  std::string body;
  const char* says;
  friend void PrintTo(const WrongAnswer& c, std::ostream* out) { *out << c.name; }
};

std::string Without(const std::string& text) {
  std::string body = Answer200();
  body.replace(body.find(text), text.size(), "x");
  return body;
}

TEST_F(IotCredentialsTest, AnAnswerThatCannotBeUnderstoodIsNeverQuoted) {
  const WrongAnswer wrong[] = {
      {"Page", "<html>iotSecretKeyThatMustNotBeSeen</html>", "not JSON"},
      {"Cut", Answer200().substr(0, 150), "not JSON"},
      {"Empty", "", "not"},
      {"NoKey", Without("accessKeyId"), "access key of the credentials is empty"},
      {"NoSecret", Without("secretAccessKey"), "secret key of the credentials is empty"},
      {"NoToken", Without("sessionToken"), "no session token"},
      {"NoExpiration", Without("expiration"), "no expiration"},
      {"WrongExpiration", Without("2023-11-14T23:13:20Z"), "no expiration"},
      {"Elsewhere", Without("credentials"), "access key of the credentials is empty"},
      {"Long", Answer200() + std::string(20'000, ' '), "longer than 16384 bytes"},
  };
  for (const WrongAnswer& one : wrong) {
    const Answer answer = AskAndRespond(200, one.body);
    EXPECT_EQ(answer.code(), StatusCode::kBadResponse) << one.name;
    EXPECT_THAT(answer.message(), AllOf(HasSubstr(one.says), HasSubstr("credentials endpoint of AWS IoT"),
                                        Not(HasSubstr(kSecret)), Not(HasSubstr(kToken))))
        << one.name;
  }
}

TEST_F(IotCredentialsTest, EveryStrictPrefixOfTheAnswerIsRefused) {
  const std::string whole = Answer200();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(AskAndRespond(200, whole.substr(0, size)).code(), StatusCode::kBadResponse) << size;
  }
}

TEST_F(IotCredentialsTest, WrongOptionsAreRefusedBeforeAnythingIsAsked) {
  TlsIdentity other;
  ASSERT_EQ(MakeDeviceIdentity((folder_ / "b").string(), &other), "");
  const std::string text = Write("text", "this is not PEM");
  const std::string encrypted =
      Write("encrypted", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n");
  const auto check = [this](StatusCode code, const char* says, auto change) {
    IotOptions options = options_;
    change(options);
    const Status status = Validate(options);
    EXPECT_EQ(status.code(), code) << says;
    EXPECT_THAT(status.message(), HasSubstr(says));
    std::swap(options, options_);
    const Answer answer = Ask();
    EXPECT_EQ(answer.code(), code) << says;
    EXPECT_THAT(answer.message(), HasSubstr(says));
    std::swap(options, options_);
  };
  constexpr auto kBad = StatusCode::kInvalidArgument;
  constexpr auto kFile = StatusCode::kFileError;
  check(kBad, "role alias has 0", [](IotOptions& o) { o.role_alias = ""; });
  check(kBad, "role alias has 129", [](IotOptions& o) { o.role_alias = std::string(129, 'a'); });
  check(kBad, "role alias \"a/b\"", [](IotOptions& o) { o.role_alias = "a/b"; });
  check(kBad, "thing name has 0", [](IotOptions& o) { o.thing_name = ""; });
  check(kBad, "thing name has 129", [](IotOptions& o) { o.thing_name = std::string(129, 'a'); });
  check(kBad, "thing name \"a?b\"", [](IotOptions& o) { o.thing_name = "a\nb"; });
  check(kBad, "endpoint \"\"", [](IotOptions& o) { o.endpoint = ""; });
  check(kBad, "endpoint \"http://a\"", [](IotOptions& o) { o.endpoint = "http://a"; });
  check(kBad, "endpoint \"a/b\"", [](IotOptions& o) { o.endpoint = "a/b"; });
  check(kBad, "endpoint \"a?b\"", [](IotOptions& o) { o.endpoint = "a?b"; });
  check(kBad, "time-outs", [](IotOptions& o) { o.connection_timeout = Duration(); });
  check(kFile, "/nowhere/cert", [](IotOptions& o) { o.cert_path = "/nowhere/cert"; });
  check(kFile, "/nowhere/key", [](IotOptions& o) { o.key_path = "/nowhere/key"; });
  check(kFile, "/nowhere/ca", [](IotOptions& o) { o.ca_path = "/nowhere/ca"; });
  check(kBad, "holds no certificate", [&](IotOptions& o) { o.cert_path = text; });
  check(kBad, "holds no private key", [&](IotOptions& o) { o.key_path = text; });
  check(kBad, "wants a passphrase", [&](IotOptions& o) { o.key_path = encrypted; });
  check(kBad, "does not belong to the certificate", [&](IotOptions& o) { o.key_path = other.key_file; });
  EXPECT_TRUE(transport_.requests.empty());
  EXPECT_TRUE(Validate(options_).ok());
}

TEST_F(IotCredentialsTest, FilesAreReadAgainForEachQuestion) {
  EXPECT_FALSE(Ask().has());
  const std::string before = transport_.how[0].identity->certificate;
  TlsIdentity other;
  ASSERT_EQ(MakeDeviceIdentity((folder_ / "b").string(), &other), "");
  fs::copy_file(other.certificate_file, device_.certificate_file, fs::copy_options::overwrite_existing);
  fs::copy_file(other.key_file, device_.key_file, fs::copy_options::overwrite_existing);
  source_->Fetch(net_, [](Result<Credentials>) {});
  ASSERT_EQ(transport_.how.size(), 2U);
  EXPECT_NE(transport_.how[1].identity->certificate, before);
}

TEST_F(IotCredentialsTest, AKeyThatOthersCanReadIsAWarningOnce) {
  EXPECT_FALSE(Ask().has());
  EXPECT_TRUE(log_->texts.empty());
  fs::permissions(device_.key_file, fs::perms::others_read, fs::perm_options::add);
  EXPECT_FALSE(Ask().has());
  source_->Fetch(net_, [](Result<Credentials>) {});
  ASSERT_EQ(log_->texts.size(), 1U);
  EXPECT_THAT(log_->texts[0], AllOf(HasSubstr(device_.key_file), HasSubstr("chmod 600")));
}

TEST_F(IotCredentialsTest, AnAnswerAfterItsEndIsDropped) {
  EXPECT_FALSE(Ask().has());
  source_.reset();
  transport_.Respond(200, Answer200());
  EXPECT_FALSE(answer_.has());
}

}  // namespace
}  // namespace kvs
