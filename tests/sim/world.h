#ifndef KVS_TESTS_SIM_WORLD_H_
#define KVS_TESTS_SIM_WORLD_H_

#include <functional>
#include <ostream>
#include <string>

#include "tests/sim/camera.h"
#include "tests/sim/ledger.h"
#include "tests/sim/network.h"
#include "tests/sim/options.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/service_end.h"
#include "tests/sim/storm.h"
#include "tests/sim/stream_shell.h"
#include "tests/sim/trace.h"

namespace kvs::sim {

// A device, a network and a service, for one run.
class World {
 public:
  // `trace`: where the lines go; null for nowhere.
  explicit World(SimOptions options, std::ostream* trace = nullptr, bool trace_frames = false);

  // A whole run as the options say: storm, calm, the end, and all checks.
  void Run();

  // For scenarios. Each ends at once when something is wrong.
  void RunFor(Duration duration);
  // Until `done`, at most `limit`; answers whether it came to that.
  bool RunUntil(const std::function<bool()>& done, Duration limit);
  // Drain, and runs until the answer; whether everything was persisted.
  bool DrainAll(Duration timeout);
  // Stop, and runs until the stream has closed, which must be in time; then lets the service finish
  // and makes the last checks.
  void StopAndCheck(Duration timeout);

  const SimOptions& options() const { return options_; }
  Scheduler& scheduler() { return scheduler_; }
  Network& network() { return network_; }
  ServiceEnd& service() { return service_; }
  StreamShell& stream() { return stream_; }
  Camera& camera() { return camera_; }
  Storm& storm() { return storm_; }
  Ledger& ledger() { return ledger_; }
  const Trace& trace() const { return trace_; }

  // Empty, or the first thing that went wrong.
  const std::string& failure() const { return ledger_.failure(); }

 private:
  void PlanUserActions();
  void DrainDuringStorm();
  void RingInTheCalm();
  void ResumeInStorm();
  void RunOut();
  Duration DrainBound() const;

  const SimOptions options_;
  Draw draw_;
  Scheduler scheduler_;
  Trace trace_;
  Ledger ledger_;
  Network network_;
  ServiceEnd service_;
  StreamShell stream_;
  Camera camera_;
  Storm storm_;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_WORLD_H_
