#include "producer/service/get_data_endpoint.h"

#include <array>
#include <utility>

#include "producer/aws/endpoints.h"
#include "producer/service/error_map.h"
#include "producer/service/json.h"
#include "producer/service/validation.h"

namespace kvs::service {

Result<HttpRequest> MakeGetDataEndpointRequest(const CallContext& context,
                                               std::string_view stream_name) {
  if (Status status = ValidateStreamName(stream_name); !status.ok()) {
    return status;
  }
  Result<std::string> body = WriteJson(std::array{
      JsonMember{"StreamName", stream_name}, JsonMember{"APIName", std::string_view("PUT_MEDIA")}});
  if (!body.ok()) {
    return body.status();
  }
  return MakePostRequest(context, "/getDataEndpoint", std::move(body).value());
}

Result<std::string> ParseGetDataEndpointResponse(const HttpResponse& response,
                                                 std::string_view stream_name) {
  const CallTarget target{ApiCall::kGetDataEndpoint, std::string(stream_name), ""};
  if (response.status != kHttpOk) {
    return StatusFromResponse(target, response);
  }
  const Result<JsonFields> fields = JsonFields::Parse(response.body, kMaxResponseBytes);
  if (!fields.ok()) {
    return BadResponse(target, response, fields.status().message());
  }
  Result<std::string> endpoint =
      aws::NormalizeEndpoint("DataEndpoint", fields->String("DataEndpoint").value_or(""));
  if (!endpoint.ok()) {
    return BadResponse(target, response, endpoint.status().message());
  }
  return endpoint;
}

}  // namespace kvs::service
