#ifndef KVS_PRODUCER_LOG_LOG4CPLUS_SINK_H_
#define KVS_PRODUCER_LOG_LOG4CPLUS_SINK_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "kvs/log.h"

namespace log4cplus {
class Hierarchy;
}

namespace kvs::log {

// Writes to named loggers of log4cplus; kvs/logging.h has the contract. Its header is kept out of
// this one, as it is slow to compile. Thread: any. Looking up a component that has been seen takes
// a shared lock of a moment.
class Log4cplusSink final : public LogSink {
 public:
  // Components that get a logger of their own; further ones share the logger of the prefix.
  static constexpr std::size_t kMaxComponents = 64;

  // The loggers of the program.
  explicit Log4cplusSink(std::string logger_prefix);
  // Those of `hierarchy`, which outlives this object.
  Log4cplusSink(std::string logger_prefix, log4cplus::Hierarchy& hierarchy);
  ~Log4cplusSink() override;
  Log4cplusSink(const Log4cplusSink&) = delete;
  Log4cplusSink& operator=(const Log4cplusSink&) = delete;

  [[nodiscard]] bool Enabled(LogLevel level, std::string_view component) const override;
  void Write(const LogRecord& record) override;
  // Writes nothing from now on: the appenders are being closed.
  void Close() { closed_.store(true, std::memory_order_relaxed); }

 private:
  class Loggers;
  std::unique_ptr<Loggers> loggers_;
  std::atomic<bool> closed_{false};
};

}  // namespace kvs::log

#endif  // KVS_PRODUCER_LOG_LOG4CPLUS_SINK_H_
