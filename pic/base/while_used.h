#ifndef KVS_PIC_BASE_WHILE_USED_H_
#define KVS_PIC_BASE_WHILE_USED_H_

#include <memory>

#include "pic/base/mutex.h"

namespace kvs {

// An object that all share who need one at the same time: it is made for the first of them, and ends with the last. Thread: any.
template <typename T>
class WhileUsed {
 public:
  // `make` gives a std::shared_ptr<T>; it is called under the lock.
  template <typename Make>
  std::shared_ptr<T> Get(Make make) KVS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    std::shared_ptr<T> object = object_.lock();
    if (object == nullptr) {
      object = make();
      object_ = object;
    }
    return object;
  }

 private:
  Mutex mutex_;
  std::weak_ptr<T> object_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs

#endif  // KVS_PIC_BASE_WHILE_USED_H_
