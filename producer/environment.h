#ifndef KVS_PRODUCER_ENVIRONMENT_H_
#define KVS_PRODUCER_ENVIRONMENT_H_

#include "kvs/credentials.h"

namespace kvs {

// `lookup`, or where it is empty the environment of the process, where HOME is that of the user when it is not set.
EnvironmentLookup OrOfProcess(EnvironmentLookup lookup);

}  // namespace kvs

#endif  // KVS_PRODUCER_ENVIRONMENT_H_
