#include <utility>

#include "kvs/credentials.h"

namespace kvs {
namespace {

class StaticCredentials final : public CredentialSource {
 public:
  explicit StaticCredentials(Credentials credentials) : credentials_(std::move(credentials)) {}

  std::string_view name() const override { return "given credentials"; }

  void Fetch(NetworkServices&, CredentialsCallback done) override {
    if (Status status = Validate(credentials_); !status.ok()) {
      done(std::move(status));
      return;
    }
    done(credentials_.Clone());
  }

 private:
  const Credentials credentials_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeStaticCredentials(Credentials credentials) {
  return std::make_unique<StaticCredentials>(std::move(credentials));
}

}  // namespace kvs
