#ifndef KVS_PRODUCER_STREAM_REGISTRY_H_
#define KVS_PRODUCER_STREAM_REGISTRY_H_

#include <map>
#include <memory>

#include "pic/base/mutex.h"

namespace kvs {

class RemoteStream;

// The streams of the process that have not ended. Keeps them alive, so that an upload goes on after its user has let go, and
// lets the end of the process wait for those that were stopped. Thread: any. Its lock is taken before a stream's, never after.
class StreamRegistry {
 public:
  static StreamRegistry& Shared();

  void Add(std::shared_ptr<RemoteStream> stream) KVS_EXCLUDES(mutex_);
  void MarkStopping(const RemoteStream* stream) KVS_EXCLUDES(mutex_);
  // The stream has ended; this may drop the last reference to it.
  void Remove(const RemoteStream* stream) KVS_EXCLUDES(mutex_);
  // Until no stream is stopping. Each ends by its own deadline.
  void WaitForStopping() KVS_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::shared_ptr<RemoteStream> stream;
    bool stopping = false;
  };
  StreamRegistry() = default;
  bool AnyStopping() const KVS_REQUIRES(mutex_);

  Mutex mutex_;
  Condition changed_;
  std::map<const RemoteStream*, Entry> streams_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs

#endif  // KVS_PRODUCER_STREAM_REGISTRY_H_
