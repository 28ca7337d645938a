#ifndef KVS_PIC_CODEC_LITTLE_ENDIAN_H_
#define KVS_PIC_CODEC_LITTLE_ENDIAN_H_

#include <cstddef>
#include <cstdint>

#include "pic/codec/nal.h"

// Numbers as the headers of Microsoft's formats and of Opus have them.
namespace kvs::codec {

// The lowest `bytes` bytes of `value`; `bytes`: 1..4.
inline void AppendLe(std::uint32_t value, int bytes, ByteVector& out) {
  for (int i = 0; i < bytes; ++i) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

// Precondition: `data` holds `bytes` (1..4) bytes from `offset` on.
inline std::uint32_t ReadLe(Bytes data, std::size_t offset, std::size_t bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    value |= std::uint32_t{data[offset + i]} << (8 * i);
  }
  return value;
}

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_LITTLE_ENDIAN_H_
