#ifndef KVS_PRODUCER_PRODUCER_CONTEXT_H_
#define KVS_PRODUCER_PRODUCER_CONTEXT_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "kvs/producer.h"
#include "pic/store/block_pool.h"
#include "producer/aws/sigv4.h"
#include "producer/net/network_thread.h"
#include "producer/net/transport.h"
#include "producer/service/call.h"
#include "producer/service_finder.h"

namespace kvs {

// What the streams of one producer share; each of them keeps it alive.
struct ProducerContext {
  // Constant after construction.
  ProducerConfig config;
  std::shared_ptr<const net::Route> route;
  std::string user_agent;
  std::string app;  // as in the media
  std::shared_ptr<BlockPool> pool;
  net::NetworkThread* network = nullptr;  // the process's

  // Network thread only.
  std::unique_ptr<ServiceFinder> service;  // constant after construction
  aws::SigningKeyCache signing_keys;
  struct KnownStream {
    std::string arn;  // empty: was never asked for
    std::string endpoint;
    MonoTime until;
  };
  static constexpr std::size_t kMaxKnownStreams = 10'000;
  std::map<std::string, KnownStream> known_streams;  // by name; see ProducerConfig::lookup_life
  Duration clock_skew;  // the service's clock minus ours, once it was found to matter
};

}  // namespace kvs

#endif  // KVS_PRODUCER_PRODUCER_CONTEXT_H_
