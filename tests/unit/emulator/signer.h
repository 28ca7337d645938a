#ifndef KVS_TESTS_UNIT_EMULATOR_SIGNER_H_
#define KVS_TESTS_UNIT_EMULATOR_SIGNER_H_

#include <array>
#include <map>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace kvs::emulator::testing {

inline std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

inline std::string Sha256(std::string_view data) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

inline std::string Hmac(std::string_view key, std::string_view data) {
  std::array<unsigned char, 32> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

// Signs by hand, in one straight line, what a test wants signed.
struct Signer {
  std::string access_key = "AKIDLOCALKVSEXAMPLE1";
  std::string secret_key = "kvslocalSecretKeyForTestsOnly0000EXAMPLE1";
  std::string region = "us-west-2";
  std::string service = "kinesisvideo";

  // The value of the Authorization header. `headers` (lower case) are all signed; they hold host
  // and x-amz-date.
  std::string Authorize(const std::string& method, const std::string& path,
                        const std::string& query, const std::map<std::string, std::string>& headers,
                        const std::string& payload_hash) const {
    std::string lines;
    std::string names;
    for (const auto& [name, value] : headers) {
      lines += name + ":" + value + "\n";
      names += (names.empty() ? "" : ";") + name;
    }
    const std::string date = headers.at("x-amz-date");
    const std::string scope = date.substr(0, 8) + "/" + region + "/" + service + "/aws4_request";
    const std::string canonical =
        method + "\n" + path + "\n" + query + "\n" + lines + "\n" + names + "\n" + payload_hash;
    const std::string to_sign =
        "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + Hex(Sha256(canonical));
    const std::string key = Hmac(
        Hmac(Hmac(Hmac("AWS4" + secret_key, date.substr(0, 8)), region), service), "aws4_request");
    return "AWS4-HMAC-SHA256 Credential=" + access_key + "/" + scope + ", SignedHeaders=" + names +
           ", Signature=" + Hex(Hmac(key, to_sign));
  }
};

}  // namespace kvs::emulator::testing

#endif  // KVS_TESTS_UNIT_EMULATOR_SIGNER_H_
