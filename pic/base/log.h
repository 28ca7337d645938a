#ifndef KVS_PIC_BASE_LOG_H_
#define KVS_PIC_BASE_LOG_H_

#include <string_view>

#include "kvs/log.h"

namespace kvs {

// A component's handle on the injected sink: knows its component and stream, and costs nothing while nobody listens.
// The sink is not owned and may be null.
class Logger {
 public:
  Logger() = default;
  Logger(LogSink* sink, std::string_view component, std::string_view stream = {})
      : sink_(sink), component_(component), stream_(stream) {}

  bool Enabled(LogLevel level) const { return sink_ != nullptr && sink_->Enabled(level, component_); }
  void Write(LogLevel level, std::string_view message) const {
    if (Enabled(level)) {
      sink_->Write({level, component_, stream_, message});
    }
  }

 private:
  LogSink* sink_ = nullptr;
  std::string_view component_;  // a literal
  std::string_view stream_;     // outlives the logger
};

}  // namespace kvs

#endif  // KVS_PIC_BASE_LOG_H_
