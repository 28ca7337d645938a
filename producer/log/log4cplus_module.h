#ifndef KVS_PRODUCER_LOG_LOG4CPLUS_MODULE_H_
#define KVS_PRODUCER_LOG_LOG4CPLUS_MODULE_H_

#include <memory>
#include <string>

#include "kvs/log.h"
#include "kvs/status.h"

namespace kvs::log {

// What the library with the sinks gives to the one that loads it; both are of one build. They are apart because log4cplus starts four
// threads as soon as it is loaded, also in processes that never log to it.
struct Log4cplusModule {
  const char* version;  // of this project
  Result<std::shared_ptr<LogSink>> (*make_sink)(std::string logger_prefix);
  Result<std::shared_ptr<LogSink>> (*make_file_sink)(const std::string& path);
  void (*close_file_sinks)();
};

// The name of that library, and of the one thing that it exports: a Log4cplusModule.
inline constexpr char kLog4cplusModuleFile[] = "libkvslog4cplus.so";
inline constexpr char kLog4cplusModuleSymbol[] = "kvs_log4cplus_module";

}  // namespace kvs::log

#endif  // KVS_PRODUCER_LOG_LOG4CPLUS_MODULE_H_
