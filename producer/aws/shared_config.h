#ifndef KVS_PRODUCER_AWS_SHARED_CONFIG_H_
#define KVS_PRODUCER_AWS_SHARED_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kvs/credentials.h"
#include "kvs/secret.h"
#include "kvs/status.h"

// The files that the aws command line and the SDKs share: ~/.aws/config and ~/.aws/credentials. Every value may be a secret, and is
// kept as one. Source: AWS SDKs reference guide, "Shared config and credentials files"; where that leaves a choice, what the aws
// command line does.
namespace kvs::aws {

enum class SharedFile : std::uint8_t { kConfig, kCredentials };

// One profile, sso-session or services section: names (lower case) and values.
class ConfigSection {
 public:
  // Nothing when it is not there or empty. The value of the credentials file comes before that of the config file. Borrowed.
  [[nodiscard]] std::optional<std::string_view> Get(std::string_view name) const;
  // That of one file.
  [[nodiscard]] std::optional<std::string_view> Get(SharedFile file, std::string_view name) const;
  // The value of `inner` among the indented lines below "name =".
  [[nodiscard]] std::optional<std::string_view> Nested(std::string_view name, std::string_view inner) const;

 private:
  friend class SharedConfigReader;
  // "name", or "name.inner".
  using Values = std::map<std::string, Secret, std::less<>>;
  Values config_;
  Values credentials_;
};

// The two files together.
class SharedConfig {
 public:
  // Files are kilobytes; more is a mistake.
  static constexpr std::size_t kMaxFileBytes = std::size_t{256} * 1024;

  // Adds the text of a file. Lines are "[section]", "name = value" or "name: value", indented ones that go on with the value before or are nested in
  // it, comments (# or ; first), and empty ones. In the credentials file a section is a profile; in the config file "default",
  // "profile x", "sso-session x" and "services x" are known, and others skipped. What is there twice: the last counts.
  // Errors: kInvalidArgument: `path`, the number of the line, and what is wrong with it; never its text. kTooLarge.
  Status Add(SharedFile file, const std::string& path, std::string_view text);

  // Null when there is none. Borrowed.
  [[nodiscard]] const ConfigSection* Profile(std::string_view name) const;
  [[nodiscard]] const ConfigSection* SsoSession(std::string_view name) const;
  [[nodiscard]] const ConfigSection* Services(std::string_view name) const;
  // For messages, in alphabetical order.
  [[nodiscard]] std::vector<std::string> ProfileNames() const;

  // Which file could not be read although it may be there, and why; empty: none. See LoadSharedConfig.
  [[nodiscard]] const std::string& unread() const { return unread_; }
  void set_unread(std::string text) { unread_ = std::move(text); }

  // The `region` of a profile; nothing when there is no such profile or it has none.
  [[nodiscard]] std::optional<std::string_view> Region(std::string_view profile) const;
  // Where a service is for a profile: `endpoint_url` of the service ("kinesis_video", "sts", "sso", "sso_oidc") in the services
  // section that the profile names, else its own `endpoint_url`. Nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> EndpointUrl(std::string_view profile, std::string_view service) const;

 private:
  friend class SharedConfigReader;
  using Sections = std::map<std::string, ConfigSection, std::less<>>;
  Sections profiles_;
  Sections sso_sessions_;
  Sections services_;
  std::string unread_;
};

// Where the files are: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/config and ~/.aws/credentials. A "~/" at the
// beginning is HOME; empty when it would be needed and is not set.
std::string SharedFilePath(SharedFile file, const EnvironmentLookup& environment);

// AWS_PROFILE, AWS_DEFAULT_PROFILE, "default".
std::string ProfileName(const EnvironmentLookup& environment);

// Reads both files; one that is not there is empty. So is one that cannot be read and that no variable names: HOME may be that of
// another user, as in a container (SharedConfig::unread). `reader` empty: the file system; `environment` empty: that of the process.
// Errors: of SharedConfig::Add; kFileError: one that a variable names cannot be read.
Result<SharedConfig> LoadSharedConfig(const EnvironmentLookup& environment, const FileReader& reader = {});

// The URL that a variable or the files give for a service, in this order: AWS_ENDPOINT_URL_<SERVICE> (e.g. STS, KINESIS_VIDEO),
// AWS_ENDPOINT_URL, SharedConfig::EndpointUrl. Nothing when there is none, or with AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true; where
// the variable is not set, with ignore_configured_endpoint_urls = true of the profile.
// `service` as in SharedConfig::EndpointUrl.
std::optional<std::string> ConfiguredEndpoint(const EnvironmentLookup& environment, const SharedConfig& config,
                                              std::string_view profile, std::string_view service);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_SHARED_CONFIG_H_
