#ifndef KVS_TESTS_UNIT_EMULATOR_SOCKET_CLIENT_H_
#define KVS_TESTS_UNIT_EMULATOR_SOCKET_CLIENT_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

namespace kvs::emulator::testing {

// A blocking client over loopback, plain or TLS. Every wait ends after ten seconds with a failure.
class SocketClient {
 public:
  // With a `ca_file` TLS, verified against it and "localhost"; with a `certificate` and its `key`, those are shown.
  explicit SocketClient(std::uint16_t port, const std::string& ca_file = "", const std::string& certificate = "",
                        const std::string& key = "")
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    if (connected_ && !ca_file.empty()) {
      context_.reset(SSL_CTX_new(TLS_client_method()));
      SSL_CTX_load_verify_locations(context_.get(), ca_file.c_str(), nullptr);
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
      if (!certificate.empty()) {
        SSL_CTX_use_certificate_file(context_.get(), certificate.c_str(), SSL_FILETYPE_PEM);
        SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM);
      }
      ssl_.reset(SSL_new(context_.get()));
      SSL_set1_host(ssl_.get(), "localhost");
      SSL_set_fd(ssl_.get(), socket_);
      connected_ = SSL_connect(ssl_.get()) == 1;
    }
  }
  ~SocketClient() {
    if (socket_ >= 0) {
      ::close(socket_);
    }
  }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  bool connected() const { return connected_; }

  // false when the peer has gone or nothing moves for ten seconds.
  bool Send(std::string_view data) {
    while (!data.empty()) {
      const ssize_t count = ssl_ ? SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()))
                                 : ::send(socket_, data.data(), data.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return false;
      }
      data.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // Reads until `text` is in what was received; false when the connection ends before.
  bool ReadUntil(std::string_view text) {
    while (received_.find(text) == std::string::npos) {
      if (!ReadSome()) {
        return false;
      }
    }
    return true;
  }
  // Everything until the end of the connection.
  const std::string& ReadAll() {
    while (ReadSome()) {
    }
    return received_;
  }
  const std::string& received() const { return received_; }
  void Forget() { received_.clear(); }
  // The connection ended with a TCP reset.
  bool was_reset() const { return error_ == ECONNRESET; }

  // Ends the connection with a TCP reset.
  void Reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    ::close(socket_);
    socket_ = -1;
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  bool ReadSome() {
    std::array<char, 4096> buffer{};
    const ssize_t count = ssl_
                              ? SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()))
                              : ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      error_ = count < 0 ? errno : 0;
      return false;
    }
    received_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  bool connected_ = false;
  int error_ = 0;
  std::string received_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace kvs::emulator::testing

#endif  // KVS_TESTS_UNIT_EMULATOR_SOCKET_CLIENT_H_
