#include "kvs/producer.h"

#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

#include "kvs/version.h"
#include "pic/base/log.h"
#include "pic/base/mutex.h"
#include "producer/end_of_process.h"
#include "producer/environment.h"
#include "producer/producer_context.h"
#include "producer/remote_stream.h"
#include "producer/service/user_agent.h"
#include "producer/service/validation.h"
#include "producer/stream_registry.h"

namespace kvs {
namespace {

constexpr std::uint64_t kMinStorage = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxStorage = std::uint64_t{10} << 30;
constexpr std::size_t kMaxUserAgentName = 32;
// A stream that its user lets go without Stop still sends what it was given.
constexpr Duration kLetGoTimeout = Duration::Seconds(10);

Status Bad(std::string what) { return {StatusCode::kInvalidArgument, std::move(what)}; }

Status CheckConfig(const ProducerConfig& config) {
  if (config.credentials == nullptr) {
    return {StatusCode::kNoCredentials, "no source of credentials was given"};
  }
  if (config.storage_bytes < kMinStorage || config.storage_bytes > kMaxStorage) {
    return Bad("the storage size of " + std::to_string(config.storage_bytes) +
               " bytes is not within 1 MiB to 10 GiB");
  }
  if (config.user_agent.size() > kMaxUserAgentName) {
    return Bad("the user agent has " + std::to_string(config.user_agent.size()) + " characters; 32 are allowed");
  }
  if (config.user_agent_suffix.size() > service::kMaxCustomUserAgentLength) {
    return Bad("the end of the user agent has " + std::to_string(config.user_agent_suffix.size()) +
               " characters; 128 are allowed");
  }
  if (config.lookup_life < Duration() || config.lookup_life > kLongestDuration) {
    return Bad("the life of what was looked up, " + std::to_string(config.lookup_life.seconds()) + " s, is not within 0 s to ten years");
  }
  if (config.connection_timeout <= Duration() || config.completion_timeout < config.connection_timeout) {
    return Bad("the time-outs must be above zero, and the connection's not above the completion's");
  }
  if (config.network_threads && (*config.network_threads < 1 || *config.network_threads > net::NetworkThread::kMost)) {
    return Bad("the number of network threads, " + std::to_string(*config.network_threads) + ", is not within 1 to " +
               std::to_string(net::NetworkThread::kMost));
  }
  if (!config.ca_path.empty() && ::access(config.ca_path.c_str(), R_OK) != 0) {
    return {StatusCode::kFileError, "the CA file or folder \"" + config.ca_path + "\" cannot be read"};
  }
  return {};
}

Status CheckStream(const StreamConfig& config) {
  for (Status status : {Validate(config), service::ValidateStreamName(config.name),
                        service::ValidateDeviceName(config.device_name), service::ValidateRetention(config.retention),
                        service::ValidateTags(config.tags),
                        config.content_type.empty() ? Status() : service::ValidateMediaType(config.content_type),
                        config.kms_key_id.empty() ? Status() : service::ValidateKmsKeyId(config.kms_key_id)}) {
    if (!status.ok()) {
      return status;
    }
  }
  return {};
}

// The handle that the user holds.
class StreamHandle : public Stream {
 public:
  explicit StreamHandle(std::shared_ptr<RemoteStream> stream) : stream_(std::move(stream)) {}
  ~StreamHandle() override {
    if (!stream_->stopping()) {
      stream_->Stop(kLetGoTimeout);
    }
  }
  void ExpectTrack(std::uint32_t track_id) override { stream_->ExpectTrack(track_id); }
  Status SetTrack(const Track& track) override { return stream_->SetTrack(track); }
  void EndTrack(std::uint32_t track_id) override { stream_->EndTrack(track_id); }
  Status PutFrame(const Frame& frame) override { return stream_->PutFrame(frame); }
  Status EndFragment() override { return stream_->EndFragment(); }
  Status PutMetadata(FragmentMetadata metadata) override { return stream_->PutMetadata(std::move(metadata)); }
  Status PutEvent(const MediaEvent& event) override { return stream_->PutEvent(event); }
  void Reconnect() override { stream_->Reconnect(); }
  Status ReadySync(Duration timeout) override { return stream_->ReadySync(timeout); }
  void SetFlushing(bool flushing) override { stream_->SetFlushing(flushing); }
  void Drain(Duration timeout) override { stream_->Drain(timeout); }
  void Stop(Duration timeout) override { stream_->Stop(timeout); }
  Status StopSync(Duration timeout) override { return stream_->StopSync(timeout); }
  bool Trigger() override { return stream_->Trigger(); }
  bool Untrigger() override { return stream_->Untrigger(); }
  StreamMetrics metrics() const override { return stream_->metrics(); }

 private:
  const std::shared_ptr<RemoteStream> stream_;
};

class ProducerImpl : public Producer {
 public:
  explicit ProducerImpl(std::shared_ptr<ProducerContext> context) : context_(std::move(context)) {}

  Result<std::shared_ptr<Stream>> OpenStream(StreamConfig config, std::shared_ptr<StreamListener> listener) override {
    if (Status status = CheckStream(config); !status.ok()) {
      return status;
    }
    std::random_device entropy;
    const std::uint64_t seed = (std::uint64_t{entropy()} << 32) | entropy();
    auto stream = std::make_shared<RemoteStream>(context_, std::move(config), std::move(listener), seed);
    stream->Open();
    {
      const MutexLock lock(mutex_);
      std::erase_if(streams_, [](const auto& other) { return other.expired(); });
      streams_.push_back(stream);
    }
    return std::shared_ptr<Stream>(std::make_shared<StreamHandle>(std::move(stream)));
  }

  ProducerMetrics metrics() const override {
    ProducerMetrics sum;
    const std::size_t used = context_->pool->used_blocks() * BlockPool::kBlockBytes;
    sum.store_size = context_->pool->budget_blocks() * BlockPool::kBlockBytes;
    sum.store_allocated = used;
    sum.store_available = sum.store_size - used;
    std::vector<std::shared_ptr<RemoteStream>> streams;  // their mutexes are not taken under ours
    {
      const MutexLock lock(mutex_);
      for (const auto& stream : streams_) {
        streams.push_back(stream.lock());
      }
    }
    double retries = 0;
    for (const std::shared_ptr<RemoteStream>& stream : streams) {
      if (stream == nullptr || stream->closed()) {
        continue;
      }
      const StreamMetrics one = stream->metrics();
      ++sum.streams;
      sum.stored_bytes += one.stored_bytes;
      sum.frame_rate += one.frame_rate;
      sum.elementary_frame_rate += one.elementary_frame_rate;
      sum.transfer_rate += one.transfer_rate;
      retries += static_cast<double>(one.call_retries);
    }
    sum.network_busy = net::NetworkThread::BusiestShare();
    sum.average_call_retries = sum.streams > 0 ? retries / static_cast<double>(sum.streams) : 0;
    return sum;
  }

 private:
  const std::shared_ptr<ProducerContext> context_;
  mutable Mutex mutex_;
  std::vector<std::weak_ptr<RemoteStream>> streams_ KVS_GUARDED_BY(mutex_);
};

void RegisterAtExitOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    net::InitCurlOnce();
    FinishBeforeLibraries();
  });
}

}  // namespace

Stream::~Stream() = default;
StreamListener::~StreamListener() = default;
Producer::~Producer() = default;

Result<std::shared_ptr<Producer>> Producer::Create(ProducerConfig config) {
  if (Status status = CheckConfig(config); !status.ok()) {
    return status;
  }
  Result<ServiceLocation> location = Locate(config);
  if (!location) {
    return location.status();
  }
  if (!location->note.empty()) {
    Logger(config.log.get(), "kvs-net").Write(LogLevel::kWarn, location->note);
  }
  FillFromEnvironment(config);
  auto context = std::make_shared<ProducerContext>();
  auto route = net::MakeRoute(config, OrOfProcess(config.environment), config.debug->log_curl ? config.log : nullptr);
  if (!route) {
    return route.status();
  }
  RegisterAtExitOnce();
  context->service = std::make_unique<ServiceFinder>(*std::move(location), config.environment, config.log);
  context->route = *std::move(route);
  context->user_agent =
      service::MakeUserAgent(config.user_agent, KVS_VERSION_STRING, service::CurrentPlatform(), config.user_agent_suffix);
  context->app = std::string(service::kDefaultUserAgentName) + " " + KVS_VERSION_STRING;
  context->pool = std::make_shared<BlockPool>(config.storage_bytes, SpareBlocks::Shared());
  context->network = &net::NetworkThread::Shared();
  context->config = std::move(config);
  return std::shared_ptr<Producer>(std::make_shared<ProducerImpl>(std::move(context)));
}

void WaitForStoppedStreams() { StreamRegistry::Shared().WaitForStopping(); }

}  // namespace kvs
