#include "producer/service/call.h"

#include <utility>

#include "producer/service/http_message.h"

namespace kvs::service {

std::string_view ApiCallName(ApiCall call) {
  switch (call) {
    case ApiCall::kDescribeStream:
      return "DescribeStream";
    case ApiCall::kCreateStream:
      return "CreateStream";
    case ApiCall::kTagStream:
      return "TagStream";
    case ApiCall::kGetDataEndpoint:
      return "GetDataEndpoint";
    case ApiCall::kPutMedia:
      return "PutMedia";
  }
  return "call";
}

HttpRequest MakePostRequest(const CallContext& context, std::string_view path, std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.url = context.endpoint + std::string(path);
  // Of putMedia as well, whatever its body is: that is what Amazon's producer sends.
  request.headers.push_back({"Content-Type", "application/json"});
  if (!context.user_agent.empty()) {
    request.headers.push_back({"User-Agent", context.user_agent});
  }
  request.body = std::move(body);
  return request;
}

}  // namespace kvs::service
