#ifndef KVS_KINESISVIDEOPRODUCER_H_
#define KVS_KINESISVIDEOPRODUCER_H_

// Programs rely on what comes with this header.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "Auth.h"
#include "CachingEndpointOnlyCallbackProvider.h"
#include "CallbackProvider.h"
#include "ClientCallbackProvider.h"
#include "DefaultCallbackProvider.h"
#include "DefaultDeviceInfoProvider.h"
#include "DeviceInfoProvider.h"
#include "GetTime.h"
#include "KinesisVideoProducerMetrics.h"
#include "KinesisVideoStream.h"
#include "KinesisVideoStreamMetrics.h"
#include "StreamCallbackProvider.h"
#include "StreamDefinition.h"
#include "StreamTags.h"
#include "ThreadSafeMap.h"
#include "com/amazonaws/kinesis/video/cproducer/Include.h"

#define CLIENT_READY_TIMEOUT_DURATION_IN_SECONDS 15
#define STREAM_READY_TIMEOUT_DURATION_IN_SECONDS 30
// freeStream never waits.
#define CLIENT_STREAM_CLOSED_CALLBACK_AWAIT_TIME_MILLIS 0
// A variable with the control-plane URL, for programs that give none.
#define CONTROL_PLANE_URI_ENV_VAR ((PCHAR) "CONTROL_PLANE_URI")

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// A set of streams with the same credentials, region and budget of memory.
// Thread: every method may be called from any thread.
class KVS_COMPAT_API KinesisVideoProducer {
 public:
  // Makes a client; the second and third kind return when it is ready, which is at once, as no call is made for it.
  // `control_plane_uri` empty: from the region. `caching_update_period` in units of 100 ns.
  // Throws std::runtime_error when a client cannot be made of these.
  static std::unique_ptr<KinesisVideoProducer> create(
      std::unique_ptr<DeviceInfoProvider> device_info_provider, std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider, std::unique_ptr<CredentialProvider> credential_provider,
      const std::string& region = DEFAULT_AWS_REGION, const std::string& control_plane_uri = "",
      const std::string& user_agent_name = DEFAULT_USER_AGENT_NAME);
  static std::unique_ptr<KinesisVideoProducer> create(std::unique_ptr<DeviceInfoProvider> device_info_provider,
                                                      std::unique_ptr<CallbackProvider> callback_provider);
  static std::unique_ptr<KinesisVideoProducer> createSync(
      std::unique_ptr<DeviceInfoProvider> device_info_provider, std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider, std::unique_ptr<CredentialProvider> credential_provider,
      const std::string& region = DEFAULT_AWS_REGION, const std::string& control_plane_uri = "",
      const std::string& user_agent_name = DEFAULT_USER_AGENT_NAME, bool is_caching_endpoint = false,
      uint64_t caching_update_period = DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD);
  static std::unique_ptr<KinesisVideoProducer> createSync(
      std::unique_ptr<DeviceInfoProvider> device_info_provider, std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider, std::unique_ptr<CredentialProvider> credential_provider,
      API_CALL_CACHE_TYPE api_call_caching = API_CALL_CACHE_TYPE_ALL, const std::string& region = DEFAULT_AWS_REGION,
      const std::string& control_plane_uri = "", const std::string& user_agent_name = DEFAULT_USER_AGENT_NAME,
      uint64_t caching_update_period = DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD);
  static std::unique_ptr<KinesisVideoProducer> createSync(std::unique_ptr<DeviceInfoProvider> device_info_provider,
                                                          std::unique_ptr<CallbackProvider> callback_provider);

  // Frees the streams, too.
  virtual ~KinesisVideoProducer();

  // Makes a stream; the second returns when it is ready.
  // Throws std::runtime_error when it cannot be made, with the status in its text; the second also when it is not ready within the
  // createStreamTimeout of the client.
  std::shared_ptr<KinesisVideoStream> createStream(std::unique_ptr<StreamDefinition> stream_definition);
  std::shared_ptr<KinesisVideoStream> createStreamSync(std::unique_ptr<StreamDefinition> stream_definition);

  // Ends a stream at once, without sending what it holds. Throws std::runtime_error on a null pointer.
  void freeStream(std::shared_ptr<KinesisVideoStream> kinesis_video_stream);
  void freeStreams();

  // Throws std::runtime_error when the client was freed.
  KinesisVideoProducerMetrics getMetrics() const;

  CLIENT_HANDLE getClientHandle() const { return client_handle_; }

 protected:
  friend class NativeAccess;

  KinesisVideoProducer();

  // May be called again.
  void freeKinesisVideoClient();

  CLIENT_HANDLE client_handle_;
  std::once_flag free_kinesis_video_client_flag_;
  std::mutex free_client_mutex_;
  std::unique_ptr<CallbackProvider> callback_provider_;
  mutable KinesisVideoProducerMetrics client_metrics_;
  ThreadSafeMap<STREAM_HANDLE, std::shared_ptr<KinesisVideoStream>> active_streams_;

 private:
  struct __attribute__((visibility("hidden"))) Native;

  std::shared_ptr<Native> native_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_KINESISVIDEOPRODUCER_H_
