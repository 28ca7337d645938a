#ifndef KVS_TESTS_BENCH_MEDIA_H_
#define KVS_TESTS_BENCH_MEDIA_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kvs/track.h"

namespace kvs::bench {

// Sizes of frames: 480p at half a megabit per second, 1080p at 4, 4K at 55.
inline constexpr std::size_t kSmallFrame = 2'000;
inline constexpr std::size_t kFrame = 20'000;
inline constexpr std::size_t kLargeFrame = 230'000;
inline constexpr std::size_t kFrameSizes[] = {kSmallFrame, kFrame, kLargeFrame};

inline constexpr std::uint8_t kSliceByte = 0xA5;  // no start code in it

// H.264, 640x480, length-prefixed.
inline Track Video() {
  Track track;
  track.codec_private = {0x01, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0x00, 0x0c, 0x67, 0x42, 0xc0, 0x1e, 0xda, 0x02,
                         0x80, 0xf6, 0x84, 0x00, 0x00, 0x03, 0x01, 0x00, 0x04, 0x68, 0xce, 0x3c, 0x80};
  return track;
}

// An access unit of one slice with its length in front.
inline std::vector<std::uint8_t> LengthPrefixed(std::size_t bytes) {
  std::vector<std::uint8_t> frame(bytes, kSliceByte);
  const std::size_t nal = bytes - 4;
  for (std::size_t i = 0; i < 4; ++i) {
    frame[i] = static_cast<std::uint8_t>(nal >> (24 - 8 * i));
  }
  return frame;
}

// The same with start codes, in slices as an encoder makes them for a network's packets.
inline std::vector<std::uint8_t> AnnexB(std::size_t bytes, std::size_t slice_bytes) {
  std::vector<std::uint8_t> frame(bytes, kSliceByte);
  for (std::size_t at = 0; at + 4 < bytes; at += slice_bytes) {
    frame[at] = frame[at + 1] = frame[at + 2] = 0;
    frame[at + 3] = 1;
    frame[at + 4] = 0x41;  // a slice
  }
  return frame;
}

}  // namespace kvs::bench

#endif  // KVS_TESTS_BENCH_MEDIA_H_
