#include <utility>

#include "kvs/credentials.h"

namespace kvs {
namespace {

// Shared with the answers that are owed, which look whether it still exists: its owner may let go of it on another thread.
class Chain : public std::enable_shared_from_this<Chain> {
 public:
  explicit Chain(std::vector<std::unique_ptr<CredentialSource>> sources) : sources_(std::move(sources)) {}

  std::string_view name() const { return last_ == nullptr ? "chain of credential sources" : last_->name(); }

  void Fetch(NetworkServices& net, CredentialsCallback done) {
    if (last_ == nullptr) {
      Ask(0, "", net, std::move(done));
      return;
    }
    last_->Fetch(net, [alive = weak_from_this(), &net, done = std::move(done)](Result<Credentials> result) mutable {
      const std::shared_ptr<Chain> self = alive.lock();
      if (self == nullptr) {
        return;
      }
      if (IsAnswer(result)) {
        done(std::move(result));
        return;
      }
      // It is configured no more: from the beginning.
      self->last_ = nullptr;
      self->Ask(0, "", net, std::move(done));
    });
  }

  void Invalidate(std::string_view access_key) {
    for (const std::unique_ptr<CredentialSource>& source : sources_) {
      source->Invalidate(access_key);
    }
  }

  void Observe(const std::weak_ptr<CredentialsObserver>& observer) {
    for (const std::unique_ptr<CredentialSource>& source : sources_) {
      source->Observe(observer);
    }
  }

 private:
  static bool IsAnswer(const Result<Credentials>& result) {
    return result.ok() || result.status().code() != StatusCode::kNoCredentials;
  }

  // `said` is what the sources before this one answered.
  void Ask(std::size_t index, std::string said, NetworkServices& net, CredentialsCallback done) {
    if (index == sources_.size()) {
      done(Status(StatusCode::kNoCredentials,
                  "no credentials were found" + (said.empty() ? said : "; asked: " + said)));
      return;
    }
    CredentialSource& source = *sources_[index];
    source.Fetch(net, [alive = weak_from_this(), index, said = std::move(said), &net,
                       done = std::move(done)](Result<Credentials> result) mutable {
      const std::shared_ptr<Chain> self = alive.lock();
      if (self == nullptr) {
        return;
      }
      CredentialSource& asked = *self->sources_[index];
      if (IsAnswer(result)) {
        self->last_ = result.ok() ? &asked : nullptr;
        done(std::move(result));
        return;
      }
      said += (said.empty() ? "" : "; ") + std::string(asked.name()) + " (" + result.status().message() + ")";
      // An immediate source answers while this function is still on the stack, so the depth of
      // calls is the number of sources: a handful.
      self->Ask(index + 1, std::move(said), net, std::move(done));
    });
  }

  const std::vector<std::unique_ptr<CredentialSource>> sources_;
  CredentialSource* last_ = nullptr;  // the one that has given some; null: none yet
};

class CredentialChain final : public CredentialSource {
 public:
  explicit CredentialChain(std::vector<std::unique_ptr<CredentialSource>> sources)
      : chain_(std::make_shared<Chain>(std::move(sources))) {}

  std::string_view name() const override { return chain_->name(); }
  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    const std::shared_ptr<Chain> chain = chain_;  // the receiver may destroy this object
    chain->Fetch(net, std::move(done));
  }
  void Invalidate(std::string_view access_key) override { chain_->Invalidate(access_key); }
  void Observe(std::weak_ptr<CredentialsObserver> observer) override { chain_->Observe(observer); }

 private:
  const std::shared_ptr<Chain> chain_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeCredentialChain(
    std::vector<std::unique_ptr<CredentialSource>> sources) {
  return std::make_unique<CredentialChain>(std::move(sources));
}

}  // namespace kvs
