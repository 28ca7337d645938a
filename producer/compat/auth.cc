#include "Auth.h"

#include <cstring>
#include <limits>
#include <tuple>
#include <utility>

#include "GetTime.h"
#include "kvs/secret.h"

namespace com::amazonaws::kinesis::video {
namespace {

using Seconds = std::chrono::duration<uint64_t>;

constexpr uint64_t kTicksPerSecond = HUNDREDS_OF_NANOS_IN_A_SECOND;

// Assigning to a string may leave the rest of what was there behind.
void Replace(std::string& secret, const std::string& by) {
  if (&secret != &by) {
    ::kvs::WipeString(secret);
    secret = by;
  }
}

Seconds Now() {
  return std::chrono::duration_cast<Seconds>(systemCurrentTime().time_since_epoch());
}

UINT64 ToTicks(Seconds time) {
  const uint64_t seconds = time.count();
  return seconds > std::numeric_limits<uint64_t>::max() / kTicksPerSecond ? MAX_UINT64 : seconds * kTicksPerSecond;
}

// In a way that the optimiser keeps.
void Wipe(std::vector<BYTE>& bytes) {
  for (BYTE& byte : bytes) {
    *static_cast<volatile BYTE*>(&byte) = 0;
  }
  bytes.clear();
}

// Puts `text` with its NUL at `offset`, which moves on; the address and the length without the NUL.
std::pair<PCHAR, UINT32> Append(std::vector<BYTE>& block, std::size_t& offset, const std::string& text) {
  std::memcpy(block.data() + offset, text.c_str(), text.size() + 1);
  const PCHAR address = reinterpret_cast<PCHAR>(block.data() + offset);
  offset += text.size() + 1;
  return {address, static_cast<UINT32>(text.size())};
}

// An AwsCredentials and its strings in one block.
std::vector<BYTE> Serialize(const Credentials& credentials) {
  AwsCredentials header = {};
  std::size_t offset = sizeof(header);
  std::vector<BYTE> block(offset + credentials.getAccessKey().size() + credentials.getSecretKey().size() +
                          credentials.getSessionToken().size() + 3);
  header.version = AWS_CREDENTIALS_CURRENT_VERSION;
  header.size = static_cast<UINT32>(block.size());
  std::tie(header.accessKeyId, header.accessKeyIdLen) = Append(block, offset, credentials.getAccessKey());
  std::tie(header.secretKey, header.secretKeyLen) = Append(block, offset, credentials.getSecretKey());
  if (!credentials.getSessionToken().empty()) {
    std::tie(header.sessionToken, header.sessionTokenLen) = Append(block, offset, credentials.getSessionToken());
  }
  header.expiration = ToTicks(credentials.getExpiration());
  std::memcpy(block.data(), &header, sizeof(header));
  return block;
}

}  // namespace

Credentials::Credentials() : expiration_(MAX_UINT64) {}

Credentials::Credentials(const std::string& access_key, const std::string& secret_key, const std::string& session_token,
                         const Seconds expiration)
    : access_key_(access_key), secret_key_(secret_key), session_token_(session_token), expiration_(expiration) {}

Credentials::Credentials(const Credentials& other) = default;

Credentials& Credentials::operator=(const Credentials& other) {
  setAccessKey(other.access_key_);
  setSecretKey(other.secret_key_);
  setSessionToken(other.session_token_);
  setExpiration(other.expiration_);
  return *this;
}

Credentials::~Credentials() {
  ::kvs::WipeString(secret_key_);
  ::kvs::WipeString(session_token_);
}

void Credentials::setSecretKey(const std::string& secret_key) { Replace(secret_key_, secret_key); }

void Credentials::setSessionToken(const std::string& session_token) { Replace(session_token_, session_token); }

CredentialProvider::CredentialProvider() = default;

CredentialProvider::~CredentialProvider() { Wipe(token_); }

void CredentialProvider::update(Credentials& credentials) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    credentials = credentials_;
  }
  updateCredentials(credentials);
  const std::lock_guard<std::mutex> lock(mutex_);
  credentials_ = credentials;
  has_credentials_ = true;
}

void CredentialProvider::getCredentials(Credentials& credentials) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (has_credentials_ && credentials_.getExpiration() > Now() + CredentialProviderGracePeriod) {
      credentials = credentials_;
      return;
    }
  }
  update(credentials);
}

void CredentialProvider::getUpdatedCredentials(Credentials& credentials) { update(credentials); }

CredentialProvider::callback_t CredentialProvider::getCallbacks(PClientCallbacks /*client_callbacks*/) {
  callback_t callbacks = {};
  callbacks.version = AUTH_CALLBACKS_CURRENT_VERSION;
  callbacks.customData = reinterpret_cast<UINT64>(this);
  callbacks.getDeviceCertificateFn = getDeviceCertificateCallback();
  callbacks.getDeviceFingerprintFn = getDeviceFingerPrintCallback();
  callbacks.getSecurityTokenFn = getSecurityTokenCallback();
  callbacks.getStreamingTokenFn = getStreamingTokenCallback();
  callbacks.deviceCertToTokenFn = deviceCertToTokenCallback();
  return callbacks;
}

GetDeviceCertificateFunc CredentialProvider::getDeviceCertificateCallback() { return nullptr; }

GetDeviceFingerprintFunc CredentialProvider::getDeviceFingerPrintCallback() { return nullptr; }

GetSecurityTokenFunc CredentialProvider::getSecurityTokenCallback() { return securityTokenHandler; }

GetStreamingTokenFunc CredentialProvider::getStreamingTokenCallback() { return streamingTokenHandler; }

DeviceCertToTokenFunc CredentialProvider::deviceCertToTokenCallback() { return nullptr; }

STATUS CredentialProvider::securityTokenHandler(UINT64 custom_data, PBYTE* token, PUINT32 size, PUINT64 expiration) {
  auto* self = reinterpret_cast<CredentialProvider*>(custom_data);
  if (self == nullptr || token == nullptr || size == nullptr || expiration == nullptr) {
    return STATUS_NULL_ARG;
  }
  Credentials credentials;
  try {
    self->getCredentials(credentials);
  } catch (...) {
    return STATUS_INVALID_OPERATION;
  }
  std::vector<BYTE> block = Serialize(credentials);
  if (block.size() > MAX_AUTH_LEN) {
    Wipe(block);
    return STATUS_INVALID_AUTH_LEN;
  }
  const std::lock_guard<std::mutex> lock(self->mutex_);
  Wipe(self->token_);
  self->token_ = std::move(block);
  *token = self->token_.data();
  *size = static_cast<UINT32>(self->token_.size());
  *expiration = ToTicks(credentials.getExpiration());
  return STATUS_SUCCESS;
}

STATUS CredentialProvider::streamingTokenHandler(UINT64 custom_data, PCHAR /*stream_name*/, STREAM_ACCESS_MODE /*mode*/,
                                                 PServiceCallContext /*context*/) {
  auto* self = reinterpret_cast<CredentialProvider*>(custom_data);
  if (self == nullptr) {
    return STATUS_NULL_ARG;
  }
  Credentials credentials;
  try {
    self->getUpdatedCredentials(credentials);
  } catch (...) {
    return STATUS_INVALID_OPERATION;
  }
  return STATUS_SUCCESS;
}

EmptyCredentialProvider::EmptyCredentialProvider() = default;

EmptyCredentialProvider::~EmptyCredentialProvider() = default;

void EmptyCredentialProvider::updateCredentials(Credentials& credentials) { credentials = Credentials(); }

StaticCredentialProvider::StaticCredentialProvider(const Credentials& credentials) : credentials_(credentials) {}

StaticCredentialProvider::~StaticCredentialProvider() = default;

void StaticCredentialProvider::updateCredentials(Credentials& credentials) {
  credentials = credentials_;
  credentials.setExpiration(Seconds(MAX_UINT64));
}

}  // namespace com::amazonaws::kinesis::video
