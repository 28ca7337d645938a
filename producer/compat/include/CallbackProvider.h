#ifndef KVS_CALLBACKPROVIDER_H_
#define KVS_CALLBACKPROVIDER_H_

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// All callbacks of a client in one object. Which of them this library calls, docs/compat.md says.
class KVS_COMPAT_API CallbackProvider {
 public:
  using callback_t = ClientCallbacks;

  virtual ~CallbackProvider();

  // What the getters below give, with this object as custom data.
  virtual callback_t getCallbacks();

  // The client, a stream of it, is being freed. Nothing by default.
  virtual void shutdown();
  virtual void shutdownStream(STREAM_HANDLE stream_handle);

  virtual CreateMutexFunc getCreateMutexCallback() { return nullptr; }
  virtual LockMutexFunc getLockMutexCallback() { return nullptr; }
  virtual UnlockMutexFunc getUnlockMutexCallback() { return nullptr; }
  virtual TryLockMutexFunc getTryLockMutexCallback() { return nullptr; }
  virtual FreeMutexFunc getFreeMutexCallback() { return nullptr; }
  virtual CreateConditionVariableFunc getCreateConditionVariableCallback() { return nullptr; }
  virtual SignalConditionVariableFunc getSignalConditionVariableCallback() { return nullptr; }
  virtual BroadcastConditionVariableFunc getBroadcastConditionVariableCallback() { return nullptr; }
  virtual WaitConditionVariableFunc getWaitConditionVariableCallback() { return nullptr; }
  virtual FreeConditionVariableFunc getFreeConditionVariableCallback() { return nullptr; }
  virtual GetCurrentTimeFunc getCurrentTimeCallback() { return nullptr; }
  virtual GetRandomNumberFunc getRandomNumberCallback() { return nullptr; }
  virtual LogPrintFunc getLogPrintCallback() { return nullptr; }
  virtual GetSecurityTokenFunc getSecurityTokenCallback() { return nullptr; }
  virtual GetDeviceCertificateFunc getDeviceCertificateCallback() { return nullptr; }
  virtual GetDeviceFingerprintFunc getDeviceFingerprintCallback() { return nullptr; }
  virtual StreamUnderflowReportFunc getStreamUnderflowReportCallback() { return nullptr; }
  virtual StorageOverflowPressureFunc getStorageOverflowPressureCallback() { return nullptr; }
  virtual StreamLatencyPressureFunc getStreamLatencyPressureCallback() { return nullptr; }
  virtual FragmentAckReceivedFunc getFragmentAckReceivedCallback() { return nullptr; }
  virtual DroppedFrameReportFunc getDroppedFrameReportCallback() { return nullptr; }
  virtual BufferDurationOverflowPressureFunc getBufferDurationOverflowPressureCallback() { return nullptr; }
  virtual StreamErrorReportFunc getStreamErrorReportCallback() { return nullptr; }
  virtual StreamConnectionStaleFunc getStreamConnectionStaleCallback() { return nullptr; }
  virtual DroppedFragmentReportFunc getDroppedFragmentReportCallback() { return nullptr; }
  virtual StreamReadyFunc getStreamReadyCallback() { return nullptr; }
  virtual StreamClosedFunc getStreamClosedCallback() { return nullptr; }
  virtual ClientReadyFunc getClientReadyCallback() { return nullptr; }
  virtual StreamDataAvailableFunc getStreamDataAvailableCallback() { return nullptr; }
  virtual DeviceCertToTokenFunc getDeviceCertToTokenCallback() { return nullptr; }
  virtual StreamShutdownFunc getStreamShutdownCallback() { return nullptr; }
  virtual ClientShutdownFunc getClientShutdownCallback() { return nullptr; }

  virtual CreateStreamFunc getCreateStreamCallback() = 0;
  virtual DescribeStreamFunc getDescribeStreamCallback() = 0;
  virtual GetStreamingEndpointFunc getStreamingEndpointCallback() = 0;
  virtual GetStreamingTokenFunc getStreamingTokenCallback() = 0;
  virtual PutStreamFunc getPutStreamCallback() = 0;
  virtual TagResourceFunc getTagResourceCallback() = 0;
  virtual CreateDeviceFunc getCreateDeviceCallback() = 0;

 protected:
  CallbackProvider();

  callback_t callbacks_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_CALLBACKPROVIDER_H_
