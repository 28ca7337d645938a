#ifndef KVS_CLIENTCALLBACKPROVIDER_H_
#define KVS_CLIENTCALLBACKPROVIDER_H_

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// What a program wants to hear of a client. A null pointer: nothing.
class KVS_COMPAT_API ClientCallbackProvider {
 public:
  virtual ~ClientCallbackProvider();

  // The first argument of the callbacks below.
  virtual UINT64 getCallbackCustomData() = 0;

  virtual ClientReadyFunc getClientReadyCallback() { return nullptr; }
  virtual StorageOverflowPressureFunc getStorageOverflowPressureCallback() { return nullptr; }
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_CLIENTCALLBACKPROVIDER_H_
