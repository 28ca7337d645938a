#include "plugin/messages.h"

#include <utility>

#include "plugin/error_map.h"

namespace kvs::plugin {
namespace {

std::string Name(StatusCode code) {
  return std::string(Describe(code).name);
}

void Post(GstElement* element, GstMessageType type, std::string_view stream, const Status& status,
          const std::string& text) {
  const ErrorClass error = ErrorClassOf(status.code());
  gst_element_message_full_with_details(element, type, error.domain, error.code,
                                        g_strdup(text.c_str()), g_strdup(status.ToString().c_str()),
                                        "kvssink", "Post", __LINE__,
                                        StatusDetails(stream, status).release());
}

StructurePtr NewStructure(const char* name, std::string_view stream) {
  return StructurePtr(
      gst_structure_new(name, "stream-name", G_TYPE_STRING, std::string(stream).c_str(), nullptr));
}

void AddReason(GstStructure* s, const Status& reason) {
  gst_structure_set(s, "status-code", G_TYPE_STRING, Name(reason.code()).c_str(), "http-status",
                    G_TYPE_INT, reason.http_status(), "message", G_TYPE_STRING,
                    reason.ok() ? "" : ReasonText(reason).c_str(), "service-error", G_TYPE_STRING,
                    reason.service_error().c_str(), "request-id", G_TYPE_STRING,
                    reason.request_id().c_str(), nullptr);
}

void SetTime(GstStructure* s, const char* field, std::int64_t nanos) {
  gst_structure_set(s, field, G_TYPE_INT64, static_cast<gint64>(nanos), nullptr);
}

StructurePtr Make(std::string_view stream, const StreamCreated& e) {
  StructurePtr s = NewStructure("kvssink-stream-created", stream);
  gst_structure_set(s.get(), "arn", G_TYPE_STRING, e.arn.c_str(), nullptr);
  return s;
}

StructurePtr Make(std::string_view stream, const Connecting& e) {
  StructurePtr s = NewStructure("kvssink-connecting", stream);
  gst_structure_set(s.get(), "attempt", G_TYPE_INT, e.attempt, nullptr);
  return s;
}

StructurePtr Make(std::string_view stream, const Connected& e) {
  StructurePtr s = NewStructure("kvssink-connected", stream);
  gst_structure_set(s.get(), "session", G_TYPE_UINT64, static_cast<guint64>(e.session), nullptr);
  return s;
}

StructurePtr Make(std::string_view stream, const Disconnected& e) {
  StructurePtr s = NewStructure("kvssink-disconnected", stream);
  AddReason(s.get(), e.reason);
  SetTime(s.get(), "retry-in", e.retry_in.nanos());
  gst_structure_set(s.get(), "fragments-waiting", G_TYPE_UINT64,
                    static_cast<guint64>(e.fragments_waiting), nullptr);
  return s;
}

StructurePtr Make(std::string_view stream, const FragmentAcked& e) {
  if (e.ack.type != AckType::kReceived && e.ack.type != AckType::kPersisted &&
      e.ack.type != AckType::kError) {
    return nullptr;
  }
  StructurePtr s = NewStructure("kvssink-fragment-acked", stream);
  gst_structure_set(s.get(), "type", G_TYPE_STRING, std::string(AckTypeName(e.ack.type)).c_str(),
                    "fragment-number", G_TYPE_STRING, e.ack.fragment_number.c_str(), "error-id",
                    G_TYPE_INT, e.ack.error_id, "error-code", G_TYPE_STRING,
                    e.ack.error_code.c_str(), "session", G_TYPE_UINT64,
                    static_cast<guint64>(e.session), nullptr);
  if (e.ack.timecode.has_value()) {
    SetTime(s.get(), "timecode", *e.ack.timecode);
  }
  return s;
}

StructurePtr MakeLoss(const char* name, std::string_view stream, const FramesLost& e) {
  StructurePtr s = NewStructure(name, stream);
  gst_structure_set(s.get(), "reason", G_TYPE_STRING, LossReasonName(e.reason), "frames",
                    G_TYPE_UINT64, static_cast<guint64>(e.frames), "bytes", G_TYPE_UINT64,
                    static_cast<guint64>(e.bytes), "message", G_TYPE_STRING,
                    e.detail.ok() ? "" : ReasonText(e.detail).c_str(), nullptr);
  SetTime(s.get(), "first-pts", e.first_pts.nanos());
  SetTime(s.get(), "last-pts", e.last_pts.nanos());
  return s;
}

StructurePtr Make(std::string_view stream, const FramesLost& e) {
  return MakeLoss("kvssink-frames-lost", stream, e);
}

StructurePtr Make(std::string_view stream, const Pressure& e) {
  constexpr const char* kKinds[] = {"store", "window", "latency"};
  StructurePtr s = NewStructure("kvssink-pressure", stream);
  gst_structure_set(s.get(), "kind", G_TYPE_STRING, kKinds[static_cast<std::size_t>(e.kind)], "on", G_TYPE_BOOLEAN,
                    e.on ? TRUE : FALSE, "stored-bytes", G_TYPE_UINT64, static_cast<guint64>(e.stored_bytes), nullptr);
  SetTime(s.get(), "stored-duration", e.stored_duration.nanos());
  SetTime(s.get(), "unsent-duration", e.unsent_duration.nanos());
  return s;
}

StructurePtr Make(std::string_view stream, const SessionRotated& e) {
  StructurePtr s = NewStructure("kvssink-session-rotated", stream);
  gst_structure_set(s.get(), "session", G_TYPE_UINT64, static_cast<guint64>(e.session), nullptr);
  return s;
}

StructurePtr Make(std::string_view stream, const CredentialsRenewed& e) {
  StructurePtr s = NewStructure("kvssink-credentials", stream);
  gst_structure_set(s.get(), "state", G_TYPE_STRING, e.first ? "found" : "renewed", "source", G_TYPE_STRING, e.source.c_str(), nullptr);
  if (e.expiration.has_value()) {
    SetTime(s.get(), "expires", e.expiration->nanos());
  }
  return s;
}

StructurePtr Make(std::string_view stream, const CredentialsFailing& e) {
  StructurePtr s = NewStructure("kvssink-credentials", stream);
  gst_structure_set(s.get(), "state", G_TYPE_STRING, "failing", "source", G_TYPE_STRING, e.source.c_str(), nullptr);
  AddReason(s.get(), e.reason);
  SetTime(s.get(), "retry-in", e.retry_in.nanos());
  return s;
}

StructurePtr Make(std::string_view stream, const TriggerChanged& e) {
  StructurePtr s = NewStructure("kvssink-trigger", stream);
  gst_structure_set(s.get(), "on", G_TYPE_BOOLEAN, e.on ? TRUE : FALSE, "kept-frames",
                    G_TYPE_UINT64, static_cast<guint64>(e.kept_frames), nullptr);
  SetTime(s.get(), "kept-duration", e.kept_duration.nanos());
  return s;
}

StructurePtr Make(std::string_view stream, const TriggerFinished& e) {
  StructurePtr s = NewStructure("kvssink-trigger-finished", stream);
  gst_structure_set(s.get(), "fragments-persisted", G_TYPE_UINT64,
                    static_cast<guint64>(e.fragments_persisted), nullptr);
  return s;
}

StructurePtr Make(std::string_view stream, const Drained& e) {
  StructurePtr s = NewStructure("kvssink-drained", stream);
  gst_structure_set(s.get(), "complete", G_TYPE_BOOLEAN, e.complete ? TRUE : FALSE,
                    "fragments-persisted", G_TYPE_UINT64,
                    static_cast<guint64>(e.fragments_persisted), "frames-left", G_TYPE_UINT64,
                    static_cast<guint64>(e.frames_left), nullptr);
  SetTime(s.get(), "duration-left", e.duration_left.nanos());
  AddReason(s.get(), e.reason);
  return s;
}

// What these say, others say with more.
StructurePtr Make(std::string_view /*stream*/, const StreamReady& /*e*/) {
  return nullptr;
}
StructurePtr Make(std::string_view /*stream*/, const ConnectionStale& /*e*/) {
  return nullptr;
}
StructurePtr Make(std::string_view /*stream*/, const FrameLost& /*e*/) {
  return nullptr;
}
StructurePtr Make(std::string_view /*stream*/, const StreamFailed& /*e*/) {
  return nullptr;
}
StructurePtr Make(std::string_view /*stream*/, const Stopped& /*e*/) {
  return nullptr;
}

}  // namespace

StructurePtr StatusDetails(std::string_view stream, const Status& status) {
  StructurePtr s = NewStructure(kDetailsName, stream);
  gst_structure_set(s.get(), "status-code", G_TYPE_STRING, Name(status.code()).c_str(),
                    "status-number", G_TYPE_UINT, static_cast<guint>(status.code()), "http-status",
                    G_TYPE_INT, status.http_status(), "service-error", G_TYPE_STRING,
                    status.service_error().c_str(), "request-id", G_TYPE_STRING,
                    status.request_id().c_str(), nullptr);
  return s;
}

void PostError(GstElement* element, std::string_view stream, const Status& status,
               const std::string& text) {
  Post(element, GST_MESSAGE_ERROR, stream, status, text);
}

void PostWarning(GstElement* element, std::string_view stream, const Status& status,
                 const std::string& text) {
  Post(element, GST_MESSAGE_WARNING, stream, status, text);
}

StructurePtr EventStructure(std::string_view stream, const StreamEvent& event) {
  return std::visit([&](const auto& e) { return Make(stream, e); }, event);
}

StructurePtr LossEndedStructure(std::string_view stream, const FramesLost& total) {
  return MakeLoss("kvssink-loss-ended", stream, total);
}

StructurePtr PlaybackStructure(std::string_view stream, const std::vector<PlaybackLimit>& limits) {
  StructurePtr s = NewStructure("kvssink-playback-limits", stream);
  GValue list = G_VALUE_INIT;
  g_value_init(&list, GST_TYPE_LIST);
  for (const PlaybackLimit limit : limits) {
    GValue name = G_VALUE_INIT;
    g_value_init(&name, G_TYPE_STRING);
    g_value_set_static_string(&name, PlaybackLimitName(limit));
    gst_value_list_append_and_take_value(&list, &name);
  }
  gst_structure_take_value(s.get(), "reasons", &list);
  return s;
}

void PostInfo(GstElement* element, const std::string& text, StructurePtr details) {
  // Of an INFO gst-launch-1.0 prints the debug text only.
  gst_element_message_full_with_details(element, GST_MESSAGE_INFO, GST_STREAM_ERROR,
                                        GST_STREAM_ERROR_FORMAT, g_strdup(text.c_str()),
                                        g_strdup(text.c_str()), "kvssink", "PostInfo", __LINE__,
                                        details.release());
}

void PostElementMessage(GstElement* element, StructurePtr structure) {
  if (structure != nullptr) {
    gst_element_post_message(element,
                             gst_message_new_element(GST_OBJECT(element), structure.release()));
  }
}

StructurePtr StatsStructure(const StreamMetrics& metrics, const ProducerMetrics& producer,
                            const PadCounters& counters) {
  const std::pair<const char*, std::uint64_t> fields[] = {
      {"frames-put", metrics.frames_put},
      {"bytes-put", metrics.bytes_put},
      {"frames-persisted", metrics.frames_persisted},
      {"fragments-persisted", metrics.fragments_persisted},
      {"frames-lost-pressure", metrics.frames_lost_pressure},
      {"frames-lost-rejected", metrics.frames_lost_rejected},
      {"frames-lost-stopped", metrics.frames_lost_stopped},
      {"frames-lost-no-key-frame", metrics.frames_lost_no_key},
      {"frames-lost-invalid", metrics.frames_lost_invalid},
      {"frames-lost-too-large", metrics.frames_lost_too_large},
      {"fragments-lost", metrics.fragments_lost},
      {"frames-not-triggered", metrics.frames_not_triggered},
      {"put-errors", metrics.put_errors},
      {"frames-dropped-corrupted", counters.corrupted},
      {"frames-outside-segment", counters.outside_segment},
      {"buffers-empty", counters.empty},
      {"timestamps-adjusted", metrics.timestamps_adjusted},
      {"timestamps-guessed", counters.timestamps_guessed},
      {"bytes-sent", metrics.bytes_sent},
      {"bytes-resent", metrics.bytes_resent},
      {"fragments-resent", metrics.fragments_resent},
      {"sessions-opened", metrics.sessions_opened},
      {"sessions-failed", metrics.sessions_failed},
      {"sessions-rotated", metrics.sessions_rotated},
      {"call-retries", metrics.call_retries},
      {"acks-buffering", metrics.acks_buffering},
      {"acks-received", metrics.acks_received},
      {"acks-persisted", metrics.acks_persisted},
      {"acks-error", metrics.acks_error},
      {"acks-malformed", metrics.acks_malformed},
      {"store-pressures", metrics.store_pressures},
      {"window-pressures", metrics.window_pressures},
      {"latency-pressures", metrics.latency_pressures},
      {"stale-connections", metrics.stale_connections},
      {"stored-bytes", metrics.stored_bytes},
      {"stored-frames", metrics.stored_frames},
      {"stored-fragments", metrics.stored_fragments},
      {"unsent-bytes", metrics.unsent_bytes},
      {"key-frames-asked", counters.key_frames_asked},
      {"store-size", producer.store_size},
      {"store-available", producer.store_available},
      {"store-allocated", producer.store_allocated},
  };
  const std::pair<std::string, const LatencyMetrics&> latencies[] = {
      {"put-to-buffering", metrics.put_to_buffering},
      {"put-to-received", metrics.put_to_received},
      {"put-to-persisted", metrics.put_to_persisted},
      {"control-call", metrics.control_call},
      {"connect", metrics.connect},
  };
  StructurePtr s(gst_structure_new_empty("kvssink-stats"));
  for (const auto& [name, value] : fields) {
    gst_structure_set(s.get(), name, G_TYPE_UINT64, static_cast<guint64>(value), nullptr);
  }
  for (const auto& [name, latency] : latencies) {
    SetTime(s.get(), (name + "-last").c_str(), latency.last.nanos());
    SetTime(s.get(), (name + "-average").c_str(), latency.average.nanos());
    SetTime(s.get(), (name + "-longest").c_str(), latency.longest.nanos());
  }
  gst_structure_set(s.get(), "network-busy", G_TYPE_DOUBLE, producer.network_busy, nullptr);
  SetTime(s.get(), "stored-duration", metrics.stored_duration.nanos());
  SetTime(s.get(), "unsent-duration", metrics.unsent_duration.nanos());
  SetTime(s.get(), "uptime", metrics.uptime.nanos());
  SetTime(s.get(), "average-session", metrics.average_session.nanos());
  SetTime(s.get(), "current-backoff", metrics.current_backoff.nanos());
  gst_structure_set(s.get(), "frame-rate", G_TYPE_DOUBLE, metrics.frame_rate, "elementary-frame-rate", G_TYPE_DOUBLE,
                    metrics.elementary_frame_rate, "transfer-rate", G_TYPE_DOUBLE, metrics.transfer_rate, nullptr);
  gst_structure_set(s.get(), "active-sessions", G_TYPE_UINT,
                    static_cast<guint>(metrics.active_sessions), nullptr);
  return s;
}

}  // namespace kvs::plugin
