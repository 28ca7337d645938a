#include "producer/aws/shared_config.h"

#include <algorithm>
#include <utility>

#include "producer/aws/endpoints.h"
#include "producer/aws/small_file.h"
#include "producer/environment.h"
#include "producer/service/http_message.h"
#include "producer/service/validation.h"

namespace kvs::aws {
namespace {

constexpr std::string_view kBlank = " \t\r";
constexpr std::size_t kMaxExcerpt = 256;
constexpr char kDefaultProfile[] = "default";

std::string_view Trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

// Takes a line off, without its end.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// What is between the brackets, in words: kind and name. Quotes may be around the name, which may then have blanks.
struct Heading {
  std::string_view kind;  // empty: there is one word
  std::string_view name;
};

Heading ReadHeading(std::string_view inside) {
  inside = Trim(inside);
  const std::size_t blank = inside.find_first_of(kBlank);
  Heading heading;
  heading.name = blank == std::string_view::npos ? inside : Trim(inside.substr(blank));
  heading.kind = blank == std::string_view::npos ? std::string_view() : inside.substr(0, blank);
  const std::size_t size = heading.name.size();
  if (size >= 2 && (heading.name.front() == '"' || heading.name.front() == '\'') && heading.name.back() == heading.name.front()) {
    heading.name = heading.name.substr(1, size - 2);
  }
  return heading;
}

std::optional<std::string_view> ValueIn(const std::map<std::string, Secret, std::less<>>& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() || found->second.empty() ? std::nullopt : std::optional(found->second.Reveal());
}

template <typename Sections>
const ConfigSection* Find(const Sections& sections, std::string_view name) {
  const auto found = sections.find(name);
  return found == sections.end() ? nullptr : &found->second;
}

std::optional<std::string> NotEmpty(std::optional<std::string> value) {
  return value && !value->empty() ? std::move(value) : std::nullopt;
}

const char* VariableOf(SharedFile file) {
  return file == SharedFile::kConfig ? "AWS_CONFIG_FILE" : "AWS_SHARED_CREDENTIALS_FILE";
}

}  // namespace

std::optional<std::string_view> ConfigSection::Get(std::string_view name) const {
  const std::optional<std::string_view> value = ValueIn(credentials_, name);
  return value ? value : ValueIn(config_, name);
}

std::optional<std::string_view> ConfigSection::Get(SharedFile file, std::string_view name) const {
  return ValueIn(file == SharedFile::kConfig ? config_ : credentials_, name);
}

std::optional<std::string_view> ConfigSection::Nested(std::string_view name, std::string_view inner) const {
  return Get(std::string(name) + "." + std::string(inner));
}

// Reads one file into the sections of a SharedConfig, line by line.
class SharedConfigReader {
 public:
  SharedConfigReader(SharedConfig& config, SharedFile file) : config_(config), file_(file) {}

  // Why a line cannot be understood, or null.
  const char* Take(std::string_view whole) {
    const std::string_view line = Trim(whole);
    const std::size_t indent = std::min(whole.find_first_not_of(kBlank), whole.size());
    if (line.empty() || line.front() == '#' || line.front() == ';') {
      return nullptr;
    }
    if (!name_.empty() && indent > indent_) {
      return TakeIndented(line);
    }
    if (line.front() == '[') {
      return TakeHeading(line);
    }
    return in_section_ ? TakeValue(line, indent) : "it stands before the first section; a section is e.g. \"[default]\"";
  }

 private:
  using Values = ConfigSection::Values;

  const char* TakeHeading(std::string_view line) {
    const std::size_t end = line.find(']');
    const std::string_view rest = end == std::string_view::npos ? line : Trim(line.substr(end + 1));
    if (!rest.empty() && rest.front() != '#' && rest.front() != ';') {
      return "a section is \"[name]\" and nothing else";
    }
    const std::string_view inside = Trim(line.substr(1, end - 1));
    if (inside.empty()) {
      return "the section has no name";
    }
    values_ = file_ == SharedFile::kCredentials ? &config_.profiles_[std::string(inside)].credentials_ : OfConfig(inside);
    in_section_ = true;
    name_.clear();
    return nullptr;
  }

  // Null for a section that is not known.
  Values* OfConfig(std::string_view inside) {
    const Heading heading = ReadHeading(inside);
    SharedConfig::Sections* const sections = heading.kind == "sso-session" ? &config_.sso_sessions_
                                             : heading.kind == "services"  ? &config_.services_
                                             : heading.kind == "profile" || inside == kDefaultProfile
                                                 ? &config_.profiles_
                                                 : nullptr;
    return sections == nullptr ? nullptr : &(*sections)[std::string(heading.name)].config_;
  }

  const char* TakeValue(std::string_view line, std::size_t indent) {
    // The aws command line takes a colon as well, whichever comes first.
    const std::size_t equals = line.find_first_of("=:");
    if (equals == std::string_view::npos) {
      return "a line is \"name = value\"; there is no '='";
    }
    const std::string_view name = Trim(line.substr(0, equals));
    if (name.empty()) {
      return "there is no name before '='";
    }
    name_ = service::AsciiLower(name);
    indent_ = indent;
    if (values_ != nullptr) {
      // A new value takes those along that were nested in the old one.
      const std::string nested = name_ + ".";
      std::erase_if(*values_, [&](const auto& value) { return value.first.starts_with(nested); });
      (*values_)[name_] = Secret(Trim(line.substr(equals + 1)));
    }
    return nullptr;
  }

  const char* TakeIndented(std::string_view line) {
    if (values_ == nullptr) {
      return nullptr;
    }
    Secret& outer = (*values_)[name_];
    const std::size_t equals = line.find('=');
    if (!outer.empty()) {
      std::string longer = std::string(outer.Reveal()) + "\n" + std::string(line);
      outer = Secret::Consume(longer);
      return nullptr;
    }
    if (equals == std::string_view::npos) {
      return "below a name without a value, a line is \"name = value\"; there is no '='";
    }
    (*values_)[name_ + "." + service::AsciiLower(Trim(line.substr(0, equals)))] = Secret(Trim(line.substr(equals + 1)));
    return nullptr;
  }

  SharedConfig& config_;
  const SharedFile file_;
  Values* values_ = nullptr;  // of the section; null: it is skipped
  bool in_section_ = false;
  std::string name_;         // of the last value of the section; empty: there was none
  std::size_t indent_ = 0;  // of its line
};

Status SharedConfig::Add(SharedFile file, const std::string& path, std::string_view text) {
  const std::string where = service::PrintableExcerpt(path, kMaxExcerpt);
  if (text.size() > kMaxFileBytes) {
    return {StatusCode::kTooLarge, where + " is longer than " + std::to_string(kMaxFileBytes) + " bytes"};
  }
  SharedConfigReader reader(*this, file);
  for (std::size_t number = 1; !text.empty(); ++number) {
    if (const char* const wrong = reader.Take(TakeLine(text)); wrong != nullptr) {
      return {StatusCode::kInvalidArgument, where + ", line " + std::to_string(number) + ": " + wrong};
    }
  }
  return {};
}

const ConfigSection* SharedConfig::Profile(std::string_view name) const { return Find(profiles_, name); }
const ConfigSection* SharedConfig::SsoSession(std::string_view name) const { return Find(sso_sessions_, name); }
const ConfigSection* SharedConfig::Services(std::string_view name) const { return Find(services_, name); }

std::vector<std::string> SharedConfig::ProfileNames() const {
  std::vector<std::string> names;
  for (const auto& [name, section] : profiles_) {
    names.push_back(name);
  }
  return names;
}

std::optional<std::string_view> SharedConfig::Region(std::string_view profile) const {
  const ConfigSection* const section = Profile(profile);
  return section == nullptr ? std::nullopt : section->Get("region");
}

std::optional<std::string_view> SharedConfig::EndpointUrl(std::string_view profile, std::string_view service) const {
  const ConfigSection* const section = Profile(profile);
  if (section == nullptr) {
    return std::nullopt;
  }
  const std::optional<std::string_view> name = section->Get("services");
  const ConfigSection* const services = name ? Services(*name) : nullptr;
  const std::optional<std::string_view> url =
      services == nullptr ? std::nullopt : services->Nested(service, "endpoint_url");
  return url ? url : section->Get("endpoint_url");
}

std::string SharedFilePath(SharedFile file, const EnvironmentLookup& environment) {
  const EnvironmentLookup lookup = OrOfProcess(environment);
  const bool is_config = file == SharedFile::kConfig;
  std::string path = NotEmpty(lookup(VariableOf(file)))
                         .value_or(is_config ? "~/.aws/config" : "~/.aws/credentials");
  if (!path.starts_with("~/")) {
    return path;
  }
  const std::optional<std::string> home = NotEmpty(lookup("HOME"));
  return home ? *home + path.substr(1) : "";
}

std::string ProfileName(const EnvironmentLookup& environment) {
  const EnvironmentLookup lookup = OrOfProcess(environment);
  for (const char* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    if (std::optional<std::string> name = NotEmpty(lookup(variable))) {
      return *std::move(name);
    }
  }
  return kDefaultProfile;
}

Result<SharedConfig> LoadSharedConfig(const EnvironmentLookup& environment, const FileReader& reader) {
  SharedConfig config;
  for (const SharedFile file : {SharedFile::kConfig, SharedFile::kCredentials}) {
    const std::string path = SharedFilePath(file, environment);
    if (path.empty()) {
      continue;
    }
    Result<std::string> text = reader ? reader(path, SharedConfig::kMaxFileBytes)
                                      : ReadSmallFile(path, SharedConfig::kMaxFileBytes);
    if (!text.ok() && text.status().code() == StatusCode::kNotFound) {
      continue;
    }
    if (!text.ok()) {
      std::string why = service::PrintableExcerpt(path, kMaxExcerpt) + ": " + text.status().message();
      if (text.status().code() != StatusCode::kFileError || NotEmpty(OrOfProcess(environment)(VariableOf(file)))) {
        return Status(StatusCode::kFileError, std::move(why));
      }
      config.set_unread(config.unread() + (config.unread().empty() ? "" : "; ") + why);
      continue;
    }
    Status status = config.Add(file, path, *text);
    WipeString(*text);
    if (!status.ok()) {
      return status;
    }
  }
  return config;
}

std::optional<std::string> ConfiguredEndpoint(const EnvironmentLookup& environment, const SharedConfig& config,
                                              std::string_view profile, std::string_view service) {
  const EnvironmentLookup lookup = OrOfProcess(environment);
  const std::optional<std::string> ignore = NotEmpty(lookup("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"));
  const ConfigSection* const section = config.Profile(profile);
  if (IsTrueSetting(ignore || section == nullptr ? std::string_view(ignore.value_or(""))
                                                 : section->Get("ignore_configured_endpoint_urls").value_or(""))) {
    return std::nullopt;
  }
  std::string variable = "AWS_ENDPOINT_URL_";
  for (const char c : service) {
    variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  for (const char* name : {variable.c_str(), "AWS_ENDPOINT_URL"}) {
    if (std::optional<std::string> url = NotEmpty(lookup(name))) {
      return url;
    }
  }
  const std::optional<std::string_view> url = config.EndpointUrl(profile, service);
  return url ? std::optional<std::string>(*url) : std::nullopt;
}

}  // namespace kvs::aws
