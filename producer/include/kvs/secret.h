#ifndef KVS_SECRET_H_
#define KVS_SECRET_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kvs/export.h"

namespace kvs {

// Bytes that must not be seen: a secret key, a session token. There is no stream operator and no
// conversion to a string; whoever needs the bytes says so with Reveal(). The bytes live on the heap
// only and are overwritten when the object is destroyed, assigned to or moved from. Thread: like
// std::string, not synchronised.
class KVS_EXPORT Secret {
 public:
  Secret() = default;
  // Copies `bytes`; wiping the original is the caller's part, see Consume().
  explicit Secret(std::string_view bytes);
  // Copies `bytes`, then overwrites and empties the original.
  static Secret Consume(std::string& bytes);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  // A copy is made on purpose or not at all.
  [[nodiscard]] Secret Clone() const { return Secret(Reveal()); }

  // Valid until this object is changed, moved from or destroyed.
  [[nodiscard]] std::string_view Reveal() const { return {bytes_.data(), bytes_.size()}; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  // Takes the same time wherever two secrets of the same size differ.
  friend KVS_EXPORT bool operator==(const Secret& a, const Secret& b);

 private:
  void Wipe();

  // A vector and not a string: a string keeps short values inside the object, where moving leaves a
  // copy behind.
  std::vector<char> bytes_;
};

KVS_EXPORT bool operator==(const Secret& a, const Secret& b);

// Overwrites `text` in a way that the optimiser keeps, then empties it. For strings that had to
// hold a secret for a while (a canonical request with its token, a file's text).
KVS_EXPORT void WipeString(std::string& text);

}  // namespace kvs

#endif  // KVS_SECRET_H_
