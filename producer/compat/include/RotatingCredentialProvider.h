#ifndef KVS_ROTATINGCREDENTIALPROVIDER_H_
#define KVS_ROTATINGCREDENTIALPROVIDER_H_

#include <string>

#include "Auth.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// Credentials from a file that another program rewrites: `CREDENTIALS <access key> <secret key>`, or
// `CREDENTIALS <access key> <expiration YYYY-MM-DDTHH:MM:SSZ> <secret key> <session token>`.
class KVS_COMPAT_API RotatingCredentialProvider : public CredentialProvider {
 public:
  RotatingCredentialProvider(std::string credential_file_path);
  ~RotatingCredentialProvider() override;

  // Throws std::runtime_error when the file is not there, cannot be read or is not of this form.
  callback_t getCallbacks(PClientCallbacks client_callbacks) override;

  // Does nothing: the library reads the file itself.
  void updateCredentials(Credentials& credentials) override;

 private:
  friend class NativeAccess;

  const std::string credential_file_path_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_ROTATINGCREDENTIALPROVIDER_H_
