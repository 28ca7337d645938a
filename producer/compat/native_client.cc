#include "producer/compat/native_client.h"

#include <cstdlib>
#include <utility>

#include "pic/base/log.h"
#include "producer/compat/callback_gate.h"
#include "producer/compat/native_access.h"
#include "producer/compat/status_map.h"

#include "KinesisVideoProducer.h"

namespace kvs::compat {
namespace {

using com::amazonaws::kinesis::video::CallbackProvider;
using com::amazonaws::kinesis::video::CredentialProvider;
using com::amazonaws::kinesis::video::DefaultCallbackProvider;
using com::amazonaws::kinesis::video::DeviceInfoProvider;
using com::amazonaws::kinesis::video::IotCertCredentialProvider;
using com::amazonaws::kinesis::video::NativeAccess;
using com::amazonaws::kinesis::video::RotatingCredentialProvider;
using com::amazonaws::kinesis::video::StreamCallbackProvider;

// Source: the defaults of Amazon's client.
constexpr Duration kCreateStreamTimeout = Duration::Seconds(STREAM_READY_TIMEOUT_DURATION_IN_SECONDS);
constexpr Duration kStopStreamTimeout = Duration::Seconds(STREAM_CLOSED_TIMEOUT_DURATION_IN_SECONDS);
constexpr Duration kOfflineWait = Duration::Seconds(15);
constexpr Duration kConnectionTimeout = Duration::Seconds(5);
constexpr Duration kCompletionTimeout = Duration::Seconds(10);

Result<Credentials> Ask(CredentialProvider& provider, bool renew) {
  com::amazonaws::kinesis::video::Credentials given;
  if (renew) {
    provider.getUpdatedCredentials(given);
  } else {
    provider.getCredentials(given);
  }
  Credentials credentials;
  credentials.access_key_id = given.getAccessKey();
  credentials.secret_access_key = Secret(given.getSecretKey());
  credentials.session_token = Secret(given.getSessionToken());
  credentials.expiration = ToExpiration(given.getExpiration().count());
  return credentials;
}

Result<Credentials> Ask(const ClientCallbacks& callbacks) {
  PBYTE token = nullptr;
  UINT32 size = 0;
  UINT64 expiration = 0;
  if (callbacks.getSecurityTokenFn == nullptr ||
      STATUS_FAILED(callbacks.getSecurityTokenFn(callbacks.customData, &token, &size, &expiration))) {
    return Status(StatusCode::kNoCredentials, "the program gave no security token");
  }
  return ReadSecurityToken(token, size, expiration);
}

std::unique_ptr<CredentialSource> MakeIot(const IotCertCredentialProvider& provider, const std::shared_ptr<LogSink>& log) {
  IotOptions options;
  options.endpoint = NativeAccess::Endpoint(provider);
  options.cert_path = NativeAccess::CertPath(provider);
  options.key_path = NativeAccess::PrivateKeyPath(provider);
  options.ca_path = NativeAccess::CaCertPath(provider);
  options.role_alias = NativeAccess::RoleAlias(provider);
  options.thing_name = NativeAccess::ThingName(provider);
  options.connection_timeout = ToDuration(NativeAccess::ConnectionTimeout(provider), options.connection_timeout);
  options.completion_timeout = ToDuration(NativeAccess::CompletionTimeout(provider), options.completion_timeout);
  options.log = log;
  return MakeCachedCredentials(MakeIotCredentials(std::move(options)));
}

// Where the service is and who asks, for programs with callbacks of their own altogether.
std::string OfEnvironment(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr && *value != '\0' ? value : otherwise;
}

}  // namespace

STATUS NativeClient::Create(DeviceInfoProvider& device, CallbackProvider& callbacks, bool ask_credentials,
                            std::shared_ptr<NativeClient>& client) {
  const DeviceInfo info = device.getDeviceInfo();
  if (info.version > DEVICE_INFO_CURRENT_VERSION) {
    return STATUS_INVALID_DEVICE_INFO_VERSION;
  }
  if (info.streamCount == 0) {
    return STATUS_MIN_STREAM_COUNT;
  }
  if (info.storageInfo.storageSize < MIN_STORAGE_ALLOCATION_SIZE || info.storageInfo.storageSize > MAX_STORAGE_ALLOCATION_SIZE) {
    return STATUS_INVALID_STORAGE_SIZE;
  }
  const std::shared_ptr<NativeClient> made(new NativeClient());  // NOLINT: the constructor is private
  made->callbacks_ = callbacks.getCallbacks();
  if (auto log = MakeLog4cplusSink()) {
    made->log_ = *std::move(log);
  }
  made->most_streams_ = info.streamCount;
  made->create_stream_timeout_ = ToDuration(info.clientInfo.createStreamTimeout, kCreateStreamTimeout);
  made->stop_stream_timeout_ = ToDuration(info.clientInfo.stopStreamTimeout, kStopStreamTimeout);

  ProducerConfig config;
  config.profile.reset();  // programs for Amazon's SDK say themselves where the service is
  config.log = made->log_;
  config.storage_bytes = info.storageInfo.storageSize;
  config.connection_timeout = ToDuration(info.clientInfo.serviceCallConnectionTimeout, kConnectionTimeout);
  config.completion_timeout = ToDuration(info.clientInfo.serviceCallCompletionTimeout, kCompletionTimeout);
  if (config.connection_timeout > config.completion_timeout) {
    config.connection_timeout = kConnectionTimeout;
    config.completion_timeout = kCompletionTimeout;
  }
  API_CALL_CACHE_TYPE cache = API_CALL_CACHE_TYPE_NONE;
  auto* const provider = dynamic_cast<DefaultCallbackProvider*>(&callbacks);
  CredentialProvider* credentials = nullptr;
  if (provider != nullptr) {
    config.region = NativeAccess::Region(*provider);
    config.endpoint = NativeAccess::ControlPlaneUri(*provider);
    config.ca_path = NativeAccess::CertPath(*provider);
    config.user_agent = NativeAccess::UserAgentName(*provider);
    config.user_agent_suffix = NativeAccess::CustomUserAgent(*provider);
    cache = NativeAccess::CacheType(*provider);
    if (cache != API_CALL_CACHE_TYPE_NONE) {
      config.lookup_life = ToDuration(NativeAccess::CachingUpdatePeriod(*provider),
                                      ToDuration(DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD));
    }
    credentials = NativeAccess::Credentials(*provider);
    made->LeaveOutUnheard(NativeAccess::StreamCallbacks(*provider));
  } else {
    config.region = OfEnvironment(DEFAULT_REGION_ENV_VAR, DEFAULT_AWS_REGION);
    config.ca_path = device.getCertPath();
    config.user_agent_suffix = device.getCustomUserAgent();
  }
  if (provider != nullptr && NativeAccess::HasSecurityTokenOfItsOwn(*provider, made->callbacks_)) {
    credentials = nullptr;
  }
  if (const auto* iot = dynamic_cast<const IotCertCredentialProvider*>(credentials)) {
    config.credentials = MakeIot(*iot, made->log_);
  } else if (const auto* file = dynamic_cast<const RotatingCredentialProvider*>(credentials)) {
    config.credentials = MakeCachedCredentials(MakeFileCredentials(NativeAccess::FilePath(*file), {}, made->log_));
  } else {
    ApplicationCredentials::Question question = [own = made->callbacks_](bool /*renew*/) { return Ask(own); };
    if (credentials != nullptr) {
      question = [credentials](bool renew) { return Ask(*credentials, renew); };
    }
    made->credentials_ = std::make_shared<ApplicationCredentials>(std::move(question));
    if (ask_credentials && !made->credentials_->AskHere(/*renew=*/false).ok()) {
      return STATUS_CLIENT_AUTH_CALL_FAILED;
    }
    config.credentials = made->credentials_->MakeSource();
  }

  made->facts_.device_name = info.name;
  made->facts_.offline_wait = ToDuration(info.clientInfo.offlineBufferAvailabilityTimeout, kOfflineWait);
  made->facts_.always_continuous = info.clientInfo.automaticStreamingFlags == AUTOMATIC_STREAMING_ALWAYS_CONTINUOUS;
  made->facts_.assume_exists = cache == API_CALL_CACHE_TYPE_ENDPOINT_ONLY;
  made->facts_.tell_each_loss =
      made->callbacks_.droppedFrameReportFn != nullptr || made->callbacks_.droppedFragmentReportFn != nullptr;
  CallbackGate::NoteExit();
  auto producer = Producer::Create(std::move(config));
  if (!producer) {
    Logger(made->log_.get(), "compat", "").Write(LogLevel::kError, producer.status().ToString());
    return StatusOf(producer.status());
  }
  made->producer_ = *std::move(producer);
  made->WarnOfUnused();
  client = made;
  return STATUS_SUCCESS;
}

// The default provider hands out all callbacks, also those that lead nowhere; a subclass has its own. Of these it costs something to
// find out what to tell.
void NativeClient::LeaveOutUnheard(StreamCallbackProvider* program) {
  if (callbacks_.streamDataAvailableFn == DefaultCallbackProvider::streamDataAvailableHandler &&
      (program == nullptr || program->getStreamDataAvailableCallback() == nullptr)) {
    callbacks_.streamDataAvailableFn = nullptr;
  }
  if (callbacks_.droppedFrameReportFn == DefaultCallbackProvider::droppedFrameReportHandler &&
      (program == nullptr || program->getDroppedFrameReportCallback() == nullptr)) {
    callbacks_.droppedFrameReportFn = nullptr;
  }
  if (callbacks_.droppedFragmentReportFn == DefaultCallbackProvider::droppedFragmentReportHandler &&
      (program == nullptr || program->getDroppedFragmentReportCallback() == nullptr)) {
    callbacks_.droppedFragmentReportFn = nullptr;
  }
}

// A program that has some of these expects to see to what the library does by itself.
void NativeClient::WarnOfUnused() const {
  const ClientCallbacks& own = callbacks_;
  const std::pair<const char*, bool> all[] = {
      {"getCurrentTime", own.getCurrentTimeFn != nullptr && own.getCurrentTimeFn != DefaultCallbackProvider::getCurrentTimeHandler},
      {"getRandomNumber", own.getRandomNumberFn != nullptr},
      {"createMutex and its kind", own.createMutexFn != nullptr || own.createConditionVariableFn != nullptr},
      {"logPrint", own.logPrintFn != nullptr && own.logPrintFn != DefaultCallbackProvider::logPrintHandler},
      {"getDeviceCertificate", own.getDeviceCertificateFn != nullptr},
      {"getDeviceFingerprint", own.getDeviceFingerprintFn != nullptr},
      {"deviceCertToToken", own.deviceCertToTokenFn != nullptr},
      {"getStreamingToken", own.getStreamingTokenFn != nullptr},
      {"createDevice", own.createDeviceFn != nullptr && own.createDeviceFn != DefaultCallbackProvider::createDeviceHandler},
      {"createStream", own.createStreamFn != nullptr},
      {"describeStream", own.describeStreamFn != nullptr},
      {"getStreamingEndpoint", own.getStreamingEndpointFn != nullptr},
      {"putStream", own.putStreamFn != nullptr},
      {"tagResource", own.tagResourceFn != nullptr}};
  std::string names;
  for (const auto& [name, unused] : all) {
    names += unused ? (names.empty() ? "" : ", ") + std::string(name) : "";
  }
  if (!names.empty()) {
    Logger(log_.get(), "compat", "").Write(LogLevel::kWarn, "callbacks that the library does not call, as it sees to that itself: " + names);
  }
}

STATUS NativeClient::TakeName(const std::string& stream) {
  const MutexLock lock(mutex_);
  if (names_.contains(stream)) {
    return STATUS_DUPLICATE_STREAM_NAME;
  }
  if (names_.size() >= most_streams_) {
    return STATUS_MAX_STREAM_COUNT;
  }
  names_.insert(stream);
  return STATUS_SUCCESS;
}

void NativeClient::LetGoName(const std::string& stream) {
  const MutexLock lock(mutex_);
  names_.erase(stream);
}

void NativeClient::TellReady() const {
  if (callbacks_.clientReadyFn != nullptr) {
    callbacks_.clientReadyFn(callbacks_.customData, handle());
  }
}

void NativeClient::Close() {
  if (callbacks_.clientShutdownFn != nullptr) {
    callbacks_.clientShutdownFn(callbacks_.customData, handle());
  }
  if (credentials_ != nullptr) {
    credentials_->Close();
  }
}

}  // namespace kvs::compat
