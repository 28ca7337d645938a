#ifndef KVS_EMULATOR_SERVER_EVENT_LOG_H_
#define KVS_EMULATOR_SERVER_EVENT_LOG_H_

#include <fstream>
#include <string>
#include <string_view>

namespace kvs::emulator {

// Appends lines to a file or standard output; every line is there when Write returns.
class EventLog {
 public:
  // An empty path logs nothing, "-" to standard output. Answers false when it cannot be opened.
  bool Open(const std::string& path);
  void Write(std::string_view line);

 private:
  std::ofstream file_;
  bool to_stdout_ = false;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_EVENT_LOG_H_
