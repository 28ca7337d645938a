#ifndef KVS_PRODUCER_LOG_READABLE_FILE_H_
#define KVS_PRODUCER_LOG_READABLE_FILE_H_

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "kvs/status.h"

namespace kvs::log {

// OK, or kFileError: there is no such file, or it cannot be read. Asked before log4cplus is loaded for it: mostly there is none.
inline Status ReadableFile(const std::string& path) {
  // Opened and not only asked for, so that a folder is none.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  char byte = 0;
  const bool fine = file >= 0 && ::read(file, &byte, 1) >= 0;
  const int error = errno;
  if (file >= 0) {
    ::close(file);
  }
  return fine ? Status()
              : Status(StatusCode::kFileError,
                       "the file \"" + path + "\" cannot be read: " + std::generic_category().message(error));
}

}  // namespace kvs::log

#endif  // KVS_PRODUCER_LOG_READABLE_FILE_H_
