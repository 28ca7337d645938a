#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_CLIENT_INCLUDE_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_CLIENT_INCLUDE_H_

#include "com/amazonaws/kinesis/video/mkvgen/Include.h"
#include "com/amazonaws/kinesis/video/view/Include.h"
#include "com/amazonaws/kinesis/video/heap/Include.h"
#include "com/amazonaws/kinesis/video/state/Include.h"

// Clients and streams: what they are made of, what they tell, and whom.

#ifdef __cplusplus
extern "C" {
#endif

#define MAX_STREAM_NAME_LEN 256
#define MAX_DEVICE_NAME_LEN 128
#define MAX_ARN_LEN 2048
#define MAX_CONTENT_TYPE_LEN 128
#define MAX_UPDATE_VERSION_LEN 64
#define MAX_CLIENT_ID_STRING_LENGTH 64
#define MAX_FRAGMENT_SEQUENCE_NUMBER 128
#define MAX_AUTH_LEN 10000
#define MAX_URI_CHAR_LEN 10000
#define MAX_SUPPORTED_TRACK_COUNT_PER_STREAM 3
#define MAX_FRAGMENT_METADATA_COUNT 25
#define MAX_FRAGMENT_METADATA_TAGS 10
#define MAX_EVENT_CUSTOM_PAIRS 10
#define MAX_IMAGE_PREFIX_LENGTH 256
#define MIN_STORAGE_ALLOCATION_SIZE (1 * 1024 * 1024)
#define MAX_STORAGE_ALLOCATION_SIZE (10ULL * 1024 * 1024 * 1024)
#define MIN_RETENTION_PERIOD (1 * HUNDREDS_OF_NANOS_IN_AN_HOUR)
#define RETENTION_PERIOD_SENTINEL 0

#define DEVICE_INFO_CURRENT_VERSION 1
#define CLIENT_INFO_CURRENT_VERSION 3
#define STORAGE_INFO_CURRENT_VERSION 0
#define STREAM_INFO_CURRENT_VERSION 3
#define CALLBACKS_CURRENT_VERSION 0
#define AUTH_INFO_CURRENT_VERSION 0
#define SERVICE_CALL_CONTEXT_CURRENT_VERSION 1
#define STREAM_DESCRIPTION_CURRENT_VERSION 1
#define FRAGMENT_ACK_CURRENT_VERSION 0
#define STREAM_METRICS_CURRENT_VERSION 3
#define CLIENT_METRICS_CURRENT_VERSION 2
#define STREAM_EVENT_METADATA_CURRENT_VERSION 0

typedef enum {
  STREAMING_TYPE_REALTIME = 0,
  STREAMING_TYPE_NEAR_REALTIME = 1,
  STREAMING_TYPE_OFFLINE = 2,
} STREAMING_TYPE;

#define IS_OFFLINE_STREAMING_MODE(m) ((m) == STREAMING_TYPE_OFFLINE)

typedef enum {
  AUDIO_CODEC_ID_AAC = 0,
  AUDIO_CODEC_ID_PCM_ALAW = 1,
  AUDIO_CODEC_ID_PCM_MULAW = 2,
} AUDIO_CODEC_ID;

typedef enum {
  VIDEO_CODEC_ID_H264 = 0,
  VIDEO_CODEC_ID_H265 = 1,
} VIDEO_CODEC_ID;

typedef enum {
  DEVICE_STORAGE_TYPE_IN_MEM = 0,
  DEVICE_STORAGE_TYPE_HYBRID_FILE = 1,
  DEVICE_STORAGE_TYPE_IN_MEM_CONTENT_STORE_ALLOC = 2,
} DEVICE_STORAGE_TYPE;

typedef enum {
  STREAM_STATUS_CREATING = 0,
  STREAM_STATUS_ACTIVE = 1,
  STREAM_STATUS_UPDATING = 2,
  STREAM_STATUS_DELETING = 3,
} STREAM_STATUS;

typedef enum {
  STREAM_ACCESS_MODE_READ = 0,
  STREAM_ACCESS_MODE_WRITE = 1,
} STREAM_ACCESS_MODE;

// What a call came to: a status of HTTP, the error id of an ack, or a number of the SDK.
typedef enum {
  SERVICE_CALL_RESULT_NOT_SET = 0,
  SERVICE_CALL_RESULT_OK = 200,
  SERVICE_CALL_INVALID_ARG = 406,
  SERVICE_CALL_RESOURCE_NOT_FOUND = 404,
  SERVICE_CALL_CLIENT_LIMIT = 10000,
  SERVICE_CALL_DEVICE_LIMIT = 10001,
  SERVICE_CALL_STREAM_LIMIT = 10002,
  SERVICE_CALL_RESOURCE_IN_USE = 10003,
  SERVICE_CALL_BAD_REQUEST = 400,
  SERVICE_CALL_FORBIDDEN = 403,
  SERVICE_CALL_SIGNATURE_EXPIRED = 10008,
  SERVICE_CALL_SIGNATURE_NOT_YET_CURRENT = 10009,
  SERVICE_CALL_DEVICE_NOT_PROVISIONED = 10004,
  SERVICE_CALL_DEVICE_NOT_FOUND = 10005,
  SERVICE_CALL_NOT_AUTHORIZED = 401,
  SERVICE_CALL_REQUEST_TIMEOUT = 408,
  SERVICE_CALL_GATEWAY_TIMEOUT = 504,
  SERVICE_CALL_NETWORK_READ_TIMEOUT = 598,
  SERVICE_CALL_NETWORK_CONNECTION_TIMEOUT = 599,
  SERVICE_CALL_RESOURCE_DELETED = 10400,
  SERVICE_CALL_STREAM_AUTH_IN_GRACE_PERIOD = 10401,
  SERVICE_CALL_NOT_IMPLEMENTED = 501,
  SERVICE_CALL_INTERNAL_ERROR = 500,
  SERVICE_CALL_SERVICE_UNAVAILABLE = 503,
  SERVICE_CALL_UNKNOWN = 10006,
  SERVICE_CALL_AUTH_FAILURE = 10007,
  SERVICE_CALL_RESULT_STREAM_READ_ERROR = 4000,
  SERVICE_CALL_RESULT_FRAGMENT_SIZE_REACHED = 4001,
  SERVICE_CALL_RESULT_FRAGMENT_DURATION_REACHED = 4002,
  SERVICE_CALL_RESULT_CONNECTION_DURATION_REACHED = 4003,
  SERVICE_CALL_RESULT_FRAGMENT_TIMECODE_NOT_MONOTONIC = 4004,
  SERVICE_CALL_RESULT_MULTI_TRACK_MKV = 4005,
  SERVICE_CALL_RESULT_INVALID_MKV_DATA = 4006,
  SERVICE_CALL_RESULT_INVALID_PRODUCER_TIMESTAMP = 4007,
  SERVICE_CALL_RESULT_STREAM_NOT_ACTIVE = 4008,
  SERVICE_CALL_RESULT_FRAGMENT_METADATA_LIMIT_REACHED = 4009,
  SERVICE_CALL_RESULT_TRACK_NUMBER_MISMATCH = 4010,
  SERVICE_CALL_RESULT_FRAMES_MISSING_FOR_TRACK = 4011,
  SERVICE_CALL_RESULT_MORE_THAN_ALLOWED_TRACKS_FOUND = 4012,
  SERVICE_CALL_RESULT_KMS_KEY_ACCESS_DENIED = 4500,
  SERVICE_CALL_RESULT_KMS_KEY_DISABLED = 4501,
  SERVICE_CALL_RESULT_KMS_KEY_VALIDATION_ERROR = 4502,
  SERVICE_CALL_RESULT_KMS_KEY_UNAVAILABLE = 4503,
  SERVICE_CALL_RESULT_KMS_KEY_INVALID_USAGE = 4504,
  SERVICE_CALL_RESULT_KMS_KEY_INVALID_STATE = 4505,
  SERVICE_CALL_RESULT_KMS_KEY_NOT_FOUND = 4506,
  SERVICE_CALL_RESULT_STREAM_DELETED = 4507,
  SERVICE_CALL_RESULT_ACK_INTERNAL_ERROR = 5000,
  SERVICE_CALL_RESULT_FRAGMENT_ARCHIVAL_ERROR = 5001,
  SERVICE_CALL_RESULT_SIGNALING_GO_AWAY = 6000,
  SERVICE_CALL_RESULT_SIGNALING_RECONNECT_ICE = 6001,
  SERVICE_CALL_RESULT_UNKNOWN_ACK_ERROR = 7000,
} SERVICE_CALL_RESULT;

typedef enum {
  FRAGMENT_ACK_TYPE_UNDEFINED = 0,
  FRAGMENT_ACK_TYPE_BUFFERING = 1,
  FRAGMENT_ACK_TYPE_RECEIVED = 2,
  FRAGMENT_ACK_TYPE_PERSISTED = 3,
  FRAGMENT_ACK_TYPE_ERROR = 4,
  FRAGMENT_ACK_TYPE_IDLE = 5,
} FRAGMENT_ACK_TYPE;

typedef enum {
  AUTH_INFO_UNDEFINED = 0,
  AUTH_INFO_TYPE_CERT = 1,
  AUTH_INFO_TYPE_STS = 2,
  AUTH_INFO_NONE = 3,
} AUTH_INFO_TYPE;

// Whether fragments are ended when no frames come for a while.
typedef enum {
  AUTOMATIC_STREAMING_INTERMITTENT_PRODUCER = 0,
  AUTOMATIC_STREAMING_ALWAYS_CONTINUOUS = 256,
} AUTOMATIC_STREAMING_FLAGS;

// In which form frames and codec data are given: the same bits as MKV_BEHAVIOR_FLAGS.
typedef enum {
  NAL_ADAPTATION_FLAG_NONE = 0,
  NAL_ADAPTATION_ANNEXB_NALS = 8,
  NAL_ADAPTATION_AVCC_NALS = 16,
  NAL_ADAPTATION_ANNEXB_CPD_NALS = 32,
} NAL_ADAPTATION_FLAGS;

// How frames of several tracks are put in order.
typedef enum {
  FRAME_ORDER_MODE_PASS_THROUGH = 0,
  FRAME_ORDERING_MODE_MULTI_TRACK_AV = 1,
  FRAME_ORDERING_MODE_MULTI_TRACK_AV_COMPARE_DTS_ONE_MS_COMPENSATE = 2,
  FRAME_ORDERING_MODE_MULTI_TRACK_AV_COMPARE_PTS_ONE_MS_COMPENSATE = 3,
  FRAME_ORDERING_MODE_MULTI_TRACK_AV_COMPARE_DTS_ONE_MS_COMPENSATE_EOFR = 4,
  FRAME_ORDERING_MODE_MULTI_TRACK_AV_COMPARE_PTS_ONE_MS_COMPENSATE_EOFR = 5,
} FRAME_ORDER_MODE;

typedef enum {
  CONTENT_STORE_PRESSURE_POLICY_OOM = 0,
  CONTENT_STORE_PRESSURE_POLICY_DROP_TAIL_ITEM = 1,
} CONTENT_STORE_PRESSURE_POLICY;

// Bits: several may be asked for at once.
typedef enum {
  STREAM_EVENT_TYPE_NONE = 0,
  STREAM_EVENT_TYPE_IMAGE_GENERATION = 1,
  STREAM_EVENT_TYPE_NOTIFICATION = 2,
  STREAM_EVENT_TYPE_LAST = 4,
} STREAM_EVENT_TYPE;

// Times and durations, here and below, are in units of 100 ns.
typedef struct __StreamCaps {
  STREAMING_TYPE streamingType;
  CHAR contentType[MAX_CONTENT_TYPE_LEN + 1];
  BOOL adaptive;
  UINT64 maxLatency;
  UINT64 fragmentDuration;
  BOOL keyFrameFragmentation;
  BOOL frameTimecodes;
  BOOL absoluteFragmentTimes;
  BOOL fragmentAcks;
  BOOL recoverOnError;
  UINT32 nalAdaptationFlags;
  UINT32 avgBandwidthBps;
  UINT32 frameRate;
  UINT64 bufferDuration;
  UINT64 replayDuration;
  UINT64 connectionStalenessDuration;
  UINT64 timecodeScale;
  BOOL recalculateMetrics;
  PBYTE segmentUuid;
  PTrackInfo trackInfoList;
  UINT32 trackInfoCount;
  FRAME_ORDER_MODE frameOrderingMode;
  CONTENT_STORE_PRESSURE_POLICY storePressurePolicy;
  CONTENT_VIEW_OVERFLOW_POLICY viewOverflowPolicy;
  BOOL allowStreamCreation;
} StreamCaps, *PStreamCaps;

typedef struct __StreamInfo {
  UINT32 version;
  CHAR name[MAX_STREAM_NAME_LEN + 1];
  UINT32 tagCount;
  PTag tags;
  UINT64 retention;
  CHAR kmsKeyId[MAX_ARN_LEN + 1];
  StreamCaps streamCaps;
} StreamInfo, *PStreamInfo;

typedef struct __StorageInfo {
  UINT32 version;
  DEVICE_STORAGE_TYPE storageType;
  UINT64 storageSize;  // bytes
  UINT32 spillRatio;
  CHAR rootDirectory[MAX_PATH_LEN + 1];
} StorageInfo, *PStorageInfo;

// A time-out of 0 is the default.
typedef struct __ClientInfo {
  UINT32 version;
  UINT64 createClientTimeout;
  UINT64 createStreamTimeout;
  UINT64 stopStreamTimeout;
  UINT64 offlineBufferAvailabilityTimeout;
  UINT32 loggerLogLevel;
  BOOL logMetric;
  UINT64 metricLoggingPeriod;
  AUTOMATIC_STREAMING_FLAGS automaticStreamingFlags;
  UINT64 reservedCallbackPeriod;
  KvsRetryStrategy kvsRetryStrategy;
  KvsRetryStrategyCallbacks kvsRetryStrategyCallbacks;
  UINT64 serviceCallCompletionTimeout;
  UINT64 serviceCallConnectionTimeout;
} ClientInfo, *PClientInfo;

typedef struct __DeviceInfo {
  UINT32 version;
  CHAR name[MAX_DEVICE_NAME_LEN + 1];
  UINT32 tagCount;
  PTag tags;
  StorageInfo storageInfo;
  UINT32 streamCount;
  CHAR clientId[MAX_CLIENT_ID_STRING_LENGTH + 1];
  ClientInfo clientInfo;
} DeviceInfo, *PDeviceInfo;

typedef struct __FragmentAck {
  UINT32 version;
  FRAGMENT_ACK_TYPE ackType;
  UINT64 timestamp;  // of the fragment
  CHAR sequenceNumber[MAX_FRAGMENT_SEQUENCE_NUMBER + 1];
  SERVICE_CALL_RESULT result;
} FragmentAck, *PFragmentAck;

typedef struct __ClientMetrics {
  UINT32 version;
  DOUBLE clientAvgApiCallRetryCount;
  UINT64 contentStoreSize;
  UINT64 contentStoreAvailableSize;
  UINT64 contentStoreAllocatedSize;
  UINT64 totalContentViewsSize;
  UINT64 totalFrameRate;
  UINT64 totalTransferRate;
  DOUBLE totalElementaryFrameRate;
} ClientMetrics, *PClientMetrics;

typedef struct __StreamMetrics {
  UINT32 version;
  UINT64 currentViewDuration;
  UINT64 overallViewDuration;
  UINT64 currentViewSize;
  UINT64 overallViewSize;
  DOUBLE currentFrameRate;
  UINT64 currentTransferRate;
  UINT64 uptime;
  UINT64 transferredBytes;
  UINT64 totalSessions;
  UINT64 totalActiveSessions;
  UINT64 avgSessionDuration;
  UINT64 bufferedAcks;
  UINT64 receivedAcks;
  UINT64 persistedAcks;
  UINT64 errorAcks;
  UINT64 droppedFrames;
  UINT64 droppedFragments;
  UINT64 skippedFrames;
  UINT64 storagePressures;
  UINT64 latencyPressures;
  UINT64 bufferPressures;
  UINT64 staleEvents;
  UINT64 putFrameErrors;
  UINT64 cplApiCallLatency;
  UINT64 dataApiCallLatency;
  DOUBLE elementaryFrameRate;
  UINT32 streamApiCallRetryCount;
} StreamMetrics, *PStreamMetrics;

typedef struct __StreamDescription {
  UINT32 version;
  CHAR deviceName[MAX_DEVICE_NAME_LEN + 1];
  CHAR streamName[MAX_STREAM_NAME_LEN + 1];
  CHAR contentType[MAX_CONTENT_TYPE_LEN + 1];
  CHAR updateVersion[MAX_UPDATE_VERSION_LEN + 1];
  CHAR streamArn[MAX_ARN_LEN + 1];
  STREAM_STATUS streamStatus;
  UINT64 creationTime;
  UINT64 retention;
  CHAR kmsKeyId[MAX_ARN_LEN + 1];
} StreamDescription, *PStreamDescription;

typedef struct __AuthInfo {
  UINT32 version;
  AUTH_INFO_TYPE type;
  BYTE data[MAX_AUTH_LEN];
  UINT32 size;
  UINT64 expiration;
} AuthInfo, *PAuthInfo;

typedef struct __ServiceCallContext {
  UINT32 version;
  UINT64 callAfter;
  UINT64 timeout;
  UINT64 customData;
  PAuthInfo pAuthInfo;
  UINT64 connectionTimeout;
} ServiceCallContext, *PServiceCallContext;

typedef struct __StreamEventMetadata {
  UINT32 version;
  PCHAR imagePrefix;
  UINT8 numberOfPairs;  // of names and values
  PCHAR names[MAX_EVENT_CUSTOM_PAIRS];
  PCHAR values[MAX_EVENT_CUSTOM_PAIRS];
} StreamEventMetadata, *PStreamEventMetadata;

// The first argument of every callback is the custom data of whoever gave it.
typedef STATUS (*GetKvsRetryStrategyFn)(CLIENT_HANDLE);
typedef UINT64 (*GetCurrentTimeFunc)(UINT64);
typedef MUTEX (*CreateMutexFunc)(UINT64, BOOL);
typedef VOID (*LockMutexFunc)(UINT64, MUTEX);
typedef VOID (*UnlockMutexFunc)(UINT64, MUTEX);
typedef BOOL (*TryLockMutexFunc)(UINT64, MUTEX);
typedef VOID (*FreeMutexFunc)(UINT64, MUTEX);
typedef CVAR (*CreateConditionVariableFunc)(UINT64);
typedef STATUS (*SignalConditionVariableFunc)(UINT64, CVAR);
typedef STATUS (*BroadcastConditionVariableFunc)(UINT64, CVAR);
typedef STATUS (*WaitConditionVariableFunc)(UINT64, CVAR, MUTEX, UINT64);
typedef VOID (*FreeConditionVariableFunc)(UINT64, CVAR);
typedef UINT32 (*GetRandomNumberFunc)(UINT64);
typedef STATUS (*GetDeviceCertificateFunc)(UINT64, PBYTE*, PUINT32, PUINT64);
typedef STATUS (*GetSecurityTokenFunc)(UINT64, PBYTE*, PUINT32, PUINT64);
typedef STATUS (*GetDeviceFingerprintFunc)(UINT64, PCHAR*);
typedef STATUS (*StreamUnderflowReportFunc)(UINT64, STREAM_HANDLE);
typedef STATUS (*StorageOverflowPressureFunc)(UINT64, UINT64);
typedef STATUS (*BufferDurationOverflowPressureFunc)(UINT64, STREAM_HANDLE, UINT64);
typedef STATUS (*StreamLatencyPressureFunc)(UINT64, STREAM_HANDLE, UINT64);
typedef STATUS (*StreamConnectionStaleFunc)(UINT64, STREAM_HANDLE, UINT64);
typedef STATUS (*DroppedFrameReportFunc)(UINT64, STREAM_HANDLE, UINT64);
typedef STATUS (*DroppedFragmentReportFunc)(UINT64, STREAM_HANDLE, UINT64);
typedef STATUS (*StreamErrorReportFunc)(UINT64, STREAM_HANDLE, UPLOAD_HANDLE, UINT64, STATUS);
typedef STATUS (*FragmentAckReceivedFunc)(UINT64, STREAM_HANDLE, UPLOAD_HANDLE, PFragmentAck);
typedef STATUS (*ClientReadyFunc)(UINT64, CLIENT_HANDLE);
typedef STATUS (*StreamReadyFunc)(UINT64, STREAM_HANDLE);
typedef STATUS (*StreamClosedFunc)(UINT64, STREAM_HANDLE, UPLOAD_HANDLE);
typedef STATUS (*StreamDataAvailableFunc)(UINT64, STREAM_HANDLE, PCHAR, UPLOAD_HANDLE, UINT64, UINT64);
typedef STATUS (*CreateDeviceFunc)(UINT64, PCHAR, PServiceCallContext);
typedef STATUS (*DeviceCertToTokenFunc)(UINT64, PCHAR, PServiceCallContext);
typedef STATUS (*CreateStreamFunc)(UINT64, PCHAR, PCHAR, PCHAR, PCHAR, UINT64, PServiceCallContext);
typedef STATUS (*DescribeStreamFunc)(UINT64, PCHAR, PServiceCallContext);
typedef STATUS (*GetStreamingEndpointFunc)(UINT64, PCHAR, PCHAR, PServiceCallContext);
typedef STATUS (*GetStreamingTokenFunc)(UINT64, PCHAR, STREAM_ACCESS_MODE, PServiceCallContext);
typedef STATUS (*PutStreamFunc)(UINT64, PCHAR, PCHAR, UINT64, BOOL, BOOL, PCHAR, PServiceCallContext);
typedef STATUS (*TagResourceFunc)(UINT64, PCHAR, UINT32, PTag, PServiceCallContext);
typedef STATUS (*ClientShutdownFunc)(UINT64, CLIENT_HANDLE);
typedef STATUS (*StreamShutdownFunc)(UINT64, STREAM_HANDLE, BOOL);

typedef struct __ClientCallbacks {
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
  GetDeviceCertificateFunc getDeviceCertificateFn;
  GetSecurityTokenFunc getSecurityTokenFn;
  GetDeviceFingerprintFunc getDeviceFingerprintFn;
  StreamUnderflowReportFunc streamUnderflowReportFn;
  StorageOverflowPressureFunc storageOverflowPressureFn;
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
  CreateStreamFunc createStreamFn;
  DescribeStreamFunc describeStreamFn;
  GetStreamingEndpointFunc getStreamingEndpointFn;
  GetStreamingTokenFunc getStreamingTokenFn;
  PutStreamFunc putStreamFn;
  TagResourceFunc tagResourceFn;
  CreateDeviceFunc createDeviceFn;
  DeviceCertToTokenFunc deviceCertToTokenFn;
  ClientReadyFunc clientReadyFn;
  LogPrintFunc logPrintFn;
  ClientShutdownFunc clientShutdownFn;
  StreamShutdownFunc streamShutdownFn;
} ClientCallbacks, *PClientCallbacks;

#ifdef __cplusplus
}
#endif

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_CLIENT_INCLUDE_H_
