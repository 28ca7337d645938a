#include "plugin/client_metric.h"

#include <algorithm>
#include <cstddef>

namespace kvs::plugin {
namespace {

constexpr guint32 kStreamMetricsVersion = 3;
constexpr guint32 kClientMetricsVersion = 2;
constexpr std::int64_t kNanosPerUnit = 100;

// Where the members are on all 64-bit platforms, and on those of 32 bits that align 64-bit numbers
// to 8 bytes. Elsewhere they are where a compiler puts the same members of the SDK.
static_assert(alignof(GstKvsSinkMetric) != 8 ||
              (offsetof(GstKvsSinkStreamMetrics, current_view_duration) == 8 &&
               offsetof(GstKvsSinkStreamMetrics, current_frame_rate) == 40 &&
               offsetof(GstKvsSinkStreamMetrics, uptime) == 56 &&
               offsetof(GstKvsSinkStreamMetrics, buffered_acks) == 96 &&
               offsetof(GstKvsSinkStreamMetrics, dropped_frames) == 128 &&
               offsetof(GstKvsSinkStreamMetrics, stale_events) == 176 &&
               offsetof(GstKvsSinkStreamMetrics, cpl_api_call_latency) == 192 &&
               offsetof(GstKvsSinkStreamMetrics, elementary_frame_rate) == 208 &&
               offsetof(GstKvsSinkStreamMetrics, stream_api_call_retry_count) == 216 &&
               sizeof(GstKvsSinkStreamMetrics) == 224));
static_assert(alignof(GstKvsSinkMetric) != 8 ||
              (offsetof(GstKvsSinkClientMetrics, client_avg_api_call_retry_count) == 8 &&
               offsetof(GstKvsSinkClientMetrics, content_store_size) == 16 &&
               offsetof(GstKvsSinkClientMetrics, total_frame_rate) == 48 &&
               offsetof(GstKvsSinkClientMetrics, total_elementary_frame_rate) == 64 &&
               sizeof(GstKvsSinkClientMetrics) == 72));
static_assert(alignof(GstKvsSinkMetric) != 8 ||
              (offsetof(GstKvsSinkMetric, client_metrics) == 224 &&
               offsetof(GstKvsSinkMetric, frame_pts) == 296 &&
               offsetof(GstKvsSinkMetric, on_first_frame) == 304 &&
               sizeof(GstKvsSinkMetric) == 312));

// Times in front of 1970 do not fit.
guint64 Units(std::int64_t nanos) {
  return static_cast<guint64>(std::max<std::int64_t>(nanos, 0) / kNanosPerUnit);
}

guint64 Whole(double rate) {
  return static_cast<guint64>(std::max(rate, 0.0));
}

}  // namespace

GstKvsSinkMetric ClientMetric(const StreamMetrics& stream, const ProducerMetrics& producer,
                              MediaTime pts, bool first_frame) {
  GstKvsSinkMetric metric{};
  GstKvsSinkStreamMetrics& s = metric.stream_metrics;
  s.version = kStreamMetricsVersion;
  s.current_view_duration = Units(stream.unsent_duration.nanos());
  s.overall_view_duration = Units(stream.stored_duration.nanos());
  s.current_view_size = stream.unsent_bytes;
  s.overall_view_size = stream.stored_bytes;
  s.current_frame_rate = stream.frame_rate;
  s.current_transfer_rate = Whole(stream.transfer_rate);
  s.uptime = Units(stream.uptime.nanos());
  s.transferred_bytes = stream.bytes_sent;
  s.total_sessions = stream.sessions_opened;
  s.total_active_sessions = stream.active_sessions;
  s.avg_session_duration = Units(stream.average_session.nanos());
  s.buffered_acks = stream.acks_buffering;
  s.received_acks = stream.acks_received;
  s.persisted_acks = stream.acks_persisted;
  s.error_acks = stream.acks_error;
  s.dropped_frames = stream.frames_lost_pressure + stream.frames_lost_rejected +
                     stream.frames_lost_stopped + stream.frames_lost_too_large;
  s.dropped_fragments = stream.fragments_lost;
  s.skipped_frames = stream.frames_lost_no_key;
  s.storage_pressures = stream.store_pressures;
  s.latency_pressures = stream.latency_pressures;
  s.buffer_pressures = stream.window_pressures;
  s.stale_events = stream.stale_connections;
  s.put_frame_errors = stream.put_errors;
  s.cpl_api_call_latency = Units(stream.control_call.average.nanos());
  s.data_api_call_latency = Units(stream.connect.average.nanos());
  s.elementary_frame_rate = stream.elementary_frame_rate;
  s.stream_api_call_retry_count = static_cast<guint32>(stream.call_retries);
  GstKvsSinkClientMetrics& c = metric.client_metrics;
  c.version = kClientMetricsVersion;
  c.client_avg_api_call_retry_count = producer.average_call_retries;
  c.content_store_size = producer.store_size;
  c.content_store_available_size = producer.store_available;
  c.content_store_allocated_size = producer.store_allocated;
  c.total_content_views_size = producer.stored_bytes;
  c.total_frame_rate = Whole(producer.frame_rate);
  c.total_transfer_rate = Whole(producer.transfer_rate);
  c.total_elementary_frame_rate = producer.elementary_frame_rate;
  metric.frame_pts = Units(pts.nanos());
  metric.on_first_frame = first_frame ? 1 : 0;
  return metric;
}

}  // namespace kvs::plugin
