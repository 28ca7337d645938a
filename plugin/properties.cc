#include "plugin/properties.h"

#include <limits>
#include <type_traits>

#include "kvs/version.h"

namespace kvs::plugin {
namespace {

constexpr char kRedacted[] = "***";

// Reasons of PropertyRow::no_effect.
constexpr char kNoWindowSize[] = "the buffer is sized by storage-size and buffer-duration";
constexpr char kNoReplay[] = "after a reconnect exactly what may be lost is sent again";
constexpr char kAlwaysRestarts[] = "recoverable errors are always recovered from";
constexpr char kAlwaysCounted[] = "counters are always kept; read the property stats";
constexpr char kNoRotation[] = "credentials are renewed when they expire";

// An enumeration that is one member of the settings.
template <auto kMember>
constexpr EnumProperty EnumOf(GType (*type)()) {
  return {type, [](const Settings& settings) { return static_cast<gint>(settings.*kMember); },
          [](Settings& settings, gint value) {
            using Enum = std::remove_reference_t<decltype(settings.*kMember)>;
            settings.*kMember = static_cast<Enum>(value);
          }};
}

// An entry per property: name, nick, blurb, where its value is.
const PropertyRow kTable[] = {
    {"stream-name", "Stream name", "Name of the stream to write to",
     StringProperty{&Settings::stream_name, kDefaultStreamName}},
    {"user-agent", "User agent", "First token of the HTTP User-Agent, at most 32 characters",
     StringProperty{&Settings::user_agent, "kvssink/" KVS_VERSION_STRING, true}},
    {"retention-period", "Retention period",
     "Hours for which a stream that is created keeps its media; 0: none",
     UintProperty{&Settings::retention_hours}},
    {"streaming-type", "Streaming type",
     "realtime: never waits, gives up the oldest media when the buffer is full. offline: waits for "
     "room instead. near-realtime is the same as realtime",
     EnumOf<&Settings::streaming_type>(gst_kvs_sink_streaming_type_get_type)},
    {"content-type", "Content type",
     "Media type of a stream that is created; made from the caps when not set",
     StringProperty{&Settings::content_type, nullptr}},
    {"max-latency", "Max latency",
     "Seconds of media that may wait to be sent before the element tells that the line is too slow; nothing is given "
     "up for it. 0: never told",
     UintProperty{&Settings::max_latency_s}},
    {"fragment-duration", "Fragment duration",
     "Milliseconds after which the next key frame begins a fragment, with "
     "key-frame-fragmentation=false",
     UintProperty{&Settings::fragment_duration_ms}},
    {"timecode-scale", "Timecode scale", "Milliseconds, the unit of times in the media; 0: 1",
     UintProperty{&Settings::timecode_scale_ms}},
    {"key-frame-fragmentation", "Key frame fragmentation",
     "Begin a fragment at every key frame; ignored while there is no video",
     BoolProperty{&Settings::key_frame_fragmentation}},
    {"frame-timecodes", "Frame timecodes",
     "Use the buffers' timestamps; otherwise each frame is stamped with the time of its arrival",
     BoolProperty{&Settings::frame_timecodes}},
    {"absolute-fragment-times", "Absolute fragment times",
     "Write fragment times since 1970 instead of since the start of the connection",
     BoolProperty{&Settings::absolute_fragment_times}},
    {"fragment-acks", "Fragment acks", "Ask the service to acknowledge fragments",
     BoolProperty{&Settings::fragment_acks}},
    {"restart-on-error", "Restart on error",
     "No effect: recoverable errors are always recovered from",
     BoolProperty{&Settings::restart_on_error}, kAlwaysRestarts},
    {"recalculate-metrics", "Recalculate metrics",
     "No effect: counters are always kept; read the property stats",
     BoolProperty{&Settings::recalculate_metrics}, kAlwaysCounted},
    {"framerate", "Frame rate",
     "Frames per second that are assumed for video without timestamps and durations; 0: 24",
     UintProperty{&Settings::framerate}},
    {"avg-bandwidth-bps", "Average bandwidth",
     "Bits per second (no effect: the buffer is sized by storage-size and buffer-duration)",
     UintProperty{&Settings::avg_bandwidth_bps}, kNoWindowSize},
    {"buffer-duration", "Buffer duration",
     "Seconds of media that may wait to be acknowledged; less than 20 counts as 20",
     UintProperty{&Settings::buffer_duration_s}},
    {"replay-duration", "Replay duration",
     "Seconds (no effect: after a reconnect exactly what may be lost is sent again)",
     UintProperty{&Settings::replay_duration_s}, kNoReplay},
    {"connection-staleness", "Connection staleness",
     "Seconds without an acknowledgement after which a new connection is made; 0: never",
     UintProperty{&Settings::connection_staleness_s}},
    {"codec-id", "Codec ID", "Matroska CodecID of H.264 tracks; at most 32 characters",
     StringProperty{&Settings::codec_id, kDefaultVideoCodecId, true}},
    {"track-name", "Track name", "Name of the video track; at most 32 characters",
     StringProperty{&Settings::track_name, kDefaultVideoTrackName, true}},
    {"access-key", "Access key",
     "AWS access key. Reads as *** when set; \"access_key\" counts as not set",
     SecretProperty{&Settings::access_key, "access_key"}},
    {"secret-key", "Secret key",
     "AWS secret key. Reads as *** when set; \"secret_key\" counts as not set",
     SecretProperty{&Settings::secret_key, "secret_key"}},
    {"session-token", "Session token",
     "AWS session token, used with access-key and secret-key. Reads as *** when set; "
     "\"session_token\" counts as not set",
     SecretProperty{&Settings::session_token, "session_token"}},
    {"aws-region", "AWS region",
     "Region; when not set AWS_DEFAULT_REGION, AWS_REGION, then as the documentation says, in the end us-west-2",
     StringProperty{&Settings::aws_region, kDefaultRegionName, true}},
    {"rotation-period", "Rotation period",
     "Seconds (no effect: credentials are renewed when they expire)",
     UintProperty{&Settings::rotation_period_s}, kNoRotation},
    {"log-config", "Log configuration",
     "Property file of log4cplus: what is logged goes to the loggers that it configures, besides GST_DEBUG; NULL: none",
     StringProperty{&Settings::log_config, kDefaultLogConfig}},
    {"storage-size", "Storage size", "MiB of frames that may be held in memory, 1 .. 10240",
     UintProperty{&Settings::storage_size_mib}},
    {"stop-stream-timeout", "Stop stream timeout",
     "Seconds that the upload may take to finish at EOS, or behind after PAUSED to READY; 0: 120",
     UintProperty{&Settings::stop_stream_timeout_s}},
    {"connection-timeout", "Connection timeout",
     "Seconds that connecting to the service may take; 0: 5",
     UintProperty{&Settings::connection_timeout_s}},
    {"completion-timeout", "Completion timeout",
     "Seconds that a call of the control plane may take in all; 0: 10",
     UintProperty{&Settings::completion_timeout_s}},
    {"credential-path", "Credential path",
     "File with credentials, used when neither access-key nor AWS_ACCESS_KEY_ID is set",
     StringProperty{&Settings::credential_path, kDefaultCredentialPath}},
    {"credential-source", "Credential source",
     "Where credentials come from; default: iot-certificate, access-key, profile, the environment, "
     "credential-path, then what the aws command line would find: the first that is there",
     EnumOf<&Settings::credential_source>(gst_kvs_sink_credential_source_get_type)},
    {"profile", "Profile",
     "Profile of ~/.aws/config and ~/.aws/credentials; when not set AWS_PROFILE, then \"default\"",
     StringProperty{&Settings::profile, nullptr}},
    {"iot-certificate", "IoT certificate",
     "Credentials from AWS IoT, before all others: \"iot-certificate,endpoint=host,cert-path=file,"
     "key-path=file,role-aliases=alias\" with ca-path, iot-thing-name (stream-name), "
     "connection-timeout (3) and completion-timeout (5 seconds) where needed",
     StructureProperty{&Settings::iot_certificate}},
    {"stream-tags", "Stream tags",
     "Tags of a stream that is created: \"name,key1=value1,key2=value2\"",
     StructureProperty{&Settings::stream_tags}},
    {"file-start-time", "File start time",
     "Seconds since 1970 that running time 0 stands for, with streaming-type=offline; 0: the time "
     "at which the first frame arrives",
     Uint64Property{&Settings::file_start_time_s, G_MAXULONG}},
    {"disable-buffer-clipping", "Disable buffer clipping",
     "Take the buffers' timestamps as they are, without regard to the segment",
     BoolProperty{&Settings::disable_buffer_clipping}},
    {"use-original-pts", "Use original PTS",
     "The buffers' timestamps are times since 1970 and are stored unchanged",
     BoolProperty{&Settings::use_original_pts}},
    {"get-kvs-metrics", "Get KVS metrics",
     "Emit the signal stream-client-metric at each key frame; the property stats says more",
     BoolProperty{&Settings::get_kvs_metrics}},
    {"allow-create-stream", "Allow creation of the stream",
     "Create the stream when it does not exist; otherwise that is an error",
     BoolProperty{&Settings::allow_create_stream}},
    {"frame-timestamp", "Frame timestamp",
     "Which timestamp of a buffer is used; default-timestamp: PTS, and DTS where it is missing",
     EnumOf<&Settings::frame_timestamp>(gst_kvs_sink_frame_timestamp_type_get_type)},
    {"endpoint", "Endpoint",
     "URL of the control plane; when not set CONTROL_PLANE_URI, AWS_ENDPOINT_URL_KINESIS_VIDEO, AWS_ENDPOINT_URL, then that of "
     "the region",
     StringProperty{&Settings::endpoint, nullptr}},
    {"ca-path", "CA path",
     "File (PEM) or folder of certificates to trust; when not set KVSSINK_CA_CERT_PATH, then the "
     "system's",
     StringProperty{&Settings::ca_path, nullptr}},
    {"kms-key-id", "KMS key id",
     "KMS key of a stream that is created; when not set, the one that the service manages",
     StringProperty{&Settings::kms_key_id, nullptr}},
    {"device-name", "Device name", "Device name of a stream that is created",
     StringProperty{&Settings::device_name, "Kinesis_Video_Device", true}},
    {"create-stream", "Create stream",
     "if-missing: create the stream when it does not exist; never: that is an error. The same as "
     "allow-create-stream; never wins",
     EnumOf<&Settings::create_stream>(gst_kvs_sink_create_stream_get_type)},
    {"metadata", "Metadata",
     "Names and values that go with every fragment: \"metadata,site=berlin,floor=5\"",
     StructureProperty{&Settings::metadata}},
    {"image-generation", "Image generation",
     "Ask the service for an image of every Nth fragment that begins with a key frame; 0: never",
     UintProperty{&Settings::image_generation}},
    {"image-prefix", "Image prefix",
     "Folder in the S3 bucket for the images of image-generation; when not set, that of the "
     "stream's configuration",
     StringProperty{&Settings::image_prefix, nullptr}},
    {"notification", "Notification",
     "Ask the service for a notification of every Nth fragment that begins with a key frame; 0: "
     "never",
     UintProperty{&Settings::notification}},
    {"pre-roll", "Pre-roll",
     "Seconds of media that are kept, and not uploaded, until the signal trigger starts the upload "
     "with them, from a key frame; untrigger ends it. Not with streaming-type=offline. 0: the upload "
     "starts at once",
     UintProperty{&Settings::pre_roll_s}},
    {"drain-timeout", "Drain timeout",
     "Seconds that the upload may take to finish at EOS; 0: the same as stop-stream-timeout",
     UintProperty{&Settings::drain_timeout_s}},
    {"dual-stack", "Dual stack",
     "Use the region's endpoint that has IPv6 as well; also when AWS_USE_DUALSTACK_ENDPOINT is true",
     BoolProperty{&Settings::dual_stack}},
    {"fips", "FIPS", "Use the region's FIPS endpoint; also when AWS_USE_FIPS_ENDPOINT is true",
     BoolProperty{&Settings::fips}},
    {"ip-version", "IP version",
     "Which addresses to connect to; any: also what AWS_KVS_USE_IPV4 and AWS_KVS_USE_IPV6 say",
     EnumOf<&Settings::ip_version>(gst_kvs_sink_ip_version_get_type)},
    {"proxy", "Proxy",
     "URL of an HTTP proxy, http:// or https://; when not set https_proxy, HTTPS_PROXY, all_proxy "
     "and ALL_PROXY count; an empty text: none. User and password in it read as ***",
     ProxyUrlProperty{&Settings::proxy}},
    {"proxy-id", "Proxy user", "User name for the proxy",
     StringProperty{&Settings::proxy_id, nullptr}},
    {"proxy-pw", "Proxy password", "Password for the proxy. Reads as *** when set",
     SecretProperty{&Settings::proxy_pw, ""}},
    {"ack-messages", "Ack messages",
     "Post an element message for each fragment that is acknowledged; the signal fragment-ack comes "
     "in any case",
     BoolProperty{&Settings::ack_messages}},
    {"reference-timestamps", "Reference timestamps",
     "Take the time of day from reference timestamps (NTP or Unix time) on the buffers, where they "
     "have them, instead of from the arrival of the first one",
     BoolProperty{&Settings::reference_timestamps}},
    {"stats", "Statistics", "Counters since the stream was opened, and gauges", StatsProperty{}},
};

constexpr auto kReadWrite =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kReadOnly = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

// Makes the GParamSpec of each kind of property.
struct SpecMaker {
  const PropertyRow& row;
  const Settings& defaults;

  GParamSpec* operator()(const StringProperty& p) const {
    return g_param_spec_string(row.name, row.nick, row.blurb, p.default_value, kReadWrite);
  }
  GParamSpec* operator()(const SecretProperty& /*p*/) const {
    return g_param_spec_string(row.name, row.nick, row.blurb, nullptr, kReadWrite);
  }
  GParamSpec* operator()(const ProxyUrlProperty& /*p*/) const {
    return g_param_spec_string(row.name, row.nick, row.blurb, nullptr, kReadWrite);
  }
  GParamSpec* operator()(const UintProperty& p) const {
    return g_param_spec_uint(row.name, row.nick, row.blurb, 0, G_MAXUINT, defaults.*p.member,
                             kReadWrite);
  }
  GParamSpec* operator()(const BoolProperty& p) const {
    return g_param_spec_boolean(row.name, row.nick, row.blurb, defaults.*p.member ? TRUE : FALSE,
                                kReadWrite);
  }
  GParamSpec* operator()(const Uint64Property& p) const {
    return g_param_spec_uint64(row.name, row.nick, row.blurb, 0, p.maximum, defaults.*p.member,
                               kReadWrite);
  }
  GParamSpec* operator()(const StructureProperty& /*p*/) const {
    return g_param_spec_boxed(row.name, row.nick, row.blurb, GST_TYPE_STRUCTURE, kReadWrite);
  }
  GParamSpec* operator()(const EnumProperty& p) const {
    return g_param_spec_enum(row.name, row.nick, row.blurb, p.type(), p.get(defaults), kReadWrite);
  }
  GParamSpec* operator()(const StatsProperty& /*p*/) const {
    return g_param_spec_boxed(row.name, row.nick, row.blurb, GST_TYPE_STRUCTURE, kReadOnly);
  }
};

struct Storer {
  Settings& settings;
  const GValue* value;

  void operator()(const StringProperty& p) const {
    const gchar* text = g_value_get_string(value);
    settings.*p.member = text == nullptr ? std::nullopt : std::optional<std::string>(text);
  }
  void operator()(const SecretProperty& p) const {
    const gchar* text = g_value_get_string(value);
    const bool unset = text == nullptr || std::string_view(text) == p.placeholder;
    settings.*p.member = unset ? Secret() : Secret(text);
  }
  void operator()(const ProxyUrlProperty& p) const {
    const gchar* text = g_value_get_string(value);
    settings.*p.member = text == nullptr ? std::nullopt : std::optional<std::string>(text);
  }
  void operator()(const UintProperty& p) const { settings.*p.member = g_value_get_uint(value); }
  void operator()(const BoolProperty& p) const {
    settings.*p.member = g_value_get_boolean(value) != FALSE;
  }
  void operator()(const Uint64Property& p) const { settings.*p.member = g_value_get_uint64(value); }
  void operator()(const StructureProperty& p) const {
    const GstStructure* s = gst_value_get_structure(value);
    (settings.*p.member).reset(s == nullptr ? nullptr : gst_structure_copy(s));
  }
  void operator()(const EnumProperty& p) const { p.set(settings, g_value_get_enum(value)); }
  void operator()(const StatsProperty& /*p*/) const {}
};

struct Reader {
  const Settings& settings;
  GValue* value;

  void operator()(const StringProperty& p) const {
    const std::optional<std::string>& text = settings.*p.member;
    if (text.has_value()) {
      g_value_set_string(value, text->c_str());
    } else {
      g_value_set_static_string(value, p.reads_default ? p.default_value : nullptr);
    }
  }
  void operator()(const SecretProperty& p) const {
    g_value_set_static_string(value, (settings.*p.member).empty() ? nullptr : kRedacted);
  }
  void operator()(const ProxyUrlProperty& p) const {
    const std::optional<std::string>& url = settings.*p.member;
    g_value_set_string(value, url.has_value() ? RedactProxyUrl(*url).c_str() : nullptr);
  }
  void operator()(const UintProperty& p) const { g_value_set_uint(value, settings.*p.member); }
  void operator()(const BoolProperty& p) const {
    g_value_set_boolean(value, settings.*p.member ? TRUE : FALSE);
  }
  void operator()(const Uint64Property& p) const { g_value_set_uint64(value, settings.*p.member); }
  void operator()(const StructureProperty& p) const {
    gst_value_set_structure(value, (settings.*p.member).get());
  }
  void operator()(const EnumProperty& p) const { g_value_set_enum(value, p.get(settings)); }
  void operator()(const StatsProperty& /*p*/) const {}
};

}  // namespace

std::span<const PropertyRow> PropertyTable() {
  return kTable;
}

const PropertyRow* PropertyOf(guint id) {
  return id == 0 || id > std::size(kTable) ? nullptr : &kTable[id - 1];
}

void InstallProperties(GObjectClass* klass) {
  const Settings defaults;
  guint id = 1;
  for (const PropertyRow& row : kTable) {
    g_object_class_install_property(klass, id++, std::visit(SpecMaker{row, defaults}, row.kind));
  }
}

void StoreProperty(Settings& settings, const PropertyRow& row, const GValue* value) {
  std::visit(Storer{settings, value}, row.kind);
}

void ReadProperty(const Settings& settings, const PropertyRow& row, GValue* value) {
  std::visit(Reader{settings, value}, row.kind);
}

}  // namespace kvs::plugin

// The types' names are Amazon's: programs look them up.
GType gst_kvs_sink_streaming_type_get_type() {
  static const GType kType = [] {
    static const GEnumValue kValues[] = {
        {static_cast<gint>(kvs::plugin::StreamingMode::kRealtime), "streaming type realtime",
         "realtime"},
        {static_cast<gint>(kvs::plugin::StreamingMode::kNearRealtime),
         "streaming type near realtime", "near-realtime"},
        {static_cast<gint>(kvs::plugin::StreamingMode::kOffline), "streaming type offline",
         "offline"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstKvsSinkStreamingType", kValues);
  }();
  return kType;
}

GType gst_kvs_sink_frame_timestamp_type_get_type() {
  static const GType kType = [] {
    static const GEnumValue kValues[] = {
        {static_cast<gint>(kvs::plugin::FrameTimestamp::kPtsOnly), "the presentation timestamp",
         "pts-only"},
        {static_cast<gint>(kvs::plugin::FrameTimestamp::kDtsOnly), "the decoding timestamp",
         "dts-only"},
        {static_cast<gint>(kvs::plugin::FrameTimestamp::kDefault),
         "the presentation timestamp, or the decoding timestamp where that is missing",
         "default-timestamp"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstKvsSinkFrameTimestampType", kValues);
  }();
  return kType;
}

GType gst_kvs_sink_create_stream_get_type() {
  static const GType kType = [] {
    static const GEnumValue kValues[] = {
        {static_cast<gint>(kvs::plugin::CreateStream::kNever), "never", "never"},
        {static_cast<gint>(kvs::plugin::CreateStream::kIfMissing), "when it does not exist",
         "if-missing"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstKvsSinkCreateStream", kValues);
  }();
  return kType;
}

GType gst_kvs_sink_credential_source_get_type() {
  static const GType kType = [] {
    using kvs::plugin::CredentialChoice;
    static const GEnumValue kValues[] = {
        {static_cast<gint>(CredentialChoice::kDefault), "the first that is there", "default"},
        {static_cast<gint>(CredentialChoice::kEnvironment), "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", "environment"},
        {static_cast<gint>(CredentialChoice::kProfile), "what the profile says", "profile"},
        {static_cast<gint>(CredentialChoice::kProcess), "credential_process of the profile", "process"},
        {static_cast<gint>(CredentialChoice::kSso), "IAM Identity Center, of the profile", "sso"},
        {static_cast<gint>(CredentialChoice::kWebIdentity), "a role for the holder of a token in a file", "web-identity"},
        {static_cast<gint>(CredentialChoice::kContainer), "the container's: ECS, EKS pod identity", "container"},
        {static_cast<gint>(CredentialChoice::kImds), "the role of the EC2 instance", "imds"},
        {static_cast<gint>(CredentialChoice::kIot), "iot-certificate", "iot"},
        {static_cast<gint>(CredentialChoice::kFile), "the file credential-path", "file"},
        {static_cast<gint>(CredentialChoice::kStatic), "access-key and secret-key", "static"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstKvsSinkCredentialSource", kValues);
  }();
  return kType;
}

GType gst_kvs_sink_ip_version_get_type() {
  static const GType kType = [] {
    static const GEnumValue kValues[] = {
        {static_cast<gint>(kvs::plugin::IpVersionChoice::kAny), "IPv4 and IPv6", "any"},
        {static_cast<gint>(kvs::plugin::IpVersionChoice::kV4), "IPv4 only", "ipv4"},
        {static_cast<gint>(kvs::plugin::IpVersionChoice::kV6), "IPv6 only", "ipv6"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstKvsSinkIpVersion", kValues);
  }();
  return kType;
}
