#include "plugin/messages.h"

#include <gtest/gtest.h>

#include "tests/plugin/gst_environment.h"

namespace kvs::plugin {
namespace {

guint64 Uint64Of(const GstStructure* s, const char* field) {
  guint64 value = 0;
  EXPECT_TRUE(gst_structure_get_uint64(s, field, &value)) << field;
  return value;
}

TEST(EventStructureTest, NamesEachEvent) {
  const struct {
    StreamEvent event;
    const char* name;
  } cases[] = {
      {StreamCreated{"arn:x"}, "kvssink-stream-created"},
      {Connecting{}, "kvssink-connecting"},
      {Connected{}, "kvssink-connected"},
      {Disconnected{}, "kvssink-disconnected"},
      {FragmentAcked{{AckType::kPersisted, 5, "n", 0, ""}, 1}, "kvssink-fragment-acked"},
      {FragmentAcked{{AckType::kBuffering, 5, "n", 0, ""}, 1}, nullptr},
      {FragmentAcked{{AckType::kIdle, {}, "", 0, ""}, 1}, nullptr},
      {FramesLost{}, "kvssink-frames-lost"},
      {CredentialsRenewed{}, "kvssink-credentials"},
      {CredentialsFailing{}, "kvssink-credentials"},
      {TriggerChanged{}, "kvssink-trigger"},
      {TriggerFinished{}, "kvssink-trigger-finished"},
      {Drained{}, "kvssink-drained"},
      {StreamFailed{}, nullptr},
      {Stopped{}, nullptr},
  };
  for (const auto& c : cases) {
    const StructurePtr s = EventStructure("door", c.event);
    ASSERT_EQ(s != nullptr, c.name != nullptr);
    if (s != nullptr) {
      EXPECT_STREQ(gst_structure_get_name(s.get()), c.name);
      EXPECT_STREQ(gst_structure_get_string(s.get(), "stream-name"), "door");
    }
  }
}

TEST(EventStructureTest, SaysHowCredentialsFare) {
  const StructurePtr renewed =
      EventStructure("door", CredentialsRenewed{"a file", WallTime::FromSeconds(1'700'000'000)});
  EXPECT_STREQ(gst_structure_get_string(renewed.get(), "state"), "renewed");
  EXPECT_STREQ(gst_structure_get_string(renewed.get(), "source"), "a file");
  gint64 time = 0;
  EXPECT_TRUE(gst_structure_get_int64(renewed.get(), "expires", &time));
  EXPECT_EQ(time, 1'700'000'000'000'000'000);
  EXPECT_FALSE(gst_structure_has_field(renewed.get(), "message"));
  const StructurePtr endless = EventStructure("door", CredentialsRenewed{"a file", {}});
  EXPECT_FALSE(gst_structure_has_field(endless.get(), "expires"));
  const StructurePtr found = EventStructure("door", CredentialsRenewed{"a file", {}, /*first=*/true});
  EXPECT_STREQ(gst_structure_get_string(found.get(), "state"), "found");
  const StructurePtr failing = EventStructure(
      "door", CredentialsFailing{"AWS IoT", Status(StatusCode::kCredentialsRefused, "no").WithService(403, "", ""),
                                 Duration::Seconds(10)});
  EXPECT_STREQ(gst_structure_get_string(failing.get(), "state"), "failing");
  EXPECT_STREQ(gst_structure_get_string(failing.get(), "source"), "AWS IoT");
  EXPECT_STREQ(gst_structure_get_string(failing.get(), "status-code"), "CredentialsRefused");
  EXPECT_STREQ(gst_structure_get_string(failing.get(), "message"), "no (HTTP 403)");
  EXPECT_TRUE(gst_structure_get_int64(failing.get(), "retry-in", &time));
  EXPECT_EQ(time, 10'000'000'000);
}

TEST(EventStructureTest, HasTheNumbers) {
  FramesLost lost;
  lost.reason = LossReason::kPressure;
  lost.frames = 12;
  lost.bytes = 3400;
  const StructurePtr s = EventStructure("door", lost);
  EXPECT_STREQ(gst_structure_get_string(s.get(), "reason"), "pressure");
  EXPECT_EQ(Uint64Of(s.get(), "frames"), 12U);
  EXPECT_EQ(Uint64Of(s.get(), "bytes"), 3400U);
}

TEST(StatusDetailsTest, HasEverythingAProgramNeeds) {
  const StructurePtr s = StatusDetails(
      "door", Status(StatusCode::kThrottled, "slow down").WithService(429, "Throttling", "r-9"));
  EXPECT_STREQ(gst_structure_get_string(s.get(), "status-code"), "Throttled");
  EXPECT_STREQ(gst_structure_get_string(s.get(), "service-error"), "Throttling");
  EXPECT_STREQ(gst_structure_get_string(s.get(), "request-id"), "r-9");
  int http = 0;
  EXPECT_TRUE(gst_structure_get_int(s.get(), "http-status", &http));
  EXPECT_EQ(http, 429);
}

TEST(StatsStructureTest, CarriesLibraryAndPadCounters) {
  StreamMetrics metrics;
  metrics.frames_put = 7;
  metrics.frames_not_triggered = 3;
  PadCounters counters;
  counters.corrupted = 2;
  ProducerMetrics producer;
  producer.store_size = 128;
  producer.store_available = 100;
  producer.network_busy = 0.75;
  const StructurePtr s = StatsStructure(metrics, producer, counters);
  EXPECT_EQ(Uint64Of(s.get(), "frames-put"), 7U);
  EXPECT_EQ(Uint64Of(s.get(), "frames-not-triggered"), 3U);
  EXPECT_EQ(Uint64Of(s.get(), "frames-dropped-corrupted"), 2U);
  EXPECT_EQ(Uint64Of(s.get(), "store-size"), 128U);
  EXPECT_EQ(Uint64Of(s.get(), "store-available"), 100U);
  double busy = 0;
  EXPECT_TRUE(gst_structure_get_double(s.get(), "network-busy", &busy));
  EXPECT_EQ(busy, 0.75);
}

}  // namespace
}  // namespace kvs::plugin
