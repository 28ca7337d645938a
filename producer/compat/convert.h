#ifndef KVS_PRODUCER_COMPAT_CONVERT_H_
#define KVS_PRODUCER_COMPAT_CONVERT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kvs/ack.h"
#include "kvs/frame.h"
#include "kvs/metrics.h"
#include "kvs/stream_config.h"
#include "kvs/time.h"
#include "kvs/track.h"

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

// Values of Amazon's interface as values of ours, and back.
namespace kvs::compat {

// Units of 100 ns. What is longer than kLongestDuration is that.
Duration ToDuration(UINT64 time);
// The same; `otherwise` where it is 0, which stands for the default.
Duration ToDuration(UINT64 time, Duration otherwise);
// What is below zero is 0.
UINT64 ToUnits(Duration duration);
UINT64 ToUnits(MediaTime time);

// What of a client matters to its streams.
struct ClientFacts {
  std::string device_name;  // empty: the default
  Duration offline_wait;
  bool always_continuous = false;
  bool assume_exists = false;   // API_CALL_CACHE_TYPE_ENDPOINT_ONLY
  bool tell_each_loss = false;  // somebody listens
};
StreamConfig ToConfig(const StreamInfo& info, const ClientFacts& client);

// One track with its codec data. As long as that is missing, and the codec cannot do without, frames are carried as they are.
Track ToTrack(const TrackInfo& info, std::uint32_t nal_adaptation_flags, std::vector<std::uint8_t> codec_data);

// Borrows the data.
kvs::Frame ToFrame(const ::Frame& frame);

::FragmentAck ToFragmentAck(const FragmentAck& ack);
::StreamMetrics ToStreamMetrics(const StreamMetrics& metrics);
::ClientMetrics ToClientMetrics(const ProducerMetrics& metrics);

}  // namespace kvs::compat

#endif  // KVS_PRODUCER_COMPAT_CONVERT_H_
