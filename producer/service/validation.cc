#include "producer/service/validation.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>

#include "pic/base/utf8.h"

namespace kvs::service {
namespace {

constexpr std::size_t kMaxExcerpt = 64;

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool IsNameCharacter(char c) {
  return IsWordCharacter(c) || c == '.' || c == '-';
}

bool IsPrintable(char c) {
  return c >= ' ' && c <= '~';
}

Status Invalid(std::string_view what, std::string_view value, const std::string& why) {
  return {StatusCode::kInvalidArgument,
          "the " + std::string(what) + " \"" + PrintableExcerpt(value, kMaxExcerpt) + "\" " + why};
}

Status CheckLength(std::string_view what, std::string_view value, std::size_t max_length) {
  if (value.empty()) {
    return {StatusCode::kInvalidArgument, "the " + std::string(what) + " is empty"};
  }
  if (value.size() > max_length) {
    return Invalid(what, value,
                   "has " + std::to_string(value.size()) + " characters, at most " +
                       std::to_string(max_length) + " are allowed");
  }
  return {};
}

Status CheckName(std::string_view what, std::string_view name, std::size_t max_length) {
  if (Status status = CheckLength(what, name, max_length); !status.ok()) {
    return status;
  }
  if (!std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    return Invalid(what, name, "has characters other than letters, digits, '_', '.' and '-'");
  }
  return {};
}

Status CheckTagText(std::string_view what, std::string_view text, std::size_t max_length) {
  const std::optional<std::size_t> length = CountUtf8(text);
  if (!length) {
    return Invalid(what, text, "is not UTF-8 text");
  }
  if (*length > max_length) {
    return Invalid(what, text,
                   "has " + std::to_string(*length) + " characters, at most " +
                       std::to_string(max_length) + " are allowed");
  }
  return {};
}

// Where a service begins to quote the request, as it does about signatures that do not fit: with the session token, and what was
// signed. Source: "The Canonical String for this request should have been …", signature errors of AWS.
std::size_t EndOfOwnWords(std::string_view text) {
  constexpr std::string_view kEchoes[] = {"the canonical string", "the string-to-sign", "x-amz-security-token"};
  std::size_t end = text.size();
  for (const std::string_view echo : kEchoes) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; };
    const auto found = std::search(text.begin(), text.end(), echo.begin(), echo.end(), same);
    end = std::min(end, static_cast<std::size_t>(found - text.begin()));
  }
  return end;
}

}  // namespace

std::string PrintableExcerpt(std::string_view text, std::size_t max_bytes) {
  const std::size_t end = std::min(EndOfOwnWords(text.substr(0, max_bytes)), max_bytes);
  std::string out(text.substr(0, end));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !IsPrintable(c); }, '?');
  return text.size() > end ? out + "..." : out;
}

Status ValidateStreamName(std::string_view name) {
  return CheckName("stream name", name, kMaxStreamNameLength);
}

Status ValidateDeviceName(std::string_view name) {
  return CheckName("device name", name, kMaxDeviceNameLength);
}

Status ValidateMediaType(std::string_view media_type) {
  constexpr std::string_view kWhat = "content type";
  if (Status status = CheckLength(kWhat, media_type, kMaxMediaTypeLength); !status.ok()) {
    return status;
  }
  const auto is_part = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(),
                                        [](char c) { return IsNameCharacter(c) || c == '+'; });
  };
  std::string_view rest = media_type;
  while (true) {
    const std::string_view type = rest.substr(0, rest.find(','));
    const std::size_t slash = type.find('/');
    if (slash == std::string_view::npos || !is_part(type.substr(0, slash)) ||
        !is_part(type.substr(slash + 1))) {
      return Invalid(kWhat, media_type, "is not of the form video/h264 or video/h264,audio/aac");
    }
    if (type.size() == rest.size()) {
      return {};
    }
    rest.remove_prefix(type.size() + 1);
  }
}

Status ValidateKmsKeyId(std::string_view key_id) {
  constexpr std::string_view kWhat = "KMS key id";
  if (Status status = CheckLength(kWhat, key_id, kMaxKmsKeyIdLength); !status.ok()) {
    return status;
  }
  if (!std::all_of(key_id.begin(), key_id.end(), IsPrintable)) {
    return Invalid(kWhat, key_id, "has characters that are not printable ASCII");
  }
  return {};
}

Status ValidateRetention(Duration retention) {
  if (retention < Duration::Seconds(0) || retention > Duration::Hours(kMaxRetentionHours)) {
    return {StatusCode::kInvalidArgument,
            "the retention of " + std::to_string(retention.seconds()) +
                " seconds is outside of 0 to " + std::to_string(kMaxRetentionHours) + " hours"};
  }
  return {};
}

Status ValidateStreamArn(std::string_view arn) {
  constexpr std::string_view kWhat = "stream ARN";
  if (Status status = CheckLength(kWhat, arn, kMaxArnLength); !status.ok()) {
    return status;
  }
  const bool printable =
      std::all_of(arn.begin(), arn.end(), [](char c) { return IsPrintable(c) && c != ' '; });
  if (!printable || !arn.starts_with("arn:")) {
    return Invalid(kWhat, arn, "is not of the form arn:aws:kinesisvideo:...");
  }
  return {};
}

Status ValidateTags(std::span<const Tag> tags) {
  constexpr std::string_view kReservedPrefix = "aws:";
  if (tags.size() > kMaxTags) {
    return {StatusCode::kInvalidArgument, "there are " + std::to_string(tags.size()) +
                                              " tags, at most " + std::to_string(kMaxTags) +
                                              " are allowed"};
  }
  std::set<std::string_view> names;
  for (const auto& [name, value] : tags) {
    if (name.empty()) {
      return {StatusCode::kInvalidArgument, "the name of a tag is empty"};
    }
    if (Status status = CheckTagText("tag name", name, kMaxTagNameLength); !status.ok()) {
      return status;
    }
    if (Status status = CheckTagText("tag value", value, kMaxTagValueLength); !status.ok()) {
      return status;
    }
    if (name.starts_with(kReservedPrefix)) {
      return Invalid("tag name", name, "begins with \"aws:\", which is reserved");
    }
    if (!names.insert(name).second) {
      return Invalid("tag name", name, "is there twice");
    }
  }
  return {};
}

}  // namespace kvs::service
