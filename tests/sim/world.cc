#include "tests/sim/world.h"

#include <algorithm>
#include <utility>

namespace kvs::sim {
namespace {

// I6: what everything that is held may take to arrive once nothing is in its way, ...
constexpr Duration kDrainBound = Duration::Seconds(60);
// ... after the service has let go of a connection on which it acknowledges nothing. Source: idle
// time-out of PutMedia.
constexpr Duration kServiceIdle = Duration::Seconds(30);
// What a stream that drained in time may take to close its connections, and threads to get to it.
constexpr Duration kStopGrace = Duration::Millis(1500);
// Offline media waits for acks, store by store.
constexpr Duration kOfflineLimit = Duration::Minutes(60);
// After the end: the service stores what it has, and the stream stays quiet.
constexpr Duration kAftermath = Duration::Seconds(90);
constexpr std::uint64_t kSweepSteps = 256;
// I8: how long a session may still be open for more when nothing more is to come.
constexpr Duration kLetGo = Duration::Seconds(5);

}  // namespace

World::World(SimOptions options, std::ostream* trace, bool trace_frames)
    : options_(std::move(options)),
      draw_(options_.seed ^ 0x5EED),
      trace_(trace, trace_frames),
      ledger_(options_, scheduler_, trace_),
      network_(scheduler_, draw_.Fork(), options_.network),
      service_(scheduler_, draw_.Fork(), options_, ledger_, trace_),
      stream_(scheduler_, draw_.Fork(), options_, network_, service_, ledger_, trace_),
      camera_(scheduler_, draw_.Fork(), options_, stream_, ledger_),
      storm_(scheduler_, draw_.Fork(), options_, network_, service_, stream_, trace_) {}

bool World::RunUntil(const std::function<bool()>& done, Duration limit) {
  const MonoTime end = scheduler_.now() + limit;
  while (failure().empty()) {
    if (done()) {
      return true;
    }
    if (!scheduler_.RunOne(end)) {
      return done();
    }
    if (scheduler_.steps() % kSweepSteps == 0) {
      network_.Sweep();
      service_.Sweep();
    }
  }
  return false;
}

void World::RunFor(Duration duration) {
  RunUntil([] { return false; }, duration);
}

Duration World::DrainBound() const {
  // What is held has to fit through the line, three times: some of it is sent again.
  const double seconds =
      3 * static_cast<double>(stream_.metrics().stored_bytes) / BytesPerSecond(options_.network);
  return kDrainBound + kServiceIdle + options_.config.connection_staleness +
         Duration::Seconds(static_cast<std::int64_t>(seconds));
}

bool World::DrainAll(Duration timeout) {
  const std::size_t before = ledger_.drains().size();
  stream_.Drain(timeout, /*stop=*/false);
  const Duration late = options_.timer_late_max + Duration::Seconds(1);
  const bool answered = RunUntil([&] { return ledger_.drains().size() > before; }, timeout + late);
  if (!answered && failure().empty() && !ledger_.stream_failed()) {
    ledger_.Fail("I6: Drain did not end within its time");
  }
  return answered && ledger_.drains().back().complete;
}

void World::PlanUserActions() {
  const MonoTime start = scheduler_.now();
  for (const Duration at : options_.drains_at) {
    scheduler_.At(start + at, [this] { DrainDuringStorm(); });
  }
  for (const SwitchPress& press : options_.switches) {
    scheduler_.At(start + press.at, [this, on = press.on] { stream_.Switch(on); });
  }
  for (const Duration at : options_.pauses_at) {
    scheduler_.At(start + at, [this] { camera_.Pause(); });
    scheduler_.At(start + at + options_.pause_length, [this] { ResumeInStorm(); });
  }
}

void World::DrainDuringStorm() {
  if (stream_.core().stopping()) {
    return;
  }
  stream_.Drain(options_.drain_timeout, /*stop=*/false);
  if (options_.pause_while_draining && options_.pauses_at.empty()) {
    camera_.Pause();
    scheduler_.At(scheduler_.now() + options_.drain_timeout, [this] { ResumeInStorm(); });
  }
}

void World::ResumeInStorm() {
  if (scheduler_.now() < Scheduler::kStart + options_.storm) {
    camera_.Resume();
  }
}

void World::Run() {
  camera_.Start();
  storm_.Start();
  PlanUserActions();
  RunFor(options_.storm);
  if (options_.stop_in_storm) {
    StopAndCheck(options_.stop_timeout);
    return;
  }
  storm_.Calm();
  RunOut();
  StopAndCheck(options_.stop_timeout);
}

// What was triggered arrives, and the connection is let go, although the camera goes on. Or the switch stays on.
void World::RingInTheCalm() {
  camera_.Resume();
  stream_.Switch(/*on=*/true);
  RunFor(draw_.Between(Duration::Millis(1), Duration::Seconds(5)));
  if (draw_.Chance(0.3)) {
    return;
  }
  stream_.Switch(/*on=*/false);
  const auto arrived = [this] { return stream_.metrics().stored_fragments == 0; };
  const auto let_go = [this] { return !std::holds_alternative<machine::Streaming>(stream_.core().state()); };
  if (!RunUntil(arrived, DrainBound()) && failure().empty() && !ledger_.stream_failed()) {
    ledger_.Fail("I6: what was triggered did not arrive in the calm");
  }
  if (!RunUntil(let_go, kLetGo) && failure().empty()) {
    ledger_.Fail("I8: everything that was triggered has arrived, and the connection is not let go");
  }
}

// Calm: everything must arrive.
void World::RunOut() {
  if (options_.config.pre_roll > Duration()) {
    RingInTheCalm();
  }
  if (options_.config.streaming_type == StreamingType::kOffline) {
    camera_.Resume();
    const bool done = RunUntil([this] { return camera_.done(); }, kOfflineLimit);
    if (!done && failure().empty()) {
      ledger_.Fail("I6: offline media was not taken");
      return;
    }
  } else {
    camera_.Resume();
    RunFor(draw_.Between(Duration(), Duration::Seconds(5)));
    camera_.Pause();
  }
  if (!DrainAll(DrainBound()) && failure().empty() && !ledger_.stream_failed()) {
    const StreamMetrics metrics = stream_.metrics();
    ledger_.Fail("I6: " + std::to_string(metrics.stored_frames) + " frames in " +
                 std::to_string(metrics.stored_fragments) +
                 " fragments did not arrive in the calm; the stream is " +
                 std::string(machine::Name(stream_.core().state())));
  }
  if (options_.put_after_drain && options_.config.streaming_type == StreamingType::kRealtime) {
    camera_.Resume();
    RunFor(Duration::Seconds(5));
    camera_.Pause();
    if (!DrainAll(DrainBound()) && failure().empty() && !ledger_.stream_failed()) {
      ledger_.Fail("I6: what was put after a drain did not arrive");
    }
  }
}

void World::StopAndCheck(Duration timeout) {
  stream_.Drain(timeout, /*stop=*/true);
  const Duration late = kStopGrace + (options_.timer_late_max + options_.action_delay_max) * 4;
  if (!RunUntil([this] { return stream_.core().closed() && ledger_.stopped(); }, timeout + late)) {
    ledger_.Fail("I6: Stop did not end within its time");
    return;
  }
  storm_.Calm();
  RunFor(kStopGrace);  // what the threads had still to do
  const std::uint64_t attempts = stream_.attempts();
  RunFor(kAftermath);
  if (stream_.attempts() != attempts) {
    ledger_.Fail("I7: a closed stream makes calls");
  }
  if (stream_.used_blocks() != 0) {
    ledger_.Fail("I5: a closed stream holds " + std::to_string(stream_.used_blocks()) + " blocks");
  }
  if (failure().empty()) {
    ledger_.CheckEnd(stream_.metrics());
  }
}

}  // namespace kvs::sim
