#ifndef KVS_LOGGING_H_
#define KVS_LOGGING_H_

#include <memory>
#include <string>

#include "kvs/export.h"
#include "kvs/log.h"
#include "kvs/status.h"

namespace kvs {

// The prefix under which programs written for Amazon's SDK configure their loggers.
inline constexpr char kDefaultLoggerPrefix[] = "com.amazonaws.kinesis.video";

// A sink that writes to log4cplus: a record of component "kvs-net" goes to the logger
// "<prefix>.kvs-net". Loggers are only looked up: levels and appenders, the root logger's above
// all, stay what the program configured, and follow when it configures them anew. Without any
// appender, log4cplus itself says so once on stderr. Thread: the sink may be used from any thread.
// Errors: kInvalidState: the library was built without log4cplus.
KVS_EXPORT Result<std::shared_ptr<LogSink>> MakeLog4cplusSink(
    std::string logger_prefix = kDefaultLoggerPrefix);

// A sink for a property file of log4cplus, as programs written for Amazon's SDK have one: its loggers, levels and appenders are
// made apart from those of the program, whose root logger above all stays as it is. Records go to the same names as with
// MakeLog4cplusSink, and only the file decides which are written. A file is read once in the life of the process: who asks again
// gets the same sink. What log4cplus does not understand in it, it says on stderr. Thread: any.
// Errors: kFileError: there is no such file, or it cannot be read; kInvalidState: the library was built without log4cplus.
KVS_EXPORT Result<std::shared_ptr<LogSink>> MakeLog4cplusFileSink(const std::string& path);

}  // namespace kvs

#endif  // KVS_LOGGING_H_
