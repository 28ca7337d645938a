#ifndef KVS_EMULATOR_MODEL_ACK_STREAM_H_
#define KVS_EMULATOR_MODEL_ACK_STREAM_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "emulator/model/ack.h"
#include "emulator/model/faults.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

// The acks of one session on their way out: ordered by the time at which they are due, and bent by
// the ack faults.
class AckStream {
 public:
  struct Sent {
    Ack ack;
    bool swallowed = false;  // by stop-acks
  };
  // What Take() lets out.
  struct Batch {
    std::vector<Sent> acks;
    std::vector<std::string> pieces;  // bytes; each a write of its own
    std::vector<int> faults;          // which acted
  };
  // `fault` is one of the ack kinds; others are ignored.
  void AddFault(int id, const Fault& fault);
  // Acks which are due at the same time leave in the order of Push.
  void Push(Ack ack, Time due);
  // Replaces the pending PERSISTED of a fragment; false when it has left already.
  bool ReplacePersisted(const std::string& fragment_number, Ack ack);
  // Drops everything pending.
  void Clear();

  // The acks due by `now`. `last`: no other will follow, so that held ones leave now.
  // `is_active(fault id)` says whether a fault is in force.
  template <typename IsActive>
  Batch Take(Time now, bool last, IsActive is_active);

  bool empty() const { return pending_.empty(); }
  bool holds_back() const { return !held_.empty(); }
  Time next_due() const { return pending_.empty() ? kForever : pending_.front().due; }
  std::uint64_t sent() const { return sent_; }

 private:
  struct Pending {
    Time due;
    Ack ack;
  };
  struct ArmedFault {
    int id = 0;
    Fault fault;
    std::uint64_t seen = 0;  // acks of its types
    std::uint64_t acted = 0;
  };

  using ActiveFaults = std::vector<ArmedFault*>;

  bool Swallowed(const ActiveFaults& active, const Ack& ack, Batch& batch);
  void Write(const ActiveFaults& active, const Ack& ack, Batch& batch);
  void Flush(const ActiveFaults& active, bool last, Batch& batch);
  static void Act(ArmedFault& armed, Batch& batch);

  std::deque<Pending> pending_;  // by due time
  std::deque<ArmedFault> faults_;
  std::vector<std::string> held_;  // lines that merge-acks holds, or that wait for Flush
  std::uint64_t sent_ = 0;
};

template <typename IsActive>
AckStream::Batch AckStream::Take(Time now, bool last, IsActive is_active) {
  Batch batch;
  ActiveFaults active;
  for (ArmedFault& armed : faults_) {
    if (is_active(armed.id)) {
      active.push_back(&armed);
    }
  }
  while (!pending_.empty() && pending_.front().due <= now) {
    const Ack ack = std::move(pending_.front().ack);
    pending_.pop_front();
    const bool swallowed = Swallowed(active, ack, batch);
    if (!swallowed) {
      Write(active, ack, batch);
    }
    batch.acks.push_back({ack, swallowed});
  }
  Flush(active, last && pending_.empty(), batch);
  return batch;
}

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_ACK_STREAM_H_
