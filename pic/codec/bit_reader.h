#ifndef KVS_PIC_CODEC_BIT_READER_H_
#define KVS_PIC_CODEC_BIT_READER_H_

#include <cstddef>
#include <cstdint>

#include "pic/codec/nal.h"

namespace kvs::codec {

// Reads big-endian bit fields. Reading past the end yields zeros and makes ok() false for good, so
// a parser may check once after a group of fields, as long as it checks before it trusts a loop
// count.
class BitReader {
 public:
  explicit BitReader(Bytes data) : data_(data), bits_(data.size() * 8) {}

  bool ok() const { return ok_; }
  std::size_t position() const { return position_; }      // bits read so far
  std::size_t left() const { return bits_ - position_; }  // bits

  // `count`: 0..32.
  std::uint32_t Bits(int count) {
    if (left() < static_cast<std::size_t>(count)) {
      return Fail();
    }
    std::uint64_t value = 0;
    std::size_t have = 0;
    const std::size_t want = static_cast<std::size_t>(count);
    while (have < want) {
      const std::size_t in_byte = position_ % 8;
      const std::size_t take = want - have < 8 - in_byte ? want - have : 8 - in_byte;
      const std::uint32_t byte = data_[position_ / 8];
      value = (value << take) | ((byte >> (8 - in_byte - take)) & ((1U << take) - 1));
      position_ += take;
      have += take;
    }
    return static_cast<std::uint32_t>(value);
  }
  bool Flag() { return Bits(1) != 0; }
  std::uint8_t Byte() { return static_cast<std::uint8_t>(Bits(8)); }
  void Skip(std::size_t count) {
    if (left() < count) {
      Fail();
      return;
    }
    position_ += count;
  }
  void AlignToByte() { Skip((8 - position_ % 8) % 8); }

  // Exp-Golomb ue(v): 0 .. 2^32-2. Source: ITU-T H.264 9.1.
  std::uint32_t Ue() {
    int zeros = 0;
    while (ok_ && !Flag()) {
      if (++zeros == kMaxGolombZeros) {
        return Fail();
      }
    }
    if (!ok_) {
      return 0;
    }
    return ((std::uint32_t{1} << zeros) - 1) + Bits(zeros);
  }
  // Exp-Golomb se(v). Source: ITU-T H.264 9.1.1.
  std::int64_t Se() {
    const std::int64_t code = Ue();
    return code % 2 != 0 ? (code + 1) / 2 : -(code / 2);
  }

 private:
  // 31 leading zeros code the largest value that fits 32 bits.
  static constexpr int kMaxGolombZeros = 32;

  std::uint32_t Fail() {
    ok_ = false;
    position_ = bits_;
    return 0;
  }

  Bytes data_;
  std::size_t bits_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_BIT_READER_H_
