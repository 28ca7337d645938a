#include "producer/stream_registry.h"

#include <algorithm>
#include <utility>

#include "producer/remote_stream.h"

namespace kvs {

StreamRegistry& StreamRegistry::Shared() {
  static StreamRegistry* const kShared = new StreamRegistry();  // NOLINT: never destroyed, see NetworkThread
  return *kShared;
}

void StreamRegistry::Add(std::shared_ptr<RemoteStream> stream) {
  const RemoteStream* key = stream.get();
  const MutexLock lock(mutex_);
  streams_[key].stream = std::move(stream);
}

void StreamRegistry::MarkStopping(const RemoteStream* stream) {
  const MutexLock lock(mutex_);
  if (const auto found = streams_.find(stream); found != streams_.end()) {
    found->second.stopping = true;
  }
}

void StreamRegistry::Remove(const RemoteStream* stream) {
  std::shared_ptr<RemoteStream> last;  // dropped after the lock
  {
    const MutexLock lock(mutex_);
    if (const auto found = streams_.find(stream); found != streams_.end()) {
      last = std::move(found->second.stream);
      streams_.erase(found);
    }
  }
  changed_.NotifyAll();
}

bool StreamRegistry::AnyStopping() const {
  return std::any_of(streams_.begin(), streams_.end(), [](const auto& entry) { return entry.second.stopping; });
}

void StreamRegistry::WaitForStopping() {
  const MutexLock lock(mutex_);
  while (AnyStopping()) {
    changed_.Wait(mutex_);
  }
}

}  // namespace kvs
