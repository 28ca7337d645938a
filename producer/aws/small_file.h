#ifndef KVS_PRODUCER_AWS_SMALL_FILE_H_
#define KVS_PRODUCER_AWS_SMALL_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "kvs/log.h"
#include "kvs/status.h"

namespace kvs::aws {

// The text of a regular file, which may hold a secret: wiping it is the caller's part. Does what FileReader (kvs/credentials.h)
// promises. Never waits for somebody else, as a pipe would have it.
Result<std::string> ReadSmallFile(const std::string& path, std::size_t max_bytes);

// A warning in the log, once for each path, when others than its owner can read this file: `what` ("the credentials file") holds
// secrets. `log` may be null. Thread: any.
void WarnOfOpenFile(std::string_view what, const std::string& path, LogSink* log);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_SMALL_FILE_H_
