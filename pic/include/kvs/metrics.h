#ifndef KVS_METRICS_H_
#define KVS_METRICS_H_

#include <cstdint>

#include "kvs/time.h"

namespace kvs {

// How long something took, over all times that it was seen.
struct LatencyMetrics {
  std::uint64_t count = 0;
  Duration last;
  Duration average;  // of late: each new value counts a twentieth
  Duration longest;
};

// Of one stream: counters since it was opened, and gauges at the time of the call. A value.
struct StreamMetrics {
  std::uint64_t frames_put = 0;
  std::uint64_t bytes_put = 0;
  std::uint64_t put_errors = 0;  // frames that PutFrame refused
  std::uint64_t frames_persisted = 0;
  std::uint64_t fragments_persisted = 0;
  // Frames that were accepted or offered and will never be persisted, by reason.
  std::uint64_t frames_lost_pressure = 0;   // evicted because store or window was full
  std::uint64_t frames_lost_rejected = 0;   // the service refused their fragment
  std::uint64_t frames_lost_stopped = 0;    // still waiting when the stream ended
  std::uint64_t frames_lost_no_key = 0;     // before the first key frame: not decodable
  std::uint64_t frames_lost_invalid = 0;    // could not be parsed
  std::uint64_t frames_lost_too_large = 0;  // no fragment that the service takes can hold them
  std::uint64_t fragments_lost = 0;         // for any reason
  // Kept before a trigger, and given way to newer ones: nobody wanted them, so they are not lost.
  std::uint64_t frames_not_triggered = 0;
  std::uint64_t timestamps_adjusted = 0;    // moved by more than one unit of the time code scale
  std::uint64_t bytes_sent = 0;             // of request bodies, headers of the container included
  std::uint64_t bytes_resent = 0;           // of those, frames that an earlier session had already begun to send
  std::uint64_t fragments_resent = 0;
  std::uint64_t sessions_opened = 0;
  std::uint64_t sessions_failed = 0;
  std::uint64_t sessions_rotated = 0;  // replaced in time, before they or their credentials expired
  std::uint64_t call_retries = 0;      // of the control plane
  std::uint64_t acks_buffering = 0;
  std::uint64_t acks_received = 0;
  std::uint64_t acks_persisted = 0;
  std::uint64_t acks_error = 0;
  std::uint64_t acks_malformed = 0;
  // How often each kind of pressure began (see Pressure in stream_events.h), and a connection was given up for silence.
  std::uint64_t store_pressures = 0;
  std::uint64_t window_pressures = 0;
  std::uint64_t latency_pressures = 0;
  std::uint64_t stale_connections = 0;

  // Of fragments: from the first frame put to the BUFFERING ack, and from the last frame put to the RECEIVED and the
  // PERSISTED ack.
  LatencyMetrics put_to_buffering;
  LatencyMetrics put_to_received;
  LatencyMetrics put_to_persisted;
  LatencyMetrics control_call;  // from a call of the control plane to its answer
  LatencyMetrics connect;       // from the start of a PutMedia request to its status line

  // Gauges.
  std::uint64_t stored_bytes = 0;  // everything that is held
  std::uint64_t stored_frames = 0;
  std::uint64_t stored_fragments = 0;
  Duration stored_duration;
  std::uint64_t unsent_bytes = 0;  // of that, what no session has sent whole
  Duration unsent_duration;
  double frame_rate = 0;             // frames put per second, of late
  double elementary_frame_rate = 0;  // the same by their time stamps, on the first video track
  double transfer_rate = 0;          // bytes of request bodies per second, of late
  Duration uptime;                   // since the first track was set
  Duration average_session;          // of the sessions that have ended
  Duration current_backoff;
  std::uint32_t active_sessions = 0;
};

// Of all streams of a producer, at the time of the call. A value.
struct ProducerMetrics {
  std::uint64_t store_size = 0;       // the budget, bytes
  std::uint64_t store_available = 0;  // of it
  std::uint64_t store_allocated = 0;  // of it: in blocks that hold frames
  std::uint64_t stored_bytes = 0;     // of frames
  std::uint64_t streams = 0;          // open
  double frame_rate = 0;              // sums over the streams
  double elementary_frame_rate = 0;
  double transfer_rate = 0;
  double average_call_retries = 0;    // per stream
  // Which part of its time the network thread has something to do, of late: 0..1, of several the busiest. Near 1 it is what all streams
  // of the process wait for.
  double network_busy = 0;
};

}  // namespace kvs

#endif  // KVS_METRICS_H_
