#include "kvs/secret.h"

#include <utility>

#include <openssl/crypto.h>

namespace kvs {

Secret::Secret(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}

Secret Secret::Consume(std::string& bytes) {
  Secret secret{std::string_view(bytes)};
  WipeString(bytes);
  return secret;
}

// A moved-from vector is empty and its bytes have moved with the pointer, so nothing is left behind
// to wipe.
Secret::Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

Secret::~Secret() {
  Wipe();
}

void Secret::Wipe() {
  if (!bytes_.empty()) {
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
    bytes_.clear();
  }
}

bool operator==(const Secret& a, const Secret& b) {
  if (a.size() != b.size()) {
    return false;
  }
  return a.empty() || CRYPTO_memcmp(a.bytes_.data(), b.bytes_.data(), a.size()) == 0;
}

void WipeString(std::string& text) {
  // Up to the capacity, as a shortened string keeps what it held; resizing within it does not
  // allocate.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace kvs
