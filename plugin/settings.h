#ifndef KVS_PLUGIN_SETTINGS_H_
#define KVS_PLUGIN_SETTINGS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kvs/credentials.h"
#include "kvs/producer.h"
#include "kvs/secret.h"
#include "kvs/status.h"
#include "kvs/stream_config.h"
#include "plugin/gst_ptr.h"
#include "plugin/metadata.h"
#include "plugin/timestamps.h"

namespace kvs::plugin {

// The values of the property streaming-type. kNearRealtime is treated as kRealtime.
enum class StreamingMode : std::uint8_t { kRealtime = 0, kNearRealtime = 1, kOffline = 2 };

// The values of the property create-stream.
enum class CreateStream : std::uint8_t { kNever = 0, kIfMissing = 1 };
// The values of the property credential-source.
enum class CredentialChoice : std::uint8_t {
  kDefault,
  kEnvironment,
  kProfile,
  kProcess,
  kSso,
  kWebIdentity,
  kContainer,
  kImds,
  kIot,
  kFile,
  kStatic
};
// The values of the property ip-version.
enum class IpVersionChoice : std::uint8_t { kAny = 0, kV4 = 4, kV6 = 6 };

inline constexpr char kDefaultStreamName[] = "DEFAULT_STREAM";
inline constexpr char kDefaultCredentialPath[] = ".kvs/credential";
inline constexpr char kDefaultLogConfig[] = "../kvs_log_configuration";
inline constexpr char kDefaultVideoCodecId[] = "V_MPEG4/ISO/AVC";
inline constexpr char kDefaultVideoTrackName[] = "kinesis_video";
inline constexpr char kDefaultAudioTrackName[] = "audio";
inline constexpr char kDefaultRegionName[] = "us-west-2";

// What a user has set: the values behind the properties, in the properties' own units. A string
// that is not set has no value; NULL and the placeholders that Amazon's element has for credentials
// count as not set. plugin/properties.h has the table of names, and docs/kvssink.md the meanings.
struct Settings {
  std::optional<std::string> stream_name = kDefaultStreamName;
  std::optional<std::string> user_agent;
  std::optional<std::string> content_type;
  std::optional<std::string> codec_id;
  std::optional<std::string> track_name;
  std::optional<std::string> aws_region;
  std::optional<std::string> endpoint;
  std::optional<std::string> ca_path;
  std::optional<std::string> kms_key_id;
  std::optional<std::string> device_name;
  std::optional<std::string> log_config = kDefaultLogConfig;
  std::optional<std::string> credential_path = kDefaultCredentialPath;
  Secret access_key;
  Secret secret_key;
  Secret session_token;
  std::optional<std::string> profile;
  StructurePtr iot_certificate;
  StructurePtr stream_tags;
  StructurePtr metadata;
  std::optional<std::string> image_prefix;
  std::optional<std::string> proxy;
  std::optional<std::string> proxy_id;
  Secret proxy_pw;

  unsigned retention_hours = 2;
  unsigned max_latency_s = 60;
  unsigned fragment_duration_ms = 2000;
  unsigned timecode_scale_ms = 1;
  unsigned framerate = 25;
  unsigned avg_bandwidth_bps = 4194304;
  unsigned buffer_duration_s = 120;
  unsigned replay_duration_s = 40;
  unsigned connection_staleness_s = 60;
  unsigned rotation_period_s = 3600;
  unsigned storage_size_mib = 128;
  unsigned stop_stream_timeout_s = 120;
  unsigned connection_timeout_s = 5;
  unsigned completion_timeout_s = 10;
  unsigned drain_timeout_s = 0;
  unsigned pre_roll_s = 0;
  unsigned image_generation = 0;  // every so many fragments
  unsigned notification = 0;      // every so many fragments
  std::uint64_t file_start_time_s = 0;
  StreamingMode streaming_type = StreamingMode::kRealtime;
  FrameTimestamp frame_timestamp = FrameTimestamp::kDefault;
  CreateStream create_stream = CreateStream::kIfMissing;
  CredentialChoice credential_source = CredentialChoice::kDefault;
  IpVersionChoice ip_version = IpVersionChoice::kAny;

  bool key_frame_fragmentation = true;
  bool frame_timecodes = true;
  bool absolute_fragment_times = true;
  bool fragment_acks = true;
  bool restart_on_error = true;
  bool recalculate_metrics = true;
  bool disable_buffer_clipping = false;
  bool use_original_pts = false;
  bool get_kvs_metrics = false;
  bool ack_messages = false;
  bool reference_timestamps = true;
  bool allow_create_stream = true;
  bool dual_stack = false;
  bool fips = false;
};

// What of the world decides about settings; replaced in tests.
struct Surroundings {
  // The environment.
  EnvironmentLookup environment;
  // Whether a file can be opened for reading.
  std::function<bool(const std::string& path)> is_readable;
  // There are audio pads and no others.
  bool audio_only = false;

  // Those of this process.
  static Surroundings OfProcess();
};

// Settings, checked and in the terms of the library.
struct Resolved {
  ProducerConfig producer;
  StreamConfig stream;
  TimestampRules times;
  // Goes with every fragment.
  std::vector<FragmentMetadata> metadata;
  FragmentEventRules events;
  // The upper bounds of finishing the upload after PAUSED to READY, and at EOS.
  Duration stop_timeout;
  Duration drain_timeout;
  // Where the credentials are from and which service is meant, for logs and messages.
  std::string credentials_from;
  std::string service;
  // Things a user may want to know: values that were adjusted or have no effect here.
  std::vector<std::string> notes;
};

// The one place that knows which of property, variable and file comes first:
//   region       aws-region, then as kvs::Locate; without profile and instance where credentials are from where Amazon's element
//                has them
//   endpoint     endpoint, the same
//   host         dual-stack and fips, the same; not with an endpoint
//   addresses    ip-version, AWS_KVS_USE_IPV4, AWS_KVS_USE_IPV6
//   proxy        proxy, and what the library finds in https_proxy and the like
//   CA           ca-path, KVSSINK_CA_CERT_PATH, the system's
//   credentials  credential-source; with its default: iot-certificate, access-key and secret-key (with session-token), profile,
//                AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (with AWS_SESSION_TOKEN), the file
//                credential-path, what the aws command line would find
// A session token is only used with the keys of the same place.
// Errors: kInvalidArgument, kNoCredentials, kFileError, kUnsupportedMedia; the message names the property, its
//         value (never a secret) and what is allowed.
Result<Resolved> Resolve(const Settings& settings, const Surroundings& surroundings);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_SETTINGS_H_
