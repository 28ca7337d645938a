#ifndef KVS_TESTS_UNIT_CODEC_BIT_WRITER_H_
#define KVS_TESTS_UNIT_CODEC_BIT_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kvs::test {

// Writes the bit fields of which tests build parameter sets.
class BitWriter {
 public:
  BitWriter& Put(std::uint64_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) {
      if (used_ % 8 == 0) {
        bytes_.push_back(0);
      }
      const std::uint64_t bit = value >> i & 1;
      bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | bit << (7 - used_ % 8));
      ++used_;
    }
    return *this;
  }
  BitWriter& Ue(std::uint64_t value) {
    int bits = 0;
    while ((value + 1) >> (bits + 1) != 0) {
      ++bits;
    }
    Put(0, bits);
    return Put(value + 1, bits + 1);
  }
  BitWriter& Se(std::int64_t value) {
    return Ue(static_cast<std::uint64_t>(value > 0 ? 2 * value - 1 : -2 * value));
  }
  // rbsp_trailing_bits()
  BitWriter& Trailing() {
    Put(1, 1);
    return used_ % 8 == 0 ? *this : Put(0, 8 - used_ % 8);
  }
  std::vector<std::uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  int used_ = 0;
};

// Makes a NAL unit out of its header and RBSP: inserts 03 where 00 00 00 .. 00 00 03 would appear.
inline std::vector<std::uint8_t> WithEmulationPrevention(const std::vector<std::uint8_t>& rbsp) {
  std::vector<std::uint8_t> nal;
  int zeros = 0;
  for (const std::uint8_t byte : rbsp) {
    if (zeros >= 2 && byte <= 3) {
      nal.push_back(3);
      zeros = 0;
    }
    nal.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  return nal;
}

}  // namespace kvs::test

#endif  // KVS_TESTS_UNIT_CODEC_BIT_WRITER_H_
