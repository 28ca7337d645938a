#include "KinesisVideoProducer.h"

#include <ios>
#include <utility>

#include "producer/compat/native_parts.h"

#include "Logger.h"

namespace com::amazonaws::kinesis::video {
namespace {

LOGGER_TAG("com.amazonaws.kinesis.video");

using kvs::compat::NativeClient;
using kvs::compat::NativeStream;

}  // namespace

KinesisVideoProducer::KinesisVideoProducer() : client_handle_(INVALID_CLIENT_HANDLE_VALUE) {}

KinesisVideoProducer::~KinesisVideoProducer() { freeKinesisVideoClient(); }

std::unique_ptr<KinesisVideoProducer> KinesisVideoProducer::Native::MakeProducer(DeviceInfoProvider* device,
                                                                                 std::unique_ptr<CallbackProvider> callbacks,
                                                                                 bool sync) {
  STATUS status = STATUS_NULL_ARG;
  std::unique_ptr<KinesisVideoProducer> producer(new KinesisVideoProducer());  // NOLINT: the constructor is protected
  producer->native_ = std::make_shared<Native>();
  if (device != nullptr && callbacks != nullptr) {
    status = NativeClient::Create(*device, *callbacks, /*ask_credentials=*/sync, producer->native_->client);
  }
  if (STATUS_FAILED(status)) {
    LOG_AND_THROW(" Unable to create Kinesis Video client. Error status: 0x" << std::hex << status);
  }
  producer->callback_provider_ = std::move(callbacks);
  producer->client_handle_ = producer->native_->client->handle();
  producer->native_->client->TellReady();
  return producer;
}

std::unique_ptr<KinesisVideoProducer> KinesisVideoProducer::create(
    std::unique_ptr<DeviceInfoProvider> device_info_provider, std::unique_ptr<ClientCallbackProvider> client_callback_provider,
    std::unique_ptr<StreamCallbackProvider> stream_callback_provider, std::unique_ptr<CredentialProvider> credential_provider,
    const std::string& region, const std::string& control_plane_uri, const std::string& user_agent_name) {
  const std::string custom_user_agent = device_info_provider != nullptr ? device_info_provider->getCustomUserAgent() : "";
  return create(std::move(device_info_provider),
                std::make_unique<DefaultCallbackProvider>(
                    std::move(client_callback_provider), std::move(stream_callback_provider), std::move(credential_provider),
                    region, control_plane_uri, user_agent_name, custom_user_agent, EMPTY_STRING, API_CALL_CACHE_TYPE_NONE,
                    uint64_t{DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD}));
}

std::unique_ptr<KinesisVideoProducer> KinesisVideoProducer::create(std::unique_ptr<DeviceInfoProvider> device_info_provider,
                                                                   std::unique_ptr<CallbackProvider> callback_provider) {
  return Native::MakeProducer(device_info_provider.get(), std::move(callback_provider), /*sync=*/false);
}

std::unique_ptr<KinesisVideoProducer> KinesisVideoProducer::createSync(
    std::unique_ptr<DeviceInfoProvider> device_info_provider, std::unique_ptr<ClientCallbackProvider> client_callback_provider,
    std::unique_ptr<StreamCallbackProvider> stream_callback_provider, std::unique_ptr<CredentialProvider> credential_provider,
    const std::string& region, const std::string& control_plane_uri, const std::string& user_agent_name,
    bool is_caching_endpoint, uint64_t caching_update_period) {
  return createSync(std::move(device_info_provider), std::move(client_callback_provider), std::move(stream_callback_provider),
                    std::move(credential_provider),
                    is_caching_endpoint ? API_CALL_CACHE_TYPE_ENDPOINT_ONLY : API_CALL_CACHE_TYPE_NONE, region,
                    control_plane_uri, user_agent_name, caching_update_period);
}

std::unique_ptr<KinesisVideoProducer> KinesisVideoProducer::createSync(
    std::unique_ptr<DeviceInfoProvider> device_info_provider, std::unique_ptr<ClientCallbackProvider> client_callback_provider,
    std::unique_ptr<StreamCallbackProvider> stream_callback_provider, std::unique_ptr<CredentialProvider> credential_provider,
    API_CALL_CACHE_TYPE api_call_caching, const std::string& region, const std::string& control_plane_uri,
    const std::string& user_agent_name, uint64_t caching_update_period) {
  const bool given = device_info_provider != nullptr;
  const std::string custom_user_agent = given ? device_info_provider->getCustomUserAgent() : "";
  const std::string cert_path = given ? device_info_provider->getCertPath() : "";
  return createSync(std::move(device_info_provider),
                    std::make_unique<DefaultCallbackProvider>(
                        std::move(client_callback_provider), std::move(stream_callback_provider), std::move(credential_provider),
                        region, control_plane_uri, user_agent_name, custom_user_agent, cert_path, api_call_caching,
                        caching_update_period));
}

std::unique_ptr<KinesisVideoProducer> KinesisVideoProducer::createSync(std::unique_ptr<DeviceInfoProvider> device_info_provider,
                                                                       std::unique_ptr<CallbackProvider> callback_provider) {
  return Native::MakeProducer(device_info_provider.get(), std::move(callback_provider), /*sync=*/true);
}

std::shared_ptr<KinesisVideoStream> KinesisVideoProducer::createStream(std::unique_ptr<StreamDefinition> stream_definition) {
  return Native::MakeStream(*this, stream_definition.get(), /*sync=*/false);
}

std::shared_ptr<KinesisVideoStream> KinesisVideoProducer::createStreamSync(std::unique_ptr<StreamDefinition> stream_definition) {
  return Native::MakeStream(*this, stream_definition.get(), /*sync=*/true);
}

std::shared_ptr<KinesisVideoStream> KinesisVideoProducer::Native::MakeStream(KinesisVideoProducer& producer,
                                                                             StreamDefinition* definition, bool sync) {
  const std::string name = definition != nullptr ? definition->getStreamName() : "";
  std::shared_ptr<KinesisVideoStream> stream(new KinesisVideoStream(producer, name),  // NOLINT: the constructor is protected
                                             KinesisVideoStream::videoStreamDeleter);
  stream->native_ = std::make_shared<KinesisVideoStream::Native>();
  STATUS status = STATUS_NULL_ARG;
  if (definition != nullptr && producer.native_ != nullptr && producer.native_->client != nullptr) {
    status = NativeStream::Create(producer.native_->client, definition->getStreamInfo(), stream->native_->stream);
  }
  if (STATUS_SUCCEEDED(status)) {
    stream->stream_handle_ = stream->native_->stream->handle();
    status = sync ? stream->native_->stream->AwaitReady() : STATUS_SUCCESS;
  }
  if (STATUS_FAILED(status)) {
    stream->free();
    LOG_AND_THROW(" Unable to create Kinesis Video stream. " << name << " Error status: 0x" << std::hex << status);
  }
  producer.active_streams_.put(stream->stream_handle_, stream);
  return stream;
}

void KinesisVideoProducer::freeStream(std::shared_ptr<KinesisVideoStream> kinesis_video_stream) {
  if (kinesis_video_stream == nullptr) {
    LOG_AND_THROW("Kinesis Video stream can't be null");
  }
  const STREAM_HANDLE handle = kinesis_video_stream->stream_handle_;
  if (active_streams_.exists(handle)) {
    active_streams_.remove(handle);  // first: it may be freed from there
    if (callback_provider_ != nullptr) {
      callback_provider_->shutdownStream(handle);
    }
  }
  kinesis_video_stream->free();
}

void KinesisVideoProducer::freeStreams() {
  for (const auto& [handle, stream] : active_streams_.getMap()) {
    freeStream(stream);
  }
}

KinesisVideoProducerMetrics KinesisVideoProducer::getMetrics() const {
  if (native_ == nullptr || native_->client == nullptr) {
    LOG_AND_THROW("Failed to get producer client metrics: the client was freed");
  }
  KinesisVideoProducerMetrics metrics;
  metrics.client_metrics_ = kvs::compat::ToClientMetrics(native_->client->producer().metrics());
  return metrics;
}

void KinesisVideoProducer::freeKinesisVideoClient() {
  std::call_once(free_kinesis_video_client_flag_, [this] {
    freeStreams();
    if (native_ != nullptr && native_->client != nullptr) {
      native_->client->Close();
      native_->client.reset();
    }
    if (callback_provider_ != nullptr) {
      callback_provider_->shutdown();
    }
    client_handle_ = INVALID_CLIENT_HANDLE_VALUE;
  });
}

}  // namespace com::amazonaws::kinesis::video
