#include "emulator/model/stream_registry.h"

#include <algorithm>
#include <utility>

namespace kvs::emulator {
namespace {

// Limits of the API reference.
constexpr std::size_t kMaxStreamName = 256;
constexpr std::size_t kMaxDeviceName = 128;
constexpr std::size_t kMaxMediaType = 128;
constexpr std::size_t kMaxKmsKeyId = 2048;
constexpr std::size_t kMaxArn = 1024;
constexpr std::size_t kMaxTags = 50;
constexpr std::size_t kMaxTagKey = 128;
constexpr std::size_t kMaxTagValue = 256;
constexpr std::int64_t kMaxRetentionHours = 87600;  // ten years

ApiError InvalidArgument(std::string message) {
  return {400, "InvalidArgumentException", std::move(message)};
}

bool IsAlphaNumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// [a-zA-Z0-9_.-]+ of at most `max` characters.
bool IsName(std::string_view text, std::size_t max) {
  return !text.empty() && text.size() <= max && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphaNumeric(c) || c == '_' || c == '.' || c == '-';
  });
}

// type/subtype(,type/subtype)* where both parts are [\w\-\.\+]+
bool IsMediaType(std::string_view text) {
  if (text.empty() || text.size() > kMaxMediaType) {
    return false;
  }
  std::size_t part_length = 0;
  bool in_subtype = false;
  for (const char c : text) {
    if (IsAlphaNumeric(c) || c == '_' || c == '-' || c == '.' || c == '+') {
      ++part_length;
    } else if ((c == '/' && !in_subtype && part_length > 0) ||
               (c == ',' && in_subtype && part_length > 0)) {
      in_subtype = c == '/';
      part_length = 0;
    } else {
      return false;
    }
  }
  return in_subtype && part_length > 0;
}

std::optional<ApiError> CheckTags(const std::map<std::string, std::string>& tags) {
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > kMaxTagKey || key.starts_with("aws:")) {
      return InvalidArgument("Tag key is not valid: " + key);
    }
    if (value.size() > kMaxTagValue) {
      return InvalidArgument("Tag value is longer than 256: key " + key);
    }
  }
  return std::nullopt;
}

ApiError TooManyTags() {
  return {400, "TagsPerResourceExceededLimitException",
          "A stream can have at most " + std::to_string(kMaxTags) + " tags"};
}

}  // namespace

std::string_view StreamStatusName(StreamStatus status) {
  switch (status) {
    case StreamStatus::kCreating:
      return "CREATING";
    case StreamStatus::kActive:
      return "ACTIVE";
    case StreamStatus::kUpdating:
      return "UPDATING";
    case StreamStatus::kDeleting:
      return "DELETING";
  }
  return "";
}

std::string StreamRegistry::NameOfArn(std::string_view arn) {
  // arn:<partition>:kinesisvideo:<region>:<account>:stream/<name>/<creation time>
  constexpr std::string_view kResource = ":stream/";
  if (arn.size() > kMaxArn || !arn.starts_with("arn:") ||
      arn.find(":kinesisvideo:") == std::string_view::npos) {
    return "";
  }
  const std::size_t at = arn.find(kResource);
  if (at == std::string_view::npos) {
    return "";
  }
  const std::string_view rest = arn.substr(at + kResource.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash + 1 == rest.size() ||
      rest.find_first_not_of("0123456789", slash + 1) != std::string_view::npos ||
      !IsName(rest.substr(0, slash), kMaxStreamName)) {
    return "";
  }
  return std::string(rest.substr(0, slash));
}

void StreamRegistry::Refresh(Time now) {
  for (auto it = streams_.begin(); it != streams_.end();) {
    StreamInfo& stream = it->second;
    if (stream.status == StreamStatus::kActive || now < stream.status_until) {
      ++it;
    } else if (stream.status == StreamStatus::kDeleting) {
      it = streams_.erase(it);
    } else {
      const bool held = stream.status == StreamStatus::kCreating && hold_creating_ &&
                        hold_creating_(stream.name, now);
      if (!held) {
        stream.status = StreamStatus::kActive;
      }
      ++it;
    }
  }
}

void StreamRegistry::BumpVersion(StreamInfo& stream) {
  // Looks like the service's: twenty letters and digits that say nothing. (splitmix64)
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::uint64_t state = ++versions_ * 0x9E3779B97F4A7C15U;
  stream.version.clear();
  for (int i = 0; i < 20; ++i) {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    stream.version += kDigits[(z ^ (z >> 31)) % kDigits.size()];
  }
}

void StreamRegistry::BeginUpdate(StreamInfo& stream, Time now) {
  BumpVersion(stream);
  if (config_.update_delay > Duration::zero()) {
    stream.status = StreamStatus::kUpdating;
    stream.status_until = now + config_.update_delay;
  }
}

OrError<std::string> StreamRegistry::Create(const NewStream& request, Time now) {
  if (!IsName(request.name, kMaxStreamName)) {
    return InvalidArgument("StreamName is missing or not valid");
  }
  if (!request.device_name.empty() && !IsName(request.device_name, kMaxDeviceName)) {
    return InvalidArgument("DeviceName is not valid");
  }
  if (!request.media_type.empty() && !IsMediaType(request.media_type)) {
    return InvalidArgument("MediaType is not valid");
  }
  if (request.kms_key_id.size() > kMaxKmsKeyId) {
    return InvalidArgument("KmsKeyId is longer than 2048");
  }
  const std::int64_t retention = request.retention_hours.value_or(config_.default_retention_hours);
  if (retention < 0 || retention > kMaxRetentionHours) {
    return InvalidArgument("DataRetentionInHours is out of range");
  }
  if (request.tags.size() > kMaxTags) {
    return TooManyTags();
  }
  if (auto error = CheckTags(request.tags)) {
    return *error;
  }
  Refresh(now);
  if (streams_.contains(request.name)) {
    return ApiError{400, "ResourceInUseException",
                    "The stream " + request.name + " already exists"};
  }
  StreamInfo stream;
  stream.name = request.name;
  stream.device_name = request.device_name;
  stream.media_type = request.media_type;
  stream.kms_key_id = request.kms_key_id.empty() ? "arn:aws:kms:" + config_.region + ":" +
                                                       config_.account + ":alias/aws/kinesisvideo"
                                                 : request.kms_key_id;
  stream.retention_hours = retention;
  stream.tags = request.tags;
  stream.created = now;
  stream.status_until = now + config_.create_delay;
  stream.arn = "arn:aws:kinesisvideo:" + config_.region + ":" + config_.account + ":stream/" +
               stream.name + "/" + std::to_string(ToMillis(now));
  BumpVersion(stream);
  const std::string arn = stream.arn;
  streams_.emplace(stream.name, std::move(stream));
  Refresh(now);
  return arn;
}

OrError<StreamInfo*> StreamRegistry::Lookup(const StreamRef& ref, Time now) {
  if (ref.name.empty() == ref.arn.empty()) {
    return InvalidArgument("Specify either StreamName or StreamARN");
  }
  std::string name = ref.name;
  if (name.empty()) {
    name = NameOfArn(ref.arn);
    if (name.empty()) {
      return InvalidArgument("StreamARN is not valid: " + ref.arn);
    }
  } else if (!IsName(name, kMaxStreamName)) {
    return InvalidArgument("StreamName is not valid");
  }
  Refresh(now);
  const auto it = streams_.find(name);
  if (it == streams_.end() || (!ref.arn.empty() && it->second.arn != ref.arn)) {
    return ApiError{404, "ResourceNotFoundException",
                    "The requested stream is not found or not active: " + name};
  }
  return &it->second;
}

OrError<StreamInfo*> StreamRegistry::LookupForChange(const StreamRef& ref,
                                                     const std::string& version, Time now) {
  auto found = Lookup(ref, now);
  if (auto* stream = std::get_if<StreamInfo*>(&found)) {
    if ((*stream)->status != StreamStatus::kActive) {
      return ApiError{400, "ResourceInUseException", "The stream is not ACTIVE"};
    }
    if (!version.empty() && (*stream)->version != version) {
      return ApiError{400, "VersionMismatchException",
                      "The version that you specified is not the latest version"};
    }
  }
  return found;
}

OrError<StreamInfo> StreamRegistry::Describe(const StreamRef& ref, Time now) {
  auto found = Lookup(ref, now);
  if (auto* error = std::get_if<ApiError>(&found)) {
    return *error;
  }
  return *std::get<StreamInfo*>(found);
}

StreamRegistry::Page StreamRegistry::List(std::size_t max_results, const std::string& after,
                                          const std::string& prefix, Time now) {
  Refresh(now);
  Page page;
  for (auto it = streams_.upper_bound(after); it != streams_.end(); ++it) {
    if (!it->first.starts_with(prefix)) {
      continue;
    }
    if (page.streams.size() == max_results) {
      page.next = page.streams.back().name;
      break;
    }
    page.streams.push_back(it->second);
  }
  return page;
}

std::optional<ApiError> StreamRegistry::Delete(const StreamRef& ref, const std::string& version,
                                               Time now) {
  auto found = LookupForChange(ref, version, now);
  if (auto* error = std::get_if<ApiError>(&found)) {
    return *error;
  }
  StreamInfo& stream = *std::get<StreamInfo*>(found);
  stream.status = StreamStatus::kDeleting;
  stream.status_until = now + config_.delete_delay;
  Refresh(now);
  return std::nullopt;
}

std::optional<ApiError> StreamRegistry::Update(const StreamRef& ref, const std::string& version,
                                               const std::string& device_name,
                                               const std::string& media_type, Time now) {
  if (!device_name.empty() && !IsName(device_name, kMaxDeviceName)) {
    return InvalidArgument("DeviceName is not valid");
  }
  if (!media_type.empty() && !IsMediaType(media_type)) {
    return InvalidArgument("MediaType is not valid");
  }
  auto found = LookupForChange(ref, version, now);
  if (auto* error = std::get_if<ApiError>(&found)) {
    return *error;
  }
  StreamInfo& stream = *std::get<StreamInfo*>(found);
  if (!device_name.empty()) {
    stream.device_name = device_name;
  }
  if (!media_type.empty()) {
    stream.media_type = media_type;
  }
  BeginUpdate(stream, now);
  return std::nullopt;
}

std::optional<ApiError> StreamRegistry::Tag(const StreamRef& ref,
                                            const std::map<std::string, std::string>& tags,
                                            Time now) {
  if (tags.empty()) {
    return InvalidArgument("Tags is missing or empty");
  }
  if (auto error = CheckTags(tags)) {
    return error;
  }
  if (ref.name.empty() && !ref.arn.empty() && NameOfArn(ref.arn).empty()) {
    return ApiError{400, "InvalidResourceFormatException", "StreamARN is not valid: " + ref.arn};
  }
  auto found = Lookup(ref, now);
  if (auto* error = std::get_if<ApiError>(&found)) {
    return *error;
  }
  StreamInfo& stream = *std::get<StreamInfo*>(found);
  auto merged = tags;
  merged.insert(stream.tags.begin(), stream.tags.end());
  if (merged.size() > kMaxTags) {
    return TooManyTags();
  }
  stream.tags = std::move(merged);
  return std::nullopt;
}

std::optional<ApiError> StreamRegistry::Untag(const StreamRef& ref,
                                              const std::vector<std::string>& keys, Time now) {
  if (keys.empty() || keys.size() > kMaxTags) {
    return InvalidArgument("TagKeyList must have 1 to 50 members");
  }
  if (ref.name.empty() && !ref.arn.empty() && NameOfArn(ref.arn).empty()) {
    return ApiError{400, "InvalidResourceFormatException", "StreamARN is not valid: " + ref.arn};
  }
  auto found = Lookup(ref, now);
  if (auto* error = std::get_if<ApiError>(&found)) {
    return *error;
  }
  for (const std::string& key : keys) {
    std::get<StreamInfo*>(found)->tags.erase(key);
  }
  return std::nullopt;
}

std::optional<ApiError> StreamRegistry::ChangeRetention(const StreamRef& ref,
                                                        const std::string& version,
                                                        std::int64_t change_hours, Time now) {
  if (version.empty()) {
    return InvalidArgument("CurrentVersion is missing");
  }
  auto found = LookupForChange(ref, version, now);
  if (auto* error = std::get_if<ApiError>(&found)) {
    return *error;
  }
  StreamInfo& stream = *std::get<StreamInfo*>(found);
  if (change_hours < -kMaxRetentionHours || change_hours > kMaxRetentionHours ||
      stream.retention_hours + change_hours < 0 ||
      stream.retention_hours + change_hours > kMaxRetentionHours) {
    return InvalidArgument("The retention would leave the range 0 to 87600 hours");
  }
  stream.retention_hours += change_hours;
  BeginUpdate(stream, now);
  return std::nullopt;
}

const StreamInfo* StreamRegistry::Find(const std::string& name, Time now) {
  Refresh(now);
  const auto it = streams_.find(name);
  return it == streams_.end() ? nullptr : &it->second;
}

void StreamRegistry::Activate(const std::string& name) {
  const auto it = streams_.find(name);
  if (it != streams_.end() && it->second.status != StreamStatus::kDeleting) {
    it->second.status = StreamStatus::kActive;
  }
}

std::vector<StreamInfo> StreamRegistry::All(Time now) {
  Refresh(now);
  std::vector<StreamInfo> all;
  all.reserve(streams_.size());
  for (const auto& [name, stream] : streams_) {
    all.push_back(stream);
  }
  return all;
}

}  // namespace kvs::emulator
