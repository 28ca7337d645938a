#include "plugin/credentials_setting.h"

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "plugin/gst_log.h"
#include "plugin/iot_setting.h"

namespace kvs::plugin {
namespace {

// So that cameras that were switched on together do not ask for credentials together, an hour later and ever after.
constexpr gint32 kMaxRenewalJitterMs = 60'000;
constexpr char kAccessKeyVariable[] = "AWS_ACCESS_KEY_ID";
constexpr char kSecretKeyVariable[] = "AWS_SECRET_ACCESS_KEY";
constexpr char kTokenVariable[] = "AWS_SESSION_TOKEN";

std::optional<std::string> Variable(const Surroundings& world, const char* name) {
  std::optional<std::string> value = world.environment(name);
  return value.has_value() && !value->empty() ? std::move(value) : std::nullopt;
}

Status UseStatic(Credentials credentials, std::string from, Resolved& resolved) {
  if (Status status = Validate(credentials); !status.ok()) {
    return {status.code(), "the credentials from " + from + ": " + status.message()};
  }
  resolved.producer.credentials = MakeStaticCredentials(std::move(credentials));
  resolved.credentials_from = std::move(from);
  return {};
}

Status PropertyCredentials(const Settings& settings, Resolved& resolved) {
  if (settings.access_key.empty() && settings.secret_key.empty()) {
    return {StatusCode::kNoCredentials, "credential-source=static needs access-key and secret-key, which are not set"};
  }
  if (settings.access_key.empty() || settings.secret_key.empty()) {
    return {StatusCode::kNoCredentials,
            std::string("only one of the properties access-key and secret-key is set; ") +
                (settings.access_key.empty() ? "access-key" : "secret-key") + " is missing"};
  }
  return UseStatic({std::string(settings.access_key.Reveal()), settings.secret_key.Clone(),
                    settings.session_token.Clone(), std::nullopt},
                   "the properties access-key and secret-key", resolved);
}

Status IotCertificate(const Settings& settings, Resolved& resolved) {
  if (settings.iot_certificate == nullptr) {
    return {StatusCode::kNoCredentials, "credential-source=iot needs iot-certificate, which is not set"};
  }
  Result<IotOptions> options =
      IotOptionsOf(settings.iot_certificate.get(), resolved.stream.name, resolved.notes);
  if (!options.ok()) {
    return options.status();
  }
  options->path = resolved.producer;
  options->environment = resolved.producer.environment;
  if (Status status = Validate(*options); !status.ok()) {
    return {status.code(), "iot-certificate: " + status.message()};
  }
  options->log = SharedGstLogSink();
  CachedCredentialsOptions cached;
  cached.jitter = Duration::Millis(g_random_int_range(0, kMaxRenewalJitterMs));
  resolved.producer.credentials =
      MakeCachedCredentials(MakeIotCredentials(*std::move(options)), cached);
  resolved.credentials_from = resolved.producer.credentials->name();
  return {};
}

bool EnvironmentHasKeys(const Surroundings& world) {
  return Variable(world, kAccessKeyVariable).has_value() && Variable(world, kSecretKeyVariable).has_value();
}

Status EnvironmentCredentials(const Surroundings& world, Resolved& resolved) {
  std::optional<std::string> key = Variable(world, kAccessKeyVariable);
  std::optional<std::string> secret = Variable(world, kSecretKeyVariable);
  if (!key.has_value() || !secret.has_value()) {
    return {StatusCode::kNoCredentials, std::string("credential-source=environment: ") +
                                            (key.has_value() ? kSecretKeyVariable : kAccessKeyVariable) + " is not set"};
  }
  std::string token = world.environment(kTokenVariable).value_or("");
  return UseStatic({*std::move(key), Secret::Consume(*secret), Secret::Consume(token), std::nullopt},
                   "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", resolved);
}

bool FileIsThere(const Settings& settings, const Surroundings& world) {
  const std::string path = settings.credential_path.value_or("");
  return !path.empty() && world.is_readable(path);
}

Status FileCredentials(const Settings& settings, const Surroundings& world, Resolved& resolved) {
  const std::string path = settings.credential_path.value_or("");
  if (!FileIsThere(settings, world)) {
    return {StatusCode::kNoCredentials, "credential-source=file: the file \"" + path + "\" (credential-path) cannot be read"};
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    resolved.notes.push_back("the file \"" + path +
                             "\" (credential-path) can be read by other users of this machine; take that right away (chmod 600)");
  }
  resolved.producer.credentials = MakeCachedCredentials(MakeFileCredentials(path));
  resolved.credentials_from = "the file " + path;
  return {};
}

ProfileOptions OptionsOf(const Settings& settings, const Surroundings& world, const Resolved& resolved) {
  ProfileOptions options;
  options.environment = world.environment;
  options.profile = settings.profile.value_or("");
  options.region = resolved.producer.region;
  options.dual_stack = resolved.producer.dual_stack;
  options.fips = resolved.producer.fips;
  options.path = resolved.producer;
  options.ca_path = resolved.producer.ca_path;
  options.log = SharedGstLogSink();
  return options;
}

// The same one for all elements of the process that want the same: they ask once.
Status UseShared(CredentialSourceKind kind, const Settings& settings, const Surroundings& world, Resolved& resolved) {
  ProfileOptions options = OptionsOf(settings, world, resolved);
  resolved.credentials_from = "credential-source=" + std::string(CredentialSourceName(kind)) +
                              (options.profile.empty() ? "" : " with profile \"" + options.profile + "\"");
  resolved.producer.credentials = SharedCredentials(kind, std::move(options));
  return {};
}

// What is set on the element, what its environment says, and then what the aws command line would find.
Status DefaultCredentials(const Settings& settings, const Surroundings& world, Resolved& resolved) {
  if (settings.iot_certificate != nullptr) {
    return IotCertificate(settings, resolved);
  }
  if (!settings.access_key.empty() || !settings.secret_key.empty()) {
    return PropertyCredentials(settings, resolved);
  }
  if (!settings.session_token.empty()) {
    resolved.notes.emplace_back(
        "session-token is ignored: it is only used together with access-key and secret-key");
  }
  if (settings.profile.value_or("").empty()) {
    if (EnvironmentHasKeys(world)) {
      return EnvironmentCredentials(world, resolved);
    }
    if (FileIsThere(settings, world)) {
      return FileCredentials(settings, world, resolved);
    }
  }
  if (MayHaveDefaultCredentials(OptionsOf(settings, world, resolved))) {
    return UseShared(CredentialSourceKind::kDefault, settings, world, resolved);
  }
  const std::string path = settings.credential_path.value_or("");
  const bool has_key = Variable(world, kAccessKeyVariable).has_value();
  const bool has_secret = Variable(world, kSecretKeyVariable).has_value();
  return {StatusCode::kNoCredentials,
          "no credentials: access-key and secret-key are not set, " +
              std::string(has_key      ? "AWS_SECRET_ACCESS_KEY is not set"
                          : has_secret ? "AWS_ACCESS_KEY_ID is not set"
                                       : "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set") +
              (path.empty() ? ", credential-path is not set"
                            : ", the file \"" + path + "\" (credential-path) cannot be read") +
              ", there is no profile with credentials for the aws command line, no container's, and this is no EC2 instance"};
}

// What is set for another source than the one that was chosen.
void NoteWhatIsIgnored(const Settings& settings, Resolved& resolved) {
  const auto note = [&resolved](const char* property) {
    resolved.notes.push_back(std::string(property) + " is not used: credential-source says otherwise");
  };
  if (settings.credential_source != CredentialChoice::kIot && settings.iot_certificate != nullptr) {
    note("iot-certificate");
  }
  if (settings.credential_source != CredentialChoice::kStatic && !(settings.access_key.empty() && settings.secret_key.empty())) {
    note("access-key");
  }
}

}  // namespace

bool HasAmazonsCredentials(const Settings& settings, const Surroundings& world) {
  switch (settings.credential_source) {
    case CredentialChoice::kEnvironment:
    case CredentialChoice::kIot:
    case CredentialChoice::kFile:
    case CredentialChoice::kStatic:
      return true;
    case CredentialChoice::kProfile:
    case CredentialChoice::kProcess:
    case CredentialChoice::kSso:
    case CredentialChoice::kWebIdentity:
    case CredentialChoice::kContainer:
    case CredentialChoice::kImds:
      return false;
    case CredentialChoice::kDefault:
      break;
  }
  if (settings.iot_certificate != nullptr || !settings.access_key.empty() || !settings.secret_key.empty()) {
    return true;
  }
  return settings.profile.value_or("").empty() && (EnvironmentHasKeys(world) || FileIsThere(settings, world));
}

Status ResolveCredentials(const Settings& settings, const Surroundings& world, Resolved& resolved) {
  if (settings.credential_source == CredentialChoice::kDefault) {
    return DefaultCredentials(settings, world, resolved);
  }
  NoteWhatIsIgnored(settings, resolved);
  switch (settings.credential_source) {
    case CredentialChoice::kDefault:
      break;
    case CredentialChoice::kEnvironment:
      return EnvironmentCredentials(world, resolved);
    case CredentialChoice::kProfile:
      return UseShared(CredentialSourceKind::kProfile, settings, world, resolved);
    case CredentialChoice::kProcess:
      return UseShared(CredentialSourceKind::kProcess, settings, world, resolved);
    case CredentialChoice::kSso:
      return UseShared(CredentialSourceKind::kSso, settings, world, resolved);
    case CredentialChoice::kWebIdentity:
      return UseShared(CredentialSourceKind::kWebIdentity, settings, world, resolved);
    case CredentialChoice::kContainer:
      return UseShared(CredentialSourceKind::kContainer, settings, world, resolved);
    case CredentialChoice::kImds:
      return UseShared(CredentialSourceKind::kInstance, settings, world, resolved);
    case CredentialChoice::kIot:
      return IotCertificate(settings, resolved);
    case CredentialChoice::kFile:
      return FileCredentials(settings, world, resolved);
    case CredentialChoice::kStatic:
      return PropertyCredentials(settings, resolved);
  }
  return DefaultCredentials(settings, world, resolved);
}

}  // namespace kvs::plugin
