// The only file that includes Boost.Asio, which is slow to compile.
//
// Thread note: everything runs on the thread in IoLoop::Run, but Post and Stop.

#include "emulator/server/io_loop.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <deque>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace kvs::emulator {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr auto kDrainTime = std::chrono::seconds(2);
constexpr std::size_t kDrainBuffer = std::size_t{16} * 1024;

tcp::socket& SocketOf(tcp::socket& stream) {
  return stream;
}
tcp::socket& SocketOf(asio::ssl::stream<tcp::socket>& stream) {
  return stream.next_layer();
}

template <typename Stream>
class StreamTransport final : public Transport,
                              public std::enable_shared_from_this<StreamTransport<Stream>> {
 public:
  static constexpr bool kTls = !std::is_same_v<Stream, tcp::socket>;

  StreamTransport(Stream stream, std::shared_ptr<std::size_t> open_count)
      : stream_(std::move(stream)),
        drain_timer_(stream_.get_executor()),
        open_count_(std::move(open_count)) {
    ++*open_count_;
  }
  ~StreamTransport() override { CountClosed(); }

  void Start(StartHandler handler) override {
    if constexpr (kTls) {
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this(), handler = std::move(handler)](
                                  const Error& error) { handler(!error); });
    } else {
      asio::post(stream_.get_executor(), [handler = std::move(handler)] { handler(true); });
    }
  }

  bool Resumed() override {
    if constexpr (kTls) {
      return SSL_session_reused(stream_.native_handle()) != 0;
    }
    return false;
  }

  void FailHandshake() override {
    // TLS record: alert, version 1.2, 2 bytes: fatal, handshake_failure.
    static constexpr std::array<std::uint8_t, 7> kAlert = {0x15, 0x03, 0x03, 0x00,
                                                           0x02, 0x02, 0x28};
    asio::async_write(
        socket(), asio::buffer(kAlert),
        [self = this->shared_from_this()](const Error& /*error*/, std::size_t) { self->Drain(); });
  }

  void Read(std::span<std::uint8_t> buffer, ReadHandler handler) override {
    read_pending_ = true;
    // The operation owns the handler, so that both go when the loop is cleared.
    stream_.async_read_some(asio::buffer(buffer.data(), buffer.size()),
                            [self = this->shared_from_this(), handler = std::move(handler)](
                                const Error& error, std::size_t count) {
                              self->read_pending_ = false;
                              if (self->draining_) {
                                self->OnDrainedRead(error);
                              } else {
                                handler(error ? 0 : count);
                              }
                            });
  }

  void Write(std::string bytes) override {
    if (closed_ || draining_) {
      return;
    }
    pending_bytes_ += bytes.size();
    queue_.push_back(std::move(bytes));
    if (queue_.size() == 1) {
      WriteNext();
    }
  }

  std::size_t pending_write_bytes() const override { return pending_bytes_; }

  void EndGracefully() override {
    if (closed_ || std::exchange(draining_, true)) {
      return;
    }
    if (queue_.empty()) {
      Drain();
    }
  }

  void Close(bool reset) override {
    if (std::exchange(closed_, true)) {
      return;
    }
    Error ignored;
    drain_timer_.cancel();
    if (reset) {
      socket().set_option(asio::socket_base::linger(true, 0), ignored);
    }
    socket().close(ignored);
    CountClosed();
  }

 private:
  void CountClosed() {
    if (open_count_) {
      --*std::exchange(open_count_, nullptr);
    }
  }

  tcp::socket& socket() { return SocketOf(stream_); }

  // The Read that was pending when draining began has ended.
  void OnDrainedRead(const Error& error) {
    if (error) {
      read_ended_ = true;
      if (queue_.empty()) {
        Close(/*reset=*/false);
      }
    } else if (drain_waits_for_read_) {
      DrainMore();
    }
  }

  void WriteNext() {
    asio::async_write(stream_, asio::buffer(queue_.front()),
                      [self = this->shared_from_this()](const Error& error, std::size_t) {
                        self->OnWritten(!error);
                      });
  }

  void OnWritten(bool ok) {
    if (!ok) {
      queue_.clear();
      pending_bytes_ = 0;
      Close(/*reset=*/false);
      return;
    }
    pending_bytes_ -= queue_.front().size();
    queue_.pop_front();
    if (!queue_.empty()) {
      WriteNext();
    } else if (draining_) {
      Drain();
    }
  }

  void Drain() {
    draining_ = true;
    drain_timer_.expires_after(kDrainTime);
    drain_timer_.async_wait([self = this->shared_from_this()](const Error& error) {
      if (!error) {
        self->Close(/*reset=*/false);
      }
    });
    if constexpr (kTls) {
      stream_.async_shutdown(
          [self = this->shared_from_this()](const Error& /*error*/) { self->DrainSocket(); });
    } else {
      DrainSocket();
    }
  }

  void DrainSocket() {
    Error ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    drained_.resize(kDrainBuffer);
    if (read_ended_) {
      Close(/*reset=*/false);
      return;
    }
    // Never two reads at once: the second would miss the end.
    drain_waits_for_read_ = read_pending_;
    if (!drain_waits_for_read_) {
      DrainMore();
    }
  }

  void DrainMore() {
    socket().async_read_some(asio::buffer(drained_),
                             [self = this->shared_from_this()](const Error& error, std::size_t) {
                               if (error) {
                                 self->Close(/*reset=*/false);
                               } else {
                                 self->DrainMore();
                               }
                             });
  }

  Stream stream_;
  asio::steady_timer drain_timer_;
  std::shared_ptr<std::size_t> open_count_;
  std::deque<std::string> queue_;  // the first one is being written
  std::size_t pending_bytes_ = 0;
  std::vector<std::uint8_t> drained_;
  bool draining_ = false;
  bool read_pending_ = false;
  bool drain_waits_for_read_ = false;
  bool read_ended_ = false;
  bool closed_ = false;
};

}  // namespace

namespace {

// A socket that listens, and what becomes of who comes.
struct Listener {
  Listener(asio::io_context& context, std::shared_ptr<std::size_t> open) : acceptor(context), open_transports(std::move(open)) {}

  tcp::acceptor acceptor;
  std::shared_ptr<std::size_t> open_transports;
  std::unique_ptr<asio::ssl::context> tls;
  tcp::endpoint endpoint;
  std::uint64_t receive_buffer = 0;
  IoLoop::AcceptHandler accept_handler;

  std::string UseTls(const std::string& certificate_file, const std::string& key_file);
  std::string Open();
  void AcceptNext();
  void OnAccepted(tcp::socket socket);
};

}  // namespace

struct IoLoop::Impl {
  std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>(1);
  std::shared_ptr<std::size_t> open_transports = std::make_shared<std::size_t>(0);
  std::optional<Listener> service{std::in_place, *context, open_transports};
  std::optional<Listener> devices{std::in_place, *context, open_transports};
  std::optional<Listener> credentials{std::in_place, *context, open_transports};
  std::optional<asio::signal_set> signals{*context};
  Time wall_start = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point steady_start = std::chrono::steady_clock::now();
};

namespace {

class AsioTimer final : public Timer {
 public:
  AsioTimer(asio::io_context& context, const IoLoop& loop) : timer_(context), loop_(loop) {}
  ~AsioTimer() override {
    if (armed_) {
      *armed_ = false;  // the timer cancels its wait itself
    }
  }

  void Arm(Time at, std::function<void()> handler) override {
    Cancel();
    if (at == kForever) {
      return;
    }
    armed_ = std::make_shared<bool>(true);
    timer_.expires_after(std::max(Duration::zero(), at - loop_.Now()));
    timer_.async_wait([armed = armed_, handler = std::move(handler)](const Error& error) {
      if (!error && *armed) {
        handler();
      }
    });
  }

  void Cancel() override {
    if (armed_) {
      *armed_ = false;
      timer_.cancel();
    }
  }

 private:
  asio::steady_timer timer_;
  const IoLoop& loop_;
  std::shared_ptr<bool> armed_;
};

std::string Listener::Open() {
  Error error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error && receive_buffer != 0) {
    // Before the handshake of TCP, so that the window fits; accepted sockets inherit it.
    acceptor.set_option(asio::socket_base::receive_buffer_size(static_cast<int>(receive_buffer)),
                         error);
  }
  if (!error) {
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    Error ignored;
    acceptor.close(ignored);
    return "cannot listen: " + error.message();
  }
  if (endpoint.port() == 0) {
    endpoint = acceptor.local_endpoint(error);  // constant from now on: read by other threads
  }
  AcceptNext();
  return "";
}

void Listener::AcceptNext() {
  acceptor.async_accept([this](const Error& error, tcp::socket socket) {
    if (!error) {
      OnAccepted(std::move(socket));
    }
    if (acceptor.is_open() && error != asio::error::operation_aborted) {
      AcceptNext();
    }
  });
}

void Listener::OnAccepted(tcp::socket socket) {
  Error error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) {
    return;
  }
  socket.set_option(tcp::no_delay(true), error);
  const std::string peer = remote.address().to_string() + ":" + std::to_string(remote.port());
  std::shared_ptr<Transport> transport;
  if (tls) {
    using Stream = asio::ssl::stream<tcp::socket>;
    transport =
        std::make_shared<StreamTransport<Stream>>(Stream(std::move(socket), *tls), open_transports);
  } else {
    transport = std::make_shared<StreamTransport<tcp::socket>>(std::move(socket), open_transports);
  }
  accept_handler(std::move(transport), peer);
}

std::string Listener::UseTls(const std::string& certificate_file, const std::string& key_file) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  Error error;
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                           asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                           asio::ssl::context::no_tlsv1_1,
                       error);
  if (!error) {
    context->use_certificate_chain_file(certificate_file, error);
  }
  if (!error) {
    context->use_private_key_file(key_file, asio::ssl::context::pem, error);
  }
  if (error) {
    return "cannot use " + certificate_file + " and " + key_file + ": " + error.message();
  }
  tls = std::move(context);
  return "";
}

}  // namespace

IoLoop::IoLoop() : impl_(std::make_unique<Impl>()) {}
IoLoop::~IoLoop() = default;

Time IoLoop::Now() const {
  return impl_->wall_start + (std::chrono::steady_clock::now() - impl_->steady_start);
}

std::unique_ptr<Timer> IoLoop::NewTimer() {
  return std::make_unique<AsioTimer>(*impl_->context, *this);
}

void IoLoop::Post(std::function<void()> work) {
  asio::post(*impl_->context, std::move(work));
}

void IoLoop::OnTermination(std::function<void()> handler) {
  impl_->signals->add(SIGTERM);
  impl_->signals->add(SIGINT);
  impl_->signals->async_wait([handler = std::move(handler)](const Error& error, int) {
    if (!error) {
      handler();
    }
  });
}

std::string IoLoop::UseTls(const std::string& certificate_file, const std::string& key_file) {
  return impl_->service->UseTls(certificate_file, key_file);
}

std::string IoLoop::Listen(const std::string& host, std::uint16_t port,
                           std::uint64_t receive_buffer, AcceptHandler handler) {
  Error error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) {
    return host + " is not an address";
  }
  Listener& listener = *impl_->service;
  listener.endpoint = tcp::endpoint(address, port);
  listener.receive_buffer = receive_buffer;
  listener.accept_handler = std::move(handler);
  return listener.Open();
}

std::uint16_t IoLoop::port() const {
  return impl_->service->endpoint.port();
}

std::string IoLoop::ListenForDevices(const DevicePort& options, AcceptHandler handler) {
  Listener& listener = *impl_->devices;
  std::string problem = listener.UseTls(options.certificate_file, options.key_file);
  if (!problem.empty()) {
    return problem;
  }
  Error error;
  listener.tls->load_verify_file(options.client_ca_file, error);
  if (!error) {
    listener.tls->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert, error);
  }
  if (error) {
    return "cannot use " + options.client_ca_file + ": " + error.message();
  }
  // Each connection shows its certificate.
  SSL_CTX_set_session_cache_mode(listener.tls->native_handle(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(listener.tls->native_handle(), SSL_OP_NO_TICKET);
  listener.endpoint = tcp::endpoint(impl_->service->endpoint.address(), options.port);
  listener.accept_handler = std::move(handler);
  return listener.Open();
}

std::uint16_t IoLoop::device_port() const {
  return impl_->devices->endpoint.port();
}

std::string IoLoop::ListenForCredentials(const std::string& certificate_file, const std::string& key_file,
                                         std::uint16_t port, AcceptHandler handler) {
  Listener& listener = *impl_->credentials;
  if (!certificate_file.empty()) {
    if (std::string problem = listener.UseTls(certificate_file, key_file); !problem.empty()) {
      return problem;
    }
  }
  listener.endpoint = tcp::endpoint(impl_->service->endpoint.address(), port);
  listener.accept_handler = std::move(handler);
  return listener.Open();
}

std::uint16_t IoLoop::credentials_port() const {
  return impl_->credentials->endpoint.port();
}

void IoLoop::PauseListening() {
  Error ignored;
  impl_->service->acceptor.close(ignored);
}

std::string IoLoop::ResumeListening() {
  return impl_->service->acceptor.is_open() ? "" : impl_->service->Open();
}

std::size_t IoLoop::open_transports() const {
  return *impl_->open_transports;
}

void IoLoop::Run() {
  impl_->context->run();
}

void IoLoop::Stop() {
  impl_->context->stop();
}

void IoLoop::Clear() {
  impl_->service.reset();
  impl_->devices.reset();
  impl_->credentials.reset();
  impl_->signals.reset();
  impl_->context.reset();
}

}  // namespace kvs::emulator
