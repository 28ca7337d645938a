#ifndef KVS_TESTS_SIM_PAYLOAD_H_
#define KVS_TESTS_SIM_PAYLOAD_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tests/sim/options.h"

// Payloads that say whose they are: every byte of a frame follows from its track and number, so
// that whatever arrives can be told apart and checked to the last byte.
namespace kvs::sim {

struct FrameName {
  std::uint8_t track = 0;    // index of its plan
  std::uint32_t number = 0;  // counts from 0 on each track, in the order of putting
  std::uint8_t codec = 0;    // which of the codec data it belongs to: 0 or 1

  bool operator==(const FrameName&) const = default;
};

struct PayloadPlan {
  FrameName name;
  std::size_t bytes = 0;  // about; of the coded picture or sound
  bool key_frame = false;
  int codec_version = 0;
};

// Writes the frame as the camera puts it.
void MakePayload(MediaKind kind, const PayloadPlan& plan, std::vector<std::uint8_t>& out);

// Reads the name from a frame as it came over the wire; none when any byte is not as it was made.
std::optional<FrameName> NameOf(bool video, std::span<const std::uint8_t> wire);

// Whether a header's codec data is the one that a frame of the video track belongs to.
bool FitsCodec(std::span<const std::uint8_t> codec_private, FrameName name);

// What Track::codec_private is for this kind; empty where the frames carry it.
std::vector<std::uint8_t> CodecPrivate(MediaKind kind, int codec_version);

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_PAYLOAD_H_
