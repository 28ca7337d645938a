#include "producer/log/log4cplus_sink.h"

#include <exception>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <vector>

#include <log4cplus/hierarchy.h>
#include <log4cplus/logger.h>
#include <log4cplus/loglevel.h>

#include "kvs/logging.h"

namespace kvs::log {
namespace {

log4cplus::LogLevel ToLog4cplus(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return log4cplus::ERROR_LOG_LEVEL;
    case LogLevel::kWarn:
      return log4cplus::WARN_LOG_LEVEL;
    case LogLevel::kInfo:
      return log4cplus::INFO_LOG_LEVEL;
    case LogLevel::kDebug:
      return log4cplus::DEBUG_LOG_LEVEL;
    case LogLevel::kTrace:
      return log4cplus::TRACE_LOG_LEVEL;
  }
  return log4cplus::INFO_LOG_LEVEL;
}

}  // namespace

// The loggers that were looked up so far. A log4cplus::Logger is a counted reference: copying one
// is cheap and safe between threads.
class Log4cplusSink::Loggers {
 public:
  Loggers(std::string prefix, log4cplus::Hierarchy& hierarchy)
      : prefix_(std::move(prefix)), hierarchy_(hierarchy), shared_(hierarchy_.getInstance(prefix_)) {}

  log4cplus::Logger Of(std::string_view component) {
    {
      const std::shared_lock<std::shared_mutex> lock(mutex_);
      if (const log4cplus::Logger* logger = Find(component)) {
        return *logger;
      }
    }
    if (component.empty()) {
      return shared_;
    }
    const std::unique_lock<std::shared_mutex> lock(mutex_);
    if (const log4cplus::Logger* logger = Find(component)) {
      return *logger;
    }
    if (by_component_.size() >= kMaxComponents) {
      return shared_;
    }
    std::string name(component);
    by_component_.emplace_back(
        name, hierarchy_.getInstance(prefix_.empty() ? name : prefix_ + "." + name));
    return by_component_.back().second;
  }

 private:
  const log4cplus::Logger* Find(std::string_view component) const {
    for (const auto& [name, logger] : by_component_) {
      if (name == component) {
        return &logger;
      }
    }
    return nullptr;
  }

  // Constant after construction.
  const std::string prefix_;
  log4cplus::Hierarchy& hierarchy_;  // synchronises itself
  const log4cplus::Logger shared_;
  // Guarded by mutex_.
  std::shared_mutex mutex_;
  std::vector<std::pair<std::string, log4cplus::Logger>> by_component_;
};

Log4cplusSink::Log4cplusSink(std::string logger_prefix)
    : Log4cplusSink(std::move(logger_prefix), log4cplus::Logger::getDefaultHierarchy()) {}

Log4cplusSink::Log4cplusSink(std::string logger_prefix, log4cplus::Hierarchy& hierarchy)
    : loggers_(std::make_unique<Loggers>(std::move(logger_prefix), hierarchy)) {}

Log4cplusSink::~Log4cplusSink() = default;

// log4cplus may throw (an appender, memory, after its shutdown); a log line is not worth a stream.
bool Log4cplusSink::Enabled(LogLevel level, std::string_view component) const {
  try {
    return !closed_.load(std::memory_order_relaxed) && loggers_->Of(component).isEnabledFor(ToLog4cplus(level));
  } catch (const std::exception&) {
    return false;
  }
}

void Log4cplusSink::Write(const LogRecord& record) {
  try {
    const log4cplus::Logger logger = loggers_->Of(record.component);
    const log4cplus::LogLevel level = ToLog4cplus(record.level);
    if (closed_.load(std::memory_order_relaxed) || !logger.isEnabledFor(level)) {
      return;
    }
    std::string text;
    if (!record.stream.empty()) {
      text.append("[").append(record.stream).append("] ");
    }
    text.append(record.message);
    logger.forcedLog(level, text, nullptr, -1, nullptr);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace kvs::log

namespace kvs {

Result<std::shared_ptr<LogSink>> MakeLog4cplusSink(std::string logger_prefix) {
  try {
    return std::shared_ptr<LogSink>(std::make_shared<log::Log4cplusSink>(std::move(logger_prefix)));
  } catch (const std::exception& error) {
    return Status(StatusCode::kInternal, std::string("log4cplus gave no logger: ") + error.what());
  }
}

}  // namespace kvs
