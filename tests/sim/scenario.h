#ifndef KVS_TESTS_SIM_SCENARIO_H_
#define KVS_TESTS_SIM_SCENARIO_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/sim/world.h"

namespace kvs::sim {

// A story in virtual time: options are set, the camera starts, things happen, and at the end all is
// counted. Unless a story says otherwise it has one H.264 track with 25 frames a second and a key
// frame each two, and nothing goes wrong.
class Scenario : public testing::Test {
 protected:
  static constexpr int kFramesPerSecond = 25;

  static TrackPlan Audio() {
    TrackPlan plan;
    plan.kind = MediaKind::kAacRaw;
    plan.frame_interval = Duration::Millis(64);
    plan.key_bytes_min = plan.frame_bytes_min = 40;
    plan.key_bytes_max = plan.frame_bytes_max = 120;
    return plan;
  }

  // Device, network and service, before anything happens. With KVS_SIM_TRACE set, the story is told
  // on standard output.
  void Build() {
    std::ostream* const trace = std::getenv("KVS_SIM_TRACE") != nullptr ? &std::cout : nullptr;
    world_ = std::make_unique<World>(options_, trace);
  }
  // The camera runs from here on.
  void Begin() {
    Build();
    world_->camera().Start();
  }
  void Seconds(std::int64_t seconds) { world_->RunFor(Duration::Seconds(seconds)); }
  void Millis(std::int64_t millis) { world_->RunFor(Duration::Millis(millis)); }
  // Until something can be told of the stream; a story that does not get there has failed.
  void Until(const std::function<bool(const StreamMetrics&)>& told,
             Duration limit = Duration::Seconds(60)) {
    EXPECT_TRUE(world_->RunUntil([&] { return told(metrics()); }, limit)) << world_->failure();
  }
  // No more frames; everything arrives, the stream stops, and every frame is accounted for.
  void EndWell() {
    world_->camera().Pause();
    EXPECT_TRUE(world_->DrainAll(Duration::Seconds(60))) << world_->failure();
    Stop(Duration::Seconds(5));
  }
  void Stop(Duration timeout) {
    world_->camera().Pause();
    world_->StopAndCheck(timeout);
    EXPECT_EQ(world_->failure(), "");
  }

  StreamMetrics metrics() const { return world_->stream().metrics(); }
  const Ledger& ledger() const { return world_->ledger(); }
  const std::vector<emulator::Fragment>& stored() {
    return world_->service().model().FragmentsOf(options_.config.name);
  }
  // The stream may end with a failure: no checker objects.
  void MayFail() { options_.Every(FaultKind::kFatal) = Duration::Hours(24); }
  Status PutMetadata(std::string name, std::string value, bool persistent = false) {
    return world_->stream().PutMetadata({std::move(name), std::move(value), persistent});
  }
  void Fault(const std::string& spec) { world_->service().AddFault(spec); }
  void Break() {
    for (const auto& connection : world_->network().InUse()) {
      connection->Break();
    }
  }
  void Refuse(Duration duration) {
    world_->network().refuse_until = world_->scheduler().now() + duration;
  }
  // No connection is made, and those there are break.
  void Outage(Duration duration) {
    Refuse(duration);
    Break();
  }
  // Up to the last byte under way, in both directions; new connections as well.
  void Freeze(Duration duration) {
    Network& network = world_->network();
    network.up.frozen_until = network.down.frozen_until = world_->scheduler().now() + duration;
    network.Look();
  }
  // The sessions that brought what is stored.
  std::set<std::uint64_t> SessionsStored() {
    std::set<std::uint64_t> sessions;
    for (const emulator::Fragment& fragment : stored()) {
      sessions.insert(fragment.session);
    }
    return sessions;
  }
  // The values of this metadata, fragment by fragment.
  std::vector<std::string> TagsStored(std::string_view name) {
    std::vector<std::string> values;
    for (const emulator::Fragment& fragment : stored()) {
      for (const emulator::MkvTag& tag : fragment.tags) {
        if (tag.name == name) {
          values.push_back(tag.value);
        }
      }
    }
    return values;
  }
  // The pressures of a kind, told so far: 1 for one that began, 0 for one that has gone.
  std::string Told(PressureKind kind) const {
    std::string told;
    for (const Pressure& pressure : ledger().pressures()) {
      told += pressure.kind == kind ? (pressure.on ? "1" : "0") : "";
    }
    return told;
  }
  void ExpectNothingLost() const { EXPECT_EQ(ledger().lost(), 0u); }
  void ExpectNothingTwice() const { EXPECT_EQ(ledger().stored_again(), 0u); }

  SimOptions options_;
  std::unique_ptr<World> world_;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_SCENARIO_H_
