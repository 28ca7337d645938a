#include "plugin/metadata.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::plugin {
namespace {

MediaTime At(std::int64_t millis) {
  return MediaTime::FromNanos(1'700'000'000'000'000'000 + millis * 1'000'000);
}

// 'i' and 'n' for what each key frame is to be preceded by, '.' for none.
std::string Asked(FragmentEvents& events, std::initializer_list<std::int64_t> millis) {
  std::string asked;
  for (const std::int64_t at : millis) {
    std::string here;
    for (const MediaEvent& event : events.BeforeKeyFrame(At(at))) {
      here += event.type == MediaEventType::kImageGeneration ? 'i' : 'n';
    }
    asked += here.empty() ? "." : here;
  }
  return asked;
}

FragmentEventRules Rules(unsigned image, unsigned notification, Duration shortest) {
  FragmentEventRules rules;
  rules.image_every = image;
  rules.notification_every = notification;
  rules.shortest_fragment = shortest;
  return rules;
}

TEST(FragmentEventsTest, AreForTheFirstAndEveryNthFragment) {
  FragmentEvents events(Rules(2, 3, Duration::Seconds(1)));
  EXPECT_EQ(Asked(events, {0, 2000, 4000, 6000, 8000, 10000, 12000}), "in.ini.in");
}

TEST(FragmentEventsTest, CountOnlyKeyFramesThatBeginAFragment) {
  FragmentEvents every(Rules(0, 1, Duration::Seconds(1)));
  EXPECT_EQ(Asked(every, {0, 500, 999, 1000, 1400, 2000}), "n..n.n");
  FragmentEvents by_duration(Rules(1, 0, Duration::Seconds(3)));
  EXPECT_EQ(Asked(by_duration, {0, 1000, 2000, 3000, 5999, 6000}), "i..i.i");
}

TEST(FragmentEventsTest, GoOnWhenTimeJumpsBack) {
  FragmentEvents events(Rules(0, 1, Duration::Seconds(1)));
  EXPECT_EQ(Asked(events, {30000, 500, 1000, 1500}), "nn.n");
}

TEST(FragmentEventsTest, TakeTwoPicturesOfATimeForOneFragment) {
  FragmentEvents events(Rules(0, 2, Duration::Seconds(1)));
  EXPECT_EQ(Asked(events, {10000, 9960, 12000, 11960, 14000, 13960}), "n...n.");
}

TEST(FragmentEventsTest, CompareTimesAsTheyAreWritten) {
  FragmentEventRules rules = Rules(0, 1, Duration::Seconds(1));
  FragmentEvents events(rules);
  // 999.9999 ms, but a second in units of a millisecond.
  EXPECT_EQ(events.BeforeKeyFrame(MediaTime::FromNanos(5'000'000'900)).size(), 1U);
  EXPECT_EQ(events.BeforeKeyFrame(MediaTime::FromNanos(6'000'000'800)).size(), 1U);
}

TEST(FragmentEventsTest, AreNoneUnlessAskedFor) {
  FragmentEvents events;
  EXPECT_FALSE(events.enabled());
  EXPECT_EQ(Asked(events, {0, 2000}), "..");
}

}  // namespace
}  // namespace kvs::plugin
