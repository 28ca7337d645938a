#ifndef KVS_TESTS_SIM_STORM_H_
#define KVS_TESTS_SIM_STORM_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/draw.h"
#include "tests/sim/network.h"
#include "tests/sim/options.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/service_end.h"
#include "tests/sim/stream_shell.h"
#include "tests/sim/trace.h"

namespace kvs::sim {

// Does to the network and the service what the options say, until it is told to stop.
class Storm {
 public:
  Storm(Scheduler& scheduler, Draw draw, const SimOptions& options, Network& network,
        ServiceEnd& service, StreamShell& stream, Trace& trace);

  void Start();
  // Nothing more is done, and what was done is undone, but for connections that died: they stay
  // silent.
  void Calm();

  // One act of a kind, now.
  void Act(FaultKind kind);
  std::uint64_t acts(FaultKind kind) const { return acts_[static_cast<std::size_t>(kind)]; }

 private:
  void ActOnNetwork(FaultKind kind);
  void ActOnService(FaultKind kind);
  void ActOnAcks(FaultKind kind);
  void BreakConnections();
  void KillConnections();
  std::string WhichSession();
  std::string WhichApi();
  std::string PassingError();
  std::string ErrorAck();
  void Next(FaultKind kind);

  Scheduler& scheduler_;
  Draw draw_;
  const SimOptions& options_;
  Network& network_;
  ServiceEnd& service_;
  StreamShell& stream_;
  Trace& trace_;
  bool calm_ = true;
  std::array<std::uint64_t, kFaultKinds> acts_{};
  std::vector<std::unique_ptr<Timer>> timers_;  // by FaultKind
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_STORM_H_
