#ifndef KVS_PRODUCER_NET_NETWORK_THREAD_H_
#define KVS_PRODUCER_NET_NETWORK_THREAD_H_

#include <atomic>
#include <cstdint>
#include <thread>

#include "producer/net/network_loop.h"
#include "producer/net/system_clock.h"

namespace kvs::net {

// A network thread of the process: a loop around NetworkLoop::RunOnce. There is one, on which everything happens, and those for the media
// of streams where a producer asks for more; each is started when it is first needed.
class NetworkThread {
 public:
  static constexpr std::uint32_t kMost = 16;

  // The one on which everything happens. Thread: any. Never destroyed: streams may be in use until the last moment of the process.
  static NetworkThread& Shared() { return Numbered(0); }
  // Of the first `count`, up to kMost, the one that has the media of the fewest streams. It has one more now, until LetGo. Thread: any.
  static NetworkThread& ForMedia(std::uint32_t count);
  void LetGo() { streams_.fetch_sub(1, std::memory_order_relaxed); }
  // Of those that there are. Thread: any.
  static double BusiestShare();
  // Stop, of all that there are. Thread: any.
  static void EndAll();

  const Clock& clock() const { return clock_; }
  // Only NetworkLoop::Post is for other threads.
  NetworkLoop& loop() { return loop_; }
  // Ends the thread and waits for it; what was posted and not run is dropped. For the end of the process. Does
  // nothing on the network thread itself.
  void Stop();
  // Whether Stop was called: nothing is sent and nothing arrives any more. Thread: any.
  bool ended() const { return stop_.load(std::memory_order_acquire); }

 private:
  struct Threads;
  static NetworkThread& Numbered(std::uint32_t number);
  NetworkThread();
  SystemClock clock_;
  NetworkLoop loop_{clock_};
  std::atomic<bool> stop_{false};
  std::atomic<std::uint32_t> streams_{0};
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_NETWORK_THREAD_H_
