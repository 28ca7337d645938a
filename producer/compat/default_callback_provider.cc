#include "DefaultCallbackProvider.h"

#include <chrono>
#include <cstdarg>
#include <cstddef>
#include <cstring>
#include <memory>
#include <ratio>
#include <string>
#include <utility>

#include "CachingEndpointOnlyCallbackProvider.h"
#include "GetTime.h"
#include "producer/compat/error_text.h"
#include "producer/compat/log_print.h"
#include "producer/compat/native_access.h"

namespace com::amazonaws::kinesis::video {
namespace {

using Seconds = std::chrono::duration<uint64_t>;

constexpr char kServiceName[] = "kinesisvideo";
constexpr char kCustomUserAgentPrefix[] = "CPPSDK";

// A period that does not fit is too long in any case.
uint64_t ToTicks(Seconds period) {
  const uint64_t ticks_per_second = HUNDREDS_OF_NANOS_IN_A_SECOND;
  return period.count() > MAX_UINT64 / ticks_per_second ? MAX_UINT64 : period.count() * ticks_per_second;
}

API_CALL_CACHE_TYPE ToCacheType(bool is_caching_endpoint) {
  return is_caching_endpoint ? API_CALL_CACHE_TYPE_ENDPOINT_ONLY : API_CALL_CACHE_TYPE_NONE;
}

// What a program wrote over `given` stays.
void KeepReplaced(const ClientCallbacks& written, const ClientCallbacks& given, ClientCallbacks& callbacks) {
  // A version and, each of them as long, the custom data and functions.
  constexpr std::size_t kEntry = sizeof(UINT64);
  static_assert(offsetof(ClientCallbacks, customData) == kEntry && sizeof(ClientCallbacks) % kEntry == 0);
  for (std::size_t at = kEntry; at < sizeof(ClientCallbacks); at += kEntry) {
    const auto entry = [at](auto& of) { return reinterpret_cast<const unsigned char*>(&of) + at; };
    if (std::memcmp(entry(written), entry(given), kEntry) != 0) {
      std::memcpy(reinterpret_cast<unsigned char*>(&callbacks) + at, entry(written), kEntry);
    }
  }
}

// Calls what the provider of the program has for this, if it has something.
template <typename Provider, typename Callback, typename... Arguments>
STATUS Forward(Provider* provider, Callback (Provider::*getter)(), Arguments... arguments) {
  if (provider == nullptr) {
    return STATUS_SUCCESS;
  }
  const Callback callback = (provider->*getter)();
  return callback == nullptr ? STATUS_SUCCESS : callback(provider->getCallbackCustomData(), arguments...);
}

// The same for callbacks of streams; `custom_data` is what handlers are called with: the DefaultCallbackProvider.
template <typename Callback, typename... Arguments>
STATUS ForwardOfStream(UINT64 custom_data, Callback (StreamCallbackProvider::*getter)(), Arguments... arguments) {
  return Forward(NativeAccess::StreamCallbacks(*reinterpret_cast<DefaultCallbackProvider*>(custom_data)), getter, arguments...);
}

}  // namespace

DefaultCallbackProvider::DefaultCallbackProvider(std::unique_ptr<ClientCallbackProvider> client_callback_provider,
                                                 std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
                                                 std::unique_ptr<CredentialProvider> credentials_provider,
                                                 const std::string& region, const std::string& control_plane_uri,
                                                 const std::string& user_agent_name, const std::string& custom_user_agent,
                                                 const std::string& cert_path, API_CALL_CACHE_TYPE api_call_caching,
                                                 uint64_t caching_update_period)
    : region_(region.empty() ? DEFAULT_AWS_REGION : region),
      control_plane_uri_(control_plane_uri),
      service_(kServiceName),
      cert_path_(cert_path),
      credentials_provider_(std::move(credentials_provider)),
      client_callback_provider_(std::move(client_callback_provider)),
      stream_callback_provider_(std::move(stream_callback_provider)),
      client_callbacks_(&callbacks_),
      auth_callbacks_(),
      producer_callbacks_(),
      stream_callbacks_(),
      platform_callbacks_(),
      user_agent_name_(user_agent_name),
      custom_user_agent_(kCustomUserAgentPrefix),
      cache_type_(api_call_caching),
      caching_update_period_(caching_update_period),
      given_() {
  if (!custom_user_agent.empty()) {
    custom_user_agent_ += "/" + custom_user_agent;
  }
  STATUS status = STATUS_SUCCESS;
  if (user_agent_name_.size() > MAX_CUSTOM_USER_AGENT_NAME_POSTFIX_LEN) {
    status = STATUS_MAX_USER_AGENT_NAME_POSTFIX_LEN_EXCEEDED;
  } else if (custom_user_agent_.size() > MAX_CUSTOM_USER_AGENT_NAME_LEN) {
    status = STATUS_MAX_CUSTOM_USER_AGENT_LEN_EXCEEDED;
  } else if (caching_update_period_ > static_cast<uint64_t>(MAX_ENDPOINT_CACHE_UPDATE_PERIOD)) {
    status = STATUS_INVALID_ENDPOINT_CACHING_PERIOD;
  }
  if (STATUS_FAILED(status)) {
    ThrowStatus("Unable to create default callback provider.", status);
  }
  if (credentials_provider_ == nullptr) {
    credentials_provider_ = std::make_unique<EmptyCredentialProvider>();
  }
  // They are here for a subclass to read and replace.
  given_ = CallbackProvider::getCallbacks();
  auth_callbacks_ = credentials_provider_->getCallbacks(client_callbacks_);
  stream_callbacks_ = getStreamCallbacks();
  producer_callbacks_ = getProducerCallbacks();
  platform_callbacks_ = getPlatformCallbacks();
}

DefaultCallbackProvider::DefaultCallbackProvider(std::unique_ptr<ClientCallbackProvider> client_callback_provider,
                                                 std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
                                                 std::unique_ptr<CredentialProvider> credentials_provider,
                                                 const std::string& region, const std::string& control_plane_uri,
                                                 const std::string& user_agent_name,
                                                 const std::string& custom_user_agent, const std::string& cert_path,
                                                 bool is_caching_endpoint, uint64_t caching_update_period)
    : DefaultCallbackProvider(std::move(client_callback_provider), std::move(stream_callback_provider),
                              std::move(credentials_provider), region, control_plane_uri, user_agent_name,
                              custom_user_agent, cert_path, ToCacheType(is_caching_endpoint),
                              caching_update_period) {}

DefaultCallbackProvider::DefaultCallbackProvider(std::unique_ptr<ClientCallbackProvider> client_callback_provider,
                                                 std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
                                                 std::unique_ptr<CredentialProvider> credentials_provider,
                                                 const std::string& region, const std::string& control_plane_uri,
                                                 const std::string& user_agent_name,
                                                 const std::string& custom_user_agent, const std::string& cert_path,
                                                 bool is_caching_endpoint, Seconds caching_update_period)
    : DefaultCallbackProvider(std::move(client_callback_provider), std::move(stream_callback_provider),
                              std::move(credentials_provider), region, control_plane_uri, user_agent_name,
                              custom_user_agent, cert_path, ToCacheType(is_caching_endpoint),
                              ToTicks(caching_update_period)) {}

DefaultCallbackProvider::DefaultCallbackProvider(std::unique_ptr<ClientCallbackProvider> client_callback_provider,
                                                 std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
                                                 std::unique_ptr<CredentialProvider> credentials_provider,
                                                 const std::string& region, const std::string& control_plane_uri,
                                                 const std::string& user_agent_name,
                                                 const std::string& custom_user_agent, const std::string& cert_path,
                                                 API_CALL_CACHE_TYPE api_call_caching, Seconds caching_update_period)
    : DefaultCallbackProvider(std::move(client_callback_provider), std::move(stream_callback_provider),
                              std::move(credentials_provider), region, control_plane_uri, user_agent_name,
                              custom_user_agent, cert_path, api_call_caching, ToTicks(caching_update_period)) {}

DefaultCallbackProvider::~DefaultCallbackProvider() = default;

CallbackProvider::callback_t DefaultCallbackProvider::getCallbacks() {
  // Asked for anew: a subclass may have getters of its own, which the constructor could not see.
  stream_callbacks_ = getStreamCallbacks();
  producer_callbacks_ = getProducerCallbacks();
  platform_callbacks_ = getPlatformCallbacks();
  if (client_callbacks_ != nullptr && client_callbacks_ != &callbacks_) {
    return *client_callbacks_;
  }
  const callback_t before = callbacks_;
  CallbackProvider::getCallbacks();
  const callback_t given = callbacks_;
  KeepReplaced(before, given_, callbacks_);
  given_ = given;
  return callbacks_;
}

StreamCallbacks DefaultCallbackProvider::getStreamCallbacks() {
  StreamCallbacks callbacks = {};
  callbacks.version = STREAM_CALLBACKS_CURRENT_VERSION;
  callbacks.customData = reinterpret_cast<UINT64>(this);
  callbacks.streamUnderflowReportFn = getStreamUnderflowReportCallback();
  callbacks.bufferDurationOverflowPressureFn = getBufferDurationOverflowPressureCallback();
  callbacks.streamLatencyPressureFn = getStreamLatencyPressureCallback();
  callbacks.streamConnectionStaleFn = getStreamConnectionStaleCallback();
  callbacks.droppedFrameReportFn = getDroppedFrameReportCallback();
  callbacks.droppedFragmentReportFn = getDroppedFragmentReportCallback();
  callbacks.streamErrorReportFn = getStreamErrorReportCallback();
  callbacks.fragmentAckReceivedFn = getFragmentAckReceivedCallback();
  callbacks.streamDataAvailableFn = getStreamDataAvailableCallback();
  callbacks.streamReadyFn = getStreamReadyCallback();
  callbacks.streamClosedFn = getStreamClosedCallback();
  callbacks.streamShutdownFn = getStreamShutdownCallback();
  return callbacks;
}

ProducerCallbacks DefaultCallbackProvider::getProducerCallbacks() {
  ProducerCallbacks callbacks = {};
  callbacks.version = PRODUCER_CALLBACKS_CURRENT_VERSION;
  callbacks.customData = reinterpret_cast<UINT64>(this);
  callbacks.storageOverflowPressureFn = getStorageOverflowPressureCallback();
  callbacks.clientReadyFn = getClientReadyCallback();
  callbacks.clientShutdownFn = getClientShutdownCallback();
  return callbacks;
}

PlatformCallbacks DefaultCallbackProvider::getPlatformCallbacks() {
  PlatformCallbacks callbacks = {};
  callbacks.version = PLATFORM_CALLBACKS_CURRENT_VERSION;
  callbacks.customData = reinterpret_cast<UINT64>(this);
  callbacks.getCurrentTimeFn = getCurrentTimeCallback();
  callbacks.logPrintFn = getLogPrintCallback();
  return callbacks;
}

GetCurrentTimeFunc DefaultCallbackProvider::getCurrentTimeCallback() { return getCurrentTimeHandler; }

LogPrintFunc DefaultCallbackProvider::getLogPrintCallback() { return logPrintHandler; }

GetSecurityTokenFunc DefaultCallbackProvider::getSecurityTokenCallback() { return securityTokenHandler; }

CreateDeviceFunc DefaultCallbackProvider::getCreateDeviceCallback() { return createDeviceHandler; }

StreamUnderflowReportFunc DefaultCallbackProvider::getStreamUnderflowReportCallback() { return streamUnderflowReportHandler; }

StreamLatencyPressureFunc DefaultCallbackProvider::getStreamLatencyPressureCallback() { return streamLatencyPressureHandler; }

DroppedFrameReportFunc DefaultCallbackProvider::getDroppedFrameReportCallback() { return droppedFrameReportHandler; }

BufferDurationOverflowPressureFunc DefaultCallbackProvider::getBufferDurationOverflowPressureCallback() { return bufferDurationOverflowPressureHandler; }

DroppedFragmentReportFunc DefaultCallbackProvider::getDroppedFragmentReportCallback() { return droppedFragmentReportHandler; }

StreamConnectionStaleFunc DefaultCallbackProvider::getStreamConnectionStaleCallback() { return streamConnectionStaleHandler; }

StreamReadyFunc DefaultCallbackProvider::getStreamReadyCallback() { return streamReadyHandler; }

StreamClosedFunc DefaultCallbackProvider::getStreamClosedCallback() { return streamClosedHandler; }

FragmentAckReceivedFunc DefaultCallbackProvider::getFragmentAckReceivedCallback() { return fragmentAckReceivedHandler; }

StreamErrorReportFunc DefaultCallbackProvider::getStreamErrorReportCallback() { return streamErrorHandler; }

StreamDataAvailableFunc DefaultCallbackProvider::getStreamDataAvailableCallback() { return streamDataAvailableHandler; }

ClientReadyFunc DefaultCallbackProvider::getClientReadyCallback() { return clientReadyHandler; }

StorageOverflowPressureFunc DefaultCallbackProvider::getStorageOverflowPressureCallback() { return storageOverflowPressureHandler; }

CreateStreamFunc DefaultCallbackProvider::getCreateStreamCallback() { return nullptr; }

DescribeStreamFunc DefaultCallbackProvider::getDescribeStreamCallback() { return nullptr; }

GetStreamingEndpointFunc DefaultCallbackProvider::getStreamingEndpointCallback() { return nullptr; }

GetStreamingTokenFunc DefaultCallbackProvider::getStreamingTokenCallback() { return nullptr; }

PutStreamFunc DefaultCallbackProvider::getPutStreamCallback() { return nullptr; }

TagResourceFunc DefaultCallbackProvider::getTagResourceCallback() { return nullptr; }

UINT64 DefaultCallbackProvider::getCurrentTimeHandler(UINT64 /*custom_data*/) {
  using Ticks = std::chrono::duration<uint64_t, std::ratio<1, HUNDREDS_OF_NANOS_IN_A_SECOND>>;
  return std::chrono::duration_cast<Ticks>(systemCurrentTime().time_since_epoch()).count();
}

STATUS DefaultCallbackProvider::createDeviceHandler(UINT64 /*custom_data*/, PCHAR /*device_name*/,
                                                    PServiceCallContext /*context*/) {
  // There are no devices to create: the service knows streams only.
  return STATUS_SUCCESS;
}

STATUS DefaultCallbackProvider::securityTokenHandler(UINT64 custom_data, PBYTE* token, PUINT32 size, PUINT64 expiration) {
  const AuthCallbacks& callbacks = reinterpret_cast<DefaultCallbackProvider*>(custom_data)->auth_callbacks_;
  return callbacks.getSecurityTokenFn == nullptr
             ? STATUS_NOT_IMPLEMENTED
             : callbacks.getSecurityTokenFn(callbacks.customData, token, size, expiration);
}

VOID DefaultCallbackProvider::logPrintHandler(UINT32 level, PCHAR tag, PCHAR format, ...) {
  va_list arguments;
  va_start(arguments, format);
  LogPrint(level, tag, format, arguments);
  va_end(arguments);
}

STATUS DefaultCallbackProvider::streamUnderflowReportHandler(UINT64 custom_data, STREAM_HANDLE stream_handle) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getStreamUnderflowReportCallback, stream_handle);
}

STATUS DefaultCallbackProvider::streamLatencyPressureHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                             UINT64 duration) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getStreamLatencyPressureCallback, stream_handle, duration);
}

STATUS DefaultCallbackProvider::droppedFrameReportHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                          UINT64 timecode) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getDroppedFrameReportCallback, stream_handle, timecode);
}

STATUS DefaultCallbackProvider::bufferDurationOverflowPressureHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                                      UINT64 remaining_duration) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getBufferDurationOverflowPressureCallback,
                         stream_handle, remaining_duration);
}

STATUS DefaultCallbackProvider::droppedFragmentReportHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                             UINT64 timecode) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getDroppedFragmentReportCallback, stream_handle, timecode);
}

STATUS DefaultCallbackProvider::streamConnectionStaleHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                             UINT64 duration) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getStreamConnectionStaleCallback, stream_handle, duration);
}

STATUS DefaultCallbackProvider::streamReadyHandler(UINT64 custom_data, STREAM_HANDLE stream_handle) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getStreamReadyCallback, stream_handle);
}

STATUS DefaultCallbackProvider::streamClosedHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                    UPLOAD_HANDLE upload_handle) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getStreamClosedCallback, stream_handle, upload_handle);
}

STATUS DefaultCallbackProvider::fragmentAckReceivedHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                           UPLOAD_HANDLE upload_handle, PFragmentAck fragment_ack) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getFragmentAckReceivedCallback,
                         stream_handle, upload_handle, fragment_ack);
}

STATUS DefaultCallbackProvider::streamErrorHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                   UPLOAD_HANDLE upload_handle, UINT64 timecode, STATUS status) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getStreamErrorReportCallback,
                         stream_handle, upload_handle, timecode, status);
}

STATUS DefaultCallbackProvider::streamDataAvailableHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                           PCHAR stream_name, UPLOAD_HANDLE upload_handle,
                                                           UINT64 duration, UINT64 size) {
  return ForwardOfStream(custom_data, &StreamCallbackProvider::getStreamDataAvailableCallback,
                         stream_handle, stream_name, upload_handle, duration, size);
}

STATUS DefaultCallbackProvider::clientReadyHandler(UINT64 custom_data, CLIENT_HANDLE client_handle) {
  auto* self = reinterpret_cast<DefaultCallbackProvider*>(custom_data);
  return Forward(self->client_callback_provider_.get(), &ClientCallbackProvider::getClientReadyCallback,
                 client_handle);
}

STATUS DefaultCallbackProvider::storageOverflowPressureHandler(UINT64 custom_data, UINT64 bytes_remaining) {
  auto* self = reinterpret_cast<DefaultCallbackProvider*>(custom_data);
  return Forward(self->client_callback_provider_.get(), &ClientCallbackProvider::getStorageOverflowPressureCallback,
                 bytes_remaining);
}

CachingEndpointOnlyCallbackProvider::CachingEndpointOnlyCallbackProvider(
                                                                         std::unique_ptr<ClientCallbackProvider> client_callback_provider,
                                                                         std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
                                                                         std::unique_ptr<CredentialProvider> credentials_provider,
                                                                         const std::string& region,
                                                                         const std::string& control_plane_uri,
                                                                         const std::string& user_agent_name,
                                                                         const std::string& custom_user_agent,
                                                                         const std::string& cert_path,
                                                                         uint64_t cache_update_period)
    : DefaultCallbackProvider(std::move(client_callback_provider), std::move(stream_callback_provider),
                              std::move(credentials_provider), region, control_plane_uri, user_agent_name,
                              custom_user_agent, cert_path, API_CALL_CACHE_TYPE_ENDPOINT_ONLY, cache_update_period) {}

CachingEndpointOnlyCallbackProvider::CachingEndpointOnlyCallbackProvider(
                                                                         std::unique_ptr<ClientCallbackProvider> client_callback_provider,
                                                                         std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
                                                                         std::unique_ptr<CredentialProvider> credentials_provider,
                                                                         const std::string& region,
                                                                         const std::string& control_plane_uri,
                                                                         const std::string& user_agent_name,
                                                                         const std::string& custom_user_agent,
                                                                         const std::string& cert_path,
                                                                         Seconds cache_update_period)
    : DefaultCallbackProvider(std::move(client_callback_provider), std::move(stream_callback_provider),
                              std::move(credentials_provider), region, control_plane_uri, user_agent_name,
                              custom_user_agent, cert_path, API_CALL_CACHE_TYPE_ENDPOINT_ONLY,
                              ToTicks(cache_update_period)) {}

CachingEndpointOnlyCallbackProvider::~CachingEndpointOnlyCallbackProvider() = default;

}  // namespace com::amazonaws::kinesis::video
