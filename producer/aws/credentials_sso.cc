#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include <openssl/evp.h>

#include "kvs/credentials.h"
#include "pic/base/log.h"
#include "producer/aws/credentials_call.h"
#include "producer/aws/small_file.h"
#include "producer/aws/sts.h"
#include "producer/aws/timestamp.h"
#include "producer/aws/url.h"
#include "producer/environment.h"
#include "producer/service/json.h"

namespace kvs {
namespace {

// Source: AWS SDKs reference guide, "SSO token provider": a token is renewed when less than this is left of its life.
constexpr Duration kRenewBefore = Duration::Minutes(15);
constexpr std::size_t kMaxTokenFile = std::size_t{64} * 1024;
constexpr int kHttpUnauthorized = 401;
constexpr std::string_view kOldZone = "UTC";

constexpr aws::CredentialNames kNames = {"roleCredentials.accessKeyId", "roleCredentials.secretAccessKey",
                                         "roleCredentials.sessionToken", "roleCredentials.expiration"};
constexpr std::string_view kRefusalHint = "; check that the account and the role are assigned to whoever has logged in";
constexpr std::string_view kPortalHint = "; check that this is the SSO portal";
constexpr std::string_view kOidcHint = "; check that this is the OIDC endpoint of SSO";

// The name of the file: SHA-1 of the session's name, or of the start URL, as the aws command line has it.
std::string Sha1Hex(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 0x0Fu];
  }
  return hex;
}

// What "aws sso login" leaves behind.
struct Token {
  Secret access;
  Secret refresh;
  Secret client_secret;
  std::string client_id;
  std::string start_url;
  std::string region;
  std::string registration_expires;
  WallTime expires;
};

std::optional<WallTime> ParseExpiry(std::string_view text) {
  if (text.ends_with(kOldZone)) {
    return aws::ParseIsoTime(std::string(text.substr(0, text.size() - kOldZone.size())) + "Z");
  }
  return aws::ParseIsoTime(text);
}

Result<Token> ParseToken(std::string_view text) {
  Result<service::JsonFields> fields = service::JsonFields::Parse(text, kMaxTokenFile);
  if (!fields.ok()) {
    return Status(StatusCode::kFileError, fields.status().message());
  }
  const auto field = [&fields](const char* name) { return fields->String(name).value_or(""); };
  const std::optional<WallTime> expires = ParseExpiry(field("expiresAt"));
  Token token;
  token.access = Secret(field("accessToken"));
  token.refresh = Secret(field("refreshToken"));
  token.client_secret = Secret(field("clientSecret"));
  token.client_id = field("clientId");
  token.start_url = field("startUrl");
  token.region = field("region");
  token.registration_expires = field("registrationExpiresAt");
  token.expires = expires.value_or(WallTime());
  if (token.access.empty() || !expires) {
    return Status(StatusCode::kFileError, "it has no accessToken with a time expiresAt");
  }
  return token;
}

// The text of the file for a token; as the aws command line writes it. To be wiped.
std::string TextOf(const Token& token) {
  const std::string expires = aws::FormatIsoTime(token.expires);
  const service::JsonMember members[] = {
      {"startUrl", token.start_url},           {"region", token.region},
      {"accessToken", token.access.Reveal()},  {"expiresAt", expires},
      {"clientId", token.client_id},           {"clientSecret", token.client_secret.Reveal()},
      {"refreshToken", token.refresh.Reveal()}, {"registrationExpiresAt", token.registration_expires}};
  Result<std::string> text = service::WriteJson(members);
  return text.ok() ? *std::move(text) : "";
}

// Replaced as a whole, so that nobody reads half of it; for its owner only.
Status WriteToken(const std::string& path, const Token& token) {
  std::string text = TextOf(token);
  std::string other = path + ".XXXXXX";
  const int fd = ::mkostemp(other.data(), O_CLOEXEC);
  bool written = fd >= 0 && !text.empty() && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  WipeString(text);
  written = fd >= 0 && ::close(fd) == 0 && written && std::rename(other.c_str(), path.c_str()) == 0;
  if (!written && fd >= 0) {
    ::unlink(other.c_str());
  }
  return written ? Status() : Status(StatusCode::kFileError, "the new token cannot be kept in " + aws::Quoted(path));
}

// One Fetch: the token, renewed if need be, then the credentials. Kept by the request that is under way.
class Login : public std::enable_shared_from_this<Login> {
 public:
  Login(NetworkServices& net, SsoOptions options, std::string path, std::weak_ptr<void> alive, CredentialsCallback done)
      : net_(net), options_(std::move(options)), path_(std::move(path)), alive_(std::move(alive)), done_(std::move(done)) {}

  void Begin() {
    Result<Token> token = ReadToken();
    if (!token.ok()) {
      done_(token.status());
      return;
    }
    token_ = *std::move(token);
    UseToken();
  }

 private:
  Result<Token> ReadToken() const {
    Result<std::string> text = options_.reader ? options_.reader(path_, kMaxTokenFile) : aws::ReadSmallFile(path_, kMaxTokenFile);
    if (!text.ok()) {
      const bool missing = text.status().code() == StatusCode::kNotFound;
      return missing ? LogIn("nobody has logged in")
                     : Status(StatusCode::kFileError, aws::Quoted(path_) + ": " + text.status().message());
    }
    if (!options_.reader) {
      aws::WarnOfOpenFile("the SSO token", path_, options_.log.get());
    }
    Result<Token> token = ParseToken(*text);
    WipeString(*text);
    return token.ok() ? std::move(token)
                      : Result<Token>(Status(token.status().code(), aws::Quoted(path_) + ": " + token.status().message()));
  }

  void UseToken() {
    const bool can_renew = !options_.session.empty() && !token_.refresh.empty() && !token_.client_id.empty();
    if (can_renew && net_.wall_now() >= token_.expires - kRenewBefore) {
      Renew();
    } else {
      AskForCredentials();
    }
  }

  Status LogIn(const std::string& why) const {
    return {StatusCode::kCredentialsRefused,
            why + "; run \"aws sso login" + (options_.profile.empty() ? "" : " --profile " + options_.profile) + "\""};
  }

  void Renew() {
    const std::string& region = token_.region.empty() ? options_.sso_region : token_.region;
    auto endpoint = aws::ServiceEndpoint(options_, "sso_oidc", "oidc", region);
    auto how = aws::TravelOf(options_, /*direct=*/false);
    const service::JsonMember members[] = {{"clientId", token_.client_id},
                                           {"clientSecret", token_.client_secret.Reveal()},
                                           {"grantType", std::string_view("refresh_token")},
                                           {"refreshToken", token_.refresh.Reveal()}};
    auto body = service::WriteJson(members);
    for (const Status& status : {endpoint.status(), how.status(), body.status()}) {
      if (!status.ok()) {
        done_(status);
        return;
      }
    }
    aws::CredentialsCall call;
    call.request.method = "POST";
    call.request.url = *endpoint + "/token";
    call.request.headers = {{"Content-Type", "application/json"}};
    call.request.body = *std::move(body);
    call.how = *std::move(how);
    call.text = {"renewing the SSO token (POST " + call.request.url + ")", "", kOidcHint};
    aws::CallText text = call.text;
    aws::StartCall(net_, std::move(call), alive_,
                   [self = shared_from_this(), text = std::move(text)](Result<Secret> answer) {
                     Status status = answer.ok() ? self->TakeNewToken(answer->Reveal(), text) : answer.status();
                     self->OnRenewed(status);
                   });
  }

  Status TakeNewToken(std::string_view answer, const aws::CallText& text) {
    Result<service::JsonFields> fields = service::JsonFields::Parse(answer, aws::kMaxAnswerBytes);
    if (!fields.ok()) {
      return text.NotUnderstood(fields.status().message());
    }
    Secret access(fields->String("accessToken").value_or(""));
    Secret refresh(fields->String("refreshToken").value_or(""));
    const std::int64_t seconds = fields->Integer("expiresIn").value_or(0);
    constexpr std::int64_t kLongest = Duration::Hours(std::int64_t{24} * 365).seconds();
    if (access.empty() || seconds <= 0 || seconds > kLongest) {
      return text.NotUnderstood("it has no accessToken with seconds in expiresIn");
    }
    token_.access = std::move(access);
    token_.refresh = refresh.empty() ? std::move(token_.refresh) : std::move(refresh);
    token_.expires = net_.wall_now() + Duration::Seconds(seconds);
    if (Status status = WriteToken(path_, token_); !status.ok()) {
      // It is good for now; without it, the next renewal has to be a login.
      Logger(options_.log.get(), "kvs-auth").Write(LogLevel::kWarn, status.message());
    }
    return {};
  }

  void OnRenewed(const Status& status) {
    if (status.code() == StatusCode::kCredentialsRefused && !std::exchange(looked_again_, true)) {
      // The aws command line may have renewed it meanwhile, and a refresh token is good for one renewal.
      Result<Token> token = ReadToken();
      if (token.ok() && !(token->access == token_.access)) {
        token_ = *std::move(token);
        UseToken();
        return;
      }
    }
    if (!status.ok() && net_.wall_now() >= token_.expires) {
      done_(status.code() == StatusCode::kCredentialsRefused
                ? LogIn("the SSO token has expired, and " + status.message())
                : status);
      return;
    }
    AskForCredentials();
  }

  void AskForCredentials() {
    if (net_.wall_now() >= token_.expires) {
      done_(LogIn("the SSO token expired at " + aws::FormatIsoTime(token_.expires)));
      return;
    }
    auto endpoint = aws::ServiceEndpoint(options_, "sso", "portal.sso", options_.sso_region);
    auto how = aws::TravelOf(options_, /*direct=*/false);
    for (const Status& status : {endpoint.status(), how.status()}) {
      if (!status.ok()) {
        done_(status);
        return;
      }
    }
    aws::CredentialsCall call;
    call.request.method = "GET";
    call.request.url = *endpoint + "/federation/credentials?role_name=" + aws::PercentEncode(options_.role_name, "") +
                       "&account_id=" + aws::PercentEncode(options_.account_id, "");
    call.request.headers.push_back({"x-amz-sso_bearer_token", std::string(token_.access.Reveal())});  // a list would be copied
    call.how = *std::move(how);
    call.text = {"asking SSO for the role " + aws::Quoted(options_.role_name) + " in account " +
                     aws::Quoted(options_.account_id) + " (GET " + *endpoint + "/federation/credentials)",
                 kRefusalHint, kPortalHint};
    aws::AskForCredentials(net_, std::move(call), kNames, alive_,
                           [self = shared_from_this()](Result<Credentials> credentials) {
                             const bool old_token = credentials.status().http_status() == kHttpUnauthorized;
                             self->done_(old_token ? self->LogIn("the SSO token is not accepted: " + credentials.status().message())
                                                   : std::move(credentials));
                           });
  }

  NetworkServices& net_;
  const SsoOptions options_;
  const std::string path_;
  const std::weak_ptr<void> alive_;
  const CredentialsCallback done_;
  Token token_;
  bool looked_again_ = false;
};

class SsoCredentials final : public CredentialSource {
 public:
  explicit SsoCredentials(SsoOptions options)
      : options_(std::move(options)),
        name_("SSO (account " + options_.account_id + ", role " + options_.role_name + ")") {}

  std::string_view name() const override { return name_; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    const std::pair<const char*, const std::string&> needed[] = {{"sso_start_url", options_.start_url},
                                                                  {"sso_region", options_.sso_region},
                                                                  {"sso_account_id", options_.account_id},
                                                                  {"sso_role_name", options_.role_name}};
    for (const auto& [what, text] : needed) {
      if (text.empty()) {
        done(Status(StatusCode::kInvalidArgument, std::string("SSO: ") + what + " is missing"));
        return;
      }
    }
    const std::string home = OrOfProcess(options_.environment)("HOME").value_or("");
    const std::string path =
        home + "/.aws/sso/cache/" + Sha1Hex(options_.session.empty() ? options_.start_url : options_.session) + ".json";
    std::make_shared<Login>(net, options_, path, alive_,
                            [name = name_, done = std::move(done)](Result<Credentials> credentials) {
                              const Status& status = credentials.status();
                              done(status.ok() ? std::move(credentials)
                                               : Status(status.code(), name + ": " + status.message())
                                                     .WithService(status.http_status(), status.service_error(), ""));
                            })
        ->Begin();
  }

 private:
  const SsoOptions options_;
  const std::string name_;
  // Answers may come after this object is gone; they look here first.
  const std::shared_ptr<char> alive_ = std::make_shared<char>('\0');
};

}  // namespace

std::unique_ptr<CredentialSource> MakeSsoCredentials(SsoOptions options) {
  return std::make_unique<SsoCredentials>(std::move(options));
}

}  // namespace kvs
