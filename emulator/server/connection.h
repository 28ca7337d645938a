#ifndef KVS_EMULATOR_SERVER_CONNECTION_H_
#define KVS_EMULATOR_SERVER_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emulator/server/http_request.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

// One client connection: requests one after the other. PutMedia bodies are handed to a
// PutMediaExchange. Loop thread only; keeps itself alive while it waits for something.
class Connection : public Stoppable, public std::enable_shared_from_this<Connection> {
 public:
  // Whose port it came to.
  enum class Port : std::uint8_t { kService, kIot, kCredentials };

  Connection(ServerContext& context, std::shared_ptr<Transport> transport, std::uint64_t number,
             Port port = Port::kService);
  ~Connection() override;

  void Start();
  void Shutdown() override;
  void Abort() override;

 private:
  void ReadMore();
  void OnRead(std::size_t count);
  // Takes what is buffered as far as it goes.
  void Process();
  bool ProcessHead();
  bool ProcessBody();
  void Dispatch();
  void DispatchAdmin();
  void DispatchPutMedia();
  std::optional<ApiError> CheckSignature(std::optional<std::string_view> body) const;
  // Sends an answer now or later and goes on with the next request.
  void Answer(const ApiAnswer& answer, const Hold& hold);
  void Finish(const std::string& response);
  void End(const char* reason);
  CallContext NewCallContext() const;

  ServerContext& context_;
  StoppableEntry entry_;
  std::shared_ptr<Transport> transport_;
  const std::uint64_t number_;
  const Port port_;
  std::unique_ptr<Timer> timer_;
  std::string end_reason_ = "closed";

  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  HttpHeadParser parser_;
  std::optional<HttpRequest> request_;  // whose body or answer is under way
  BodyDecoder decoder_;
  std::string body_;
  std::string request_id_;
  bool busy_ = false;  // an answer is held, or a PutMediaExchange has the transport
  bool handed_over_ = false;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_CONNECTION_H_
