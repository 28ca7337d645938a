#ifndef KVS_PRODUCER_COMPAT_NATIVE_ACCESS_H_
#define KVS_PRODUCER_COMPAT_NATIVE_ACCESS_H_

#include <cstdint>
#include <string>

#include "CachingEndpointOnlyCallbackProvider.h"
#include "DefaultCallbackProvider.h"
#include "IotCertCredentialProvider.h"
#include "RotatingCredentialProvider.h"

namespace com::amazonaws::kinesis::video {

// What the public headers keep private, and the layer itself has to know.
class NativeAccess {
 public:
  static const std::string& Region(const DefaultCallbackProvider& provider) { return provider.region_; }
  static const std::string& ControlPlaneUri(const DefaultCallbackProvider& provider) { return provider.control_plane_uri_; }
  static const std::string& CertPath(const DefaultCallbackProvider& provider) { return provider.cert_path_; }
  static const std::string& UserAgentName(const DefaultCallbackProvider& provider) { return provider.user_agent_name_; }
  static const std::string& CustomUserAgent(const DefaultCallbackProvider& provider) { return provider.custom_user_agent_; }
  static API_CALL_CACHE_TYPE CacheType(const DefaultCallbackProvider& provider) { return provider.cache_type_; }
  static std::uint64_t CachingUpdatePeriod(const DefaultCallbackProvider& provider) {
    return provider.caching_update_period_;
  }
  // Null: the program hears nothing of its streams.
  static StreamCallbackProvider* StreamCallbacks(const DefaultCallbackProvider& provider) {
    return provider.stream_callback_provider_.get();
  }
  static CredentialProvider* Credentials(const DefaultCallbackProvider& provider) {
    return provider.credentials_provider_.get();
  }

  // Whether the program answers for credentials in C: with a callback in place of the library's, or with those of a credential
  // provider that hands out others.
  static bool HasSecurityTokenOfItsOwn(const DefaultCallbackProvider& provider, const ClientCallbacks& callbacks) {
    const AuthCallbacks& auth = provider.auth_callbacks_;
    return callbacks.getSecurityTokenFn != DefaultCallbackProvider::securityTokenHandler ||
           (auth.getSecurityTokenFn != nullptr && auth.getSecurityTokenFn != CredentialProvider::securityTokenHandler) ||
           auth.customData != reinterpret_cast<UINT64>(provider.credentials_provider_.get());
  }

  static const std::string& Endpoint(const IotCertCredentialProvider& provider) { return provider.iot_get_credential_endpoint_; }
  static const std::string& CertPath(const IotCertCredentialProvider& provider) { return provider.cert_path_; }
  static const std::string& PrivateKeyPath(const IotCertCredentialProvider& provider) { return provider.private_key_path_; }
  static const std::string& RoleAlias(const IotCertCredentialProvider& provider) { return provider.role_alias_; }
  static const std::string& CaCertPath(const IotCertCredentialProvider& provider) { return provider.ca_cert_path_; }
  static const std::string& ThingName(const IotCertCredentialProvider& provider) { return provider.stream_name_; }
  // 0: the default.
  static std::uint64_t ConnectionTimeout(const IotCertCredentialProvider& provider) { return provider.connection_timeout_; }
  static std::uint64_t CompletionTimeout(const IotCertCredentialProvider& provider) { return provider.completion_timeout_; }

  static const std::string& FilePath(const RotatingCredentialProvider& provider) { return provider.credential_file_path_; }
};

}  // namespace com::amazonaws::kinesis::video

#endif  // KVS_PRODUCER_COMPAT_NATIVE_ACCESS_H_
