#include <utility>

#include "kvs/credentials.h"

namespace kvs {
namespace {

class CredentialChain final : public CredentialSource {
 public:
  explicit CredentialChain(std::vector<std::unique_ptr<CredentialSource>> sources)
      : sources_(std::move(sources)), alive_(std::make_shared<char>('\0')) {}

  std::string_view name() const override { return "chain of credential sources"; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    Ask(0, "", net, std::move(done));
  }

  void Invalidate() override {
    for (const std::unique_ptr<CredentialSource>& source : sources_) {
      source->Invalidate();
    }
  }

  void Observe(std::weak_ptr<CredentialsObserver> observer) override {
    for (const std::unique_ptr<CredentialSource>& source : sources_) {
      source->Observe(observer);
    }
  }

 private:
  // `said` is what the sources before this one answered.
  void Ask(std::size_t index, std::string said, NetworkServices& net, CredentialsCallback done) {
    if (index == sources_.size()) {
      done(Status(StatusCode::kNoCredentials,
                  "no credentials were found" + (said.empty() ? said : "; asked: " + said)));
      return;
    }
    CredentialSource& source = *sources_[index];
    source.Fetch(net, [this, alive = std::weak_ptr<char>(alive_), index, said = std::move(said),
                       &net, done = std::move(done)](Result<Credentials> result) mutable {
      if (alive.expired()) {
        return;
      }
      if (result.ok() || result.status().code() != StatusCode::kNoCredentials) {
        done(std::move(result));
        return;
      }
      said += (said.empty() ? "" : "; ") + std::string(sources_[index]->name()) + " (" +
              result.status().message() + ")";
      // An immediate source answers while this function is still on the stack, so the depth of
      // calls is the number of sources: a handful.
      Ask(index + 1, std::move(said), net, std::move(done));
    });
  }

  const std::vector<std::unique_ptr<CredentialSource>> sources_;
  // Answers may come after this object is gone; they look here first.
  const std::shared_ptr<char> alive_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeCredentialChain(
    std::vector<std::unique_ptr<CredentialSource>> sources) {
  return std::make_unique<CredentialChain>(std::move(sources));
}

}  // namespace kvs
