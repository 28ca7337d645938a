#ifndef KVS_PIC_STREAM_RECOVERY_H_
#define KVS_PIC_STREAM_RECOVERY_H_

#include <cstdint>
#include <span>

#include "kvs/status.h"

// What to do when something fails: tables, and nothing else. Source: PutMedia error ids and common errors of the service's
// API reference; where that is silent, the rule that loses nothing.
namespace kvs::recovery {

// What an ERROR ack means for the fragment that it names.
enum class FragmentFate : std::uint8_t {
  kResend,         // nothing is wrong with it
  kCondemn,        // the service will refuse it again: lost, and reported
  kRestateTracks,  // it lacks frames of a track that was declared: send it again under a header that fits
};

// What comes next for the stream, after the session was ended.
enum class Next : std::uint8_t {
  kReconnect,       // a new session, after a back-off
  kNewEndpoint,     // ask for the data endpoint, then a new session
  kDescribeAgain,   // the stream itself may have changed
  kNewCredentials,  // fetch credentials again, then the same
  kFail,            // tell the user and stop
};

struct AckReaction {
  int error_id;
  FragmentFate fate;
  // The service is up and keeps what it has RECEIVED: only what it has not is sent again.
  bool host_alive;
  Next next;
  StatusCode code;
};

// The row of `error_id`; ids that are not in the table get the row of id 0.
const AckReaction& ReactToAckError(int error_id);
std::span<const AckReaction> AllAckReactions();

// A fragment that draws this many errors of the kind that does not condemn it is condemned all the same: something about it
// is wrong that the table does not know.
inline constexpr std::uint32_t kMaxRefusals = 5;

// What follows on a call or a connection that failed with this code.
Next ReactToFailure(StatusCode code);
// The same for a connection for media. `answered`: the service answered at all; where it did not, media may be expected at
// another endpoint by now.
Next ReactToSessionFailure(StatusCode code, bool answered);

}  // namespace kvs::recovery

#endif  // KVS_PIC_STREAM_RECOVERY_H_
