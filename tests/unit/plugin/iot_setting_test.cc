#include "plugin/iot_setting.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/server/tls_identity.h"
#include "plugin/gst_ptr.h"
#include "plugin/settings.h"
#include "tests/plugin/gst_environment.h"

namespace kvs::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// As in a launch line.
StructurePtr Structure(const std::string& text) {
  StructurePtr structure(gst_structure_from_string(text.c_str(), nullptr));
  EXPECT_NE(structure, nullptr) << text;
  return structure;
}

constexpr char kNeeded[] = "iot-certificate,endpoint=c1.iot:8443,cert-path=/c.pem,key-path=/k.pem,role-aliases=role";

Result<IotOptions> Read(const std::string& text, std::vector<std::string>* notes = nullptr) {
  std::vector<std::string> own;
  return IotOptionsOf(Structure(text).get(), "door", notes == nullptr ? own : *notes);
}

TEST(IotSettingTest, WhatIsNeededIsEnough) {
  std::vector<std::string> notes;
  const Result<IotOptions> options = Read(kNeeded, &notes);
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  EXPECT_EQ(options->endpoint, "c1.iot:8443");
  EXPECT_EQ(options->cert_path, "/c.pem");
  EXPECT_EQ(options->key_path, "/k.pem");
  EXPECT_EQ(options->role_alias, "role");
  EXPECT_EQ(options->ca_path, "");
  EXPECT_EQ(options->thing_name, "door") << "the name of the stream";
  EXPECT_EQ(options->connection_timeout, Duration::Seconds(3));
  EXPECT_EQ(options->completion_timeout, Duration::Seconds(5));
  EXPECT_THAT(notes, IsEmpty());
}

TEST(IotSettingTest, TheRestIsTakenWhateverItsType) {
  const Result<IotOptions> options =
      Read(std::string(kNeeded) +
           ",ca-path=/ca.pem,iot-thing-name=123,connection-timeout=7,completion-timeout=(string)9");
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  EXPECT_EQ(options->ca_path, "/ca.pem");
  EXPECT_EQ(options->thing_name, "123");
  EXPECT_EQ(options->connection_timeout, Duration::Seconds(7));
  EXPECT_EQ(options->completion_timeout, Duration::Seconds(9));
  EXPECT_EQ(Read("any-name,endpoint=a,cert-path=c,key-path=k,role-aliases=true")->role_alias, "true");
}

TEST(IotSettingTest, TimeoutsThatCannotBeMeantAreAdjusted) {
  std::vector<std::string> notes;
  const Result<IotOptions> options =
      Read(std::string(kNeeded) + ",connection-timeout=9,completion-timeout=2", &notes);
  EXPECT_EQ(options->connection_timeout, Duration::Seconds(3));
  EXPECT_EQ(options->completion_timeout, Duration::Seconds(5));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("connection-timeout=9")));
  EXPECT_EQ(Read(std::string(kNeeded) + ",connection-timeout=0,completion-timeout=0")->connection_timeout,
            Duration::Seconds(3));
}

struct WrongKey {
  const char* name;
  const char* structure;
  const char* says;
  friend void PrintTo(const WrongKey& c, std::ostream* out) { *out << c.name; }
};

class WrongKeyTest : public ::testing::TestWithParam<WrongKey> {};

TEST_P(WrongKeyTest, IsRefusedByName) {
  const Status status = Read(GetParam().structure).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), StartsWith("iot-certificate: "));
  EXPECT_THAT(status.message(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongKeyTest,
    ::testing::Values(
        WrongKey{"NoEndpoint", "i,cert-path=c,key-path=k,role-aliases=r", "\"endpoint\" is missing"},
        WrongKey{"NoCertificate", "i,endpoint=e,key-path=k,role-aliases=r", "\"cert-path\" is missing"},
        WrongKey{"NoKey", "i,endpoint=e,cert-path=c,role-aliases=r", "\"key-path\" is missing"},
        WrongKey{"NoRole", "i,endpoint=e,cert-path=c,key-path=k", "\"role-aliases\" is missing"},
        WrongKey{"Nothing", "i", "\"endpoint\" is missing"},
        WrongKey{"Unknown", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=r,role-alias=r",
                 "no key \"role-alias\""},
        WrongKey{"EmptyEndpoint", "i,endpoint=(string)\"\",cert-path=c,key-path=k,role-aliases=r",
                 "\"endpoint\" is empty"},
        WrongKey{"EmptyCertificate", "i,endpoint=e,cert-path=(string)\"\",key-path=k,role-aliases=r",
                 "\"cert-path\" is empty"},
        WrongKey{"EmptyKey", "i,endpoint=e,cert-path=c,key-path=(string)\"\",role-aliases=r", "\"key-path\" is empty"},
        WrongKey{"EmptyRole", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=(string)\"\"", "\"role-aliases\" is empty"},
        WrongKey{"EmptyCa", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=r,ca-path=(string)\"\"", "\"ca-path\" is empty"},
        WrongKey{"EmptyThing", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=r,iot-thing-name=(string)\"\"",
                 "\"iot-thing-name\" is empty"},
        WrongKey{"NullThing", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=r,iot-thing-name=(string)NULL",
                 "\"iot-thing-name\" is empty"},
        WrongKey{"WordyTimeout", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=r,connection-timeout=soon",
                 "\"soon\" of the key \"connection-timeout\""},
        WrongKey{"NegativeTimeout", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=r,completion-timeout=-1",
                 "\"-1\" of the key \"completion-timeout\""},
        WrongKey{"HugeTimeout", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=r,completion-timeout=99999999999",
                 "of the key \"completion-timeout\""},
        WrongKey{"FractionalTimeout", "i,endpoint=e,cert-path=c,key-path=k,role-aliases=r,connection-timeout=1/2",
                 "\"1/2\" of the key \"connection-timeout\""}),
    [](const auto& param) { return param.param.name; });

// The whole way, with files.
class IotResolveTest : public ::testing::Test {
 protected:
  IotResolveTest() {
    folder_ = std::filesystem::temp_directory_path() / ("kvs-iot-setting-" + std::to_string(::getpid()));
    EXPECT_EQ(emulator::MakeDeviceIdentity(folder_.string(), &device_), "");
  }
  ~IotResolveTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Result<Resolved> ResolveWith(const std::string& certificate, const std::string& key) {
    Settings settings;
    settings.stream_name = "door";
    settings.access_key = Secret("AKID");
    settings.secret_key = Secret("property-secret");
    settings.iot_certificate = Structure("iot-certificate,endpoint=e,cert-path=" + certificate + ",key-path=" + key +
                                         ",role-aliases=camera");
    Surroundings world;
    world.environment = [](const char* name) {
      const bool is_key = std::string_view(name).starts_with("AWS_ACCESS") || std::string_view(name).starts_with("AWS_SE");
      return is_key ? std::optional<std::string>("set") : std::nullopt;
    };
    world.is_readable = [](const std::string&) { return true; };
    return Resolve(settings, world);
  }

  std::filesystem::path folder_;
  emulator::TlsIdentity device_;
};

TEST_F(IotResolveTest, ItComesBeforeAllOtherCredentials) {
  const Result<Resolved> resolved = ResolveWith(device_.certificate_file, device_.key_file);
  ASSERT_TRUE(resolved.ok()) << resolved.status().ToString();
  EXPECT_EQ(resolved->credentials_from, "AWS IoT (role alias camera, thing door)");
  EXPECT_EQ(resolved->producer.credentials->name(), "AWS IoT (role alias camera, thing door)");
}

TEST_F(IotResolveTest, AFileThatIsNotThereIsAnError) {
  const Status status = ResolveWith(device_.certificate_file, "/nowhere/key.pem").status();
  EXPECT_EQ(status.code(), StatusCode::kFileError);
  EXPECT_THAT(status.message(), StartsWith("iot-certificate: "));
  EXPECT_THAT(status.message(), HasSubstr("/nowhere/key.pem"));
}

TEST_F(IotResolveTest, AKeyOfAnotherCertificateIsAnError) {
  emulator::TlsIdentity other;
  ASSERT_EQ(emulator::MakeDeviceIdentity((folder_ / "other").string(), &other), "");
  const Status status = ResolveWith(device_.certificate_file, other.key_file).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("does not belong"));
}

}  // namespace
}  // namespace kvs::plugin
