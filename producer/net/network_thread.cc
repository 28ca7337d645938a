#include "producer/net/network_thread.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>

#include "pic/base/mutex.h"

namespace kvs::net {
namespace {

constexpr Duration kLongestWait = Duration::Seconds(60);

// Signals are for the application's threads. SIGPIPE is blocked here because a send to a closed TLS connection raises it.
void BlockSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

// Those that there are; null: not yet. Only ever added to.
struct NetworkThread::Threads {
  static Threads& Get() {
    static Threads* const kThreads = new Threads();  // NOLINT: never destroyed on purpose
    return *kThreads;
  }
  Mutex mutex;  // held while one is made
  std::array<std::atomic<NetworkThread*>, kMost> made{};
};

NetworkThread& NetworkThread::Numbered(std::uint32_t number) {
  Threads& threads = Threads::Get();
  std::atomic<NetworkThread*>& place = threads.made[number];
  if (NetworkThread* const made = place.load(std::memory_order_acquire); made != nullptr) {
    return *made;
  }
  const MutexLock lock(threads.mutex);
  if (place.load(std::memory_order_relaxed) == nullptr) {
    place.store(new NetworkThread(), std::memory_order_release);  // NOLINT: never destroyed on purpose
  }
  return *place.load(std::memory_order_relaxed);
}

NetworkThread& NetworkThread::ForMedia(std::uint32_t count) {
  NetworkThread* least = &Shared();
  for (std::uint32_t i = 1; i < std::min(count, kMost); ++i) {
    NetworkThread& other = Numbered(i);
    least = other.streams_.load(std::memory_order_relaxed) < least->streams_.load(std::memory_order_relaxed) ? &other : least;
  }
  least->streams_.fetch_add(1, std::memory_order_relaxed);
  return *least;
}

double NetworkThread::BusiestShare() {
  double busiest = 0;
  for (const auto& place : Threads::Get().made) {
    if (const NetworkThread* const made = place.load(std::memory_order_acquire); made != nullptr) {
      busiest = std::max(busiest, made->loop_.busy());
    }
  }
  return busiest;
}

void NetworkThread::EndAll() {
  for (const auto& place : Threads::Get().made) {
    if (NetworkThread* const made = place.load(std::memory_order_acquire); made != nullptr) {
      made->Stop();
    }
  }
}

NetworkThread::NetworkThread() {
  thread_ = std::thread([this] {
    BlockSignals();
    while (!stop_.load(std::memory_order_acquire)) {
      loop_.RunOnce(kLongestWait);
    }
  });
  pthread_setname_np(thread_.native_handle(), "kvs-net");  // by us: it has its name as soon as there is somebody to look
}

void NetworkThread::Stop() {
  if (!thread_.joinable() || thread_.get_id() == std::this_thread::get_id()) {
    return;
  }
  stop_.store(true, std::memory_order_release);
  loop_.Wake();
  thread_.join();
}

}  // namespace kvs::net
