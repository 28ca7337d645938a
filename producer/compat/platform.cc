// What the macros of PlatformUtils.h point to at first.
#include "com/amazonaws/kinesis/video/common/PlatformUtils.h"

#include <pthread.h>
#include <time.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdarg>
#include <cstdlib>
#include <memory>
#include <thread>

#include "GetTime.h"
#include "producer/compat/log_print.h"

namespace {

using Ticks = std::chrono::duration<UINT64, std::ratio<1, HUNDREDS_OF_NANOS_IN_A_SECOND>>;

constexpr UINT64 kTicksPerSecond = HUNDREDS_OF_NANOS_IN_A_SECOND;

UINT64 GetTime() {
  return std::chrono::duration_cast<Ticks>(
             com::amazonaws::kinesis::video::systemCurrentTime().time_since_epoch())
      .count();
}

TID GetThreadId() { return static_cast<TID>(pthread_self()); }

STATUS CreateThread(PTID thread_id, startRoutine routine, PVOID argument) {
  if (thread_id == nullptr || routine == nullptr) {
    return STATUS_NULL_ARG;
  }
  pthread_t thread;
  switch (pthread_create(&thread, nullptr, routine, argument)) {
    case 0:
      *thread_id = static_cast<TID>(thread);
      return STATUS_SUCCESS;
    case EAGAIN:
      return STATUS_THREAD_NOT_ENOUGH_RESOURCES;
    case EINVAL:
      return STATUS_THREAD_INVALID_ARG;
    case EPERM:
      return STATUS_THREAD_PERMISSIONS;
    default:
      return STATUS_CREATE_THREAD_FAILED;
  }
}

// `otherwise` is the status of errors that have none of their own.
STATUS StatusOfThreadError(int error, STATUS otherwise) {
  switch (error) {
    case 0:
      return STATUS_SUCCESS;
    case EDEADLK:
      return STATUS_THREAD_DEADLOCKED;
    case EINVAL:
      return STATUS_THREAD_IS_NOT_JOINABLE;
    case ESRCH:
      return STATUS_THREAD_DOES_NOT_EXIST;
    default:
      return otherwise;
  }
}

STATUS JoinThread(TID thread_id, PVOID* result) {
  return StatusOfThreadError(pthread_join(static_cast<pthread_t>(thread_id), result), STATUS_JOIN_THREAD_FAILED);
}

STATUS DetachThread(TID thread_id) {
  return StatusOfThreadError(pthread_detach(static_cast<pthread_t>(thread_id)), STATUS_DETACH_THREAD_FAILED);
}

STATUS CancelThread(TID thread_id) {
  return StatusOfThreadError(pthread_cancel(static_cast<pthread_t>(thread_id)), STATUS_CANCEL_THREAD_FAILED);
}

VOID ExitThread(PVOID result) { pthread_exit(result); }

VOID ThreadSleep(UINT64 time) {
  std::this_thread::sleep_for(std::chrono::duration<std::int64_t, Ticks::period>(
      static_cast<std::int64_t>(MIN(time, static_cast<UINT64>(MAX_INT64) / DEFAULT_TIME_UNIT_IN_NANOS))));
}

VOID ThreadSleepUntil(UINT64 time) {
  const UINT64 now = GetTime();
  if (time > now) {
    ThreadSleep(time - now);
  }
}

pthread_mutex_t* ToPthread(MUTEX mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }

MUTEX CreateMutex(BOOL reentrant) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, reentrant ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
  auto mutex = std::make_unique<pthread_mutex_t>();
  const bool made = pthread_mutex_init(mutex.get(), &attributes) == 0;
  pthread_mutexattr_destroy(&attributes);
  return made ? reinterpret_cast<MUTEX>(mutex.release()) : INVALID_MUTEX_VALUE;
}

VOID LockMutex(MUTEX mutex) { pthread_mutex_lock(ToPthread(mutex)); }

VOID UnlockMutex(MUTEX mutex) { pthread_mutex_unlock(ToPthread(mutex)); }

BOOL TryLockMutex(MUTEX mutex) { return pthread_mutex_trylock(ToPthread(mutex)) == 0; }

VOID FreeMutex(MUTEX mutex) {
  if (const std::unique_ptr<pthread_mutex_t> owned(ToPthread(mutex)); owned != nullptr) {
    pthread_mutex_destroy(owned.get());
  }
}

CVAR CreateConditionVariable() {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  // So that a wait is as long as it says when the time of day is set.
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  auto condition = std::make_unique<pthread_cond_t>();
  const bool made = pthread_cond_init(condition.get(), &attributes) == 0;
  pthread_condattr_destroy(&attributes);
  return made ? condition.release() : INVALID_CVAR_VALUE;
}

STATUS SignalConditionVariable(CVAR condition) {
  return pthread_cond_signal(condition) == 0 ? STATUS_SUCCESS : STATUS_INVALID_OPERATION;
}

STATUS BroadcastConditionVariable(CVAR condition) {
  return pthread_cond_broadcast(condition) == 0 ? STATUS_SUCCESS : STATUS_INVALID_OPERATION;
}

int WaitAtMost(CVAR condition, MUTEX mutex, UINT64 timeout) {
  timespec deadline{};
  clock_gettime(CLOCK_MONOTONIC, &deadline);
  const UINT64 nanos = static_cast<UINT64>(deadline.tv_nsec) + timeout % kTicksPerSecond * DEFAULT_TIME_UNIT_IN_NANOS;
  constexpr UINT64 kNanosPerSecond = kTicksPerSecond * DEFAULT_TIME_UNIT_IN_NANOS;
  deadline.tv_sec += static_cast<time_t>(timeout / kTicksPerSecond + nanos / kNanosPerSecond);
  deadline.tv_nsec = static_cast<long>(nanos % kNanosPerSecond);
  return pthread_cond_timedwait(condition, ToPthread(mutex), &deadline);
}

STATUS WaitConditionVariable(CVAR condition, MUTEX mutex, UINT64 timeout) {
  switch (timeout == INFINITE_TIME_VALUE ? pthread_cond_wait(condition, ToPthread(mutex))
                                         : WaitAtMost(condition, mutex, timeout)) {
    case 0:
      return STATUS_SUCCESS;
    case ETIMEDOUT:
      return STATUS_OPERATION_TIMED_OUT;
    default:
      return STATUS_WAIT_FAILED;
  }
}

VOID FreeConditionVariable(CVAR condition) {
  if (const std::unique_ptr<pthread_cond_t> owned(condition); owned != nullptr) {
    pthread_cond_destroy(owned.get());
  }
}

// 0: as log4cplus's root logger.
std::atomic<UINT32> log_level = 0;

VOID LogPrint(UINT32 level, PCHAR tag, PCHAR format, ...) {
  if (level < loggerGetLogLevel()) {
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  com::amazonaws::kinesis::video::LogPrint(level, tag, format, arguments);
  va_end(arguments);
}

}  // namespace

UINT64 (*globalGetTime)(VOID) = GetTime;

TID (*globalGetThreadId)(VOID) = GetThreadId;
STATUS (*globalCreateThread)(PTID, startRoutine, PVOID) = CreateThread;
STATUS (*globalJoinThread)(TID, PVOID*) = JoinThread;
STATUS (*globalDetachThread)(TID) = DetachThread;
STATUS (*globalCancelThread)(TID) = CancelThread;
VOID (*globalExitThread)(PVOID) = ExitThread;
VOID (*globalThreadSleep)(UINT64) = ThreadSleep;
VOID (*globalThreadSleepUntil)(UINT64) = ThreadSleepUntil;

VOID defaultThreadSleep(UINT64 time) { ThreadSleep(time); }

MUTEX (*globalCreateMutex)(BOOL) = CreateMutex;
VOID (*globalLockMutex)(MUTEX) = LockMutex;
VOID (*globalUnlockMutex)(MUTEX) = UnlockMutex;
BOOL (*globalTryLockMutex)(MUTEX) = TryLockMutex;
VOID (*globalFreeMutex)(MUTEX) = FreeMutex;
CVAR (*globalCreateConditionVariable)(VOID) = CreateConditionVariable;
STATUS (*globalSignalConditionVariable)(CVAR) = SignalConditionVariable;
STATUS (*globalBroadcastConditionVariable)(CVAR) = BroadcastConditionVariable;
STATUS (*globalWaitConditionVariable)(CVAR, MUTEX, UINT64) = WaitConditionVariable;
VOID (*globalFreeConditionVariable)(CVAR) = FreeConditionVariable;

PVOID (*globalMemAlloc)(SIZE_T) = std::malloc;
PVOID (*globalMemCalloc)(SIZE_T, SIZE_T) = std::calloc;
PVOID (*globalMemRealloc)(PVOID, SIZE_T) = std::realloc;
VOID (*globalMemFree)(PVOID) = std::free;

logPrintFunc globalCustomLogPrintFn = LogPrint;

VOID loggerSetLogLevel(UINT32 level) { log_level = level; }

UINT32 loggerGetLogLevel() {
  const UINT32 level = log_level;
  return level != 0 ? level : com::amazonaws::kinesis::video::RootLogLevel();
}
