#ifndef KVS_PIC_STREAM_STREAM_MACHINE_H_
#define KVS_PIC_STREAM_STREAM_MACHINE_H_

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "pic/stream/recovery.h"

// The life of a stream between "opened" and "closed" as a pure function: what is known to the service, which call is under way,
// whether media is being sent. It knows nothing of frames, sockets or time.
namespace kvs::machine {

// Calls of the control plane, in the order in which a stream goes through them.
enum class Call : std::uint8_t { kDescribe, kCreate, kTag, kGetEndpoint };
inline constexpr std::size_t kCalls = 4;
// Tags are not worth more tries than this in a row: the stream works without them.
inline constexpr int kTagTries = 6;

// States.
struct Idle {};                    // nothing is known of the media yet, so nothing is asked of the service
struct Calling { Call call; };     // a call is under way
struct BackingOff { Call call; };  // a call is due when the back-off is over
struct Ready {};                   // the endpoint is known; nothing to send
struct Streaming {};               // a session is open for new fragments
struct Reconnecting {};            // a session is due when the back-off is over
struct Failed {};                  // cannot continue; final
struct Closed {};                  // ended by the user; final
using State = std::variant<Idle, Calling, BackingOff, Ready, Streaming, Reconnecting, Failed, Closed>;

// Events.
enum class ServiceState : std::uint8_t { kActive, kChanging /* creating, updating */, kDeleting };
struct Begin {};         // the first track is known
struct MediaWaiting {};  // there is something to send, and no session is open for it
struct MediaGone {};     // there is nothing to send any more, and a session is due
struct Described { ServiceState service_state; };
struct CallDone {};                                     // the call under way, other than Describe, worked
struct CallFailed {                                     // it did not
  StatusCode code = StatusCode::kInternal;
  int tries = 1;  // of this call, in a row
};
struct SessionDone {};                                  // the session ended as planned
struct SessionFailed { recovery::Next next; };          // it broke, was refused, or was given up
struct BackoffOver {};
struct Close {};
using Event = std::variant<Begin, MediaWaiting, MediaGone, Described, CallDone, CallFailed, SessionDone, SessionFailed,
                           BackoffOver, Close>;

// What the stream was configured with.
struct Facts {
  bool allow_creation = true;
  bool has_tags = false;
  bool assume_exists = false;  // and then it is not to be created or tagged
};

enum class Action : std::uint8_t {
  kCall,                // make the call that the next state names
  kOpenSession,
  kBackOff,             // BackoffOver after the retry policy's next wait
  kPoll,                // BackoffOver after a fixed wait: nothing failed, the service is busy
  kRefreshCredentials,  // before the next call or session
  kFail,                // report StreamFailed with the last status
  kWarn,                // report the last status; the stream goes on without what failed
};

struct Step {
  State next;
  std::vector<Action> actions;
};

// Total: every event is defined in every state; one that cannot matter there changes nothing.
Step OnEvent(const State& state, const Event& event, const Facts& facts);

std::string_view Name(Call call);
std::string_view Name(const State& state);
std::string_view Name(const Event& event);
std::string_view Name(Action action);

}  // namespace kvs::machine

#endif  // KVS_PIC_STREAM_STREAM_MACHINE_H_
