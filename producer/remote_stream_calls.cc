// The calls of the control plane, and credentials.
#include <utility>

#include "pic/base/log.h"
#include "producer/aws/instance_region.h"
#include "producer/remote_stream.h"
#include "producer/service/create_stream.h"
#include "producer/service/describe_stream.h"
#include "producer/service/get_data_endpoint.h"
#include "producer/service/tag_stream.h"

namespace kvs {
namespace {

using machine::Call;
using service::ApiCall;

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

// Why a source gave no credentials. What is wrong with it now may be mended by the next look at it: a file that is just being
// written. Whether to go on is for the core to say.
Status CredentialsFailure(const Status& status) {
  return Describe(status.code()).retry == RetryClass::kNever && status.code() != StatusCode::kCredentialsRefused
             ? Status(StatusCode::kNoCredentials, std::string(Describe(status.code()).name) + ": " + status.message())
             : status;
}

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

void RemoteStream::Do(const StreamCore::RefreshCredentials& /*action*/) {
  context_->config.credentials->Invalidate(net_used_key_);
}

}  // namespace kvs
