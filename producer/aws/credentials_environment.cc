#include <utility>

#include "kvs/credentials.h"
#include "producer/aws/timestamp.h"
#include "producer/environment.h"

namespace kvs {
namespace {

constexpr char kAccessKeyVariable[] = "AWS_ACCESS_KEY_ID";
constexpr char kSecretKeyVariable[] = "AWS_SECRET_ACCESS_KEY";
constexpr char kSessionTokenVariable[] = "AWS_SESSION_TOKEN";
constexpr char kOldTokenVariable[] = "AWS_SECURITY_TOKEN";
constexpr char kExpirationVariable[] = "AWS_CREDENTIAL_EXPIRATION";

class EnvironmentCredentials final : public CredentialSource {
 public:
  explicit EnvironmentCredentials(EnvironmentLookup lookup) : lookup_(std::move(lookup)) {}

  std::string_view name() const override { return "environment variables"; }

  void Fetch(NetworkServices&, CredentialsCallback done) override {
    Credentials credentials;
    credentials.access_key_id = lookup_(kAccessKeyVariable).value_or("");
    credentials.secret_access_key = ReadSecret(kSecretKeyVariable);
    credentials.session_token = ReadSecret(kSessionTokenVariable);
    if (credentials.session_token.empty()) {
      credentials.session_token = ReadSecret(kOldTokenVariable);
    }
    const std::string expiration = lookup_(kExpirationVariable).value_or("");
    credentials.expiration = aws::ParseIsoTime(expiration);
    const char* missing = credentials.access_key_id.empty()       ? kAccessKeyVariable
                          : credentials.secret_access_key.empty() ? kSecretKeyVariable
                                                                  : nullptr;
    if (missing != nullptr) {
      done(Status(StatusCode::kNoCredentials, std::string(missing) + " is not set"));
    } else if (Status status = Validate(credentials); !status.ok()) {
      done(Status(status.code(), "environment variables: " + status.message()));
    } else if (!expiration.empty() && !credentials.expiration) {
      done(Status(StatusCode::kInvalidArgument,
                  std::string(kExpirationVariable) + " is not a time of the form YYYY-MM-DDTHH:MM:SSZ"));
    } else {
      done(std::move(credentials));
    }
  }

 private:
  Secret ReadSecret(const char* variable) const {
    std::optional<std::string> value = lookup_(variable);
    return value ? Secret::Consume(*value) : Secret();
  }

  const EnvironmentLookup lookup_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeEnvironmentCredentials(EnvironmentLookup lookup) {
  return std::make_unique<EnvironmentCredentials>(OrOfProcess(std::move(lookup)));
}

}  // namespace kvs
