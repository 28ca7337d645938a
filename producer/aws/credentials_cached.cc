#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kvs/credentials.h"
#include "producer/aws/timestamp.h"

namespace kvs {
namespace {

// While a renewal is under way, credentials are handed out that have more than this left: time to
// send one request.
constexpr Duration kLastMoment = Duration::Seconds(5);
// Credentials that live for a moment only are not renewed ahead of time more often than this.
constexpr Duration kShortestWait = Duration::Seconds(1);

// Shared with what waits on the network thread for an answer or for the time of a renewal, which look whether it still exists: its
// owner may let go of it on another thread.
class Cache : public std::enable_shared_from_this<Cache> {
 public:
  Cache(std::unique_ptr<CredentialSource> source, CachedCredentialsOptions options)
      : source_(std::move(source)), options_(options) {}

  std::string_view name() const { return source_->name(); }

  void Fetch(NetworkServices& net, CredentialsCallback done) {
    used_ = true;
    const bool other_wanted = refused_ && net.mono_now() >= ask_for_others_at_;
    if (IsGood(net.wall_now()) && net.mono_now() < renew_at_ && net.wall_now() < renew_at_wall_ && !other_wanted) {
      done(current_->Clone());
      return;
    }
    if (!IsGood(net.wall_now()) && !asking_ && !failure_.ok() && net.mono_now() < failure_ends_) {
      done(failure_);
      return;
    }
    waiting_.push_back(std::move(done));
    const std::weak_ptr<Cache> alive = weak_from_this();
    Ask(net);
    // The answer may have come already, and its receiver may have destroyed this object. Who was refused a moment ago would be
    // refused again.
    if (!alive.expired() && asking_ && IsGood(net.wall_now() + kLastMoment) && !other_wanted) {
      AnswerWaiting(Status());
    }
  }

  void Invalidate(std::string_view access_key) {
    if (current_ && !access_key.empty() && access_key != current_->access_key_id) {
      return;  // others have taken their place
    }
    if (!options_.shared) {
      current_.reset();
    }
    refused_ = true;
    refused_key_ = access_key;
    source_->Invalidate(access_key);
  }

  void Observe(std::weak_ptr<CredentialsObserver> observer) {
    std::erase_if(observers_, [](const auto& other) { return other.expired(); });
    observers_.push_back(observer);
    source_->Observe(std::move(observer));
  }

 private:
  // By the wall clock, as that is what the service judges by.
  bool IsGood(WallTime now) const {
    return current_ && (!current_->expiration || now < *current_->expiration);
  }

  void Ask(NetworkServices& net) {
    if (!asking_) {
      asking_ = true;
      source_->Fetch(net, [alive = weak_from_this(), for_others = refused_, &net](Result<Credentials> result) {
        if (const std::shared_ptr<Cache> self = alive.lock()) {
          self->OnAnswer(std::move(result), for_others, net);
        }
      });
    }
  }

  // `for_others`: it was asked after those from before had been refused.
  void OnAnswer(Result<Credentials> result, bool for_others, NetworkServices& net) {
    asking_ = false;
    const WallTime wall = net.wall_now();
    Status failure = result.status();
    if (result.ok() && result->expiration && *result->expiration <= wall) {
      failure = Status(StatusCode::kCredentialsExpired,
                       "credentials from " + std::string(source_->name()) + " expired at " +
                           aws::FormatIsoTime(*result->expiration) + "; the clock here says " +
                           aws::FormatIsoTime(wall));
    }
    if (for_others) {
      ask_for_others_at_ = net.mono_now() + options_.retry_after_failure;
    }
    failure_ = options_.shared ? failure : Status();
    failure_ends_ = net.mono_now() + options_.retry_after_failure;
    if (failure.ok()) {
      // Asked before Invalidate(): may be what was refused. The waiting ones get it, later ones ask
      // anew.
      if (for_others || (!refused_key_.empty() && refused_key_ != result->access_key_id)) {
        refused_ = false;
      }
      Keep(std::move(result).value(), net);
    } else if (IsGood(wall)) {
      renew_at_ = net.mono_now() + options_.retry_after_failure;
      renew_at_wall_ = current_->expiration.value_or(WallTime::FromNanos(INT64_MAX));
      failing_ = true;
      Tell([&](CredentialsObserver& observer) {
        observer.OnRenewalFailed(name(), failure, options_.retry_after_failure);
      });
      RenewAfter(options_.retry_after_failure, net);
      failure = Status();
    } else {
      failing_ = true;  // who waits hears of it
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
    // A file that was read again and says the same renews nothing.
    const bool other = !last_access_key_.empty() &&
                       (credentials.access_key_id != last_access_key_ ||
                        !(credentials.session_token == last_token_));
    const bool failed = std::exchange(failing_, false);
    const bool news = failed || other;
    last_access_key_ = credentials.access_key_id;
    last_token_ = credentials.session_token.Clone();
    current_ = std::move(credentials);
    ++plan_;  // what was planned for the old ones is void
    // Those who wait are about to use them.
    used_ = !waiting_.empty();
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
      RenewAfter(std::max({use, left / 2, kShortestWait}), net);
    }
    if (news) {
      Tell([&](CredentialsObserver& observer) {
        observer.OnCredentialsRenewed(name(), current_->expiration);
      });
    }
  }

  // Renews ahead of time, if that has not happened by then and somebody uses them.
  void RenewAfter(Duration delay, NetworkServices& net) {
    // Only the newest plan counts.
    net.After(delay, [alive = weak_from_this(), number = ++plan_, &net] {
      const std::shared_ptr<Cache> self = alive.lock();
      if (self && number == self->plan_ && self->used_ && self->IsGood(net.wall_now())) {
        self->Ask(net);
      }
    });
  }

  template <typename Call>
  void Tell(Call call) {
    const auto observers = observers_;  // one that is called may bring another
    for (const std::weak_ptr<CredentialsObserver>& one : observers) {
      if (const std::shared_ptr<CredentialsObserver> observer = one.lock()) {
        call(*observer);
      }
    }
  }

  const std::unique_ptr<CredentialSource> source_;
  const CachedCredentialsOptions options_;

  std::optional<Credentials> current_;
  // Of those that were kept last, also when they were forgotten.
  std::string last_access_key_;
  Secret last_token_;
  // Renewal is due when either clock has reached its mark: the monotonic one does not count a
  // suspended machine's sleep, the wall clock may be set back.
  MonoTime renew_at_;
  WallTime renew_at_wall_;
  // Those with this key (empty: with any) were refused, and nobody was asked for others since.
  bool refused_ = false;
  std::string refused_key_;
  MonoTime ask_for_others_at_ = MonoTime::FromNanos(INT64_MIN);
  // What is answered until then while there are none.
  Status failure_;
  MonoTime failure_ends_;
  bool asking_ = false;
  // Somebody fetched the current ones.
  bool used_ = false;
  // The last answer of the source was none.
  bool failing_ = false;
  // Tells the latest plan of a renewal from older ones.
  std::uint64_t plan_ = 0;
  std::vector<CredentialsCallback> waiting_;
  std::vector<std::weak_ptr<CredentialsObserver>> observers_;
};

class CachedCredentials final : public CredentialSource {
 public:
  explicit CachedCredentials(std::shared_ptr<Cache> cache) : cache_(std::move(cache)) {}

  std::string_view name() const override { return cache_->name(); }
  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    const std::shared_ptr<Cache> cache = cache_;  // the receiver may destroy this object
    cache->Fetch(net, std::move(done));
  }
  void Invalidate(std::string_view access_key) override { cache_->Invalidate(access_key); }
  void Observe(std::weak_ptr<CredentialsObserver> observer) override {
    cache_->Observe(std::move(observer));
  }

 private:
  const std::shared_ptr<Cache> cache_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeCachedCredentials(std::unique_ptr<CredentialSource> source,
                                                        CachedCredentialsOptions options) {
  return std::make_unique<CachedCredentials>(
      std::make_shared<Cache>(std::move(source), options));
}

}  // namespace kvs
