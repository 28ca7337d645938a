#ifndef KVS_EMULATOR_SERVER_IO_LOOP_H_
#define KVS_EMULATOR_SERVER_IO_LOOP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "emulator/model/time.h"

namespace kvs::emulator {

// One connection, plain or TLS. Everything here runs on the loop's thread; handlers are never
// called from inside the call that takes them. Keeps itself alive while something is under way.
class Transport {
 public:
  using StartHandler = std::function<void(bool ok)>;
  using ReadHandler = std::function<void(std::size_t count)>;

  virtual ~Transport() = default;

  // The TLS handshake, if any. Once, before anything else.
  virtual void Start(StartHandler handler) = 0;
  // Answers the handshake with a fatal alert instead.
  virtual void FailHandshake() = 0;
  // Whether the handshake of TLS took up an earlier session.
  virtual bool Resumed() = 0;
  // Reads some bytes; 0 is the end, by whatever cause. One at a time; `buffer` must live as long as
  // the handler does.
  virtual void Read(std::span<std::uint8_t> buffer, ReadHandler handler) = 0;
  // Queues bytes. A failure shows as the end of Read.
  virtual void Write(std::string bytes) = 0;
  virtual std::size_t pending_write_bytes() const = 0;
  // Sends what is queued, then the end; reads and ignores what the peer still sends (or the end
  // might overtake the last bytes), for a short time. A pending Read is never answered.
  virtual void EndGracefully() = 0;
  // At once; `reset` gives the peer a TCP reset. A pending Read ends with 0.
  virtual void Close(bool reset) = 0;
};

class Timer {
 public:
  virtual ~Timer() = default;
  // Replaces what was armed before. kForever disarms. A handler that was due already may still be
  // replaced; it is not called after Cancel or the destructor.
  virtual void Arm(Time at, std::function<void()> handler) = 0;
  virtual void Cancel() = 0;
};

// The event loop, the listener, and the clock. One thread runs it; Post and Stop may be called from
// any other.
class IoLoop {
 public:
  using AcceptHandler = std::function<void(std::shared_ptr<Transport>, std::string peer)>;

  IoLoop();
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  // Wall clock of the start plus what has passed since: never goes back.
  Time Now() const;
  std::unique_ptr<Timer> NewTimer();
  void Post(std::function<void()> work);
  // SIGTERM and SIGINT.
  void OnTermination(std::function<void()> handler);

  // Both answer what went wrong; empty when nothing did. From UseTls on connections are TLS.
  std::string UseTls(const std::string& certificate_file, const std::string& key_file);
  // `receive_buffer` 0: the system's.
  std::string Listen(const std::string& host, std::uint16_t port, std::uint64_t receive_buffer,
                     AcceptHandler handler);
  std::uint16_t port() const;
  // One more port, for devices: always TLS, and only for clients whose certificate is by `client_ca_file`.
  struct DevicePort {
    std::string certificate_file;  // of this side
    std::string key_file;
    std::string client_ca_file;
    std::uint16_t port = 0;
  };
  // Answers as Listen, after it.
  std::string ListenForDevices(const DevicePort& options, AcceptHandler handler);
  std::uint16_t device_port() const;
  // One more port, for who wants credentials; TLS where there is a certificate. Answers as Listen, after it.
  std::string ListenForCredentials(const std::string& certificate_file, const std::string& key_file, std::uint16_t port,
                                   AcceptHandler handler);
  std::uint16_t credentials_port() const;
  // Closes the listening socket of the service; Resume opens it again on the same port and answers as Listen does.
  void PauseListening();
  std::string ResumeListening();

  // Connections that are not closed yet.
  std::size_t open_transports() const;

  void Run();
  void Stop();
  // After Run: destroys what still waits, while what it refers to is alive. Nothing works
  // afterwards but Now.
  void Clear();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_IO_LOOP_H_
