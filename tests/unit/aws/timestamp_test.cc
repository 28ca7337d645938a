#include "producer/aws/timestamp.h"

#include <gtest/gtest.h>

namespace kvs::aws {
namespace {

TEST(TimestampTest, FormatsForSigning) {
  EXPECT_EQ(FormatBasicTime(WallTime::FromSeconds(1'440'938'160)), "20150830T123600Z");
  EXPECT_EQ(FormatBasicTime(WallTime::FromSeconds(0)), "19700101T000000Z");
  EXPECT_EQ(FormatBasicTime(WallTime::FromSeconds(1'709'164'800)), "20240229T000000Z");
  EXPECT_EQ(FormatBasicTime(WallTime::FromSeconds(4'102'444'799)), "20991231T235959Z");
  EXPECT_EQ(FormatBasicTime(WallTime::FromMillis(1'440'938'160'999)), "20150830T123600Z");
  EXPECT_EQ(FormatIsoTime(WallTime::FromSeconds(1'440'938'160)), "2015-08-30T12:36:00Z");
}

TEST(TimestampTest, ReadsIsoTimes) {
  EXPECT_EQ(ParseIsoTime("2015-08-30T12:36:00Z"), WallTime::FromSeconds(1'440'938'160));
  EXPECT_EQ(ParseIsoTime("2024-02-29T00:00:00Z"), WallTime::FromSeconds(1'709'164'800));
  EXPECT_EQ(ParseIsoTime("2015-08-30T12:36:00.5Z"), WallTime::FromMillis(1'440'938'160'500));
  EXPECT_EQ(ParseIsoTime("2015-08-30T12:36:00.000000001Z"),
            WallTime::FromNanos(1'440'938'160'000'000'001));
  // As the aws command line and Python print them.
  EXPECT_EQ(ParseIsoTime("2015-08-30T12:36:00+00:00"), WallTime::FromSeconds(1'440'938'160));
  EXPECT_EQ(ParseIsoTime("2015-08-30T14:06:00+01:30"), WallTime::FromSeconds(1'440'938'160));
  EXPECT_EQ(ParseIsoTime("2015-08-30T05:36:00.500000-07:00"), WallTime::FromMillis(1'440'938'160'500));
}

TEST(TimestampTest, RefusesWhatIsNoIsoTime) {
  for (const char* text :
       {"", "Z", "2015-08-30T12:36:00", "2015-08-30 12:36:00Z", "2015-08-30T12:36:00+0100", "2015-08-30T12:36:00+24:00", "2015-08-30T12:36:00+00:60", "+00:00", "2015-08-30T12:36:00+00:00Z",
        "2015-02-29T00:00:00Z", "2015-13-01T00:00:00Z", "2015-00-01T00:00:00Z",
        "2015-01-32T00:00:00Z", "2015-01-01T24:00:00Z", "2015-01-01T00:60:00Z",
        "2015-01-01T00:00:61Z", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z",
        "2015-08-30T12:36:00.Z", "2015-08-30T12:36:00.1234567890Z", "2015-08-30T12:36:00.1xZ",
        "2015-08-30T12:36:00ZZ", "-015-08-30T12:36:00Z"}) {
    EXPECT_EQ(ParseIsoTime(text), std::nullopt) << text;
  }
}

TEST(TimestampTest, IsoRoundTripOverManyDays) {
  constexpr std::int64_t kStep = 86'400 * 17 + 3'661;
  for (std::int64_t seconds = 0; seconds < 9'000'000'000; seconds += kStep) {
    const WallTime time = WallTime::FromSeconds(seconds);
    ASSERT_EQ(ParseIsoTime(FormatIsoTime(time)), time) << seconds;
  }
}

TEST(TimestampTest, ReadsHttpDates) {
  EXPECT_EQ(ParseHttpDate("Sun, 30 Aug 2015 12:36:00 GMT"), WallTime::FromSeconds(1'440'938'160));
  EXPECT_EQ(ParseHttpDate("Thu, 01 Jan 1970 00:00:00 GMT"), WallTime());
  for (const char* text : {"", "120", "Sun, 30 Foo 2015 12:36:00 GMT",
                           "Sun, 30 Aug 2015 12:36:00 CET", "Sunday, 30-Aug-15 12:36:00 GMT",
                           "Sun Aug 30 12:36:00 2015", "Sun, 31 Feb 2015 12:36:00 GMT"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace kvs::aws
