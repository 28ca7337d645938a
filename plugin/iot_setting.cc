#include "plugin/iot_setting.h"

#include <charconv>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "plugin/settings.h"

namespace kvs::plugin {
namespace {

constexpr char kPrefix[] = "iot-certificate: ";
constexpr char kExample[] =
    "; expected is \"iot-certificate,endpoint=...,cert-path=...,key-path=...,role-aliases=...\", and if needed ca-path, "
    "iot-thing-name, connection-timeout and completion-timeout";
// Seconds. Source: Amazon's producers.
constexpr unsigned kDefaultConnectionS = 3;
constexpr unsigned kDefaultCompletionS = 5;
constexpr unsigned kMaxTimeoutS = 3600;

Status Bad(const std::string& message) {
  return {StatusCode::kInvalidArgument, kPrefix + message};
}

bool ParseSeconds(const std::string& text, unsigned& seconds) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  return stop == end && error == std::errc() && seconds <= kMaxTimeoutS;
}

// The fields as text.
Result<std::map<std::string, std::string>> TextsOf(const GstStructure* structure) {
  std::map<std::string, std::string> texts;
  const int count = gst_structure_n_fields(structure);
  for (int i = 0; i < count; ++i) {
    const char* const name = gst_structure_nth_field_name(structure, static_cast<guint>(i));
    std::optional<std::string> text = TextOfValue(gst_structure_get_value(structure, name));
    if (!text.has_value()) {
      return Bad(std::string("the value of the key \"") + name + "\" has no text; use a string or a number");
    }
    if (text->empty()) {
      return Bad(std::string("the value of the key \"") + name + "\" is empty" + kExample);
    }
    texts.emplace(name, *std::move(text));
  }
  return texts;
}

}  // namespace

Result<IotOptions> IotOptionsOf(const GstStructure* structure, const std::string& stream_name,
                                std::vector<std::string>& notes) {
  Result<std::map<std::string, std::string>> texts = TextsOf(structure);
  if (!texts.ok()) {
    return texts.status();
  }
  IotOptions options;
  options.thing_name = stream_name;
  unsigned connection = 0;
  unsigned completion = 0;
  struct Key {
    const char* name;
    bool is_needed;
    std::string* text;
    unsigned* seconds;
  };
  const Key keys[] = {
      {"endpoint", true, &options.endpoint, nullptr},
      {"cert-path", true, &options.cert_path, nullptr},
      {"key-path", true, &options.key_path, nullptr},
      {"role-aliases", true, &options.role_alias, nullptr},
      {"ca-path", false, &options.ca_path, nullptr},
      {"iot-thing-name", false, &options.thing_name, nullptr},
      {"connection-timeout", false, nullptr, &connection},
      {"completion-timeout", false, nullptr, &completion},
  };
  for (const Key& key : keys) {
    const auto found = texts->find(key.name);
    if (found == texts->end()) {
      if (key.is_needed) {
        return Bad(std::string("the key \"") + key.name + "\" is missing" + kExample);
      }
      continue;
    }
    if (key.text != nullptr) {
      *key.text = std::move(found->second);
    } else if (!ParseSeconds(found->second, *key.seconds)) {
      return Bad(std::string("the value \"") + found->second + "\" of the key \"" + key.name +
                 "\" is not a number of seconds from 0 to " + std::to_string(kMaxTimeoutS));
    }
    texts->erase(found);
  }
  if (!texts->empty()) {
    return Bad("there is no key \"" + texts->begin()->first + "\"" + kExample);
  }
  connection = connection == 0 ? kDefaultConnectionS : connection;
  completion = completion == 0 ? kDefaultCompletionS : completion;
  if (completion < connection) {
    notes.push_back(std::string(kPrefix) + "connection-timeout=" + std::to_string(connection) +
                    " is longer than completion-timeout=" + std::to_string(completion) +
                    ": 3 and 5 s are used");
    connection = kDefaultConnectionS;
    completion = kDefaultCompletionS;
  }
  options.connection_timeout = Duration::Seconds(connection);
  options.completion_timeout = Duration::Seconds(completion);
  return options;
}

}  // namespace kvs::plugin
