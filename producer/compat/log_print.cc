#include "producer/compat/log_print.h"

#include <cstddef>
#include <cstdio>
#include <string>

#include <log4cplus/logger.h>
#include <log4cplus/loglevel.h>

namespace com::amazonaws::kinesis::video {
namespace {

struct LevelRow {
  UINT32 level;
  log4cplus::LogLevel log4cplus_level;
};

constexpr LevelRow kLevels[] = {
    {LOG_LEVEL_VERBOSE, log4cplus::TRACE_LOG_LEVEL}, {LOG_LEVEL_DEBUG, log4cplus::DEBUG_LOG_LEVEL},
    {LOG_LEVEL_INFO, log4cplus::INFO_LOG_LEVEL},     {LOG_LEVEL_WARN, log4cplus::WARN_LOG_LEVEL},
    {LOG_LEVEL_ERROR, log4cplus::ERROR_LOG_LEVEL},   {LOG_LEVEL_FATAL, log4cplus::FATAL_LOG_LEVEL},
    {LOG_LEVEL_SILENT, log4cplus::OFF_LOG_LEVEL},
};

// LOG_LEVEL_PROFILE, too, is for those who want to know more.
log4cplus::LogLevel ToLog4cplus(UINT32 level) {
  for (const LevelRow& row : kLevels) {
    if (row.level == level) {
      return row.log4cplus_level;
    }
  }
  return log4cplus::INFO_LOG_LEVEL;
}

std::string Format(PCHAR format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const int size = std::vsnprintf(nullptr, 0, format, arguments);
  std::string text(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

}  // namespace

void LogPrint(UINT32 level, PCHAR tag, PCHAR format, va_list arguments) {
  static log4cplus::Logger logger = log4cplus::Logger::getInstance(LOG4CPLUS_C_STR_TO_TSTRING(kLoggerName));
  const log4cplus::LogLevel log4cplus_level = ToLog4cplus(level);
  if (level == LOG_LEVEL_SILENT || format == nullptr || !logger.isEnabledFor(log4cplus_level)) {
    return;
  }
  const std::string prefix = tag == nullptr ? "" : std::string(tag) + ": ";
  logger.log(log4cplus_level, LOG4CPLUS_STRING_TO_TSTRING(prefix + Format(format, arguments)));
}

UINT32 RootLogLevel() {
  const log4cplus::LogLevel root_level = log4cplus::Logger::getRoot().getLogLevel();
  for (const LevelRow& row : kLevels) {
    if (row.log4cplus_level == root_level) {
      return row.level;
    }
  }
  return LOG_LEVEL_INFO;
}

}  // namespace com::amazonaws::kinesis::video
