#ifndef KVS_PRODUCER_NET_TRANSPORT_H_
#define KVS_PRODUCER_NET_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kvs/secret.h"
#include "kvs/time.h"
#include "producer/net/route.h"
#include "producer/service/error_map.h"
#include "producer/service/http_message.h"

namespace kvs::net {

// How an HTTP exchange ended: with an answer, or without one.
struct TransferResult {
  // The answer, when there was one; its body is empty when OnBody took it.
  std::optional<service::HttpResponse> response;
  // Otherwise, or when the connection broke after the head of the answer: why.
  std::optional<service::TransportError> error;
  std::string detail;  // the transport's own words
};

// The two directions of one exchange. Thread: network thread. None of these may start, resume or cancel a transfer
// directly: NetworkServices::Post it.
class TransferHandler {
 public:
  virtual ~TransferHandler() = default;

  enum class Upload : std::uint8_t { kMore, kPause, kEnd, kAbort };
  struct Uploaded {
    std::size_t bytes = 0;
    Upload next = Upload::kEnd;
  };
  // The next bytes of a streamed request body. kPause: these are all, and it is asked again after Transport::Resume; what is there by then
  // goes in one piece.
  virtual Uploaded OnUpload(std::span<std::uint8_t> /*out*/) { return {}; }

  // The answer begins: a status other than 1xx.
  virtual void OnHead(int /*status*/) {}

  // Bytes of the body of an answer of 200, as they come. False: they are to be kept for OnDone.
  virtual bool OnBody(std::span<const std::uint8_t> /*bytes*/) { return false; }

  // The end; nothing is called after it. Not called after Transport::Cancel.
  virtual void OnDone(TransferResult result) = 0;
};

using TransferId = std::uint64_t;

// Who asks, for a host that wants a certificate of its clients. PEM; the certificate with its chain, the key without a passphrase.
struct ClientIdentity {
  std::string certificate;
  Secret key;
};

struct TransferOptions {
  bool stream_body = false;  // OnUpload gives the body, sent in chunks while the answer is read
  Duration connect_timeout = Duration::Seconds(5);
  std::optional<Duration> total_timeout;  // of the whole exchange; none for streamed bodies
  // Of the answer's body; a longer one is kResponseTooLarge, or cut when it refuses. What a streamed body is answered with 200 has
  // no end of its own.
  std::size_t answer_limit = service::kMaxResponseBytes;
  std::string ca_path;                    // a file or a folder; empty: the system's
  std::shared_ptr<const Route> route;     // null: any address, and the proxy that libcurl finds in the environment
  // Null: none. With one the exchange has a connection of its own, and its TLS session is nobody else's.
  std::shared_ptr<const ClientIdentity> identity;
};

// Exchanges HTTP messages. Thread: network thread only.
class Transport {
 public:
  virtual ~Transport() = default;
  // `request` is signed and complete; it may hold secrets and is not kept longer than the exchange. Never calls `handler`
  // before it returns.
  virtual TransferId Start(service::HttpRequest request, TransferOptions options,
                           std::unique_ptr<TransferHandler> handler) = 0;
  // OnUpload has something to give again. Does nothing for a transfer that has ended.
  virtual void Resume(TransferId transfer) = 0;
  // Breaks the exchange off: its connection is closed, its handler is dropped without a call.
  virtual void Cancel(TransferId transfer) = 0;
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_TRANSPORT_H_
