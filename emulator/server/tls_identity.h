#ifndef KVS_EMULATOR_SERVER_TLS_IDENTITY_H_
#define KVS_EMULATOR_SERVER_TLS_IDENTITY_H_

#include <string>

namespace kvs::emulator {

// Where the files of a TLS server are.
struct TlsIdentity {
  std::string certificate_file;  // PEM chain
  std::string key_file;
  std::string ca_file;  // empty when the user brought the certificate
};

// Makes an authority and a server certificate for localhost, 127.0.0.1 and ::1 in `directory` (made
// when missing): ca.pem, cert.pem, key.pem. Files that are there already are used as they are, so
// that clients may keep the authority over restarts. Answers what went wrong; empty when nothing.
std::string MakeTlsIdentity(const std::string& directory, TlsIdentity* identity);

// Makes an authority for devices and the certificate of one in `directory`: device-ca.pem, device.pem, device-key.pem; else as
// MakeTlsIdentity.
std::string MakeDeviceIdentity(const std::string& directory, TlsIdentity* identity);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_TLS_IDENTITY_H_
