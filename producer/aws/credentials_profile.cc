#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "kvs/credentials.h"
#include "pic/base/log.h"
#include "producer/aws/credentials_call.h"
#include "producer/aws/shared_config.h"
#include "producer/aws/small_file.h"
#include "producer/service/validation.h"

namespace kvs {
namespace {

using aws::ConfigSection;
using aws::Quoted;
using aws::SharedConfig;
using aws::SharedFile;

using SourceOrStatus = Result<std::unique_ptr<CredentialSource>>;

constexpr char kDefaultProfile[] = "default";

Status Bad(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }

std::string TextOf(std::optional<std::string_view> value) { return std::string(value.value_or("")); }

std::string Unread(const SharedConfig& config) { return config.unread().empty() ? "" : "; not read: " + config.unread(); }

// Finds what a profile names; follows it from profile to profile.
class ProfileReader {
 public:
  ProfileReader(const SharedConfig& config, const AwsSourceOptions& options) : config_(config), options_(options) {}

  // Null when none of these parts is there.
  SourceOrStatus Read(const std::string& name, const std::vector<ProfilePart>& parts) {
    const ConfigSection* const profile = config_.Profile(name);
    if (profile == nullptr) {
      return NotThere(name);
    }
    visited_.push_back(name);
    constexpr ProfilePart kOrder[] = {ProfilePart::kAssumeRole,      ProfilePart::kWebIdentity, ProfilePart::kSso,
                                      ProfilePart::kCredentialsFile, ProfilePart::kProcess,     ProfilePart::kConfigFile};
    for (const ProfilePart part : kOrder) {
      if (!parts.empty() && std::find(parts.begin(), parts.end(), part) == parts.end()) {
        continue;
      }
      SourceOrStatus source = ReadPart(part, *profile, name);
      if (!source.ok()) {
        return Status(source.status().code(), "profile " + Quoted(name) + ": " + source.status().message());
      }
      if (*source != nullptr) {
        return source;
      }
    }
    return std::unique_ptr<CredentialSource>();
  }

 private:
  Status NotThere(const std::string& name) const {
    std::string names;
    for (const std::string& other : config_.ProfileNames()) {
      names += (names.empty() ? "" : ", ") + other;
    }
    return Bad("there is no profile " + Quoted(name) + " in " + Quoted(SharedFilePath(SharedFile::kConfig, options_.environment)) +
               " and " + Quoted(SharedFilePath(SharedFile::kCredentials, options_.environment)) +
               (names.empty() ? "" : "; there are: " + service::PrintableExcerpt(names, kMaxNames)) + Unread(config_));
  }

  SourceOrStatus ReadPart(ProfilePart part, const ConfigSection& profile, const std::string& name) {
    switch (part) {
      case ProfilePart::kAssumeRole:
        return ReadRole(profile, name);
      case ProfilePart::kWebIdentity:
        return ReadWebIdentity(profile);
      case ProfilePart::kSso:
        return ReadSso(profile, name);
      case ProfilePart::kCredentialsFile:
        return ReadKeys(profile, SharedFile::kCredentials);
      case ProfilePart::kProcess:
        return ReadProcess(profile);
      case ProfilePart::kConfigFile:
        break;
    }
    return ReadKeys(profile, SharedFile::kConfig);
  }

  SourceOrStatus ReadRole(const ConfigSection& profile, const std::string& name) {
    if (!HasRole(profile)) {
      return std::unique_ptr<CredentialSource>();
    }
    if (profile.Get("mfa_serial")) {
      return Bad("mfa_serial: there is nobody who could type in a code; use a role without one");
    }
    AssumeRoleOptions role;
    static_cast<AwsSourceOptions&>(role) = options_;
    role.role_arn = TextOf(profile.Get("role_arn"));
    role.session_name = TextOf(profile.Get("role_session_name"));
    role.external_id = TextOf(profile.Get("external_id"));
    if (const auto text = profile.Get("duration_seconds")) {
      std::int64_t seconds = 0;
      const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
      if (error != std::errc() || end != text->data() + text->size() || seconds < 0 || seconds > kMaxSeconds) {
        return Bad("duration_seconds is not a number of seconds");
      }
      role.duration = Duration::Seconds(seconds);
    }
    SourceOrStatus source = ReadSourceOfRole(profile, name);
    if (!source.ok()) {
      return source;
    }
    return MakeAssumeRoleCredentials(std::move(role), *std::move(source));
  }

  SourceOrStatus ReadSourceOfRole(const ConfigSection& profile, const std::string& name) {
    const auto source_profile = profile.Get("source_profile");
    const auto credential_source = profile.Get("credential_source");
    if (source_profile && credential_source) {
      return Bad("it has both source_profile and credential_source");
    }
    if (!source_profile && !credential_source) {
      return Bad("it has role_arn, and neither source_profile nor credential_source");
    }
    return source_profile ? FollowProfile(std::string(*source_profile), name) : NamedSource(*credential_source);
  }

  SourceOrStatus NamedSource(std::string_view name) const {
    if (name == "Environment") {
      return MakeEnvironmentCredentials(options_.environment);
    }
    if (name == "EcsContainer") {
      return MakeContainerCredentials(options_);
    }
    if (name == "Ec2InstanceMetadata") {
      InstanceOptions instance;
      instance.environment = options_.environment;
      return MakeInstanceCredentials(std::move(instance));
    }
    return Bad("credential_source is " + Quoted(name) + "; Environment, Ec2InstanceMetadata and EcsContainer are possible");
  }

  SourceOrStatus FollowProfile(const std::string& name, const std::string& from) {
    const ConfigSection* const profile = config_.Profile(name);
    if (profile == nullptr) {
      return NotThere(name);
    }
    const bool has_keys = profile->Get("aws_access_key_id") || profile->Get("aws_secret_access_key");
    // A profile may name itself, for the keys that it has as well.
    if ((name != from || !has_keys) && std::find(visited_.begin(), visited_.end(), name) != visited_.end()) {
      std::string way;
      for (const std::string& other : visited_) {
        way += Quoted(other) + " -> ";
      }
      return Bad("source_profile leads in a circle: " + way + Quoted(name));
    }
    const std::vector<ProfilePart> without_role = {ProfilePart::kWebIdentity, ProfilePart::kSso, ProfilePart::kCredentialsFile,
                                                   ProfilePart::kProcess, ProfilePart::kConfigFile};
    SourceOrStatus source = Read(name, has_keys ? without_role : std::vector<ProfilePart>());
    return !source.ok() || *source != nullptr ? std::move(source)
                                              : Bad("its source_profile " + Quoted(name) + " has no credentials");
  }

  SourceOrStatus ReadWebIdentity(const ConfigSection& profile) const {
    const auto file = profile.Get("web_identity_token_file");
    if (!file) {
      return std::unique_ptr<CredentialSource>();
    }
    if (!profile.Get("role_arn")) {
      return Bad("it has web_identity_token_file, and no role_arn");
    }
    WebIdentityOptions identity;
    static_cast<AwsSourceOptions&>(identity) = options_;
    identity.role_arn = TextOf(profile.Get("role_arn"));
    identity.token_file = std::string(*file);
    identity.session_name = TextOf(profile.Get("role_session_name"));
    return MakeWebIdentityCredentials(std::move(identity));
  }

  SourceOrStatus ReadSso(const ConfigSection& profile, const std::string& name) const {
    const auto session_name = profile.Get("sso_session");
    // A session alone gives a token, and no credentials.
    if (!profile.Get("sso_account_id") && !profile.Get("sso_role_name")) {
      return std::unique_ptr<CredentialSource>();
    }
    const ConfigSection* place = &profile;
    SsoOptions sso;
    static_cast<AwsSourceOptions&>(sso) = options_;
    if (session_name) {
      place = config_.SsoSession(*session_name);
      if (place == nullptr) {
        return Bad("there is no section [sso-session " + std::string(*session_name) + "]");
      }
      sso.session = std::string(*session_name);
    }
    sso.start_url = TextOf(place->Get("sso_start_url"));
    sso.sso_region = TextOf(place->Get("sso_region"));
    sso.account_id = TextOf(profile.Get("sso_account_id"));
    sso.role_name = TextOf(profile.Get("sso_role_name"));
    sso.profile = name;
    return MakeSsoCredentials(std::move(sso));
  }

  static SourceOrStatus ReadKeys(const ConfigSection& profile, SharedFile file) {
    const auto access = profile.Get(file, "aws_access_key_id");
    const auto secret = profile.Get(file, "aws_secret_access_key");
    if (!access && !secret) {
      return std::unique_ptr<CredentialSource>();
    }
    if (!access || !secret) {
      return Bad(std::string(access ? "aws_secret_access_key" : "aws_access_key_id") + " is missing");
    }
    Credentials credentials;
    credentials.access_key_id = std::string(*access);
    credentials.secret_access_key = Secret(*secret);
    // The second name is an old one.
    const auto token = profile.Get(file, "aws_session_token");
    credentials.session_token = Secret((token ? token : profile.Get(file, "aws_security_token")).value_or(""));
    return MakeStaticCredentials(std::move(credentials));
  }

  static SourceOrStatus ReadProcess(const ConfigSection& profile) {
    const auto command = profile.Get("credential_process");
    if (!command) {
      return std::unique_ptr<CredentialSource>();
    }
    ProcessOptions process;
    process.command = std::string(*command);
    return MakeProcessCredentials(std::move(process));
  }

  static bool HasRole(const ConfigSection& profile) {
    return profile.Get("role_arn") && !profile.Get("web_identity_token_file");
  }

  static constexpr std::size_t kMaxNames = 256;
  // So that it can be counted in nanoseconds; what STS takes is checked there.
  static constexpr std::int64_t kMaxSeconds = 1'000'000;

  const SharedConfig& config_;
  const AwsSourceOptions& options_;
  std::vector<std::string> visited_;
};

class ProfileCredentials final : public CredentialSource {
 public:
  explicit ProfileCredentials(ProfileOptions options)
      : options_(std::move(options)), is_named_(!options_.profile.empty() || aws::ProfileName(options_.environment) != kDefaultProfile) {
    options_.profile = options_.profile.empty() ? aws::ProfileName(options_.environment) : options_.profile;
    name_ = "profile " + Quoted(options_.profile);
  }

  std::string_view name() const override { return name_; }

  void Fetch(NetworkServices& net, CredentialsCallback done) override {
    SourceOrStatus found = Find();
    if (!found.ok()) {
      done(found.status());
      return;
    }
    // Kept until it has answered: what the files say may be another source the next time. Not by the answer itself, as then it
    // would not end with this object, and go on with a `net` that may be gone.
    const std::shared_ptr<CredentialSource> source = *std::move(found);
    asked_->push_back(source);
    name_ = "profile " + Quoted(options_.profile) + " (" + std::string(source->name()) + ")";
    source->Fetch(net, [weak_source = std::weak_ptr<CredentialSource>(source), prefix = "profile " + Quoted(options_.profile) + ": ",
                        weak_asked = std::weak_ptr<Asked>(asked_), done = std::move(done)](Result<Credentials> credentials) {
      const std::shared_ptr<CredentialSource> answering = weak_source.lock();  // to the end of its answer
      const std::shared_ptr<Asked> asked = weak_asked.lock();
      if (asked == nullptr) {
        return;
      }
      std::erase(*asked, answering);
      const Status status = credentials.status();
      done(status.ok() ? std::move(credentials)
                       // The profile names this source: no other is to be asked in its place.
                       : Status(status.code() == StatusCode::kNoCredentials ? StatusCode::kCredentialsRefused : status.code(),
                                prefix + status.message())
                             .WithService(status.http_status(), status.service_error(), status.request_id()));
    });
  }

 private:
  // Errors: kNoCredentials when the profile says nothing.
  SourceOrStatus Find() const {
    const Result<SharedConfig> config = aws::LoadSharedConfig(options_.environment, options_.reader);
    if (!config.ok()) {
      return config.status();
    }
    if (!is_named_ && config->Profile(options_.profile) == nullptr) {
      return Status(StatusCode::kNoCredentials, "there is no such profile" + Unread(*config));
    }
    WarnOfOpenFiles(*config);
    SourceOrStatus source = ProfileReader(*config, options_).Read(options_.profile, options_.parts);
    return !source.ok() || *source != nullptr
               ? std::move(source)
               : Status(StatusCode::kNoCredentials, options_.parts.empty() ? "it names no credentials" : "it names none of this kind");
  }

  // The config file holds secrets only when somebody has put some there.
  void WarnOfOpenFiles(const SharedConfig& config) const {
    const ConfigSection* const profile = config.Profile(options_.profile);
    if (options_.reader || profile == nullptr) {
      return;
    }
    aws::WarnOfOpenFile("the credentials file", SharedFilePath(SharedFile::kCredentials, options_.environment), options_.log.get());
    if (profile->Get(SharedFile::kConfig, "aws_secret_access_key")) {
      aws::WarnOfOpenFile("the config file", SharedFilePath(SharedFile::kConfig, options_.environment), options_.log.get());
    }
  }

  ProfileOptions options_;
  const bool is_named_;  // asked for by name: it has to be there
  std::string name_;
  // The sources that owe an answer. Answers may come after this object is gone; they look here first.
  using Asked = std::vector<std::shared_ptr<CredentialSource>>;
  const std::shared_ptr<Asked> asked_ = std::make_shared<Asked>();
};

}  // namespace

std::unique_ptr<CredentialSource> MakeProfileCredentials(ProfileOptions options) {
  return std::make_unique<ProfileCredentials>(std::move(options));
}

}  // namespace kvs
