#ifndef KVS_PRODUCER_SERVICE_VALIDATION_H_
#define KVS_PRODUCER_SERVICE_VALIDATION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "kvs/status.h"
#include "kvs/time.h"

// What the service accepts, checked before it is asked. Every function: OK, or kInvalidArgument
// with the argument's name, what it is and what is allowed. Source: Kinesis Video Streams API
// reference (CreateStream, TagStream, DescribeStream).
namespace kvs::service {

// Name and value.
using Tag = std::pair<std::string, std::string>;

inline constexpr std::size_t kMaxStreamNameLength = 256;
inline constexpr std::size_t kMaxDeviceNameLength = 128;
inline constexpr std::size_t kMaxMediaTypeLength = 128;
inline constexpr std::size_t kMaxKmsKeyIdLength = 2048;
inline constexpr std::size_t kMaxArnLength = 1024;
inline constexpr std::size_t kMaxTags = 50;
inline constexpr std::size_t kMaxTagNameLength = 128;       // characters
inline constexpr std::size_t kMaxTagValueLength = 256;      // characters
inline constexpr std::int64_t kMaxRetentionHours = 87'600;  // ten years

// 1..256 of [a-zA-Z0-9_.-]
Status ValidateStreamName(std::string_view name);
// 1..128 of [a-zA-Z0-9_.-]
Status ValidateDeviceName(std::string_view name);
// 1..128 characters, "type/subtype", several joined by ','; each part of [\w.+-].
Status ValidateMediaType(std::string_view media_type);
// 1..2048 printable ASCII characters.
Status ValidateKmsKeyId(std::string_view key_id);
// 0..87600 hours.
Status ValidateRetention(Duration retention);
// "arn:<partition>:kinesisvideo:<region>:<account>:stream/<name>/<creation time>"; only its
// beginning and characters are checked.
Status ValidateStreamArn(std::string_view arn);
// 0..50 tags of UTF-8 text; names 1..128 characters, no two the same, not beginning with "aws:";
// values 0..256 characters.
Status ValidateTags(std::span<const Tag> tags);

// Text for a message: printable ASCII as it is, other bytes as '?', cut off after `max_bytes`, or where it quotes a signed request.
std::string PrintableExcerpt(std::string_view text, std::size_t max_bytes);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_VALIDATION_H_
