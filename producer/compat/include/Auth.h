#ifndef KVS_AUTH_H_
#define KVS_AUTH_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

#define STRING_TO_PCHAR(s) ((PCHAR) ((s).c_str()))

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// What requests are signed with. A value; its secrets are overwritten when it is destroyed or assigned to.
class KVS_COMPAT_API Credentials {
 public:
  // Empty, and for ever.
  Credentials();
  // `expiration`: seconds since 1970; by default they do not expire.
  Credentials(const std::string& access_key, const std::string& secret_key, const std::string& session_token = "",
              const std::chrono::duration<uint64_t> expiration = std::chrono::duration<uint64_t>(MAX_UINT64));
  Credentials(const Credentials& other);
  Credentials& operator=(const Credentials& other);
  virtual ~Credentials();

  const std::string& getAccessKey() const { return access_key_; }
  const std::string& getSecretKey() const { return secret_key_; }
  // Empty: there is none.
  const std::string& getSessionToken() const { return session_token_; }
  // NULL when there is none; valid until this object is changed or destroyed.
  PCHAR getSessionTokenIfExist() const { return session_token_.empty() ? NULL : STRING_TO_PCHAR(session_token_); }
  const std::chrono::duration<uint64_t>& getExpiration() const { return expiration_; }

  void setAccessKey(const std::string& access_key) { access_key_ = access_key; }
  void setSecretKey(const std::string& secret_key);
  void setSessionToken(const std::string& session_token);
  void setExpiration(const std::chrono::duration<uint64_t> expiration) { expiration_ = expiration; }

 private:
  std::string access_key_;
  std::string secret_key_;
  std::string session_token_;
  std::chrono::duration<uint64_t> expiration_;
};

// Where credentials come from: a program overrides updateCredentials.
// Thread: any; updateCredentials may be called from a thread of the library, with no lock held.
class KVS_COMPAT_API CredentialProvider {
 public:
  using callback_t = AuthCallbacks;

  virtual ~CredentialProvider();

  // Those of the last update; they are updated first when they expire within CredentialProviderGracePeriod.
  virtual void getCredentials(Credentials& credentials);
  // Updates them in any case.
  virtual void getUpdatedCredentials(Credentials& credentials);

  // The functions of the getters below, with this object as their custom data. `client_callbacks` is not used.
  virtual callback_t getCallbacks(PClientCallbacks client_callbacks);

  // A null pointer, but for the two tokens. The security token is an AwsCredentials block, which belongs to this object and is
  // valid until the next call; its expiration is in units of 100 ns. Asking for a streaming token updates the credentials.
  virtual GetDeviceCertificateFunc getDeviceCertificateCallback();
  virtual GetDeviceFingerprintFunc getDeviceFingerPrintCallback();
  virtual GetSecurityTokenFunc getSecurityTokenCallback();
  virtual GetStreamingTokenFunc getStreamingTokenCallback();
  virtual DeviceCertToTokenFunc deviceCertToTokenCallback();

 protected:
  CredentialProvider();

  // What a call may take, and time to spare.
  const std::chrono::duration<uint64_t> CredentialProviderGracePeriod = std::chrono::seconds(5 + 30 + 3);

 private:
  friend class NativeAccess;

  static STATUS securityTokenHandler(UINT64 custom_data, PBYTE* token, PUINT32 size, PUINT64 expiration);
  static STATUS streamingTokenHandler(UINT64 custom_data, PCHAR stream_name, STREAM_ACCESS_MODE mode,
                                      PServiceCallContext context);

  // Replaces `credentials`, which are those of the last update, by new ones. May throw: then there are no new ones.
  virtual void updateCredentials(Credentials& credentials) = 0;

  void update(Credentials& credentials);

  std::mutex mutex_;
  // Guarded by mutex_.
  Credentials credentials_;
  bool has_credentials_ = false;
  std::vector<BYTE> token_;  // what was handed down last
};

// No credentials: for callback providers that sign nothing.
class KVS_COMPAT_API EmptyCredentialProvider : public CredentialProvider {
 public:
  EmptyCredentialProvider();
  ~EmptyCredentialProvider() override;

 private:
  void updateCredentials(Credentials& credentials) override;
};

// Always the same keys. They do not expire, whatever their expiration says; a subclass may say otherwise.
class KVS_COMPAT_API StaticCredentialProvider : public CredentialProvider {
 public:
  StaticCredentialProvider(const Credentials& credentials);
  ~StaticCredentialProvider() override;

 protected:
  void updateCredentials(Credentials& credentials) override;

  const Credentials credentials_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_AUTH_H_
