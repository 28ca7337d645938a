#include "producer/aws/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "kvs/secret.h"

namespace kvs::aws {
namespace {

Status Failure(int error) {
  return {error == ENOENT ? StatusCode::kNotFound : StatusCode::kFileError, std::generic_category().message(error)};
}

// Up to the size of `text`, which is cut to what there is.
Status ReadAll(int fd, std::string& text) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    return Failure(errno);
  }
  // Anything else, a pipe or a device, may have nothing to say for a long time.
  if (!S_ISREG(info.st_mode)) {
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

}  // namespace kvs::aws
