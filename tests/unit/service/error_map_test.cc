#include "producer/service/error_map.h"

#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::service {
namespace {

using testing::HasSubstr;
using testing::Not;

const CallTarget kTarget = {ApiCall::kPutMedia, "door", ""};

HttpResponse Error(int status, std::string type, std::string body = "") {
  HttpResponse response{status, {{"x-amzn-RequestId", "r-1"}}, std::move(body)};
  if (!type.empty()) {
    response.headers.push_back({"x-amzn-ErrorType", std::move(type)});
  }
  return response;
}

StatusCode CodeOf(int status, std::string type = "") {
  return StatusFromResponse(kTarget, Error(status, std::move(type))).code();
}

TEST(ErrorMapTest, MapsErrorTypes) {
  EXPECT_EQ(CodeOf(404, "ResourceNotFoundException"), StatusCode::kStreamNotFound);
  EXPECT_EQ(CodeOf(400, "ResourceInUseException"), StatusCode::kResourceInUse);
  EXPECT_EQ(CodeOf(400, "ClientLimitExceededException"), StatusCode::kThrottled);
  EXPECT_EQ(CodeOf(400, "ConnectionLimitExceededException"), StatusCode::kThrottled);
  EXPECT_EQ(CodeOf(400, "ThrottlingException"), StatusCode::kThrottled);
  EXPECT_EQ(CodeOf(400, "AccountStreamLimitExceededException"), StatusCode::kLimitReached);
  EXPECT_EQ(CodeOf(400, "DeviceStreamLimitExceededException"), StatusCode::kLimitReached);
  EXPECT_EQ(CodeOf(401, "NotAuthorizedException"), StatusCode::kNotAuthorized);
  EXPECT_EQ(CodeOf(400, "AccessDeniedException"), StatusCode::kNotAuthorized);
  EXPECT_EQ(CodeOf(403, "UnrecognizedClientException"), StatusCode::kNotAuthorized);
  EXPECT_EQ(CodeOf(403, "InvalidSignatureException"), StatusCode::kNotAuthorized);
  EXPECT_EQ(CodeOf(403, "ExpiredTokenException"), StatusCode::kCredentialsExpired);
  EXPECT_EQ(CodeOf(400, "ExpiredToken"), StatusCode::kCredentialsExpired);
  EXPECT_EQ(CodeOf(403, "RequestTimeTooSkewed"), StatusCode::kCredentialsExpired);
  EXPECT_EQ(CodeOf(400, "InvalidArgumentException"), StatusCode::kInvalidRequest);
  EXPECT_EQ(CodeOf(400, "InvalidDeviceException"), StatusCode::kInvalidRequest);
  EXPECT_EQ(CodeOf(400, "TagsPerResourceExceededLimitException"), StatusCode::kInvalidRequest);
  EXPECT_EQ(CodeOf(400, "InvalidEndpointException"), StatusCode::kInvalidEndpoint);
  EXPECT_EQ(CodeOf(400, "KMSNotFoundException"), StatusCode::kEncryptionKeyRefused);
  EXPECT_EQ(CodeOf(500, "InternalFailure"), StatusCode::kServiceFailure);
}

TEST(ErrorMapTest, MapsHttpStatusWhenTheTypeIsNotKnown) {
  for (const char* type : {"", "BrandNewException"}) {
    EXPECT_EQ(CodeOf(400, type), StatusCode::kInvalidRequest);
    EXPECT_EQ(CodeOf(401, type), StatusCode::kNotAuthorized);
    EXPECT_EQ(CodeOf(403, type), StatusCode::kNotAuthorized);
    EXPECT_EQ(CodeOf(404, type), StatusCode::kStreamNotFound);
    EXPECT_EQ(CodeOf(406, type), StatusCode::kInvalidRequest);
    EXPECT_EQ(CodeOf(408, type), StatusCode::kNetworkTimeout);
    EXPECT_EQ(CodeOf(409, type), StatusCode::kResourceInUse);
    EXPECT_EQ(CodeOf(413, type), StatusCode::kInvalidRequest);
    EXPECT_EQ(CodeOf(429, type), StatusCode::kThrottled);
    EXPECT_EQ(CodeOf(500, type), StatusCode::kServiceFailure);
    EXPECT_EQ(CodeOf(502, type), StatusCode::kServiceFailure);
    EXPECT_EQ(CodeOf(503, type), StatusCode::kServiceFailure);
    EXPECT_EQ(CodeOf(504, type), StatusCode::kNetworkTimeout);
    EXPECT_EQ(CodeOf(301, type), StatusCode::kBadResponse);
    EXPECT_EQ(CodeOf(0, type), StatusCode::kBadResponse);
    EXPECT_EQ(CodeOf(999, type), StatusCode::kBadResponse);
  }
}

TEST(ErrorMapTest, NoRowHidesALaterOne) {
  std::set<std::pair<std::string_view, int>> seen;
  bool status_rows_began = false;
  for (const ErrorRule& rule : ErrorRules()) {
    EXPECT_TRUE(seen.insert({rule.error_type, rule.http_status}).second) << rule.error_type;
    EXPECT_FALSE(rule.error_type.empty() && rule.http_status == 0) << "would match everything";
    status_rows_began = status_rows_began || rule.error_type.empty();
    EXPECT_EQ(status_rows_began, rule.error_type.empty()) << rule.error_type;
    EXPECT_EQ(MapServiceError(rule.http_status, rule.error_type), rule.code) << rule.error_type;
  }
}

TEST(ErrorMapTest, ReadsTheTypeWhereverTheServiceWritesIt) {
  EXPECT_EQ(CodeOf(400, "ResourceInUseException:http://internal.example/x"),
            StatusCode::kResourceInUse);
  EXPECT_EQ(
      StatusFromResponse(kTarget, Error(400, "", R"({"__type":"a.b#ResourceInUseException"})"))
          .code(),
      StatusCode::kResourceInUse);
  EXPECT_EQ(StatusFromResponse(kTarget, Error(400, "", R"({"code":"ThrottlingException"})")).code(),
            StatusCode::kThrottled);
  const HttpResponse amz = {400, {{"X-AMZ-ERRORTYPE", "ThrottlingException"}}, ""};
  EXPECT_EQ(StatusFromResponse(kTarget, amz).code(), StatusCode::kThrottled);
}

TEST(ErrorMapTest, TheStatusSaysWhatWasTriedAndWhatCameBack) {
  const Status status = StatusFromResponse(
      {ApiCall::kDescribeStream, "door", ""},
      Error(400, "InvalidArgumentException", R"({"Message":"StreamName is odd"})"));
  EXPECT_EQ(status.http_status(), 400);
  EXPECT_EQ(status.service_error(), "InvalidArgumentException");
  EXPECT_EQ(status.request_id(), "r-1");
  EXPECT_EQ(status.ToString(),
            "InvalidRequest: DescribeStream of stream \"door\" was refused: StreamName is odd "
            "(HTTP 400, InvalidArgumentException, request r-1)");
}

TEST(ErrorMapTest, ADenialNamesThePermissionAndTheStream) {
  Status status = StatusFromResponse(kTarget, Error(403, "AccessDeniedException"));
  EXPECT_THAT(status.message(),
              HasSubstr("kinesisvideo:PutMedia on arn:*:kinesisvideo:*:*:stream/door/*"));
  status = StatusFromResponse({ApiCall::kTagStream, "door", "arn:aws:kinesisvideo:x"},
                              Error(403, "AccessDeniedException"));
  EXPECT_THAT(status.message(), HasSubstr("kinesisvideo:TagStream on arn:aws:kinesisvideo:x"));
}

TEST(ErrorMapTest, AWrongClockIsNamed) {
  for (const char* body :
       {R"({"message":"Signature expired: 20150830T123600Z is now earlier than ..."})",
        R"({"message":"Signature not yet current: 20150830T123600Z is ..."})"}) {
    const Status status =
        StatusFromResponse(kTarget, Error(403, "InvalidSignatureException", body));
    EXPECT_EQ(status.code(), StatusCode::kCredentialsExpired);
    EXPECT_THAT(status.message(), HasSubstr("the clock of this machine"));
  }
  const Status other = StatusFromResponse(
      kTarget, Error(403, "InvalidSignatureException", R"({"message":"does not match"})"));
  EXPECT_EQ(other.code(), StatusCode::kNotAuthorized);
  EXPECT_THAT(other.message(), HasSubstr("the secret key does not belong to the access key"));
}

TEST(ErrorMapTest, MessagesAreBoundedPrintableAndQuoteNothingElse) {
  HttpResponse response = Error(
      400, std::string(5'000, 'T'),
      R"({"Message":")" + std::string(5'000, 'm') + R"(\n","Authorization":"hush","x":"hush"})");
  response.headers.push_back({"Set-Cookie", "hush"});
  response.headers[0].value = std::string(5'000, 'r');
  const Status status = StatusFromResponse(kTarget, response);
  EXPECT_LT(status.ToString().size(), 1'000u);
  EXPECT_THAT(status.ToString(), Not(HasSubstr("hush")));
  const Status control =
      StatusFromResponse(kTarget, Error(400, "a\r\nb", R"({"Message":"a\r\n\u001b[1mb"})"));
  EXPECT_THAT(control.ToString(), Not(HasSubstr("\n")));
  EXPECT_THAT(control.ToString(), Not(HasSubstr("\x1b")));
}

TEST(ErrorMapTest, BodiesThatAreNotJsonAreIgnored) {
  const Status status =
      StatusFromResponse(kTarget, Error(503, "", "<html>hush, down for maintenance</html>"));
  EXPECT_EQ(status.code(), StatusCode::kServiceFailure);
  EXPECT_THAT(status.message(), Not(HasSubstr("hush")));
}

TEST(ErrorMapTest, MapsTransportErrors) {
  const auto code = [](TransportError error) {
    return StatusFromTransport(kTarget, error, "why").code();
  };
  EXPECT_EQ(code(TransportError::kNameResolution), StatusCode::kNameResolutionFailed);
  EXPECT_EQ(code(TransportError::kConnect), StatusCode::kConnectFailed);
  EXPECT_EQ(code(TransportError::kConnectTimeout), StatusCode::kNetworkTimeout);
  EXPECT_EQ(code(TransportError::kTlsHandshake), StatusCode::kTlsFailed);
  EXPECT_EQ(code(TransportError::kTlsPeerVerification), StatusCode::kTlsFailed);
  EXPECT_EQ(code(TransportError::kTlsSetup), StatusCode::kFileError);
  EXPECT_EQ(code(TransportError::kTimeout), StatusCode::kNetworkTimeout);
  EXPECT_EQ(code(TransportError::kConnectionLost), StatusCode::kConnectionLost);
  EXPECT_EQ(code(TransportError::kResponseTooLarge), StatusCode::kBadResponse);
  EXPECT_EQ(code(TransportError::kProtocol), StatusCode::kBadResponse);
  EXPECT_EQ(code(TransportError::kBadUrl), StatusCode::kInvalidArgument);
  EXPECT_EQ(code(TransportError::kProxy), StatusCode::kProxyFailed);
  EXPECT_EQ(code(TransportError::kProxyAuthentication), StatusCode::kProxyNotAuthorized);
  EXPECT_EQ(code(TransportError::kCancelled), StatusCode::kCancelled);
  EXPECT_EQ(code(TransportError::kOther), StatusCode::kConnectionLost);
  EXPECT_EQ(StatusFromTransport(kTarget, TransportError::kConnect, "refused").message(),
            "PutMedia of stream \"door\" failed: no connection could be made (refused)");
}

std::optional<Duration> RetryAfterOf(std::string value) {
  const WallTime now = WallTime::FromSeconds(1'440'938'100);  // 12:35:00
  return RetryAfter({503, {{"Retry-After", std::move(value)}}, ""}, now);
}

TEST(RetryAfterTest, ReadsSecondsAndDatesWithinBounds) {
  EXPECT_EQ(RetryAfterOf("7"), Duration::Seconds(7));
  EXPECT_EQ(RetryAfterOf("0"), Duration::Seconds(0));
  EXPECT_EQ(RetryAfterOf("86400"), Duration::Minutes(5));
  EXPECT_EQ(RetryAfterOf("99999999999999999999"), Duration::Minutes(5));
  EXPECT_EQ(RetryAfterOf("Sun, 30 Aug 2015 12:36:00 GMT"), Duration::Seconds(60));
  EXPECT_EQ(RetryAfterOf("Sun, 30 Aug 2015 12:00:00 GMT"), Duration::Seconds(0));
  for (const char* junk : {"", "-1", "1.5", "soon", "7 s"}) {
    EXPECT_EQ(RetryAfterOf(junk), std::nullopt) << junk;
  }
  EXPECT_EQ(RetryAfter({503, {}, ""}, WallTime()), std::nullopt);
}

TEST(ClockSkewTest, IsTheServicesClockMinusOurs) {
  const HttpResponse response = {403, {{"Date", "Sun, 30 Aug 2015 12:36:00 GMT"}}, ""};
  EXPECT_EQ(ClockSkew(response, WallTime::FromSeconds(1'440'938'100)), Duration::Seconds(60));
  EXPECT_EQ(ClockSkew(response, WallTime::FromSeconds(1'440'938'220)), Duration::Seconds(-60));
  EXPECT_EQ(ClockSkew({403, {}, ""}, WallTime()), std::nullopt);
  EXPECT_EQ(ClockSkew({403, {{"Date", "x"}}, ""}, WallTime()), std::nullopt);
}

}  // namespace
}  // namespace kvs::service
