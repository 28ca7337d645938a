#ifndef KVS_PRODUCER_COMPAT_NATIVE_CLIENT_H_
#define KVS_PRODUCER_COMPAT_NATIVE_CLIENT_H_

#include <memory>
#include <set>
#include <string>

#include "kvs/producer.h"
#include "pic/base/mutex.h"
#include "producer/compat/application_credentials.h"
#include "producer/compat/convert.h"

#include "CallbackProvider.h"
#include "DeviceInfoProvider.h"
#include "StreamCallbackProvider.h"

namespace kvs::compat {

// What a CLIENT_HANDLE stands for: a producer of ours, and what the program said about its clients and streams.
// Thread: every method may be called from any thread.
class NativeClient {
 public:
  // `callbacks` has to be there until Close has returned. With `ask_credentials` the program is asked for credentials here.
  // What it comes to: STATUS_SUCCESS, and `client` is set.
  static STATUS Create(com::amazonaws::kinesis::video::DeviceInfoProvider& device,
                       com::amazonaws::kinesis::video::CallbackProvider& callbacks, bool ask_credentials,
                       std::shared_ptr<NativeClient>& client);

  CLIENT_HANDLE handle() const { return reinterpret_cast<CLIENT_HANDLE>(this); }
  Producer& producer() const { return *producer_; }
  const ClientCallbacks& callbacks() const { return callbacks_; }
  const ClientFacts& facts() const { return facts_; }
  Duration create_stream_timeout() const { return create_stream_timeout_; }
  Duration stop_stream_timeout() const { return stop_stream_timeout_; }

  // A name that is in use until it is let go. STATUS_DUPLICATE_STREAM_NAME, STATUS_MAX_STREAM_COUNT.
  STATUS TakeName(const std::string& stream);
  void LetGoName(const std::string& stream);

  // Tells that the client is ready.
  void TellReady() const;
  // The streams have been freed: from now on the program is asked nothing.
  void Close();

 private:
  NativeClient() = default;
  void LeaveOutUnheard(com::amazonaws::kinesis::video::StreamCallbackProvider* program);
  void WarnOfUnused() const;

  std::shared_ptr<Producer> producer_;
  std::shared_ptr<ApplicationCredentials> credentials_;  // null: the library gets them by itself
  ClientCallbacks callbacks_{};
  ClientFacts facts_;
  Duration create_stream_timeout_;
  Duration stop_stream_timeout_;
  std::size_t most_streams_ = 0;
  std::shared_ptr<LogSink> log_;

  Mutex mutex_;
  std::set<std::string> names_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs::compat

#endif  // KVS_PRODUCER_COMPAT_NATIVE_CLIENT_H_
