#ifndef KVS_DEFAULTCALLBACKPROVIDER_H_
#define KVS_DEFAULTCALLBACKPROVIDER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "Auth.h"
#include "CallbackProvider.h"
#include "ClientCallbackProvider.h"
#include "StreamCallbackProvider.h"
#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// The callbacks of a program, and everything else that a client has to know: where the service is, who is asking, what is cached.
class KVS_COMPAT_API DefaultCallbackProvider : public CallbackProvider {
 public:
  // Owner:  the providers are this object's; a null one of the first two hears nothing.
  // `control_plane_uri` empty: from the region. `user_agent_name` empty: the library's own. `cert_path`: a CA file or a folder of
  // them; empty: the system's. A period that is a number is in units of 100 ns.
  // Throws std::runtime_error when a user agent is too long, or the period longer than MAX_ENDPOINT_CACHE_UPDATE_PERIOD.
  explicit DefaultCallbackProvider(
      std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
      std::unique_ptr<CredentialProvider> credentials_provider,
      const std::string& region = DEFAULT_AWS_REGION, const std::string& control_plane_uri = EMPTY_STRING,
      const std::string& user_agent_name = EMPTY_STRING, const std::string& custom_user_agent = EMPTY_STRING,
      const std::string& cert_path = EMPTY_STRING, bool is_caching_endpoint = false,
      uint64_t caching_update_period = DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD);
  explicit DefaultCallbackProvider(
      std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
      std::unique_ptr<CredentialProvider> credentials_provider =
          std::unique_ptr<CredentialProvider>(new EmptyCredentialProvider()),  // NOLINT: C++11 has no make_unique
      const std::string& region = DEFAULT_AWS_REGION, const std::string& control_plane_uri = EMPTY_STRING,
      const std::string& user_agent_name = EMPTY_STRING, const std::string& custom_user_agent = EMPTY_STRING,
      const std::string& cert_path = EMPTY_STRING, bool is_caching_endpoint = false,
      std::chrono::duration<uint64_t> caching_update_period = defaultCachingUpdatePeriod());
  explicit DefaultCallbackProvider(
      std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
      std::unique_ptr<CredentialProvider> credentials_provider =
          std::unique_ptr<CredentialProvider>(new EmptyCredentialProvider()),  // NOLINT: C++11 has no make_unique
      const std::string& region = DEFAULT_AWS_REGION, const std::string& control_plane_uri = EMPTY_STRING,
      const std::string& user_agent_name = EMPTY_STRING, const std::string& custom_user_agent = EMPTY_STRING,
      const std::string& cert_path = EMPTY_STRING, API_CALL_CACHE_TYPE api_call_caching = API_CALL_CACHE_TYPE_ALL,
      std::chrono::duration<uint64_t> caching_update_period = defaultCachingUpdatePeriod());
  explicit DefaultCallbackProvider(
      std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
      std::unique_ptr<CredentialProvider> credentials_provider,
      const std::string& region, const std::string& control_plane_uri,
      const std::string& user_agent_name, const std::string& custom_user_agent,
      const std::string& cert_path, API_CALL_CACHE_TYPE api_call_caching,
      uint64_t caching_update_period);
  ~DefaultCallbackProvider() override;

  callback_t getCallbacks() override;

  GetCurrentTimeFunc getCurrentTimeCallback() override;
  LogPrintFunc getLogPrintCallback() override;
  GetSecurityTokenFunc getSecurityTokenCallback() override;
  StreamUnderflowReportFunc getStreamUnderflowReportCallback() override;
  StorageOverflowPressureFunc getStorageOverflowPressureCallback() override;
  StreamLatencyPressureFunc getStreamLatencyPressureCallback() override;
  FragmentAckReceivedFunc getFragmentAckReceivedCallback() override;
  DroppedFrameReportFunc getDroppedFrameReportCallback() override;
  BufferDurationOverflowPressureFunc getBufferDurationOverflowPressureCallback() override;
  StreamErrorReportFunc getStreamErrorReportCallback() override;
  StreamConnectionStaleFunc getStreamConnectionStaleCallback() override;
  DroppedFragmentReportFunc getDroppedFragmentReportCallback() override;
  StreamReadyFunc getStreamReadyCallback() override;
  StreamClosedFunc getStreamClosedCallback() override;
  ClientReadyFunc getClientReadyCallback() override;
  StreamDataAvailableFunc getStreamDataAvailableCallback() override;
  CreateDeviceFunc getCreateDeviceCallback() override;

  // Null pointers: these calls are made by the library.
  CreateStreamFunc getCreateStreamCallback() override;
  DescribeStreamFunc getDescribeStreamCallback() override;
  GetStreamingEndpointFunc getStreamingEndpointCallback() override;
  GetStreamingTokenFunc getStreamingTokenCallback() override;
  PutStreamFunc getPutStreamCallback() override;
  TagResourceFunc getTagResourceCallback() override;

  // What the getters above give. Each expects a DefaultCallbackProvider as its custom data, and calls what the program's provider
  // has for it, with the program's custom data; STATUS_SUCCESS when it has nothing.
  static UINT64 getCurrentTimeHandler(UINT64 custom_data);
  static STATUS clientReadyHandler(UINT64 custom_data, CLIENT_HANDLE client_handle);
  static STATUS storageOverflowPressureHandler(UINT64 custom_data, UINT64 bytes_remaining);
  static STATUS streamUnderflowReportHandler(UINT64 custom_data, STREAM_HANDLE stream_handle);
  static STATUS streamLatencyPressureHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UINT64 duration);
  static STATUS droppedFrameReportHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UINT64 timecode);
  static STATUS bufferDurationOverflowPressureHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UINT64 remaining_duration);
  static STATUS droppedFragmentReportHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UINT64 timecode);
  static STATUS streamConnectionStaleHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UINT64 duration);
  static STATUS streamReadyHandler(UINT64 custom_data, STREAM_HANDLE stream_handle);
  static STATUS fragmentAckReceivedHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UPLOAD_HANDLE upload_handle,
                                           PFragmentAck fragment_ack);
  static STATUS createDeviceHandler(UINT64 custom_data, PCHAR device_name, PServiceCallContext context);
  static STATUS streamErrorHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UPLOAD_HANDLE upload_handle, UINT64 timecode,
                                   STATUS status);
  static STATUS streamDataAvailableHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, PCHAR stream_name,
                                           UPLOAD_HANDLE upload_handle, UINT64 duration, UINT64 size);
  static STATUS streamClosedHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UPLOAD_HANDLE upload_handle);
  // Writes to the logger KinesisVideoLogger of the library, com.amazonaws.kinesis.video.
  static VOID logPrintHandler(UINT32 level, PCHAR tag, PCHAR format, ...);

 protected:
  // Those of the program's providers, and of the platform.
  StreamCallbacks getStreamCallbacks();
  ProducerCallbacks getProducerCallbacks();
  PlatformCallbacks getPlatformCallbacks();

  std::string region_;
  std::string control_plane_uri_;
  std::string service_;
  std::string cert_path_;
  std::unique_ptr<CredentialProvider> credentials_provider_;
  std::unique_ptr<ClientCallbackProvider> client_callback_provider_;
  std::unique_ptr<StreamCallbackProvider> stream_callback_provider_;
  PClientCallbacks client_callbacks_;  // what getCallbacks gives, of which a subclass may replace some
  AuthCallbacks auth_callbacks_;
  ProducerCallbacks producer_callbacks_;
  StreamCallbacks stream_callbacks_;
  PlatformCallbacks platform_callbacks_;

 private:
  friend class NativeAccess;

  static std::chrono::duration<uint64_t> defaultCachingUpdatePeriod() {
    return std::chrono::duration<uint64_t>(DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD / HUNDREDS_OF_NANOS_IN_A_SECOND);
  }

  static STATUS securityTokenHandler(UINT64 custom_data, PBYTE* token, PUINT32 size, PUINT64 expiration);

  std::string user_agent_name_;
  std::string custom_user_agent_;  // with the prefix
  API_CALL_CACHE_TYPE cache_type_;
  uint64_t caching_update_period_;  // in units of 100 ns
  callback_t given_;                // callbacks_ as the getters gave them last
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_DEFAULTCALLBACKPROVIDER_H_
