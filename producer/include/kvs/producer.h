#ifndef KVS_PRODUCER_H_
#define KVS_PRODUCER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "kvs/credentials.h"
#include "kvs/export.h"
#include "kvs/logging.h"
#include "kvs/status.h"
#include "kvs/stream.h"
#include "kvs/stream_config.h"

namespace kvs {

struct ProducerConfig {
  // e.g. "us-west-2"; checked for its form. Used in signatures also where `endpoint` is given.
  std::string region = "us-west-2";
  // Where the control plane is, e.g. "https://127.0.0.1:8443". Empty: from the region. Without a scheme: https.
  std::string endpoint;
  // A CA file (PEM) or a folder of them. Empty: the system's.
  std::string ca_path;
  // Required.
  std::shared_ptr<CredentialSource> credentials;
  // How many bytes of frames the streams of this producer may hold together: 1 MiB .. 10 GiB.
  std::uint64_t storage_bytes = std::uint64_t{128} << 20;
  Duration connection_timeout = Duration::Seconds(5);
  // Of a control-plane call, from connect to the last byte.
  Duration completion_timeout = Duration::Seconds(10);
  // The first token of the User-Agent, at most 32 characters. Empty: the library's own.
  std::string user_agent;
  // Not set: nothing is logged.
  std::shared_ptr<LogSink> log;
};

// A set of streams with the same credentials, endpoint and budget of memory. All producers of a process share one network
// thread. Dropping the last reference ends nothing: open streams keep what they need.
// Thread: every method may be called from any thread.
class KVS_EXPORT Producer {
 public:
  // Errors: kInvalidArgument, with a sentence that names the field; kFileError: ca_path cannot be read. Makes no call over
  // the network.
  static Result<std::shared_ptr<Producer>> Create(ProducerConfig config);
  virtual ~Producer();

  // Opens a stream: returns at once; looking the stream up, creating and connecting happen behind once its first track is
  // known. `listener` may be null. It is held until Stopped was delivered.
  // Errors: kInvalidArgument.
  virtual Result<std::shared_ptr<Stream>> OpenStream(StreamConfig config,
                                                     std::shared_ptr<StreamListener> listener) = 0;

  [[nodiscard]] virtual ProducerMetrics metrics() const = 0;
};

// Waits until every stream of the process that was stopped has ended, each at its own deadline. For programs that exit right
// after Stop; it also runs by itself when the process exits normally.
KVS_EXPORT void WaitForStoppedStreams();

}  // namespace kvs

#endif  // KVS_PRODUCER_H_
