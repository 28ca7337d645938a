#include "producer/service/error_map.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <system_error>
#include <utility>

#include "producer/aws/timestamp.h"
#include "producer/service/json.h"
#include "producer/service/validation.h"

namespace kvs::service {
namespace {

constexpr std::size_t kMaxServiceMessage = 512;
constexpr std::size_t kMaxErrorType = 96;
constexpr std::size_t kMaxRequestId = 128;
constexpr Duration kMaxRetryAfter = Duration::Minutes(5);

// Source: error sections of the Kinesis Video Streams API reference, "Common errors" of the AWS
// APIs, RFC 9110.
constexpr std::array kRules = {
    // Credentials: new ones, or another clock, and the same request is accepted.
    ErrorRule{"ExpiredToken", 0, StatusCode::kCredentialsExpired},
    ErrorRule{"ExpiredTokenException", 0, StatusCode::kCredentialsExpired},
    ErrorRule{"TokenRefreshRequired", 0, StatusCode::kCredentialsExpired},
    ErrorRule{"RequestExpired", 0, StatusCode::kCredentialsExpired},
    ErrorRule{"RequestTimeTooSkewed", 0, StatusCode::kCredentialsExpired},
    // Credentials: known and refused, or not known.
    ErrorRule{"AccessDeniedException", 0, StatusCode::kNotAuthorized},
    ErrorRule{"AccessDenied", 0, StatusCode::kNotAuthorized},
    ErrorRule{"NotAuthorizedException", 0, StatusCode::kNotAuthorized},
    ErrorRule{"NotAuthorized", 0, StatusCode::kNotAuthorized},
    ErrorRule{"UnrecognizedClientException", 0, StatusCode::kNotAuthorized},
    ErrorRule{"InvalidClientTokenId", 0, StatusCode::kNotAuthorized},
    ErrorRule{"InvalidSignatureException", 0, StatusCode::kNotAuthorized},
    ErrorRule{"SignatureDoesNotMatch", 0, StatusCode::kNotAuthorized},
    ErrorRule{"IncompleteSignature", 0, StatusCode::kNotAuthorized},
    ErrorRule{"IncompleteSignatureException", 0, StatusCode::kNotAuthorized},
    ErrorRule{"MissingAuthenticationToken", 0, StatusCode::kNotAuthorized},
    ErrorRule{"MissingAuthenticationTokenException", 0, StatusCode::kNotAuthorized},
    ErrorRule{"OptInRequired", 0, StatusCode::kNotAuthorized},
    // Too fast.
    ErrorRule{"ClientLimitExceededException", 0, StatusCode::kThrottled},
    ErrorRule{"ConnectionLimitExceededException", 0, StatusCode::kThrottled},
    ErrorRule{"ThrottlingException", 0, StatusCode::kThrottled},
    ErrorRule{"Throttling", 0, StatusCode::kThrottled},
    ErrorRule{"ThrottledException", 0, StatusCode::kThrottled},
    ErrorRule{"TooManyRequestsException", 0, StatusCode::kThrottled},
    ErrorRule{"RequestLimitExceeded", 0, StatusCode::kThrottled},
    ErrorRule{"SlowDown", 0, StatusCode::kThrottled},
    // Quotas.
    ErrorRule{"AccountStreamLimitExceededException", 0, StatusCode::kLimitReached},
    ErrorRule{"DeviceStreamLimitExceededException", 0, StatusCode::kLimitReached},
    ErrorRule{"TagsPerResourceExceededLimitException", 0, StatusCode::kInvalidRequest},
    // The stream.
    ErrorRule{"ResourceInUseException", 0, StatusCode::kResourceInUse},
    ErrorRule{"ResourceNotFoundException", 0, StatusCode::kStreamNotFound},
    ErrorRule{"VersionMismatchException", 0, StatusCode::kResourceInUse},
    // The endpoint. UnknownOperationException comes from a host that is another service.
    ErrorRule{"InvalidEndpointException", 0, StatusCode::kInvalidEndpoint},
    ErrorRule{"UnknownOperationException", 0, StatusCode::kInvalidRequest},
    // The request.
    ErrorRule{"InvalidArgumentException", 0, StatusCode::kInvalidRequest},
    ErrorRule{"InvalidDeviceException", 0, StatusCode::kInvalidRequest},
    ErrorRule{"InvalidResourceFormatException", 0, StatusCode::kInvalidRequest},
    ErrorRule{"ValidationException", 0, StatusCode::kInvalidRequest},
    ErrorRule{"ValidationError", 0, StatusCode::kInvalidRequest},
    ErrorRule{"SerializationException", 0, StatusCode::kInvalidRequest},
    ErrorRule{"InvalidAction", 0, StatusCode::kInvalidRequest},
    ErrorRule{"InvalidParameterCombination", 0, StatusCode::kInvalidRequest},
    ErrorRule{"InvalidParameterValue", 0, StatusCode::kInvalidRequest},
    ErrorRule{"InvalidQueryParameter", 0, StatusCode::kInvalidRequest},
    ErrorRule{"MalformedQueryString", 0, StatusCode::kInvalidRequest},  // comes with 404
    ErrorRule{"MissingAction", 0, StatusCode::kInvalidRequest},
    ErrorRule{"MissingParameter", 0, StatusCode::kInvalidRequest},
    // The service.
    ErrorRule{"InternalFailure", 0, StatusCode::kServiceFailure},
    ErrorRule{"InternalServerError", 0, StatusCode::kServiceFailure},
    ErrorRule{"ServiceUnavailable", 0, StatusCode::kServiceFailure},
    ErrorRule{"ServiceUnavailableException", 0, StatusCode::kServiceFailure},
    ErrorRule{"RequestTimeout", 0, StatusCode::kNetworkTimeout},
    ErrorRule{"RequestTimeoutException", 0, StatusCode::kNetworkTimeout},
    // Without a type that is known.
    ErrorRule{"", 400, StatusCode::kInvalidRequest},
    ErrorRule{"", 401, StatusCode::kNotAuthorized},
    ErrorRule{"", 403, StatusCode::kNotAuthorized},
    ErrorRule{"", 404, StatusCode::kStreamNotFound},
    ErrorRule{"", 406, StatusCode::kInvalidRequest},
    ErrorRule{"", 407, StatusCode::kProxyNotAuthorized},
    ErrorRule{"", 408, StatusCode::kNetworkTimeout},
    ErrorRule{"", 409, StatusCode::kResourceInUse},
    ErrorRule{"", 413, StatusCode::kInvalidRequest},
    ErrorRule{"", 429, StatusCode::kThrottled},
    ErrorRule{"", 500, StatusCode::kServiceFailure},
    ErrorRule{"", 501, StatusCode::kServiceFailure},
    ErrorRule{"", 502, StatusCode::kServiceFailure},
    ErrorRule{"", 503, StatusCode::kServiceFailure},
    ErrorRule{"", 504, StatusCode::kNetworkTimeout},
    ErrorRule{"", 598, StatusCode::kNetworkTimeout},
    ErrorRule{"", 599, StatusCode::kNetworkTimeout},
};

struct ServiceError {
  std::string type;
  std::string message;
  std::string request_id;
};

// "ResourceNotFoundException:http://internal.amazon.com/..." and
// "com.amazonaws.x#ResourceNotFoundException" are both ResourceNotFoundException.
std::string ShortType(std::string_view type) {
  type = type.substr(0, type.find(':'));
  const std::size_t hash = type.rfind('#');
  if (hash != std::string_view::npos) {
    type.remove_prefix(hash + 1);
  }
  return PrintableExcerpt(type, kMaxErrorType);
}

std::string FirstHeader(const HttpResponse& response,
                        std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string* value = FindHeader(response.headers, name)) {
      return *value;
    }
  }
  return "";
}

ServiceError ReadError(const HttpResponse& response) {
  ServiceError error;
  std::string type = FirstHeader(response, {"x-amzn-ErrorType", "x-amz-ErrorType"});
  if (const Result<JsonFields> fields = JsonFields::Parse(response.body, kMaxResponseBytes);
      fields.ok()) {
    if (type.empty()) {
      type = fields->String("__type").value_or(fields->String("code").value_or(""));
    }
    error.message =
        PrintableExcerpt(fields->String("Message").value_or(fields->String("message").value_or("")),
                         kMaxServiceMessage);
  }
  error.type = ShortType(type);
  error.request_id = PrintableExcerpt(
      FirstHeader(response, {"x-amzn-RequestId", "x-amz-request-id"}), kMaxRequestId);
  return error;
}

std::string Attempt(const CallTarget& target) {
  std::string out(ApiCallName(target.call));
  if (!target.stream_name.empty()) {
    out += " of stream \"" + PrintableExcerpt(target.stream_name, kMaxStreamNameLength) + "\"";
  }
  return out;
}

// A signature that was too old or too new when it arrived. The service has no error type of its own
// for it.
bool IsClockProblem(const ServiceError& error) {
  return error.type == "RequestTimeTooSkewed" || error.type == "RequestExpired" ||
         error.message.starts_with("Signature expired") ||
         error.message.starts_with("Signature not yet current");
}

// What helps, as a clause to append; empty when nothing special does.
std::string Hint(const CallTarget& target, const ServiceError& error, StatusCode code) {
  if (IsClockProblem(error)) {
    return "; the clock of this machine and that of the service differ, or the request waited too "
           "long after it was signed";
  }
  if (error.type == "UnrecognizedClientException" || error.type == "InvalidClientTokenId") {
    return "; the access key is not known to the service in this region";
  }
  if (error.type == "InvalidSignatureException" || error.type == "SignatureDoesNotMatch") {
    return "; the secret key does not belong to the access key, or a proxy changed the request";
  }
  if (code == StatusCode::kNotAuthorized) {
    const std::string arn = target.stream_arn.empty()
                                ? "arn:*:kinesisvideo:*:*:stream/" +
                                      PrintableExcerpt(target.stream_name, kMaxStreamNameLength) +
                                      "/*"
                                : PrintableExcerpt(target.stream_arn, kMaxArnLength);
    return "; the credentials need the permission kinesisvideo:" +
           std::string(ApiCallName(target.call)) + " on " + arn;
  }
  return "";
}

}  // namespace

std::span<const ErrorRule> ErrorRules() {
  return kRules;
}

StatusCode MapServiceError(int http_status, std::string_view error_type) {
  constexpr int kFirstClientError = 400;
  constexpr int kFirstServerError = 500;
  constexpr int kPastServerErrors = 600;
  // Before the rows without a type: they come with 400 and 403.
  if (error_type.starts_with(kKmsErrorPrefix)) {
    return StatusCode::kEncryptionKeyRefused;
  }
  for (const ErrorRule& rule : kRules) {
    if ((rule.error_type.empty() || rule.error_type == error_type) &&
        (rule.http_status == 0 || rule.http_status == http_status)) {
      return rule.code;
    }
  }
  if (http_status >= kFirstServerError && http_status < kPastServerErrors) {
    return StatusCode::kServiceFailure;
  }
  return http_status >= kFirstClientError && http_status < kFirstServerError
             ? StatusCode::kInvalidRequest
             : StatusCode::kBadResponse;
}

std::string_view TransportErrorText(TransportError error) {
  switch (error) {
    case TransportError::kNameResolution:
      return "the name of the host could not be resolved";
    case TransportError::kConnect:
      return "no connection could be made";
    case TransportError::kConnectTimeout:
      return "no connection was made in time";
    case TransportError::kTlsHandshake:
      return "the TLS handshake failed, in which TLS 1.2 or newer is asked for";
    case TransportError::kTlsPeerVerification:
      return "the certificate of the host was not accepted";
    case TransportError::kTlsSetup:
      return "the CA file or client certificate cannot be used";
    case TransportError::kTimeout:
      return "no answer came in time";
    case TransportError::kConnectionLost:
      return "the connection broke";
    case TransportError::kResponseTooLarge:
      return "the answer is too large";
    case TransportError::kProtocol:
      return "the answer is not HTTP";
    case TransportError::kBadUrl:
      return "the URL cannot be used";
    case TransportError::kProxy:
      return "the proxy made no connection";
    case TransportError::kProxyAuthentication:
      return "the proxy refused the user name and password, or wants some";
    case TransportError::kCancelled:
      return "it was cancelled";
    case TransportError::kOther:
      break;
  }
  return "the request failed";
}

StatusCode MapTransportError(TransportError error) {
  switch (error) {
    case TransportError::kNameResolution:
      return StatusCode::kNameResolutionFailed;
    case TransportError::kConnect:
      return StatusCode::kConnectFailed;
    case TransportError::kConnectTimeout:
    case TransportError::kTimeout:
      return StatusCode::kNetworkTimeout;
    case TransportError::kTlsHandshake:
    case TransportError::kTlsPeerVerification:
      return StatusCode::kTlsFailed;
    case TransportError::kTlsSetup:
      return StatusCode::kFileError;
    case TransportError::kConnectionLost:
    case TransportError::kOther:
      return StatusCode::kConnectionLost;
    case TransportError::kResponseTooLarge:
    case TransportError::kProtocol:
      return StatusCode::kBadResponse;
    case TransportError::kBadUrl:
      return StatusCode::kInvalidArgument;
    case TransportError::kProxy:
      return StatusCode::kProxyFailed;
    case TransportError::kProxyAuthentication:
      return StatusCode::kProxyNotAuthorized;
    case TransportError::kCancelled:
      return StatusCode::kCancelled;
  }
  return StatusCode::kInternal;
}

std::string_view RedirectHint(int http_status) {
  constexpr int kFirstRedirect = 300;
  constexpr int kPastRedirects = 400;
  return http_status >= kFirstRedirect && http_status < kPastRedirects
             ? "; it is a redirect to another address, and none is followed: check the endpoint"
             : "";
}

Status StatusFromResponse(const CallTarget& target, const HttpResponse& response) {
  ServiceError error = ReadError(response);
  const StatusCode code = IsClockProblem(error) ? StatusCode::kCredentialsExpired
                                                : MapServiceError(response.status, error.type);
  std::string message = Attempt(target) + " was refused";
  if (!error.message.empty()) {
    message += ": " + error.message;
  }
  message += Hint(target, error, code);
  message += RedirectHint(response.status);
  return Status(code, std::move(message))
      .WithService(response.status, std::move(error.type), std::move(error.request_id));
}

Status StatusFromTransport(const CallTarget& target, TransportError error,
                           std::string_view detail) {
  std::string message = Attempt(target) + " failed: " + std::string(TransportErrorText(error));
  if (!detail.empty()) {
    message += " (" + PrintableExcerpt(detail, kMaxServiceMessage) + ")";
  }
  return {MapTransportError(error), std::move(message)};
}

Status BadResponse(const CallTarget& target, const HttpResponse& response, std::string_view why) {
  return Status(StatusCode::kBadResponse,
                Attempt(target) + ": the answer cannot be understood: " + std::string(why))
      .WithService(response.status, "", ReadError(response).request_id);
}

std::optional<Duration> RetryAfter(const HttpResponse& response, WallTime now) {
  const std::string* text = FindHeader(response.headers, "retry-after");
  if (text == nullptr) {
    return std::nullopt;
  }
  Duration wait;
  if (const std::optional<WallTime> date = aws::ParseHttpDate(*text)) {
    wait = *date - now;
  } else {
    // More digits than fit are more than the bound as well.
    std::uint32_t seconds = 0;
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, seconds);
    if (stop != end || (error != std::errc() && error != std::errc::result_out_of_range)) {
      return std::nullopt;
    }
    wait = error == std::errc() ? Duration::Seconds(seconds) : kMaxRetryAfter;
  }
  return std::clamp(wait, Duration::Seconds(0), kMaxRetryAfter);
}

std::optional<Duration> ClockSkew(const HttpResponse& response, WallTime now) {
  const std::string* text = FindHeader(response.headers, "date");
  const std::optional<WallTime> date = text != nullptr ? aws::ParseHttpDate(*text) : std::nullopt;
  if (!date) {
    return std::nullopt;
  }
  return Duration::Seconds((*date - now).nanos() / 1'000'000'000);
}

}  // namespace kvs::service
