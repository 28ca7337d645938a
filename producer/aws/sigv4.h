#ifndef KVS_PRODUCER_AWS_SIGV4_H_
#define KVS_PRODUCER_AWS_SIGV4_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kvs/credentials.h"
#include "kvs/secret.h"
#include "kvs/status.h"
#include "kvs/time.h"
#include "producer/service/http_message.h"

// AWS Signature Version 4 in headers. SignRequest() does it all; the steps it is made of are there
// one by one, so that a test vector that fails says where. Source: "Signature Version 4 signing
// process", IAM user guide.
namespace kvs::aws {

// Whether "." and ".." segments and empty segments are removed from the path before it is signed.
enum class PathNormalization : std::uint8_t {
  // The path is signed segment by segment as it is sent. Needed where "a//b" names something (S3).
  kNone,
  // They are removed. What every service but S3 does with the path it received; with kNone a path
  // that has
  // such segments is refused there. Makes no difference for the paths of this service.
  kRemoveDotSegments,
};

// What is done to the bytes of the path as it is sent.
enum class PathEncoding : std::uint8_t {
  // Taken as it is: it has been encoded once, for sending. Right for S3 only.
  kAsSent,
  // Every byte but the unreserved ones and '/' is percent-encoded, so that "%20" becomes "%2520".
  // What every service but S3
  // does; with kAsSent they refuse paths that contain an escape.
  kEncodeAgain,
};

// Which headers are signed.
enum class HeaderSelection : std::uint8_t {
  // Host and those that begin with "x-amz". All that the service demands, and nothing that a proxy
  // rewrites
  // (Connection, Transfer-Encoding, User-Agent).
  kHostAndAmz,
  // All but those that a proxy may change: Connection, Expect, Transfer-Encoding, Upgrade,
  // User-Agent, X-Amzn-Trace-Id, and
  // Authorization itself. What the published test vectors are made with.
  kAllStable,
};

// What happens to the session token of temporary credentials. It is always sent.
enum class SessionTokenSigning : std::uint8_t {
  // X-Amz-Security-Token is one of the signed headers. What the service documents.
  kSigned,
  // It is added after signing. Some services (IoT) refuse it otherwise.
  kAddedAfterwards,
};

struct SigningOptions {
  std::string region;
  std::string service = "kinesisvideo";
  // Taken right before sending: the service refuses signatures that are more than 5 minutes old.
  WallTime time;
  PathNormalization path_normalization = PathNormalization::kRemoveDotSegments;
  PathEncoding path_encoding = PathEncoding::kEncodeAgain;
  HeaderSelection header_selection = HeaderSelection::kHostAndAmz;
  SessionTokenSigning session_token = SessionTokenSigning::kSigned;
  // SHA-256 of the body, 64 lower-case hex digits. Empty: computed from HttpRequest::body. For
  // putMedia, whose body is not known, it is kEmptyPayloadSha256, and so it comes out by itself.
  std::string payload_sha256;
  // Adds the header X-Amz-Content-Sha256 with that hash. S3 demands it; this service does not.
  bool send_payload_hash = false;
};

inline constexpr char kEmptyPayloadSha256[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// 64 lower-case hex digits.
std::string Sha256Hex(std::string_view bytes);

// What the canonical request is made from. Borrows everything.
struct SignableRequest {
  std::string_view method;
  std::string_view path;   // as sent; empty counts as "/"
  std::string_view query;  // as sent, without '?'; is decoded, encoded anew and sorted
  std::span<const service::HttpHeader> headers;
  std::string_view payload_sha256;
};

struct CanonicalRequest {
  std::string text;            // may contain the session token: wiped by SignRequest, not for logs
  std::string signed_headers;  // "host;x-amz-date"
};

// Step 1.
CanonicalRequest MakeCanonicalRequest(const SignableRequest& request,
                                      const SigningOptions& options);

// "20150830/us-east-1/service/aws4_request"
std::string CredentialScope(const SigningOptions& options);

// Step 2.
std::string MakeStringToSign(std::string_view canonical_request, const SigningOptions& options);

// Step 3. 32 bytes; good for one day, region and service.
Secret DeriveSigningKey(const Secret& secret_access_key, const SigningOptions& options);

// Step 4. 64 lower-case hex digits.
std::string MakeSignature(const Secret& signing_key, std::string_view string_to_sign);

// Step 5: the value of the Authorization header.
std::string MakeAuthorization(std::string_view access_key_id, const SigningOptions& options,
                              std::string_view signed_headers, std::string_view signature);

// Keeps the last derived keys, since a day's requests to one region share one. Wiped when dropped.
// Bounded: kCapacity. Thread: not synchronised; one per network loop.
class SigningKeyCache {
 public:
  static constexpr std::size_t kCapacity = 8;

  // The key for these; derived when not there. Valid until the next call.
  const Secret& Get(const Secret& secret_access_key, const SigningOptions& options);
  void Clear();
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string scope;
    Secret secret_access_key;
    Secret key;
  };
  std::vector<Entry> entries_;  // least recently used first
};

// Adds Host (unless it is there), X-Amz-Date, X-Amz-Security-Token and Authorization to `request`.
// Those of an earlier signature are replaced, so that a request can be signed again for a retry.
// Host is as it is sent: with the port unless it is the scheme's own. Errors: kInvalidArgument: the
// URL, a header (control characters) or the credentials cannot be sent; `request` is then
//         unchanged. The message never holds a secret.
Status SignRequest(service::HttpRequest& request, const Credentials& credentials,
                   const SigningOptions& options, SigningKeyCache& keys);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_SIGV4_H_
