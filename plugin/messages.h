#ifndef KVS_PLUGIN_MESSAGES_H_
#define KVS_PLUGIN_MESSAGES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gst/gst.h>

#include "kvs/metrics.h"
#include "kvs/status.h"
#include "kvs/stream_events.h"
#include "plugin/gst_ptr.h"
#include "plugin/playback.h"

// What the element says on the bus; docs/kvssink.md lists names and fields. The functions that post
// must be called without a lock, as a synchronous handler of the bus may call into the element.
namespace kvs::plugin {

// Name of the structure that is attached to every ERROR and WARNING of the element.
inline constexpr char kDetailsName[] = "kvssink-error";

// Fields: stream-name, status-code (name), status-number (uint), http-status (int, 0: none),
// service-error, request-id.
StructurePtr StatusDetails(std::string_view stream, const Status& status);

// Posts GST_MESSAGE_ERROR or GST_MESSAGE_WARNING with domain and code of the status, `text` for the
// user, the whole status as debug text, and StatusDetails().
void PostError(GstElement* element, std::string_view stream, const Status& status,
               const std::string& text);
void PostWarning(GstElement* element, std::string_view stream, const Status& status,
                 const std::string& text);

// Posts GST_MESSAGE_INFO about the stream's format, with `details` attached.
void PostInfo(GstElement* element, const std::string& text, StructurePtr details);

// The structure of the element message for an event; none for events that are told in other ways
// (StreamFailed, Stopped). Acks about which an application has nothing to do (BUFFERING, IDLE) have
// none either.
StructurePtr EventStructure(std::string_view stream, const StreamEvent& event);

// The structure of the element message for the end of an episode in which frames were lost.
StructurePtr LossEndedStructure(std::string_view stream, const FramesLost& total);

// The details of the INFO about playback.
StructurePtr PlaybackStructure(std::string_view stream, const std::vector<PlaybackLimit>& limits);

// Posts GST_MESSAGE_ELEMENT; does nothing for null.
void PostElementMessage(GstElement* element, StructurePtr structure);

// Frames that the element itself left out or changed; the rest is in StreamMetrics.
struct PadCounters {
  std::uint64_t corrupted = 0;           // GST_BUFFER_FLAG_CORRUPTED, no key frame
  std::uint64_t outside_segment = 0;     // audio before or behind the segment
  std::uint64_t empty = 0;               // nothing in them
  std::uint64_t timestamps_guessed = 0;  // no usable time
  std::uint64_t key_frames_asked = 0;    // events that ask upstream for one
};

// The value of the property `stats`.
StructurePtr StatsStructure(const StreamMetrics& metrics, const ProducerMetrics& producer,
                            const PadCounters& counters);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_MESSAGES_H_
