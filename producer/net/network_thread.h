#ifndef KVS_PRODUCER_NET_NETWORK_THREAD_H_
#define KVS_PRODUCER_NET_NETWORK_THREAD_H_

#include <atomic>
#include <thread>

#include "producer/net/network_loop.h"
#include "producer/net/system_clock.h"

namespace kvs::net {

// The one network thread of the process: a loop around NetworkLoop::RunOnce. Started when it is first needed.
class NetworkThread {
 public:
  // Thread: any. Never destroyed: streams may be in use until the last moment of the process.
  static NetworkThread& Shared();
  // Stop, of the one that Shared gives, if it was ever asked for. Thread: any.
  static void EndShared();

  const Clock& clock() const { return clock_; }
  // Only NetworkLoop::Post is for other threads.
  NetworkLoop& loop() { return loop_; }
  // Ends the thread and waits for it; what was posted and not run is dropped. For the end of the process. Does
  // nothing on the network thread itself.
  void Stop();
  // Whether Stop was called: nothing is sent and nothing arrives any more. Thread: any.
  bool ended() const { return stop_.load(std::memory_order_acquire); }

 private:
  NetworkThread();
  SystemClock clock_;
  NetworkLoop loop_{clock_};
  std::atomic<bool> stop_{false};
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_NETWORK_THREAD_H_
