#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "kvs/producer.h"
#include "producer/aws/service_location.h"
#include "producer/aws/shared_config.h"
#include "producer/environment.h"
#include "producer/net/network_thread.h"

namespace kvs {

namespace {

// For services, which may be started without HOME.
std::optional<std::string> HomeOfUser() {
  constexpr std::size_t kMaxEntry = 16'384;
  std::array<char, kMaxEntry> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
  return error == 0 && found != nullptr && found->pw_dir != nullptr ? std::optional<std::string>(found->pw_dir) : std::nullopt;
}

}  // namespace

EnvironmentLookup OrOfProcess(EnvironmentLookup lookup) {
  if (lookup) {
    return lookup;
  }
  return [](const char* name) -> std::optional<std::string> {
    // Only a program that changes its environment while threads run makes this unsafe, and then so is every other reader.
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) {
      return std::string_view(name) == "HOME" ? HomeOfUser() : std::nullopt;
    }
    return std::string(value);
  };
}

Result<ServiceLocation> Locate(const ProducerConfig& config) {
  aws::SharedConfig files;
  std::string profile = config.profile.value_or("");
  std::string note;
  if (config.profile) {
    const EnvironmentLookup lookup = OrOfProcess(config.environment);
    Result<aws::SharedConfig> read = aws::LoadSharedConfig(lookup);
    const bool by_name = !profile.empty() || !lookup("AWS_PROFILE").value_or("").empty();
    if (read.ok()) {
      files = *std::move(read);
      note = files.unread().empty() ? "" : "not read: " + files.unread();
    } else if (by_name) {
      return read.status();
    } else {
      // Nobody may have thought of these files here.
      note = read.status().message() + "; no region and no endpoint is taken from there";
    }
    profile = profile.empty() ? aws::ProfileName(lookup) : profile;
  }
  Result<ServiceLocation> location = aws::LocateService(
      {config.region, config.endpoint, config.dual_stack, config.fips,
       config.profile ? std::optional<std::string_view>(profile) : std::nullopt},
      config.environment, files);
  if (location.ok()) {
    location->note = std::move(note);
  }
  return location;
}

void FillFromEnvironment(ProducerConfig& config) {
  const EnvironmentLookup lookup = OrOfProcess(config.environment);
  const auto text = [&lookup](const char* name) { return lookup(name).value_or(""); };
  const auto is_set = [&text](const char* name) { return !text(name).empty(); };
  if (!config.ip_version) {
    config.ip_version = is_set("AWS_KVS_USE_IPV4")   ? IpVersion::kV4
                        : is_set("AWS_KVS_USE_IPV6") ? IpVersion::kV6
                                                     : IpVersion::kAny;
  }
  if (!config.network_threads) {
    const std::string value = text("KVS_NETWORK_THREADS");
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
    const bool is_number = error == std::errc() && end == value.data() + value.size();
    config.network_threads = is_number ? std::clamp(count, 1U, net::NetworkThread::kMost) : 1;
  }
  if (!config.debug) {
    config.debug = DebugOptions{text("KVS_DEBUG_DUMP_DATA_FILE_DIR"), is_set("DEBUG_DUMP_FRAME_INFO"), is_set("KVS_CURL_DEBUG")};
  }
}

}  // namespace kvs
