#ifndef KVS_EMULATOR_MODEL_ACK_H_
#define KVS_EMULATOR_MODEL_ACK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kvs::emulator {

enum class AckType : std::uint8_t { kBuffering, kReceived, kPersisted, kError, kIdle };

// "BUFFERING", "RECEIVED", "PERSISTED", "ERROR", "IDLE".
std::string_view AckTypeName(AckType type);
std::optional<AckType> AckTypeOfName(std::string_view name);

// Ids of ERROR acks. Source: developer guide, PutMedia. kMinFragmentDuration has a documented name
// but no documented id, kFragmentRate neither: both numbers are assumed. kTooManyTracks and
// kStreamDeleted are known to Amazon's producers only.
namespace ack_error {
inline constexpr int kStreamRead = 4000;
inline constexpr int kFragmentSize = 4001;
inline constexpr int kFragmentDuration = 4002;
inline constexpr int kConnectionDuration = 4003;
inline constexpr int kTimecodeOrder = 4004;
inline constexpr int kInvalidMkv = 4006;
inline constexpr int kProducerTimestamp = 4007;
inline constexpr int kStreamNotActive = 4008;
inline constexpr int kMetadataLimit = 4009;
inline constexpr int kTrackMismatch = 4010;
inline constexpr int kFramesMissing = 4011;
inline constexpr int kTooManyTracks = 4012;
inline constexpr int kMinFragmentDuration = 4013;
inline constexpr int kFragmentRate = 4014;
inline constexpr int kInternal = 5000;
inline constexpr int kArchival = 5001;
}  // namespace ack_error

// The documented code name of an id, e.g. "INVALID_MKV_DATA"; "UNKNOWN_ERROR" for others.
std::string_view AckErrorName(int error_id);

struct Ack {
  AckType type = AckType::kIdle;
  std::optional<std::uint64_t> timecode;  // of the cluster, in ticks; none for IDLE
  std::string fragment_number;            // empty when there is no fragment
  int error_id = 0;                       // ERROR only
  std::string error_code;
};

// One ack as the service writes it: a JSON object and a newline.
std::string FormatAck(const Ack& ack);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_ACK_H_
