#ifndef KVS_THREADSAFEMAP_H_
#define KVS_THREADSAFEMAP_H_

#include <cstddef>
#include <iterator>
#include <map>
#include <mutex>

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// A map of which every method may be called from any thread. What it gives are copies.
template <typename K, typename V>
class ThreadSafeMap {
 public:
  // Replaces what is there.
  void put(K k, V v) {
    std::lock_guard<std::mutex> lock(mutex_);
    map_[k] = v;
  }

  // V() when there is none.
  V get(K k) {
    std::lock_guard<std::mutex> lock(mutex_);
    const typename std::map<K, V>::const_iterator found = map_.find(k);
    return found == map_.end() ? V() : found->second;
  }

  // The value at a place in the order of the keys; V() when there are not so many.
  V getAt(size_t at) {
    std::lock_guard<std::mutex> lock(mutex_);
    return at < map_.size() ? std::next(map_.begin(), static_cast<std::ptrdiff_t>(at))->second : V();
  }

  void remove(K k) {
    std::lock_guard<std::mutex> lock(mutex_);
    map_.erase(k);
  }

  bool exists(K k) {
    std::lock_guard<std::mutex> lock(mutex_);
    return map_.count(k) != 0;
  }

  std::map<K, V> getMap() {
    std::lock_guard<std::mutex> lock(mutex_);
    return map_;
  }

 private:
  std::mutex mutex_;
  std::map<K, V> map_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_THREADSAFEMAP_H_
