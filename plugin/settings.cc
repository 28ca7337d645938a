#include "plugin/settings.h"

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "kvs/version.h"
#include "pic/stream/metadata_queue.h"
#include "plugin/credentials_setting.h"

namespace kvs::plugin {
namespace {

// Bounds of the property storage-size, MiB. Source: the library's 1 MiB .. 10 GiB.
constexpr unsigned kMinStorageMib = 1;
constexpr unsigned kMaxStorageMib = 10240;
// What stands in for 0 in properties where Amazon's element treats 0 as its default.
constexpr unsigned kDefaultStopTimeoutS = 120;
constexpr unsigned kDefaultConnectionTimeoutS = 5;
constexpr unsigned kDefaultCompletionTimeoutS = 10;
constexpr unsigned kZeroFramerate = 24;
// Two of the longest fragments that the service takes: with less, media is given up although the service is there.
constexpr unsigned kMinBufferDurationS = 20;
// What StreamConfig::fragment_duration allows, milliseconds.
constexpr unsigned kMinFragmentMs = 1000;
constexpr unsigned kMaxFragmentMs = 10000;
// Characters. Source: the service's API reference and Amazon's producers.
constexpr std::size_t kMaxStreamNameLength = 256;
constexpr std::size_t kMaxMkvNameLength = 32;
constexpr std::size_t kMaxUserAgentLength = 32;
constexpr std::size_t kMaxContentTypeLength = 128;
constexpr std::size_t kMaxDeviceNameLength = 128;
// How often a wait for room is looked up from, to tell of an outage that lasts.
constexpr Duration kRoomInterval = Duration::Seconds(2);
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

Status Invalid(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

std::optional<std::string> FirstSet(const std::optional<std::string>& property,
                                    const EnvironmentLookup& environment,
                                    std::initializer_list<const char*> variables) {
  if (property.has_value() && !property->empty()) {
    return property;
  }
  for (const char* name : variables) {
    std::optional<std::string> value = environment(name);
    if (value.has_value() && !value->empty()) {
      return value;
    }
  }
  return std::nullopt;
}

IpVersion ToIpVersion(IpVersionChoice choice) {
  return choice == IpVersionChoice::kV4 ? IpVersion::kV4 : IpVersion::kV6;
}

// Which host is meant, and how it is reached.
Status ResolveNetwork(const Settings& settings, const Surroundings& world, Resolved& resolved) {
  ProducerConfig& config = resolved.producer;
  config.environment = world.environment;
  config.region = settings.aws_region.value_or("");
  config.endpoint = settings.endpoint.value_or("");
  // So that a launch line for Amazon's element, which knows neither profiles nor instances, goes where it went.
  if (HasAmazonsCredentials(settings, world)) {
    config.profile.reset();
  } else {
    config.profile = settings.profile.value_or("");
  }
  if (settings.dual_stack) {
    config.dual_stack = true;
  }
  if (settings.fips) {
    config.fips = true;
  }
  if (settings.ip_version != IpVersionChoice::kAny) {
    config.ip_version = ToIpVersion(settings.ip_version);
  }
  config.proxy = settings.proxy;
  config.proxy_user = settings.proxy_id.value_or("");
  config.proxy_password = std::make_shared<Secret>(settings.proxy_pw.Clone());
  FillFromEnvironment(config);
  Result<ServiceLocation> location = Locate(config);
  if (!location.ok()) {
    return location.status();
  }
  config.region = location->region;
  config.endpoint = location->endpoint;
  config.dual_stack = location->dual_stack;
  config.fips = location->fips;
  if (!location->note.empty()) {
    resolved.notes.push_back(location->note);
  }
  const std::string kinds = std::string(*config.dual_stack ? "dual-stack" : "") +
                            (*config.dual_stack && *config.fips ? " and " : "") + (*config.fips ? "fips" : "");
  if (!config.endpoint.empty()) {
    resolved.service = "the service at " + config.endpoint;
    if (!kinds.empty()) {
      resolved.notes.push_back(kinds + ": no effect, as the endpoint is given");
    }
    return {};
  }
  resolved.service = "Kinesis Video Streams in " + (config.region.empty() ? "the region of this EC2 instance" : config.region);
  if (!kinds.empty()) {
    resolved.service += " (endpoint with " + kinds + ", which not every region has)";
  }
  if (*config.ip_version == IpVersion::kV6 && !*config.dual_stack) {
    resolved.notes.emplace_back(
        "only IPv6 is to be used, and the usual endpoints have IPv4 addresses only: set dual-stack=true");
  }
  return {};
}

Status ResolveProducer(const Settings& settings, const Surroundings& world, Resolved& resolved) {
  ProducerConfig& config = resolved.producer;
  config.ca_path =
      FirstSet(settings.ca_path, world.environment, {"KVSSINK_CA_CERT_PATH"}).value_or("");
  if (Status status = ResolveNetwork(settings, world, resolved); !status.ok()) {
    return status;
  }
  if (settings.storage_size_mib < kMinStorageMib || settings.storage_size_mib > kMaxStorageMib) {
    return Invalid("storage-size=" + std::to_string(settings.storage_size_mib) +
                   " (MiB) is out of range: " + std::to_string(kMinStorageMib) + " .. " +
                   std::to_string(kMaxStorageMib) + " are allowed");
  }
  config.storage_bytes = std::uint64_t{settings.storage_size_mib} << 20;
  unsigned connection = settings.connection_timeout_s == 0 ? kDefaultConnectionTimeoutS
                                                           : settings.connection_timeout_s;
  unsigned completion = settings.completion_timeout_s == 0 ? kDefaultCompletionTimeoutS
                                                           : settings.completion_timeout_s;
  if (connection > completion) {
    resolved.notes.push_back("connection-timeout=" + std::to_string(connection) +
                             " is longer than completion-timeout=" + std::to_string(completion) +
                             ": 5 and 10 s are used");
    connection = kDefaultConnectionTimeoutS;
    completion = kDefaultCompletionTimeoutS;
  }
  config.connection_timeout = Duration::Seconds(connection);
  config.completion_timeout = Duration::Seconds(completion);
  config.user_agent = settings.user_agent.value_or("kvssink/" KVS_VERSION_STRING);
  return ResolveCredentials(settings, world, resolved);
}

Duration BufferDuration(unsigned seconds, std::vector<std::string>& notes) {
  const unsigned taken = std::max(seconds, kMinBufferDurationS);
  if (seconds != 0 && seconds != taken) {
    notes.push_back("buffer-duration=" + std::to_string(seconds) + " is taken as " + std::to_string(taken) +
                    " seconds: a fragment and its acknowledgement need as much");
  }
  return Duration::Seconds(taken);
}

// What is kept for a trigger is media that waits, and while it is uploaded, more comes.
Status ResolvePreRoll(const Settings& settings, Resolved& resolved) {
  if (settings.pre_roll_s == 0) {
    return {};
  }
  if (settings.streaming_type == StreamingMode::kOffline) {
    return Invalid("pre-roll=" + std::to_string(settings.pre_roll_s) +
                   " does not go with streaming-type=offline, which waits for room and gives no media up; "
                   "use realtime, or pre-roll=0");
  }
  resolved.stream.pre_roll = Duration::Seconds(settings.pre_roll_s);
  const Duration needed = resolved.stream.pre_roll + Duration::Seconds(kMinBufferDurationS);
  if (resolved.stream.buffer_duration < needed) {
    resolved.notes.push_back("buffer-duration=" + std::to_string(settings.buffer_duration_s) + " is taken as " +
                             std::to_string(needed.seconds()) + " seconds: pre-roll=" +
                             std::to_string(settings.pre_roll_s) + " is part of it");
    resolved.stream.buffer_duration = needed;
  }
  return {};
}

Duration FragmentDuration(unsigned milliseconds, std::vector<std::string>& notes) {
  const unsigned allowed = milliseconds < kMinFragmentMs   ? kMinFragmentMs
                           : milliseconds > kMaxFragmentMs ? kMaxFragmentMs
                                                           : milliseconds;
  if (allowed != milliseconds) {
    notes.push_back("fragment-duration=" + std::to_string(milliseconds) + " is taken as " +
                    std::to_string(allowed) + " ms: the service accepts fragments of 1 to 10 s");
  }
  return Duration::Millis(allowed);
}

// What the service takes as the name of a stream. Source: CreateStream API reference.
Status CheckStreamName(const std::optional<std::string>& name) {
  if (!name.has_value() || name->empty()) {
    return Invalid("stream-name is not set");
  }
  if (name->size() > kMaxStreamNameLength) {
    return Invalid("stream-name has " + std::to_string(name->size()) + " characters; 1 to " +
                   std::to_string(kMaxStreamNameLength) + " are allowed");
  }
  const bool clean = std::all_of(name->begin(), name->end(), [](char c) {
    return g_ascii_isalnum(c) || c == '_' || c == '.' || c == '-';
  });
  return clean ? Status()
               : Invalid("stream-name=\"" + *name +
                         "\" has other characters than letters, digits, '_', '.' and '-'");
}

Status CheckLength(const char* property, const std::optional<std::string>& text,
                   std::size_t limit) {
  return text.value_or("").size() <= limit
             ? Status()
             : Invalid(std::string(property) + " has " + std::to_string(text->size()) +
                       " characters; at most " + std::to_string(limit) + " are allowed");
}

Status CheckNames(const Settings& settings) {
  const std::tuple<const char*, const std::optional<std::string>&, std::size_t> limits[] = {
      {"codec-id", settings.codec_id, kMaxMkvNameLength},
      {"track-name", settings.track_name, kMaxMkvNameLength},
      {"user-agent", settings.user_agent, kMaxUserAgentLength},
      {"content-type", settings.content_type, kMaxContentTypeLength},
      {"device-name", settings.device_name, kMaxDeviceNameLength},
  };
  for (const auto& [property, text, limit] : limits) {
    if (Status status = CheckLength(property, text, limit); !status.ok()) {
      return status;
    }
  }
  return CheckStreamName(settings.stream_name);
}

Status ResolveStream(const Settings& settings, const Surroundings& world, Resolved& resolved) {
  if (Status status = CheckNames(settings); !status.ok()) {
    return status;
  }
  StreamConfig& config = resolved.stream;
  const bool offline = settings.streaming_type == StreamingMode::kOffline;
  config.name = *settings.stream_name;
  config.streaming_type = offline ? StreamingType::kOffline : StreamingType::kRealtime;
  if (settings.device_name.has_value()) {
    config.device_name = *settings.device_name;
  }
  config.content_type = settings.content_type.value_or("");
  config.kms_key_id = settings.kms_key_id.value_or("");
  config.retention = Duration::Hours(settings.retention_hours);
  config.allow_creation =
      settings.allow_create_stream && settings.create_stream == CreateStream::kIfMissing;
  if (settings.stream_tags != nullptr) {
    Result<std::vector<std::pair<std::string, std::string>>> tags =
        PairsOf(settings.stream_tags.get(), "stream-tags");
    if (!tags.ok()) {
      return tags.status();
    }
    config.tags = std::move(tags).value();
  }
  // Every audio frame is a key frame, so that key frames would cut the fragments by chance.
  config.key_frame_fragmentation = settings.key_frame_fragmentation && !world.audio_only;
  config.fragment_duration = FragmentDuration(settings.fragment_duration_ms, resolved.notes);
  config.timecode_scale =
      Duration::Millis(settings.timecode_scale_ms == 0 ? 1 : settings.timecode_scale_ms);
  config.absolute_fragment_times = settings.absolute_fragment_times;
  // Media times are times since 1970 here, whatever is written into the clusters.
  config.media_epoch = WallTime();
  config.fragment_acks = settings.fragment_acks;
  if (offline && !settings.fragment_acks) {
    return Invalid(
        "streaming-type=offline needs fragment-acks=true: without acks nothing is known to have "
        "arrived");
  }
  config.buffer_duration = BufferDuration(settings.buffer_duration_s, resolved.notes);
  config.offline_wait = kRoomInterval;
  if (Status status = ResolvePreRoll(settings, resolved); !status.ok()) {
    return status;
  }
  config.max_latency = Duration::Seconds(settings.max_latency_s);
  config.connection_staleness = Duration::Seconds(settings.connection_staleness_s);
  return Validate(config);
}

// What is set is tried on a queue of the library, so that its rules are stated in one place.
Status ResolveMetadata(const Settings& settings, const Surroundings& world, Resolved& resolved) {
  MetadataQueue queue;
  if (settings.metadata != nullptr) {
    auto pairs = PairsOf(settings.metadata.get(), "metadata");
    if (!pairs.ok()) {
      return pairs.status();
    }
    for (auto& [name, value] : *pairs) {
      if (value.empty()) {
        return Invalid("metadata: the value of \"" + name + "\" is empty");
      }
      FragmentMetadata item{std::move(name), std::move(value), /*persistent=*/true};
      if (const Status status = queue.Put(item); !status.ok()) {
        return Invalid("the property metadata: " + status.message());
      }
      resolved.metadata.push_back(std::move(item));
    }
  }
  FragmentEventRules& events = resolved.events;
  events.image_every = settings.image_generation;
  events.image_prefix = settings.image_prefix.value_or("");
  events.notification_every = settings.notification;
  events.shortest_fragment = resolved.stream.key_frame_fragmentation
                                 ? Duration::Millis(kMinFragmentMs)
                                 : resolved.stream.fragment_duration;
  events.timecode_scale = resolved.stream.timecode_scale;
  if (const Status status = queue.PutEvent({MediaEventType::kImageGeneration, events.image_prefix, {}});
      !status.ok()) {
    return Invalid("image-prefix: " + status.message());
  }
  if (events.image_every == 0 && !events.image_prefix.empty()) {
    resolved.notes.emplace_back("image-prefix is only used with image-generation");
  }
  if (events.image_every > 0 && world.audio_only) {
    events.image_every = 0;
    resolved.notes.emplace_back("image-generation is not used: there is no video");
  }
  return {};
}

Status ResolveTimes(const Settings& settings, Resolved& resolved) {
  TimestampRules& rules = resolved.times;
  rules.use_original = settings.use_original_pts;
  rules.ignore_segment = settings.disable_buffer_clipping;
  rules.arrival_time = !settings.frame_timecodes;
  rules.which = settings.frame_timestamp;
  rules.use_references = settings.reference_timestamps;
  rules.trust_old_references = settings.streaming_type == StreamingMode::kOffline;
  const unsigned fps = settings.framerate == 0 ? kZeroFramerate : settings.framerate;
  rules.assumed_frame_duration = Duration::Nanos(kNanosPerSecond / fps);
  constexpr auto kMaxSeconds =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / kNanosPerSecond);
  if (settings.file_start_time_s > kMaxSeconds) {
    return Invalid("file-start-time=" + std::to_string(settings.file_start_time_s) +
                   " is out of range: it is in seconds since 1970");
  }
  if (settings.file_start_time_s != 0) {
    if (settings.streaming_type == StreamingMode::kOffline) {
      rules.start = WallTime::FromSeconds(static_cast<std::int64_t>(settings.file_start_time_s));
    } else {
      resolved.notes.emplace_back("file-start-time is only used with streaming-type=offline");
    }
  }
  return {};
}

}  // namespace

Surroundings Surroundings::OfProcess() {
  Surroundings world;
  world.environment = [](const char* name) -> std::optional<std::string> {
    // Services may be started without HOME; GLib knows that of the user.
    const gchar* value = g_strcmp0(name, "HOME") == 0 ? g_get_home_dir() : g_getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  world.is_readable = [](const std::string& path) { return access(path.c_str(), R_OK) == 0; };
  return world;
}

Result<Resolved> Resolve(const Settings& settings, const Surroundings& surroundings) {
  Resolved resolved;
  resolved.stop_timeout = Duration::Seconds(
      settings.stop_stream_timeout_s == 0 ? kDefaultStopTimeoutS : settings.stop_stream_timeout_s);
  resolved.drain_timeout = settings.drain_timeout_s == 0
                               ? resolved.stop_timeout
                               : Duration::Seconds(settings.drain_timeout_s);
  if (Status status = ResolveStream(settings, surroundings, resolved); !status.ok()) {
    return status;
  }
  if (Status status = ResolveMetadata(settings, surroundings, resolved); !status.ok()) {
    return status;
  }
  if (Status status = ResolveTimes(settings, resolved); !status.ok()) {
    return status;
  }
  if (Status status = ResolveProducer(settings, surroundings, resolved); !status.ok()) {
    return status;
  }
  return resolved;
}

}  // namespace kvs::plugin
