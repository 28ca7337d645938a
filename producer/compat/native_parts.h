#ifndef KVS_PRODUCER_COMPAT_NATIVE_PARTS_H_
#define KVS_PRODUCER_COMPAT_NATIVE_PARTS_H_

#include <memory>

#include "producer/compat/native_client.h"
#include "producer/compat/native_stream.h"

#include "KinesisVideoProducer.h"

namespace com::amazonaws::kinesis::video {

// What the public classes keep behind a pointer; there is none in an object that a program derived and never created. Parts of
// exported classes, but nobody else's.
#define KVS_COMPAT_HIDDEN __attribute__((visibility("hidden")))

struct KinesisVideoProducer::Native {
  std::shared_ptr<kvs::compat::NativeClient> client;  // null: it was freed

  // Both throw as the public functions do that are made of them.
  KVS_COMPAT_HIDDEN static std::unique_ptr<KinesisVideoProducer> MakeProducer(DeviceInfoProvider* device,
                                                                              std::unique_ptr<CallbackProvider> callbacks,
                                                                              bool sync);
  KVS_COMPAT_HIDDEN static std::shared_ptr<KinesisVideoStream> MakeStream(KinesisVideoProducer& producer,
                                                                          StreamDefinition* definition, bool sync);
};
struct KinesisVideoStream::Native {
  std::shared_ptr<kvs::compat::NativeStream> stream;  // null: it could not be made

  // Null where there is none.
  KVS_COMPAT_HIDDEN static kvs::compat::NativeStream* Of(const KinesisVideoStream& stream) {
    return stream.native_ != nullptr ? stream.native_->stream.get() : nullptr;
  }
};

#undef KVS_COMPAT_HIDDEN

}  // namespace com::amazonaws::kinesis::video

#endif  // KVS_PRODUCER_COMPAT_NATIVE_PARTS_H_
