#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_PLATFORMUTILS_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_PLATFORMUTILS_H_

#include "com/amazonaws/kinesis/video/common/CommonDefs.h"

// Time, threads, locks, memory and logs as programs for Amazon's SDK ask for them: macros over pointers to functions, which a
// program may point elsewhere before it starts threads of its own. The library itself uses none of them but
// globalCustomLogPrintFn, and no custom memory function ever sees memory of the library.

#ifdef __cplusplus
extern "C" {
#endif

// Time of day since 1970, in units of 100 ns.
extern KVS_COMPAT_API UINT64 (*globalGetTime)(VOID);
#define GETTIME() globalGetTime()

// Threads. A thread that is created can be joined, until it is detached.
// Errors: STATUS_NULL_ARG; STATUS_THREAD_NOT_ENOUGH_RESOURCES, STATUS_THREAD_INVALID_ARG, STATUS_THREAD_PERMISSIONS,
//         STATUS_CREATE_THREAD_FAILED; STATUS_THREAD_DEADLOCKED, STATUS_THREAD_DOES_NOT_EXIST, STATUS_THREAD_IS_NOT_JOINABLE,
//         STATUS_JOIN_THREAD_FAILED, STATUS_DETACH_THREAD_FAILED, STATUS_CANCEL_THREAD_FAILED.
typedef PVOID (*startRoutine)(PVOID);
extern KVS_COMPAT_API TID (*globalGetThreadId)(VOID);
extern KVS_COMPAT_API STATUS (*globalCreateThread)(PTID, startRoutine, PVOID);
extern KVS_COMPAT_API STATUS (*globalJoinThread)(TID, PVOID*);
extern KVS_COMPAT_API STATUS (*globalDetachThread)(TID);
extern KVS_COMPAT_API STATUS (*globalCancelThread)(TID);
extern KVS_COMPAT_API VOID (*globalExitThread)(PVOID);
// For so long, and until a time as GETTIME gives it; both in units of 100 ns.
extern KVS_COMPAT_API VOID (*globalThreadSleep)(UINT64);
extern KVS_COMPAT_API VOID (*globalThreadSleepUntil)(UINT64);
KVS_COMPAT_API VOID defaultThreadSleep(UINT64 time);

#define GETTID() globalGetThreadId()
#define THREAD_CREATE globalCreateThread
#define THREAD_JOIN globalJoinThread
#define THREAD_DETACH globalDetachThread
#define THREAD_CANCEL globalCancelThread
#define THREAD_EXIT globalExitThread
#define THREAD_SLEEP globalThreadSleep
#define THREAD_SLEEP_UNTIL globalThreadSleepUntil

// Locks and conditions. The argument of globalCreateMutex: whether the thread that holds it may lock it again. A wait takes at most
// so long, in units of 100 ns, INFINITE_TIME_VALUE: for ever.
// Errors: STATUS_NULL_ARG; STATUS_OPERATION_TIMED_OUT, STATUS_WAIT_FAILED; STATUS_INVALID_OPERATION.
extern KVS_COMPAT_API MUTEX (*globalCreateMutex)(BOOL);
extern KVS_COMPAT_API VOID (*globalLockMutex)(MUTEX);
extern KVS_COMPAT_API VOID (*globalUnlockMutex)(MUTEX);
extern KVS_COMPAT_API BOOL (*globalTryLockMutex)(MUTEX);
extern KVS_COMPAT_API VOID (*globalFreeMutex)(MUTEX);
extern KVS_COMPAT_API CVAR (*globalCreateConditionVariable)(VOID);
extern KVS_COMPAT_API STATUS (*globalSignalConditionVariable)(CVAR);
extern KVS_COMPAT_API STATUS (*globalBroadcastConditionVariable)(CVAR);
extern KVS_COMPAT_API STATUS (*globalWaitConditionVariable)(CVAR, MUTEX, UINT64);
extern KVS_COMPAT_API VOID (*globalFreeConditionVariable)(CVAR);

#define MUTEX_CREATE globalCreateMutex
#define MUTEX_LOCK globalLockMutex
#define MUTEX_UNLOCK globalUnlockMutex
#define MUTEX_TRYLOCK globalTryLockMutex
#define MUTEX_FREE globalFreeMutex
#define CVAR_CREATE globalCreateConditionVariable
#define CVAR_SIGNAL globalSignalConditionVariable
#define CVAR_BROADCAST globalBroadcastConditionVariable
#define CVAR_WAIT globalWaitConditionVariable
#define CVAR_FREE globalFreeConditionVariable

#define ATOMIC_LOAD(pAtomic) __atomic_load_n((pAtomic), __ATOMIC_SEQ_CST)
#define ATOMIC_STORE(pAtomic, value) __atomic_store_n((pAtomic), (SIZE_T) (value), __ATOMIC_SEQ_CST)
#define ATOMIC_EXCHANGE(pAtomic, value) __atomic_exchange_n((pAtomic), (SIZE_T) (value), __ATOMIC_SEQ_CST)
#define ATOMIC_COMPARE_EXCHANGE(pAtomic, pExpected, value) \
  __atomic_compare_exchange_n((pAtomic), (pExpected), (SIZE_T) (value), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define ATOMIC_INCREMENT(pAtomic) __atomic_fetch_add((pAtomic), 1, __ATOMIC_SEQ_CST)
#define ATOMIC_DECREMENT(pAtomic) __atomic_fetch_sub((pAtomic), 1, __ATOMIC_SEQ_CST)
#define ATOMIC_ADD(pAtomic, value) __atomic_fetch_add((pAtomic), (SIZE_T) (value), __ATOMIC_SEQ_CST)
#define ATOMIC_SUBTRACT(pAtomic, value) __atomic_fetch_sub((pAtomic), (SIZE_T) (value), __ATOMIC_SEQ_CST)
#define ATOMIC_AND(pAtomic, value) __atomic_fetch_and((pAtomic), (SIZE_T) (value), __ATOMIC_SEQ_CST)
#define ATOMIC_OR(pAtomic, value) __atomic_fetch_or((pAtomic), (SIZE_T) (value), __ATOMIC_SEQ_CST)
#define ATOMIC_XOR(pAtomic, value) __atomic_fetch_xor((pAtomic), (SIZE_T) (value), __ATOMIC_SEQ_CST)
#define ATOMIC_LOAD_BOOL(pAtomic) ((BOOL) ATOMIC_LOAD(pAtomic))
#define ATOMIC_STORE_BOOL(pAtomic, value) ATOMIC_STORE((pAtomic), (value))
#define ATOMIC_EXCHANGE_BOOL(pAtomic, value) ((BOOL) ATOMIC_EXCHANGE((pAtomic), (value)))
#define ATOMIC_COMPARE_EXCHANGE_BOOL(pAtomic, pExpected, value) ATOMIC_COMPARE_EXCHANGE((pAtomic), (pExpected), (value))

extern KVS_COMPAT_API PVOID (*globalMemAlloc)(SIZE_T);
extern KVS_COMPAT_API PVOID (*globalMemCalloc)(SIZE_T, SIZE_T);
extern KVS_COMPAT_API PVOID (*globalMemRealloc)(PVOID, SIZE_T);
extern KVS_COMPAT_API VOID (*globalMemFree)(PVOID);

#define MEMALLOC globalMemAlloc
#define MEMCALLOC globalMemCalloc
#define MEMREALLOC globalMemRealloc
#define MEMFREE globalMemFree
#define SAFE_MEMFREE(p) \
  do {                  \
    if ((p) != NULL) {  \
      MEMFREE(p);       \
      (p) = NULL;       \
    }                   \
  } while (FALSE)

#define LOG_LEVEL_VERBOSE 1
#define LOG_LEVEL_DEBUG 2
#define LOG_LEVEL_INFO 3
#define LOG_LEVEL_WARN 4
#define LOG_LEVEL_ERROR 5
#define LOG_LEVEL_FATAL 6
#define LOG_LEVEL_SILENT 7
#define LOG_LEVEL_PROFILE 8

// Level, tag, and a text and arguments as for printf.
typedef VOID (*logPrintFunc)(UINT32, PCHAR, PCHAR, ...);
typedef logPrintFunc LogPrintFunc;
// Where DLOGI and its kind go, of every level. At first: to the logger com.amazonaws.kinesis.video of log4cplus, if at least of the
// level below.
extern KVS_COMPAT_API logPrintFunc globalCustomLogPrintFn;
// Not set, or set to 0: the level of log4cplus's root logger.
KVS_COMPAT_API VOID loggerSetLogLevel(UINT32 level);
KVS_COMPAT_API UINT32 loggerGetLogLevel(VOID);

#define SET_LOGGER_LOG_LEVEL(level) loggerSetLogLevel(level)
#define GET_LOGGER_LOG_LEVEL() loggerGetLogLevel()

#ifndef LOG_CLASS
#define LOG_CLASS "platform-utils"
#endif
#define DLOGP(...) globalCustomLogPrintFn(LOG_LEVEL_PROFILE, (PCHAR) LOG_CLASS, (PCHAR) __VA_ARGS__)
#define DLOGV(...) globalCustomLogPrintFn(LOG_LEVEL_VERBOSE, (PCHAR) LOG_CLASS, (PCHAR) __VA_ARGS__)
#define DLOGD(...) globalCustomLogPrintFn(LOG_LEVEL_DEBUG, (PCHAR) LOG_CLASS, (PCHAR) __VA_ARGS__)
#define DLOGI(...) globalCustomLogPrintFn(LOG_LEVEL_INFO, (PCHAR) LOG_CLASS, (PCHAR) __VA_ARGS__)
#define DLOGW(...) globalCustomLogPrintFn(LOG_LEVEL_WARN, (PCHAR) LOG_CLASS, (PCHAR) __VA_ARGS__)
#define DLOGE(...) globalCustomLogPrintFn(LOG_LEVEL_ERROR, (PCHAR) LOG_CLASS, (PCHAR) __VA_ARGS__)
#define DLOGF(...) globalCustomLogPrintFn(LOG_LEVEL_FATAL, (PCHAR) LOG_CLASS, (PCHAR) __VA_ARGS__)
#define DLOGS(...) globalCustomLogPrintFn(LOG_LEVEL_SILENT, (PCHAR) LOG_CLASS, (PCHAR) __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_PLATFORMUTILS_H_
