#include "producer/service/create_stream.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "producer/service/error_map.h"
#include "producer/service/json.h"
#include "producer/service/validation.h"

namespace kvs::service {
namespace {

constexpr std::int64_t kSecondsPerHour = 3600;

Status Check(const CreateStreamArguments& arguments) {
  Status status = ValidateStreamName(arguments.stream_name);
  if (status.ok() && !arguments.device_name.empty()) {
    status = ValidateDeviceName(arguments.device_name);
  }
  if (status.ok() && !arguments.media_type.empty()) {
    status = ValidateMediaType(arguments.media_type);
  }
  if (status.ok() && !arguments.kms_key_id.empty()) {
    status = ValidateKmsKeyId(arguments.kms_key_id);
  }
  return status.ok() ? ValidateRetention(arguments.retention) : status;
}

}  // namespace

Result<HttpRequest> MakeCreateStreamRequest(const CallContext& context,
                                            const CreateStreamArguments& arguments) {
  if (Status status = Check(arguments); !status.ok()) {
    return status;
  }
  std::vector<JsonMember> members;
  const auto add = [&members](std::string_view name, const std::string& value) {
    if (!value.empty()) {
      members.push_back({name, std::string_view(value)});
    }
  };
  add("DeviceName", arguments.device_name);
  add("StreamName", arguments.stream_name);
  add("MediaType", arguments.media_type);
  add("KmsKeyId", arguments.kms_key_id);
  members.push_back({"DataRetentionInHours", arguments.retention.seconds() / kSecondsPerHour});
  Result<std::string> body = WriteJson(members);
  if (!body.ok()) {
    return body.status();
  }
  return MakePostRequest(context, "/createStream", std::move(body).value());
}

Result<std::string> ParseCreateStreamResponse(const HttpResponse& response,
                                              std::string_view stream_name) {
  const CallTarget target{ApiCall::kCreateStream, std::string(stream_name), ""};
  if (response.status != kHttpOk) {
    return StatusFromResponse(target, response);
  }
  const Result<JsonFields> fields = JsonFields::Parse(response.body, kMaxResponseBytes);
  if (!fields.ok()) {
    return BadResponse(target, response, fields.status().message());
  }
  const std::string arn(fields->String("StreamARN").value_or(""));
  if (Status status = ValidateStreamArn(arn); !status.ok()) {
    return BadResponse(target, response, status.message());
  }
  return arn;
}

}  // namespace kvs::service
