#include "tests/sim/network.h"

#include <algorithm>
#include <utility>

namespace kvs::sim {

Pipe::Pipe(Scheduler& scheduler, Draw& draw, const LinkConditions& conditions, Receiver& receiver)
    : scheduler_(scheduler),
      draw_(draw),
      conditions_(conditions),
      receiver_(receiver),
      deliver_(scheduler, [this] { Deliver(); }) {}

void Pipe::Send(Bytes bytes) {
  if (bytes.empty()) {
    return;
  }
  Segment segment;
  segment.bytes.assign(bytes.begin(), bytes.end());
  Add(std::move(segment));
}

void Pipe::SendMark(int mark) {
  Segment segment;
  segment.mark = mark;
  Add(std::move(segment));
}

void Pipe::Add(Segment segment) {
  if (cut_ || stalled_) {
    return;
  }
  free_at_ = std::max(free_at_, scheduler_.now());
  if (conditions_.bytes_per_second > 0) {
    free_at_ = free_at_ + Duration::Nanos(static_cast<std::int64_t>(
                              segment.bytes.size() * 1'000'000'000 / conditions_.bytes_per_second));
  }
  segment.arrives = free_at_ + draw_.Between(conditions_.delay_min, conditions_.delay_max);
  if (!segments_.empty()) {
    segment.arrives = std::max(segment.arrives, segments_.back().arrives);
  }
  segments_.push_back(std::move(segment));
  Arm();
}

void Pipe::Hurry() {
  const MonoTime latest = scheduler_.now() + conditions_.delay_max;
  for (Segment& segment : segments_) {
    segment.arrives = std::min(segment.arrives, latest);
  }
  free_at_ = std::min(free_at_, scheduler_.now());
  Arm();
}

void Pipe::Arm() {
  if (segments_.empty() || stalled_) {
    deliver_.Cancel();
  } else {
    deliver_.Set(std::max(segments_.front().arrives, conditions_.frozen_until));
  }
}

void Pipe::Deliver() {
  const MonoTime now = scheduler_.now();
  delivering_ = true;
  while (!segments_.empty() && segments_.front().arrives <= now && !stalled_ &&
         conditions_.frozen_until <= now) {
    const Segment segment = std::move(segments_.front());
    segments_.pop_front();
    if (segment.mark != 0) {
      receiver_.OnMark(segment.mark);
    } else {
      HandOver(segment.bytes);
    }
  }
  delivering_ = false;
  Arm();
}

void Pipe::HandOver(Bytes bytes) {
  while (!bytes.empty() && !cut_) {
    const std::size_t most = std::min(bytes.size(), conditions_.piece_bytes_max);
    const std::size_t size = draw_.Chance(0.7) ? most : draw_.Size(1, most);
    receiver_.OnBytes(bytes.first(size));
    bytes = bytes.subspan(size);
  }
}

void Pipe::Cut(bool some_arrive) {
  if (some_arrive && !delivering_ && !cut_ && !segments_.empty() && !stalled_) {
    const Segment segment = std::move(segments_.front());
    if (!segment.bytes.empty()) {
      HandOver(Bytes(segment.bytes).first(draw_.Size(0, segment.bytes.size())));
    }
  }
  segments_.clear();
  cut_ = true;
  deliver_.Cancel();
}

Connection::Connection(Scheduler& scheduler, Draw draw, const NetworkPlan& plan,
                       const LinkConditions& up, const LinkConditions& down)
    : scheduler_(scheduler),
      draw_(draw),
      window_(plan.window_bytes),
      up_conditions_(up),
      up_(scheduler, draw_, up, to_server_),
      down_(scheduler, draw_, down, to_client_),
      client_breaks_(scheduler, [this] { CloseClient(/*complete=*/false); }),
      server_breaks_(scheduler, [this] { LoseServer(); }) {}

std::size_t Connection::room() const {
  const std::uint64_t under_way = sent_ - consumed_;
  return under_way >= window_ ? 0 : static_cast<std::size_t>(window_ - under_way);
}

void Connection::SendRequest(std::function<void()> arrive) {
  request_ = std::move(arrive);
  up_.SendMark(kRequest);
}

void Connection::SendBody(Bytes bytes) {
  sent_ += bytes.size();
  up_.Send(bytes);
}

void Connection::Abort() {
  client_ = nullptr;
  down_.Cut(/*some_arrive=*/false);
  // What the system has taken may still get there, or be dropped by the reset that follows.
  if (draw_.Chance(0.5)) {
    up_.Cut(/*some_arrive=*/true);
    server_breaks_.Set(scheduler_.now() + Soon());
  } else {
    up_.SendMark(kClientGone);
  }
}

void Connection::Consumed(std::size_t bytes) {
  // As a socket does: one that is nearly full is not writable, or a large frame would go byte by byte.
  const std::size_t worthwhile = std::max<std::size_t>(1, window_ / 4);
  const bool was_full = room() < worthwhile;
  consumed_ += bytes;
  if (was_full && room() >= worthwhile && client_ != nullptr) {
    client_->OnRoom();
  }
}

void Connection::SendHead(Head head) {
  head_ = std::move(head);
  down_.SendMark(kHead);
}

void Connection::SendAcks(std::string_view acks) {
  down_.Send({reinterpret_cast<const std::uint8_t*>(acks.data()), acks.size()});
}

void Connection::Rst() {
  server_ = nullptr;
  up_.Cut(/*some_arrive=*/false);
  down_.Cut(/*some_arrive=*/false);
  client_breaks_.Set(scheduler_.now() + Soon());
}

void Connection::Break() {
  up_.Cut(/*some_arrive=*/true);
  down_.Cut(/*some_arrive=*/true);
  client_breaks_.Set(scheduler_.now() + Soon());
  server_breaks_.Set(scheduler_.now() + Soon());
}

void Connection::Die() {
  up_.Stall();
  down_.Stall();
}

void Connection::Look() {
  up_.Look();
  down_.Look();
}

void Connection::Hurry() {
  up_.Hurry();
  down_.Hurry();
}

Duration Connection::Soon() {
  return draw_.Between(up_conditions_.delay_min, up_conditions_.delay_max);
}

void Connection::CloseClient(bool complete) {
  if (Client* client = std::exchange(client_, nullptr)) {
    down_.Cut(/*some_arrive=*/false);
    client->OnClosed(complete);
    // The socket is closed: whatever the service still reads, it cannot answer.
    if (server_ != nullptr) {
      up_.SendMark(kClientGone);
    }
  }
}

void Connection::LoseServer() {
  if (Server* server = std::exchange(server_, nullptr)) {
    server->OnLost();
  }
}

void Connection::ToServer::OnBytes(Bytes bytes) {
  if (connection.server_ != nullptr) {
    connection.server_->OnBody(bytes);
  } else {
    connection.Consumed(bytes.size());
  }
}

void Connection::ToServer::OnMark(int mark) {
  if (mark == kRequest) {
    std::exchange(connection.request_, nullptr)();
  } else if (mark == kClientGone) {
    connection.LoseServer();
  } else if (connection.server_ != nullptr) {
    connection.server_->OnBodyEnd();
  }
}

void Connection::ToClient::OnBytes(Bytes bytes) {
  if (connection.client_ != nullptr) {
    connection.client_->OnBody(bytes);
  }
}

void Connection::ToClient::OnMark(int mark) {
  if (connection.client_ == nullptr) {
    return;
  }
  if (mark == kHead) {
    connection.client_->OnHead(connection.head_);
  } else {
    connection.CloseClient(/*complete=*/mark == kAnswerEnd);
  }
}

Network::Network(Scheduler& scheduler, Draw draw, const NetworkPlan& plan)
    : scheduler_(scheduler), draw_(draw), plan_(plan) {
  Calm();
}

void Network::Calm() {
  up = {plan_.delay_min, plan_.delay_max, plan_.bytes_per_second, MonoTime(),
        plan_.piece_bytes_max};
  down = {plan_.delay_min, plan_.delay_max, /*bytes_per_second=*/0, MonoTime(),
          plan_.piece_bytes_max};
  refuse_until = MonoTime();
  unreachable_until = MonoTime();
  for (const auto& connection : connections_) {
    connection->Hurry();
  }
}

Network::Reach Network::reach() const {
  if (scheduler_.now() < unreachable_until || scheduler_.now() < up.frozen_until) {
    return Reach::kUnreachable;
  }
  return scheduler_.now() < refuse_until ? Reach::kRefused : Reach::kFine;
}

Duration Network::OneWay() {
  return draw_.Between(up.delay_min, up.delay_max);
}

std::shared_ptr<Connection> Network::Open() {
  connections_.push_back(std::make_shared<Connection>(scheduler_, draw_.Fork(), plan_, up, down));
  return connections_.back();
}

void Network::Look() {
  for (const auto& connection : connections_) {
    connection->Look();
  }
}

std::vector<std::shared_ptr<Connection>> Network::InUse() const {
  std::vector<std::shared_ptr<Connection>> list;
  for (const auto& connection : connections_) {
    if (connection->client_open()) {
      list.push_back(connection);
    }
  }
  return list;
}

void Network::Sweep() {
  std::erase_if(connections_, [](const auto& connection) { return !connection->open(); });
}

}  // namespace kvs::sim
