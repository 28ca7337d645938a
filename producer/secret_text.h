#ifndef KVS_PRODUCER_SECRET_TEXT_H_
#define KVS_PRODUCER_SECRET_TEXT_H_

#include <cstddef>
#include <memory>
#include <string>

#include <openssl/crypto.h>

namespace kvs {

// Memory that is overwritten before it is given back, also when what lies in it grows and moves.
template <typename T>
class WipingAllocator {
 public:
  using value_type = T;

  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>& /*other*/) {}  // NOLINT: allocators convert into each other

  [[nodiscard]] T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    OPENSSL_cleanse(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  template <typename U>
  bool operator==(const WipingAllocator<U>& /*other*/) const {
    return true;
  }
};

// For texts that are put together of secrets, or taken apart, and live for a moment: nothing stays on the heap. What is shorter than
// 16 characters lies in the object itself, and is not wiped. What is kept is a Secret.
using SecretText = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

}  // namespace kvs

#endif  // KVS_PRODUCER_SECRET_TEXT_H_
