#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_CPRODUCER_INCLUDE_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_CPRODUCER_INCLUDE_H_

#include "com/amazonaws/kinesis/video/common/Include.h"

// Sets of callbacks, and what is cached.

#ifdef __cplusplus
extern "C" {
#endif

#define PLATFORM_CALLBACKS_CURRENT_VERSION 0
#define PRODUCER_CALLBACKS_CURRENT_VERSION 0
#define STREAM_CALLBACKS_CURRENT_VERSION 0
#define AUTH_CALLBACKS_CURRENT_VERSION 0
#define API_CALLBACKS_CURRENT_VERSION 0

// How long an endpoint is used before it is asked for again, and the longest that can be set.
#define DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD (40 * HUNDREDS_OF_NANOS_IN_A_MINUTE)
#define MAX_ENDPOINT_CACHE_UPDATE_PERIOD (24 * HUNDREDS_OF_NANOS_IN_AN_HOUR)
#define ENDPOINT_UPDATE_PERIOD_SENTINEL_VALUE 0

#define MAX_CALLBACK_CHAIN_COUNT 20

// Which answers of the service are used again.
typedef enum {
  API_CALL_CACHE_TYPE_NONE = 0,
  API_CALL_CACHE_TYPE_ENDPOINT_ONLY = 1,  // the stream has to exist: it is not looked up
  API_CALL_CACHE_TYPE_ALL = 2,
} API_CALL_CACHE_TYPE;

typedef struct __PlatformCallbacks PlatformCallbacks, *PPlatformCallbacks;
typedef struct __ProducerCallbacks ProducerCallbacks, *PProducerCallbacks;
typedef struct __StreamCallbacks StreamCallbacks, *PStreamCallbacks;
typedef struct __AuthCallbacks AuthCallbacks, *PAuthCallbacks;
typedef struct __ApiCallbacks ApiCallbacks, *PApiCallbacks;

typedef STATUS (*FreePlatformCallbacksFunc)(PUINT64);
typedef STATUS (*FreeProducerCallbacksFunc)(PUINT64);
typedef STATUS (*FreeStreamCallbacksFunc)(PUINT64);
typedef STATUS (*FreeAuthCallbacksFunc)(PUINT64);
typedef STATUS (*FreeApiCallbacksFunc)(PUINT64);

struct __PlatformCallbacks {
  UINT32 version;
  UINT64 customData;
  GetCurrentTimeFunc getCurrentTimeFn;
  GetRandomNumberFunc getRandomNumberFn;
  CreateMutexFunc createMutexFn;
  LockMutexFunc lockMutexFn;
  UnlockMutexFunc unlockMutexFn;
  TryLockMutexFunc tryLockMutexFn;
  FreeMutexFunc freeMutexFn;
  CreateConditionVariableFunc createConditionVariableFn;
  SignalConditionVariableFunc signalConditionVariableFn;
  BroadcastConditionVariableFunc broadcastConditionVariableFn;
  WaitConditionVariableFunc waitConditionVariableFn;
  FreeConditionVariableFunc freeConditionVariableFn;
  LogPrintFunc logPrintFn;
  FreePlatformCallbacksFunc freePlatformCallbacksFn;
};

struct __ProducerCallbacks {
  UINT32 version;
  UINT64 customData;
  StorageOverflowPressureFunc storageOverflowPressureFn;
  ClientReadyFunc clientReadyFn;
  ClientShutdownFunc clientShutdownFn;
  FreeProducerCallbacksFunc freeProducerCallbacksFn;
};

struct __StreamCallbacks {
  UINT32 version;
  UINT64 customData;
  StreamUnderflowReportFunc streamUnderflowReportFn;
  BufferDurationOverflowPressureFunc bufferDurationOverflowPressureFn;
  StreamLatencyPressureFunc streamLatencyPressureFn;
  StreamConnectionStaleFunc streamConnectionStaleFn;
  DroppedFrameReportFunc droppedFrameReportFn;
  DroppedFragmentReportFunc droppedFragmentReportFn;
  StreamErrorReportFunc streamErrorReportFn;
  FragmentAckReceivedFunc fragmentAckReceivedFn;
  StreamDataAvailableFunc streamDataAvailableFn;
  StreamReadyFunc streamReadyFn;
  StreamClosedFunc streamClosedFn;
  StreamShutdownFunc streamShutdownFn;
  FreeStreamCallbacksFunc freeStreamCallbacksFn;
};

struct __AuthCallbacks {
  UINT32 version;
  UINT64 customData;
  GetSecurityTokenFunc getSecurityTokenFn;
  GetDeviceCertificateFunc getDeviceCertificateFn;
  DeviceCertToTokenFunc deviceCertToTokenFn;
  GetDeviceFingerprintFunc getDeviceFingerprintFn;
  GetStreamingTokenFunc getStreamingTokenFn;
  FreeAuthCallbacksFunc freeAuthCallbacksFn;
};

struct __ApiCallbacks {
  UINT32 version;
  UINT64 customData;
  CreateStreamFunc createStreamFn;
  DescribeStreamFunc describeStreamFn;
  GetStreamingEndpointFunc getStreamingEndpointFn;
  PutStreamFunc putStreamFn;
  TagResourceFunc tagResourceFn;
  CreateDeviceFunc createDeviceFn;
  FreeApiCallbacksFunc freeApiCallbacksFn;
};

#ifdef __cplusplus
}
#endif

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_CPRODUCER_INCLUDE_H_
