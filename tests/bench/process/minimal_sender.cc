// minimal_sender FILE HOST PORT STREAM [CA-FILE]: one PutMedia with the bytes of a file, over TLS where there is a CA file.
//
// The least that sending takes: read, a head of a chunk, write to a blocking socket; what the service says is read at the end. What
// curl takes beyond this is curl's.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/ssl.h>

namespace {

// A record of TLS holds 16 KiB; four of them at once.
constexpr std::size_t kPiece = std::size_t{64} << 10;
// The size in hexadecimal digits, and the ends of lines around it.
constexpr std::size_t kHeadRoom = 16;

[[noreturn]] void Die(const std::string& what) {
  std::cerr << what << "\n";
  std::exit(1);
}

int Connect(const char* host, const char* port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
    Die("not an address: " + std::string(host));
  }
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    Die("cannot connect");
  }
  return descriptor;
}

class Wire {
 public:
  Wire(int descriptor, const char* host, const char* ca_file) : descriptor_(descriptor) {
    if (ca_file == nullptr) {
      return;
    }
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context, ca_file, nullptr) != 1) {
      Die("cannot read " + std::string(ca_file));
    }
    tls_ = SSL_new(context);
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_), host);
    SSL_set_fd(tls_, descriptor_);
    if (SSL_connect(tls_) != 1) {
      Die("no TLS");
    }
  }

  void Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                         : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        Die("cannot write");
      }
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  // Until the last chunk.
  std::string ReadAnswer() {
    std::string answer;
    std::vector<char> buffer(kPiece);
    while (answer.find("\r\n0\r\n\r\n") == std::string::npos) {
      const auto count = tls_ != nullptr ? SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size()))
                                         : ::recv(descriptor_, buffer.data(), buffer.size(), 0);
      if (count <= 0) {
        break;
      }
      // Only the begin and the end are looked at.
      if (answer.size() > kPiece) {
        answer.erase(kPiece / 2, answer.size() - kPiece);
      }
      answer.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return answer;
  }

 private:
  const int descriptor_;
  SSL* tls_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    Die("usage: minimal_sender FILE HOST PORT STREAM [CA-FILE]");
  }
  const int file = open(argv[1], O_RDONLY);
  if (file < 0) {
    Die("cannot read " + std::string(argv[1]));
  }
  Wire wire(Connect(argv[2], argv[3]), argv[2], argc > 5 ? argv[5] : nullptr);
  wire.Write("POST /putMedia HTTP/1.1\r\nHost: " + std::string(argv[2]) + ":" + argv[3] + "\r\nTransfer-Encoding: chunked\r\n" +
             "x-amzn-stream-name: " + argv[4] + "\r\nx-amzn-fragment-timecode-type: ABSOLUTE\r\n" +
             "x-amzn-producer-start-timestamp: 0\r\nx-amzn-fragment-acknowledgment-required: 1\r\n\r\n");
  // Head, bytes and end of a chunk lie behind each other, and are written at once.
  std::vector<char> buffer(kHeadRoom + kPiece + 2);
  for (ssize_t count = 0; (count = read(file, buffer.data() + kHeadRoom, kPiece)) > 0;) {
    std::array<char, kHeadRoom> head{};
    const auto end = std::to_chars(head.data(), head.data() + head.size(), count, 16).ptr;
    const auto digits = static_cast<std::size_t>(end - head.data());
    char* const begin = buffer.data() + kHeadRoom - digits - 2;
    std::copy(head.data(), end, begin);
    begin[digits] = '\r';
    begin[digits + 1] = '\n';
    const std::size_t size = static_cast<std::size_t>(count) + digits + 4;
    begin[size - 2] = '\r';
    begin[size - 1] = '\n';
    wire.Write({begin, size});
  }
  wire.Write("0\r\n\r\n");
  if (wire.ReadAnswer().find("HTTP/1.1 200") == std::string::npos) {
    Die("refused");
  }
  return 0;
}
