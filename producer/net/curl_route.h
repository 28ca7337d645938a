#ifndef KVS_PRODUCER_NET_CURL_ROUTE_H_
#define KVS_PRODUCER_NET_CURL_ROUTE_H_

#include <memory>
#include <optional>
#include <string>

#include <curl/curl.h>

#include "producer/net/transport.h"

namespace kvs::net {

// What a Route means to one easy handle: its addresses, its proxy, and who hears what libcurl says. Outlives the transfer, which
// refers to it. Thread: the network thread of its transfer.
class CurlRoute {
 public:
  // `easy` outlives this object. A null `route` leaves everything to libcurl. `ca_path`: whom to trust as a proxy, too.
  CurlRoute(CURL* easy, std::shared_ptr<const Route> route, const std::string& url, const std::string& ca_path);
  CurlRoute(const CurlRoute&) = delete;
  CurlRoute& operator=(const CurlRoute&) = delete;

  // The part that the proxy had in a transfer that ended: none, or why it is to blame. `http_status`: of the answer, 0 without one.
  [[nodiscard]] std::optional<service::TransportError> Failure(CURLcode code, int http_status) const;
  // The transport's own words, with the proxy in front of them where there is one.
  [[nodiscard]] std::string Detail(std::string words) const;

 private:
  void UseProxy(const std::string& ca_path);
  // Whether libcurl asks the proxy for a connection to the host, instead of handing it the request.
  [[nodiscard]] bool Tunnels() const;
  static int Log(CURL* easy, curl_infotype type, char* data, std::size_t size, void* self) noexcept;

  CURL* const easy_;
  const std::shared_ptr<const Route> route_;
  const bool is_https_;
  const Proxy* proxy_ = nullptr;  // part of route_; null: none
};

}  // namespace kvs::net

#endif  // KVS_PRODUCER_NET_CURL_ROUTE_H_
