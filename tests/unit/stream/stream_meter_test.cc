#include "pic/stream/stream_meter.h"

#include <gtest/gtest.h>

#include "pic/stream/pressure.h"

namespace kvs {
namespace {

constexpr MonoTime kStart = MonoTime::FromSeconds(1000);

StreamMetrics Of(const StreamMeter& meter, MonoTime now) {
  StreamMetrics metrics;
  meter.Fill(metrics, now);
  return metrics;
}

TEST(StreamMeterTest, FrameRatesByClockAndByTimeStamps) {
  StreamMeter meter;
  MonoTime now = kStart;
  // Reordered pictures, 25 a second by their time stamps, put at twice that pace.
  const int order[] = {0, 3, 1, 2, 6, 4, 5, 9, 7, 8};
  for (int group = 0; group < 40; ++group) {
    for (const int place : order) {
      meter.OnPut(MediaTime::FromMillis(40 * (group * 10 + place)), now);
      now = now + Duration::Millis(20);
    }
  }
  EXPECT_NEAR(Of(meter, now).frame_rate, 50, 0.5);
  EXPECT_NEAR(Of(meter, now).elementary_frame_rate, 25, 2);
  EXPECT_EQ(Of(meter, now + Duration::Seconds(6)).frame_rate, 0);  // nobody puts frames any more
}

TEST(StreamMeterTest, TransferRateIsSampled) {
  StreamMeter meter;
  MonoTime now = kStart;
  for (int i = 0; i < 1000; ++i) {
    meter.OnSent(1000, now);
    now = now + Duration::Millis(10);
  }
  EXPECT_NEAR(Of(meter, now).transfer_rate, 100'000, 6'000);
  EXPECT_EQ(Of(meter, now + Duration::Seconds(6)).transfer_rate, 0);
}

TEST(StreamMeterTest, LatenciesHaveLastAverageAndLongest) {
  LatencyMetrics latency;
  for (const std::int64_t millis : {100, 100, 300, 100}) {
    StreamMeter::Note(latency, Duration::Millis(millis));
  }
  EXPECT_EQ(latency.count, 4u);
  EXPECT_EQ(latency.last.millis(), 100);
  EXPECT_EQ(latency.longest.millis(), 300);
  EXPECT_EQ(latency.average.millis(), 109);
}

TEST(StreamMeterTest, SessionsAndUptime) {
  StreamMeter meter;
  EXPECT_EQ(Of(meter, kStart).uptime, Duration());
  meter.OnStart(kStart);
  meter.OnStart(kStart + Duration::Seconds(5));
  meter.OnSessionEnded(Duration::Seconds(10));
  meter.OnSessionEnded(Duration::Seconds(30));
  const StreamMetrics metrics = Of(meter, kStart + Duration::Seconds(60));
  EXPECT_EQ(metrics.uptime.seconds(), 60);
  EXPECT_EQ(metrics.average_session.seconds(), 20);
}

TEST(PressureSwitchTest, TellsOnceAndAgainOnlyAfterItWasLow) {
  PressureSwitch pressure;
  EXPECT_FALSE(pressure.Update(0.94));
  EXPECT_TRUE(pressure.Update(0.95));
  EXPECT_TRUE(pressure.on());
  EXPECT_FALSE(pressure.Update(1.0));
  EXPECT_FALSE(pressure.Update(0.81));
  EXPECT_TRUE(pressure.Update(0.80));
  EXPECT_FALSE(pressure.on());
  EXPECT_FALSE(pressure.Update(0.94));
}

}  // namespace
}  // namespace kvs
