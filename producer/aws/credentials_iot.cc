#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "kvs/credentials.h"
#include "producer/aws/credentials_call.h"
#include "producer/aws/small_file.h"
#include "producer/aws/url.h"
#include "producer/environment.h"
#include "producer/net/route.h"
#include "producer/net/transport.h"
#include "producer/service/error_map.h"

namespace kvs {
namespace {

// Source: AWS IoT API reference, CreateRoleAlias and CreateThing: 1 to 128 characters.
constexpr std::size_t kMaxNameLength = 128;
// A certificate is about 1 KiB, a key of RSA 4096 about 3 KiB; there may be a chain.
constexpr std::size_t kMaxCertificateBytes = std::size_t{64} * 1024;
constexpr std::size_t kMaxKeyBytes = std::size_t{16} * 1024;
constexpr std::string_view kThingHeader = "x-amzn-iot-thingname";

using aws::Quoted;
using service::TransportError;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

Status Bad(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

Status CheckName(std::string_view what, std::string_view name, bool (*allowed)(char)) {
  if (name.empty() || name.size() > kMaxNameLength) {
    return Bad("the " + std::string(what) + " has " + std::to_string(name.size()) +
               " characters; 1 to " + std::to_string(kMaxNameLength) + " are allowed");
  }
  return std::all_of(name.begin(), name.end(), allowed)
             ? Status()
             : Bad("the " + std::string(what) + " " + Quoted(name) +
                   " has a character that it cannot have");
}

// It becomes a part of the URL. Source: CreateRoleAlias API reference.
bool IsOfRoleAlias(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '=' || c == ',' || c == '@' || c == '-';
}

// It becomes the value of a header; what else is wrong with it, AWS IoT says.
bool IsOfThingName(char c) {
  return c > ' ' && c <= '~';
}

Result<std::string> UrlOf(const IotOptions& options) {
  constexpr std::string_view kScheme = "https://";
  std::string_view host = options.endpoint;
  if (host.starts_with(kScheme)) {
    host.remove_prefix(kScheme.size());
  }
  const Result<aws::Url> url = aws::ParseUrl(std::string(kScheme) + std::string(host));
  if (!url.ok() || url->path != "/" || !url->query.empty()) {
    return Bad("the endpoint " + Quoted(options.endpoint) +
               " is not the name of a host; expected is e.g. "
               "c1a2b3d4e5.credentials.iot.us-west-2.amazonaws.com");
  }
  return std::string(kScheme) + url->host_header() + "/role-aliases/" + options.role_alias +
         "/credentials";
}

Status CheckTexts(const IotOptions& options) {
  Status status = CheckName("role alias", options.role_alias, IsOfRoleAlias);
  if (status.ok()) {
    status = CheckName("thing name", options.thing_name, IsOfThingName);
  }
  if (status.ok()) {
    status = UrlOf(options).status();
  }
  if (status.ok() && (options.connection_timeout <= Duration() ||
                      options.completion_timeout < options.connection_timeout)) {
    status = Bad("the time-outs must be above zero, and the connection's not above the completion's");
  }
  return status;
}

Result<std::string> ReadFile(std::string_view what, const std::string& path, std::size_t max_bytes) {
  Result<std::string> text = aws::ReadSmallFile(path, max_bytes);
  if (!text.ok()) {
    return Status(StatusCode::kFileError, "the file " + Quoted(path) + " of the " +
                                              std::string(what) + ": " + text.status().message());
  }
  return text;
}

// OpenSSL would ask at the terminal.
int NoPassphrase(char*, int, int, void*) {
  return 0;
}

std::unique_ptr<BIO, Free> BioOf(std::string_view text) {
  return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Status CheckPair(const IotOptions& options, const net::ClientIdentity& identity) {
  const std::unique_ptr<X509, Free> certificate(
      PEM_read_bio_X509(BioOf(identity.certificate).get(), nullptr, NoPassphrase, nullptr));
  const std::unique_ptr<EVP_PKEY, Free> key(
      PEM_read_bio_PrivateKey(BioOf(identity.key.Reveal()).get(), nullptr, NoPassphrase, nullptr));
  const bool fits = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  // What failed here is not to be found by whoever looks next.
  ERR_clear_error();
  if (!certificate) {
    return Bad("the file " + Quoted(options.cert_path) + " holds no certificate in PEM form");
  }
  if (!key) {
    const bool encrypted = identity.key.Reveal().find("ENCRYPTED") != std::string_view::npos;
    return Bad("the file " + Quoted(options.key_path) +
               (encrypted ? " holds a key that wants a passphrase; write it without one"
                          : " holds no private key in PEM form"));
  }
  return fits ? Status()
              : Bad("the private key in " + Quoted(options.key_path) +
                    " does not belong to the certificate in " + Quoted(options.cert_path));
}

Result<std::shared_ptr<const net::ClientIdentity>> LoadIdentity(const IotOptions& options) {
  auto identity = std::make_shared<net::ClientIdentity>();
  Result<std::string> certificate =
      ReadFile("certificate", options.cert_path, kMaxCertificateBytes);
  if (!certificate.ok()) {
    return certificate.status();
  }
  Result<std::string> key = ReadFile("private key", options.key_path, kMaxKeyBytes);
  if (!key.ok()) {
    return key.status();
  }
  identity->certificate = std::move(certificate).value();
  identity->key = Secret::Consume(*key);
  if (Status status = CheckPair(options, *identity); !status.ok()) {
    return status;
  }
  return std::shared_ptr<const net::ClientIdentity>(std::move(identity));
}

Status CheckCaPath(const IotOptions& options) {
  struct stat info {};
  if (options.ca_path.empty() || ::stat(options.ca_path.c_str(), &info) == 0) {
    return {};
  }
  return {StatusCode::kFileError, "there is no CA file or folder " + Quoted(options.ca_path)};
}

Result<std::shared_ptr<const net::Route>> RouteOf(const IotOptions& options) {
  return net::MakeRoute(options.path, OrOfProcess(options.environment), /*curl_log=*/nullptr);
}

// What a user can look at when there was no answer.
std::string_view TransportHint(TransportError error) {
  switch (error) {
    case TransportError::kTlsPeerVerification:
      return "; the CA file has to hold the authority of this endpoint (Amazon Root CA 1 for AWS IoT), and the clock of this "
             "machine has to be right";
    case TransportError::kTlsHandshake:
    case TransportError::kConnectionLost:
      return "; a host that does not accept the certificate ends the connection: check that the certificate is registered and "
             "active in AWS IoT, in the account and region of this endpoint";
    default:
      return "";
  }
}

constexpr std::string_view kRefusalHint =
    "; check that the role alias exists in the account and region of this endpoint, that the certificate is active and attached "
    "to the thing, that its policy allows iot:AssumeRoleWithCertificate on the role alias, and that the role trusts "
    "credentials.iot.amazonaws.com";

constexpr std::string_view kAnswerHint = "; check that this is the credentials endpoint of AWS IoT";

constexpr aws::CredentialNames kNames = {"credentials.accessKeyId", "credentials.secretAccessKey", "credentials.sessionToken",
                                         "credentials.expiration"};

class IotCredentials final : public CredentialSource {
 public:
  explicit IotCredentials(IotOptions options)
      : options_(std::move(options)),
        name_("AWS IoT (role alias " + options_.role_alias + ", thing " + options_.thing_name + ")"),
        route_(RouteOf(options_)) {}

  std::string_view name() const override { return name_; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    Status status = CheckTexts(options_);
    if (status.ok()) {
      status = CheckCaPath(options_);
    }
    if (status.ok()) {
      status = route_.status();
    }
    if (status.ok() && net.transport() == nullptr) {
      status = Status(StatusCode::kInvalidState, "there is no network");
    }
    auto identity = status.ok() ? LoadIdentity(options_) : status;
    if (!identity.ok()) {
      done(Status(identity.status().code(), name_ + ": " + identity.status().message()));
      return;
    }
    aws::WarnOfOpenFile("the private key", options_.key_path, options_.log.get());
    service::HttpRequest request;
    request.method = "GET";
    request.url = *UrlOf(options_);
    request.headers = {{std::string(kThingHeader), options_.thing_name}};
    net::TransferOptions how;
    how.connect_timeout = options_.connection_timeout;
    how.total_timeout = options_.completion_timeout;
    how.ca_path = options_.ca_path;
    how.route = *route_;
    how.identity = *std::move(identity);
    aws::CallText text = {"asking AWS IoT for credentials (GET " + request.url + ", thing \"" + options_.thing_name + "\")",
                          kRefusalHint, kAnswerHint, TransportHint};
    aws::AskForCredentials(net, {std::move(text), std::move(request), std::move(how)}, kNames, alive_, std::move(done));
  }

 private:
  const IotOptions options_;
  const std::string name_;
  const Result<std::shared_ptr<const net::Route>> route_;
  // Answers may come after this object is gone; they look here first.
  const std::shared_ptr<char> alive_ = std::make_shared<char>('\0');
};

}  // namespace

Status Validate(const IotOptions& options) {
  Status status = CheckTexts(options);
  if (status.ok()) {
    status = CheckCaPath(options);
  }
  if (status.ok()) {
    status = RouteOf(options).status();
  }
  return status.ok() ? LoadIdentity(options).status() : status;
}

std::unique_ptr<CredentialSource> MakeIotCredentials(IotOptions options) {
  return std::make_unique<IotCredentials>(std::move(options));
}

}  // namespace kvs
