#ifndef KVS_BYTE_VIEW_H_
#define KVS_BYTE_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kvs {

// Bytes that belong to someone else, read and not written: what std::span<const std::uint8_t> is in C++20, to which and from which
// it converts, for programs that are compiled as C++17. A value; valid for as long as what it was made of.
class ByteView {
 public:
  constexpr ByteView() = default;
  constexpr ByteView(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  // Of a vector, an array, a span: what has data() and size().
  template <typename Range, typename = std::enable_if_t<
                                std::is_same_v<std::remove_const_t<std::remove_pointer_t<decltype(std::declval<const Range&>().data())>>, std::uint8_t>>>
  constexpr ByteView(const Range& range) : data_(range.data()), size_(range.size()) {}  // NOLINT(google-explicit-constructor)

  constexpr const std::uint8_t* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const std::uint8_t* begin() const { return data_; }
  constexpr const std::uint8_t* end() const { return data_ + size_; }
  // Precondition: i < size().
  constexpr std::uint8_t operator[](std::size_t i) const { return data_[i]; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace kvs

#endif  // KVS_BYTE_VIEW_H_
