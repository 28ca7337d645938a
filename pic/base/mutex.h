#ifndef KVS_PIC_BASE_MUTEX_H_
#define KVS_PIC_BASE_MUTEX_H_

#include <chrono>
#include <condition_variable>
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

// std::mutex with annotations, and patience: see LockPatiently. Not recursive.
class KVS_CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  void lock() KVS_ACQUIRE() {
    if (!mutex_.try_lock()) {
      LockPatiently();
    }
  }
  void unlock() KVS_RELEASE() { mutex_.unlock(); }

 private:
  friend class Condition;
  // Looks again for a few microseconds before it sleeps: hardly anybody holds one for longer than it takes to copy a frame, and to be put to sleep
  // and woken costs both sides more than that.
  void LockPatiently();
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

// std::condition_variable with a Mutex. The one of the standard library that takes any lock has a mutex of its own as well: whoever is woken
// then runs into it, and into the one who wakes, twice for each time.
class Condition {
 public:
  // The mutex is held before and after, and not in between. May return for no reason.
  void Wait(Mutex& mutex) KVS_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  // False when it was too late.
  template <typename Clock, typename Length>
  bool WaitUntil(Mutex& mutex, const std::chrono::time_point<Clock, Length>& deadline) KVS_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool in_time = changed_.wait_until(lock, deadline) == std::cv_status::no_timeout;
    lock.release();
    return in_time;
  }
  bool WaitFor(Mutex& mutex, std::chrono::nanoseconds longest) KVS_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool in_time = changed_.wait_for(lock, longest) == std::cv_status::no_timeout;
    lock.release();
    return in_time;
  }
  void NotifyOne() { changed_.notify_one(); }
  void NotifyAll() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

}  // namespace kvs

#endif  // KVS_PIC_BASE_MUTEX_H_
