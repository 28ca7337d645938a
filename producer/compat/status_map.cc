#include "producer/compat/status_map.h"

#include <algorithm>
#include <array>

#include "kvs/ack.h"

namespace kvs::compat {
namespace {

// The number and its name from one word.
#define KVS_STATUS(name) STATUS_##name, "STATUS_" #name

constexpr std::array kStatuses = {
    StatusRow{StatusCode::kOk, KVS_STATUS(SUCCESS)},
    StatusRow{StatusCode::kInvalidArgument, KVS_STATUS(INVALID_ARG)},
    StatusRow{StatusCode::kInvalidState, KVS_STATUS(INVALID_OPERATION)},
    StatusRow{StatusCode::kNotFound, KVS_STATUS(NOT_FOUND)},
    StatusRow{StatusCode::kInternal, KVS_STATUS(INTERNAL_ERROR)},
    StatusRow{StatusCode::kTimedOut, KVS_STATUS(OPERATION_TIMED_OUT)},
    StatusRow{StatusCode::kCancelled, KVS_STATUS(BLOCKING_PUT_INTERRUPTED_STREAM_TERMINATED)},
    StatusRow{StatusCode::kTooLarge, KVS_STATUS(STORE_OUT_OF_MEMORY)},
    StatusRow{StatusCode::kFileError, KVS_STATUS(OPEN_FILE_FAILED)},
    StatusRow{StatusCode::kInvalidFrame, KVS_STATUS(MKV_INVALID_FRAME_DATA)},
    StatusRow{StatusCode::kInvalidTimestamp, KVS_STATUS(MKV_MAX_FRAME_TIMECODE)},
    StatusRow{StatusCode::kInvalidNal, KVS_STATUS(MKV_INVALID_ANNEXB_NALU_IN_FRAME_DATA)},
    StatusRow{StatusCode::kInvalidCodecData, KVS_STATUS(MKV_INVALID_H264_H265_CPD)},
    StatusRow{StatusCode::kUnknownTrack, KVS_STATUS(MKV_TRACK_INFO_NOT_FOUND)},
    StatusRow{StatusCode::kStoreFull, KVS_STATUS(STORE_OUT_OF_MEMORY)},
    StatusRow{StatusCode::kStopped, KVS_STATUS(STREAM_HAS_BEEN_STOPPED)},
    StatusRow{StatusCode::kUnsupportedMedia, KVS_STATUS(NOT_IMPLEMENTED)},
    StatusRow{StatusCode::kInvalidMetadata, KVS_STATUS(INVALID_METADATA_NAME)},
    StatusRow{StatusCode::kMetadataLimit, KVS_STATUS(MAX_FRAGMENT_METADATA_COUNT)},
    StatusRow{StatusCode::kNotAuthorized, KVS_STATUS(SERVICE_CALL_NOT_AUTHORIZED_ERROR)},
    StatusRow{StatusCode::kStreamNotFound, KVS_STATUS(SERVICE_CALL_RESOURCE_NOT_FOUND_ERROR)},
    StatusRow{StatusCode::kResourceInUse, KVS_STATUS(SERVICE_CALL_RESOURCE_IN_USE_ERROR)},
    StatusRow{StatusCode::kThrottled, KVS_STATUS(SERVICE_CALL_UNKOWN_ERROR)},
    StatusRow{StatusCode::kInvalidRequest, KVS_STATUS(SERVICE_CALL_INVALID_ARG_ERROR)},
    StatusRow{StatusCode::kServiceFailure, KVS_STATUS(SERVICE_CALL_UNKOWN_ERROR)},
    StatusRow{StatusCode::kInvalidEndpoint, KVS_STATUS(GET_STREAMING_ENDPOINT_CALL_FAILED)},
    StatusRow{StatusCode::kBadResponse, KVS_STATUS(INVALID_API_CALL_RETURN_JSON)},
    StatusRow{StatusCode::kFragmentRejected, KVS_STATUS(ACK_ERR_UNKNOWN_ACK_ERROR)},
    StatusRow{StatusCode::kStreamNotActive, KVS_STATUS(ACK_ERR_STREAM_NOT_ACTIVE)},
    StatusRow{StatusCode::kLimitReached, KVS_STATUS(SERVICE_CALL_STREAM_LIMIT_ERROR)},
    StatusRow{StatusCode::kSessionExpired, KVS_STATUS(ACK_ERR_CONNECTION_DURATION_REACHED)},
    StatusRow{StatusCode::kEncryptionKeyRefused, KVS_STATUS(ACK_ERR_KMS_KEY_ACCESS_DENIED)},
    StatusRow{StatusCode::kConnectFailed, KVS_STATUS(SERVICE_CALL_TIMEOUT_ERROR)},
    StatusRow{StatusCode::kNameResolutionFailed, KVS_STATUS(SERVICE_CALL_TIMEOUT_ERROR)},
    StatusRow{StatusCode::kTlsFailed, KVS_STATUS(CURL_PERFORM_FAILED)},
    StatusRow{StatusCode::kConnectionLost, KVS_STATUS(SERVICE_CALL_TIMEOUT_ERROR)},
    StatusRow{StatusCode::kNetworkTimeout, KVS_STATUS(SERVICE_CALL_TIMEOUT_ERROR)},
    StatusRow{StatusCode::kProxyFailed, KVS_STATUS(SERVICE_CALL_TIMEOUT_ERROR)},
    StatusRow{StatusCode::kProxyNotAuthorized, KVS_STATUS(SERVICE_CALL_NOT_AUTHORIZED_ERROR)},
    StatusRow{StatusCode::kNoCredentials, KVS_STATUS(CLIENT_AUTH_CALL_FAILED)},
    StatusRow{StatusCode::kCredentialsExpired, KVS_STATUS(INVALID_TOKEN_EXPIRATION)},
    StatusRow{StatusCode::kCredentialsRefused, KVS_STATUS(SERVICE_CALL_NOT_AUTHORIZED_ERROR)},
};

constexpr std::array kAcks = {
    AckRow{ack_error::kStreamReadError, KVS_STATUS(ACK_ERR_STREAM_READ_ERROR)},
    AckRow{ack_error::kMaxFragmentSizeReached, KVS_STATUS(ACK_ERR_FRAGMENT_SIZE_REACHED)},
    AckRow{ack_error::kMaxFragmentDurationReached, KVS_STATUS(ACK_ERR_FRAGMENT_DURATION_REACHED)},
    AckRow{ack_error::kMaxConnectionDurationReached, KVS_STATUS(ACK_ERR_CONNECTION_DURATION_REACHED)},
    AckRow{ack_error::kFragmentTimecodeLesserThanPrevious, KVS_STATUS(ACK_ERR_FRAGMENT_TIMECODE_NOT_MONOTONIC)},
    AckRow{ack_error::kMultiTrackMkv, KVS_STATUS(ACK_ERR_MULTI_TRACK_MKV)},
    AckRow{ack_error::kInvalidMkvData, KVS_STATUS(ACK_ERR_INVALID_MKV_DATA)},
    AckRow{ack_error::kInvalidProducerTimestamp, KVS_STATUS(ACK_ERR_INVALID_PRODUCER_TIMESTAMP)},
    AckRow{ack_error::kStreamNotActive, KVS_STATUS(ACK_ERR_STREAM_NOT_ACTIVE)},
    AckRow{ack_error::kFragmentMetadataLimitReached, KVS_STATUS(ACK_ERR_FRAGMENT_METADATA_LIMIT_REACHED)},
    AckRow{ack_error::kTrackNumberMismatch, KVS_STATUS(ACK_ERR_TRACK_NUMBER_MISMATCH)},
    AckRow{ack_error::kFramesMissingForTrack, KVS_STATUS(ACK_ERR_FRAMES_MISSING_FOR_TRACK)},
    AckRow{ack_error::kMoreThanAllowedTracksFound, KVS_STATUS(ACK_ERR_MORE_THAN_ALLOWED_TRACKS_FOUND)},
    AckRow{ack_error::kKmsKeyAccessDenied, KVS_STATUS(ACK_ERR_KMS_KEY_ACCESS_DENIED)},
    AckRow{ack_error::kKmsKeyDisabled, KVS_STATUS(ACK_ERR_KMS_KEY_DISABLED)},
    AckRow{ack_error::kKmsKeyValidationError, KVS_STATUS(ACK_ERR_KMS_KEY_VALIDATION_ERROR)},
    AckRow{ack_error::kKmsKeyUnavailable, KVS_STATUS(ACK_ERR_KMS_KEY_UNAVAILABLE)},
    AckRow{ack_error::kKmsKeyInvalidUsage, KVS_STATUS(ACK_ERR_KMS_KEY_INVALID_USAGE)},
    AckRow{ack_error::kKmsKeyInvalidState, KVS_STATUS(ACK_ERR_KMS_KEY_INVALID_STATE)},
    AckRow{ack_error::kKmsKeyNotFound, KVS_STATUS(ACK_ERR_KMS_KEY_NOT_FOUND)},
    AckRow{ack_error::kStreamDeleted, KVS_STATUS(ACK_ERR_STREAM_DELETED)},
    AckRow{ack_error::kInternalError, KVS_STATUS(ACK_ERR_ACK_INTERNAL_ERROR)},
    AckRow{ack_error::kArchivalError, KVS_STATUS(ACK_ERR_FRAGMENT_ARCHIVAL_ERROR)},
};

#undef KVS_STATUS

}  // namespace

std::span<const StatusRow> StatusTable() { return kStatuses; }
std::span<const AckRow> AckTable() { return kAcks; }

STATUS StatusOf(const Status& status) {
  const auto row = std::find_if(kStatuses.begin(), kStatuses.end(),
                                [&](const StatusRow& one) { return one.code == status.code(); });
  return row != kStatuses.end() ? row->status : STATUS_INTERNAL_ERROR;
}

STATUS AckStatusOf(int error_id) {
  const auto row = std::find_if(kAcks.begin(), kAcks.end(), [&](const AckRow& one) { return one.error_id == error_id; });
  return row != kAcks.end() ? row->status : STATUS_ACK_ERR_UNKNOWN_ACK_ERROR;
}

STATUS OutageStatusOf(const Status& status) {
  const STATUS mapped = StatusOf(status);
  return IS_RECOVERABLE_ERROR(mapped) ? mapped : STATUS_SERVICE_CALL_UNKOWN_ERROR;
}

STATUS FailureStatusOf(const Status& status) {
  const STATUS mapped = StatusOf(status);
  return IS_RECOVERABLE_ERROR(mapped) ? STATUS_DESCRIBE_STREAM_CALL_FAILED : mapped;
}

}  // namespace kvs::compat
