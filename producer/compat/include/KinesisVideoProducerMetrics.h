#ifndef KVS_KINESISVIDEOPRODUCERMETRICS_H_
#define KVS_KINESISVIDEOPRODUCERMETRICS_H_

#include <cstdint>

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// Of all streams of a client, at the time of the call. A value. Sizes are in bytes, rates per second.
class KinesisVideoProducerMetrics {
 public:
  KinesisVideoProducerMetrics() : client_metrics_() { client_metrics_.version = CLIENT_METRICS_CURRENT_VERSION; }

  uint64_t getContentStoreSizeSize() const { return client_metrics_.contentStoreSize; }
  uint64_t getContentStoreAvailableSize() const { return client_metrics_.contentStoreAvailableSize; }
  uint64_t getContentStoreAllocatedSize() const { return client_metrics_.contentStoreAllocatedSize; }
  uint64_t getTotalContentViewsSize() const { return client_metrics_.totalContentViewsSize; }
  uint64_t getTotalFrameRate() const { return client_metrics_.totalFrameRate; }
  uint64_t getTotalElementaryFrameRate() const {
    return static_cast<uint64_t>(client_metrics_.totalElementaryFrameRate);
  }
  uint64_t getTotalTransferRate() const { return client_metrics_.totalTransferRate; }

  const ::ClientMetrics* getRawMetrics() const { return &client_metrics_; }

 private:
  friend class KinesisVideoProducer;
  friend class NativeAccess;

  ::ClientMetrics client_metrics_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_KINESISVIDEOPRODUCERMETRICS_H_
