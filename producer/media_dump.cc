#include "producer/media_dump.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace kvs {
namespace {

// As any program makes files: what others may do with them is for the umask to say.
constexpr mode_t kFileMode = 0666;

}  // namespace

MediaDump::MediaDump(std::string path, Logger log, std::atomic<bool>& warned) : path_(std::move(path)), log_(log), warned_(warned) {
  // Folders like /tmp are everybody's: a link or a pipe of that name is not followed, nor waited for.
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kFileMode);
  if (file_ < 0) {
    GiveUp(errno);
  }
}

MediaDump::~MediaDump() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

void MediaDump::Append(std::span<const std::uint8_t> bytes) {
  while (file_ >= 0 && !bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      GiveUp(errno);
    }
  }
}

void MediaDump::GiveUp(int error) {
  if (file_ >= 0) {
    ::close(std::exchange(file_, -1));
  }
  if (!warned_.exchange(true)) {
    log_.Write(LogLevel::kWarn, "the media is not written to " + path_ + ": " + std::generic_category().message(error));
  }
}

}  // namespace kvs
