#include <utility>
#include <vector>

#include "kvs/credentials.h"
#include "producer/aws/instance_region.h"
#include "producer/aws/shared_config.h"
#include "producer/environment.h"

namespace kvs {
namespace {

ProfileOptions WithParts(const ProfileOptions& options, std::vector<ProfilePart> parts) {
  ProfileOptions some = options;
  some.parts = std::move(parts);
  return some;
}

WebIdentityOptions WebIdentityOf(const ProfileOptions& options) {
  WebIdentityOptions identity;
  static_cast<AwsSourceOptions&>(identity) = options;
  return identity;
}

InstanceOptions InstanceOf(const ProfileOptions& options) {
  InstanceOptions instance;
  instance.environment = options.environment;
  instance.log = options.log;
  return instance;
}

}  // namespace

std::unique_ptr<CredentialSource> MakeDefaultCredentials(const ProfileOptions& options) {
  std::vector<std::unique_ptr<CredentialSource>> sources;
  const bool is_named = !options.profile.empty();
  if (!is_named) {
    sources.push_back(MakeEnvironmentCredentials(options.environment));
  }
  sources.push_back(MakeProfileCredentials(WithParts(options, {ProfilePart::kAssumeRole})));
  if (!is_named) {
    sources.push_back(MakeWebIdentityCredentials(WebIdentityOf(options)));
  }
  sources.push_back(MakeProfileCredentials(
      WithParts(options, {ProfilePart::kWebIdentity, ProfilePart::kSso, ProfilePart::kCredentialsFile, ProfilePart::kProcess,
                          ProfilePart::kConfigFile})));
  sources.push_back(MakeContainerCredentials(options));
  InstanceOptions instance = InstanceOf(options);
  // One that is just starting may not be answered yet.
  instance.may_be_elsewhere = !aws::LooksLikeInstance(options.environment, options.reader);
  sources.push_back(MakeInstanceCredentials(std::move(instance)));
  return MakeCredentialChain(std::move(sources));
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): the same as for each kind alone
std::unique_ptr<CredentialSource> MakeCredentials(CredentialSourceKind kind, ProfileOptions options) {
  switch (kind) {
    case CredentialSourceKind::kDefault:
      break;
    case CredentialSourceKind::kEnvironment:
      return MakeEnvironmentCredentials(options.environment);
    case CredentialSourceKind::kProfile:
      return MakeProfileCredentials(WithParts(options, {}));
    case CredentialSourceKind::kProcess:
      return MakeProfileCredentials(WithParts(options, {ProfilePart::kProcess}));
    case CredentialSourceKind::kSso:
      return MakeProfileCredentials(WithParts(options, {ProfilePart::kSso}));
    case CredentialSourceKind::kWebIdentity: {
      std::vector<std::unique_ptr<CredentialSource>> sources;
      if (options.profile.empty()) {
        sources.push_back(MakeWebIdentityCredentials(WebIdentityOf(options)));
      }
      sources.push_back(MakeProfileCredentials(WithParts(options, {ProfilePart::kWebIdentity})));
      return MakeCredentialChain(std::move(sources));
    }
    case CredentialSourceKind::kContainer:
      return MakeContainerCredentials(options);
    case CredentialSourceKind::kInstance:
      return MakeInstanceCredentials(InstanceOf(options));
  }
  return MakeDefaultCredentials(options);
}

std::string_view CredentialSourceName(CredentialSourceKind kind) {
  switch (kind) {
    case CredentialSourceKind::kDefault:
      break;
    case CredentialSourceKind::kEnvironment:
      return "environment";
    case CredentialSourceKind::kProfile:
      return "profile";
    case CredentialSourceKind::kProcess:
      return "process";
    case CredentialSourceKind::kSso:
      return "sso";
    case CredentialSourceKind::kWebIdentity:
      return "web-identity";
    case CredentialSourceKind::kContainer:
      return "container";
    case CredentialSourceKind::kInstance:
      return "imds";
  }
  return "default";
}

bool MayHaveDefaultCredentials(const ProfileOptions& options) {
  const EnvironmentLookup environment = OrOfProcess(options.environment);
  const auto is_set = [&environment](const char* name) { return !environment(name).value_or("").empty(); };
  for (const char* name : {"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                           "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    if (is_set(name)) {
      return true;
    }
  }
  if (!options.profile.empty() || (is_set("AWS_ACCESS_KEY_ID") && is_set("AWS_SECRET_ACCESS_KEY"))) {
    return true;
  }
  const auto config = aws::LoadSharedConfig(options.environment, options.reader);
  if (!config.ok() || !config->unread().empty()) {
    return true;  // which the source will tell
  }
  if (const aws::ConfigSection* const profile = config->Profile(aws::ProfileName(options.environment))) {
    for (const char* name : {"role_arn", "web_identity_token_file", "sso_account_id", "sso_role_name", "aws_access_key_id",
                             "aws_secret_access_key", "credential_process"}) {
      if (profile->Get(name)) {
        return true;
      }
    }
  }
  return !aws::IsInstanceDisabled(environment) && aws::LooksLikeInstance(environment, options.reader);
}

}  // namespace kvs
