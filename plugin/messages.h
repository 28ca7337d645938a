#ifndef KVS_PLUGIN_MESSAGES_H_
#define KVS_PLUGIN_MESSAGES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gst/gst.h>

#include "kvs/metrics.h"
#include "kvs/status.h"
#include "kvs/stream_events.h"
#include "plugin/gst_ptr.h"

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

// The structure of the element message for an event; none for events that are told in other ways
// (StreamFailed, Stopped). Acks about which an application has nothing to do (BUFFERING, IDLE) have
// none either.
StructurePtr EventStructure(std::string_view stream, const StreamEvent& event);

// Posts GST_MESSAGE_ELEMENT; does nothing for null.
void PostElementMessage(GstElement* element, StructurePtr structure);

// Frames that the element itself left out or changed; the rest is in StreamMetrics.
struct PadCounters {
  std::uint64_t corrupted = 0;           // GST_BUFFER_FLAG_CORRUPTED, no key frame
  std::uint64_t outside_segment = 0;     // audio before or behind the segment
  std::uint64_t empty = 0;               // nothing in them
  std::uint64_t timestamps_guessed = 0;  // no usable time
};

// The value of the property `stats`.
StructurePtr StatsStructure(const StreamMetrics& metrics, const PadCounters& counters);

// Keeps WARNINGs about lost frames to one per episode: an episode of a reason ends when nothing was
// told about it for kQuietTime. What was kept back is part of the next report. Not synchronised.
class WarningLimiter {
 public:
  // Longer than the library's interval between reports of one episode (10 s).
  static constexpr Duration kQuietTime = Duration::Seconds(30);

  // What to warn of now: the frames since the last warning about this reason; none within an
  // episode.
  std::optional<std::uint64_t> Report(LossReason reason, std::uint64_t frames, MonoTime now);

 private:
  struct Episode {
    std::optional<MonoTime> last_loss;
    std::uint64_t held_back = 0;
  };
  Episode episodes_[kLossReasons];
};

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_MESSAGES_H_
