#ifndef KVS_TESTS_SIM_LEDGER_H_
#define KVS_TESTS_SIM_LEDGER_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/model/fragment.h"
#include "kvs/metrics.h"
#include "kvs/stream_events.h"
#include "kvs/track.h"
#include "tests/sim/options.h"
#include "tests/sim/payload.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/trace.h"

namespace kvs::sim {

// Knows of every frame what became of it: what the stream said when it was put, which sessions
// carried it, what the service acknowledged and what it stored. Checks I1 to I5 and I8 of
// docs/simulation.md. The first thing that is wrong ends the run.
class Ledger {
 public:
  Ledger(const SimOptions& options, Scheduler& scheduler, Trace& trace);

  // The user's side. `jumps`: how often the clock of the source has jumped before this frame.
  void OnAccepted(FrameName name, MediaTime pts, std::int64_t jumps = 0);
  void OnRefused(StatusCode code);
  // Metadata for one fragment, numbered from 0; its value is its number.
  static constexpr const char* kOnceName = "once";
  void OnMetadata(std::uint32_t number);
  // Trigger and Untrigger, when they changed something; Drain and Stop.
  void OnSwitch(bool on);
  void OnDrain();
  void OnEvent(const StreamEvent& event);
  // The wall time of media time zero, where the stream counts from its first frame.
  void SetEpoch(WallTime epoch) { epoch_ = epoch; }

  // The wire, as the bytes leave the core.
  void OnSessionOpened(std::uint64_t session);
  void OnSessionClosed(std::uint64_t session);
  void OnCluster(std::uint64_t session, std::uint64_t timecode);
  void OnWireFrame(std::uint64_t session, FrameName name);

  // The service.
  void OnStored(const emulator::Fragment& fragment);
  // A story looks at each fragment as it is stored, with all that it consists of.
  void set_on_stored(std::function<void(const emulator::Fragment&)> look) {
    on_stored_ = std::move(look);
  }
  // It was received, and could not be stored. Nobody can make up for that who does not hear of it:
  // until the stream is told, its frames may be missing.
  void OnNotArchived(const emulator::Fragment& fragment);
  void OnMediaProblem(int error_id, std::string_view what);
  void OnThrottled() { ++throttled_; }
  // From now on the service says things about fragments that it was never sent.
  void ExpectStrayAcks() { stray_acks_ = true; }

  // After each step, and after the last.
  void CheckStep(const StreamMetrics& metrics, std::uint64_t used_bytes);
  void CheckEnd(const StreamMetrics& metrics);

  void Fail(const std::string& what);
  const std::string& failure() const { return failure_; }

  // What the run was like.
  std::uint64_t accepted() const { return accepted_; }
  std::uint64_t stored() const { return stored_; }
  std::uint64_t stored_again() const { return stored_again_; }
  std::uint64_t lost() const;
  std::uint64_t lost(LossReason reason) const { return lost_[static_cast<std::size_t>(reason)]; }
  const std::vector<FramesLost>& losses() const { return losses_; }
  const std::vector<Drained>& drains() const { return drains_; }
  const std::vector<Disconnected>& disconnects() const { return disconnects_; }
  const std::vector<Pressure>& pressures() const { return pressures_; }
  const std::vector<TriggerChanged>& triggers() const { return triggers_; }
  std::uint64_t triggers_finished() const { return triggers_finished_; }
  std::uint64_t connects() const { return connects_; }
  std::uint64_t throttled() const { return throttled_; }
  bool stopped() const { return stopped_; }
  bool stream_failed() const { return stream_failed_; }
  bool WasStored(FrameName name) const;
  std::uint64_t error_acks(int id) const;
  // Times of the last ack of a fragment, for the pace.
  MonoTime last_progress() const { return last_progress_; }

 private:
  enum Flag : std::uint8_t {
    kAccepted = 1,
    kStored = 2,
    kAcked = 4,
    kRejected = 8,
    kNotArchived = 16,  // and the stream was not told
    kKept = 32,         // put before a trigger that has not come
    kMayGiveWay = 64,   // put before a trigger, and perhaps too early for it
  };
  struct Record {
    std::int64_t pts = 0;       // ns
    std::uint32_t session = 0;  // that carried it last
    std::uint8_t flags = 0;
    std::uint16_t jumps = 0;  // of the source's clock, before it
  };
  using Cluster = std::pair<std::uint64_t, std::uint64_t>;  // session, time code

  Record& At(FrameName name);
  // The frames of a fragment; a failure and none of them when one is not as it was put.
  std::vector<FrameName> NamesOf(const emulator::Fragment& fragment);
  void CheckCodec(const emulator::Fragment& fragment, FrameName name);
  void OnAck(const FragmentAcked& acked);
  void Mark(const Cluster& cluster, Flag flag, std::string_view why);
  void CheckStoredTimes(const emulator::Fragment& fragment, const emulator::FrameInfo& info,
                        const Record& record, FrameName name);
  void CheckMissing(const StreamMetrics& metrics);
  void CheckMetadata(const emulator::Fragment& fragment, FrameName first);
  void CheckMetadataMissing();
  void CheckMoved();
  void CheckQuiet(const StreamMetrics& metrics);
  std::int64_t Tolerance() const;
  bool ReportedLost(const Record& record) const;
  std::int64_t ExpectedNanos(const Record& record) const;

  const SimOptions& options_;
  Scheduler& scheduler_;
  Trace& trace_;
  std::string failure_;

  std::array<std::vector<Record>, kMaxTracks> frames_;
  std::optional<WallTime> epoch_;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t stored_ = 0;
  std::uint64_t stored_again_ = 0;
  std::uint64_t off_time_ = 0;  // stored under another time than they were put with
  std::uint64_t throttled_ = 0;
  // By track and jumps: how far the stream moved the frames that came after a jump.
  std::map<std::pair<std::uint8_t, std::uint16_t>, std::vector<std::int64_t>> moved_;

  bool keeping_;  // nothing is to be uploaded but what was put before
  bool drained_ = false;  // ever: what follows may have nothing to begin with
  std::vector<FrameName> kept_;
  MediaTime newest_put_;
  std::uint64_t sessions_opened_ = 0;
  std::optional<MonoTime> owes_nothing_since_;
  std::vector<TriggerChanged> triggers_;
  std::uint64_t triggers_finished_ = 0;

  std::vector<std::optional<FrameName>> metadata_;  // the first frame of the fragment that brought it

  std::set<std::uint64_t> live_;
  std::map<Cluster, std::vector<FrameName>> clusters_;
  std::map<std::uint64_t, std::uint64_t> current_cluster_;                  // by session
  std::map<std::pair<std::uint64_t, std::uint8_t>, std::uint32_t> newest_;  // session, track

  std::map<std::string, std::vector<FrameName>> not_archived_;  // by fragment number
  std::array<std::uint64_t, kLossReasons> lost_{};              // by LossReason
  std::vector<FramesLost> losses_;
  std::vector<Drained> drains_;
  std::vector<Disconnected> disconnects_;
  std::vector<Pressure> pressures_;
  bool stray_acks_ = false;
  std::function<void(const emulator::Fragment&)> on_stored_;
  std::map<int, std::uint64_t> error_acks_;
  std::uint64_t connects_ = 0;
  bool stopped_ = false;
  bool stream_failed_ = false;
  MonoTime last_progress_ = Scheduler::kStart;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_LEDGER_H_
