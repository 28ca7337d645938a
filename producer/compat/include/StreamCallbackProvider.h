#ifndef KVS_STREAMCALLBACKPROVIDER_H_
#define KVS_STREAMCALLBACKPROVIDER_H_

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// What a program wants to hear of its streams. A null pointer: nothing.
class KVS_COMPAT_API StreamCallbackProvider {
 public:
  virtual ~StreamCallbackProvider();

  // The first argument of the callbacks below.
  virtual UINT64 getCallbackCustomData() = 0;

  // Never asked for; getBufferDurationOverflowPressureCallback is.
  virtual BufferDurationOverflowPressureFunc getBufferDurationOverFlowCallback() { return nullptr; }

  virtual StreamUnderflowReportFunc getStreamUnderflowReportCallback() { return nullptr; }
  virtual StreamLatencyPressureFunc getStreamLatencyPressureCallback() { return nullptr; }
  virtual DroppedFrameReportFunc getDroppedFrameReportCallback() { return nullptr; }
  virtual StreamConnectionStaleFunc getStreamConnectionStaleCallback() { return nullptr; }
  virtual DroppedFragmentReportFunc getDroppedFragmentReportCallback() { return nullptr; }
  virtual StreamErrorReportFunc getStreamErrorReportCallback() { return nullptr; }
  virtual StreamReadyFunc getStreamReadyCallback() { return nullptr; }
  virtual StreamClosedFunc getStreamClosedCallback() { return nullptr; }
  virtual StreamDataAvailableFunc getStreamDataAvailableCallback() { return nullptr; }
  virtual FragmentAckReceivedFunc getFragmentAckReceivedCallback() { return nullptr; }
  virtual BufferDurationOverflowPressureFunc getBufferDurationOverflowPressureCallback() { return nullptr; }
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_STREAMCALLBACKPROVIDER_H_
