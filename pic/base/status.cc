#include "kvs/status.h"

#include <array>

namespace kvs {
namespace {

using enum RetryClass;

constexpr std::array kTable = {
    StatusCodeInfo{StatusCode::kOk, "Ok", "no error", kNever},
    StatusCodeInfo{StatusCode::kInvalidArgument, "InvalidArgument", "a setting or argument is not acceptable", kNever},
    StatusCodeInfo{StatusCode::kInvalidState, "InvalidState", "the call is not allowed now", kNever},
    StatusCodeInfo{StatusCode::kNotFound, "NotFound", "there is no such thing", kNever},
    StatusCodeInfo{StatusCode::kInternal, "Internal", "a fault of this library", kNever},
    StatusCodeInfo{StatusCode::kTimedOut, "TimedOut", "the wait ended without the event", kNever},
    StatusCodeInfo{StatusCode::kCancelled, "Cancelled", "the wait was ended by the caller", kNever},
    StatusCodeInfo{StatusCode::kTooLarge, "TooLarge", "larger than the limit", kNever},
    StatusCodeInfo{StatusCode::kFileError, "FileError", "a file cannot be read or written", kNever},
    StatusCodeInfo{StatusCode::kInvalidFrame, "InvalidFrame", "the frame is empty or malformed", kNever},
    StatusCodeInfo{StatusCode::kInvalidTimestamp, "InvalidTimestamp", "the time of the frame cannot be used", kNever},
    StatusCodeInfo{StatusCode::kInvalidNal, "InvalidNal", "the frame does not hold the NAL units its format promises", kNever},
    StatusCodeInfo{StatusCode::kInvalidCodecData, "InvalidCodecData", "codec private data is missing or malformed", kNever},
    StatusCodeInfo{StatusCode::kUnknownTrack, "UnknownTrack", "the frame belongs to a track that was never set", kNever},
    StatusCodeInfo{StatusCode::kStoreFull, "StoreFull", "the frame does not fit and nothing older can be given up", kNever},
    StatusCodeInfo{StatusCode::kStopped, "Stopped", "the stream has ended", kNever},
    StatusCodeInfo{StatusCode::kUnsupportedMedia, "UnsupportedMedia", "this kind of media is not supported", kNever},
    StatusCodeInfo{StatusCode::kInvalidMetadata, "InvalidMetadata", "the name or the value of metadata cannot be used", kNever},
    StatusCodeInfo{StatusCode::kMetadataLimit, "MetadataLimit", "the next fragment has as much metadata as it may", kNever},
    StatusCodeInfo{StatusCode::kNotAuthorized, "NotAuthorized", "the service refused the credentials or the action", kNever},
    StatusCodeInfo{StatusCode::kStreamNotFound, "StreamNotFound", "the stream does not exist", kNever},
    StatusCodeInfo{StatusCode::kResourceInUse, "ResourceInUse", "the stream is being changed by somebody else", kBackoff},
    StatusCodeInfo{StatusCode::kThrottled, "Throttled", "too many requests", kBackoff},
    StatusCodeInfo{StatusCode::kInvalidRequest, "InvalidRequest", "the service does not accept the request", kNever},
    StatusCodeInfo{StatusCode::kServiceFailure, "ServiceFailure", "the service has a fault of its own", kBackoff},
    StatusCodeInfo{StatusCode::kInvalidEndpoint, "InvalidEndpoint", "the data endpoint is no longer valid", kRefreshEndpoint},
    StatusCodeInfo{StatusCode::kBadResponse, "BadResponse", "the answer cannot be understood", kBackoff},
    StatusCodeInfo{StatusCode::kFragmentRejected, "FragmentRejected", "the service refused a fragment", kNever},
    StatusCodeInfo{StatusCode::kStreamNotActive, "StreamNotActive", "the stream is being created, updated or deleted", kBackoff},
    StatusCodeInfo{StatusCode::kLimitReached, "LimitReached", "a quota of the account is used up", kNever},
    StatusCodeInfo{StatusCode::kSessionExpired, "SessionExpired", "the connection reached its longest duration", kReconnect},
    StatusCodeInfo{StatusCode::kEncryptionKeyRefused, "EncryptionKeyRefused", "the KMS key of the stream cannot be used", kBackoff},
    StatusCodeInfo{StatusCode::kConnectFailed, "ConnectFailed", "no connection could be made", kRefreshEndpoint},
    StatusCodeInfo{StatusCode::kNameResolutionFailed, "NameResolutionFailed", "the host name could not be resolved", kRefreshEndpoint},
    StatusCodeInfo{StatusCode::kTlsFailed, "TlsFailed", "the TLS handshake or the verification of the certificate failed", kRefreshEndpoint},
    StatusCodeInfo{StatusCode::kConnectionLost, "ConnectionLost", "the connection broke", kReconnect},
    StatusCodeInfo{StatusCode::kNetworkTimeout, "NetworkTimeout", "no answer in time", kReconnect},
    StatusCodeInfo{StatusCode::kProxyFailed, "ProxyFailed", "the proxy cannot be reached, or made no connection", kRefreshEndpoint},
    StatusCodeInfo{StatusCode::kProxyNotAuthorized, "ProxyNotAuthorized", "the proxy does not accept the user name and password",
                   kRefreshEndpoint},
    StatusCodeInfo{StatusCode::kNoCredentials, "NoCredentials", "no credentials were found", kNever},
    StatusCodeInfo{StatusCode::kCredentialsExpired, "CredentialsExpired", "the credentials have expired", kRefreshCredentials},
    StatusCodeInfo{StatusCode::kCredentialsRefused, "CredentialsRefused", "the source of the credentials refused to give any", kNever},
};

}  // namespace

const StatusCodeInfo& Describe(StatusCode code) {
  for (const StatusCodeInfo& row : kTable) {
    if (row.code == code) {
      return row;
    }
  }
  return Describe(StatusCode::kInternal);
}

StatusCodeTable AllStatusCodes() { return {kTable.data(), kTable.data() + kTable.size()}; }

std::string Status::ToString() const {
  std::string text(Describe(code_).name);
  if (!message_.empty()) {
    text += ": " + message_;
  }
  std::string answer;
  const auto add = [&answer](std::string_view label, const std::string& value) {
    if (!value.empty()) {
      answer += (answer.empty() ? "" : ", ") + std::string(label) + value;
    }
  };
  add("HTTP ", http_status_ == 0 ? std::string() : std::to_string(http_status_));
  add("", service_error_);
  add("request ", request_id_);
  return answer.empty() ? text : text + " (" + answer + ")";
}

}  // namespace kvs
