#include "producer/service/tag_stream.h"

#include <array>
#include <string>
#include <utility>

#include "producer/service/error_map.h"
#include "producer/service/json.h"

namespace kvs::service {

Result<HttpRequest> MakeTagStreamRequest(const CallContext& context, std::string_view stream_arn,
                                         std::span<const Tag> tags) {
  Status status = ValidateStreamArn(stream_arn);
  if (status.ok()) {
    status = tags.empty() ? Status(StatusCode::kInvalidArgument, "there are no tags to set")
                          : ValidateTags(tags);
  }
  if (!status.ok()) {
    return status;
  }
  Result<std::string> body = WriteJson(
      std::array{JsonMember{"StreamARN", stream_arn}, JsonMember{"Tags", JsonStringMap(tags)}});
  if (!body.ok()) {
    return body.status();
  }
  return MakePostRequest(context, "/tagStream", std::move(body).value());
}

Status ParseTagStreamResponse(const HttpResponse& response, std::string_view stream_name) {
  if (response.status != kHttpOk) {
    return StatusFromResponse({ApiCall::kTagStream, std::string(stream_name), ""}, response);
  }
  return {};
}

}  // namespace kvs::service
