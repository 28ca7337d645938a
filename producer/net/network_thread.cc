#include "producer/net/network_thread.h"

#include <pthread.h>
#include <signal.h>

namespace kvs::net {
namespace {

constexpr Duration kLongestWait = Duration::Seconds(60);

// Signals are for the application's threads. SIGPIPE is blocked here because a send to a closed TLS connection raises it.
void BlockSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

// What Shared gives, once it has been asked for.
std::atomic<NetworkThread*> shared = nullptr;

}  // namespace

NetworkThread& NetworkThread::Shared() {
  static NetworkThread* const kShared = [] {
    auto* const made = new NetworkThread();  // NOLINT: never destroyed on purpose
    shared.store(made, std::memory_order_release);
    return made;
  }();
  return *kShared;
}

void NetworkThread::EndShared() {
  if (NetworkThread* const made = shared.load(std::memory_order_acquire); made != nullptr) {
    made->Stop();
  }
}

NetworkThread::NetworkThread() {
  thread_ = std::thread([this] {
    BlockSignals();
    pthread_setname_np(pthread_self(), "kvs-net");
    while (!stop_.load(std::memory_order_acquire)) {
      loop_.RunOnce(kLongestWait);
    }
  });
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
