#ifndef KVS_EMULATOR_MODEL_FAULT_BOOK_H_
#define KVS_EMULATOR_MODEL_FAULT_BOOK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/faults.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

// The faults in force, and what they have counted so far. A decision that says "act" has counted
// the act already, except for sessions, which report theirs with Acted().
class FaultBook {
 public:
  struct Entry {
    int id = 0;
    Fault fault;
    Time begin;
    Time end;
    std::uint64_t matched = 0;    // calls or connections
    std::uint64_t sessions = 0;   // PutMedia sessions
    std::uint64_t fragments = 0;  // fragments begun in them
    std::uint64_t triggered = 0;
  };
  struct Window {
    int id = 0;
    Time begin;
    Time end;
  };

  int Add(Fault fault, Time now);
  bool Remove(int id) { return entries_.erase(id) > 0; }
  void Clear() { entries_.clear(); }
  const std::map<int, Entry>& entries() const { return entries_; }
  const Entry* Find(int id) const;

  // Each answers the fault that acts on this event, or nullptr.
  const Entry* OnConnection(Time now);
  const Entry* OnHandshake(Time now);
  const Entry* OnCallStatus(std::string_view api, std::string_view stream, Time now);
  const Entry* OnCallDelay(std::string_view api, std::string_view stream, Time now);
  const Entry* OnCallGarbage(std::string_view api, std::string_view stream, Time now);
  const Entry* OnGetEndpoint(std::string_view stream, Time now);
  bool HoldsCreating(std::string_view stream, Time now) const;
  // The next time (or the present one) at which the service does not listen.
  std::optional<Window> NextUnlisten(Time now) const;

  // The faults of a session that begins now.
  std::vector<int> OnSession(std::string_view stream);
  // Inside its window and not used up; false when it was removed.
  bool Active(int id, Time now) const;
  // When Active may change next; kForever when never.
  Time NextChange(int id, Time now) const;
  // One more fragment for this fault; answers whether its `fragment` range has it.
  bool CountFragment(int id);
  void Acted(int id);

 private:
  static bool Active(const Entry& entry, Time now);
  template <typename Matches>
  const Entry* Decide(FaultKind kind, Time now, Matches matches);

  std::map<int, Entry> entries_;
  int last_id_ = 0;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_FAULT_BOOK_H_
