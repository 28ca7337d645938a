#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "kvs/credentials.h"
#include "pic/base/mutex.h"
#include "producer/aws/sigv4.h"
#include "producer/environment.h"
#include "producer/secret_text.h"

namespace kvs {
namespace {

// So that programs that were started together do not ask together, an hour later and ever after.
constexpr std::uint32_t kMaxJitterMs = 60'000;

// Every variable that a source looks at.
constexpr const char* kVariables[] = {
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
    "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE", "HOME", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_SESSION_NAME", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "https_proxy", "HTTPS_PROXY",
    "http_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"};

// The sources that somebody keeps. Thread: any; the sources themselves belong to the network thread.
struct Registry {
  static Registry& Shared() {
    static Registry* const kShared = new Registry();  // NOLINT: never destroyed, as streams may be used until the process ends
    return *kShared;
  }
  Mutex mutex;
  std::map<std::string, std::weak_ptr<CredentialSource>> sources KVS_GUARDED_BY(mutex);
};

// A digest of all that makes a difference: there are secrets in it.
std::string KeyOf(CredentialSourceKind kind, const ProfileOptions& options) {
  const EnvironmentLookup environment = OrOfProcess(options.environment);
  SecretText text(CredentialSourceName(kind));
  const auto add = [&text](std::string_view part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
    text += ';';
  };
  for (const std::string& part : {options.profile, options.region, options.ca_path, options.path.proxy.value_or("(none)"),
                                  options.path.proxy_user}) {
    add(part);
  }
  add(options.path.proxy_password == nullptr ? "" : options.path.proxy_password->Reveal());
  for (const std::optional<bool>& said : {options.dual_stack, options.fips}) {
    add(!said ? "" : *said ? "yes" : "no");
  }
  add(options.path.ip_version ? std::to_string(static_cast<int>(*options.path.ip_version)) : "");
  add(std::to_string(options.connection_timeout.nanos()));
  add(std::to_string(options.completion_timeout.nanos()));
  for (const char* name : kVariables) {
    std::string value = environment(name).value_or("");
    add(value);
    WipeString(value);
  }
  return aws::Sha256Hex(text);
}

std::shared_ptr<CredentialSource> MakeOne(CredentialSourceKind kind, ProfileOptions options) {
  CachedCredentialsOptions cached;
  cached.jitter = Duration::Millis(static_cast<std::int64_t>(std::random_device()() % kMaxJitterMs));
  cached.shared = true;
  return MakeCachedCredentials(MakeCredentials(kind, std::move(options)), cached);
}

}  // namespace

std::shared_ptr<CredentialSource> SharedCredentials(CredentialSourceKind kind, ProfileOptions options) {
  if (options.reader) {
    return MakeOne(kind, std::move(options));
  }
  const std::string key = KeyOf(kind, options);
  Registry& registry = Registry::Shared();
  const MutexLock lock(registry.mutex);
  std::erase_if(registry.sources, [](const auto& one) { return one.second.expired(); });
  std::shared_ptr<CredentialSource> source = registry.sources[key].lock();
  if (source == nullptr) {
    source = MakeOne(kind, std::move(options));
    registry.sources[key] = source;
  }
  return source;
}

}  // namespace kvs
