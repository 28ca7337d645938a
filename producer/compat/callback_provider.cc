#include "CallbackProvider.h"

#include "ClientCallbackProvider.h"
#include "DeviceInfoProvider.h"
#include "StreamCallbackProvider.h"

namespace com::amazonaws::kinesis::video {

// Destructors of interfaces are here, and not in their headers, so that each class has one virtual table.
ClientCallbackProvider::~ClientCallbackProvider() = default;
StreamCallbackProvider::~StreamCallbackProvider() = default;
DeviceInfoProvider::~DeviceInfoProvider() = default;

CallbackProvider::CallbackProvider() : callbacks_() {}

CallbackProvider::~CallbackProvider() = default;

CallbackProvider::callback_t CallbackProvider::getCallbacks() {
  callbacks_ = {};
  callbacks_.version = CALLBACKS_CURRENT_VERSION;
  callbacks_.customData = reinterpret_cast<UINT64>(this);
  callbacks_.getCurrentTimeFn = getCurrentTimeCallback();
  callbacks_.getRandomNumberFn = getRandomNumberCallback();
  callbacks_.createMutexFn = getCreateMutexCallback();
  callbacks_.lockMutexFn = getLockMutexCallback();
  callbacks_.unlockMutexFn = getUnlockMutexCallback();
  callbacks_.tryLockMutexFn = getTryLockMutexCallback();
  callbacks_.freeMutexFn = getFreeMutexCallback();
  callbacks_.createConditionVariableFn = getCreateConditionVariableCallback();
  callbacks_.signalConditionVariableFn = getSignalConditionVariableCallback();
  callbacks_.broadcastConditionVariableFn = getBroadcastConditionVariableCallback();
  callbacks_.waitConditionVariableFn = getWaitConditionVariableCallback();
  callbacks_.freeConditionVariableFn = getFreeConditionVariableCallback();
  callbacks_.getDeviceCertificateFn = getDeviceCertificateCallback();
  callbacks_.getSecurityTokenFn = getSecurityTokenCallback();
  callbacks_.getDeviceFingerprintFn = getDeviceFingerprintCallback();
  callbacks_.streamUnderflowReportFn = getStreamUnderflowReportCallback();
  callbacks_.storageOverflowPressureFn = getStorageOverflowPressureCallback();
  callbacks_.bufferDurationOverflowPressureFn = getBufferDurationOverflowPressureCallback();
  callbacks_.streamLatencyPressureFn = getStreamLatencyPressureCallback();
  callbacks_.streamConnectionStaleFn = getStreamConnectionStaleCallback();
  callbacks_.droppedFrameReportFn = getDroppedFrameReportCallback();
  callbacks_.droppedFragmentReportFn = getDroppedFragmentReportCallback();
  callbacks_.streamErrorReportFn = getStreamErrorReportCallback();
  callbacks_.fragmentAckReceivedFn = getFragmentAckReceivedCallback();
  callbacks_.streamDataAvailableFn = getStreamDataAvailableCallback();
  callbacks_.streamReadyFn = getStreamReadyCallback();
  callbacks_.streamClosedFn = getStreamClosedCallback();
  callbacks_.createStreamFn = getCreateStreamCallback();
  callbacks_.describeStreamFn = getDescribeStreamCallback();
  callbacks_.getStreamingEndpointFn = getStreamingEndpointCallback();
  callbacks_.getStreamingTokenFn = getStreamingTokenCallback();
  callbacks_.putStreamFn = getPutStreamCallback();
  callbacks_.tagResourceFn = getTagResourceCallback();
  callbacks_.createDeviceFn = getCreateDeviceCallback();
  callbacks_.deviceCertToTokenFn = getDeviceCertToTokenCallback();
  callbacks_.clientReadyFn = getClientReadyCallback();
  callbacks_.logPrintFn = getLogPrintCallback();
  callbacks_.clientShutdownFn = getClientShutdownCallback();
  callbacks_.streamShutdownFn = getStreamShutdownCallback();
  return callbacks_;
}

void CallbackProvider::shutdown() {}

void CallbackProvider::shutdownStream(STREAM_HANDLE /*stream_handle*/) {}

}  // namespace com::amazonaws::kinesis::video
