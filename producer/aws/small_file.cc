#include "producer/aws/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <system_error>

#include "kvs/secret.h"
#include "pic/base/log.h"
#include "pic/base/mutex.h"
#include "producer/service/validation.h"

namespace kvs::aws {
namespace {

constexpr std::size_t kMaxExcerpt = 256;

Status Failure(int error) {
  return {error == ENOENT ? StatusCode::kNotFound : StatusCode::kFileError, std::generic_category().message(error)};
}

// Up to the size of `text`, which is cut to what there is.
Status ReadAll(int fd, std::string& text) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    return Failure(errno);
  }
  // Anything else, a pipe or a socket, may have nothing to say for a long time; /dev/null says at once that there is nothing.
  if (!S_ISREG(info.st_mode) && !S_ISCHR(info.st_mode)) {
    return {StatusCode::kFileError, "it is not a regular file"};
  }
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t bytes = ::read(fd, text.data() + size, text.size() - size);
    if (bytes < 0 && errno != EINTR) {
      return Failure(errno);
    }
    if (bytes == 0) {
      break;
    }
    size += bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
  }
  text.resize(size);
  return {};
}

}  // namespace

Result<std::string> ReadSmallFile(const std::string& path, std::size_t max_bytes) {
  // Not blocking: opening a pipe would wait for who writes to it.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    return Failure(errno);
  }
  std::string text(max_bytes + 1, '\0');
  Status status = ReadAll(fd, text);
  ::close(fd);
  if (status.ok() && text.size() > max_bytes) {
    status = Status(StatusCode::kTooLarge, "it is longer than " + std::to_string(max_bytes) + " bytes");
  }
  if (!status.ok()) {
    WipeString(text);
    return status;
  }
  return text;
}

void WarnOfOpenFile(std::string_view what, const std::string& path, LogSink* log) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || (info.st_mode & (S_IRGRP | S_IROTH)) == 0) {
    return;
  }
  static Mutex mutex;
  static std::set<std::string>* const warned = new std::set<std::string>();  // NOLINT: never destroyed, as streams may outlive it
  {
    const MutexLock lock(mutex);
    if (!warned->insert(path).second) {
      return;
    }
  }
  Logger(log, "kvs-auth")
      .Write(LogLevel::kWarn, std::string(what) + " \"" + service::PrintableExcerpt(path, kMaxExcerpt) +
                                  "\" can be read by other users of this machine; take that right away (chmod 600)");
}

}  // namespace kvs::aws
