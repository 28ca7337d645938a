#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_UTILS_INCLUDE_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_UTILS_INCLUDE_H_

#include "com/amazonaws/kinesis/video/common/CommonDefs.h"
#include "com/amazonaws/kinesis/video/common/PlatformUtils.h"

// Tags, numbers in text, and how often something is tried again.

#ifdef __cplusplus
extern "C" {
#endif

#define MAX_TAG_COUNT 50
#define MAX_TAG_NAME_LEN 128
#define MAX_TAG_VALUE_LEN 1024

#define TAG_CURRENT_VERSION 0

// Of a stream or of a device.
typedef struct __Tag {
  UINT32 version;
  PCHAR name;
  PCHAR value;
} Tag, *PTag;

// Whole numbers in text of any base from 2 to 36, as far as `pEnd`, or as the end of the text when that is NULL. A sign may come
// first where the type has one; nothing else may, and nothing may follow.
// Errors: STATUS_NULL_ARG; STATUS_INVALID_ARG: `pEnd` lies in front of `pStart`; STATUS_INVALID_BASE; STATUS_EMPTY_STRING: no digit;
//         STATUS_INVALID_DIGIT; STATUS_INT_OVERFLOW.
KVS_COMPAT_API STATUS strtoi32(PCHAR pStart, PCHAR pEnd, UINT32 base, PINT32 pValue);
KVS_COMPAT_API STATUS strtoui32(PCHAR pStart, PCHAR pEnd, UINT32 base, PUINT32 pValue);
KVS_COMPAT_API STATUS strtoi64(PCHAR pStart, PCHAR pEnd, UINT32 base, PINT64 pValue);
KVS_COMPAT_API STATUS strtoui64(PCHAR pStart, PCHAR pEnd, UINT32 base, PUINT64 pValue);

#define STRTOI32 strtoi32
#define STRTOUI32 strtoui32
#define STRTOI64 strtoi64
#define STRTOUI64 strtoui64

// Amazon's builds for tests count what was allocated. This library does not: the answer is always STATUS_SUCCESS.
KVS_COMPAT_API STATUS setInstrumentedAllocatorsNoop(VOID);
KVS_COMPAT_API STATUS resetInstrumentedAllocatorsNoop(VOID);

#define SET_INSTRUMENTED_ALLOCATORS() setInstrumentedAllocatorsNoop()
#define RESET_INSTRUMENTED_ALLOCATORS() resetInstrumentedAllocatorsNoop()

// How calls are tried again. What a program sets here is not used: docs/compat.md.
typedef enum {
  KVS_RETRY_STRATEGY_DISABLED = 0,
  KVS_RETRY_STRATEGY_EXPONENTIAL_BACKOFF_WAIT = 1,
} KVS_RETRY_STRATEGY_TYPE;

// Opaque, as in Amazon's SDK.
typedef struct __RetryStrategy RetryStrategy;
typedef RetryStrategy* PRetryStrategy;
typedef struct __RetryStrategyConfig RetryStrategyConfig;
typedef RetryStrategyConfig* PRetryStrategyConfig;

typedef struct __KvsRetryStrategy {
  PRetryStrategy pRetryStrategy;
  PRetryStrategyConfig pRetryStrategyConfig;
  KVS_RETRY_STRATEGY_TYPE retryStrategyType;
} KvsRetryStrategy, *PKvsRetryStrategy;

typedef STATUS (*CreateRetryStrategyFn)(PKvsRetryStrategy);
typedef STATUS (*GetCurrentRetryAttemptNumberFn)(PKvsRetryStrategy, PUINT32);
typedef STATUS (*FreeRetryStrategyFn)(PKvsRetryStrategy);
typedef STATUS (*ExecuteRetryStrategyFn)(PKvsRetryStrategy, PUINT64);

typedef struct __KvsRetryStrategyCallbacks {
  CreateRetryStrategyFn createRetryStrategyFn;
  GetCurrentRetryAttemptNumberFn getCurrentRetryAttemptNumberFn;
  FreeRetryStrategyFn freeRetryStrategyFn;
  ExecuteRetryStrategyFn executeRetryStrategyFn;
} KvsRetryStrategyCallbacks, *PKvsRetryStrategyCallbacks;

typedef enum {
  BACKOFF_NOT_STARTED = 1,
  BACKOFF_IN_PROGRESS = 2,
  BACKOFF_TERMINATED = 3,
} ExponentialBackoffStatus;

typedef enum {
  FULL_JITTER = 1,
  FIXED_JITTER = 2,
  NO_JITTER = 3,
} ExponentialBackoffJitterType;

typedef struct __ExponentialBackoffRetryStrategyConfig {
  UINT32 maxRetryCount;
  UINT64 maxRetryWaitTime;
  UINT64 retryFactorTime;
  UINT64 minTimeToResetRetryState;
  ExponentialBackoffJitterType jitterType;
  UINT32 jitterFactor;
} ExponentialBackoffRetryStrategyConfig, *PExponentialBackoffRetryStrategyConfig;

#ifdef __cplusplus
}
#endif

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_UTILS_INCLUDE_H_
