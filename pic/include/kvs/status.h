#ifndef KVS_STATUS_H_
#define KVS_STATUS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace kvs {

// Stable numbers, in ranges per module. Never reused. `StatusCodeName` and the table in
// pic/base/status.cc give each its name, meaning and retry class; docs/errors.md is printed from it.
enum class StatusCode : std::uint32_t {
  kOk = 0,
  // 1..: arguments and calls
  kInvalidArgument = 1,
  kInvalidState = 2,
  kNotFound = 3,
  kInternal = 4,
  kTimedOut = 5,
  kCancelled = 6,
  kTooLarge = 7,
  kFileError = 8,
  // 100..: media
  kInvalidFrame = 100,
  kInvalidTimestamp = 101,
  kInvalidNal = 102,
  kInvalidCodecData = 103,
  kUnknownTrack = 104,
  kStoreFull = 105,
  kStopped = 106,
  kUnsupportedMedia = 107,
  kInvalidMetadata = 108,
  kMetadataLimit = 109,
  // 200..: the service's answers
  kNotAuthorized = 200,
  kStreamNotFound = 201,
  kResourceInUse = 202,
  kThrottled = 203,
  kInvalidRequest = 204,
  kServiceFailure = 205,
  kInvalidEndpoint = 206,
  kBadResponse = 207,
  kFragmentRejected = 208,
  kStreamNotActive = 209,
  kLimitReached = 210,
  kSessionExpired = 211,
  kEncryptionKeyRefused = 212,
  // 300..: the network
  kConnectFailed = 300,
  kNameResolutionFailed = 301,
  kTlsFailed = 302,
  kConnectionLost = 303,
  kNetworkTimeout = 304,
  kProxyFailed = 305,
  kProxyNotAuthorized = 306,
  // 400..: credentials
  kNoCredentials = 400,
  kCredentialsExpired = 401,
  kCredentialsRefused = 402,
};

// What to do about a failure, decided once per code (pic/base/status.cc).
enum class RetryClass : std::uint8_t {
  kNever,               // the same call will fail again; tell the user
  kBackoff,             // the same call again, after a back-off
  kReconnect,           // a new connection, after a back-off
  kRefreshEndpoint,     // ask for the data endpoint again
  kRefreshCredentials,  // new credentials, then the same call
};

struct StatusCodeInfo {
  StatusCode code;
  std::string_view name;     // "kThrottled" without the k, e.g. "Throttled"
  std::string_view meaning;  // one sentence for users
  RetryClass retry;
};

// The row of `code`; an unknown number gets the row of kInternal.
const StatusCodeInfo& Describe(StatusCode code);

// Every row, in the order of the numbers; for range-based for.
struct StatusCodeTable {
  const StatusCodeInfo* first;
  const StatusCodeInfo* last;  // behind the last
  const StatusCodeInfo* begin() const { return first; }
  const StatusCodeInfo* end() const { return last; }
};
StatusCodeTable AllStatusCodes();

// The outcome of an operation. Cheap when OK. A value: copies are independent; not synchronised.
class [[nodiscard]] Status {
 public:
  Status() = default;  // OK
  // `message` says what was tried and what came back, in a sentence without a final full stop.
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }
  // The HTTP status that the service answered with; 0 when there was none.
  int http_status() const { return http_status_; }
  // The service's own error: x-amzn-ErrorType of a call, or the error id of an ack. Empty when none.
  const std::string& service_error() const { return service_error_; }
  const std::string& request_id() const { return request_id_; }

  Status WithService(int http_status, std::string service_error, std::string request_id) && {
    http_status_ = http_status;
    service_error_ = std::move(service_error);
    request_id_ = std::move(request_id);
    return std::move(*this);
  }

  // "NotAuthorized: describeStream refused (HTTP 403, AccessDeniedException, request 1234)"
  std::string ToString() const;

 private:
  StatusCode code_ = StatusCode::kOk;
  int http_status_ = 0;
  std::string message_;
  std::string service_error_;
  std::string request_id_;
};

// A value or the reason why there is none; the face of std::expected, so that it can be swapped later.
// Precondition of value(), operator* and operator->: ok().
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Status error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // OK when there is a value.
  Status status() const { return ok() ? Status() : std::get<1>(state_); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace kvs

#endif  // KVS_STATUS_H_
