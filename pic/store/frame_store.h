#ifndef KVS_PIC_STORE_FRAME_STORE_H_
#define KVS_PIC_STORE_FRAME_STORE_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "kvs/status.h"

namespace kvs {

using Bytes = std::span<const std::uint8_t>;

// Where a payload lies in a FrameStore. Opaque outside of the store.
struct FrameRef {
  std::uint64_t block = 0;
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

// Holds the payloads of one stream's frames between the caller that puts them and the connection that sends them.
// Thread: the stream's mutex is held during every call.
class FrameStore {
 public:
  virtual ~FrameStore() = default;

  // Stores the concatenation of `parts` (`size` bytes, 1 .. 2^32-1) as one payload.
  // Errors: kStoreFull: no room now; nothing was stored. kTooLarge: it would not fit into the empty store either.
  virtual Result<FrameRef> Put(std::span<const Bytes> parts, std::size_t size) = 0;

  // Copies from `offset` inside the payload, as much as `out` holds; returns the bytes copied.
  virtual std::size_t Read(const FrameRef& ref, std::size_t offset, std::span<std::uint8_t> out) const = 0;

  // Gives the room back. Payloads may be released in any order; room comes back soonest in the order of Put.
  virtual void Release(const FrameRef& ref) = 0;

  // Bytes of payload held.
  virtual std::size_t bytes() const = 0;
};

}  // namespace kvs

#endif  // KVS_PIC_STORE_FRAME_STORE_H_
