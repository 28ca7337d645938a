#ifndef KVS_KINESISVIDEOSTREAMMETRICS_H_
#define KVS_KINESISVIDEOSTREAMMETRICS_H_

#include <chrono>
#include <cstdint>

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// Of one stream, at the time of the call. A value. Sizes are in bytes, rates per second. The current view is what was not sent yet,
// the overall view all that is held.
class KinesisVideoStreamMetrics {
 public:
  KinesisVideoStreamMetrics() : stream_metrics_() { stream_metrics_.version = STREAM_METRICS_CURRENT_VERSION; }

  std::chrono::duration<uint64_t, std::milli> getCurrentViewDuration() const {
    return milliseconds(stream_metrics_.currentViewDuration);
  }
  std::chrono::duration<uint64_t, std::milli> getOverallViewDuration() const {
    return milliseconds(stream_metrics_.overallViewDuration);
  }
  uint64_t getCurrentViewSize() const { return stream_metrics_.currentViewSize; }
  uint64_t getOverallViewSize() const { return stream_metrics_.overallViewSize; }
  double getCurrentFrameRate() const { return stream_metrics_.currentFrameRate; }
  double getCurrentElementaryFrameRate() const { return stream_metrics_.elementaryFrameRate; }
  uint64_t getCurrentTransferRate() const { return stream_metrics_.currentTransferRate; }

  const ::StreamMetrics* getRawMetrics() const { return &stream_metrics_; }

 private:
  friend class KinesisVideoStream;
  friend class NativeAccess;

  static std::chrono::duration<uint64_t, std::milli> milliseconds(UINT64 time) {
    return std::chrono::duration<uint64_t, std::milli>(
        time / static_cast<uint64_t>(HUNDREDS_OF_NANOS_IN_A_MILLISECOND));
  }

  ::StreamMetrics stream_metrics_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_KINESISVIDEOSTREAMMETRICS_H_
