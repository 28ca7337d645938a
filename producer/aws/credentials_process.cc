#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <openssl/crypto.h>

#include "kvs/credentials.h"
#include "producer/aws/credentials_call.h"
#include "producer/aws/words.h"
#include "producer/service/json.h"

extern char** environ;  // NOLINT: of POSIX

namespace kvs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr aws::CredentialNames kNames = {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration",
                                         /*is_temporary=*/false};
constexpr std::int64_t kVersion = 1;
constexpr Duration kTimeToEnd = Duration::Seconds(10);
// How often it is looked whether a program has ended that has closed its output.
constexpr std::chrono::milliseconds kLookInterval{10};
// How many times after it was killed.
constexpr int kLastLooks = 100;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) {
      ::close(std::exchange(fd_, -1));
    }
  }

 private:
  int fd_;
};

// A program, its output, and when it has to have ended. Thread: one, which may wait.
class ChildProcess {
 public:
  explicit ChildProcess(Clock::time_point deadline) : deadline_(deadline) { output_.reserve(aws::kMaxAnswerBytes + 1); }
  ~ChildProcess() {
    WipeString(output_);
    if (pid_ > 0) {
      // With what it has started; it may have left its group.
      ::kill(-pid_, SIGKILL);
      ::kill(pid_, SIGKILL);
      // One that hangs in the kernel does not even end then.
      for (int look = 0; look < kLastLooks && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++look) {
        std::this_thread::sleep_for(kLookInterval);
      }
    }
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  Status Start(std::vector<std::string>& words) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      return {StatusCode::kInvalidState, std::generic_category().message(errno)};
    }
    const Descriptor write_end(ends[1]);
    read_end_.emplace(ends[0]);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, write_end.get(), STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
#endif
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // This thread may have signals blocked, and the program may have some ignored; the child is not to inherit that.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t pid = 0;
    const int error = ::posix_spawnp(&pid, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0) {
      return {error == ENOENT ? StatusCode::kNotFound : StatusCode::kFileError,
              "it cannot be started: " + std::generic_category().message(error)};
    }
    pid_ = pid;
    return {};
  }

  // Its output, to its end.
  Status Read() {
    std::array<char, 4096> buffer{};
    Status status;
    while (status.ok()) {
      pollfd ready{read_end_->get(), POLLIN, 0};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      const int count = left <= 0 ? 0 : ::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
      if (count == 0 && Clock::now() >= deadline_) {
        status = TimedOut();
      }
      if (count <= 0) {
        continue;
      }
      const ssize_t bytes = ::read(read_end_->get(), buffer.data(), buffer.size());
      if (bytes == 0 || (bytes < 0 && errno != EINTR)) {
        break;
      }
      if (bytes > 0 && output_.size() + static_cast<std::size_t>(bytes) > aws::kMaxAnswerBytes) {
        status = {StatusCode::kBadResponse, "it printed more than " + std::to_string(aws::kMaxAnswerBytes) + " bytes"};
      } else if (bytes > 0) {
        output_.append(buffer.data(), static_cast<std::size_t>(bytes));
      }
    }
    OPENSSL_cleanse(buffer.data(), buffer.size());
    return status;
  }

  // How it ended.
  Status Wait() {
    for (;;) {
      int how = 0;
      const pid_t ended = ::waitpid(pid_, &how, WNOHANG);
      if (ended == pid_) {
        pid_ = -1;
        return StatusOf(how);
      }
      if (ended < 0 && errno != EINTR) {
        // The program has said that it does not want to know of its children.
        pid_ = -1;
        return {};
      }
      if (Clock::now() >= deadline_) {
        return TimedOut();
      }
      std::this_thread::sleep_for(kLookInterval);
    }
  }

  [[nodiscard]] const std::string& output() const { return output_; }

 private:
  static Status TimedOut() { return {StatusCode::kNetworkTimeout, "it did not end in time"}; }

  static Status StatusOf(int how) {
    if (WIFEXITED(how) && WEXITSTATUS(how) == 0) {
      return {};
    }
    // What it could not do now it may be able to do later: it asks somebody, as a rule.
    return {StatusCode::kBadResponse,
            WIFEXITED(how) ? "it ended with exit status " + std::to_string(WEXITSTATUS(how)) + "; run it by hand to see why"
                           : "it was ended by signal " + std::to_string(WTERMSIG(how))};
  }

  const Clock::time_point deadline_;
  pid_t pid_ = -1;  // -1: none, or it has ended
  std::optional<Descriptor> read_end_;
  std::string output_;  // never moves, so nothing of it stays behind
};

Result<Credentials> Parse(std::string_view output) {
  Result<service::JsonFields> fields = service::JsonFields::Parse(output, aws::kMaxAnswerBytes);
  const bool is_known = fields.ok() && fields->Integer("Version") == kVersion;
  const Status status = fields.status();
  if (!status.ok() || !is_known) {
    return Status(StatusCode::kBadResponse, "what it printed cannot be understood: " +
                                                (status.ok() ? "its Version is not 1" : status.message()));
  }
  Result<Credentials> credentials = aws::CredentialsOfJson(output, kNames);
  return credentials.ok() ? std::move(credentials)
                          : Status(StatusCode::kBadResponse,
                                   "what it printed cannot be understood: " + credentials.status().message());
}

Result<Credentials> Run(const ProcessOptions& options) {
  Result<std::vector<std::string>> words = aws::SplitWords(options.command);
  if (!words.ok()) {
    return words.status();
  }
  if (words->empty()) {
    return Status(StatusCode::kInvalidArgument, "the command is empty");
  }
  ChildProcess child(Clock::now() + std::chrono::nanoseconds(options.time_limit.nanos()));
  Status status = child.Start(*words);
  if (status.ok()) {
    status = child.Read();
  }
  if (status.ok()) {
    status = child.Wait();
  }
  for (std::string& word : *words) {
    WipeString(word);
  }
  return status.ok() ? Parse(child.output()) : status;
}

// The program only: arguments may be secret.
std::string NameOf(const ProcessOptions& options) {
  const auto words = aws::SplitWords(options.command);
  return "credential_process " + aws::Quoted(words.ok() && !words->empty() ? words->front() : "");
}

}  // namespace

std::unique_ptr<CredentialSource> MakeProcessCredentials(ProcessOptions options) {
  std::string name = NameOf(options);
  // It has a limit of its own, and some time to be ended.
  const Duration limit = options.time_limit + kTimeToEnd;
  return MakeCallbackCredentials(std::move(name), [options = std::move(options)] { return Run(options); }, limit);
}

}  // namespace kvs
