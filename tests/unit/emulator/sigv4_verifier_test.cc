#include "emulator/server/sigv4_verifier.h"

#include <chrono>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/emulator/signer.h"

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using testing::Hex;
using testing::Sha256;
using testing::Signer;

using Headers = std::map<std::string, std::string>;

class SigV4VerifierTest : public ::testing::Test {
 protected:
  SigV4VerifierTest() {
    verifier_.Add({signer_.access_key, signer_.secret_key, "", kForever});
    verifier_.Add({"AKIDTEMPORARY", "secret", "the/token==", now_ + 1h});
  }

  HttpRequest Request(const std::string& path = "/describeStream") const {
    HttpRequest request;
    request.method = "POST";
    request.path = path;
    request.headers = {{"Host", "127.0.0.1:9000"}, {"X-Amz-Date", "20260101T120000Z"}};
    return request;
  }
  void Sign(HttpRequest& request, const Headers& signed_headers, const std::string& hash) const {
    request.headers.emplace_back(
        "Authorization", signer_.Authorize(request.method, request.path, "", signed_headers, hash));
  }
  // "ok", or status and type of the refusal.
  std::string Check(const HttpRequest& request, std::optional<std::string_view> body) const {
    const auto error = verifier_.Verify(request, body, now_);
    return error ? std::to_string(error->status) + " " + error->type : "ok";
  }

  const std::string body_ = R"({"StreamName":"s"})";
  const std::string hash_ = Hex(Sha256(body_));
  const std::string empty_hash_ = Hex(Sha256(""));
  const Headers usual_ = {{"host", "127.0.0.1:9000"}, {"x-amz-date", "20260101T120000Z"}};
  Signer signer_;
  Time now_ = *ParseAmzDate("20260101T120000Z");
  SigV4Verifier verifier_{"us-west-2"};
};

TEST_F(SigV4VerifierTest, AcceptsAGoodSignature) {
  HttpRequest request = Request();
  Sign(request, usual_, hash_);
  EXPECT_EQ(Check(request, body_), "ok");
  EXPECT_EQ(Check(request, body_ + " "), "403 InvalidSignatureException");
}

TEST_F(SigV4VerifierTest, AcceptsTheHostWithoutItsPort) {
  HttpRequest request = Request();
  Headers without_port = usual_;
  without_port["host"] = "127.0.0.1";
  Sign(request, without_port, hash_);
  EXPECT_EQ(Check(request, body_), "ok");
  HttpRequest other = Request();
  without_port["host"] = "localhost";
  Sign(other, without_port, hash_);
  EXPECT_EQ(Check(other, body_), "403 InvalidSignatureException");
}

TEST_F(SigV4VerifierTest, AcceptsWhatAmazonsProducerSigns) {
  HttpRequest request = Request("/putMedia");
  Headers all = usual_;
  for (const auto& [name, value] : Headers{{"connection", "keep-alive"},
                                           {"transfer-encoding", "chunked"},
                                           {"user-agent", "producer/1.0  with   blanks"},
                                           {"x-amzn-stream-name", "s"}}) {
    request.headers.emplace_back(name, value);
    all[name] = name == "user-agent" ? "producer/1.0 with blanks" : value;
  }
  Sign(request, all, empty_hash_);
  request.headers.emplace_back("content-type", "application/json");
  EXPECT_EQ(Check(request, std::nullopt), "ok");
  request.headers[4].second = "other-agent";
  EXPECT_EQ(Check(request, std::nullopt), "403 InvalidSignatureException");
}

TEST_F(SigV4VerifierTest, PutMediaMayBeUnsigned) {
  HttpRequest request = Request("/putMedia");
  request.headers.emplace_back("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
  Headers all = usual_;
  all["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
  Sign(request, all, "UNSIGNED-PAYLOAD");
  EXPECT_EQ(Check(request, std::nullopt), "ok");
}

TEST_F(SigV4VerifierTest, TheContentHashMustBeTheBodys) {
  HttpRequest request = Request();
  request.headers.emplace_back("x-amz-content-sha256", empty_hash_);
  Headers all = usual_;
  all["x-amz-content-sha256"] = empty_hash_;
  Sign(request, all, empty_hash_);
  EXPECT_EQ(Check(request, body_), "403 InvalidSignatureException");
  EXPECT_EQ(Check(request, ""), "ok");
}

TEST_F(SigV4VerifierTest, RefusesOtherKeysAndSecrets) {
  HttpRequest request = Request();
  EXPECT_EQ(Check(request, body_), "403 MissingAuthenticationTokenException");
  signer_.secret_key = "wrong";
  Sign(request, usual_, hash_);
  EXPECT_EQ(Check(request, body_), "403 InvalidSignatureException");
  HttpRequest unknown = Request();
  signer_.access_key = "AKIDUNKNOWN";
  Sign(unknown, usual_, hash_);
  EXPECT_EQ(Check(unknown, body_), "403 UnrecognizedClientException");
}

TEST_F(SigV4VerifierTest, AllowsFiveMinutesOfSkew) {
  HttpRequest request = Request();
  Sign(request, usual_, hash_);
  const Time signed_at = now_;
  now_ = signed_at + 5min;
  EXPECT_EQ(Check(request, body_), "ok");
  now_ = signed_at - 5min;
  EXPECT_EQ(Check(request, body_), "ok");
  now_ = signed_at + 5min + 1s;
  const auto late = verifier_.Verify(request, body_, now_);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->type, "InvalidSignatureException");
  EXPECT_TRUE(late->message.starts_with("Signature expired")) << late->message;
  now_ = signed_at - 5min - 1s;
  EXPECT_EQ(Check(request, body_), "403 InvalidSignatureException");
}

TEST_F(SigV4VerifierTest, ChecksTheScope) {
  HttpRequest region = Request();
  signer_.region = "eu-west-1";
  Sign(region, usual_, hash_);
  EXPECT_EQ(Check(region, body_), "403 InvalidSignatureException");
  HttpRequest service = Request();
  signer_.region = "us-west-2";
  signer_.service = "s3";
  Sign(service, usual_, hash_);
  EXPECT_EQ(Check(service, body_), "403 InvalidSignatureException");
}

TEST_F(SigV4VerifierTest, OtherServicesHaveSignaturesOfTheirOwn) {
  signer_.service = "sts";
  HttpRequest request = Request("/");
  EXPECT_EQ(SigV4Verifier::AccessKeyOf(request), "");
  Sign(request, usual_, hash_);
  EXPECT_EQ(SigV4Verifier::AccessKeyOf(request), signer_.access_key);
  EXPECT_FALSE(verifier_.Verify(request, body_, now_, "sts"));
  const auto other = verifier_.Verify(request, body_, now_);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->type, "InvalidSignatureException");
}

TEST_F(SigV4VerifierTest, AnyRegionWhenNoneIsSet) {
  SigV4Verifier anywhere("");
  anywhere.Add({signer_.access_key, signer_.secret_key, "", kForever});
  HttpRequest request = Request();
  signer_.region = "eu-west-1";
  Sign(request, usual_, hash_);
  EXPECT_FALSE(anywhere.Verify(request, body_, now_));
}

TEST_F(SigV4VerifierTest, ChecksTheSessionToken) {
  signer_.access_key = "AKIDTEMPORARY";
  signer_.secret_key = "secret";
  // Unsigned, as Amazon's producers send it, and signed.
  for (const bool sign_token : {false, true}) {
    HttpRequest request = Request();
    Headers all = usual_;
    request.headers.emplace_back("X-Amz-Security-Token", "the/token==");
    if (sign_token) {
      all["x-amz-security-token"] = "the/token==";
    }
    Sign(request, all, hash_);
    EXPECT_EQ(Check(request, body_), "ok");
  }
  HttpRequest missing = Request();
  Sign(missing, usual_, hash_);
  EXPECT_EQ(Check(missing, body_), "403 UnrecognizedClientException");
  HttpRequest wrong = Request();
  wrong.headers.emplace_back("X-Amz-Security-Token", "other");
  Sign(wrong, usual_, hash_);
  EXPECT_EQ(Check(wrong, body_), "403 UnrecognizedClientException");
}

TEST_F(SigV4VerifierTest, RefusesExpiredCredentials) {
  verifier_.Add({"AKIDTEMPORARY", "secret", "t", now_});
  signer_.access_key = "AKIDTEMPORARY";
  signer_.secret_key = "secret";
  HttpRequest request = Request();
  request.headers.emplace_back("X-Amz-Security-Token", "t");
  Sign(request, usual_, hash_);
  EXPECT_EQ(Check(request, body_), "403 ExpiredTokenException");
}

TEST_F(SigV4VerifierTest, WantsHostAndAmzHeadersSigned) {
  HttpRequest no_host = Request();
  Sign(no_host, {{"x-amz-date", "20260101T120000Z"}}, hash_);
  EXPECT_EQ(Check(no_host, body_), "400 IncompleteSignatureException");
  HttpRequest unsigned_amz = Request();
  unsigned_amz.headers.emplace_back("X-Amz-Target", "x");
  Sign(unsigned_amz, usual_, hash_);
  EXPECT_EQ(Check(unsigned_amz, body_), "400 IncompleteSignatureException");
  for (const char* authorization :
       {"Basic abc", "AWS4-HMAC-SHA256 nonsense", "AWS4-HMAC-SHA256 Credential=a/b, Signature=c"}) {
    HttpRequest bad = Request();
    bad.headers.emplace_back("Authorization", authorization);
    EXPECT_EQ(Check(bad, body_), "400 IncompleteSignatureException") << authorization;
  }
}

TEST_F(SigV4VerifierTest, SortsTheQuery) {
  HttpRequest request = Request();
  request.query = "b=2&a=x%20y&a=1";
  request.headers.emplace_back(
      "Authorization", signer_.Authorize("POST", request.path, "a=1&a=x%20y&b=2", usual_, hash_));
  EXPECT_EQ(Check(request, body_), "ok");
}

TEST(SigV4TimeTest, ReadsAmzDates) {
  EXPECT_EQ(ToMillis(*ParseAmzDate("19700101T000001Z")), 1000);
  EXPECT_EQ(ToMillis(*ParseAmzDate("20260228T235959Z")), 1772323199000);
  for (const char* bad : {"", "2026-02-28T23:59:59Z", "20260230T000000Z", "20260101T250000Z",
                          "20260101T000000", "20260101X000000Z", "x0260101T000000Z"}) {
    EXPECT_FALSE(ParseAmzDate(bad)) << bad;
  }
}

TEST(CredentialParserTest, ReadsTheParts) {
  const Time now = FromMillis(0);
  EXPECT_EQ(ParseCredential("a:b", now)->secret_key, "b");
  EXPECT_EQ(ParseCredential("a:b:t", now)->session_token, "t");
  EXPECT_EQ(ParseCredential("a:b:t:5s", now)->expires, now + 5s);
  EXPECT_EQ(ParseCredential("a:b::5s", now)->session_token, "");
  for (const char* bad : {"", "a", "a:", ":b", "a:b:t:x", "a:b:t:5s:z"}) {
    EXPECT_FALSE(ParseCredential(bad, now)) << bad;
  }
}

}  // namespace
}  // namespace kvs::emulator
