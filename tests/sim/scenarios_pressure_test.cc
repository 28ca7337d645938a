// Stories about room: what is told when it gets tight, what is given up, and what waits.
#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

using PressureScenario = Scenario;

TEST_F(PressureScenario, FullWindowIsToldOnceAndWhenItIsOver) {
  options_.config.buffer_duration = Duration::Seconds(20);
  Begin();
  Millis(4500);
  Freeze(Duration::Seconds(19));
  Seconds(18);
  EXPECT_EQ(Told(PressureKind::kWindow), "");
  Until([](const StreamMetrics& m) { return m.window_pressures > 0; }, Duration::Seconds(1));
  ExpectNothingLost();  // told in time
  Seconds(20);
  EXPECT_EQ(Told(PressureKind::kWindow), "10");
  EndWell();
  ExpectNothingLost();
}

// Full, and over it again and again as fragments are given up one by one: that is one pressure.
TEST_F(PressureScenario, LevelThatTremblesIsToldOnce) {
  options_.config.buffer_duration = Duration::Seconds(20);
  options_.store_bytes = 256 << 10;
  Begin();
  Seconds(4);
  Outage(Duration::Seconds(120));
  Seconds(110);
  EXPECT_EQ(Told(PressureKind::kWindow) + Told(PressureKind::kStore), "1");
  Seconds(30);
  EXPECT_EQ(Told(PressureKind::kWindow) + Told(PressureKind::kStore), "10");
  EndWell();
  EXPECT_EQ(ledger().lost(), ledger().lost(LossReason::kPressure));
}

TEST_F(PressureScenario, FullStoreIsToldOnceAndWhenItIsOver) {
  options_.store_bytes = 256 << 10;
  Begin();
  Seconds(4);
  Outage(Duration::Seconds(80));
  Until([](const StreamMetrics& m) { return m.store_pressures > 0; }, Duration::Seconds(80));
  ExpectNothingLost();
  Seconds(100);
  EXPECT_EQ(Told(PressureKind::kStore), "10");
  EndWell();
}

TEST_F(PressureScenario, LateMediaIsToldOnceAndWhenItHasCaughtUp) {
  options_.config.max_latency = Duration::Seconds(8);
  Begin();
  Seconds(4);
  Outage(Duration::Seconds(15));
  Seconds(15);
  EXPECT_EQ(Told(PressureKind::kLatency), "1");
  Seconds(20);
  EXPECT_EQ(Told(PressureKind::kLatency), "10");
  EndWell();
  ExpectNothingLost();
}

TEST_F(PressureScenario, OfflineIsMeantToFillUp) {
  options_.config.streaming_type = StreamingType::kOffline;
  options_.config.buffer_duration = Duration::Seconds(20);
  options_.media_ends = true;
  options_.store_bytes = 128 << 10;
  Begin();
  EXPECT_TRUE(world_->RunUntil([&] { return world_->camera().done(); }, Duration::Minutes(10)));
  EndWell();
  ExpectNothingLost();
  EXPECT_TRUE(ledger().pressures().empty());
}

TEST_F(PressureScenario, FullWindowGivesUpWholeFragmentsOldestFirst) {
  options_.config.buffer_duration = Duration::Seconds(20);
  Build();
  Refuse(Duration::Seconds(60));
  world_->camera().Start();
  Seconds(80);
  EndWell();
  const auto lost = static_cast<std::uint32_t>(ledger().lost(LossReason::kPressure));
  EXPECT_EQ(lost, ledger().lost());
  EXPECT_EQ(lost % (2 * kFramesPerSecond), 0u);
  EXPECT_GE(lost, 38u * kFramesPerSecond);
  EXPECT_LE(lost, 52u * kFramesPerSecond);
  EXPECT_FALSE(ledger().WasStored({0, lost - 1}));
  EXPECT_TRUE(ledger().WasStored({0, lost}));
}

// A line that carries a third of what the camera makes: most fragments never get on it, and those
// that do are whole.
TEST_F(PressureScenario, NeverHalfAFragmentOnTheWire) {
  options_.config.buffer_duration = Duration::Seconds(10);
  options_.network.bytes_per_second = 1200;
  options_.network.window_bytes = 2000;
  options_.network.piece_bytes_max = options_.network.pull_bytes_max = 500;
  Begin();
  Seconds(120);
  EndWell();
  EXPECT_GT(ledger().lost(LossReason::kPressure), ledger().accepted() / 3);
  // What follows a fragment that was given up while it was still being filled is of no use.
  EXPECT_EQ(ledger().lost(),
            ledger().lost(LossReason::kPressure) + ledger().lost(LossReason::kNoKeyFrame));
  EXPECT_GT(ledger().stored(), ledger().accepted() / 4);
  EXPECT_EQ(metrics().sessions_failed, 0u);
  for (const emulator::Fragment& fragment : stored()) {
    EXPECT_TRUE(fragment.first_frame_key);
  }
}

TEST_F(PressureScenario, RoomOfWhatWasSentIsTakenBeforeAnythingIsLost) {
  options_.store_bytes = 128 << 10;
  options_.service.ack_delay_persisted = Duration::Seconds(45);
  Begin();
  Seconds(100);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
}

TEST_F(PressureScenario, RoomOfWhatWasSentAndThenTheConnectionBreaks) {
  options_.store_bytes = 128 << 10;
  options_.service.ack_delay_persisted = Duration::Seconds(45);
  Begin();
  Seconds(60);
  Break();
  Seconds(60);
  EndWell();
  EXPECT_GT(ledger().lost(LossReason::kPressure), 0u);  // it cannot be sent again, and is told
  EXPECT_EQ(ledger().lost(), ledger().lost(LossReason::kPressure));
}

TEST_F(PressureScenario, AThousandFramesASecondAreNotDroppedEarly) {
  options_.tracks[0].frame_interval = Duration::Millis(1);
  options_.tracks[0].key_bytes_min = options_.tracks[0].key_bytes_max = 100;
  options_.tracks[0].frame_bytes_min = options_.tracks[0].frame_bytes_max = 40;
  Begin();
  Seconds(4);
  Outage(Duration::Seconds(20));
  Seconds(30);
  EndWell();
  ExpectNothingLost();
  EXPECT_GE(ledger().accepted(), 34'000u);
}

TEST_F(PressureScenario, RecordsOfFramesAreBounded) {
  options_.max_frames = 500;
  Begin();
  Seconds(4);
  Outage(Duration::Seconds(60));
  Seconds(80);
  EndWell();
  EXPECT_GT(ledger().lost(LossReason::kPressure), 0u);
  EXPECT_EQ(ledger().lost(), ledger().lost(LossReason::kPressure));
}

TEST_F(PressureScenario, StoreFullInAnOutageGivesUpWholeFragmentsOldestFirst) {
  options_.store_bytes = 256 << 10;
  Begin();
  Seconds(4);
  Refuse(Duration::Seconds(120));
  Break();
  Seconds(120);
  Seconds(20);
  EndWell();
  EXPECT_GT(ledger().lost(LossReason::kPressure), 0u);
  EXPECT_EQ(ledger().lost(), ledger().lost(LossReason::kPressure));
  // What is missing is one run of whole groups.
  const auto count = static_cast<std::uint32_t>(ledger().accepted());
  std::uint32_t first = 0;
  while (first < count && ledger().WasStored({0, first})) {
    ++first;
  }
  std::uint32_t next = first;
  while (next < count && !ledger().WasStored({0, next})) {
    ++next;
  }
  // The fragment whose last ack the outage swallowed is stored, which the stream cannot know.
  EXPECT_EQ(next - first + 2 * kFramesPerSecond, ledger().lost());
  EXPECT_EQ(first % (2 * kFramesPerSecond), 0u);
  EXPECT_EQ(next % (2 * kFramesPerSecond), 0u);
  // Reports name it, a few times and not for each frame.
  EXPECT_LE(ledger().losses().size(), 15u);
}

TEST_F(PressureScenario, FragmentLargerThanTheStoreIsEndedEarly) {
  options_.store_bytes = 128 << 10;
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Seconds(8);
  options_.tracks[0].frame_bytes_min = options_.tracks[0].frame_bytes_max = 1000;
  Begin();
  Seconds(60);
  EndWell();
  EXPECT_GT(stored().size(), 6u);
  EXPECT_GT(ledger().stored(), ledger().accepted() / 2);
}

TEST_F(PressureScenario, OfflineWithATinyStore) {
  options_.config.streaming_type = StreamingType::kOffline;
  options_.media_ends = true;
  options_.storm = Duration::Seconds(60);  // of media, twice
  options_.store_bytes = 64 << 10;
  options_.tracks.push_back(Audio());
  Begin();
  EXPECT_TRUE(world_->RunUntil([&] { return world_->camera().done(); }, Duration::Minutes(10)));
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(ledger().stored(), ledger().accepted());
  EXPECT_GE(ledger().accepted(), 120u * kFramesPerSecond);
}

TEST_F(PressureScenario, OfflineThroughAnOutage) {
  options_.config.streaming_type = StreamingType::kOffline;
  options_.media_ends = true;
  options_.storm = Duration::Seconds(60);
  options_.store_bytes = 128 << 10;
  Begin();
  Millis(300);
  Refuse(Duration::Seconds(60));
  Break();
  EXPECT_TRUE(world_->RunUntil([&] { return world_->camera().done(); }, Duration::Minutes(10)));
  EndWell();
  ExpectNothingLost();
}

}  // namespace
}  // namespace kvs::sim
