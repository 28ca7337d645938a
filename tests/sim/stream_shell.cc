#include "tests/sim/stream_shell.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "tests/sim/wire_tap.h"

namespace kvs::sim {
namespace {

namespace em = kvs::emulator;

constexpr Duration kConnectTimeout = Duration::Seconds(5);
// A deadline that has passed may be told a few times in a row, each with something to do.
constexpr int kMaxTimersAtOnce = 100;
constexpr int kHttpOk = 200;

Status Broken() {
  return {StatusCode::kConnectionLost, "the connection broke"};
}

StreamCore::Options CoreOptions(const SimOptions& options, std::shared_ptr<BlockPool> pool,
                                LogSink* log) {
  StreamCore::Options core;
  core.config = options.config;
  core.pool = std::move(pool);
  core.seed = options.seed;
  core.app = "kvs_sim";
  core.max_frames = options.max_frames;
  core.log = log;
  return core;
}

}  // namespace

// The client's side of a PutMedia exchange.
class StreamShell::Session : public Connection::Client {
 public:
  Session(StreamShell& owner, std::uint64_t id)
      : owner_(owner),
        id_(id),
        tap_(id, owner.options_, owner.ledger_),
        pump_(owner.scheduler_, [this] { Pump(); }) {}
  ~Session() override {
    if (connection_ != nullptr) {
      connection_->Abort();
    }
  }

  // The request is on its way, and the body follows it without waiting for an answer.
  void Begin(std::shared_ptr<Connection> connection) {
    connection_ = std::move(connection);
    connection_->set_client(this);
    pump_.Set(owner_.scheduler_.now());
  }
  // The core says that there is something to pull again.
  void Resume() {
    if (std::exchange(paused_, false)) {
      pump_.Set(owner_.scheduler_.now());
    }
  }

  void OnRoom() override { pump_.Set(owner_.scheduler_.now()); }
  void OnHead(const Head& head) override {
    head_ = head;
    if (head.status == kHttpOk) {
      owner_.core_.OnSessionConnected(id_, owner_.now());
      owner_.Settle();
    }
  }
  void OnBody(Bytes bytes) override {
    if (head_ && head_->status == kHttpOk) {
      owner_.core_.OnAckBytes(id_, bytes, owner_.now());
      owner_.Settle();
      if (owner_.on_change_) {
        owner_.on_change_();
      }
    }
  }
  void OnClosed(bool complete) override {
    connection_.reset();
    Status status = Broken();
    if (head_ && head_->status != kHttpOk) {
      status = StreamShell::FromAnswer(head_->status, head_->error_type);
    } else if (complete && (body_ended_ || owner_.draw_.Chance(0.5))) {
      status = Status();  // with the body cut short, whether sending fails first is a race
    }
    Finish(std::move(status));
  }

 private:
  void Finish(Status status) {
    owner_.scheduler_.At(
        owner_.scheduler_.now(),
        [owner = &owner_, id = id_, status = std::move(status)] { owner->EndSession(id, status); });
  }

  // Takes from the core what the connection has room for.
  void Pump() {
    std::array<std::uint8_t, 64 << 10> buffer;
    while (connection_ != nullptr && !paused_ && !body_ended_ && connection_->room() > 0) {
      const std::size_t most =
          std::min({buffer.size(), owner_.options_.network.pull_bytes_max, connection_->room()});
      const std::size_t size = owner_.draw_.Chance(0.8) ? most : owner_.draw_.Size(1, most);
      const UploadSession::Pulled pulled =
          owner_.core_.Pull(id_, std::span(buffer).first(size), owner_.now());
      owner_.Settle();
      if (pulled.status == UploadSession::PullStatus::kMismatch) {
        std::exchange(connection_, nullptr)->Abort();
        Finish(Broken());
        return;
      }
      if (pulled.bytes > 0) {
        const Bytes bytes = Bytes(buffer).first(pulled.bytes);
        tap_.Feed(bytes);
        connection_->SendBody(bytes);
      } else if (pulled.status == UploadSession::PullStatus::kEnd) {
        body_ended_ = true;
        connection_->EndBody();
      } else {
        paused_ = true;
      }
    }
  }

  StreamShell& owner_;
  const std::uint64_t id_;
  WireTap tap_;
  Timer pump_;
  std::shared_ptr<Connection> connection_;  // null before and after
  std::optional<Head> head_;
  bool paused_ = false;
  bool body_ended_ = false;
};

StreamShell::StreamShell(Scheduler& scheduler, Draw draw, const SimOptions& options,
                         Network& network, ServiceEnd& service, Ledger& ledger, Trace& trace)
    : scheduler_(scheduler),
      draw_(draw),
      options_(options),
      network_(network),
      service_(service),
      ledger_(ledger),
      trace_(trace),
      pool_(std::make_shared<BlockPool>(options.store_bytes)),
      core_(CoreOptions(options, pool_, this)),
      timer_(scheduler, [this] { OnTimer(); }) {}

StreamShell::~StreamShell() = default;

bool StreamShell::Enabled(LogLevel level, std::string_view /*component*/) const {
  return level <= LogLevel::kDebug;
}

void StreamShell::Write(const LogRecord& record) {
  trace_.Note(scheduler_.now(), "stream", record.message);
}

Now StreamShell::now() const {
  const em::Time wall = service_.now();
  return {scheduler_.now(),
          WallTime::FromNanos(wall.time_since_epoch().count()) + options_.clock_offset};
}

Status StreamShell::SetTrack(const Track& track) {
  Status status = core_.SetTrack(track, now());
  Settle();
  return status;
}

void StreamShell::ExpectTrack(std::uint32_t id) {
  if (!core_.ExpectTrack(id, now()).ok()) {
    ledger_.Fail("ExpectTrack was refused");
  }
  Settle();
}

void StreamShell::EndTrack(std::uint32_t id) {
  core_.EndTrack(id, now());
  Settle();
}

StreamCore::PutOutcome StreamShell::PutFrame(const Frame& frame) {
  return core_.PutFrame(frame, now());  // the caller settles, when it has noted the outcome
}

Status StreamShell::PutMetadata(FragmentMetadata metadata) {
  return core_.PutMetadata(std::move(metadata));
}

void StreamShell::Drain(Duration timeout, bool stop) {
  trace_.Note(scheduler_.now(), "user", stop ? "Stop" : "Drain");
  ledger_.OnDrain();
  core_.Drain(timeout, stop, now());
  Settle();
}

bool StreamShell::Switch(bool on) {
  trace_.Note(scheduler_.now(), "user", on ? "Trigger" : "Untrigger");
  const bool changed = on ? core_.Trigger(now()) : core_.Untrigger(now());
  if (changed) {
    ledger_.OnSwitch(on);
  }
  Settle();
  return changed;
}

void StreamShell::Settle() {
  for (const StreamEvent& event : core_.TakeEvents()) {
    ledger_.OnEvent(event);
  }
  ledger_.CheckStep(metrics(), pool_->used_blocks() * BlockPool::kBlockBytes);
  const std::optional<MonoTime> deadline = core_.deadline();
  if (!deadline) {
    timer_.Cancel();
  } else if (!timer_.armed() || armed_for_ != *deadline) {
    armed_for_ = *deadline;
    const Duration late = draw_.Between(Duration(), options_.timer_late_max);
    timer_.Set(std::max(*deadline, scheduler_.now()) + late);
  }
  const bool closing = core_.closed() && !std::exchange(closed_, true);
  if ((core_.HasActions() || closing) && !std::exchange(actions_posted_, true)) {
    const Duration late = draw_.Between(Duration(), options_.action_delay_max);
    scheduler_.At(scheduler_.now() + late, [this] { RunActions(); });
  }
}

void StreamShell::OnTimer() {
  timers_at_once_ = last_timer_ == scheduler_.now() ? timers_at_once_ + 1 : 0;
  last_timer_ = scheduler_.now();
  if (timers_at_once_ > kMaxTimersAtOnce) {
    ledger_.Fail("I7: the deadline stays in the past: the network thread would spin");
    return;
  }
  core_.OnTimer(now());
  Settle();
  if (on_change_) {
    on_change_();
  }
}

void StreamShell::RunActions() {
  actions_posted_ = false;
  for (const StreamCore::Action& action : core_.TakeActions()) {
    std::visit([this](const auto& one) { Do(one); }, action);
  }
  if (core_.closed()) {
    ++call_number_;  // the answer of a call is not wanted any more
  }
  Settle();
}

// As MakeCachedCredentials: renewed when a tenth of their life is left, but 38 s before they expire at the latest.
bool StreamShell::CredentialsAreGood() const {
  if (credentials_stale_) {
    return false;
  }
  if (!credentials_.expire) {
    return true;
  }
  const Duration life = options_.service.credentials_life;
  const Duration left = Duration::Nanos((*credentials_.expire - service_.now()).count());
  return left > std::max(life / 10, std::min(life / 2, Duration::Seconds(38)));
}

void StreamShell::WithCredentials(std::function<void(ServiceEnd::Issued)> use) {
  const bool fetch = !CredentialsAreGood();
  credentials_stale_ = false;
  const Duration delay =
      fetch ? draw_.Between(Duration(), options_.credentials_delay_max) : Duration();
  scheduler_.At(scheduler_.now() + delay, [this, fetch, use = std::move(use)] {
    if (fetch) {
      credentials_ = service_.Issue();
    }
    use(credentials_);
  });
}

void StreamShell::Do(const StreamCore::RefreshCredentials& /*action*/) {
  trace_.Note(scheduler_.now(), "shell", "refresh credentials");
  credentials_stale_ = true;
}

void StreamShell::NoteAttempt() {
  const std::string problem = pace_.OnAttempt(scheduler_.now(), ledger_.last_progress());
  if (!problem.empty() && options_.config.fragment_acks) {
    ledger_.Fail(problem);
  }
}

void StreamShell::Do(const StreamCore::MakeCall& action) {
  trace_.Note(scheduler_.now(), "shell", machine::Name(action.call));
  const std::uint64_t number = ++call_number_;
  if (call_waits_) {
    ledger_.Fail("a call was made while another is under way");
  }
  call_waits_ = true;
  NoteAttempt();
  WithCredentials([this, call = action.call, number](const ServiceEnd::Issued& credentials) {
    if (number == call_number_) {
      SendCall(call, number, credentials.generation);
    }
  });
}

void StreamShell::Do(const StreamCore::OpenSession& action) {
  trace_.Note(scheduler_.now(), "shell", "open session " + std::to_string(action.session));
  sessions_[action.session] = std::make_unique<Session>(*this, action.session);
  ledger_.OnSessionOpened(action.session);
  if (const std::string problem = pace_.OnSession(scheduler_.now()); !problem.empty()) {
    ledger_.Fail(problem);
  }
  NoteAttempt();
  WithCredentials([this, action](const ServiceEnd::Issued& credentials) {
    if (credentials.expire) {
      const WallTime expire = WallTime::FromNanos(credentials.expire->time_since_epoch().count());
      core_.OnSessionSigned(action.session, expire, now());
    }
    Connect(action, credentials.generation);
  });
}

void StreamShell::Connect(const StreamCore::OpenSession& action, int credentials) {
  if (!sessions_.contains(action.session)) {
    return;  // aborted meanwhile
  }
  const Network::Reach reach = network_.reach();
  if (reach != Network::Reach::kFine) {
    const bool refused = reach == Network::Reach::kRefused;
    const Duration after = refused ? network_.OneWay() * 2 : kConnectTimeout;
    scheduler_.At(scheduler_.now() + after, [this, id = action.session, refused] {
      EndSession(id, {refused ? StatusCode::kConnectFailed : StatusCode::kNetworkTimeout,
                      "no connection"});
    });
    return;
  }
  scheduler_.At(scheduler_.now() + network_.OneWay() * 2, [this, action, credentials] {
    const auto found = sessions_.find(action.session);
    if (found == sessions_.end()) {
      return;
    }
    const std::shared_ptr<Connection> connection = network_.Open();
    connection->SendRequest(
        [this, weak = std::weak_ptr(connection), headers = HeadersOf(action), endpoint = endpoint_,
         credentials] { service_.Accept(weak.lock(), headers, endpoint, credentials); });
    found->second->Begin(connection);
  });
}

void StreamShell::Do(const StreamCore::WakeSession& action) {
  if (const auto found = sessions_.find(action.session); found != sessions_.end()) {
    found->second->Resume();
  }
}

void StreamShell::Do(const StreamCore::AbortSession& action) {
  trace_.Note(scheduler_.now(), "shell", "abort session " + std::to_string(action.session));
  pace_.OnFailure(scheduler_.now());
  ledger_.OnSessionClosed(action.session);
  sessions_.erase(action.session);
}

void StreamShell::EndSession(std::uint64_t session, Status status) {
  if (!sessions_.contains(session)) {
    return;
  }
  trace_.Note(scheduler_.now(), "shell",
              "session " + std::to_string(session) + " is over: " + status.ToString());
  status.ok() ? pace_.OnSuccess() : pace_.OnFailure(scheduler_.now());
  ledger_.OnSessionClosed(session);
  sessions_.erase(session);
  core_.OnSessionEnded(session, std::move(status), Duration(), now());
  Settle();
  if (on_change_) {
    on_change_();
  }
}

em::PutMediaHeaders StreamShell::HeadersOf(const StreamCore::OpenSession& action) const {
  em::PutMediaHeaders headers;
  headers.stream_name = options_.config.name;
  headers.timecode_type = options_.config.absolute_fragment_times ? "ABSOLUTE" : "RELATIVE";
  const std::int64_t millis = action.start.millis();
  std::string decimals = std::to_string(millis % 1000);
  decimals.insert(0, 3 - decimals.size(), '0');
  headers.producer_start = std::to_string(millis / 1000) + "." + decimals;
  headers.acknowledgment = options_.config.fragment_acks ? "1" : "0";
  return headers;
}

}  // namespace kvs::sim
