#ifndef KVS_CACHINGENDPOINTONLYCALLBACKPROVIDER_H_
#define KVS_CACHINGENDPOINTONLYCALLBACKPROVIDER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "DefaultCallbackProvider.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// A DefaultCallbackProvider with API_CALL_CACHE_TYPE_ENDPOINT_ONLY.
class KVS_COMPAT_API CachingEndpointOnlyCallbackProvider : public DefaultCallbackProvider {
 public:
  // `cache_update_period` in units of 100 ns.
  explicit CachingEndpointOnlyCallbackProvider(
      std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
      std::unique_ptr<CredentialProvider> credentials_provider,
      const std::string& region, const std::string& control_plane_uri,
      const std::string& user_agent_name, const std::string& custom_user_agent,
      const std::string& cert_path, uint64_t cache_update_period);
  explicit CachingEndpointOnlyCallbackProvider(
      std::unique_ptr<ClientCallbackProvider> client_callback_provider,
      std::unique_ptr<StreamCallbackProvider> stream_callback_provider,
      std::unique_ptr<CredentialProvider> credentials_provider =
          std::unique_ptr<CredentialProvider>(new EmptyCredentialProvider()),  // NOLINT: C++11 has no make_unique
      const std::string& region = DEFAULT_AWS_REGION, const std::string& control_plane_uri = EMPTY_STRING,
      const std::string& user_agent_name = EMPTY_STRING, const std::string& custom_user_agent = EMPTY_STRING,
      const std::string& cert_path = EMPTY_STRING, std::chrono::duration<uint64_t> cache_update_period = std::chrono::minutes(40));
  ~CachingEndpointOnlyCallbackProvider() override;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_CACHINGENDPOINTONLYCALLBACKPROVIDER_H_
