#include "plugin/client_metric.h"

#include <cstdint>
#include <cstring>

#include <gtest/gtest.h>

namespace kvs::plugin {
namespace {

// As a program reads it that was compiled against another description of the same bytes: the
// members of the SDK in their order, each where the rules of C++ put it.
struct SdkStream {
  std::uint32_t version;
  std::uint64_t current_view_duration, overall_view_duration, current_view_size, overall_view_size;
  double current_frame_rate;
  std::uint64_t current_transfer_rate, uptime, transferred_bytes, total_sessions, active_sessions,
      average_session, buffered_acks, received_acks, persisted_acks, error_acks, dropped_frames,
      dropped_fragments, skipped_frames, storage_pressures, latency_pressures, buffer_pressures,
      stale_events, put_frame_errors, control_latency, data_latency;
  double elementary_frame_rate;
  std::uint32_t retries;
};
struct SdkClient {
  std::uint32_t version;
  double average_retries;
  std::uint64_t store_size, store_available, store_allocated, views_size, frame_rate,
      transfer_rate;
  double elementary_frame_rate;
};
class StreamObject {
 public:
  const SdkStream* raw() const { return &raw_; }

 private:
  SdkStream raw_;
};
class ClientObject {
 public:
  const SdkClient* raw() const { return &raw_; }

 private:
  SdkClient raw_;
};
struct SdkMetric {
  StreamObject stream_metrics;
  ClientObject client_metrics;
  std::uint64_t frame_pts;
  bool on_first_frame;
};

SdkMetric Read(const GstKvsSinkMetric& metric) {
  static_assert(sizeof(SdkMetric) == sizeof(GstKvsSinkMetric));
  SdkMetric read;
  std::memcpy(static_cast<void*>(&read), &metric, sizeof(read));
  return read;
}

TEST(ClientMetricTest, IsReadByProgramsThatKnowTheSdksStructures) {
  StreamMetrics stream;
  stream.unsent_duration = Duration::Millis(1);
  stream.stored_duration = Duration::Millis(2);
  stream.unsent_bytes = 3;
  stream.stored_bytes = 4;
  stream.frame_rate = 24.5;
  stream.transfer_rate = 1000.9;
  stream.uptime = Duration::Seconds(7);
  stream.bytes_sent = 8;
  stream.sessions_opened = 9;
  stream.active_sessions = 10;
  stream.average_session = Duration::Millis(11);
  stream.acks_buffering = 12;
  stream.acks_received = 13;
  stream.acks_persisted = 14;
  stream.acks_error = 15;
  stream.frames_lost_pressure = 1;
  stream.frames_lost_rejected = 2;
  stream.frames_lost_stopped = 4;
  stream.frames_lost_too_large = 8;
  stream.fragments_lost = 17;
  stream.frames_lost_no_key = 18;
  stream.store_pressures = 19;
  stream.latency_pressures = 20;
  stream.window_pressures = 21;
  stream.stale_connections = 22;
  stream.put_errors = 23;
  stream.control_call.average = Duration::Millis(24);
  stream.connect.average = Duration::Millis(25);
  stream.elementary_frame_rate = 26.5;
  stream.call_retries = 27;
  ProducerMetrics producer;
  producer.average_call_retries = 0.5;
  producer.store_size = 31;
  producer.store_available = 32;
  producer.store_allocated = 33;
  producer.stored_bytes = 34;
  producer.frame_rate = 35.9;
  producer.transfer_rate = 36.1;
  producer.elementary_frame_rate = 37.5;

  const SdkMetric read =
      Read(ClientMetric(stream, producer, MediaTime::FromNanos(1'700'000'000'123'456'789), true));
  const SdkStream& s = *read.stream_metrics.raw();
  EXPECT_EQ(s.version, 3U);
  EXPECT_EQ(s.current_view_duration, 10'000U);
  EXPECT_EQ(s.overall_view_duration, 20'000U);
  EXPECT_EQ(s.current_view_size, 3U);
  EXPECT_EQ(s.overall_view_size, 4U);
  EXPECT_EQ(s.current_frame_rate, 24.5);
  EXPECT_EQ(s.current_transfer_rate, 1000U);
  EXPECT_EQ(s.uptime, 70'000'000U);
  EXPECT_EQ(s.transferred_bytes, 8U);
  EXPECT_EQ(s.total_sessions, 9U);
  EXPECT_EQ(s.active_sessions, 10U);
  EXPECT_EQ(s.average_session, 110'000U);
  EXPECT_EQ(s.buffered_acks, 12U);
  EXPECT_EQ(s.received_acks, 13U);
  EXPECT_EQ(s.persisted_acks, 14U);
  EXPECT_EQ(s.error_acks, 15U);
  EXPECT_EQ(s.dropped_frames, 15U);
  EXPECT_EQ(s.dropped_fragments, 17U);
  EXPECT_EQ(s.skipped_frames, 18U);
  EXPECT_EQ(s.storage_pressures, 19U);
  EXPECT_EQ(s.latency_pressures, 20U);
  EXPECT_EQ(s.buffer_pressures, 21U);
  EXPECT_EQ(s.stale_events, 22U);
  EXPECT_EQ(s.put_frame_errors, 23U);
  EXPECT_EQ(s.control_latency, 240'000U);
  EXPECT_EQ(s.data_latency, 250'000U);
  EXPECT_EQ(s.elementary_frame_rate, 26.5);
  EXPECT_EQ(s.retries, 27U);
  const SdkClient& c = *read.client_metrics.raw();
  EXPECT_EQ(c.version, 2U);
  EXPECT_EQ(c.average_retries, 0.5);
  EXPECT_EQ(c.store_size, 31U);
  EXPECT_EQ(c.store_available, 32U);
  EXPECT_EQ(c.store_allocated, 33U);
  EXPECT_EQ(c.views_size, 34U);
  EXPECT_EQ(c.frame_rate, 35U);
  EXPECT_EQ(c.transfer_rate, 36U);
  EXPECT_EQ(c.elementary_frame_rate, 37.5);
  EXPECT_EQ(read.frame_pts, 17'000'000'001'234'567U);
  EXPECT_TRUE(read.on_first_frame);
}

TEST(ClientMetricTest, WhatDoesNotFitIsNothing) {
  StreamMetrics stream;
  stream.stored_duration = Duration::Millis(-1);
  stream.transfer_rate = -0.5;
  const GstKvsSinkMetric metric = ClientMetric(stream, {}, MediaTime::FromNanos(-5), false);
  EXPECT_EQ(metric.stream_metrics.overall_view_duration, 0U);
  EXPECT_EQ(metric.stream_metrics.current_transfer_rate, 0U);
  EXPECT_EQ(metric.frame_pts, 0U);
  EXPECT_EQ(metric.on_first_frame, 0U);
}

}  // namespace
}  // namespace kvs::plugin
