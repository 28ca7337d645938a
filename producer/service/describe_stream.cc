#include "producer/service/describe_stream.h"

#include <array>
#include <optional>
#include <utility>

#include "producer/service/error_map.h"
#include "producer/service/json.h"
#include "producer/service/validation.h"

namespace kvs::service {
namespace {

StreamState StateFromName(std::string_view name) {
  for (const StreamState state : {StreamState::kCreating, StreamState::kActive,
                                  StreamState::kUpdating, StreamState::kDeleting}) {
    if (name == StreamStateName(state)) {
      return state;
    }
  }
  return StreamState::kUnknown;
}

}  // namespace

std::string_view StreamStateName(StreamState state) {
  switch (state) {
    case StreamState::kCreating:
      return "CREATING";
    case StreamState::kActive:
      return "ACTIVE";
    case StreamState::kUpdating:
      return "UPDATING";
    case StreamState::kDeleting:
      return "DELETING";
    case StreamState::kUnknown:
      break;
  }
  return "unknown";
}

Result<HttpRequest> MakeDescribeStreamRequest(const CallContext& context,
                                              std::string_view stream_name) {
  if (Status status = ValidateStreamName(stream_name); !status.ok()) {
    return status;
  }
  Result<std::string> body = WriteJson(std::array{JsonMember{"StreamName", stream_name}});
  if (!body.ok()) {
    return body.status();
  }
  return MakePostRequest(context, "/describeStream", std::move(body).value());
}

Result<StreamDescription> ParseDescribeStreamResponse(const HttpResponse& response,
                                                      std::string_view stream_name) {
  const CallTarget target{ApiCall::kDescribeStream, std::string(stream_name), ""};
  if (response.status != kHttpOk) {
    return StatusFromResponse(target, response);
  }
  const Result<JsonFields> fields = JsonFields::Parse(response.body, kMaxResponseBytes);
  if (!fields.ok()) {
    return BadResponse(target, response, fields.status().message());
  }
  const auto text = [&fields](std::string_view path) {
    return std::string(fields->String(path).value_or(""));
  };
  StreamDescription out;
  out.stream_name = text("StreamInfo.StreamName");
  out.stream_arn = text("StreamInfo.StreamARN");
  out.device_name = text("StreamInfo.DeviceName");
  out.media_type = text("StreamInfo.MediaType");
  out.kms_key_id = text("StreamInfo.KmsKeyId");
  out.version = text("StreamInfo.Version");
  out.state = StateFromName(text("StreamInfo.Status"));
  const std::int64_t hours = fields->Integer("StreamInfo.DataRetentionInHours").value_or(0);
  if (out.stream_arn.empty() || !fields->String("StreamInfo.Status")) {
    return BadResponse(target, response, "StreamInfo, its StreamARN or its Status is missing");
  }
  if (Status status = ValidateStreamArn(out.stream_arn); !status.ok()) {
    return BadResponse(target, response, status.message());
  }
  if (hours < 0 || hours > kMaxRetentionHours) {
    return BadResponse(target, response, "DataRetentionInHours is out of range");
  }
  out.retention = Duration::Hours(hours);
  return out;
}

}  // namespace kvs::service
