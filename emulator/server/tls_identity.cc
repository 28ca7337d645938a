#include "emulator/server/tls_identity.h"

#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace kvs::emulator {
namespace {

namespace fs = std::filesystem;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

bool AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A certificate of `key` without extensions and signature. `issuer` is nullptr for a self-signed
// one.
Certificate NewCertificate(EVP_PKEY* key, X509* issuer, std::string_view common_name) {
  constexpr long kSecondsPerDay = 24L * 3600;
  constexpr int kDaysValid = 3650;
  Certificate certificate(X509_new());
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  // A day back, for clients whose clock is behind.
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kSecondsPerDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kSecondsPerDay * kDaysValid);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.data()),
                             static_cast<int>(common_name.size()), -1, 0);
  X509_set_issuer_name(certificate.get(),
                       issuer == nullptr ? subject : X509_get_subject_name(issuer));
  return certificate;
}

template <typename Write>
bool WriteFile(const fs::path& path, Write write) {
  const std::unique_ptr<BIO, Free> bio(BIO_new_file(path.c_str(), "w"));
  return bio && write(bio.get()) == 1;
}

bool WriteAll(const TlsIdentity& files, X509* authority, X509* certificate, EVP_PKEY* key) {
  const auto write_certificate = [](X509* which) {
    return [which](BIO* bio) { return PEM_write_bio_X509(bio, which); };
  };
  const bool written =
      WriteFile(files.ca_file, write_certificate(authority)) &&
      WriteFile(files.certificate_file, write_certificate(certificate)) &&
      WriteFile(files.key_file, [key](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
      });
  std::error_code ignored;
  fs::permissions(files.key_file, fs::perms::owner_read | fs::perms::owner_write, ignored);
  return written;
}

// What a certificate is for.
struct Purpose {
  const char* authority;
  const char* name;
  const char* usage;
  const char* alternative_names;  // null: none
};

// Writes an authority and a certificate by it, unless all the files are there.
std::string Make(const std::string& directory, const TlsIdentity& files, const Purpose& purpose) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return "cannot make " + directory + ": " + error.message();
  }
  if (fs::exists(files.ca_file) && fs::exists(files.certificate_file) && fs::exists(files.key_file)) {
    return "";
  }
  const Key ca_key(EVP_EC_gen("P-256"));
  const Key key(EVP_EC_gen("P-256"));
  if (!ca_key || !key) {
    return "cannot make a key";
  }
  const Certificate ca = NewCertificate(ca_key.get(), nullptr, purpose.authority);
  const bool ca_made =
      AddExtension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      AddExtension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
      AddExtension(ca.get(), ca.get(), NID_subject_key_identifier, "hash") &&
      X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0;
  const Certificate leaf = NewCertificate(key.get(), ca.get(), purpose.name);
  const bool leaf_made =
      ca_made && AddExtension(leaf.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE") &&
      AddExtension(leaf.get(), ca.get(), NID_key_usage, "critical,digitalSignature") &&
      AddExtension(leaf.get(), ca.get(), NID_ext_key_usage, purpose.usage) &&
      AddExtension(leaf.get(), ca.get(), NID_authority_key_identifier, "keyid") &&
      (purpose.alternative_names == nullptr ||
       AddExtension(leaf.get(), ca.get(), NID_subject_alt_name, purpose.alternative_names)) &&
      X509_sign(leaf.get(), ca_key.get(), EVP_sha256()) > 0;
  if (!leaf_made || !WriteAll(files, ca.get(), leaf.get(), key.get())) {
    return "cannot make the certificates in " + directory;
  }
  return "";
}

}  // namespace

std::string MakeTlsIdentity(const std::string& directory, TlsIdentity* identity) {
  const fs::path base(directory);
  *identity = {(base / "cert.pem").string(), (base / "key.pem").string(), (base / "ca.pem").string()};
  return Make(directory, *identity,
              {"kvs-local test authority", "localhost", "serverAuth", "DNS:localhost,IP:127.0.0.1,IP:::1"});
}

std::string MakeDeviceIdentity(const std::string& directory, TlsIdentity* identity) {
  const fs::path base(directory);
  *identity = {(base / "device.pem").string(), (base / "device-key.pem").string(),
               (base / "device-ca.pem").string()};
  return Make(directory, *identity, {"kvs-local device authority", "device", "clientAuth", nullptr});
}

}  // namespace kvs::emulator
