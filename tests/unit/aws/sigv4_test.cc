#include "producer/aws/sigv4.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "producer/aws/timestamp.h"

namespace kvs::aws {
namespace {

using service::FindHeader;
using testing::HasSubstr;
using testing::Not;

constexpr char kToken[] = "made-up-token";

Credentials TestCredentials(std::string_view token = "") {
  Credentials credentials;
  credentials.access_key_id = "AKIDTEST";
  credentials.secret_access_key = Secret("made-up-secret");
  credentials.session_token = Secret(token);
  return credentials;
}

SigningOptions TestOptions() {
  SigningOptions options;
  options.region = "us-west-2";
  options.time = *ParseIsoTime("2025-06-07T08:09:10Z");
  return options;
}

service::HttpRequest TestRequest() {
  return {"POST",
          "http://127.0.0.1:8080/describeStream",
          {{"User-Agent", "test"}, {"Connection", "keep-alive"}, {"Transfer-Encoding", "chunked"}},
          "{}"};
}

std::string Authorization(const service::HttpRequest& request) {
  const std::string* value = FindHeader(request.headers, "Authorization");
  return value != nullptr ? *value : "(none)";
}

std::size_t CountHeaders(const service::HttpRequest& request, std::string_view name) {
  std::size_t count = 0;
  for (const service::HttpHeader& header : request.headers) {
    count += service::EqualsIgnoringCase(header.name, name) ? 1u : 0u;
  }
  return count;
}

TEST(SignRequestTest, SignsHostAndAmzHeadersOnly) {
  SigningKeyCache keys;
  service::HttpRequest request = TestRequest();
  request.headers.push_back({"x-amzn-stream-name", "door"});
  ASSERT_TRUE(SignRequest(request, TestCredentials(kToken), TestOptions(), keys).ok());
  EXPECT_THAT(Authorization(request),
              HasSubstr("Credential=AKIDTEST/20250607/us-west-2/kinesisvideo/aws4_request, "
                        "SignedHeaders=host;x-amz-date;x-amz-security-token;x-amzn-stream-name, "));
  EXPECT_EQ(*FindHeader(request.headers, "X-Amz-Security-Token"), kToken);
  EXPECT_EQ(*FindHeader(request.headers, "X-Amz-Date"), "20250607T080910Z");
}

TEST(SignRequestTest, HostIsAsItIsSent) {
  SigningKeyCache keys;
  service::HttpRequest request = TestRequest();
  ASSERT_TRUE(SignRequest(request, TestCredentials(), TestOptions(), keys).ok());
  EXPECT_EQ(*FindHeader(request.headers, "host"), "127.0.0.1:8080");
  request = TestRequest();
  request.url = "https://kinesisvideo.us-west-2.amazonaws.com:443/describeStream";
  ASSERT_TRUE(SignRequest(request, TestCredentials(), TestOptions(), keys).ok());
  EXPECT_EQ(*FindHeader(request.headers, "host"), "kinesisvideo.us-west-2.amazonaws.com");
}

TEST(SignRequestTest, SigningAgainReplacesTheOldSignature) {
  SigningKeyCache keys;
  service::HttpRequest request = TestRequest();
  ASSERT_TRUE(SignRequest(request, TestCredentials(kToken), TestOptions(), keys).ok());
  const std::string first = Authorization(request);
  SigningOptions later = TestOptions();
  later.time = later.time + Duration::Seconds(30);
  ASSERT_TRUE(SignRequest(request, TestCredentials(), later, keys).ok());
  EXPECT_NE(Authorization(request), first);
  EXPECT_EQ(CountHeaders(request, "authorization"), 1u);
  EXPECT_EQ(CountHeaders(request, "x-amz-date"), 1u);
  EXPECT_EQ(CountHeaders(request, "host"), 1u);
  EXPECT_EQ(CountHeaders(request, "x-amz-security-token"), 0u);

  service::HttpRequest fresh = TestRequest();
  ASSERT_TRUE(SignRequest(fresh, TestCredentials(), later, keys).ok());
  EXPECT_EQ(Authorization(request), Authorization(fresh));
}

TEST(SignRequestTest, EveryPartOfTheRequestChangesTheSignature) {
  SigningKeyCache keys;
  service::HttpRequest base = TestRequest();
  ASSERT_TRUE(SignRequest(base, TestCredentials(), TestOptions(), keys).ok());
  const auto signature = [&keys](auto change) {
    service::HttpRequest request = TestRequest();
    Credentials credentials = TestCredentials();
    SigningOptions options = TestOptions();
    change(request, credentials, options);
    EXPECT_TRUE(SignRequest(request, credentials, options, keys).ok());
    return Authorization(request).substr(Authorization(request).rfind('='));
  };
  const std::string original = Authorization(base).substr(Authorization(base).rfind('='));
  EXPECT_EQ(signature([](auto&, auto&, auto&) {}), original);
  EXPECT_NE(signature([](auto& r, auto&, auto&) { r.method = "GET"; }), original);
  EXPECT_NE(signature([](auto& r, auto&, auto&) { r.url += "2"; }), original);
  EXPECT_NE(signature([](auto& r, auto&, auto&) { r.url += "?a=b"; }), original);
  EXPECT_NE(signature([](auto& r, auto&, auto&) { r.body = "{ }"; }), original);
  EXPECT_NE(signature([](auto&, auto&, auto& o) { o.region = "us-west-1"; }), original);
  EXPECT_NE(signature([](auto&, auto&, auto& o) { o.service = "kinesis"; }), original);
  EXPECT_NE(signature([](auto&, auto&, auto& o) { o.payload_sha256 = kEmptyPayloadSha256; }),
            original);
  EXPECT_NE(signature([](auto&, auto& c, auto&) { c.secret_access_key = Secret("other"); }),
            original);
  EXPECT_NE(signature([](auto&, auto& c, auto&) { c.session_token = Secret("t"); }), original);
  // What a proxy may rewrite does not.
  EXPECT_EQ(signature([](auto& r, auto&, auto&) { r.headers[0].value = "other agent"; }), original);
}

TEST(SignRequestTest, PutMediaIsSignedOverTheEmptyPayload) {
  EXPECT_EQ(Sha256Hex(""), kEmptyPayloadSha256);
  SigningKeyCache keys;
  service::HttpRequest by_default = TestRequest();
  by_default.body.clear();
  service::HttpRequest given = by_default;
  SigningOptions options = TestOptions();
  ASSERT_TRUE(SignRequest(by_default, TestCredentials(), options, keys).ok());
  options.payload_sha256 = kEmptyPayloadSha256;
  ASSERT_TRUE(SignRequest(given, TestCredentials(), options, keys).ok());
  EXPECT_EQ(Authorization(by_default), Authorization(given));
  EXPECT_EQ(FindHeader(given.headers, "x-amz-content-sha256"), nullptr);
}

TEST(SignRequestTest, RefusesWhatCannotBeSentAndLeavesTheRequestAlone) {
  SigningKeyCache keys;
  const auto refused = [&keys](auto change) {
    service::HttpRequest request = TestRequest();
    Credentials credentials = TestCredentials(kToken);
    SigningOptions options = TestOptions();
    change(request, credentials, options);
    const std::size_t headers = request.headers.size();
    const Status status = SignRequest(request, credentials, options, keys);
    EXPECT_EQ(request.headers.size(), headers);
    EXPECT_EQ(FindHeader(request.headers, "authorization"), nullptr);
    EXPECT_THAT(status.message(), Not(HasSubstr("made-up")));
    return status.code() == StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](auto& r, auto&, auto&) { r.headers.push_back({"X-A", "1\r\nX-B: 2"}); }));
  EXPECT_TRUE(refused([](auto& r, auto&, auto&) { r.headers.push_back({"X A", "1"}); }));
  EXPECT_TRUE(refused([](auto& r, auto&, auto&) { r.headers.push_back({"", "1"}); }));
  EXPECT_TRUE(refused([](auto& r, auto&, auto&) { r.url = "not a url"; }));
  EXPECT_TRUE(refused([](auto& r, auto&, auto&) { r.method = "PO ST"; }));
  EXPECT_TRUE(refused([](auto&, auto&, auto& o) { o.region = ""; }));
  EXPECT_TRUE(refused([](auto&, auto&, auto& o) { o.region = "us\r\nx"; }));
  EXPECT_TRUE(refused([](auto&, auto& c, auto&) { c.access_key_id = ""; }));
  EXPECT_TRUE(refused([](auto&, auto& c, auto&) { c.access_key_id = "AK\nID"; }));
  EXPECT_TRUE(refused([](auto&, auto& c, auto&) { c.secret_access_key = Secret(); }));
  EXPECT_TRUE(refused([](auto&, auto& c, auto&) { c.session_token = Secret("made-up\n"); }));
}

TEST(SigningKeyCacheTest, SharesTheKeyOfADayAndNoOther) {
  SigningKeyCache keys;
  const Secret secret("made-up-secret");
  SigningOptions options = TestOptions();
  const Secret first = keys.Get(secret, options).Clone();
  EXPECT_TRUE(first == DeriveSigningKey(secret, options));
  options.time = options.time + Duration::Hours(1);
  EXPECT_TRUE(keys.Get(secret, options) == first);
  EXPECT_EQ(keys.size(), 1u);
  options.time = options.time + Duration::Hours(24);
  EXPECT_FALSE(keys.Get(secret, options) == first);
  EXPECT_EQ(keys.size(), 2u);
  EXPECT_FALSE(keys.Get(Secret("other"), TestOptions()) == first);
  SigningOptions elsewhere = TestOptions();
  elsewhere.region = "eu-west-1";
  EXPECT_FALSE(keys.Get(secret, elsewhere) == first);
  EXPECT_EQ(keys.size(), 4u);
  EXPECT_TRUE(keys.Get(secret, TestOptions()) == first);
  EXPECT_EQ(keys.size(), 4u);
}

TEST(SigningKeyCacheTest, IsBoundedAndDropsTheLeastRecentlyUsed) {
  SigningKeyCache keys;
  const Secret secret("made-up-secret");
  SigningOptions options = TestOptions();
  for (int day = 0; day < 3 * static_cast<int>(SigningKeyCache::kCapacity); ++day) {
    options.time = options.time + Duration::Hours(24);
    EXPECT_TRUE(keys.Get(secret, options) == DeriveSigningKey(secret, options));
    EXPECT_LE(keys.size(), SigningKeyCache::kCapacity);
  }
  keys.Clear();
  EXPECT_EQ(keys.size(), 0u);
}

}  // namespace
}  // namespace kvs::aws
