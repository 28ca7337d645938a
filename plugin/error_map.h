#ifndef KVS_PLUGIN_ERROR_MAP_H_
#define KVS_PLUGIN_ERROR_MAP_H_

#include <cstdint>
#include <string>
#include <string_view>

#include <gst/gst.h>

#include "kvs/status.h"
#include "kvs/stream_events.h"

// The one place that says which StatusCode is which GStreamer error, and what a user can do about
// it. Pure. Secrets cannot get here: a Status never holds one.
namespace kvs::plugin {

// Domain and code of a GError, e.g. GST_RESOURCE_ERROR and GST_RESOURCE_ERROR_NOT_AUTHORIZED.
struct ErrorClass {
  GQuark domain;
  gint code;
};
ErrorClass ErrorClassOf(StatusCode code);

// One or two sentences: what to do next.
std::string_view AdviceFor(StatusCode code);

// "Stream "door": describeStream was refused (HTTP 403, AccessDeniedException). Check …": what a
// user reads. `stream` may be empty.
std::string UserText(std::string_view stream, const Status& status);

// "connection refused", or "HTTP 503, ServiceUnavailable: …": the reason alone, for use in a
// sentence.
std::string ReasonText(const Status& status);

// The number that the signal stream-error carries: the code that Amazon's SDK has for the same, and
// its code for an internal error where it has none. Source: its status code tables.
std::uint32_t SdkStatusOf(StatusCode code);

// "pressure", "rejected", …: the field `reason` of messages about lost frames.
const char* LossReasonName(LossReason reason);
// Why frames were lost, to follow "because".
std::string_view LossReasonText(LossReason reason);
std::string_view LossAdvice(LossReason reason);

// "12.3 s"
std::string SecondsText(Duration duration);
// "12.3 s from 2023-11-14 22:13:20 UTC": a part of a recording whose times are since 1970.
std::string SpanText(MediaTime first, MediaTime last);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_ERROR_MAP_H_
