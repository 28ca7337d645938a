#include "kvs/logging.h"
#include "producer/log/log4cplus_file.h"

namespace kvs {

// The signature is that of the other implementation.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
Result<std::shared_ptr<LogSink>> MakeLog4cplusSink(std::string) {
  return Status(StatusCode::kInvalidState, "this library was built without log4cplus");
}

Result<std::shared_ptr<LogSink>> MakeLog4cplusFileSink(const std::string&) {
  return Status(StatusCode::kInvalidState, "this library was built without log4cplus");
}

namespace log {

void CloseFileSinks() {}

}  // namespace log
}  // namespace kvs
