#include <utility>

#include "kvs/credentials.h"
#include "producer/aws/sts.h"

namespace kvs {
namespace {

class AssumeRoleCredentials final : public CredentialSource {
 public:
  AssumeRoleCredentials(AssumeRoleOptions options, std::unique_ptr<CredentialSource> source)
      : options_(std::move(options)),
        source_(std::move(source)),
        name_("role " + aws::Quoted(options_.role_arn) + ", assumed with " + std::string(source_->name())) {}

  std::string_view name() const override { return name_; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    // All that is needed is in the closures: the answer may come while this object goes away on another thread.
    const auto request = std::make_shared<aws::StsRequest>();
    request->role_arn = options_.role_arn;
    request->session_name = options_.session_name;
    request->external_id = options_.external_id;
    request->duration = options_.duration;
    Status status = Validate(*request);
    auto place = status.ok() ? aws::StsPlaceOf(options_) : status;
    if (!place.ok()) {
      done(Status(place.status().code(), name_ + ": " + place.status().message()));
      return;
    }
    source_->Fetch(net, [&net, request, place = *std::move(place), options = options_, name = name_,
                         alive = std::weak_ptr<char>(alive_), done = std::move(done)](Result<Credentials> signer) {
      if (alive.expired()) {
        return;
      }
      if (!signer.ok()) {
        // That a role is configured is known; nothing else is to be asked in its place.
        const StatusCode code = signer.status().code();
        done(Status(code == StatusCode::kNoCredentials ? StatusCode::kCredentialsRefused : code,
                    name + ": " + signer.status().message()));
        return;
      }
      aws::AskSts(net, options, place, std::move(*request), &*signer, alive, done);
    });
  }

  // The key of the role is none of its source, whose keys may be the reason as well.
  void Invalidate(std::string_view /*access_key*/) override { source_->Invalidate({}); }

 private:
  const AssumeRoleOptions options_;
  const std::unique_ptr<CredentialSource> source_;
  const std::string name_;
  // Answers may come after this object is gone; they look here first.
  const std::shared_ptr<char> alive_ = std::make_shared<char>('\0');
};

}  // namespace

std::unique_ptr<CredentialSource> MakeAssumeRoleCredentials(AssumeRoleOptions options,
                                                            std::unique_ptr<CredentialSource> source) {
  return std::make_unique<AssumeRoleCredentials>(std::move(options), std::move(source));
}

}  // namespace kvs
