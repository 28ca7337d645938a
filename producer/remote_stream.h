#ifndef KVS_PRODUCER_REMOTE_STREAM_H_
#define KVS_PRODUCER_REMOTE_STREAM_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "kvs/stream.h"
#include "pic/base/log.h"
#include "pic/base/mutex.h"
#include "pic/stream/stream_core.h"
#include "producer/credentials_teller.h"
#include "producer/net/callback_thread.h"
#include "producer/net/transport.h"
#include "producer/producer_context.h"

namespace kvs {

// A stream core on the real network: carries out its actions, brings it the answers, tells its events.
//
// Threads: callers and the network thread meet in the core, under one mutex. What the core wants done is done on the network thread
// only: other threads leave one task in its mailbox. Events are queued for the callback thread in the order of the core.
class RemoteStream : public CredentialsObserver, public net::Task, public std::enable_shared_from_this<RemoteStream> {
 public:
  RemoteStream(std::shared_ptr<ProducerContext> context, StreamConfig config,
               std::shared_ptr<StreamListener> listener, std::uint64_t seed);
  // After construction, once: the stream becomes known to the network thread.
  void Open();

  // As in kvs/stream.h. Thread: any.
  void ExpectTrack(std::uint32_t track_id);
  Status SetTrack(const Track& track);
  void EndTrack(std::uint32_t track_id);
  Status PutFrame(const Frame& frame);
  Status EndFragment();
  Status PutMetadata(FragmentMetadata metadata);
  Status PutEvent(const MediaEvent& event);
  void Reconnect();
  Status ReadySync(Duration timeout);
  void SetFlushing(bool flushing);
  void Drain(Duration timeout);
  void Stop(Duration timeout);
  Status StopSync(Duration timeout);
  bool Trigger();
  bool Untrigger();
  StreamMetrics metrics() const;
  bool stopping() const;
  bool closed() const;

  // CredentialsObserver
  void OnCredentialsRenewed(std::string_view source, std::optional<WallTime> expiration) override;
  void OnRenewalFailed(std::string_view source, const Status& reason, Duration retry_in) override;
  // net::Task: what the state of the stream asks for.
  void Run() override { RunActions(); }

 private:
  class CallHandler;
  class SessionHandler;
  // The transfer of a session. Touched by the thread of the media only.
  struct MediaTransfer {
    std::optional<net::TransferId> id;  // none: not begun
  };
  // Without some: why, and in `none` the same when it is the source of the credentials that has none.
  using CredentialsUser = std::function<void(Result<Credentials>, const Status& none)>;

  // Constant after construction, so without the mutex.
  const StreamConfig& core_config() const KVS_NO_THREAD_SAFETY_ANALYSIS { return core_.config(); }
  Now now() const { return context_->network->loop().now(); }

  // Any thread, mutex held: hands events to the callback thread and leaves word for the network thread.
  void Settle() KVS_REQUIRES(mutex_);
  void TellListener(StreamEvent event) KVS_REQUIRES(mutex_);

  // Network thread only.
  void RunActions() KVS_EXCLUDES(mutex_);
  void Do(const StreamCore::MakeCall& action);
  void Do(const StreamCore::OpenSession& action);
  void Do(const StreamCore::WakeSession& action);
  void Do(const StreamCore::AbortSession& action);
  void Do(const StreamCore::RefreshCredentials& action);
  void WithCredentials(CredentialsUser use);
  // The core has been told that a request had to do without credentials.
  void TellNoCredentials(const Status& reason) KVS_REQUIRES(mutex_);
  Result<service::HttpRequest> MakeRequest(machine::Call call);
  Status Sign(service::HttpRequest& request, const Credentials& credentials);
  void OnCallDone(machine::Call call, const net::TransferResult& result);
  void OnAnswered(machine::Call call, machine::ServiceState state) KVS_EXCLUDES(mutex_);
  // Answers from what an earlier stream of this name was told. Whether it could.
  bool AnswerFromMemory(machine::Call call);
  void Remember();
  Status TakeAnswer(machine::Call call, const service::HttpResponse& response, machine::ServiceState& state);
  // The failure of an exchange, after the clock of the service was looked at.
  Status FailureOf(service::ApiCall call, const net::TransferResult& result);
  Duration RetryAfterOf(const net::TransferResult& result) const;
  void OnSessionDone(std::uint64_t session, const net::TransferResult& result);
  // `credentials`: why there were none, or OK.
  void CallFailed(Status status, Duration retry_after, const Status& credentials = {}) KVS_EXCLUDES(mutex_);
  void SessionEnded(std::uint64_t session, Status status, Duration retry_after, const Status& credentials = {})
      KVS_EXCLUDES(mutex_);
  // On the thread of the media: at once where that is the one of everything else.
  template <typename TransportTask>
  void OnMediaThread(TransportTask task);
  net::Transport& transport() { return *context_->network->loop().transport(); }
  service::CallTarget Target(service::ApiCall call) const;
  net::TransferOptions Options() const;
  void LogFrame(const Frame& frame) const;

  // Constant after construction.
  const std::shared_ptr<ProducerContext> context_;
  const std::shared_ptr<net::CallbackThread> callbacks_;  // null without a listener
  net::NetworkThread* const media_;                       // the thread of our connections; all else is on that of the context

  std::atomic<bool> dump_warned_ = false;

  // net_: network thread only.
  net::TimerQueue::TimerId net_timer_ = 0;
  std::optional<net::TransferId> net_call_;  // under way
  std::uint64_t net_call_number_ = 0;        // tells a late answer of the credential source from the current one
  std::map<std::uint64_t, std::shared_ptr<MediaTransfer>> net_sessions_;  // null: waits for credentials
  std::string net_used_key_;                 // access key of the request that ended last; empty: it had none
  std::string net_endpoint_;                 // of putMedia
  std::string net_arn_;
  std::vector<StreamCore::Action> net_spare_actions_;  // empty; its memory serves again

  // shared_: guarded by mutex_.
  mutable Mutex mutex_;
  Condition changed_;  // there may be room, or waits are to end
  StreamCore core_ KVS_GUARDED_BY(mutex_);
  std::shared_ptr<StreamListener> listener_ KVS_GUARDED_BY(mutex_);
  CredentialsTeller credentials_ KVS_GUARDED_BY(mutex_);
  bool posted_ KVS_GUARDED_BY(mutex_) = false;  // a task of ours is in the mailbox
  std::optional<MonoTime> armed_ KVS_GUARDED_BY(mutex_);  // the deadline that the network thread knows of
  bool flushing_ KVS_GUARDED_BY(mutex_) = false;
  std::optional<Drained> last_drain_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs

#endif  // KVS_PRODUCER_REMOTE_STREAM_H_
