#ifndef KVS_PRODUCER_NET_CURL_TRANSPORT_H_
#define KVS_PRODUCER_NET_CURL_TRANSPORT_H_

#include <map>
#include <memory>
#include <vector>

#include <curl/curl.h>

#include "producer/net/transport.h"

namespace kvs::net {

// HTTP over libcurl's multi interface: connections, DNS answers and TLS sessions are shared by all transfers.
// Thread: network thread only, except Wake.
class CurlTransport : public Transport {
 public:
  CurlTransport();
  ~CurlTransport() override;

  TransferId Start(service::HttpRequest request, TransferOptions options,
                   std::unique_ptr<TransferHandler> handler) override;
  void Resume(TransferId transfer) override;
  void Cancel(TransferId transfer) override;

  // Moves bytes and reports transfers that have ended.
  void Perform();
  // libcurl does not notice that the peer has closed a connection while the upload on it is paused and no more of the answer
  // is expected. This looks itself, and ends such transfers. To be called once a second or so while AnyPaused.
  void EndAbandoned();
  bool AnyPaused() const;
  // Waits for something to do, at most `timeout`, or until Wake.
  void Poll(Duration timeout);
  // Thread: any.
  void Wake();

 private:
  struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  struct ShareDeleter {
    void operator()(CURLSH* share) const { curl_share_cleanup(share); }
  };
  class Transfer;
  void Remove(TransferId id);
  void ResumeRefused();
  void Finish(TransferId id, CURLcode code);

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
