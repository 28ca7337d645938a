#include "producer/compat/application_credentials.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace kvs::compat {
namespace {

// A CredentialProvider updates what has less than 38 s left: asked a second later it has something new to say.
constexpr Duration kRenewBefore = Duration::Seconds(37);
// Later than any credentials end; the time line ends in the year 2262.
constexpr UINT64 kForEver = UINT64{9'000'000'000};

// Whether this thread is answering a question.
thread_local bool answering = false;

}  // namespace

class ApplicationCredentials::Source : public CredentialSource {
 public:
  explicit Source(std::shared_ptr<ApplicationCredentials> application) : application_(std::move(application)) {}
  std::string_view name() const override { return "the credential provider of the program"; }
  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    application_->AskBehind(std::exchange(refused_, false), net, std::move(done));
  }
  void Invalidate(std::string_view /*access_key*/) override { refused_ = true; }

 private:
  const std::shared_ptr<ApplicationCredentials> application_;
  bool refused_ = false;
};

Result<Credentials> ApplicationCredentials::AskHere(bool renew) {
  Status status;
  try {
    Result<Credentials> answer = question_(renew);
    status = answer.ok() ? Validate(*answer) : answer.status();
    if (status.ok()) {
      return answer;
    }
  } catch (...) {
    status = Status(StatusCode::kInternal, "it threw an exception");
  }
  return Status(StatusCode::kCredentialsExpired, "the program gave no credentials: " + status.message());
}

std::unique_ptr<CredentialSource> ApplicationCredentials::MakeSource() {
  CachedCredentialsOptions options;
  options.refresh_before_min = kRenewBefore;
  options.refresh_before_max = kRenewBefore;
  return MakeCachedCredentials(std::make_unique<Source>(shared_from_this()), options);
}

void ApplicationCredentials::AskBehind(bool renew, NetworkServices& net, CredentialsCallback done) {
  bool closed = false;
  {
    const MutexLock lock(mutex_);
    closed = closed_;
    asking_ += closed ? 0 : 1;
  }
  if (closed) {
    done(Status(StatusCode::kNoCredentials, "the client was freed"));
    return;
  }
  const auto answered = [self = shared_from_this()] {
    {
      const MutexLock lock(self->mutex_);
      --self->asking_;
    }
    self->changed_.NotifyAll();
  };
  try {
    std::thread([self = shared_from_this(), renew, &net, done, answered] {
      answering = true;
      // A std::function can be copied, its captures too; these cannot.
      auto answer = std::make_shared<Result<Credentials>>(self->AskHere(renew));
      net.Post([done, answer] { done(std::move(*answer)); });
      answered();
    }).detach();
  } catch (const std::system_error& error) {
    answered();
    done(Status(StatusCode::kCredentialsExpired, std::string("the program cannot be asked for credentials: ") + error.what()));
  }
}

void ApplicationCredentials::Close() {
  const MutexLock lock(mutex_);
  closed_ = true;
  while (asking_ > 0 && !answering) {
    changed_.Wait(mutex_);
  }
}

std::optional<WallTime> ToExpiration(UINT64 seconds) {
  return seconds < kForEver ? std::optional(WallTime::FromSeconds(static_cast<std::int64_t>(seconds))) : std::nullopt;
}

Result<Credentials> ReadSecurityToken(PBYTE token, UINT32 size, UINT64 expiration) {
  const Status none(StatusCode::kNoCredentials, "the security token of the program holds no credentials");
  AwsCredentials block;
  if (token == nullptr || size < sizeof(block)) {
    return none;
  }
  std::memcpy(&block, token, sizeof(block));
  const bool with_token = block.sessionToken != nullptr && block.sessionTokenLen > 0;
  // Behind the struct, with a NUL after each but the last, which may do without. The pointers are no help: they are those of what
  // the block was copied from.
  std::size_t at = sizeof(block);
  const auto take = [&](std::size_t length) {
    std::optional<std::string_view> text;
    if (at <= size && length <= size - at) {
      text.emplace(reinterpret_cast<const char*>(token) + at, length);
      at += length + 1;
    }
    return text;
  };
  const auto access_key = take(block.accessKeyIdLen);
  const auto secret_key = take(block.secretKeyLen);
  const auto session_token = take(with_token ? block.sessionTokenLen : 0);
  if (!access_key || !secret_key || (with_token && !session_token)) {
    return none;
  }
  Credentials credentials;
  credentials.access_key_id = *access_key;
  credentials.secret_access_key = Secret(*secret_key);
  if (with_token) {
    credentials.session_token = Secret(*session_token);
  }
  credentials.expiration = ToExpiration(expiration / static_cast<UINT64>(HUNDREDS_OF_NANOS_IN_A_SECOND));
  return credentials;
}

}  // namespace kvs::compat
