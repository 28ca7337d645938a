#ifndef KVS_PRODUCER_LOG_LOG4CPLUS_SINK_H_
#define KVS_PRODUCER_LOG_LOG4CPLUS_SINK_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "kvs/log.h"

namespace kvs::log {

// Writes to named loggers of log4cplus; kvs/logging.h has the contract. Its header is kept out of
// this one, as it is slow to compile. Thread: any. Looking up a component that has been seen takes
// a shared lock of a moment.
class Log4cplusSink final : public LogSink {
 public:
  // Components that get a logger of their own; further ones share the logger of the prefix.
  static constexpr std::size_t kMaxComponents = 64;

  explicit Log4cplusSink(std::string logger_prefix);
  ~Log4cplusSink() override;
  Log4cplusSink(const Log4cplusSink&) = delete;
  Log4cplusSink& operator=(const Log4cplusSink&) = delete;

  [[nodiscard]] bool Enabled(LogLevel level, std::string_view component) const override;
  void Write(const LogRecord& record) override;

 private:
  class Loggers;
  std::unique_ptr<Loggers> loggers_;
};

}  // namespace kvs::log

#endif  // KVS_PRODUCER_LOG_LOG4CPLUS_SINK_H_
