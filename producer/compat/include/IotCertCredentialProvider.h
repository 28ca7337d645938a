#ifndef KVS_IOTCERTCREDENTIALPROVIDER_H_
#define KVS_IOTCERTCREDENTIALPROVIDER_H_

#include <cstdint>
#include <string>

#include "Auth.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// Credentials of a device that AWS IoT knows by its certificate. The stream's name is the name of the thing.
class KVS_COMPAT_API IotCertCredentialProvider : public CredentialProvider {
 public:
  // The files are PEM; `ca_cert_path` may be empty: the certificates of the system.
  IotCertCredentialProvider(const std::string iot_get_credential_endpoint, const std::string cert_path,
                            const std::string private_key_path, const std::string role_alias, const std::string ca_cert_path,
                            const std::string stream_name);
  // Times in units of 100 ns; 0: the default.
  IotCertCredentialProvider(const std::string iot_get_credential_endpoint, const std::string cert_path,
                            const std::string private_key_path, const std::string role_alias, const std::string ca_cert_path,
                            const std::string stream_name, uint64_t connection_timeout, uint64_t completion_timeout);
  ~IotCertCredentialProvider() override;

  // Throws std::runtime_error when no call can be made of what the constructor was given, a file that cannot be read included.
  callback_t getCallbacks(PClientCallbacks client_callbacks) override;

  // Does nothing: the library asks AWS IoT itself.
  void updateCredentials(Credentials& credentials) override;

 private:
  friend class NativeAccess;

  const std::string iot_get_credential_endpoint_;
  const std::string cert_path_;
  const std::string private_key_path_;
  const std::string role_alias_;
  const std::string ca_cert_path_;
  const std::string stream_name_;
  const uint64_t connection_timeout_;
  const uint64_t completion_timeout_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_IOTCERTCREDENTIALPROVIDER_H_
