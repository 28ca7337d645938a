#include "emulator/server/options.h"

#include <charconv>
#include <functional>
#include <map>

#include "emulator/server/sigv4_verifier.h"

namespace kvs::emulator {
namespace {

// Takes the value of an option; false when it is not a good one.
using Setter = std::function<bool(const std::string& value)>;

template <typename T>
bool ParseNumber(const std::string& text, T* value) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && rest == end && !text.empty();
}

Setter Text(std::string* target) {
  return [target](const std::string& value) {
    *target = value;
    return !value.empty();
  };
}

template <typename T>
Setter Number(T* target) {
  return [target](const std::string& value) { return ParseNumber(value, target); };
}

Setter Time(Duration* target) {
  return [target](const std::string& value) {
    const auto duration = ParseDuration(value);
    *target = duration.value_or(Duration::zero());
    return duration.has_value();
  };
}

Setter Size(std::uint64_t* target) {
  return [target](const std::string& value) {
    const auto size = ParseSize(value);
    *target = size.value_or(0);
    return size.has_value();
  };
}

bool AddStream(const std::string& value, Options* options) {
  constexpr std::int64_t kDefaultHours = 24;
  const std::size_t colon = value.find(':');
  std::int64_t hours = kDefaultHours;
  if (colon != std::string::npos && !ParseNumber(value.substr(colon + 1), &hours)) {
    return false;
  }
  options->streams.emplace_back(value.substr(0, colon), hours);
  return !value.empty() && colon != 0;
}

std::map<std::string, Setter> ValueOptions(Options* o, std::string* fault_problem) {
  SessionConfig& session = o->service.session;
  MediaLimits& media = session.media;
  StreamRegistry::Config& streams = o->service.streams;
  return {
      {"--host", Text(&o->host)},
      {"--port", Number(&o->port)},
      {"--port-file", Text(&o->port_file)},
      {"--data", Text(&o->data_dir)},
      {"--events", Text(&o->events_file)},
      {"--stream", [o](const std::string& value) { return AddStream(value, o); }},
      {"--region",
       [o](const std::string& value) {
         o->region_given = true;
         o->service.streams.region = value;
         return !value.empty();
       }},
      {"--account", Text(&streams.account)},
      {"--retention", Number(&streams.default_retention_hours)},
      {"--create-delay", Time(&streams.create_delay)},
      {"--update-delay", Time(&streams.update_delay)},
      {"--delete-delay", Time(&streams.delete_delay)},
      {"--access-key", Text(&o->access_key)},
      {"--secret-key", Text(&o->secret_key)},
      {"--session-token", Text(&o->session_token)},
      {"--credential",
       [o](const std::string& value) {
         o->credentials.push_back(value);
         return ParseCredential(value, {}).has_value();
       }},
      {"--cert", Text(&o->certificate_file)},
      {"--key", Text(&o->key_file)},
      {"--tls-dir", Text(&o->tls_dir)},
      {"--iot-port",
       [o](const std::string& value) { return ParseNumber(value, &o->iot_port.emplace()); }},
      {"--iot-client-ca", Text(&o->iot_client_ca)},
      {"--iot-role-alias", Text(&o->iot_role_alias)},
      {"--iot-thing", Text(&o->iot_thing)},
      {"--iot-credential-life", Time(&o->iot_credential_life)},
      {"--credentials-port",
       [o](const std::string& value) { return ParseNumber(value, &o->credentials_port.emplace()); }},
      {"--credentials-life", Time(&o->credentials_life)},
      {"--credentials-role", Text(&o->credentials_role)},
      {"--sts-external-id", Text(&o->sts_external_id)},
      {"--web-identity-token", Text(&o->web_identity_token)},
      {"--imds-token-life", Time(&o->imds_token_life)},
      {"--sso-token", Text(&o->sso_token)},
      {"--sso-refresh-token", Text(&o->sso_refresh_token)},
      {"--sso-token-life", Time(&o->sso_token_life)},
      {"--container-token", Text(&o->container_token)},
      {"--receive-buffer", Size(&o->receive_buffer)},
      {"--ack-delay-buffering", Time(&session.buffering_delay)},
      {"--ack-delay-received", Time(&session.received_delay)},
      {"--ack-delay-persisted", Time(&session.persisted_delay)},
      {"--idle-ack-interval", Time(&session.idle_ack_interval)},
      {"--idle-timeout", Time(&session.idle_timeout)},
      {"--session-limit", Time(&session.session_limit)},
      {"--min-fragment", Time(&media.min_fragment)},
      {"--max-fragment", Time(&media.max_fragment)},
      {"--max-fragment-size", Size(&media.max_fragment_bytes)},
      {"--max-future", Time(&media.max_future)},
      {"--put-media-tps", Number(&o->service.put_media_tps)},
      {"--max-sessions", Number(&o->service.max_sessions)},
      {"--fragment-rate", Number(&o->service.fragment_rate)},
      {"--fragment-rate-action",
       [&session](const std::string& value) {
         session.fragment_rate_is_error = value == "error";
         return value == "error" || value == "pace";
       }},
      {"--session-rate", Size(&session.bytes_per_second)},
      {"--fault",
       [o, fault_problem](const std::string& value) {
         auto parsed = ParseFault(value);
         if (auto* problem = std::get_if<std::string>(&parsed)) {
           *fault_problem = *problem;
           return false;
         }
         o->faults.push_back(std::get<Fault>(std::move(parsed)));
         return true;
       }},
  };
}

std::map<std::string, bool*> Switches(Options* o) {
  return {
      {"--keep-sessions", &o->keep_sessions},
      {"--frame-events", &o->service.session.tell_frames},
      {"--no-auth", &o->no_auth},
      {"--tls", &o->tls},
      {"--keep-open-after-error", &o->service.session.keep_open_after_error},
      {"--control-quotas", &o->service.control_quotas},
      {"--help", &o->help},
      {"--version", &o->version},
  };
}

std::string CheckTogether(const Options& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return "--cert and --key belong together";
  }
  if (options.keep_sessions && options.data_dir.empty()) {
    return "--keep-sessions needs --data";
  }
  return "";
}

}  // namespace

std::string ParseOptions(const std::vector<std::string>& arguments, Options* options) {
  std::string fault_problem;
  const auto values = ValueOptions(options, &fault_problem);
  const auto switches = Switches(options);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    if (const auto flag = switches.find(argument); flag != switches.end()) {
      *flag->second = true;
      continue;
    }
    const auto setter = values.find(name);
    if (setter == values.end()) {
      return "unknown option " + argument;
    }
    if (equals == std::string::npos && i + 1 == arguments.size()) {
      return name + " needs a value";
    }
    const std::string value =
        equals == std::string::npos ? arguments[++i] : argument.substr(equals + 1);
    if (!setter->second(value)) {
      return "bad value for " + name + ": " + value +
             (fault_problem.empty() ? "" : " (" + fault_problem + ")");
    }
  }
  options->service.session.keep_media = !options->data_dir.empty();
  options->tls = options->tls || !options->certificate_file.empty();
  return CheckTogether(*options);
}

}  // namespace kvs::emulator
