#ifndef KVS_FRAME_H_
#define KVS_FRAME_H_

#include <cstdint>
#include <optional>

#include "kvs/byte_view.h"
#include "kvs/time.h"

namespace kvs {

// One encoded access unit (video) or packet (audio).
struct Frame {
  // The track it belongs to: Track::id.
  std::uint32_t track_id = 1;
  // Presentation time. On a stream with absolute fragment times this is the time since 1970-01-01 UTC.
  MediaTime pts;
  // Decoding time, where it differs from pts and is known. Only used to interleave tracks.
  std::optional<MediaTime> dts;
  // Zero when unknown.
  Duration duration;
  // Decoding can start here. On audio tracks it has no meaning for fragments while the stream has video.
  bool key_frame = false;
  bool discardable = false;
  // Decoded but not shown.
  bool invisible = false;
  // The payload in the form that Track::format declares. Borrowed: only read during the call.
  ByteView data;
};

}  // namespace kvs

#endif  // KVS_FRAME_H_
