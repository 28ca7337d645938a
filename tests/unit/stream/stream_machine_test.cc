#include "pic/stream/stream_machine.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace kvs::machine {
namespace {

constexpr Facts kFacts{/*allow_creation=*/true, /*has_tags=*/true};

std::vector<State> AllStates() {
  std::vector<State> states = {Idle{}};
  for (const Call call : {Call::kDescribe, Call::kCreate, Call::kTag, Call::kGetEndpoint}) {
    states.push_back(Calling{call});
    states.push_back(BackingOff{call});
  }
  states.insert(states.end(), {Ready{}, Streaming{}, Reconnecting{}, Failed{}, Closed{}});
  return states;
}

struct NamedEvent {
  std::string name;
  Event event;
};

std::vector<NamedEvent> AllEvents() {
  using recovery::Next;
  return {{"Begin", Begin{}},
          {"MediaWaiting", MediaWaiting{}},
          {"MediaGone", MediaGone{}},
          {"Described active", Described{ServiceState::kActive}},
          {"Described changing", Described{ServiceState::kChanging}},
          {"Described deleting", Described{ServiceState::kDeleting}},
          {"CallDone", CallDone{}},
          {"CallFailed not found", CallFailed{StatusCode::kStreamNotFound}},
          {"CallFailed in use", CallFailed{StatusCode::kResourceInUse}},
          {"CallFailed for now", CallFailed{StatusCode::kServiceFailure}},
          {"CallFailed credentials", CallFailed{StatusCode::kCredentialsExpired}},
          {"CallFailed for now, too often", CallFailed{StatusCode::kServiceFailure, kTagTries}},
          {"CallFailed for good", CallFailed{StatusCode::kNotAuthorized}},
          {"SessionDone", SessionDone{}},
          {"SessionFailed reconnect", SessionFailed{Next::kReconnect}},
          {"SessionFailed endpoint", SessionFailed{Next::kNewEndpoint}},
          {"SessionFailed describe", SessionFailed{Next::kDescribeAgain}},
          {"SessionFailed credentials", SessionFailed{Next::kNewCredentials}},
          {"SessionFailed for good", SessionFailed{Next::kFail}},
          {"BackoffOver", BackoffOver{}},
          {"Close", Close{}}};
}

std::string FullName(const State& state) {
  if (const auto* calling = std::get_if<Calling>(&state)) {
    return "Calling " + std::string(Name(calling->call));
  }
  if (const auto* backing_off = std::get_if<BackingOff>(&state)) {
    return "BackingOff " + std::string(Name(backing_off->call));
  }
  return std::string(Name(state));
}

std::string Cell(const State& state, const Event& event) {
  const Step step = OnEvent(state, event, kFacts);
  if (FullName(step.next) == FullName(state) && step.actions.empty()) {
    return "";
  }
  std::string text = FullName(step.next);
  for (const Action action : step.actions) {
    text += "; " + std::string(Name(action));
  }
  return text;
}

std::string Document() {
  std::ostringstream out;
  out << "# The states of a stream\n\n"
         "Printed by `stream_test` from `pic/stream/stream_machine.cc`, which is a pure function: every event in every\n"
         "state. An event that is not listed under a state changes nothing there. The stream may be created and has "
         "tags.\n";
  for (const State& state : AllStates()) {
    out << "\n## " << FullName(state) << "\n\n| Event | Next state; actions |\n| --- | --- |\n";
    for (const NamedEvent& named : AllEvents()) {
      if (const std::string cell = Cell(state, named.event); !cell.empty()) {
        out << "| " << named.name << " | " << cell << " |\n";
      }
    }
  }
  return out.str();
}

TEST(StreamMachineTest, DocumentationListsEveryTransition) {
  const std::string path = std::string(KVS_SOURCE_DIR) + "/docs/stream-states.md";
  std::stringstream stored;
  stored << std::ifstream(path).rdbuf();
  if (std::getenv("KVS_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << Document();
    GTEST_SKIP() << "wrote " << path;
  }
  EXPECT_EQ(stored.str(), Document()) << "run this test with KVS_UPDATE_DOCS=1 to write " << path;
}

TEST(StreamMachineTest, FinalStatesAreLeftByNothing) {
  for (const NamedEvent& named : AllEvents()) {
    EXPECT_EQ(Cell(Failed{}, named.event), "") << named.name;
    EXPECT_EQ(Cell(Closed{}, named.event), "") << named.name;
  }
}

TEST(StreamMachineTest, EveryWaitingStateIsLeftByTheEventItWaitsFor) {
  for (const State& state : AllStates()) {
    bool can_move = false;
    for (const NamedEvent& named : AllEvents()) {
      can_move = can_move || (!Cell(state, named.event).empty() && !std::holds_alternative<Close>(named.event));
    }
    EXPECT_EQ(can_move, !std::holds_alternative<Failed>(state) && !std::holds_alternative<Closed>(state))
        << FullName(state);
  }
}

TEST(StreamMachineTest, AMissingStreamIsCreatedOnlyWhereThatIsAllowed) {
  const Event missing = CallFailed{StatusCode::kStreamNotFound};
  EXPECT_EQ(FullName(OnEvent(Calling{Call::kDescribe}, missing, {true, false}).next), "Calling CreateStream");
  EXPECT_EQ(FullName(OnEvent(Calling{Call::kDescribe}, missing, {false, false}).next), "Failed");
}

TEST(StreamMachineTest, TagsThatAreRefusedDoNotStopTheStream) {
  const Step step = OnEvent(Calling{Call::kTag}, CallFailed{StatusCode::kNotAuthorized}, kFacts);
  EXPECT_EQ(FullName(step.next), "Calling GetDataEndpoint");
}

TEST(StreamMachineTest, WithoutTagsNoTagCallIsMade) {
  EXPECT_EQ(FullName(OnEvent(Calling{Call::kDescribe}, Described{ServiceState::kActive}, {true, false}).next),
            "Calling GetDataEndpoint");
}

}  // namespace
}  // namespace kvs::machine
