#ifndef KVS_EMULATOR_SERVER_PUT_MEDIA_EXCHANGE_H_
#define KVS_EMULATOR_SERVER_PUT_MEDIA_EXCHANGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "emulator/model/put_media_session.h"
#include "emulator/server/http_request.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

// One PutMedia session on one connection: reads the body and writes the acks at the same time.
// Lives on after its connection until its last fragment is stored. Loop thread only.
class PutMediaExchange : public Stoppable, public std::enable_shared_from_this<PutMediaExchange> {
 public:
  // Called once: with what was read beyond the body when the connection can carry another request.
  using Reuse = std::function<void(std::vector<std::uint8_t> rest)>;

  // `received`: the bytes after the request's head that are here already.
  PutMediaExchange(ServerContext& context, std::shared_ptr<Transport> transport,
                   const HttpRequest& request, std::string request_id,
                   std::unique_ptr<PutMediaSession> session, std::vector<std::uint8_t> received,
                   Reuse reuse);

  // Sends the head of the response (`after` a hold) and begins.
  void Start(const Hold& hold);
  void Shutdown() override;
  void Abort() override;
  void AbortSession() override { Abort(); }

 private:
  void Begin();
  // Brings everything as far as it goes now, and sets the timer for the rest.
  void Pump();
  void FeedReceived(Time now);
  void StoreFragments(Time now);
  void SendAcks(Time now);
  void EndConnection();
  void ReadMore();
  void OnRead(std::size_t count);

  ServerContext& context_;
  StoppableEntry entry_;
  std::shared_ptr<Transport> transport_;
  const std::string request_id_;
  const bool expects_continue_;
  const bool keep_alive_;
  BodyDecoder decoder_;
  std::unique_ptr<PutMediaSession> session_;
  std::unique_ptr<RawFile> raw_;
  std::unique_ptr<Timer> timer_;
  Reuse reuse_;

  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;  // what is received and not yet decoded
  std::size_t end_ = 0;
  bool reading_ = false;
  bool begun_ = false;
  bool mute_ = false;   // held for ever: reads, but takes and answers nothing
  bool ended_ = false;  // the connection is not ours any more
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_PUT_MEDIA_EXCHANGE_H_
