#include <cstdlib>

#include "kvs/producer.h"
#include "producer/aws/endpoints.h"
#include "producer/environment.h"

namespace kvs {

EnvironmentLookup OrOfProcess(EnvironmentLookup lookup) {
  if (lookup) {
    return lookup;
  }
  return [](const char* name) -> std::optional<std::string> {
    // Only a program that changes its environment while threads run makes this unsafe, and then so is every other reader.
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

void FillFromEnvironment(ProducerConfig& config) {
  const EnvironmentLookup lookup = OrOfProcess(config.environment);
  const auto text = [&lookup](const char* name) { return lookup(name).value_or(""); };
  const auto is_set = [&text](const char* name) { return !text(name).empty(); };
  if (!config.dual_stack) {
    config.dual_stack = aws::IsTrueSetting(text("AWS_USE_DUALSTACK_ENDPOINT"));
  }
  if (!config.fips) {
    config.fips = aws::IsTrueSetting(text("AWS_USE_FIPS_ENDPOINT"));
  }
  if (!config.ip_version) {
    config.ip_version = is_set("AWS_KVS_USE_IPV4")   ? IpVersion::kV4
                        : is_set("AWS_KVS_USE_IPV6") ? IpVersion::kV6
                                                     : IpVersion::kAny;
  }
  if (!config.debug) {
    config.debug = DebugOptions{text("KVS_DEBUG_DUMP_DATA_FILE_DIR"), is_set("DEBUG_DUMP_FRAME_INFO"), is_set("KVS_CURL_DEBUG")};
  }
}

}  // namespace kvs
