// The connections of PutMedia.
#include <utility>

#include "pic/base/log.h"
#include "producer/media_dump.h"
#include "producer/remote_stream.h"
#include "producer/service/put_media.h"

namespace kvs {

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
    media_->loop().Gather([transport, task = std::move(task)] { task(*transport); });
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

void RemoteStream::OnSessionDone(std::uint64_t session, const net::TransferResult& result) {
  const bool fine = !result.error && result.response && result.response->status == service::kHttpOk;
  SessionEnded(session, fine ? Status() : FailureOf(service::ApiCall::kPutMedia, result), RetryAfterOf(result));
}

}  // namespace kvs
