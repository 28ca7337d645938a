#ifndef KVS_PRODUCER_ENVIRONMENT_H_
#define KVS_PRODUCER_ENVIRONMENT_H_

#include "kvs/credentials.h"

namespace kvs {

struct ProducerConfig;

// ProducerConfig::environment, or the environment of the process.
EnvironmentLookup LookupOf(const ProducerConfig& config);

}  // namespace kvs

#endif  // KVS_PRODUCER_ENVIRONMENT_H_
