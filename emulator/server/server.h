#ifndef KVS_EMULATOR_SERVER_SERVER_H_
#define KVS_EMULATOR_SERVER_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "emulator/model/local_service.h"
#include "emulator/server/options.h"
#include "emulator/server/tls_identity.h"

namespace kvs::emulator {

// The local service on a port. Start() on any thread, then Run() on one thread, which is the only
// one that works; Stop() from any thread (or SIGTERM and SIGINT after HandleSignals) makes Run()
// return when the connections have been ended, in about half a second at most.
class Server {
 public:
  explicit Server(Options options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens files and listens. Answers what went wrong; empty when nothing did.
  std::string Start();
  void HandleSignals();
  void Run();
  void Stop();

  // After Start(): "http://127.0.0.1:40123"; the file of the authority, empty when there is none.
  std::string url() const;
  std::uint16_t port() const;
  const std::string& ca_file() const;
  // "127.0.0.1:40124", where credentials are given to devices; empty without --iot-port. The files of the device that was made for it.
  std::string iot_endpoint() const;
  const TlsIdentity& device() const;
  // "http://127.0.0.1:40125", where STS, IMDS, SSO and containers are; empty without --credentials-port.
  std::string credentials_url() const;

  // After Run(): "12 fragments persisted, ...".
  std::string Summary() const;
  StreamTotals Totals() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_SERVER_H_
