#ifndef KVS_TESTS_SIM_STREAM_SHELL_H_
#define KVS_TESTS_SIM_STREAM_SHELL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kvs/log.h"
#include "pic/stream/stream_core.h"
#include "tests/sim/draw.h"
#include "tests/sim/ledger.h"
#include "tests/sim/network.h"
#include "tests/sim/options.h"
#include "tests/sim/pace_checker.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/service_end.h"
#include "tests/sim/trace.h"

namespace kvs::sim {

// The real stream core on the virtual network: does what producer/remote_stream does on a real one,
// in the same way. Actions are carried out a little later than they were asked for, as by another
// thread; so are timers.
class StreamShell : private LogSink {
 public:
  StreamShell(Scheduler& scheduler, Draw draw, const SimOptions& options, Network& network,
              ServiceEnd& service, Ledger& ledger, Trace& trace);
  ~StreamShell() override;

  // As in kvs/stream.h. PutFrame does not wait: it answers that it would; Settle is owed after it.
  Status SetTrack(const Track& track);
  void ExpectTrack(std::uint32_t id);
  void EndTrack(std::uint32_t id);
  StreamCore::PutOutcome PutFrame(const Frame& frame);
  Status PutMetadata(FragmentMetadata metadata);
  void Drain(Duration timeout, bool stop);
  // Trigger or Untrigger.
  bool Switch(bool on);
  // Passes on what the core has to tell and wants to have done.
  void Settle();

  Now now() const;
  StreamMetrics metrics() const { return core_.metrics(scheduler_.now()); }
  const StreamCore& core() const { return core_; }
  std::size_t used_blocks() const { return pool_->used_blocks(); }
  std::uint64_t attempts() const { return pace_.attempts(); }

  // Called when there may be room for a caller that waits.
  void set_on_change(std::function<void()> on_change) { on_change_ = std::move(on_change); }
  // The next answer of a call is lost on its way.
  void LoseNextAnswer() { lose_answer_ = true; }

 private:
  class Session;
  // What a refusal means.
  static Status FromAnswer(int status, const std::string& type);
  bool Enabled(LogLevel level, std::string_view component) const override;
  void Write(const LogRecord& record) override;

  void RunActions();
  void OnTimer();
  void Do(const StreamCore::MakeCall& action);
  void Do(const StreamCore::OpenSession& action);
  void Do(const StreamCore::WakeSession& action);
  void Do(const StreamCore::AbortSession& action);
  void Do(const StreamCore::RefreshCredentials& action);

  // Runs `use` with the credentials, once they are there.
  void WithCredentials(std::function<void(ServiceEnd::Issued)> use);
  bool CredentialsAreGood() const;
  void SendCall(machine::Call call, std::uint64_t number, int credentials);
  void FinishCall(machine::Call call, std::uint64_t number, const ServiceEnd::Answer& answer);
  void FailCall(std::uint64_t number, Status status);
  void Connect(const StreamCore::OpenSession& action, int credentials);
  void EndSession(std::uint64_t session, Status status);
  std::string BodyOf(machine::Call call) const;
  emulator::PutMediaHeaders HeadersOf(const StreamCore::OpenSession& action) const;
  void NoteAttempt();

  Scheduler& scheduler_;
  Draw draw_;
  const SimOptions& options_;
  Network& network_;
  ServiceEnd& service_;
  Ledger& ledger_;
  Trace& trace_;
  PaceChecker pace_;

  const std::shared_ptr<BlockPool> pool_;
  StreamCore core_;
  std::map<std::uint64_t, std::unique_ptr<Session>> sessions_;
  std::uint64_t call_number_ = 0;
  bool call_waits_ = false;  // for an answer
  ServiceEnd::Issued credentials_;
  bool credentials_stale_ = true;
  bool lose_answer_ = false;
  bool actions_posted_ = false;
  bool closed_ = false;
  std::string endpoint_;
  std::string arn_;
  std::function<void()> on_change_;
  Timer timer_;
  MonoTime armed_for_;
  MonoTime last_timer_;
  int timers_at_once_ = 0;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_STREAM_SHELL_H_
