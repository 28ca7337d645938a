#ifndef KVS_LOG_H_
#define KVS_LOG_H_

#include <cstdint>
#include <string_view>

namespace kvs {

// kError: the stream cannot continue. kWarn: data was lost, or an episode of retries began or ended.
// kInfo: states change. kDebug: once per fragment or call. kTrace: once per frame.
enum class LogLevel : std::uint8_t { kError, kWarn, kInfo, kDebug, kTrace };

// All views are only valid during LogSink::Write.
struct LogRecord {
  LogLevel level = LogLevel::kInfo;
  std::string_view component;  // "kvs-stream", "kvs-net", "kvs-auth", "kvs-mkv"
  std::string_view stream;     // empty when it concerns no stream
  std::string_view message;
};

// Where log records go. Thread: called from any thread, also while a lock of the library is held: an implementation
// must not call back into the library.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual bool Enabled(LogLevel level, std::string_view component) const = 0;
  virtual void Write(const LogRecord& record) = 0;
};

}  // namespace kvs

#endif  // KVS_LOG_H_
