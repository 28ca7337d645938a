#ifndef KVS_PRODUCER_NET_CURL_TRANSPORT_H_
#define KVS_PRODUCER_NET_CURL_TRANSPORT_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <sys/epoll.h>

#include <curl/curl.h>

#include "producer/net/transport.h"

namespace kvs::net {

// HTTP over libcurl's multi interface: connections, DNS answers and TLS sessions are shared by all transfers. What it costs depends
// on the transfers that have something to do, not on those that there are.
// Thread: network thread only, except Wake.
class CurlTransport : public Transport {
 public:
  // Calls that are under way to one host at the same time; further ones wait, and use the connections of these again. More at once
  // would be more calls in a second than the service allows an account. The first exchange with a host goes alone: after it the
  // address is known, and there is a TLS session to resume.
  static constexpr std::size_t kCallsAtOnce = 16;
  // Connections to one host that are being made at the same time by one network thread; there may be any number of those that are made. When an outage is
  // over, all streams come at once: more handshakes than the two sides get done in a connection's time would all fail, again and again.
  static constexpr std::size_t kConnectsAtOnce = 64;

  CurlTransport();
  ~CurlTransport() override;

  TransferId Start(service::HttpRequest request, TransferOptions options,
                   std::unique_ptr<TransferHandler> handler) override;
  void Resume(TransferId transfer) override;
  void Cancel(TransferId transfer) override;

  // Moves bytes and reports transfers that have ended.
  void Perform();
  // libcurl does not notice that the peer has closed a connection while the upload on it is paused and no more of the answer
  // is expected. This looks itself, and ends such transfers; those whose upload was refused by an answer that does not come to
  // an end; and those whose turn has not come for two minutes. To be called once a second or so while AnyToLookAt.
  void EndAbandoned();
  bool AnyToLookAt() const;
  // Waits for something to do, at most `timeout`, or until Wake.
  void Poll(Duration timeout);
  // Thread: any.
  void Wake();

 private:
  class Transfer;
  // A file that is closed with its owner.
  class File {
   public:
    explicit File(int file) : file_(file) {}
    ~File();
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int get() const { return file_; }

   private:
    const int file_;
  };
  struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  struct ShareDeleter {
    void operator()(CURLSH* share) const { curl_share_cleanup(share); }
  };
  // What libcurl wants to hear of a socket, and what the kernel has been told of that: both change for every frame, and
  // mostly back again before anybody waits.
  struct Interest {
    std::uint32_t wanted = 0;
    std::uint32_t told = 0;
    bool changed = false;  // it is in changed_
  };
  // The exchanges with one host.
  struct Origin {
    bool asked = false;         // one has ended, or got through
    bool reached = false;       // the last one did
    std::size_t calls = 0;      // under way
    std::size_t connecting = 0;  // under way, and not known to have a connection
    std::vector<std::unique_ptr<Transfer>> waiting;
  };
  static constexpr std::size_t kEventsAtOnce = 256;
  static constexpr std::size_t kMaxOrigins = 1000;  // that are remembered

  static int OnSocket(CURL* easy, curl_socket_t socket, int what, void* self, void* unused) noexcept;
  void Want(curl_socket_t socket, std::uint32_t events);
  void TellKernel();
  void Add(std::unique_ptr<Transfer> transfer);
  // Whether it may start now; if so it is counted.
  bool Admit(Origin& origin, Transfer& transfer);
  // The transfer has a connection, or is over. Others of its host may start in the next round: libcurl may be calling.
  void Settle(Transfer& transfer, bool reached);
  // It is over. `reached`: whether its host was; none: nobody knows.
  void End(Transfer& transfer, std::optional<bool> reached);
  void StartWaiting();
  // Those that wait and are `wanted`, in their order; it is asked once of each.
  template <typename Wanted>
  static std::vector<std::unique_ptr<Transfer>> TakeWaiting(Origin& origin, Wanted wanted);
  void Act(curl_socket_t socket, int events);
  void FinishDone();
  void Remove(TransferId id);
  void ResumeRefused();
  void Finish(TransferId id, CURLcode code);

  const File epoll_;
  const File wake_;  // an eventfd
  std::unordered_map<curl_socket_t, Interest> interests_;
  std::vector<curl_socket_t> changed_;
  std::array<epoll_event, kEventsAtOnce> events_{};
  std::size_t ready_ = 0;  // of events_
  std::vector<TransferId> resumed_;
  std::vector<TransferId> resuming_;  // while their turn is; empty in between
  std::map<std::string, Origin> origins_;  // by scheme, host and port
  bool may_start_ = false;                 // some that wait
  std::unique_ptr<CURLSH, ShareDeleter> share_;
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  std::map<TransferId, std::unique_ptr<Transfer>> transfers_;
  std::vector<TransferId> refused_;  // an answer that refuses came while the upload was paused
  TransferId last_id_ = 0;
};

// Initialises libcurl and OpenSSL, once per process. Before the first CurlTransport, and before any std::atexit that is to run
// while they still work. Thread: any.
void InitCurlOnce();

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_CURL_TRANSPORT_H_
