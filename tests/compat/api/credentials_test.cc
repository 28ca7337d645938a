#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "GetTime.h"
#include "IotCertCredentialProvider.h"
#include "RotatingCredentialProvider.h"

namespace {

using com::amazonaws::kinesis::video::CredentialProvider;
using com::amazonaws::kinesis::video::Credentials;
using com::amazonaws::kinesis::video::EmptyCredentialProvider;
using com::amazonaws::kinesis::video::IotCertCredentialProvider;
using com::amazonaws::kinesis::video::RotatingCredentialProvider;
using com::amazonaws::kinesis::video::StaticCredentialProvider;
using com::amazonaws::kinesis::video::systemCurrentTime;
using testing::HasSubstr;
using Seconds = std::chrono::duration<uint64_t>;

constexpr uint64_t kForever = UINT64_MAX;

uint64_t Now() { return std::chrono::duration_cast<Seconds>(systemCurrentTime().time_since_epoch()).count(); }

// The text of the error that `call` throws; empty when it throws none.
template <typename Call>
std::string ErrorOf(Call call) {
  try {
    call();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(Credentials, AreEmptyAndForEverAtFirst) {
  const Credentials credentials;
  EXPECT_EQ("", credentials.getAccessKey());
  EXPECT_EQ("", credentials.getSecretKey());
  EXPECT_EQ("", credentials.getSessionToken());
  EXPECT_EQ(nullptr, credentials.getSessionTokenIfExist());
  EXPECT_EQ(kForever, credentials.getExpiration().count());
  EXPECT_EQ(kForever, Credentials("key", "secret").getExpiration().count());
}

TEST(Credentials, AreCopiedAndChanged) {
  Credentials credentials("key", "secret", "token", std::chrono::seconds(7));
  const Credentials copy(credentials);
  credentials.setAccessKey("key2");
  credentials.setSecretKey("secret2");
  credentials.setSessionToken("");
  credentials.setExpiration(std::chrono::hours(1));
  EXPECT_EQ("key2", credentials.getAccessKey());
  EXPECT_EQ("secret2", credentials.getSecretKey());
  EXPECT_EQ(nullptr, credentials.getSessionTokenIfExist());
  EXPECT_EQ(3600U, credentials.getExpiration().count());
  EXPECT_EQ("secret", copy.getSecretKey());
  EXPECT_STREQ("token", copy.getSessionTokenIfExist());
  credentials = copy;
  EXPECT_EQ("key", credentials.getAccessKey());
  EXPECT_EQ("token", credentials.getSessionToken());
  EXPECT_EQ(7U, credentials.getExpiration().count());
  credentials = *&credentials;
  EXPECT_EQ("secret", credentials.getSecretKey());
}

// Gives keys with a number that live for `lifetime` seconds.
class CountingProvider : public CredentialProvider {
 public:
  explicit CountingProvider(uint64_t lifetime) : lifetime_(lifetime) {}

  uint64_t grace() const { return CredentialProviderGracePeriod.count(); }
  int updates = 0;
  bool fails = false;
  std::string key_before;

 private:
  void updateCredentials(Credentials& credentials) override {
    ++updates;
    key_before = credentials.getAccessKey();
    if (fails) {
      throw std::runtime_error("no keys today");
    }
    credentials = Credentials("key" + std::to_string(updates), "secret", "token",
                              Seconds(lifetime_ == kForever ? kForever : Now() + lifetime_));
  }

  const uint64_t lifetime_;
};

TEST(CredentialProvider, UpdatesWhenTheyExpireWithinTheGracePeriod) {
  Credentials credentials;
  CountingProvider lasting(3600);
  EXPECT_EQ(38U, lasting.grace());
  lasting.getCredentials(credentials);
  lasting.getCredentials(credentials);
  EXPECT_EQ("key1", credentials.getAccessKey());
  EXPECT_EQ(1, lasting.updates);

  CountingProvider expiring(lasting.grace() - 1);
  expiring.getCredentials(credentials);
  expiring.getCredentials(credentials);
  EXPECT_EQ("key2", credentials.getAccessKey());
  EXPECT_EQ(2, expiring.updates);
}

TEST(CredentialProvider, UpdatesWhenForced) {
  CountingProvider provider(kForever);
  Credentials credentials;
  provider.getUpdatedCredentials(credentials);
  provider.getUpdatedCredentials(credentials);
  EXPECT_EQ("key2", credentials.getAccessKey());
  EXPECT_EQ("key1", provider.key_before) << "the update begins with those of the last";
  provider.getCredentials(credentials);
  EXPECT_EQ(2, provider.updates);
}

class ThrowingProvider : public CredentialProvider {
 private:
  void updateCredentials(Credentials&) override { throw 17; }  // no std::exception
};

TEST(CredentialProvider, NothingIsThrownThroughAFunctionOfC) {
  ThrowingProvider provider;
  const AuthCallbacks callbacks = provider.getCallbacks(nullptr);
  PBYTE token = nullptr;
  UINT32 size = 0;
  UINT64 expiration = 0;
  EXPECT_EQ(STATUS_INVALID_OPERATION, callbacks.getSecurityTokenFn(callbacks.customData, &token, &size, &expiration));
  char name[] = "door";
  EXPECT_EQ(STATUS_INVALID_OPERATION,
            callbacks.getStreamingTokenFn(callbacks.customData, name, STREAM_ACCESS_MODE_READ, nullptr));
}

TEST(CredentialProvider, AFailedUpdateKeepsTheOldOnes) {
  CountingProvider provider(kForever);
  Credentials credentials;
  provider.getCredentials(credentials);
  provider.fails = true;
  EXPECT_THROW(provider.getUpdatedCredentials(credentials), std::runtime_error);
  provider.getCredentials(credentials);
  EXPECT_EQ("key1", credentials.getAccessKey());
}

TEST(CredentialProvider, HandsDownATokenThatHoldsEverything) {
  CountingProvider provider(1000);
  const AuthCallbacks callbacks = provider.getCallbacks(nullptr);
  EXPECT_EQ(nullptr, callbacks.getDeviceCertificateFn);
  EXPECT_EQ(nullptr, callbacks.getDeviceFingerprintFn);
  EXPECT_EQ(nullptr, callbacks.deviceCertToTokenFn);
  ASSERT_NE(nullptr, callbacks.getSecurityTokenFn);

  PBYTE token = nullptr;
  UINT32 size = 0;
  UINT64 expiration = 0;
  const uint64_t before = Now();
  ASSERT_EQ(STATUS_SUCCESS, callbacks.getSecurityTokenFn(callbacks.customData, &token, &size, &expiration));
  EXPECT_GE(expiration, (before + 1000) * 10'000'000);
  EXPECT_LE(expiration, (Now() + 1000) * 10'000'000);

  AwsCredentials header;
  ASSERT_GE(size, sizeof(header));
  std::memcpy(&header, token, sizeof(header));
  EXPECT_EQ(0U, header.version);
  EXPECT_EQ(size, header.size);
  EXPECT_STREQ("key1", header.accessKeyId);
  EXPECT_EQ(4U, header.accessKeyIdLen);
  EXPECT_STREQ("secret", header.secretKey);
  EXPECT_EQ(6U, header.secretKeyLen);
  EXPECT_STREQ("token", header.sessionToken);
  EXPECT_EQ(5U, header.sessionTokenLen);
  EXPECT_EQ(expiration, header.expiration);
  EXPECT_EQ(reinterpret_cast<PCHAR>(token) + size, header.sessionToken + header.sessionTokenLen + 1) << "all in one block";
}

TEST(CredentialProvider, AStreamingTokenForcesAnUpdateAndASecurityTokenDoesNot) {
  CountingProvider provider(kForever);
  const AuthCallbacks callbacks = provider.getCallbacks(nullptr);
  PBYTE token = nullptr;
  UINT32 size = 0;
  UINT64 expiration = 0;
  EXPECT_EQ(STATUS_SUCCESS, callbacks.getSecurityTokenFn(callbacks.customData, &token, &size, &expiration));
  EXPECT_EQ(STATUS_SUCCESS, callbacks.getSecurityTokenFn(callbacks.customData, &token, &size, &expiration));
  EXPECT_EQ(1, provider.updates);
  EXPECT_EQ(kForever, expiration) << "does not overflow";
  char stream[] = "stream";
  EXPECT_EQ(STATUS_SUCCESS,
            callbacks.getStreamingTokenFn(callbacks.customData, stream, STREAM_ACCESS_MODE_WRITE, nullptr));
  EXPECT_EQ(2, provider.updates);
}

TEST(CredentialProvider, ErrorsBecomeStatuses) {
  CountingProvider provider(kForever);
  provider.fails = true;
  const AuthCallbacks callbacks = provider.getCallbacks(nullptr);
  PBYTE token = nullptr;
  UINT32 size = 0;
  UINT64 expiration = 0;
  EXPECT_EQ(STATUS_INVALID_OPERATION, callbacks.getSecurityTokenFn(callbacks.customData, &token, &size, &expiration));
  char stream[] = "stream";
  EXPECT_EQ(STATUS_INVALID_OPERATION,
            callbacks.getStreamingTokenFn(callbacks.customData, stream, STREAM_ACCESS_MODE_WRITE, nullptr));
  EXPECT_EQ(STATUS_NULL_ARG, callbacks.getSecurityTokenFn(0, &token, &size, &expiration));
  EXPECT_EQ(STATUS_NULL_ARG, callbacks.getSecurityTokenFn(callbacks.customData, nullptr, &size, &expiration));

  StaticCredentialProvider too_long(Credentials("key", std::string(MAX_AUTH_LEN, 's')));
  const AuthCallbacks of_too_long = too_long.getCallbacks(nullptr);
  EXPECT_EQ(STATUS_INVALID_AUTH_LEN, of_too_long.getSecurityTokenFn(of_too_long.customData, &token, &size, &expiration));
}

TEST(StaticCredentialProvider, NeverExpires) {
  StaticCredentialProvider provider(Credentials("key", "secret", "token", std::chrono::seconds(1)));
  Credentials credentials;
  provider.getCredentials(credentials);
  EXPECT_EQ("key", credentials.getAccessKey());
  EXPECT_EQ("token", credentials.getSessionToken());
  EXPECT_EQ(kForever, credentials.getExpiration().count());
}

TEST(EmptyCredentialProvider, GivesNoKeys) {
  EmptyCredentialProvider provider;
  Credentials credentials("key", "secret");
  provider.getCredentials(credentials);
  EXPECT_EQ("", credentials.getAccessKey());
  EXPECT_EQ(kForever, credentials.getExpiration().count());
}

TEST(IotCertCredentialProvider, SaysWhenNothingCanBeMadeOfItsArguments) {
  IotCertCredentialProvider no_file("id.credentials.iot.us-west-2.amazonaws.com", "/nowhere/cert.pem", "/nowhere/key.pem", "role", "",
                                    "thing");
  EXPECT_EQ("Unable to create Iot Credential provider. Error status: 0x9", ErrorOf([&] { no_file.getCallbacks(nullptr); }));
  IotCertCredentialProvider no_role("id.credentials.iot.us-west-2.amazonaws.com", "/nowhere/cert.pem", "/nowhere/key.pem", "", "",
                                    "thing", 10 * HUNDREDS_OF_NANOS_IN_A_SECOND, 10 * HUNDREDS_OF_NANOS_IN_A_SECOND);
  EXPECT_EQ("Unable to create Iot Credential provider. Error status: 0x2", ErrorOf([&] { no_role.getCallbacks(nullptr); }));

  Credentials credentials("key", "secret");
  no_file.updateCredentials(credentials);
  EXPECT_EQ("key", credentials.getAccessKey()) << "does nothing";
}

// A file that goes away with its test.
class CredentialFile {
 public:
  explicit CredentialFile(const std::string& text) : path_(testing::TempDir() + "kvs_compat_credentials_" + TestName()) {
    std::ofstream(path_) << text;
  }
  ~CredentialFile() { std::remove(path_.c_str()); }

  const std::string& path() const { return path_; }

 private:
  static std::string TestName() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

  const std::string path_;
};

TEST(RotatingCredentialProvider, TakesAFileOfTheRightForm) {
  const CredentialFile file("CREDENTIALS key secret\n");
  RotatingCredentialProvider provider(file.path());
  EXPECT_EQ("", ErrorOf([&] { provider.getCallbacks(nullptr); }));
}

TEST(RotatingCredentialProvider, SaysWhatIsWrongWithTheFile) {
  RotatingCredentialProvider none("/nowhere/credentials");
  EXPECT_EQ("Unable to create Rotating Credential provider. Error status: 0x15000022",
            ErrorOf([&] { none.getCallbacks(nullptr); }));
  const CredentialFile file("PASSWORDS key secret\n");
  RotatingCredentialProvider other(file.path());
  EXPECT_EQ("Unable to create Rotating Credential provider. Error status: 0x15000024",
            ErrorOf([&] { other.getCallbacks(nullptr); }));
}

}  // namespace
