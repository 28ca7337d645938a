#include <utility>

#include "kvs/credentials.h"
#include "producer/aws/small_file.h"
#include "producer/aws/sts.h"
#include "producer/environment.h"

namespace kvs {
namespace {

// Source: AssumeRoleWithWebIdentity API reference: at most 20000 characters.
constexpr std::size_t kMaxTokenBytes = 20'000;

class WebIdentityCredentials final : public CredentialSource {
 public:
  explicit WebIdentityCredentials(WebIdentityOptions options) : options_(std::move(options)) {
    const EnvironmentLookup environment = OrOfProcess(options_.environment);
    // All of one place: a role is for its token.
    if (options_.role_arn.empty() && options_.token_file.empty()) {
      options_.role_arn = environment("AWS_ROLE_ARN").value_or("");
      options_.token_file = environment("AWS_WEB_IDENTITY_TOKEN_FILE").value_or("");
      options_.session_name = environment("AWS_ROLE_SESSION_NAME").value_or(options_.session_name);
    }
    name_ = options_.role_arn.empty() ? "web identity"
                                      : "web identity (role " + aws::Quoted(options_.role_arn) + ")";
  }

  std::string_view name() const override { return name_; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    if (options_.token_file.empty() || options_.role_arn.empty()) {
      // The role alone may be there for others.
      done(options_.token_file.empty() ? Status(StatusCode::kNoCredentials, "AWS_WEB_IDENTITY_TOKEN_FILE is not set")
                                       : Status(StatusCode::kInvalidArgument,
                                                "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not"));
      return;
    }
    aws::StsRequest request;
    request.action = aws::StsAction::kAssumeRoleWithWebIdentity;
    request.role_arn = options_.role_arn;
    request.session_name = options_.session_name;
    Status status = Validate(request);
    auto place = status.ok() ? aws::StsPlaceOf(options_) : status;
    status = place.status();
    if (status.ok()) {
      status = ReadToken(request.web_identity_token);
    }
    if (!status.ok()) {
      done(Status(status.code(), name_ + ": " + status.message()));
      return;
    }
    aws::AskSts(net, options_, *place, std::move(request), /*signer=*/nullptr, alive_, std::move(done));
  }

 private:
  Status ReadToken(Secret& token) const {
    const FileReader& reader = options_.reader;
    Result<std::string> text = reader ? reader(options_.token_file, kMaxTokenBytes)
                                      : aws::ReadSmallFile(options_.token_file, kMaxTokenBytes);
    if (!text.ok()) {
      return {StatusCode::kFileError, "the token file " + aws::Quoted(options_.token_file) + ": " + text.status().message()};
    }
    const std::size_t end = text->find_last_not_of(" \t\r\n");
    token = Secret(std::string_view(*text).substr(0, end == std::string::npos ? 0 : end + 1));
    WipeString(*text);
    return token.empty() ? Status(StatusCode::kFileError, "the token file " + aws::Quoted(options_.token_file) + " is empty")
                         : Status();
  }

  WebIdentityOptions options_;
  std::string name_;
  // Answers may come after this object is gone; they look here first.
  const std::shared_ptr<char> alive_ = std::make_shared<char>('\0');
};

}  // namespace

std::unique_ptr<CredentialSource> MakeWebIdentityCredentials(WebIdentityOptions options) {
  return std::make_unique<WebIdentityCredentials>(std::move(options));
}

}  // namespace kvs
