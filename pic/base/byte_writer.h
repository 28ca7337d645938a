#ifndef KVS_PIC_BASE_BYTE_WRITER_H_
#define KVS_PIC_BASE_BYTE_WRITER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "pic/base/check.h"

namespace kvs {

// Writes big-endian values into a buffer of the right size. Running over its end is a programmer error.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::uint8_t> out) : out_(out) {}

  std::size_t written() const { return position_; }

  void U8(std::uint8_t value) {
    KVS_CHECK(position_ < out_.size());
    out_[position_++] = value;
  }
  // The low `bytes` bytes of `value`, 1..8.
  void BigEndian(std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      U8(static_cast<std::uint8_t>(value >> shift));
    }
  }
  void F64(double value) { BigEndian(std::bit_cast<std::uint64_t>(value), 8); }
  void Bytes(std::span<const std::uint8_t> bytes) {
    KVS_CHECK(bytes.size() <= out_.size() - position_);
    if (!bytes.empty()) {
      std::memcpy(out_.data() + position_, bytes.data(), bytes.size());
      position_ += bytes.size();
    }
  }
  void Text(std::string_view text) {
    for (const char c : text) {
      U8(static_cast<std::uint8_t>(c));
    }
  }

 private:
  std::span<std::uint8_t> out_;
  std::size_t position_ = 0;
};

}  // namespace kvs

#endif  // KVS_PIC_BASE_BYTE_WRITER_H_
