#include "emulator/model/ack.h"

#include <array>
#include <utility>

#include "emulator/model/json_text.h"

namespace kvs::emulator {
namespace {

constexpr std::array<std::pair<AckType, std::string_view>, 5> kTypes = {{
    {AckType::kBuffering, "BUFFERING"},
    {AckType::kReceived, "RECEIVED"},
    {AckType::kPersisted, "PERSISTED"},
    {AckType::kError, "ERROR"},
    {AckType::kIdle, "IDLE"},
}};

constexpr std::array<std::pair<int, std::string_view>, 25> kErrors = {{
    {4000, "STREAM_READ_ERROR"},
    {4001, "MAX_FRAGMENT_SIZE_REACHED"},
    {4002, "MAX_FRAGMENT_DURATION_REACHED"},
    {4003, "MAX_CONNECTION_DURATION_REACHED"},
    {4004, "FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS"},
    {4005, "MORE_THAN_ALLOWED_TRACKS_FOUND"},
    {4006, "INVALID_MKV_DATA"},
    {4007, "INVALID_PRODUCER_TIMESTAMP"},
    {4008, "STREAM_NOT_ACTIVE"},
    {4009, "FRAGMENT_METADATA_LIMIT_REACHED"},
    {4010, "TRACK_NUMBER_MISMATCH"},
    {4011, "FRAMES_MISSING_FOR_TRACK"},
    {4012, "MORE_THAN_ALLOWED_TRACKS_FOUND"},
    {4013, "MIN_FRAGMENT_DURATION_REACHED"},
    {4014, "FRAGMENT_RATE_EXCEEDED"},
    {4500, "KMS_KEY_ACCESS_DENIED"},
    {4501, "KMS_KEY_DISABLED"},
    {4502, "KMS_KEY_VALIDATION_ERROR"},
    {4503, "KMS_KEY_UNAVAILABLE"},
    {4504, "KMS_KEY_INVALID_USAGE"},
    {4505, "KMS_KEY_INVALID_STATE"},
    {4506, "KMS_KEY_NOT_FOUND"},
    {4507, "STREAM_DELETED"},
    {5000, "INTERNAL_ERROR"},
    {5001, "ARCHIVAL_ERROR"},
}};

}  // namespace

std::string_view AckTypeName(AckType type) {
  for (const auto& [key, name] : kTypes) {
    if (key == type) {
      return name;
    }
  }
  return "";
}

std::optional<AckType> AckTypeOfName(std::string_view name) {
  for (const auto& [key, text] : kTypes) {
    if (text == name) {
      return key;
    }
  }
  return std::nullopt;
}

std::string_view AckErrorName(int error_id) {
  for (const auto& [key, name] : kErrors) {
    if (key == error_id) {
      return name;
    }
  }
  return "UNKNOWN_ERROR";
}

std::string FormatAck(const Ack& ack) {
  JsonObject json;
  json.Text("EventType", AckTypeName(ack.type));
  if (ack.timecode) {
    json.Number("FragmentTimecode", *ack.timecode);
  }
  if (!ack.fragment_number.empty()) {
    json.Text("FragmentNumber", ack.fragment_number);
  }
  if (ack.type == AckType::kError) {
    json.Number("ErrorId", ack.error_id).Text("ErrorCode", ack.error_code);
  }
  return json.str() + "\n";
}

}  // namespace kvs::emulator
