#ifndef KVS_TESTS_SIM_SERVICE_END_H_
#define KVS_TESTS_SIM_SERVICE_END_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/local_service.h"
#include "tests/sim/draw.h"
#include "tests/sim/ledger.h"
#include "tests/sim/network.h"
#include "tests/sim/options.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/trace.h"

namespace kvs::sim {

// The model of the service at its end of the network: what emulator/server does with sockets.
class ServiceEnd {
 public:
  struct Answer {
    int status = 200;
    std::string error_type;
    std::string body;
    std::optional<Duration> after = Duration();  // none: never
  };

  ServiceEnd(Scheduler& scheduler, Draw draw, const SimOptions& options, Ledger& ledger,
             Trace& trace);
  ~ServiceEnd();

  // A call of the control plane, signed with the credentials of this generation.
  Answer Call(std::string_view api, std::string_view body, int credentials);
  // A PutMedia request has arrived at this endpoint.
  void Accept(std::shared_ptr<Connection> connection, const emulator::PutMediaHeaders& headers,
              std::string_view endpoint, int credentials);

  // What can be done to it. A fault is a line of emulator/README.md.
  void AddFault(const std::string& spec);
  void ClearFaults();
  void MoveEndpoint() { ++endpoint_; }
  // All that were given out so far.
  void ExpireCredentials() { oldest_good_ = static_cast<int>(issued_.size()) + 1; }
  void DeleteStream();
  void FailNextArchive() { fail_archive_ = true; }
  // Sends this on every connection, among the acks.
  void Say(std::string_view text);

  std::string endpoint() const { return "https://data-" + std::to_string(endpoint_) + ".test"; }
  // New credentials, which are accepted from now on.
  struct Issued {
    int generation = 0;
    std::optional<emulator::Time> expire;
  };
  Issued Issue();
  emulator::LocalService& model() { return model_; }
  emulator::Time now() const;
  // Lets go of sessions that have nothing left to do.
  void Sweep();

 private:
  class Session;
  void OnEvent(std::string_view json);
  std::optional<emulator::ApiError> CheckCredentials(int generation) const;
  std::optional<MonoTime> ExpiryOf(int generation) const;

  Scheduler& scheduler_;
  Draw draw_;
  Ledger& ledger_;
  Trace& trace_;
  const std::string stream_;
  const Duration credentials_life_;
  emulator::LocalService model_;
  int endpoint_ = 1;
  int oldest_good_ = 1;  // generations before are refused
  std::vector<MonoTime> issued_;  // by generation, which count from 1
  bool fail_archive_ = false;
  std::vector<std::unique_ptr<Session>> sessions_;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_SERVICE_END_H_
