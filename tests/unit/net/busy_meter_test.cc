#include "producer/net/busy_meter.h"

#include <gtest/gtest.h>

namespace kvs::net {
namespace {

MonoTime At(std::int64_t ms) { return MonoTime::FromNanos(Duration::Millis(ms).nanos()); }

TEST(BusyMeterTest, IsTheTimeThatIsNotWaited) {
  BusyMeter meter;
  EXPECT_EQ(meter.Share(At(0)), 0.0);
  for (int i = 0; i < 30; ++i) {  // 30 ms of 100
    meter.BeginWait(At(i * 100 + 30));
    meter.EndWait(At(i * 100 + 100));
  }
  EXPECT_NEAR(meter.Share(At(3000)), 0.3, 0.04);
}

TEST(BusyMeterTest, AThreadThatNeverWaitsIsBusyAltogether) {
  BusyMeter meter;
  meter.BeginWait(At(0));
  meter.EndWait(At(0));
  EXPECT_EQ(meter.Share(At(5000)), 1.0);  // it has not come back yet
  meter.BeginWait(At(5000));
  EXPECT_EQ(meter.Share(At(5001)), 1.0);
}

TEST(BusyMeterTest, AThreadThatSleepsIsNotBusyAnyMore) {
  BusyMeter meter;
  meter.BeginWait(At(0));
  meter.EndWait(At(1));
  meter.BeginWait(At(2000));
  EXPECT_NEAR(meter.Share(At(2001)), 1.0, 0.001);
  EXPECT_EQ(meter.Share(At(12'000)), 0.0);
}

}  // namespace
}  // namespace kvs::net
