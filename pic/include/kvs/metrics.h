#ifndef KVS_METRICS_H_
#define KVS_METRICS_H_

#include <cstdint>

#include "kvs/time.h"

namespace kvs {

// Counters since the stream was opened, and gauges at the time of the call. A value.
struct StreamMetrics {
  std::uint64_t frames_put = 0;
  std::uint64_t bytes_put = 0;
  std::uint64_t frames_persisted = 0;
  std::uint64_t fragments_persisted = 0;
  // Frames that were accepted or offered and will never be persisted, by reason.
  std::uint64_t frames_lost_pressure = 0;  // evicted because store or window was full
  std::uint64_t frames_lost_rejected = 0;  // the service refused their fragment
  std::uint64_t frames_lost_stopped = 0;   // still waiting when the stream ended
  std::uint64_t frames_lost_no_key = 0;    // before the first key frame: not decodable
  std::uint64_t frames_lost_invalid = 0;   // could not be parsed
  std::uint64_t timestamps_adjusted = 0;   // moved by more than one unit of the time code scale
  std::uint64_t bytes_sent = 0;            // of request bodies, headers of the container included
  std::uint64_t fragments_resent = 0;
  std::uint64_t sessions_opened = 0;
  std::uint64_t sessions_failed = 0;
  std::uint64_t acks_buffering = 0;
  std::uint64_t acks_received = 0;
  std::uint64_t acks_persisted = 0;
  std::uint64_t acks_error = 0;
  std::uint64_t acks_malformed = 0;

  // Gauges.
  std::uint64_t stored_bytes = 0;
  std::uint64_t stored_frames = 0;
  std::uint64_t stored_fragments = 0;
  Duration stored_duration;
  Duration current_backoff;
  std::uint32_t active_sessions = 0;
};

}  // namespace kvs

#endif  // KVS_METRICS_H_
