#include <algorithm>
#include <cstdint>
#include <utility>

#include "kvs/credentials.h"
#include "producer/aws/timestamp.h"

namespace kvs {
namespace {

// While a renewal is under way, credentials are handed out that have more than this left: time to
// send one request.
constexpr Duration kLastMoment = Duration::Seconds(5);

class CachedCredentials final : public CredentialSource {
 public:
  CachedCredentials(std::unique_ptr<CredentialSource> source, CachedCredentialsOptions options)
      : source_(std::move(source)), options_(options), alive_(std::make_shared<char>('\0')) {}

  std::string_view name() const override { return source_->name(); }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    if (IsGood(net.wall_now()) && net.mono_now() < renew_at_ && net.wall_now() < renew_at_wall_) {
      done(current_->Clone());
      return;
    }
    waiting_.push_back(std::move(done));
    const std::weak_ptr<char> alive = alive_;
    if (!asking_) {
      asking_ = true;
      source_->Fetch(net,
                     [this, alive, generation = generation_, &net](Result<Credentials> result) {
                       if (!alive.expired()) {
                         OnAnswer(std::move(result), generation, net);
                       }
                     });
    }
    // The answer may have come already, and its receiver may have destroyed this object.
    if (!alive.expired() && asking_ && IsGood(net.wall_now() + kLastMoment)) {
      AnswerWaiting(Status());
    }
  }

  void Invalidate() override {
    current_.reset();
    ++generation_;
    source_->Invalidate();
  }

 private:
  // By the wall clock, as that is what the service judges by.
  bool IsGood(WallTime now) const {
    return current_ && (!current_->expiration || now < *current_->expiration);
  }

  void OnAnswer(Result<Credentials> result, std::uint64_t asked_in_generation,
                NetworkServices& net) {
    asking_ = false;
    const WallTime wall = net.wall_now();
    Status failure = result.status();
    if (result.ok() && result->expiration && *result->expiration <= wall) {
      failure = Status(StatusCode::kCredentialsExpired,
                       "credentials from " + std::string(source_->name()) + " expired at " +
                           aws::FormatIsoTime(*result->expiration) + "; the clock here says " +
                           aws::FormatIsoTime(wall));
    }
    if (failure.ok()) {
      Keep(std::move(result).value(), net);
      // Asked before Invalidate(): may be what was refused. The waiting ones get it, later ones ask
      // anew.
      if (asked_in_generation != generation_) {
        renew_at_ = net.mono_now();
      }
    } else if (IsGood(wall)) {
      renew_at_ = net.mono_now() + options_.retry_after_failure;
      renew_at_wall_ = current_->expiration.value_or(WallTime::FromNanos(INT64_MAX));
      failure = Status();
    }
    AnswerWaiting(failure);
  }

  // With the error, or with the current credentials if there is none.
  void AnswerWaiting(const Status& failure) {
    // The callbacks may ask again, or destroy this object: what they need is taken out first.
    const std::vector<CredentialsCallback> waiting = std::exchange(waiting_, {});
    std::vector<Result<Credentials>> answers;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      answers.push_back(failure.ok() ? Result<Credentials>(current_->Clone())
                                     : Result<Credentials>(failure));
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      waiting[i](std::move(answers[i]));
    }
  }

  void Keep(Credentials credentials, NetworkServices& net) {
    current_ = std::move(credentials);
    // Without an expiry they are asked for again only after Invalidate().
    renew_at_ = MonoTime::FromNanos(INT64_MAX);
    renew_at_wall_ = WallTime::FromNanos(INT64_MAX);
    if (current_->expiration) {
      const Duration left = *current_->expiration - net.wall_now();
      const Duration before =
          std::clamp(left / 10, options_.refresh_before_min, options_.refresh_before_max) +
          options_.jitter;
      // A life too short for all that: renewed with each use from now on.
      const Duration use = std::max(left - before, Duration::Seconds(0));
      renew_at_ = net.mono_now() + use;
      renew_at_wall_ = net.wall_now() + use;
    }
  }

  const std::unique_ptr<CredentialSource> source_;
  const CachedCredentialsOptions options_;
  const std::shared_ptr<char> alive_;

  std::optional<Credentials> current_;
  // Renewal is due when either clock has reached its mark: the monotonic one does not count a
  // suspended machine's sleep, the wall clock may be set back.
  MonoTime renew_at_;
  WallTime renew_at_wall_;
  // Counts Invalidate().
  std::uint64_t generation_ = 0;
  bool asking_ = false;
  std::vector<CredentialsCallback> waiting_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeCachedCredentials(std::unique_ptr<CredentialSource> source,
                                                        CachedCredentialsOptions options) {
  return std::make_unique<CachedCredentials>(std::move(source), options);
}

}  // namespace kvs
