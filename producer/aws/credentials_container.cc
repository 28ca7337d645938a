#include <algorithm>
#include <utility>

#include "kvs/credentials.h"
#include "producer/aws/credentials_call.h"
#include "producer/aws/small_file.h"
#include "producer/aws/url.h"
#include "producer/environment.h"

namespace kvs {
namespace {

constexpr char kRelativeUri[] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr char kFullUri[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr char kTokenVariable[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr char kTokenFileVariable[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
// Where ECS answers.
constexpr char kContainerHost[] = "http://169.254.170.2";
// Hosts that are asked without TLS, besides those of this machine: ECS, and EKS pod identity.
constexpr std::string_view kPlainHosts[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]"};
constexpr std::string_view kLoopbackPrefix = "127.";
constexpr std::size_t kMaxTokenBytes = std::size_t{16} * 1024;

constexpr aws::CredentialNames kNames = {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"};
constexpr std::string_view kRefusalHint = "; check that the task or pod has a role";
constexpr std::string_view kAnswerHint = "; check what AWS_CONTAINER_CREDENTIALS_FULL_URI names";

bool IsLoopbackAddress(std::string_view host) {
  return host.starts_with(kLoopbackPrefix) && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// The token goes where this says, so not just anywhere.
Status CheckHost(const aws::Url& url) {
  const bool is_near = IsLoopbackAddress(url.host) ||
                       std::find(std::begin(kPlainHosts), std::end(kPlainHosts), url.host) != std::end(kPlainHosts);
  return is_near || url.scheme == "https"
             ? Status()
             : Status(StatusCode::kInvalidArgument,
                      std::string(kFullUri) + " has the host " + aws::Quoted(url.host) +
                          ", which is asked with https only; without it, a loopback address, 169.254.170.2, "
                          "169.254.170.23 and [fd00:ec2::23] are allowed");
}

class ContainerCredentials final : public CredentialSource {
 public:
  explicit ContainerCredentials(AwsSourceOptions options)
      : options_(std::move(options)), environment_(OrOfProcess(options_.environment)) {}

  std::string_view name() const override { return "container credentials"; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    const Result<std::string> url = UrlOf();
    Result<Secret> token = url.ok() ? Token() : url.status();
    auto how = aws::TravelOf(options_, /*direct=*/true);
    Status status = token.status();
    if (status.ok()) {
      status = how.status();
    }
    if (!status.ok()) {
      done(std::move(status));
      return;
    }
    aws::CredentialsCall call;
    call.request.method = "GET";
    call.request.url = *url;
    call.request.headers = {{"Accept", "application/json"}};
    if (!token->empty()) {
      call.request.headers.push_back({"Authorization", std::string(token->Reveal())});
    }
    call.how = *std::move(how);
    // A path may be secret, too: whoever knows it gets credentials.
    call.text = {"asking for the credentials of the container (GET " + aws::ParseUrl(*url)->host_header() + ")", kRefusalHint,
                 kAnswerHint};
    aws::AskForCredentials(net, std::move(call), kNames, alive_, std::move(done));
  }

 private:
  Result<std::string> UrlOf() const {
    const std::string relative = environment_(kRelativeUri).value_or("");
    const std::string full = relative.empty() ? environment_(kFullUri).value_or("") : kContainerHost + relative;
    if (full.empty()) {
      return Status(StatusCode::kNoCredentials, std::string(kRelativeUri) + " and " + kFullUri + " are not set");
    }
    if (!relative.empty() && relative.front() != '/') {
      return Status(StatusCode::kInvalidArgument, std::string(kRelativeUri) + " does not begin with '/'");
    }
    const Result<aws::Url> url = aws::ParseUrl(full);
    Status status = url.ok() ? CheckHost(*url)
                             : Status(StatusCode::kInvalidArgument, std::string(relative.empty() ? kFullUri : kRelativeUri) +
                                                                        " is not a URL: " + url.status().message());
    return status.ok() ? Result<std::string>(url->ToString()) : status;
  }

  // Empty: none is to be sent.
  Result<Secret> Token() const {
    std::string text;
    const std::string file = environment_(kTokenFileVariable).value_or("");
    if (file.empty()) {
      text = environment_(kTokenVariable).value_or("");
    } else {
      Result<std::string> read =
          options_.reader ? options_.reader(file, kMaxTokenBytes) : aws::ReadSmallFile(file, kMaxTokenBytes);
      if (!read.ok()) {
        return Status(StatusCode::kFileError, std::string(kTokenFileVariable) + ", " + aws::Quoted(file) + ": " +
                                                  read.status().message());
      }
      text = *std::move(read);
      // Editors put a line end at the end of a file.
      text.resize(text.find_last_not_of("\r\n") + 1);
    }
    const bool can_be_sent = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    Secret token = Secret::Consume(text);
    return can_be_sent ? Result<Secret>(std::move(token))
                       : Status(StatusCode::kInvalidArgument, std::string(file.empty() ? kTokenVariable : kTokenFileVariable) +
                                                                  " holds a character that no header can have");
  }

  const AwsSourceOptions options_;
  const EnvironmentLookup environment_;
  // Answers may come after this object is gone; they look here first.
  const std::shared_ptr<char> alive_ = std::make_shared<char>('\0');
};

}  // namespace

std::unique_ptr<CredentialSource> MakeContainerCredentials(AwsSourceOptions options) {
  return std::make_unique<ContainerCredentials>(std::move(options));
}

}  // namespace kvs
