#ifndef KVS_PRODUCER_H_
#define KVS_PRODUCER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "kvs/credentials.h"
#include "kvs/export.h"
#include "kvs/logging.h"
#include "kvs/network_options.h"
#include "kvs/status.h"
#include "kvs/stream.h"
#include "kvs/stream_config.h"

namespace kvs {

struct ProducerConfig : NetworkPath {
  // e.g. "us-west-2"; checked for its form. Used in signatures also where `endpoint` is given. Empty: see Locate.
  std::string region;
  // Where the control plane is, e.g. "https://127.0.0.1:8443", or a VPC endpoint. Without a scheme: https. Empty: see Locate.
  std::string endpoint;
  // Without an `endpoint`: a host that has IPv6 addresses as well; one with FIPS 140 validated cryptography, which some regions
  // always have. Not set: see Locate.
  std::optional<bool> dual_stack;
  std::optional<bool> fips;
  // Whose settings of the aws command line's files count for what is not given here or by variables, and after them those of the EC2
  // instance. Empty: AWS_PROFILE, AWS_DEFAULT_PROFILE, "default". Not set: nobody's, and no instance is asked.
  std::optional<std::string> profile = std::string();
  // A CA file (PEM) or a folder of them. Empty: the system's.
  std::string ca_path;
  // Required.
  std::shared_ptr<CredentialSource> credentials;
  // How many bytes of frames the streams of this producer may hold together: 1 MiB .. 10 GiB.
  std::uint64_t storage_bytes = std::uint64_t{128} << 20;
  Duration connection_timeout = Duration::Seconds(5);
  // Of a control-plane call, from connect to the last byte.
  Duration completion_timeout = Duration::Seconds(10);
  // What the service said about a stream (that it is there, and where its media goes) holds for streams that are opened later
  // under the same name, for so long. Zero: every stream asks anew.
  Duration lookup_life;
  // How many network threads the process has for the media of this producer's streams, 1 to 16; a stream stays on the one that had the
  // fewest when it was opened. One is enough for hundreds of cameras: see ProducerMetrics::network_busy. Threads that another producer
  // has are used, too. Not set: see FillFromEnvironment.
  std::optional<std::uint32_t> network_threads;
  // The first token of the User-Agent, at most 32 characters. Empty: the library's own.
  std::string user_agent;
  // What stands at its end, at most 128 characters.
  std::string user_agent_suffix;
  // Not set: nothing is logged.
  std::shared_ptr<LogSink> log;
  std::optional<DebugOptions> debug;
  // Where variables are looked up. Empty: in the environment of the process.
  EnvironmentLookup environment;
};

// Which service is meant, and who says so: names of variables, "the profile …", "the default", or empty: the configuration.
struct ServiceLocation {
  // Empty: nobody says it. The EC2 instance that this may be is asked, before the first call; us-west-2 when that has none.
  std::string region;
  std::string region_from;
  // The URL of the control plane, without a final '/'; empty: the host of the region.
  std::string endpoint;
  std::string endpoint_from;
  bool dual_stack = false;
  bool fips = false;
  // What is wrong with the files, which then do not count; empty: nothing.
  std::string note;
};

// Where the service is for a configuration. Of each the first that is set and not empty:
//   region      `region`, AWS_DEFAULT_REGION, AWS_REGION, region of the profile, that of the EC2 instance, us-west-2
//   endpoint    `endpoint`, CONTROL_PLANE_URI, AWS_ENDPOINT_URL_KINESIS_VIDEO, AWS_ENDPOINT_URL, endpoint_url of kinesis_video in the
//               services of the profile, endpoint_url of the profile, the host of the region. Of these AWS_ENDPOINT_URL… and the
//               profile's do not count with AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true
//   dual_stack  `dual_stack`, AWS_USE_DUALSTACK_ENDPOINT ("true", or beginning so, in any case), use_dualstack_endpoint of the profile
//   fips        `fips`, AWS_USE_FIPS_ENDPOINT, use_fips_endpoint of the profile
// The instance is not asked with AWS_EC2_METADATA_DISABLED=true. Producer::Create uses this; for programs that want to know. Reads
// the profile's files, and calls nobody.
// Errors: kInvalidArgument: no region, no URL, or (of a profile that is asked for by name) a line that cannot be understood;
//         kFileError: the file of such a profile cannot be read.
KVS_EXPORT Result<ServiceLocation> Locate(const ProducerConfig& config);

// Sets what is not set from variables; those that are empty do not count. Producer::Create does so; for programs that want to know.
//   ip_version        AWS_KVS_USE_IPV4, else AWS_KVS_USE_IPV6: anything
//   network_threads   KVS_NETWORK_THREADS: 1 to 16, or the nearest of them; 1 for what is no number
//   debug             KVS_DEBUG_DUMP_DATA_FILE_DIR: a folder; DEBUG_DUMP_FRAME_INFO, KVS_CURL_DEBUG: anything
KVS_EXPORT void FillFromEnvironment(ProducerConfig& config);

// A set of streams with the same credentials, endpoint and budget of memory. All producers of a process share its network
// thread. Dropping the last reference ends nothing: open streams keep what they need.
// Thread: every method may be called from any thread.
class KVS_EXPORT Producer {
 public:
  // Errors: kInvalidArgument, with a sentence that names the field; kFileError: ca_path cannot be read. Makes no call over
  // the network.
  static Result<std::shared_ptr<Producer>> Create(ProducerConfig config);
  virtual ~Producer();

  // Opens a stream: returns at once; looking the stream up, creating and connecting happen behind once its first track is
  // known. `listener` may be null. It is held until Stopped was delivered.
  // Errors: kInvalidArgument.
  virtual Result<std::shared_ptr<Stream>> OpenStream(StreamConfig config,
                                                     std::shared_ptr<StreamListener> listener) = 0;

  [[nodiscard]] virtual ProducerMetrics metrics() const = 0;
};

// Waits until every stream of the process that was stopped has ended, each at its own deadline. For programs that exit right
// after Stop; it also runs by itself when the process exits normally.
KVS_EXPORT void WaitForStoppedStreams();

}  // namespace kvs

#endif  // KVS_PRODUCER_H_
