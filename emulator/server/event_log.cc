#include "emulator/server/event_log.h"

#include <iostream>

namespace kvs::emulator {

bool EventLog::Open(const std::string& path) {
  to_stdout_ = path == "-";
  if (path.empty() || to_stdout_) {
    return true;
  }
  file_.open(path, std::ios::out | std::ios::trunc);
  return file_.is_open();
}

void EventLog::Write(std::string_view line) {
  if (to_stdout_) {
    std::cout << line << '\n' << std::flush;
  } else if (file_.is_open()) {
    file_ << line << '\n' << std::flush;
  }
}

}  // namespace kvs::emulator
