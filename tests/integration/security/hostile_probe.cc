// Asks one host for one thing, as the library would, and says in a line of JSON how that ended and what it cost. For tests with
// hosts that mean harm, and of what stays in memory.
//
//   hostile_probe <what> <url> [name=value ...]
//
// what: control, media (the URL of the control plane), imds, container, sts, sso, oidc, iot.
// Names: ca, cert, key (files), file (credentials, a token), home (a folder with .aws/sso/cache), proxy (a URL), proxy-user,
// proxy-password-file, call-ms (what a call may take, and a connection for media without an acknowledgement), wait-ms (the longest
// that is waited for an end), wipe (1: libcurl has memory functions that wipe), stay (1: what was used is let go, and the process stays
// until it is killed).
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>
#include <openssl/crypto.h>

#include "kvs/credentials.h"
#include "kvs/producer.h"
#include "kvs/stream.h"
#include "producer/net/network_loop.h"
#include "producer/net/system_clock.h"
#include "producer/service/json.h"
#include "tests/support/hex.h"

namespace kvs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration kRound = Duration::Millis(20);
constexpr int kFramesPerSecond = 10;

struct Arguments {
  std::string what;
  std::string url;
  std::map<std::string, std::string> more;

  [[nodiscard]] std::string Get(const std::string& name) const {
    const auto found = more.find(name);
    return found == more.end() ? "" : found->second;
  }
  [[nodiscard]] int Ms(const std::string& name) const { return std::atoi(Get(name).c_str()); }
  [[nodiscard]] Duration CallTime() const { return Duration::Millis(Ms("call-ms")); }
  [[nodiscard]] Clock::time_point GiveUp() const { return Clock::now() + std::chrono::milliseconds(Ms("wait-ms")); }
};

// How it ended; no status: it did not, in the time that was given.
struct Outcome {
  std::optional<Status> status;
  std::uint64_t malformed_acks = 0;
  std::uint64_t sessions = 0;
};

// A number of /proc/self/status, in KiB.
std::int64_t MemoryKb(std::string_view name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) {
      return std::atoll(line.substr(name.size() + 1).c_str());
    }
  }
  return 0;
}

// From now on the peak is that of what follows. Source: proc(5), clear_refs.
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

// Memory functions for libcurl that wipe what is given back. They are a program's to set, as they count for all of it, and may be set
// once; what is found with them was not libcurl's.
void WipeAndFree(void* memory) {
  if (memory != nullptr) {
    OPENSSL_cleanse(memory, ::malloc_usable_size(memory));
    std::free(memory);  // NOLINT: what libcurl calls otherwise
  }
}

void* MoveAndWipe(void* memory, std::size_t size) {
  void* const moved = std::malloc(size);  // NOLINT: see above
  if (memory != nullptr && moved != nullptr) {
    std::memcpy(moved, memory, std::min(size, ::malloc_usable_size(memory)));
    WipeAndFree(memory);
  }
  return moved;
}

// The text of a file, without a copy that stays anywhere.
Secret ReadSecret(const std::string& path) {
  std::array<char, 4096> buffer{};
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t size = ::read(fd, buffer.data(), buffer.size());
  ::close(fd);
  Secret secret({buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0});
  OPENSSL_cleanse(buffer.data(), buffer.size());
  return secret;
}

void Configure(NetworkPath& path, const Arguments& arguments) {
  if (const std::string proxy = arguments.Get("proxy"); !proxy.empty()) {
    path.proxy = proxy;
  }
  path.proxy_user = arguments.Get("proxy-user");
  if (const std::string file = arguments.Get("proxy-password-file"); !file.empty()) {
    path.proxy_password = std::make_shared<const Secret>(ReadSecret(file));
  }
}

// Nothing of this process's environment counts, only what is said here.
EnvironmentLookup EnvironmentOf(const Arguments& arguments) {
  std::map<std::string, std::string, std::less<>> variables = {{"AWS_ENDPOINT_URL_STS", arguments.url},
                                                              {"AWS_ENDPOINT_URL_SSO", arguments.url},
                                                              {"AWS_ENDPOINT_URL_SSO_OIDC", arguments.url},
                                                              {"AWS_EC2_METADATA_SERVICE_ENDPOINT", arguments.url},
                                                              {"AWS_CONTAINER_CREDENTIALS_FULL_URI", arguments.url + "/creds"},
                                                              {"HOME", arguments.Get("home")}};
  if (arguments.what == "container") {
    variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = arguments.Get("file");
  }
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

template <typename Options>
Options SourceOptions(const Arguments& arguments) {
  Options options;
  options.environment = EnvironmentOf(arguments);
  options.connection_timeout = arguments.CallTime();
  options.completion_timeout = arguments.CallTime();
  options.ca_path = arguments.Get("ca");
  Configure(options.path, arguments);
  return options;
}

std::unique_ptr<CredentialSource> SourceOf(const Arguments& arguments) {
  if (arguments.what == "imds") {
    return MakeInstanceCredentials(SourceOptions<InstanceOptions>(arguments));
  }
  if (arguments.what == "container") {
    return MakeContainerCredentials(SourceOptions<AwsSourceOptions>(arguments));
  }
  if (arguments.what == "sts") {
    auto options = SourceOptions<WebIdentityOptions>(arguments);
    options.region = "us-west-2";
    options.role_arn = "arn:aws:iam::123456789012:role/camera";
    options.token_file = arguments.Get("file");
    return MakeWebIdentityCredentials(std::move(options));
  }
  if (arguments.what == "sso" || arguments.what == "oidc") {
    auto options = SourceOptions<SsoOptions>(arguments);
    options.session = arguments.what;
    options.start_url = "https://example.awsapps.com/start";
    options.sso_region = "us-west-2";
    options.account_id = "123456789012";
    options.role_name = "camera";
    return MakeSsoCredentials(std::move(options));
  }
  auto options = IotOptions();
  options.endpoint = arguments.url;
  options.cert_path = arguments.Get("cert");
  options.key_path = arguments.Get("key");
  options.ca_path = arguments.Get("ca");
  options.role_alias = "CameraRole";
  options.thing_name = "camera";
  options.connection_timeout = arguments.CallTime();
  options.completion_timeout = arguments.CallTime();
  options.environment = EnvironmentOf(arguments);
  Configure(options.path, arguments);
  return MakeIotCredentials(std::move(options));
}

Outcome AskForCredentials(const Arguments& arguments) {
  const net::SystemClock clock;
  net::NetworkLoop loop(clock);
  const std::unique_ptr<CredentialSource> source = SourceOf(arguments);
  Outcome outcome;
  source->Fetch(loop, [&outcome](Result<Credentials> credentials) { outcome.status = credentials.status(); });
  for (const auto give_up = arguments.GiveUp(); !outcome.status && Clock::now() < give_up;) {
    loop.RunOnce(kRound);
  }
  return outcome;
}

// The first reason for which it did not go on.
class FirstFailure : public StreamListener {
 public:
  void OnStreamEvent(const StreamEvent& event) override {
    const std::lock_guard lock(mutex_);
    if (const auto* ended = std::get_if<Disconnected>(&event); ended != nullptr && !reason_) {
      reason_ = ended->reason;
    } else if (const auto* failed = std::get_if<StreamFailed>(&event); failed != nullptr && !reason_) {
      reason_ = failed->status;
    } else if (const auto* acked = std::get_if<FragmentAcked>(&event)) {
      persisted_ = persisted_ || acked->ack.type == AckType::kPersisted;
    }
    changed_.notify_all();
  }
  // A failure, or that something was stored.
  std::optional<Status> Wait(Clock::time_point give_up, bool or_persisted) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, give_up, [&] { return reason_ || (or_persisted && persisted_); });
    return reason_ ? reason_ : persisted_ && or_persisted ? std::optional(Status()) : std::nullopt;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Status> reason_;
  bool persisted_ = false;
};

void PutSeconds(Stream& stream, int seconds) {
  constexpr std::size_t kFrameBytes = 500;
  const std::int64_t begin = net::SystemClock().Wall().nanos() / 1'000'000;
  std::vector<std::uint8_t> bytes(kFrameBytes + 4, 0xAB);
  bytes[0] = bytes[1] = 0;
  bytes[2] = kFrameBytes >> 8;
  bytes[3] = kFrameBytes & 0xFF;
  for (int i = 0; i < seconds * kFramesPerSecond; ++i) {
    Frame frame;
    frame.key_frame = i % kFramesPerSecond == 0;
    bytes[4] = frame.key_frame ? 0x65 : 0x41;
    frame.pts = MediaTime::FromMillis(begin + i * 1000 / kFramesPerSecond);
    frame.data = bytes;
    (void)stream.PutFrame(frame).ok();  // how the stream is, the listener is told
  }
}

Outcome Stream(const Arguments& arguments) {
  ProducerConfig config;
  config.region = "us-west-2";
  config.endpoint = arguments.url;
  config.ca_path = arguments.Get("ca");
  config.connection_timeout = arguments.CallTime();
  config.completion_timeout = arguments.CallTime();
  config.profile = std::nullopt;
  config.environment = [](const char*) { return std::nullopt; };
  Configure(config, arguments);
  config.credentials = MakeCachedCredentials(MakeFileCredentials(arguments.Get("file")));
  auto producer = Producer::Create(config);
  if (!producer.ok()) {
    return {producer.status()};
  }
  config.credentials.reset();
  StreamConfig settings;
  settings.name = "door";
  settings.connection_staleness = arguments.CallTime();
  const auto listener = std::make_shared<FirstFailure>();
  auto stream = (*producer)->OpenStream(settings, listener);
  Track track;
  track.codec_private = test::Hex("0142c01effe1000c6742c01eda0280f68400000301000468ce3c80");
  (void)(*stream)->SetTrack(track).ok();
  PutSeconds(**stream, 3);
  Outcome outcome;
  outcome.status = listener->Wait(arguments.GiveUp(), arguments.Get("stay") == "1");
  const StreamMetrics metrics = (*stream)->metrics();
  outcome.malformed_acks = metrics.acks_malformed;
  outcome.sessions = metrics.sessions_opened;
  (void)(*stream)->StopSync(Duration::Seconds(1)).ok();  // what is left is of no interest
  return outcome;
}

int Main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: hostile_probe <what> <url> [name=value ...]\n";
    return 2;
  }
  Arguments arguments{argv[1], argv[2], {}};
  for (int i = 3; i < argc; ++i) {
    const std::string_view text(argv[i]);
    arguments.more[std::string(text.substr(0, text.find('=')))] = text.substr(text.find('=') + 1);
  }
  if (arguments.Get("wipe") == "1") {
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, &std::malloc, &WipeAndFree, &MoveAndWipe, &::strdup, &std::calloc);
  }
  net::InitCurlOnce();
  ForgetPeak();
  const std::int64_t before_kb = MemoryKb("VmRSS:");
  const auto begin = Clock::now();
  const bool is_stream = arguments.what == "control" || arguments.what == "media";
  const Outcome outcome = is_stream ? Stream(arguments) : AskForCredentials(arguments);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
  const Status status = outcome.status.value_or(Status());
  const std::string code(Describe(status.code()).name);
  const service::JsonMember members[] = {{"ended", outcome.status ? 1 : 0},
                                         {"code", code},
                                         {"message", status.message()},
                                         {"http", std::int64_t{status.http_status()}},
                                         {"ms", std::int64_t{ms}},
                                         {"grown_kb", MemoryKb("VmHWM:") - before_kb},
                                         {"malformed_acks", static_cast<std::int64_t>(outcome.malformed_acks)},
                                         {"sessions", static_cast<std::int64_t>(outcome.sessions)}};
  const auto line = service::WriteJson(members);
  std::cout << (line.ok() ? *line : line.status().ToString()) << '\n' << std::flush;
  if (arguments.Get("stay") == "1") {
    ::pause();
  }
  return 0;
}

}  // namespace
}  // namespace kvs

int main(int argc, char** argv) { return kvs::Main(argc, argv); }
