#include "producer/net/curl_transport.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include "pic/base/check.h"
#include "producer/net/curl_route.h"
#include "producer/secret_text.h"

namespace kvs::net {
namespace {

using service::TransportError;

// What curl asks for at once when it sends a body: large enough that a frame takes few calls.
constexpr long kUploadBufferBytes = 64L * 1024;
constexpr std::size_t kMaxHeaderBytes = std::size_t{32} * 1024;
constexpr std::size_t kMaxHeaders = 128;
// The longest wait that epoll's int of milliseconds is asked for.
constexpr std::int64_t kMaxPollMs = 60'000;
// So many looks, about a second apart, has the rest of an answer that refuses an upload, which has no time limit as a whole.
constexpr int kLooksForRefusal = 10;
// And so many has a transfer that waits for its turn. Its signature is made by then, and is good for 5 minutes (SigV4).
constexpr int kLooksForTurn = 120;

TransportError MapCurlCode(CURLcode code, bool connected) {
  switch (code) {
    // A line of a head that is longer than libcurl's own limit (100 KiB in 7.88). Memory itself does not run out here.
    case CURLE_OUT_OF_MEMORY:
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
#endif
      return TransportError::kResponseTooLarge;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransportError::kNameResolution;
    case CURLE_COULDNT_CONNECT:
      return TransportError::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      return connected ? TransportError::kTimeout : TransportError::kConnectTimeout;
    case CURLE_SSL_CONNECT_ERROR:
      return TransportError::kTlsHandshake;
    case CURLE_PEER_FAILED_VERIFICATION:
      return TransportError::kTlsPeerVerification;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
      return TransportError::kTlsSetup;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return TransportError::kConnectionLost;
    case CURLE_UNSUPPORTED_PROTOCOL:
      // Also what a host speaks: something else than HTTP/1.1, for now.
      return connected ? TransportError::kProtocol : TransportError::kBadUrl;
    case CURLE_URL_MALFORMAT:
      return TransportError::kBadUrl;
    case CURLE_ABORTED_BY_CALLBACK:
      return TransportError::kCancelled;
    case CURLE_FILESIZE_EXCEEDED:
      return TransportError::kResponseTooLarge;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_BAD_CONTENT_ENCODING:
      return TransportError::kProtocol;
    default:
      return TransportError::kOther;
  }
}

// The scheme, host and port of a URL.
std::string OriginOf(std::string_view url) {
  constexpr std::string_view kBeforeHost = "://";
  const std::size_t scheme = url.find(kBeforeHost);
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + kBeforeHost.size();
  return std::string(url.substr(0, url.find_first_of("/?", host)));
}

bool IsFolder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

// Whether the TLS of libcurl is the one that this file is compiled for, so that what it hands out as a context is one.
bool HasOpenSsl() {
  static const bool kHas = [] {
    const char* const tls = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return tls != nullptr && std::string_view(tls).starts_with("OpenSSL/3");
  }();
  return kHas;
}

// Where the system's certificates are, as libcurl was built.
struct SystemTrust {
  static const SystemTrust& Get() {
    static const SystemTrust kSystem = [] {
      SystemTrust found;
      const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
      if (HasOpenSsl() && info->cainfo != nullptr && info->capath != nullptr && ::access(info->cainfo, R_OK) == 0) {
        found.file = info->cainfo;
        found.folder = info->capath;
      }
      return found;
    }();
    return kSystem;
  }
  const char* file = nullptr;  // null: libcurl is left to itself
  const char* folder = nullptr;
};

}  // namespace

void InitCurlOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    OPENSSL_init_ssl(0, nullptr);
    curl_global_init(CURL_GLOBAL_DEFAULT);
  });
}

// One easy handle and what belongs to it.
class CurlTransport::Transfer {
 public:
  Transfer(TransferId id, service::HttpRequest request, TransferOptions options,
           std::unique_ptr<TransferHandler> handler, CurlTransport& transport);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* easy() const { return easy_.get(); }
  TransferId id() const { return id_; }
  const std::string& origin() const { return origin_; }
  bool is_call() const { return !options_.stream_body; }
  // Whether it is under way, and is not known to have a connection.
  bool connecting = false;
  // The socket that it sends on; none before it is connected.
  std::optional<curl_socket_t> socket() const {
    return sockets_.size() == 1 ? std::optional(sockets_.front()) : std::nullopt;
  }
  bool paused() const { return paused_; }
  bool refused() const { return refused_; }
  void Resume() {
    dry_ = false;
    if (std::exchange(paused_, false)) {
      curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    }
  }
  // Whether the peer has closed its side, and had done so at the last look as well: what it sent before was read meanwhile.
  bool Abandoned();
  // Whether the rest of an answer that refuses has taken too long, by the number of looks.
  bool RefusalTakesTooLong() { return refused_ && ++looks_at_refusal_ > kLooksForRefusal; }
  // Whether its turn has not come for too long, by the number of looks.
  bool WaitsTooLong() { return ++looks_while_waiting_ > kLooksForTurn; }
  // Reports the end. The transfer is gone from the transport by now. `words`: why, where libcurl has none.
  void Finish(CURLcode code, std::string words = {});

 private:
  struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  template <typename Value>
  void Set(CURLoption option, Value value) {
    // Every option used exists in the oldest libcurl that the build accepts, and no value is user text that could be refused.
    curl_easy_setopt(easy_.get(), option, value);
  }
  void ConfigureHeaders();
  void ConfigureBody();
  void ConfigureTls();
  void ConfigureIdentity();

  static CURLcode PrepareTls(CURL* easy, void* context, void* trusted_folder) noexcept;
  static std::size_t ReadCallback(char* out, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t WriteCallback(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t HeaderCallback(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static curl_socket_t OpenSocket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int CloseSocket(void* self, curl_socket_t socket) noexcept;
  bool TakeHeaderLine(std::string_view line);
  // Whether they were within the limit, and are kept or taken.
  bool TakeBody(std::string_view bytes);
  // Whether so much more of the body is within the limit.
  bool TakeBodyBytes(std::size_t bytes);

  const TransferId id_;
  CurlTransport& transport_;
  service::HttpRequest request_;
  const TransferOptions options_;
  const std::string origin_;
  std::unique_ptr<TransferHandler> handler_;
  std::optional<CurlRoute> curl_route_;  // before the handle, whose end it may hear of
  std::vector<SecretText> header_lines_;
  std::vector<curl_slist> headers_;  // of the lines above
  std::unique_ptr<CURL, EasyDeleter> easy_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};

  service::HttpResponse response_;
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  bool have_head_ = false;
  std::string too_large_;  // what is, when something is
  bool refused_ = false;   // a streamed body, by the head of the answer
  int looks_at_refusal_ = 0;
  int looks_while_waiting_ = 0;
  bool dry_ = false;       // the body had no more to give: it is not asked before it says so
  bool paused_ = false;    // curl knows
  std::vector<curl_socket_t> sockets_;  // open ones of a streamed body; several while addresses are tried at once
  bool peer_closed_ = false;            // at the last look
};

CurlTransport::Transfer::Transfer(TransferId id, service::HttpRequest request, TransferOptions options,
                                  std::unique_ptr<TransferHandler> handler, CurlTransport& transport)
    : id_(id),
      transport_(transport),
      request_(std::move(request)),
      options_(std::move(options)),
      origin_(OriginOf(request_.url)),
      handler_(std::move(handler)),
      easy_(curl_easy_init()) {
  KVS_CHECK(easy_ != nullptr);
  Set(CURLOPT_SHARE, transport.share_.get());
  Set(CURLOPT_PRIVATE, this);
  Set(CURLOPT_URL, request_.url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  Set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  Set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
  Set(CURLOPT_QUICK_EXIT, 1L);  // or a transfer that is given up while its host is looked up would hold up all others until then
#endif
  Set(CURLOPT_ERRORBUFFER, error_text_.data());
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.millis()));
  if (options_.total_timeout) {
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.total_timeout->millis()));
  }
  Set(CURLOPT_TCP_KEEPALIVE, 1L);
  Set(CURLOPT_HEADERFUNCTION, &Transfer::HeaderCallback);
  Set(CURLOPT_HEADERDATA, this);
  Set(CURLOPT_WRITEFUNCTION, &Transfer::WriteCallback);
  Set(CURLOPT_WRITEDATA, this);
  ConfigureTls();
  curl_route_.emplace(easy_.get(), options_.route, request_.url, options_.ca_path);
  ConfigureBody();
  ConfigureHeaders();
}

CurlTransport::Transfer::~Transfer() {
  // The request holds the signature and the session token, or asks for credentials with a token in its body.
  WipeString(request_.body);
  for (service::HttpHeader& header : request_.headers) {
    OPENSSL_cleanse(header.value.data(), header.value.size());
  }
}

// The list is one of our own, with the lines where they are: that of curl_slist_append() has copies, which are not wiped.
void CurlTransport::Transfer::ConfigureHeaders() {
  for (const service::HttpHeader& header : request_.headers) {
    SecretText& line = header_lines_.emplace_back(header.name);
    line.reserve(header.name.size() + 2 + header.value.size());
    line += ": ";
    line += header.value;
  }
  header_lines_.emplace_back("Expect:");  // no waiting for "100 Continue"
  header_lines_.emplace_back("Accept:");
  headers_.resize(header_lines_.size());
  for (std::size_t i = 0; i < headers_.size(); ++i) {
    headers_[i] = {header_lines_[i].data(), i + 1 < headers_.size() ? &headers_[i + 1] : nullptr};
  }
  Set(CURLOPT_HTTPHEADER, headers_.data());
}

void CurlTransport::Transfer::ConfigureTls() {
  Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (HasOpenSsl()) {
    Set(CURLOPT_SSL_CTX_FUNCTION, &Transfer::PrepareTls);
  }
  if (!options_.ca_path.empty()) {
    // Instead of the system's, of which libcurl has both.
    const bool folder = IsFolder(options_.ca_path);
    Set(CURLOPT_CAPATH, folder ? options_.ca_path.c_str() : nullptr);
    Set(CURLOPT_CAINFO, folder ? nullptr : options_.ca_path.c_str());
  } else if (const SystemTrust& system = SystemTrust::Get(); system.file) {
    // libcurl keeps what it has read of a file for all connections, but not where there is a folder, too: reading it takes longer than
    // the handshake, and each connection would have its own. The folder is looked into for what is not in the file.
    Set(CURLOPT_CAPATH, nullptr);
    Set(CURLOPT_SSL_CTX_DATA, system.folder);
  }
  if (options_.identity != nullptr) {
    ConfigureIdentity();
  }
}

CURLcode CurlTransport::Transfer::PrepareTls(CURL* /*easy*/, void* context, void* trusted_folder) noexcept {
  auto* const tls = static_cast<SSL_CTX*>(context);
  SSL_CTX_set_options(tls, SSL_OP_CLEANSE_PLAINTEXT);  // what was decrypted is wiped when it has been read
  if (trusted_folder != nullptr) {
    X509_LOOKUP* const lookup = X509_STORE_add_lookup(SSL_CTX_get_cert_store(tls), X509_LOOKUP_hash_dir());  // the one that is there, if any
    if (lookup != nullptr) {
      X509_LOOKUP_add_dir(lookup, static_cast<const char*>(trusted_folder), X509_FILETYPE_PEM);
    }
  }
  return CURLE_OK;  // without the folder there are fewer certificates to trust, and no more
}

// The bytes that were checked are those that are used, and libcurl makes no copy of the key: it is wiped with its owner. What was
// agreed on with one identity is never offered under another, whatever libcurl compares.
void CurlTransport::Transfer::ConfigureIdentity() {
  const auto set_blob = [this](CURLoption option, std::string_view bytes) {
    curl_blob blob{const_cast<char*>(bytes.data()), bytes.size(), CURL_BLOB_NOCOPY};
    Set(option, &blob);
  };
  set_blob(CURLOPT_SSLCERT_BLOB, options_.identity->certificate);
  set_blob(CURLOPT_SSLKEY_BLOB, options_.identity->key.Reveal());
  Set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  Set(CURLOPT_FRESH_CONNECT, 1L);
  Set(CURLOPT_FORBID_REUSE, 1L);
}

void CurlTransport::Transfer::ConfigureBody() {
  if (request_.method == "GET") {
    Set(CURLOPT_HTTPGET, 1L);
    return;
  }
  Set(CURLOPT_POST, 1L);
  if (request_.method != "POST") {
    Set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
  if (!options_.stream_body) {
    Set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request_.body.size()));
    Set(CURLOPT_POSTFIELDS, request_.body.c_str());
    return;
  }
  // A connection for media is its own, from the first byte to the last.
  Set(CURLOPT_FRESH_CONNECT, 1L);
  Set(CURLOPT_FORBID_REUSE, 1L);
  Set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::OpenSocket);
  Set(CURLOPT_OPENSOCKETDATA, this);
  Set(CURLOPT_CLOSESOCKETFUNCTION, &Transfer::CloseSocket);
  Set(CURLOPT_CLOSESOCKETDATA, this);
  Set(CURLOPT_UPLOAD_BUFFERSIZE, kUploadBufferBytes);
  Set(CURLOPT_READFUNCTION, &Transfer::ReadCallback);
  Set(CURLOPT_READDATA, this);
}

std::size_t CurlTransport::Transfer::ReadCallback(char* out, std::size_t size, std::size_t count,
                                                  void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.connecting) {
    transfer.transport_.Settle(transfer, /*reached=*/true);
  }
  if (transfer.dry_) {
    transfer.paused_ = true;
    return CURL_READFUNC_PAUSE;
  }
  const auto uploaded = transfer.handler_->OnUpload({reinterpret_cast<std::uint8_t*>(out), size * count});
  transfer.dry_ = uploaded.next == TransferHandler::Upload::kPause;
  if (uploaded.bytes > 0) {
    return uploaded.bytes;
  }
  switch (uploaded.next) {
    case TransferHandler::Upload::kEnd:
      return 0;
    case TransferHandler::Upload::kAbort:
      return CURL_READFUNC_ABORT;
    case TransferHandler::Upload::kPause:
    case TransferHandler::Upload::kMore:
      break;
  }
  transfer.paused_ = true;
  return CURL_READFUNC_PAUSE;
}

std::size_t CurlTransport::Transfer::WriteCallback(char* data, std::size_t size, std::size_t count,
                                                   void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  const bool is_taken = transfer.TakeBody({data, bytes});
  if (transfer.is_call()) {
    // Credentials may be in it. The buffer is libcurl's, which has no more use for what it has handed over, and does not wipe it.
    OPENSSL_cleanse(data, bytes);
  }
  return is_taken ? bytes : 0;  // with 0 curl ends the transfer
}

bool CurlTransport::Transfer::TakeBody(std::string_view bytes) {
  const bool is_ok = response_.status == service::kHttpOk;
  // What an upload is answered goes on for as long as that does, when somebody takes it.
  const bool is_endless = is_ok && options_.stream_body;
  if (!is_endless && !TakeBodyBytes(bytes.size())) {
    return false;
  }
  if (is_ok && handler_->OnBody({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()})) {
    return true;
  }
  if (is_endless && !TakeBodyBytes(bytes.size())) {
    return false;
  }
  response_.body.append(bytes);
  return true;
}

bool CurlTransport::Transfer::TakeBodyBytes(std::size_t bytes) {
  body_bytes_ += bytes;
  if (body_bytes_ > options_.answer_limit) {
    too_large_ = "more than " + std::to_string(options_.answer_limit) + " bytes";
  }
  return too_large_.empty();
}

std::size_t CurlTransport::Transfer::HeaderCallback(char* data, std::size_t size, std::size_t count,
                                                    void* self) noexcept {
  auto& transfer = *static_cast<Transfer*>(self);
  return transfer.TakeHeaderLine({data, size * count}) ? size * count : 0;
}

bool CurlTransport::Transfer::TakeHeaderLine(std::string_view line) {
  constexpr int kFirstFinalStatus = 200;
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes || response_.headers.size() >= kMaxHeaders) {
    too_large_ = "a head of more than " + std::to_string(kMaxHeaderBytes) + " bytes or " + std::to_string(kMaxHeaders) + " lines";
    return false;
  }
  line = Trim(line);
  if (line.starts_with("HTTP/")) {
    response_ = {};
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
  } else if (line.empty()) {
    if (response_.status >= kFirstFinalStatus && !have_head_) {
      have_head_ = true;
      if (response_.status != service::kHttpOk && options_.stream_body) {
        refused_ = true;
        transport_.refused_.push_back(id_);
      }
      handler_->OnHead(response_.status);
    }
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    response_.headers.push_back({std::string(Trim(line.substr(0, colon))), std::string(Trim(line.substr(colon + 1)))});
  }
  return true;
}

curl_socket_t CurlTransport::Transfer::OpenSocket(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) noexcept {
  const curl_socket_t socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) {
    return CURL_SOCKET_BAD;
  }
  static_cast<Transfer*>(self)->sockets_.push_back(socket);
  return socket;
}

int CurlTransport::Transfer::CloseSocket(void* self, curl_socket_t socket) noexcept {
  std::erase(static_cast<Transfer*>(self)->sockets_, socket);
  return ::close(socket);
}

bool CurlTransport::Transfer::Abandoned() {
  if (sockets_.size() != 1) {
    return false;  // not connected yet
  }
  pollfd look{sockets_.front(), POLLRDHUP, 0};
  const bool closed = ::poll(&look, 1, 0) == 1 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  return std::exchange(peer_closed_, closed) && closed;
}

void CurlTransport::Transfer::Finish(CURLcode code, std::string words) {
  TransferResult result;
  const std::optional<TransportError> at_proxy = curl_route_->Failure(code, have_head_ ? response_.status : 0);
  if (have_head_ && !at_proxy) {
    result.response = std::move(response_);
  }
  if (words.empty()) {
    words = error_text_[0] != '\0' ? error_text_.data() : curl_easy_strerror(code);
  }
  // An answer that refuses comes before the body was sent; that curl could not send the rest does not matter then, nor how much the
  // host has to say about it.
  const bool refused = result.response && result.response->status != service::kHttpOk;
  if (at_proxy) {
    result.error = at_proxy;
  } else if (refused) {
    result.error = std::nullopt;
  } else if (!too_large_.empty()) {
    result.error = TransportError::kResponseTooLarge;
    words = too_large_;
  } else if (code != CURLE_OK) {
    double connect_seconds = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_CONNECT_TIME, &connect_seconds);
    result.error = MapCurlCode(code, connect_seconds > 0);
    if (result.error == TransportError::kResponseTooLarge) {
      words = "an endless line in its head";
    }
  } else if (!have_head_) {
    result.error = TransportError::kConnectionLost;
    words = "it was closed before the end of the answer's head";
  }
  if (result.error) {
    result.detail = curl_route_->Detail(std::move(words));
  }
  handler_->OnDone(std::move(result));
}

CurlTransport::File::~File() { ::close(file_); }

CurlTransport::CurlTransport() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  InitCurlOnce();
  KVS_CHECK(epoll_.get() >= 0 && wake_.get() >= 0);
  epoll_event wake{EPOLLIN, {.fd = wake_.get()}};
  KVS_CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &wake) == 0);
  share_.reset(curl_share_init());
  multi_.reset(curl_multi_init());
  KVS_CHECK(share_ != nullptr && multi_ != nullptr);
  // No lock functions: only our network thread touches them.
  curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlTransport::OnSocket);
  curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
}

CurlTransport::~CurlTransport() {
  origins_.clear();
  for (const auto& [id, transfer] : transfers_) {
    curl_multi_remove_handle(multi_.get(), transfer->easy());
  }
  transfers_.clear();
  multi_.reset();  // before the share that its connections may use
}

TransferId CurlTransport::Start(service::HttpRequest request, TransferOptions options,
                                std::unique_ptr<TransferHandler> handler) {
  const TransferId id = ++last_id_;
  auto transfer =
      std::make_unique<Transfer>(id, std::move(request), std::move(options), std::move(handler), *this);
  if (origins_.size() >= kMaxOrigins) {
    std::erase_if(origins_, [](const auto& entry) {
      return entry.second.calls == 0 && entry.second.connecting == 0 && entry.second.waiting.empty();
    });
  }
  Origin& origin = origins_[transfer->origin()];
  const bool is_first = std::none_of(origin.waiting.begin(), origin.waiting.end(),
                                     [&transfer](const auto& other) { return other->is_call() == transfer->is_call(); });
  if (is_first && Admit(origin, *transfer)) {
    Add(std::move(transfer));
  } else {
    origin.waiting.push_back(std::move(transfer));
  }
  return id;
}

bool CurlTransport::Admit(Origin& origin, Transfer& transfer) {
  const std::size_t connecting = origin.reached ? kConnectsAtOnce : origin.asked ? kCallsAtOnce : 1;
  if ((transfer.is_call() && origin.calls >= kCallsAtOnce) || origin.connecting >= connecting) {
    return false;
  }
  origin.calls += transfer.is_call() ? 1U : 0U;
  ++origin.connecting;
  transfer.connecting = true;
  return true;
}

void CurlTransport::Add(std::unique_ptr<Transfer> transfer) {
  curl_multi_add_handle(multi_.get(), transfer->easy());
  const TransferId id = transfer->id();
  transfers_.emplace(id, std::move(transfer));
}

void CurlTransport::Settle(Transfer& transfer, bool reached) {
  Origin& origin = origins_[transfer.origin()];
  origin.asked = true;
  origin.reached = reached;
  origin.connecting -= std::exchange(transfer.connecting, false) ? 1U : 0U;
  may_start_ = true;
}

void CurlTransport::End(Transfer& transfer, std::optional<bool> reached) {
  Origin& origin = origins_[transfer.origin()];
  origin.calls -= transfer.is_call() ? 1U : 0U;
  Settle(transfer, reached.value_or(origin.reached));
}

template <typename Wanted>
std::vector<std::unique_ptr<CurlTransport::Transfer>> CurlTransport::TakeWaiting(Origin& origin, Wanted wanted) {
  std::vector<std::unique_ptr<Transfer>> taken;
  std::vector<std::unique_ptr<Transfer>> left;
  for (std::unique_ptr<Transfer>& transfer : origin.waiting) {
    if (wanted(*transfer)) {
      taken.push_back(std::move(transfer));
    } else {
      left.push_back(std::move(transfer));
    }
  }
  origin.waiting = std::move(left);
  return taken;
}

void CurlTransport::StartWaiting() {
  if (!std::exchange(may_start_, false)) {
    return;
  }
  for (auto& [name, origin] : origins_) {
    // Calls that have to wait for other calls do not hold up the media of a host that has both.
    for (std::unique_ptr<Transfer>& transfer : TakeWaiting(origin, [this, &origin = origin](Transfer& one) { return Admit(origin, one); })) {
      Add(std::move(transfer));
    }
  }
}

void CurlTransport::Resume(TransferId id) { resumed_.push_back(id); }

void CurlTransport::Cancel(TransferId id) { Remove(id); }

void CurlTransport::Remove(TransferId id) {
  if (const auto found = transfers_.find(id); found != transfers_.end()) {
    Transfer& transfer = *found->second;
    curl_multi_remove_handle(multi_.get(), transfer.easy());
    End(transfer, std::nullopt);
    transfers_.erase(found);
    return;
  }
  for (auto& [name, origin] : origins_) {
    if (std::erase_if(origin.waiting, [id](const auto& transfer) { return transfer->id() == id; }) > 0) {
      return;
    }
  }
}

int CurlTransport::OnSocket(CURL* /*easy*/, curl_socket_t socket, int what, void* self, void* /*unused*/) noexcept {
  const std::uint32_t in = what == CURL_POLL_IN || what == CURL_POLL_INOUT ? EPOLLIN : 0U;
  const std::uint32_t out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? EPOLLOUT : 0U;
  static_cast<CurlTransport*>(self)->Want(socket, in | out);
  return 0;
}

void CurlTransport::Want(curl_socket_t socket, std::uint32_t events) {
  if (events == 0) {
    // At once: it may be closed next, and its number be that of another socket.
    if (const auto found = interests_.find(socket); found != interests_.end()) {
      if (found->second.told != 0) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
      }
      interests_.erase(found);
    }
    return;
  }
  Interest& interest = interests_[socket];
  interest.wanted = events;
  if (!std::exchange(interest.changed, true)) {
    changed_.push_back(socket);
  }
}

void CurlTransport::TellKernel() {
  for (const curl_socket_t socket : changed_) {
    const auto found = interests_.find(socket);
    if (found == interests_.end()) {
      continue;
    }
    Interest& interest = found->second;
    interest.changed = false;
    if (interest.told == interest.wanted) {
      continue;
    }
    epoll_event event{interest.wanted, {.fd = socket}};
    ::epoll_ctl(epoll_.get(), interest.told == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
    interest.told = interest.wanted;
  }
  changed_.clear();
}

void CurlTransport::Act(curl_socket_t socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi_.get(), socket, events, &running);
}

void CurlTransport::Perform() {
  // What was resumed has something to send, and its socket mostly takes it. The second time it mostly finds that there is no more,
  // and then nothing is wanted of the kernel. Who has more waits for its turn like all others. libcurl is told one at a time: left to
  // itself, it would look at all that were resumed with the first of them, and read from each of them as well.
  constexpr int kTimes = 2;
  std::swap(resumed_, resuming_);
  for (const TransferId id : resuming_) {
    if (const auto found = transfers_.find(id); found != transfers_.end()) {
      found->second->Resume();
    }
    for (int i = 0; i < kTimes; ++i) {
      const auto found = transfers_.find(id);
      const auto socket = found != transfers_.end() && !found->second->paused() ? found->second->socket() : std::nullopt;
      if (socket) {
        Act(*socket, CURL_CSELECT_OUT);
      }
    }
  }
  resuming_.clear();
  for (std::size_t i = 0; i < ready_; ++i) {
    const std::uint32_t events = events_[i].events;
    constexpr std::uint32_t kGone = EPOLLERR | EPOLLHUP;  // reading and writing tell what it is
    Act(events_[i].data.fd, ((events & (EPOLLIN | kGone)) != 0 ? CURL_CSELECT_IN : 0) |
                                ((events & (EPOLLOUT | kGone)) != 0 ? CURL_CSELECT_OUT : 0));
  }
  ready_ = 0;
  long due_ms = -1;
  curl_multi_timeout(multi_.get(), &due_ms);
  if (due_ms == 0) {
    Act(CURL_SOCKET_TIMEOUT, 0);
  }
  ResumeRefused();
  FinishDone();
  StartWaiting();
}

void CurlTransport::FinishDone() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) {
      continue;
    }
    const CURLcode code = message->data.result;  // copied: the message dies with the handle
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    Finish(transfer->id(), code);
  }
}

// An upload that was refused while it was paused: libcurl only ends the transfer when it is not paused any more.
void CurlTransport::ResumeRefused() {
  for (const TransferId id : std::exchange(refused_, {})) {
    Resume(id);
  }
}

bool CurlTransport::AnyToLookAt() const {
  return std::any_of(transfers_.begin(), transfers_.end(),
                     [](const auto& entry) { return entry.second->paused() || entry.second->refused(); }) ||
         std::any_of(origins_.begin(), origins_.end(), [](const auto& entry) { return !entry.second.waiting.empty(); });
}

void CurlTransport::EndAbandoned() {
  std::vector<std::pair<TransferId, CURLcode>> over;
  for (const auto& [id, transfer] : transfers_) {
    if (transfer->paused() && transfer->Abandoned()) {
      over.emplace_back(id, CURLE_RECV_ERROR);
    } else if (transfer->RefusalTakesTooLong()) {
      over.emplace_back(id, CURLE_OPERATION_TIMEDOUT);
    }
  }
  for (const auto& [id, code] : over) {
    Finish(id, code);
  }
  std::vector<std::unique_ptr<Transfer>> late;
  for (auto& [name, origin] : origins_) {
    for (std::unique_ptr<Transfer>& transfer : TakeWaiting(origin, [](Transfer& one) { return one.WaitsTooLong(); })) {
      late.push_back(std::move(transfer));
    }
  }
  for (const std::unique_ptr<Transfer>& transfer : late) {
    transfer->Finish(CURLE_OPERATION_TIMEDOUT, "others were being connected to this host for two minutes, and its turn did not come");
  }
}

void CurlTransport::Finish(TransferId id, CURLcode code) {
  auto node = transfers_.extract(id);
  curl_multi_remove_handle(multi_.get(), node.mapped()->easy());
  const bool unreached = code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_COULDNT_CONNECT;
  End(*node.mapped(), code == CURLE_OK ? std::optional(true) : unreached ? std::optional(false) : std::nullopt);
  node.mapped()->Finish(code);
}

void CurlTransport::Poll(Duration timeout) {
  TellKernel();
  if (!resumed_.empty()) {
    timeout = Duration();
  }
  std::int64_t ms = std::clamp<std::int64_t>((timeout.nanos() + 999'999) / 1'000'000, 0, kMaxPollMs);
  long due_ms = -1;
  curl_multi_timeout(multi_.get(), &due_ms);
  if (due_ms >= 0) {
    ms = std::min<std::int64_t>(ms, due_ms);
  }
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), static_cast<int>(ms));
  ready_ = 0;
  for (int i = 0; i < count; ++i) {
    if (events_[static_cast<std::size_t>(i)].data.fd == wake_.get()) {
      std::uint64_t wakes = 0;
      (void)(::read(wake_.get(), &wakes, sizeof wakes) < 0);
    } else {
      events_[ready_++] = events_[static_cast<std::size_t>(i)];
    }
  }
}

void CurlTransport::Wake() {
  const std::uint64_t one = 1;
  (void)(::write(wake_.get(), &one, sizeof one) < 0);  // fails when it is awake anyway
}

}  // namespace kvs::net
