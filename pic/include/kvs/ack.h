#ifndef KVS_ACK_H_
#define KVS_ACK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kvs {

// The service's word about a fragment, in the order in which a fragment goes through them.
enum class AckType : std::uint8_t {
  kBuffering,  // its first bytes have arrived
  kReceived,   // all of it has arrived
  kPersisted,  // it is stored; only for streams with retention
  kError,      // it, or the connection, failed: see error_id
  kIdle,       // nothing arrived for a while; about no fragment
  kUnknown,    // a type that this version does not know
};

// Longest fragment number, characters.
inline constexpr std::size_t kMaxFragmentNumberLength = 128;

// One acknowledgement. Source: PutMedia API reference.
struct FragmentAck {
  AckType type = AckType::kUnknown;
  // Of the fragment's cluster, in units of the timecode scale (milliseconds unless configured).
  // None for kIdle and for errors about the connection.
  std::optional<std::int64_t> timecode;
  std::string fragment_number;  // at most kMaxFragmentNumberLength; empty when there was none
  int error_id = 0;             // with kError: see namespace ack_error; 0 when there was none
  std::string error_code;       // the service's name for error_id; may be empty

  friend bool operator==(const FragmentAck& a, const FragmentAck& b) {
    return a.type == b.type && a.timecode == b.timecode && a.fragment_number == b.fragment_number &&
           a.error_id == b.error_id && a.error_code == b.error_code;
  }
};

// Error ids of kError. The service may send others.
namespace ack_error {
inline constexpr int kStreamReadError = 4000;
inline constexpr int kMaxFragmentSizeReached = 4001;
inline constexpr int kMaxFragmentDurationReached = 4002;
inline constexpr int kMaxConnectionDurationReached = 4003;
inline constexpr int kFragmentTimecodeLesserThanPrevious = 4004;
inline constexpr int kMultiTrackMkv = 4005;  // no longer sent
inline constexpr int kInvalidMkvData = 4006;
inline constexpr int kInvalidProducerTimestamp = 4007;
inline constexpr int kStreamNotActive = 4008;
inline constexpr int kFragmentMetadataLimitReached = 4009;
inline constexpr int kTrackNumberMismatch = 4010;
inline constexpr int kFramesMissingForTrack = 4011;
inline constexpr int kMoreThanAllowedTracksFound = 4012;
inline constexpr int kKmsKeyAccessDenied = 4500;
inline constexpr int kKmsKeyDisabled = 4501;
inline constexpr int kKmsKeyValidationError = 4502;
inline constexpr int kKmsKeyUnavailable = 4503;
inline constexpr int kKmsKeyInvalidUsage = 4504;
inline constexpr int kKmsKeyInvalidState = 4505;
inline constexpr int kKmsKeyNotFound = 4506;
inline constexpr int kStreamDeleted = 4507;
inline constexpr int kInternalError = 5000;
inline constexpr int kArchivalError = 5001;
}  // namespace ack_error

struct AckErrorInfo {
  int id;
  std::string_view name;  // as ErrorCode spells it
};

// Ascending by id.
inline constexpr std::array kAckErrors = {
    AckErrorInfo{ack_error::kStreamReadError, "STREAM_READ_ERROR"},
    AckErrorInfo{ack_error::kMaxFragmentSizeReached, "MAX_FRAGMENT_SIZE_REACHED"},
    AckErrorInfo{ack_error::kMaxFragmentDurationReached, "MAX_FRAGMENT_DURATION_REACHED"},
    AckErrorInfo{ack_error::kMaxConnectionDurationReached, "MAX_CONNECTION_DURATION_REACHED"},
    AckErrorInfo{ack_error::kFragmentTimecodeLesserThanPrevious,
                 "FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS"},
    AckErrorInfo{ack_error::kMultiTrackMkv, "MULTI_TRACK_MKV"},
    AckErrorInfo{ack_error::kInvalidMkvData, "INVALID_MKV_DATA"},
    AckErrorInfo{ack_error::kInvalidProducerTimestamp, "INVALID_PRODUCER_TIMESTAMP"},
    AckErrorInfo{ack_error::kStreamNotActive, "STREAM_NOT_ACTIVE"},
    AckErrorInfo{ack_error::kFragmentMetadataLimitReached, "FRAGMENT_METADATA_LIMIT_REACHED"},
    AckErrorInfo{ack_error::kTrackNumberMismatch, "TRACK_NUMBER_MISMATCH"},
    AckErrorInfo{ack_error::kFramesMissingForTrack, "FRAMES_MISSING_FOR_TRACK"},
    AckErrorInfo{ack_error::kMoreThanAllowedTracksFound, "MORE_THAN_ALLOWED_TRACKS_FOUND"},
    AckErrorInfo{ack_error::kKmsKeyAccessDenied, "KMS_KEY_ACCESS_DENIED"},
    AckErrorInfo{ack_error::kKmsKeyDisabled, "KMS_KEY_DISABLED"},
    AckErrorInfo{ack_error::kKmsKeyValidationError, "KMS_KEY_VALIDATION_ERROR"},
    AckErrorInfo{ack_error::kKmsKeyUnavailable, "KMS_KEY_UNAVAILABLE"},
    AckErrorInfo{ack_error::kKmsKeyInvalidUsage, "KMS_KEY_INVALID_USAGE"},
    AckErrorInfo{ack_error::kKmsKeyInvalidState, "KMS_KEY_INVALID_STATE"},
    AckErrorInfo{ack_error::kKmsKeyNotFound, "KMS_KEY_NOT_FOUND"},
    AckErrorInfo{ack_error::kStreamDeleted, "STREAM_DELETED"},
    AckErrorInfo{ack_error::kInternalError, "INTERNAL_ERROR"},
    AckErrorInfo{ack_error::kArchivalError, "ARCHIVAL_ERROR"},
};

// The name of an error id; "UNKNOWN_ACK_ERROR" for ids that are not in the table.
constexpr std::string_view AckErrorName(int id) {
  for (const AckErrorInfo& info : kAckErrors) {
    if (info.id == id) {
      return info.name;
    }
  }
  return "UNKNOWN_ACK_ERROR";
}

// The service's spelling of a type: "BUFFERING", ...; "UNKNOWN" for kUnknown.
constexpr std::string_view AckTypeName(AckType type) {
  switch (type) {
    case AckType::kBuffering:
      return "BUFFERING";
    case AckType::kReceived:
      return "RECEIVED";
    case AckType::kPersisted:
      return "PERSISTED";
    case AckType::kError:
      return "ERROR";
    case AckType::kIdle:
      return "IDLE";
    case AckType::kUnknown:
      break;
  }
  return "UNKNOWN";
}

}  // namespace kvs

#endif  // KVS_ACK_H_
