#include "kvs/stream_config.h"

#include <string>

namespace kvs {
namespace {

Status Bad(const std::string& what) { return {StatusCode::kInvalidArgument, what}; }

}  // namespace

Status Validate(const StreamConfig& config) {
  if (config.name.empty() || config.name.size() > 256) {
    return Bad("the stream name has " + std::to_string(config.name.size()) + " characters; 1 to 256 are allowed");
  }
  struct Bound {
    const char* name = nullptr;
    Duration value;
    Duration least;
  };
  for (const Bound& bound : {Bound{"offline wait", config.offline_wait, Duration()},
                             Bound{"interleave delay", config.interleave_delay, Duration()},
                             Bound{"idle time-out", config.idle_timeout, Duration::Seconds(1)},
                             Bound{"connection staleness", config.connection_staleness, Duration()},
                             Bound{"session lifetime", config.session_lifetime, Duration::Seconds(1)},
                             Bound{"latency limit", config.max_latency, Duration()},
                             Bound{"pre-roll", config.pre_roll, Duration()},
                             Bound{"buffer duration", config.buffer_duration, Duration::Seconds(1)}}) {
    if (bound.value < bound.least || bound.value > kLongestDuration) {
      return Bad("the " + std::string(bound.name) + " of " + std::to_string(bound.value.millis()) + " ms is not within " +
                 std::to_string(bound.least.millis()) + " ms to ten years");
    }
  }
  if (config.timecode_scale < Duration::Millis(1) || config.timecode_scale > Duration::Seconds(1)) {
    return Bad("the timecode scale of " + std::to_string(config.timecode_scale.nanos()) +
               " ns is not within 1 ms to 1 s");
  }
  if (config.retention < Duration() || config.retention.seconds() % 3600 != 0) {
    return Bad("the retention of " + std::to_string(config.retention.seconds()) + " s is not a number of whole hours");
  }
  if (config.fragment_duration < Duration::Seconds(1) || config.fragment_duration > Duration::Seconds(10)) {
    return Bad("the fragment duration of " + std::to_string(config.fragment_duration.millis()) +
               " ms is not within 1000 to 10000 ms, which is what the service takes");
  }
  if (config.streaming_type == StreamingType::kOffline && (config.retention == Duration() || !config.fragment_acks)) {
    return Bad("offline streaming needs acknowledgements and a retention of at least an hour: without them nothing "
               "tells when a fragment is safe");
  }
  if (config.pre_roll > Duration() && config.streaming_type == StreamingType::kOffline) {
    return Bad("a pre-roll of " + std::to_string(config.pre_roll.millis()) +
               " ms is for realtime streams: an offline stream waits for room and gives nothing up");
  }
  if (config.pre_roll > config.buffer_duration) {
    return Bad("the pre-roll of " + std::to_string(config.pre_roll.millis()) + " ms is more than the buffer duration of " +
               std::to_string(config.buffer_duration.millis()) + " ms");
  }
  return {};
}

}  // namespace kvs
