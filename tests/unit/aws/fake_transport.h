#ifndef KVS_TESTS_UNIT_AWS_FAKE_TRANSPORT_H_
#define KVS_TESTS_UNIT_AWS_FAKE_TRANSPORT_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kvs/log.h"
#include "producer/net/transport.h"

namespace kvs {

// Keeps what was asked, and answers when the test says so.
class FakeTransport final : public net::Transport {
 public:
  net::TransferId Start(service::HttpRequest request, net::TransferOptions options,
                        std::unique_ptr<net::TransferHandler> handler) override {
    requests.push_back(std::move(request));
    how.push_back(std::move(options));
    handlers.push_back(std::move(handler));
    return requests.size();
  }
  void Resume(net::TransferId) override {}
  void Cancel(net::TransferId) override {}

  void Respond(int status, const std::string& body) {
    const std::unique_ptr<net::TransferHandler> handler = std::move(handlers.back());
    handlers.pop_back();
    net::TransferResult result;
    result.response = service::HttpResponse{status, {}, ""};
    handler->OnHead(status);
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(body.data()), body.size());
    if (status != service::kHttpOk || !handler->OnBody(bytes)) {
      result.response->body = body;
    }
    handler->OnDone(std::move(result));
  }
  void Break(service::TransportError error, const std::string& detail) {
    const std::unique_ptr<net::TransferHandler> handler = std::move(handlers.back());
    handlers.pop_back();
    net::TransferResult result;
    result.error = error;
    result.detail = detail;
    handler->OnDone(std::move(result));
  }

  std::vector<service::HttpRequest> requests;
  std::vector<net::TransferOptions> how;
  std::vector<std::unique_ptr<net::TransferHandler>> handlers;
};

// Keeps the texts.
class LogKeeper final : public LogSink {
 public:
  bool Enabled(LogLevel, std::string_view) const override { return true; }
  void Write(const LogRecord& record) override { texts.emplace_back(record.message); }
  std::vector<std::string> texts;
};

}  // namespace kvs

#endif  // KVS_TESTS_UNIT_AWS_FAKE_TRANSPORT_H_
