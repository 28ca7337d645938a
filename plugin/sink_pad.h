#ifndef KVS_PLUGIN_SINK_PAD_H_
#define KVS_PLUGIN_SINK_PAD_H_

#include <cstdint>
#include <optional>
#include <vector>

#include <gst/gst.h>

#include "kvs/track.h"
#include "plugin/gst_ptr.h"
#include "plugin/timestamps.h"

namespace kvs::plugin {

class Sink;

// What the element knows about one of its pads. Lives as long as the GstPad, which owns it.
struct SinkPad {
  SinkPad(Sink* owner, GstPad* gst_pad, TrackType track_type)
      : sink(owner), pad(gst_pad), type(track_type) {
    gst_segment_init(&segment, GST_FORMAT_UNDEFINED);
  }

  // Constant after construction.
  Sink* const sink;
  GstPad* const pad;  // not owned
  const TrackType type;

  // Guarded by the sink's mutex.
  bool eos = false;
  bool flushing = false;
  // Rises with every flush that resets running time.
  std::uint64_t flush_epoch = 0;
  // Stream time of the last frame that was put, nanoseconds.
  std::optional<std::uint64_t> position;

  // Streaming thread only, under the pad's stream lock.
  GstSegment segment{};
  std::optional<Track> track;  // from the last caps; none before, and after caps that were refused
  // Caps that were refused, with an error: GStreamer offers them again with each buffer and event.
  CapsPtr refused_caps;
  bool told_missing_caps = false;  // an error says that there are none to be used
  std::uint64_t generation = 0;    // of the stream that the rest of this block belongs to
  bool track_is_set = false;       // `track` was given to the stream
  TimestampNormalizer normalizer;
  // Parameter sets that came in a buffer of their own, to go in front of the next frame.
  std::vector<std::uint8_t> pending_header;
  std::vector<std::uint8_t> joined;
  std::optional<std::uint64_t> stream_time;  // of the frame that is being put
  // Of video: nothing can be decoded before a key frame comes; when the last one was; and what was
  // asked for, by Running::key_frames_wanted, when it came.
  bool needs_key_frame = true;
  std::optional<MediaTime> last_key_frame;
  std::uint64_t key_frames_had = 0;
  std::optional<MonoTime> asked_for_key_frame;
};

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_SINK_PAD_H_
