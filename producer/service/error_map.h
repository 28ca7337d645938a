#ifndef KVS_PRODUCER_SERVICE_ERROR_MAP_H_
#define KVS_PRODUCER_SERVICE_ERROR_MAP_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "kvs/status.h"
#include "kvs/time.h"
#include "producer/service/call.h"
#include "producer/service/http_message.h"

// The one place that knows which answer, or which failure on the way, is which StatusCode. What to
// do about it follows from the code (RetryClass in kvs/status.h).
namespace kvs::service {

inline constexpr int kHttpOk = 200;

// How a request failed without an answer, whatever the transport is made of.
enum class TransportError : std::uint8_t {
  kNameResolution,       // the host's name has no address
  kConnect,              // refused, unreachable
  kConnectTimeout,       // no connection in time
  kTlsHandshake,         // no common version or cipher, a broken handshake
  kTlsPeerVerification,  // the peer's certificate is not trusted, or for another host
  kTlsSetup,             // our side: the CA file or client certificate cannot be used
  kTimeout,              // connected; the answer, or progress, took too long
  kConnectionLost,       // connected; reset, or closed before the answer was complete
  kResponseTooLarge,     // more than kMaxResponseBytes
  kProtocol,             // what came back is no HTTP
  kBadUrl,               // the URL or its scheme cannot be used
  kProxy,                // the proxy is not reached, or makes no connection to the host
  kProxyAuthentication,  // the proxy wants a user name and password, or others
  kCancelled,            // we ended it
  kOther,
};

// A row of the table: an answer with this error type, if one is given, and this HTTP status, if not
// 0.
struct ErrorRule {
  std::string_view error_type;  // "ResourceNotFoundException"; empty: any
  int http_status;              // 0: any
  StatusCode code;
};

// First match wins; the rows with a type come first. docs/errors.md is printed from it.
std::span<const ErrorRule> ErrorRules();

// Of a type that is not listed and begins like this, whatever the HTTP status: kEncryptionKeyRefused.
inline constexpr std::string_view kKmsErrorPrefix = "KMS";

// The code for an answer other than 200. Unlisted: 4xx kInvalidRequest, 5xx kServiceFailure, others
// kBadResponse.
StatusCode MapServiceError(int http_status, std::string_view error_type);

// What happened, as a clause: "the name of the host could not be resolved".
std::string_view TransportErrorText(TransportError error);

StatusCode MapTransportError(TransportError error);

// What helps where the answer is a redirect (3xx), as a clause to append; empty for all others.
std::string_view RedirectHint(int http_status);

// The error of an answer other than 200: the code, http_status(), service_error() and request_id()
// filled in, and a message with what was tried on which stream, the service's own words (at most
// 512 bytes of its `Message`), and what helps where that is known (the missing permission, a wrong
// clock). Never a header of the request or another part of a body.
Status StatusFromResponse(const CallTarget& target, const HttpResponse& response);

// The error of a request that got no answer. `detail` is the transport's own words; it is cut to
// 512 bytes and must not hold a secret.
Status StatusFromTransport(const CallTarget& target, TransportError error, std::string_view detail);

// kBadResponse for an answer of 200 that cannot be understood; `why` as a clause ("it is not
// JSON").
Status BadResponse(const CallTarget& target, const HttpResponse& response, std::string_view why);

// How long the service asks to wait (Retry-After in seconds or as a date), at most 5 minutes.
// Nothing when it does not.
std::optional<Duration> RetryAfter(const HttpResponse& response, WallTime now);

// The service's clock minus ours, from the Date header; whole seconds. For messages, and for
// signing again when it is large.
std::optional<Duration> ClockSkew(const HttpResponse& response, WallTime now);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_ERROR_MAP_H_
