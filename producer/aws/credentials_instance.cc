#include <algorithm>
#include <atomic>
#include <utility>

#include "kvs/credentials.h"
#include "producer/aws/credentials_call.h"
#include "producer/aws/instance_region.h"
#include "producer/aws/url.h"
#include "producer/service/http_message.h"

namespace kvs {
namespace {

// Source: EC2 user guide, "Instance metadata".
constexpr char kTokenPath[] = "/latest/api/token";
constexpr char kRolePath[] = "/latest/meta-data/iam/security-credentials/";
constexpr char kTokenLifeHeader[] = "X-aws-ec2-metadata-token-ttl-seconds";
constexpr char kTokenHeader[] = "X-aws-ec2-metadata-token";
// Seconds. A token is asked for with each set of credentials, so that it only has to last for two more requests.
constexpr char kTokenLife[] = "300";
constexpr int kHttpNotFound = 404;
constexpr std::size_t kMaxRoleName = 64;

constexpr aws::CredentialNames kNames = {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"};
constexpr std::string_view kTokenHint =
    "; from a container, the instance's hop limit for metadata has to be 2 (http-put-response-hop-limit)";
constexpr std::string_view kAnswerHint = "; check that this is the metadata service of EC2";

// What has to travel too far is dropped on its way, so that nothing comes back.
std::string_view TokenHint(service::TransportError error) {
  return error == service::TransportError::kTimeout || error == service::TransportError::kConnectTimeout ? kTokenHint : "";
}

// Nothing came back: nobody is there, or nobody who speaks HTTP.
bool IsSilence(const Status& status) { return status.http_status() == 0; }

// The three requests of one Fetch, one after the other. Kept by the request that is under way.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(NetworkServices& net, net::TransferOptions how, std::string endpoint, bool may_be_elsewhere,
               const std::shared_ptr<std::atomic<bool>>& alive, CredentialsCallback done)
      : net_(net),
        how_(std::move(how)),
        endpoint_(std::move(endpoint)),
        may_be_elsewhere_(may_be_elsewhere),
        has_answered_(alive),
        alive_(alive),
        done_(std::move(done)) {}

  void Begin() {
    aws::CredentialsCall call = MakeCall("PUT", kTokenPath, "a token");
    call.request.headers.push_back({kTokenLifeHeader, kTokenLife});
    call.text.refusal_hint = kTokenHint;
    call.text.transport_hint = TokenHint;
    aws::StartCall(net_, std::move(call), alive_, [self = shared_from_this()](Result<Secret> token) {
      if (!token.ok()) {
        self->done_(self->WithoutToken(token.status()));
        return;
      }
      self->token_ = *std::move(token);
      self->AskForRole();
    });
  }

 private:
  // Without a token nothing else is tried: what answers without one may be somebody else's.
  Status WithoutToken(const Status& status) const {
    const auto has_answered = has_answered_.lock();
    const bool is_first = has_answered != nullptr && !has_answered->load();
    return may_be_elsewhere_ && is_first && IsSilence(status)
               ? Status(StatusCode::kNoCredentials, "no metadata service at " + endpoint_ + ": this is no EC2 instance")
               : status;
  }

  void AskForRole() {
    if (const auto has_answered = has_answered_.lock()) {
      has_answered->store(true);
    }
    aws::StartCall(net_, WithToken(MakeCall("GET", kRolePath, "its role")), alive_,
                   [self = shared_from_this()](Result<Secret> answer) { self->OnRole(std::move(answer)); });
  }

  void OnRole(Result<Secret> answer) {
    if (!answer.ok()) {
      done_(answer.status().http_status() == kHttpNotFound
                ? Status(StatusCode::kNoCredentials, "the instance has no role")
                : answer.status());
      return;
    }
    std::string_view role = answer->Reveal();
    role = role.substr(0, role.find_first_of("\r\n"));
    // Before anything is made of it: it becomes part of a URL and of messages.
    if (role.empty() || role.size() > kMaxRoleName) {
      done_(MakeCall("GET", kRolePath, "its role")
                .text.NotUnderstood("the name of the role has " + std::to_string(role.size()) + " characters"));
      return;
    }
    aws::AskForCredentials(net_, WithToken(MakeCall("GET", kRolePath + aws::PercentEncode(role, ""), "the credentials of its role")),
                           kNames, alive_, done_);
  }

  [[nodiscard]] aws::CredentialsCall MakeCall(const char* method, const std::string& path, const char* what) const {
    aws::CredentialsCall call;
    call.request.method = method;
    call.request.url = endpoint_ + path;
    call.how = how_;
    call.text = {std::string("asking the EC2 instance for ") + what + " (" + method + " " + call.request.url + ")", "",
                 kAnswerHint};
    return call;
  }

  [[nodiscard]] aws::CredentialsCall WithToken(aws::CredentialsCall call) const {
    const std::string_view token = token_.Reveal();
    call.request.headers.push_back({kTokenHeader, std::string(token.substr(0, token.find_first_of("\r\n")))});
    return call;
  }

  NetworkServices& net_;
  const net::TransferOptions how_;
  const std::string endpoint_;
  const bool may_be_elsewhere_;
  const std::weak_ptr<std::atomic<bool>> has_answered_;
  const std::weak_ptr<void> alive_;
  const CredentialsCallback done_;
  Secret token_;
};

class InstanceCredentials final : public CredentialSource {
 public:
  explicit InstanceCredentials(InstanceOptions options) : options_(std::move(options)) {}

  std::string_view name() const override { return aws::kInstanceSourceName; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    if (aws::IsInstanceDisabled(options_.environment)) {
      done(Status(StatusCode::kNoCredentials, "AWS_EC2_METADATA_DISABLED is true"));
      return;
    }
    Result<std::string> endpoint = aws::InstanceMetadataUrl(options_.environment);
    if (!endpoint.ok()) {
      done(endpoint.status());
      return;
    }
    auto how = aws::TravelOf(options_, /*direct=*/true);
    if (!how.ok()) {
      done(how.status());
      return;
    }
    std::make_shared<Conversation>(net, *std::move(how), *std::move(endpoint), options_.may_be_elsewhere, alive_,
                                   std::move(done))
        ->Begin();
  }

 private:
  const InstanceOptions options_;
  // Whether the service has ever given a token. Answers may come after this object is gone; they look here first.
  const std::shared_ptr<std::atomic<bool>> alive_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace

std::unique_ptr<CredentialSource> MakeInstanceCredentials(InstanceOptions options) {
  return std::make_unique<InstanceCredentials>(std::move(options));
}

}  // namespace kvs
