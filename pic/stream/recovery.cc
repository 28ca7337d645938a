#include "pic/stream/recovery.h"

#include <array>

#include "kvs/ack.h"

namespace kvs::recovery {
namespace {

using enum FragmentFate;
namespace id = ack_error;

constexpr auto kRejected = StatusCode::kFragmentRejected;
constexpr auto kKey = StatusCode::kEncryptionKeyRefused;

constexpr std::array kAckTable = {
    // An id that this version does not know: nothing is assumed about the fragment.
    AckReaction{0, kResend, false, Next::kReconnect, StatusCode::kServiceFailure},
    AckReaction{id::kStreamReadError, kResend, true, Next::kReconnect, StatusCode::kConnectionLost},
    AckReaction{id::kMaxFragmentSizeReached, kCondemn, true, Next::kReconnect, kRejected},
    AckReaction{id::kMaxFragmentDurationReached, kCondemn, true, Next::kReconnect, kRejected},
    AckReaction{id::kMaxConnectionDurationReached, kResend, true, Next::kReconnect, StatusCode::kSessionExpired},
    AckReaction{id::kFragmentTimecodeLesserThanPrevious, kCondemn, true, Next::kReconnect, kRejected},
    AckReaction{id::kMultiTrackMkv, kCondemn, true, Next::kReconnect, kRejected},
    AckReaction{id::kInvalidMkvData, kCondemn, true, Next::kReconnect, kRejected},
    AckReaction{id::kInvalidProducerTimestamp, kCondemn, true, Next::kReconnect, kRejected},
    AckReaction{id::kStreamNotActive, kResend, true, Next::kDescribeAgain, StatusCode::kStreamNotActive},
    AckReaction{id::kFragmentMetadataLimitReached, kCondemn, true, Next::kReconnect, kRejected},
    AckReaction{id::kTrackNumberMismatch, kCondemn, true, Next::kReconnect, kRejected},
    AckReaction{id::kFramesMissingForTrack, kRestateTracks, true, Next::kReconnect, kRejected},
    AckReaction{id::kMoreThanAllowedTracksFound, kCondemn, true, Next::kReconnect, kRejected},
    // It cannot store: what it has RECEIVED may share the fate of the fragment that it names.
    AckReaction{id::kKmsKeyAccessDenied, kResend, false, Next::kReconnect, kKey},
    AckReaction{id::kKmsKeyDisabled, kResend, false, Next::kReconnect, kKey},
    AckReaction{id::kKmsKeyValidationError, kResend, false, Next::kReconnect, kKey},
    AckReaction{id::kKmsKeyUnavailable, kResend, false, Next::kReconnect, kKey},
    AckReaction{id::kKmsKeyInvalidUsage, kResend, false, Next::kReconnect, kKey},
    AckReaction{id::kKmsKeyInvalidState, kResend, false, Next::kReconnect, kKey},
    AckReaction{id::kKmsKeyNotFound, kResend, false, Next::kReconnect, kKey},
    AckReaction{id::kStreamDeleted, kResend, false, Next::kDescribeAgain, StatusCode::kStreamNotFound},
    AckReaction{id::kInternalError, kResend, true, Next::kReconnect, StatusCode::kServiceFailure},
    AckReaction{id::kArchivalError, kResend, false, Next::kReconnect, StatusCode::kServiceFailure},
};

}  // namespace

const AckReaction& ReactToAckError(int error_id) {
  for (const AckReaction& row : kAckTable) {
    if (row.error_id == error_id) {
      return row;
    }
  }
  return kAckTable.front();
}

std::span<const AckReaction> AllAckReactions() { return kAckTable; }

Next ReactToFailure(StatusCode code) {
  if (code == StatusCode::kStreamNotFound) {
    return Next::kDescribeAgain;  // deleted behind our back; DescribeStream tells whether it is to be created
  }
  switch (Describe(code).retry) {
    case RetryClass::kBackoff:
    case RetryClass::kReconnect:
      return Next::kReconnect;
    case RetryClass::kRefreshEndpoint:
      return Next::kNewEndpoint;
    case RetryClass::kRefreshCredentials:
      return Next::kNewCredentials;
    case RetryClass::kNever:
      break;
  }
  return Next::kFail;
}

Next ReactToSessionFailure(StatusCode code, bool answered) {
  const Next next = ReactToFailure(code);
  return next == Next::kReconnect && !answered ? Next::kNewEndpoint : next;
}

}  // namespace kvs::recovery
