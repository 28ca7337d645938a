#include "pic/stream/stream_machine.h"

#include <array>

namespace kvs::machine {
namespace {

using recovery::Next;

Step Stay(const State& state) { return {state, {}}; }
Step Make(Call call) { return {Calling{call}, {Action::kCall}}; }

// A call failed for good or for now.
Step AfterCallFailure(Call call, const CallFailed& failed, const Facts& facts) {
  const StatusCode code = failed.code;
  if (call == Call::kDescribe && code == StatusCode::kStreamNotFound) {
    return facts.allow_creation ? Make(Call::kCreate) : Step{Failed{}, {Action::kFail}};
  }
  if (call == Call::kCreate && code == StatusCode::kResourceInUse) {
    return {BackingOff{Call::kDescribe}, {Action::kBackOff}};  // somebody else is creating it
  }
  const Next next = recovery::ReactToFailure(code);
  if (call == Call::kTag && (next == Next::kFail || next == Next::kDescribeAgain || failed.tries >= kTagTries)) {
    return {Calling{Call::kGetEndpoint}, {Action::kWarn, Action::kCall}};  // the stream works without its tags
  }
  switch (next) {
    case Next::kReconnect:
    case Next::kNewEndpoint:
      return {BackingOff{call}, {Action::kBackOff}};
    case Next::kDescribeAgain:
      return {BackingOff{Call::kDescribe}, {Action::kBackOff}};
    case Next::kNewCredentials:
      return {BackingOff{call}, {Action::kRefreshCredentials, Action::kBackOff}};
    case Next::kFail:
      break;
  }
  return {Failed{}, {Action::kFail}};
}

Step AfterDescribe(ServiceState service_state, const Facts& facts) {
  if (service_state == ServiceState::kActive) {
    return Make(facts.has_tags ? Call::kTag : Call::kGetEndpoint);
  }
  return {BackingOff{Call::kDescribe}, {Action::kPoll}};
}

Step AfterCall(Call call) {
  switch (call) {
    case Call::kCreate:
      return Make(Call::kDescribe);  // it may take a while until it is active
    case Call::kTag:
      return Make(Call::kGetEndpoint);
    case Call::kDescribe:
    case Call::kGetEndpoint:
      break;
  }
  return {Ready{}, {}};
}

Step AfterSessionFailure(Next next) {
  switch (next) {
    case Next::kReconnect:
      return {Reconnecting{}, {Action::kBackOff}};
    case Next::kNewEndpoint:
      return {BackingOff{Call::kGetEndpoint}, {Action::kBackOff}};
    case Next::kDescribeAgain:
      return {BackingOff{Call::kDescribe}, {Action::kBackOff}};
    case Next::kNewCredentials:
      return {Reconnecting{}, {Action::kRefreshCredentials, Action::kBackOff}};
    case Next::kFail:
      break;
  }
  return {Failed{}, {Action::kFail}};
}

// One overload per state; `facts` is bound by the visitor.
struct Transition {
  const Event& event;
  const Facts& facts;

  Step operator()(const Idle& state) const {
    return std::holds_alternative<Begin>(event) ? Make(facts.assume_exists ? Call::kGetEndpoint : Call::kDescribe) : Stay(state);
  }
  Step operator()(const Calling& state) const {
    if (const auto* described = std::get_if<Described>(&event)) {
      return state.call == Call::kDescribe ? AfterDescribe(described->service_state, facts) : Stay(state);
    }
    if (const auto* failed = std::get_if<CallFailed>(&event)) {
      return AfterCallFailure(state.call, *failed, facts);
    }
    if (std::holds_alternative<CallDone>(event)) {
      return state.call == Call::kDescribe ? Stay(state) : AfterCall(state.call);
    }
    return Stay(state);
  }
  Step operator()(const BackingOff& state) const {
    return std::holds_alternative<BackoffOver>(event) ? Make(state.call) : Stay(state);
  }
  Step operator()(const Ready& state) const {
    return std::holds_alternative<MediaWaiting>(event) ? Step{Streaming{}, {Action::kOpenSession}} : Stay(state);
  }
  Step operator()(const Streaming& state) const {
    if (const auto* failed = std::get_if<SessionFailed>(&event)) {
      return AfterSessionFailure(failed->next);
    }
    return std::holds_alternative<SessionDone>(event) ? Step{Ready{}, {}} : Stay(state);
  }
  Step operator()(const Reconnecting& state) const {
    if (std::holds_alternative<MediaGone>(event)) {
      return {Ready{}, {}};
    }
    return std::holds_alternative<BackoffOver>(event) ? Step{Streaming{}, {Action::kOpenSession}} : Stay(state);
  }
  Step operator()(const Failed& state) const { return Stay(state); }
  Step operator()(const Closed& state) const { return Stay(state); }
};

}  // namespace

Step OnEvent(const State& state, const Event& event, const Facts& facts) {
  if (std::holds_alternative<Close>(event)) {
    return {std::holds_alternative<Failed>(state) ? State(Failed{}) : State(Closed{}), {}};
  }
  return std::visit(Transition{event, facts}, state);
}

std::string_view Name(Call call) {
  static constexpr std::array<std::string_view, 4> kNames = {"DescribeStream", "CreateStream", "TagStream",
                                                             "GetDataEndpoint"};
  return kNames[static_cast<std::size_t>(call)];
}
std::string_view Name(const State& state) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "Idle", "Calling", "BackingOff", "Ready", "Streaming", "Reconnecting", "Failed", "Closed"};
  static_assert(kNames.size() == std::variant_size_v<State>);
  return kNames[state.index()];
}
std::string_view Name(const Event& event) {
  static constexpr std::array<std::string_view, 10> kNames = {"Begin",      "MediaWaiting", "MediaGone",     "Described",   "CallDone",
                                                              "CallFailed", "SessionDone",  "SessionFailed", "BackoffOver", "Close"};
  static_assert(kNames.size() == std::variant_size_v<Event>);
  return kNames[event.index()];
}
std::string_view Name(Action action) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "call", "open session", "back off", "poll", "refresh credentials", "fail", "warn"};
  return kNames[static_cast<std::size_t>(action)];
}

}  // namespace kvs::machine
