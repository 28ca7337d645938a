#ifndef KVS_PIC_BASE_MUTEX_H_
#define KVS_PIC_BASE_MUTEX_H_

#include <mutex>

// Clang's thread-safety annotations: the compiler checks who holds which lock. No-ops elsewhere.
#if defined(__clang__)
#define KVS_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define KVS_THREAD_ANNOTATION(x)
#endif

#define KVS_CAPABILITY(x) KVS_THREAD_ANNOTATION(capability(x))
#define KVS_SCOPED_CAPABILITY KVS_THREAD_ANNOTATION(scoped_lockable)
#define KVS_GUARDED_BY(x) KVS_THREAD_ANNOTATION(guarded_by(x))
#define KVS_REQUIRES(...) KVS_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define KVS_EXCLUDES(...) KVS_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define KVS_ACQUIRE(...) KVS_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define KVS_RELEASE(...) KVS_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define KVS_NO_THREAD_SAFETY_ANALYSIS KVS_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace kvs {

// std::mutex with annotations. Not recursive. Satisfies BasicLockable, for std::condition_variable_any.
class KVS_CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void lock() KVS_ACQUIRE() { mutex_.lock(); }
  void unlock() KVS_RELEASE() { mutex_.unlock(); }
  // For std::condition_variable only.
  std::mutex& native() { return mutex_; }

 private:
  std::mutex mutex_;
};

class KVS_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) KVS_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() KVS_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace kvs

#endif  // KVS_PIC_BASE_MUTEX_H_
