#ifndef KVS_LOGGER_H_
#define KVS_LOGGER_H_

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include <log4cplus/configurator.h>
#include <log4cplus/consoleappender.h>
#include <log4cplus/layout.h>
#include <log4cplus/logger.h>
#include <log4cplus/loggingmacros.h>
#include <log4cplus/loglevel.h>
#include <log4cplus/version.h>

// Logs over log4cplus. LOG_INFO and its kind take what may stand behind a stream's `<<`, and end in a semicolon of their own:
// programs write them without one. They use the KinesisVideoLogger in scope, which LOGGER_TAG defines.

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {
namespace {

// The logger of one LOGGER_TAG: unnamed, as two files of a program may each have theirs in the same scope. Never destroyed, as
// destructors of static objects log, too.
template <int number>
log4cplus::Logger& loggerOfTag(const char* tag) {
  static log4cplus::Logger* const logger =
      new log4cplus::Logger(log4cplus::Logger::getInstance(LOG4CPLUS_C_STR_TO_TSTRING(tag)));  // NOLINT: see above
  return *logger;
}

// The root logger writes to the console, and nowhere else, from this level on ("TRACE" .. "FATAL", "OFF").
inline void configureConsoleLog(const std::string& level, bool to_stderr) {
  log4cplus::SharedAppenderPtr appender(new log4cplus::ConsoleAppender(to_stderr, true));  // NOLINT: log4cplus counts references
  appender->setLayout(std::unique_ptr<log4cplus::Layout>(
      new log4cplus::PatternLayout(LOG4CPLUS_TEXT("[%-5p] [%d{%d-%m-%Y %H:%M:%S:%Q %Z}] %m%n"))));  // NOLINT: C++11
  log4cplus::Logger root = log4cplus::Logger::getRoot();
  root.removeAllAppenders();
  root.addAppender(appender);
  root.setLogLevel(log4cplus::getLogLevelManager().fromString(LOG4CPLUS_C_STR_TO_TSTRING(level)));
}

}  // namespace
}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

// At file, namespace or function scope. Inlined, so that the KinesisVideoLogger of one file never stands in for that of another.
#define LOGGER_TAG(tag)                                                                              \
  struct KinesisVideoLogger {                                                                        \
    __attribute__((always_inline)) static inline log4cplus::Logger& getInstance() {                  \
      return ::com::amazonaws::kinesis::video::loggerOfTag<__COUNTER__>(tag);                        \
    }                                                                                                \
  };

// A property file of log4cplus.
#define LOG_CONFIGURE(filename) ::log4cplus::PropertyConfigurator::doConfigure(LOG4CPLUS_STRING_TO_TSTRING(filename));
#define LOG_CONFIGURE_STDOUT(level) ::com::amazonaws::kinesis::video::configureConsoleLog((level), false);
#define LOG_CONFIGURE_STDERR(level) ::com::amazonaws::kinesis::video::configureConsoleLog((level), true);

#define LOG_IS_TRACE_ENABLED (KinesisVideoLogger::getInstance().isEnabledFor(::log4cplus::TRACE_LOG_LEVEL))
#define LOG_IS_DEBUG_ENABLED (KinesisVideoLogger::getInstance().isEnabledFor(::log4cplus::DEBUG_LOG_LEVEL))
#define LOG_IS_INFO_ENABLED (KinesisVideoLogger::getInstance().isEnabledFor(::log4cplus::INFO_LOG_LEVEL))
#define LOG_IS_WARN_ENABLED (KinesisVideoLogger::getInstance().isEnabledFor(::log4cplus::WARN_LOG_LEVEL))
#define LOG_IS_ERROR_ENABLED (KinesisVideoLogger::getInstance().isEnabledFor(::log4cplus::ERROR_LOG_LEVEL))
#define LOG_IS_FATAL_ENABLED (KinesisVideoLogger::getInstance().isEnabledFor(::log4cplus::FATAL_LOG_LEVEL))

#define LOG_TRACE(msg) LOG4CPLUS_TRACE(KinesisVideoLogger::getInstance(), msg);
#define LOG_DEBUG(msg) LOG4CPLUS_DEBUG(KinesisVideoLogger::getInstance(), msg);
#define LOG_INFO(msg) LOG4CPLUS_INFO(KinesisVideoLogger::getInstance(), msg);
#define LOG_WARN(msg) LOG4CPLUS_WARN(KinesisVideoLogger::getInstance(), msg);
#define LOG_ERROR(msg) LOG4CPLUS_ERROR(KinesisVideoLogger::getInstance(), msg);
#define LOG_FATAL(msg) LOG4CPLUS_FATAL(KinesisVideoLogger::getInstance(), msg);

// The text goes to the log as an error, and into a std::runtime_error.
#define LOG_AND_THROW(msg)                         \
  do {                                             \
    std::ostringstream text_of_error_;             \
    text_of_error_ << msg;                         \
    LOG_ERROR(text_of_error_.str())                \
    throw std::runtime_error(text_of_error_.str()); \
  } while (0)
#define LOG_AND_THROW_IF(condition, msg) \
  do {                                   \
    if (condition) {                     \
      LOG_AND_THROW(msg);                \
    }                                    \
  } while (0)
#define ASSERT_MSG(condition, msg) LOG_AND_THROW_IF(!(condition), msg)
#define ASSERT(condition) ASSERT_MSG(condition, "Assertion failed: " #condition)

#endif  // KVS_LOGGER_H_
