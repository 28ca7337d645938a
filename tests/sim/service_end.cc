#include "tests/sim/service_end.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>
#include <variant>

namespace kvs::sim {
namespace {

namespace em = kvs::emulator;

// The service's clock at the start of the run: 2024-01-01 00:00:00 UTC.
constexpr std::int64_t kEpochSeconds = 1'704'067'200;

em::Duration ToModel(Duration duration) {
  return em::Duration(duration.nanos());
}

em::ServiceConfig ToModel(const SimOptions& options) {
  em::ServiceConfig config;
  config.streams.create_delay = ToModel(options.service.create_delay);
  config.session.received_delay = ToModel(options.service.ack_delay_received);
  config.session.persisted_delay = ToModel(options.service.ack_delay_persisted);
  config.session.session_limit = ToModel(options.service.session_limit);
  return config;
}

// The value of a member of one of the model's events; empty when there is none.
std::string_view Member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":";
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos) {
    return {};
  }
  json.remove_prefix(at + key.size());
  if (json.starts_with('"')) {
    json.remove_prefix(1);
    return json.substr(0, json.find('"'));
  }
  return json.substr(0, json.find_first_of(",}"));
}

}  // namespace

// One PutMedia exchange as the service sees it; lives until all that it received is stored.
class ServiceEnd::Session : public Connection::Server {
 public:
  Session(ServiceEnd& owner, std::shared_ptr<Connection> connection, em::PutMediaResult result)
      : owner_(owner),
        connection_(std::move(connection)),
        model_(std::move(result.session)),
        tick_(owner.scheduler_, [this] { Run(); }),
        answer_(owner.scheduler_, [this] { StartAnswer(); }) {
    model_->set_wake([this] { tick_.Set(owner_.scheduler_.now()); });
    connection_->set_server(this);
    if (!result.hold.forever) {
      answer_.Set(owner.scheduler_.now() + Duration::Nanos(result.hold.delay.count()));
    }
    Run();
  }
  ~Session() override { Detach(); }

  void OnBody(Bytes bytes) override {
    unread_.insert(unread_.end(), bytes.begin(), bytes.end());
    Run();
  }
  void OnBodyEnd() override {
    body_ended_ = true;
    Run();
  }
  void OnLost() override {
    connection_.reset();
    if (!model_->finished()) {
      // What had arrived is read first.
      Read();
      model_->ConnectionLost(owner_.now());
    }
    Run();
  }

  void Say(std::string_view text) {
    acks_.emplace_back(text);
    Answer();
  }

  bool idle() const {
    return (connection_ == nullptr || answer_ended_) && model_->finished() && model_->drained();
  }

 private:
  void Read() {
    while (!unread_.empty()) {
      const std::size_t credit = std::min(model_->ReadCredit(owner_.now()), unread_.size());
      if (credit == 0) {
        break;
      }
      std::vector<std::uint8_t> piece(unread_.begin(),
                                      unread_.begin() + static_cast<std::ptrdiff_t>(credit));
      unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(credit));
      model_->Feed(piece, owner_.now());
      consumed_ += credit;
    }
    if (body_ended_ && unread_.empty()) {
      model_->EndOfBody(owner_.now());
    }
  }

  void Run() {
    if (running_) {
      return;
    }
    running_ = true;
    const em::Time now = owner_.now();
    model_->Tick(now);
    Read();
    Store(now);
    for (std::string& piece : model_->TakeAcks(now)) {
      acks_.push_back(std::move(piece));
    }
    running_ = false;
    Answer();
    // Deadlines are not earlier than now, or nothing would ever move on.
    const em::Time next = model_->NextDeadline(now);
    if (next < em::kForever && !idle()) {
      tick_.Set(owner_.scheduler_.now() + Duration::Nanos(std::max<std::int64_t>(
                                              (next - now).count(), next <= now ? 1000 : 0)));
    } else {
      tick_.Cancel();
    }
    if (connection_ != nullptr && consumed_ > 0) {
      connection_->Consumed(std::exchange(consumed_, 0));
    }
  }

  void Store(em::Time now) {
    for (const em::Fragment& fragment : model_->TakeFragments(now)) {
      if (fragment.persisted && std::exchange(owner_.fail_archive_, false)) {
        owner_.trace_.Note(owner_.scheduler_.now(), "service", "a fragment could not be stored");
        owner_.ledger_.OnNotArchived(fragment);
        model_->FragmentNotStored(fragment.number, now);
      } else {
        owner_.ledger_.OnStored(fragment);
      }
    }
  }

  void StartAnswer() {
    answering_ = true;
    Answer();
  }

  void Answer() {
    if (connection_ == nullptr) {
      return;
    }
    const em::EndKind kind = model_->end_kind();
    const bool finished = model_->finished();
    if (finished && (kind == em::EndKind::kReset || kind == em::EndKind::kCrash)) {
      std::shared_ptr<Connection> connection = std::exchange(connection_, nullptr);
      connection->Rst();
      return;
    }
    if (!answering_) {
      return;
    }
    if (!std::exchange(head_sent_, true)) {
      connection_->SendHead({});
    }
    for (const std::string& piece : std::exchange(acks_, {})) {
      connection_->SendAcks(piece);
    }
    if (finished && !std::exchange(answer_ended_, true)) {
      if (kind == em::EndKind::kGraceful) {
        connection_->EndAnswer();
      }
      connection_->Fin();
    }
  }

  void Detach() {
    if (connection_ != nullptr) {
      connection_->set_server(nullptr);
    }
  }

  ServiceEnd& owner_;
  std::shared_ptr<Connection> connection_;  // null once it is gone
  std::unique_ptr<em::PutMediaSession> model_;
  std::deque<std::uint8_t> unread_;
  std::size_t consumed_ = 0;
  bool body_ended_ = false;
  bool running_ = false;
  bool answering_ = false;
  bool head_sent_ = false;
  bool answer_ended_ = false;
  std::vector<std::string> acks_;
  Timer tick_;
  Timer answer_;
};

ServiceEnd::ServiceEnd(Scheduler& scheduler, Draw draw, const SimOptions& options, Ledger& ledger,
                       Trace& trace)
    : scheduler_(scheduler),
      draw_(draw),
      ledger_(ledger),
      trace_(trace),
      stream_(options.config.name),
      credentials_life_(options.service.credentials_life),
      model_(ToModel(options), [this](std::string_view json) { OnEvent(json); }) {
  if (options.service.exists) {
    em::StreamRegistry::NewStream stream;
    stream.name = stream_;
    stream.retention_hours = options.config.retention.seconds() / 3600;
    // Active when the run begins.
    (void)model_.streams().Create(stream, now() - ToModel(options.service.create_delay));
  }
}

ServiceEnd::~ServiceEnd() = default;

em::Time ServiceEnd::now() const {
  return em::Time(std::chrono::seconds(kEpochSeconds) +
                  ToModel(scheduler_.now() - Scheduler::kStart));
}

void ServiceEnd::OnEvent(std::string_view json) {
  const std::string_view event = Member(json, "event");
  if (event == "media_problem") {
    ledger_.OnMediaProblem(std::stoi(std::string(Member(json, "error_id"))), json);
  } else if (event == "quota" && Member(json, "quota") == "put_media_tps") {
    ledger_.OnThrottled();
  }
  if (event != "fragment" && event != "ack") {
    trace_.Note(scheduler_.now(), "service", json);
  }
}

ServiceEnd::Issued ServiceEnd::Issue() {
  issued_.push_back(scheduler_.now());
  const auto generation = static_cast<int>(issued_.size());
  if (credentials_life_ <= Duration()) {
    return {generation, std::nullopt};
  }
  return {generation, now() + std::chrono::nanoseconds(credentials_life_.nanos())};
}

std::optional<MonoTime> ServiceEnd::ExpiryOf(int generation) const {
  if (credentials_life_ <= Duration()) {
    return std::nullopt;
  }
  return issued_[static_cast<std::size_t>(generation) - 1] + credentials_life_;
}

std::optional<em::ApiError> ServiceEnd::CheckCredentials(int generation) const {
  const std::optional<MonoTime> expiry = ExpiryOf(generation);
  if (generation >= oldest_good_ && (!expiry || scheduler_.now() < *expiry)) {
    return std::nullopt;
  }
  return em::ApiError{403, "ExpiredTokenException", "The security token is expired"};
}

ServiceEnd::Answer ServiceEnd::Call(std::string_view api, std::string_view body, int credentials) {
  em::CallContext context;
  context.refused = CheckCredentials(credentials);
  em::CallResult result = model_.Call(api, body, endpoint(), context, now());
  Answer answer;
  answer.status = result.answer.status;
  answer.error_type = result.answer.error_type;
  answer.body = std::move(result.answer.body);
  answer.after = result.hold.forever ? std::nullopt
                                     : std::optional(Duration::Nanos(result.hold.delay.count()));
  return answer;
}

void ServiceEnd::Accept(std::shared_ptr<Connection> connection, const em::PutMediaHeaders& headers,
                        std::string_view endpoint_used, int credentials) {
  em::CallContext context;
  context.refused = CheckCredentials(credentials);
  if (endpoint_used != endpoint()) {
    context.refused =
        em::ApiError{400, "InvalidEndpointException", "Not the endpoint of this stream"};
  }
  em::PutMediaResult result = model_.OpenPutMedia(headers, context, now());
  if (result.session == nullptr) {
    connection->SendHead({result.refusal.status, result.refusal.error_type});
    connection->EndAnswer();
    return;
  }
  if (const std::optional<MonoTime> expiry = ExpiryOf(credentials)) {
    scheduler_.At(*expiry, [weak = std::weak_ptr(connection)] {
      if (const auto open = weak.lock()) {
        open->Break();
      }
    });
  }
  sessions_.push_back(std::make_unique<Session>(*this, std::move(connection), std::move(result)));
}

void ServiceEnd::AddFault(const std::string& spec) {
  auto fault = em::ParseFault(spec);
  if (const auto* problem = std::get_if<std::string>(&fault)) {
    ledger_.Fail("the simulator wrote a fault that is none: " + spec + ": " + *problem);
    return;
  }
  trace_.Note(scheduler_.now(), "fault", spec);
  model_.AddFault(std::get<em::Fault>(std::move(fault)), now());
}

void ServiceEnd::ClearFaults() {
  fail_archive_ = false;
  model_.ClearFaults();
}

void ServiceEnd::DeleteStream() {
  if (const em::StreamInfo* stream = model_.streams().Find(stream_, now())) {
    const std::string body = em::JsonObject().Text("StreamARN", stream->arn).str();
    (void)model_.Call("deleteStream", body, endpoint(), {}, now());
  }
}

void ServiceEnd::Say(std::string_view text) {
  for (const auto& session : sessions_) {
    session->Say(text);
  }
}

void ServiceEnd::Sweep() {
  std::erase_if(sessions_, [](const auto& session) { return session->idle(); });
}

}  // namespace kvs::sim
