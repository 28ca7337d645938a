#ifndef KVS_TESTS_SUPPORT_LOOPBACK_SERVER_H_
#define KVS_TESTS_SUPPORT_LOOPBACK_SERVER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace kvs::test {

// A connection of a LoopbackServer, with blocking calls.
class LoopbackConnection {
 public:
  explicit LoopbackConnection(int fd) : fd_(fd) {}
  ~LoopbackConnection() { Close(); }
  LoopbackConnection(const LoopbackConnection&) = delete;
  LoopbackConnection& operator=(const LoopbackConnection&) = delete;

  // Reads up to and with `text`, or until the peer closed; what came after it is for the next call.
  std::string ReadUntil(std::string_view text) {
    char buffer[4096];
    while (unread_.find(text) == std::string::npos) {
      const ssize_t count = ::recv(fd_, buffer, sizeof buffer, 0);
      if (count <= 0) {
        return std::exchange(unread_, {});
      }
      unread_.append(buffer, static_cast<std::size_t>(count));
    }
    const std::size_t end = unread_.find(text) + text.size();
    std::string read = unread_.substr(0, end);
    unread_.erase(0, end);
    return read;
  }
  // The next bytes, at most as many as `out` holds; 0 when the peer is gone.
  std::size_t Read(std::span<char> out) {
    if (!unread_.empty()) {
      const std::size_t left = unread_.copy(out.data(), out.size());
      unread_.erase(0, left);
      return left;
    }
    const ssize_t count = ::recv(fd_, out.data(), out.size(), 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  // False when the peer is gone.
  bool Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void Reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    Close();
  }
  void Close() {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      ::close(fd_);
      closed_ = true;
    }
  }
  // From another thread: ends a read that would wait for ever.
  void Interrupt() {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      ::shutdown(fd_, SHUT_RDWR);
    }
  }

 private:
  const int fd_;
  std::string unread_;
  std::mutex mutex_;
  bool closed_ = false;
};

// Listens on a free port of 127.0.0.1; `serve` handles each connection on a thread of its own, with the number of the connection.
class LoopbackServer {
 public:
  using Serve = std::function<void(LoopbackConnection&, int)>;

  explicit LoopbackServer(Serve serve) : serve_(std::move(serve)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    ::listen(listener_, 16);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { Accept(); });
  }
  ~LoopbackServer() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    ::close(listener_);
    for (Serving& serving : serving_) {
      serving.connection->Interrupt();
      serving.thread.join();
    }
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  struct Serving {
    std::shared_ptr<LoopbackConnection> connection;
    std::thread thread;
  };
  void Accept() {
    for (int number = 0;; ++number) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) {
        return;
      }
      auto connection = std::make_shared<LoopbackConnection>(fd);
      serving_.push_back({connection, std::thread([this, connection, number] {
                            serve_(*connection, number);
                            connection->Close();
                          })});
    }
  }

  const Serve serve_;
  int listener_ = -1;
  int port_ = 0;
  std::vector<Serving> serving_;  // the accepting thread's until it is joined
  std::thread accepting_;
};

}  // namespace kvs::test

#endif  // KVS_TESTS_SUPPORT_LOOPBACK_SERVER_H_
