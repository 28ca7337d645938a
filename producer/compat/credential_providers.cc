// The providers of which the library itself makes a source of credentials. What they are given is looked at when the callbacks are
// asked for, as that is when programs expect to hear of it.
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "IotCertCredentialProvider.h"
#include "RotatingCredentialProvider.h"
#include "kvs/credentials.h"
#include "producer/compat/error_text.h"
#include "producer/net/system_clock.h"

namespace com::amazonaws::kinesis::video {
namespace {

// For a source that makes no call: it is only read, once.
class Clocks final : public ::kvs::NetworkServices {
 public:
  ::kvs::WallTime wall_now() const override { return clock_.Wall(); }
  ::kvs::MonoTime mono_now() const override { return clock_.Mono(); }
  void Post(std::function<void()> task) override { task(); }
  ::kvs::net::Transport* transport() override { return nullptr; }

 private:
  ::kvs::net::SystemClock clock_;
};

STATUS StatusOfIot(::kvs::StatusCode code) {
  switch (code) {
    case ::kvs::StatusCode::kOk:
      return STATUS_SUCCESS;
    case ::kvs::StatusCode::kInvalidArgument:
      return STATUS_INVALID_ARG;
    case ::kvs::StatusCode::kFileError:
      return STATUS_OPEN_FILE_FAILED;
    default:
      return STATUS_IOT_FAILED;
  }
}

STATUS StatusOfFile(::kvs::StatusCode code) {
  switch (code) {
    case ::kvs::StatusCode::kOk:
      return STATUS_SUCCESS;
    case ::kvs::StatusCode::kInvalidArgument:
      return STATUS_FILE_CREDENTIAL_PROVIDER_INVALID_FILE_FORMAT;
    case ::kvs::StatusCode::kTooLarge:
      return STATUS_FILE_CREDENTIAL_PROVIDER_INVALID_FILE_LENGTH;
    default:
      return STATUS_FILE_CREDENTIAL_PROVIDER_OPEN_FILE_FAILED;
  }
}

}  // namespace

IotCertCredentialProvider::IotCertCredentialProvider(const std::string iot_get_credential_endpoint, const std::string cert_path,
                                                     const std::string private_key_path, const std::string role_alias,
                                                     const std::string ca_cert_path, const std::string stream_name)
    : IotCertCredentialProvider(iot_get_credential_endpoint, cert_path, private_key_path, role_alias, ca_cert_path, stream_name,
                                0, 0) {}

IotCertCredentialProvider::IotCertCredentialProvider(const std::string iot_get_credential_endpoint, const std::string cert_path,
                                                     const std::string private_key_path, const std::string role_alias,
                                                     const std::string ca_cert_path, const std::string stream_name,
                                                     uint64_t connection_timeout, uint64_t completion_timeout)
    : iot_get_credential_endpoint_(iot_get_credential_endpoint),
      cert_path_(cert_path),
      private_key_path_(private_key_path),
      role_alias_(role_alias),
      ca_cert_path_(ca_cert_path),
      stream_name_(stream_name),
      connection_timeout_(connection_timeout),
      completion_timeout_(completion_timeout) {}

IotCertCredentialProvider::~IotCertCredentialProvider() = default;

CredentialProvider::callback_t IotCertCredentialProvider::getCallbacks(PClientCallbacks client_callbacks) {
  ::kvs::IotOptions options;
  options.endpoint = iot_get_credential_endpoint_;
  options.cert_path = cert_path_;
  options.key_path = private_key_path_;
  options.ca_path = ca_cert_path_;
  options.role_alias = role_alias_;
  options.thing_name = stream_name_;
  if (const ::kvs::Status status = Validate(options); !status.ok()) {
    ThrowStatus("Unable to create Iot Credential provider.", StatusOfIot(status.code()));
  }
  return CredentialProvider::getCallbacks(client_callbacks);
}

void IotCertCredentialProvider::updateCredentials(Credentials& /*credentials*/) {}

RotatingCredentialProvider::RotatingCredentialProvider(std::string credential_file_path)
    : credential_file_path_(std::move(credential_file_path)) {}

RotatingCredentialProvider::~RotatingCredentialProvider() = default;

CredentialProvider::callback_t RotatingCredentialProvider::getCallbacks(PClientCallbacks client_callbacks) {
  Clocks clocks;
  ::kvs::StatusCode code = ::kvs::StatusCode::kInternal;
  ::kvs::MakeFileCredentials(credential_file_path_)->Fetch(clocks, [&code](::kvs::Result<::kvs::Credentials> credentials) {
    code = credentials.ok() ? ::kvs::StatusCode::kOk : credentials.status().code();
  });
  if (code != ::kvs::StatusCode::kOk) {
    ThrowStatus("Unable to create Rotating Credential provider.", StatusOfFile(code));
  }
  return CredentialProvider::getCallbacks(client_callbacks);
}

void RotatingCredentialProvider::updateCredentials(Credentials& /*credentials*/) {}

}  // namespace com::amazonaws::kinesis::video
