#ifndef KVS_TESTS_SIM_NETWORK_H_
#define KVS_TESTS_SIM_NETWORK_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kvs/time.h"
#include "tests/sim/draw.h"
#include "tests/sim/options.h"
#include "tests/sim/scheduler.h"

namespace kvs::sim {

using Bytes = std::span<const std::uint8_t>;

// What one direction is like now; the storm changes it while connections use it.
struct LinkConditions {
  Duration delay_min;
  Duration delay_max;
  std::uint64_t bytes_per_second = 0;  // 0: no limit
  MonoTime frozen_until;               // nothing is delivered before
  std::size_t piece_bytes_max = 16 << 10;
};

// One direction of a connection: bytes and marks between them, delivered in order, late, and in
// pieces.
class Pipe {
 public:
  class Receiver {
   public:
    virtual ~Receiver() = default;
    virtual void OnBytes(Bytes bytes) = 0;
    virtual void OnMark(int mark) = 0;
  };

  Pipe(Scheduler& scheduler, Draw& draw, const LinkConditions& conditions, Receiver& receiver);

  void Send(Bytes bytes);
  // `mark` is delivered after what was sent before it.
  void SendMark(int mark);
  // What is under way is lost; a random part of it may still arrive now when `some_arrive`.
  void Cut(bool some_arrive);
  // Nothing is delivered any more, and nothing lost that anybody could notice.
  void Stall() { stalled_ = true; }
  // Conditions have changed: looks again when to deliver.
  void Look() { Arm(); }
  // What is under way arrives as if the line had always been fast.
  void Hurry();

 private:
  struct Segment {
    MonoTime arrives;
    std::vector<std::uint8_t> bytes;
    int mark = 0;  // 0: bytes
  };
  void Add(Segment segment);
  void Arm();
  void Deliver();
  void HandOver(Bytes bytes);

  Scheduler& scheduler_;
  Draw& draw_;
  const LinkConditions& conditions_;
  Receiver& receiver_;
  std::deque<Segment> segments_;
  MonoTime free_at_;  // when the line has sent what it was given
  bool stalled_ = false;
  bool cut_ = false;
  bool delivering_ = false;
  Timer deliver_;
};

// How an answer begins.
struct Head {
  int status = 200;
  std::string error_type;
};

// One PutMedia exchange on a connection of its own, with a side for each of the two.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  class Client {
   public:
    virtual ~Client() = default;
    virtual void OnRoom() = 0;  // more of the body can be taken
    virtual void OnHead(const Head& head) = 0;
    virtual void OnBody(Bytes bytes) = 0;
    // `complete`: the answer ended as it should; else the connection broke.
    virtual void OnClosed(bool complete) = 0;
  };
  class Server {
   public:
    virtual ~Server() = default;
    virtual void OnBody(Bytes bytes) = 0;
    virtual void OnBodyEnd() = 0;
    virtual void OnLost() = 0;
  };

  Connection(Scheduler& scheduler, Draw draw, const NetworkPlan& plan, const LinkConditions& up,
             const LinkConditions& down);

  void set_client(Client* client) { client_ = client; }
  void set_server(Server* server) { server_ = server; }

  // Client.
  std::size_t room() const;
  // The head of the request; `arrive` is called when it is there, before any of the body.
  void SendRequest(std::function<void()> arrive);
  void SendBody(Bytes bytes);
  void EndBody() { up_.SendMark(kBodyEnd); }
  // Broken off by the client, which hears no more of it.
  void Abort();

  // Server.
  void Consumed(std::size_t bytes);
  void SendHead(Head head);
  void SendAcks(std::string_view acks);
  void EndAnswer() { down_.SendMark(kAnswerEnd); }
  void Fin() { down_.SendMark(kFin); }
  void Rst();

  // Network.
  void Break();  // both sides hear of it soon
  void Die();    // nobody does
  void Look();   // conditions have changed
  void Hurry();  // for the better, also for what is under way

  bool open() const { return client_ != nullptr || server_ != nullptr; }
  bool client_open() const { return client_ != nullptr; }

 private:
  enum Mark : int { kRequest = 1, kBodyEnd, kClientGone, kHead, kAnswerEnd, kFin };
  struct ToServer : Pipe::Receiver {
    explicit ToServer(Connection& owner) : connection(owner) {}
    void OnBytes(Bytes bytes) override;
    void OnMark(int mark) override;
    Connection& connection;
  };
  struct ToClient : Pipe::Receiver {
    explicit ToClient(Connection& owner) : connection(owner) {}
    void OnBytes(Bytes bytes) override;
    void OnMark(int mark) override;
    Connection& connection;
  };
  void CloseClient(bool complete);
  void LoseServer();
  Duration Soon();

  Scheduler& scheduler_;
  Draw draw_;
  const std::size_t window_;
  const LinkConditions& up_conditions_;
  ToServer to_server_{*this};
  ToClient to_client_{*this};
  Pipe up_;
  Pipe down_;
  Client* client_ = nullptr;
  Server* server_ = nullptr;
  std::function<void()> request_;
  Head head_;
  std::uint64_t sent_ = 0;
  std::uint64_t consumed_ = 0;
  Timer client_breaks_;
  Timer server_breaks_;
};

// All there is between the device and the service.
class Network {
 public:
  enum class Reach : std::uint8_t { kFine, kRefused, kUnreachable };

  Network(Scheduler& scheduler, Draw draw, const NetworkPlan& plan);

  LinkConditions up;
  LinkConditions down;
  MonoTime refuse_until;
  MonoTime unreachable_until;

  // What a new connection meets.
  Reach reach() const;
  // The time from one end to the other now, of something short.
  Duration OneWay();
  std::shared_ptr<Connection> Open();

  // After a change of up or down.
  void Look();
  // Everything as it was planned. Connections that died stay dead.
  void Calm();
  // Those that a client still uses.
  std::vector<std::shared_ptr<Connection>> InUse() const;
  // Forgets connections that both sides have left. Not to be called by something that a connection
  // calls.
  void Sweep();

 private:
  Scheduler& scheduler_;
  Draw draw_;
  const NetworkPlan plan_;
  std::vector<std::shared_ptr<Connection>> connections_;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_NETWORK_H_
