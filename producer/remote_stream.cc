#include "producer/remote_stream.h"

#include <algorithm>
#include <utility>

#include "pic/base/log.h"
#include "producer/aws/instance_region.h"
#include "producer/media_dump.h"
#include "producer/service/create_stream.h"
#include "producer/service/describe_stream.h"
#include "producer/service/get_data_endpoint.h"
#include "producer/service/put_media.h"
#include "producer/service/tag_stream.h"
#include "producer/stream_registry.h"

namespace kvs {
namespace {

using machine::Call;
using service::ApiCall;

// While a caller waits for room, it looks again this often: room can also come from another stream of the producer, which
// does not know who waits.
constexpr Duration kRoomInterval = Duration::Millis(100);
// StopSync waits this much longer than the core's own deadline.
constexpr Duration kStopMargin = Duration::Seconds(2);
// A clock that is off by more than this makes signatures invalid. Source: SigV4 allows 5 minutes.
constexpr Duration kSkewThatMatters = Duration::Minutes(4);

ApiCall ToApiCall(Call call) {
  switch (call) {
    case Call::kDescribe:
      return ApiCall::kDescribeStream;
    case Call::kCreate:
      return ApiCall::kCreateStream;
    case Call::kTag:
      return ApiCall::kTagStream;
    case Call::kGetEndpoint:
      break;
  }
  return ApiCall::kGetDataEndpoint;
}

StreamCore::Options CoreOptions(const ProducerContext& context, StreamConfig config, std::uint64_t seed) {
  StreamCore::Options options;
  options.config = std::move(config);
  options.pool = context.pool;
  options.seed = seed;
  options.app = context.app;
  options.log = context.config.log.get();
  return options;
}

// Why a source gave no credentials. What is wrong with it now may be mended by the next look at it: a file that is just being
// written. Whether to go on is for the core to say.
Status CredentialsFailure(const Status& status) {
  return Describe(status.code()).retry == RetryClass::kNever && status.code() != StatusCode::kCredentialsRefused
             ? Status(StatusCode::kNoCredentials, std::string(Describe(status.code()).name) + ": " + status.message())
             : status;
}

std::chrono::nanoseconds ToChrono(Duration duration) { return std::chrono::nanoseconds(duration.nanos()); }

}  // namespace

// The end of a control-plane call.
class RemoteStream::CallHandler : public net::TransferHandler {
 public:
  CallHandler(std::shared_ptr<RemoteStream> stream, Call call, std::string access_key)
      : stream_(std::move(stream)), call_(call), access_key_(std::move(access_key)) {}
  void OnDone(net::TransferResult result) override {
    net::NetworkLoop& loop = stream_->context_->network->loop();
    loop.Post([stream = stream_, call = call_, key = access_key_, result = std::move(result)] {
      stream->net_used_key_ = key;
      stream->OnCallDone(call, result);
    });
  }

 private:
  const std::shared_ptr<RemoteStream> stream_;
  const Call call_;
  const std::string access_key_;
};

// Both directions of a PutMedia connection.
class RemoteStream::SessionHandler : public net::TransferHandler {
 public:
  SessionHandler(std::shared_ptr<RemoteStream> stream, std::uint64_t session, std::string access_key)
      : stream_(std::move(stream)), session_(session), access_key_(std::move(access_key)) {
    const ProducerConfig& config = stream_->context_->config;
    if (!config.debug->dump_folder.empty()) {
      const std::string& name = stream_->core_config().name;
      dump_ = std::make_unique<MediaDump>(config.debug->dump_folder + "/" + name + "_" + std::to_string(session) + ".mkv",
                                          Logger(config.log.get(), "kvs-net", name), stream_->dump_warned_);
    }
  }

  Uploaded OnUpload(std::span<std::uint8_t> out) override {
    const Uploaded uploaded = Pull(out);
    if (dump_ != nullptr) {
      dump_->Append(out.first(uploaded.bytes));
    }
    return uploaded;
  }
  Uploaded Pull(std::span<std::uint8_t> out) {
    const MutexLock lock(stream_->mutex_);
    const UploadSession::Pulled pulled = stream_->core_.Pull(session_, out, stream_->now());
    stream_->Settle();
    switch (pulled.status) {
      case UploadSession::PullStatus::kMore:
        return {pulled.bytes, Upload::kMore};
      case UploadSession::PullStatus::kWait:
        return {pulled.bytes, Upload::kPause};
      case UploadSession::PullStatus::kEnd:
        return {pulled.bytes, Upload::kEnd};
      case UploadSession::PullStatus::kMismatch:
        break;
    }
    return {0, Upload::kAbort};
  }
  void OnHead(int status) override {
    if (status == service::kHttpOk) {
      const MutexLock lock(stream_->mutex_);
      stream_->core_.OnSessionConnected(session_, stream_->now());
      stream_->Settle();
    }
  }
  bool OnBody(std::span<const std::uint8_t> bytes) override {
    {
      const MutexLock lock(stream_->mutex_);
      stream_->core_.OnAckBytes(session_, bytes, stream_->now());
      stream_->Settle();
    }
    stream_->changed_.NotifyAll();
    return true;
  }
  void OnDone(net::TransferResult result) override {
    net::NetworkLoop& loop = stream_->context_->network->loop();
    loop.Post([stream = stream_, session = session_, key = access_key_, result = std::move(result)] {
      stream->net_used_key_ = key;
      stream->OnSessionDone(session, result);
    });
  }

 private:
  const std::shared_ptr<RemoteStream> stream_;
  const std::uint64_t session_;
  const std::string access_key_;
  std::unique_ptr<MediaDump> dump_;  // null: not wanted
};

RemoteStream::RemoteStream(std::shared_ptr<ProducerContext> context, StreamConfig config,
                           std::shared_ptr<StreamListener> listener, std::uint64_t seed)
    : context_(std::move(context)),
      callbacks_(listener != nullptr ? net::CallbackThread::Shared() : nullptr),
      media_(&net::NetworkThread::ForMedia(context_->config.network_threads.value_or(1))),
      core_(CoreOptions(*context_, std::move(config), seed)),
      listener_(std::move(listener)) {}

void RemoteStream::Open() {
  StreamRegistry::Shared().Add(shared_from_this());
  context_->network->loop().Post([self = shared_from_this()] {
    self->net_timer_ = self->context_->network->loop().timers().Add([stream = self.get()] {
      {
        const MutexLock lock(stream->mutex_);
        stream->core_.OnTimer(stream->now());
      }
      stream->RunActions();
    });
    self->context_->config.credentials->Observe(self);
    self->RunActions();
  });
}

void RemoteStream::Settle() {
  for (StreamEvent& event : core_.TakeEvents()) {
    TellListener(std::move(event));
  }
  const std::optional<MonoTime> deadline = core_.deadline();
  const bool sooner = deadline && (!armed_ || *deadline < *armed_);
  if ((core_.HasActions() || sooner || core_.closed()) && !posted_) {
    posted_ = true;
    context_->network->loop().Post(std::shared_ptr<net::Task>(shared_from_this()));
  }
}

void RemoteStream::TellListener(StreamEvent event) {
  if (const auto* drained = std::get_if<Drained>(&event)) {
    last_drain_ = *drained;
  }
  if (listener_ == nullptr) {
    return;
  }
  const bool may_drop = std::holds_alternative<FragmentAcked>(event);
  const bool last = std::holds_alternative<Stopped>(event);
  // After the last one nothing of it is left here: dropped under the mutex, a listener that holds the stream would end it there.
  std::shared_ptr<StreamListener> listener = last ? std::move(listener_) : listener_;
  callbacks_->Post([listener = std::move(listener), event = std::move(event)] { listener->OnStreamEvent(event); }, may_drop);
}

void RemoteStream::RunActions() {
  // An action that fails at once comes here again, and may let go of the last reference.
  const auto self = shared_from_this();
  std::vector<StreamCore::Action> actions = std::exchange(net_spare_actions_, {});
  std::optional<MonoTime> deadline;
  bool closed = false;
  {
    const MutexLock lock(mutex_);
    posted_ = true;  // Settle need not post: this is the task
    Settle();
    posted_ = false;
    actions = core_.TakeActions(std::move(actions));
    deadline = core_.deadline();
    armed_ = deadline;
    closed = core_.closed();
  }
  changed_.NotifyAll();
  net::NetworkLoop& loop = context_->network->loop();
  loop.timers().Set(net_timer_, deadline);
  for (const StreamCore::Action& action : actions) {
    std::visit([this](const auto& one) { Do(one); }, action);
  }
  actions.clear();
  net_spare_actions_ = std::move(actions);
  if (closed && net_timer_ != 0) {
    loop.timers().Remove(std::exchange(net_timer_, 0));
    if (net_call_) {
      transport().Cancel(*std::exchange(net_call_, std::nullopt));
    }
    ++net_call_number_;
    media_->LetGo();
    StreamRegistry::Shared().Remove(this);  // may be the last reference
  }
}

service::CallTarget RemoteStream::Target(ApiCall call) const { return {call, core_config().name, net_arn_}; }

net::TransferOptions RemoteStream::Options() const {
  net::TransferOptions options;
  options.connect_timeout = context_->config.connection_timeout;
  options.ca_path = context_->config.ca_path;
  options.route = context_->route;
  return options;
}

void RemoteStream::WithCredentials(CredentialsUser use) {
  net::NetworkLoop& loop = context_->network->loop();
  auto take = [self = shared_from_this(), use](Result<Credentials> credentials) {
    if (credentials.ok()) {
      const MutexLock lock(self->mutex_);
      if (auto news = self->credentials_.OnSome(self->context_->config.credentials->name(), credentials->expiration)) {
        Logger(self->context_->config.log.get(), "kvs-auth", self->core_config().name)
            .Write(LogLevel::kInfo, "credentials from " + news->source);
        self->TellListener(*std::move(news));
      }
    }
    const Status none = credentials.ok() ? Status() : CredentialsFailure(credentials.status());
    use(none.ok() ? std::move(credentials) : Result<Credentials>(none), none);
  };
  const bool is_instance = context_->config.credentials->name() == aws::kInstanceSourceName;
  context_->service->WhenFound(loop, is_instance,
                               [&loop, context = context_, use = std::move(use), take = std::move(take)](const Status& status) {
                                 if (status.ok()) {
                                   context->config.credentials->Fetch(loop, take);
                                 } else {
                                   use(status, Status());
                                 }
                               });
}

void RemoteStream::OnCredentialsRenewed(std::string_view source, std::optional<WallTime> expiration) {
  const MutexLock lock(mutex_);
  CredentialsRenewed news = credentials_.OnRenewed(source, expiration);
  if (core_.failure().ok()) {
    TellListener(std::move(news));
  }
}

void RemoteStream::OnRenewalFailed(std::string_view source, const Status& reason, Duration retry_in) {
  const MutexLock lock(mutex_);
  auto news = credentials_.OnRenewalFailed(source, reason, retry_in);
  if (news && core_.failure().ok()) {
    TellListener(*std::move(news));
  }
}

// Before the core's own events, which say what follows from it. A failure that ends the stream is told by those alone.
void RemoteStream::TellNoCredentials(const Status& reason) {
  if (reason.ok() || !core_.failure().ok()) {
    return;
  }
  const Duration retry_in = core_.metrics(now().mono).current_backoff;
  if (auto news = credentials_.OnNone(context_->config.credentials->name(), reason, retry_in)) {
    TellListener(*std::move(news));
  }
}

Status RemoteStream::Sign(service::HttpRequest& request, const Credentials& credentials) {
  aws::SigningOptions options;
  options.region = context_->service->region();
  options.time = context_->network->loop().wall_now() + context_->clock_skew;
  return aws::SignRequest(request, credentials, options, context_->signing_keys);
}

Result<service::HttpRequest> RemoteStream::MakeRequest(Call call) {
  const service::CallContext context{context_->service->control_plane(), context_->user_agent};
  const StreamConfig& config = core_config();
  switch (call) {
    case Call::kDescribe:
      return service::MakeDescribeStreamRequest(context, config.name);
    case Call::kCreate: {
      std::string media_type;
      {
        const MutexLock lock(mutex_);
        media_type = core_.content_type();
      }
      return service::MakeCreateStreamRequest(
          context, {config.name, config.device_name, media_type, config.kms_key_id, config.retention});
    }
    case Call::kTag:
      return service::MakeTagStreamRequest(context, net_arn_, config.tags);
    case Call::kGetEndpoint:
      break;
  }
  return service::MakeGetDataEndpointRequest(context, config.name);
}

void RemoteStream::Do(const StreamCore::MakeCall& action) {
  if (AnswerFromMemory(action.call)) {
    return;
  }
  const std::uint64_t number = ++net_call_number_;
  WithCredentials([self = shared_from_this(), call = action.call, number](Result<Credentials> credentials, const Status& none) {
    if (number != self->net_call_number_) {
      return;
    }
    Status status = credentials.status();
    Result<service::HttpRequest> request = status.ok() ? self->MakeRequest(call) : status;
    if (status.ok()) {
      status = request.status();
    }
    if (status.ok()) {
      status = self->Sign(*request, *credentials);
    }
    if (!status.ok()) {
      self->net_used_key_.clear();
      self->CallFailed(std::move(status), {}, none);
      return;
    }
    net::TransferOptions options = self->Options();
    options.total_timeout = self->context_->config.completion_timeout;
    self->net_call_ =
        self->transport().Start(*std::move(request), options, std::make_unique<CallHandler>(self, call, credentials->access_key_id));
  });
}

void RemoteStream::OnCallDone(Call call, const net::TransferResult& result) {
  net_call_.reset();
  if (result.error || !result.response) {
    CallFailed(FailureOf(ToApiCall(call), result), {});
    return;
  }
  machine::ServiceState state = machine::ServiceState::kActive;
  Status status = TakeAnswer(call, *result.response, state);
  if (!status.ok()) {
    CallFailed(result.response->status == service::kHttpOk ? std::move(status) : FailureOf(ToApiCall(call), result),
               RetryAfterOf(result));
    return;
  }
  if (call == Call::kGetEndpoint) {
    Remember();
  }
  OnAnswered(call, state);
}

void RemoteStream::OnAnswered(Call call, machine::ServiceState state) {
  {
    const MutexLock lock(mutex_);
    if (call == Call::kDescribe) {
      core_.OnDescribed(state, now());
    } else {
      if (call == Call::kCreate) {
        core_.OnStreamCreated(net_arn_);
      }
      core_.OnCallDone(now());
    }
  }
  RunActions();
}

// Only on the way to the first connection: what is asked later is asked because something has changed.
bool RemoteStream::AnswerFromMemory(Call call) {
  const auto known = context_->known_streams.find(core_config().name);
  if (!net_endpoint_.empty() || known == context_->known_streams.end() || now().mono >= known->second.until) {
    return false;
  }
  net_arn_ = known->second.arn;
  if (call == Call::kGetEndpoint) {
    net_endpoint_ = known->second.endpoint;
  }
  OnAnswered(call, machine::ServiceState::kActive);
  return true;
}

void RemoteStream::Remember() {
  const Duration life = context_->config.lookup_life;
  if (life <= Duration()) {
    return;
  }
  auto& known = context_->known_streams;
  const MonoTime time = now().mono;
  std::erase_if(known, [time](const auto& entry) { return time >= entry.second.until; });
  if (known.size() >= ProducerContext::kMaxKnownStreams) {
    known.clear();
  }
  known[core_config().name] = {net_arn_, net_endpoint_, time + life};
}

Status RemoteStream::TakeAnswer(Call call, const service::HttpResponse& response, machine::ServiceState& state) {
  const std::string& name = core_config().name;
  switch (call) {
    case Call::kDescribe: {
      auto description = service::ParseDescribeStreamResponse(response, name);
      if (!description) {
        return description.status();
      }
      net_arn_ = description->stream_arn;
      state = description->state == service::StreamState::kActive     ? machine::ServiceState::kActive
              : description->state == service::StreamState::kDeleting ? machine::ServiceState::kDeleting
                                                                       : machine::ServiceState::kChanging;
      return {};
    }
    case Call::kCreate: {
      auto arn = service::ParseCreateStreamResponse(response, name);
      if (arn.ok()) {
        net_arn_ = *arn;
      }
      return arn.status();
    }
    case Call::kTag:
      return service::ParseTagStreamResponse(response, name);
    case Call::kGetEndpoint:
      break;
  }
  auto endpoint = service::ParseGetDataEndpointResponse(response, name);
  if (endpoint.ok()) {
    net_endpoint_ = *endpoint;
  }
  return endpoint.status();
}

Status RemoteStream::FailureOf(ApiCall call, const net::TransferResult& result) {
  const service::CallTarget target = Target(call);
  if (result.error || !result.response) {
    return service::StatusFromTransport(target, result.error.value_or(service::TransportError::kOther), result.detail);
  }
  Status status = service::StatusFromResponse(target, *result.response);
  if (status.code() != StatusCode::kNotAuthorized && status.code() != StatusCode::kCredentialsExpired) {
    return status;
  }
  // A refusal because of a wrong clock mends itself: the next signature is made with the service's time.
  const Duration skew =
      service::ClockSkew(*result.response, context_->network->loop().wall_now()).value_or(context_->clock_skew);
  const Duration change = skew - context_->clock_skew;
  if (change > kSkewThatMatters || -change > kSkewThatMatters) {
    context_->clock_skew = skew;
    return Status(StatusCode::kCredentialsExpired, status.message() + "; the clock of this machine is off by " +
                                                       std::to_string(skew.seconds()) + " s, which is corrected for")
        .WithService(status.http_status(), status.service_error(), status.request_id());
  }
  return status;
}

Duration RemoteStream::RetryAfterOf(const net::TransferResult& result) const {
  return result.response ? service::RetryAfter(*result.response, context_->network->loop().wall_now()).value_or(Duration())
                         : Duration();
}

void RemoteStream::CallFailed(Status status, Duration retry_after, const Status& credentials) {
  {
    const MutexLock lock(mutex_);
    core_.OnCallFailed(std::move(status), retry_after, now());
    TellNoCredentials(credentials);
  }
  RunActions();
}

void RemoteStream::SessionEnded(std::uint64_t session, Status status, Duration retry_after, const Status& credentials) {
  net_sessions_.erase(session);
  {
    const MutexLock lock(mutex_);
    core_.OnSessionEnded(session, std::move(status), retry_after, now());
    TellNoCredentials(credentials);
  }
  RunActions();
}

template <typename TransportTask>
void RemoteStream::OnMediaThread(TransportTask task) {
  net::Transport* const transport = media_->loop().transport();
  if (media_ == context_->network) {
    task(*transport);
  } else {
    media_->loop().Post([transport, task = std::move(task)] { task(*transport); });
  }
}

void RemoteStream::Do(const StreamCore::OpenSession& action) {
  net_sessions_[action.session] = nullptr;
  WithCredentials([self = shared_from_this(), action](Result<Credentials> credentials, const Status& none) {
    const auto entry = self->net_sessions_.find(action.session);
    if (entry == self->net_sessions_.end()) {
      return;  // aborted meanwhile
    }
    const StreamConfig& config = self->core_config();
    service::PutMediaArguments arguments;
    arguments.stream_name = config.name;
    arguments.producer_start = action.start;
    arguments.ack_required = config.fragment_acks;
    arguments.timecode_type = config.absolute_fragment_times ? service::FragmentTimecodeType::kAbsolute
                                                             : service::FragmentTimecodeType::kRelative;
    Result<service::HttpRequest> request =
        service::MakePutMediaRequest({self->net_endpoint_, self->context_->user_agent}, arguments);
    Status status = credentials.ok() ? request.status() : credentials.status();
    if (status.ok()) {
      status = self->Sign(*request, *credentials);
    }
    if (!status.ok()) {
      self->net_used_key_.clear();
      self->SessionEnded(action.session, std::move(status), {}, none);
      return;
    }
    {
      const MutexLock lock(self->mutex_);
      std::optional<WallTime> expire = credentials->expiration;  // by the service's clock
      if (expire) {
        expire = *expire - self->context_->clock_skew;
      }
      self->core_.OnSessionSigned(action.session, expire, self->now());
      self->Settle();
    }
    net::TransferOptions options = self->Options();
    options.stream_body = true;
    entry->second = std::make_shared<MediaTransfer>();
    self->OnMediaThread([self, transfer = entry->second, session = action.session, key = credentials->access_key_id,
                         request = std::make_shared<service::HttpRequest>(*std::move(request)), options](net::Transport& transport) {
      transfer->id = transport.Start(std::move(*request), options, std::make_unique<SessionHandler>(self, session, key));
    });
  });
}

void RemoteStream::Do(const StreamCore::WakeSession& action) {
  if (const auto entry = net_sessions_.find(action.session); entry != net_sessions_.end() && entry->second != nullptr) {
    OnMediaThread([transfer = entry->second](net::Transport& transport) { transport.Resume(*transfer->id); });
  }
}

void RemoteStream::Do(const StreamCore::AbortSession& action) {
  if (const auto entry = net_sessions_.find(action.session); entry != net_sessions_.end()) {
    // On another thread its handler may be called until then; the core does not know the session any more.
    if (entry->second != nullptr) {
      OnMediaThread([transfer = entry->second](net::Transport& transport) { transport.Cancel(*transfer->id); });
    }
    net_sessions_.erase(entry);
  }
}

void RemoteStream::Do(const StreamCore::RefreshCredentials& /*action*/) {
  context_->config.credentials->Invalidate(net_used_key_);
}

void RemoteStream::OnSessionDone(std::uint64_t session, const net::TransferResult& result) {
  const bool fine = !result.error && result.response && result.response->status == service::kHttpOk;
  SessionEnded(session, fine ? Status() : FailureOf(ApiCall::kPutMedia, result), RetryAfterOf(result));
}

void RemoteStream::ExpectTrack(std::uint32_t track_id) {
  const MutexLock lock(mutex_);
  // A track too many is refused by SetTrack, which tells.
  (void)core_.ExpectTrack(track_id, now()).ok();
  Settle();
}

Status RemoteStream::SetTrack(const Track& track) {
  const MutexLock lock(mutex_);
  Status status = core_.SetTrack(track, now());
  Settle();
  return status;
}

void RemoteStream::EndTrack(std::uint32_t track_id) {
  const MutexLock lock(mutex_);
  core_.EndTrack(track_id, now());
  Settle();
}

void RemoteStream::LogFrame(const Frame& frame) const {
  const Logger log(context_->config.log.get(), "kvs-stream", core_config().name);
  if (!context_->config.debug->log_frames || !log.Enabled(LogLevel::kDebug)) {
    return;
  }
  log.Write(LogLevel::kDebug, "frame: track " + std::to_string(frame.track_id) + ", pts " + std::to_string(frame.pts.nanos()) +
                                   " ns, dts " + (frame.dts ? std::to_string(frame.dts->nanos()) + " ns" : "unknown") +
                                   ", duration " + std::to_string(frame.duration.nanos()) + " ns, " +
                                   std::to_string(frame.data.size()) + " bytes" + (frame.key_frame ? ", key frame" : ""));
}

Status RemoteStream::PutFrame(const Frame& frame) {
  LogFrame(frame);
  const MutexLock lock(mutex_);
  std::optional<MonoTime> give_up;
  for (;;) {
    const Now time = now();
    StreamCore::PutOutcome outcome = core_.PutFrame(frame, time);
    Settle();
    if (!outcome.wait_for_room) {
      return std::move(outcome.status);
    }
    if (flushing_) {
      return {StatusCode::kCancelled, "the wait for room was ended by a flush"};
    }
    const Duration limit = core_.config().offline_wait;
    if (!give_up && limit > Duration()) {
      give_up = time.mono + limit;
    }
    if ((give_up && time.mono >= *give_up) || context_->network->ended()) {
      return {StatusCode::kTimedOut, "no room for a frame in " + std::to_string(limit.seconds()) + " s"};
    }
    changed_.WaitFor(mutex_, ToChrono(kRoomInterval));
  }
}

Status RemoteStream::EndFragment() {
  const MutexLock lock(mutex_);
  Status status = core_.EndFragment(now());
  Settle();
  return status;
}

void RemoteStream::Reconnect() {
  const MutexLock lock(mutex_);
  core_.Reconnect(now());
  Settle();
}

Status RemoteStream::ReadySync(Duration timeout) {
  const MonoTime give_up = now().mono + std::min(timeout, kLongestDuration);
  const MutexLock lock(mutex_);
  while (!core_.was_ready() && core_.failure().ok() && !core_.stopping() && now().mono < give_up && !context_->network->ended()) {
    changed_.WaitFor(mutex_, ToChrono(kRoomInterval));
  }
  if (core_.was_ready() || !core_.failure().ok()) {
    return core_.failure();
  }
  if (core_.stopping()) {
    return {StatusCode::kStopped, "the stream was stopped"};
  }
  const Status& last = core_.last_failure();
  return {StatusCode::kTimedOut, "stream " + core_.config().name + " was not ready in " + std::to_string(timeout.millis()) +
                                     " ms" + (last.ok() ? "" : ": " + last.ToString())};
}

Status RemoteStream::PutMetadata(FragmentMetadata metadata) {
  const MutexLock lock(mutex_);
  return core_.PutMetadata(std::move(metadata));
}

Status RemoteStream::PutEvent(const MediaEvent& event) {
  const MutexLock lock(mutex_);
  return core_.PutEvent(event);
}

void RemoteStream::SetFlushing(bool flushing) {
  {
    const MutexLock lock(mutex_);
    flushing_ = flushing;
  }
  changed_.NotifyAll();
}

void RemoteStream::Drain(Duration timeout) {
  const MutexLock lock(mutex_);
  core_.Drain(timeout, /*stop=*/false, now());
  Settle();
}

void RemoteStream::Stop(Duration timeout) {
  StreamRegistry::Shared().MarkStopping(this);
  {
    const MutexLock lock(mutex_);
    core_.Drain(timeout, /*stop=*/true, now());
    Settle();
  }
  changed_.NotifyAll();
}

Status RemoteStream::StopSync(Duration timeout) {
  Stop(timeout);
  const MonoTime give_up = now().mono + std::min(timeout, kLongestDuration) + kStopMargin;
  const MutexLock lock(mutex_);
  while (!core_.closed() && now().mono < give_up && !context_->network->ended()) {
    changed_.WaitFor(mutex_, ToChrono(kRoomInterval));
  }
  if (core_.closed() && last_drain_ && last_drain_->complete) {
    return {};
  }
  const std::uint64_t left = last_drain_ ? last_drain_->frames_left : core_.metrics(now().mono).stored_frames;
  const std::string why = last_drain_ && !last_drain_->reason.ok() ? ": " + last_drain_->reason.ToString() : "";
  return {StatusCode::kTimedOut, std::to_string(left) + " frames of stream " + core_.config().name +
                                     " were not stored by the service when it was stopped" + why};
}

bool RemoteStream::Trigger() {
  const MutexLock lock(mutex_);
  const bool changed = core_.Trigger(now());
  Settle();
  return changed;
}

bool RemoteStream::Untrigger() {
  const MutexLock lock(mutex_);
  const bool changed = core_.Untrigger(now());
  Settle();
  return changed;
}

StreamMetrics RemoteStream::metrics() const {
  const MutexLock lock(mutex_);
  return core_.metrics(now().mono);
}

bool RemoteStream::closed() const {
  const MutexLock lock(mutex_);
  return core_.closed();
}

bool RemoteStream::stopping() const {
  const MutexLock lock(mutex_);
  return core_.stopping();
}

}  // namespace kvs
