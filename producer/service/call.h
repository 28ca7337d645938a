#ifndef KVS_PRODUCER_SERVICE_CALL_H_
#define KVS_PRODUCER_SERVICE_CALL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "producer/service/http_message.h"

namespace kvs::service {

// The calls of this library. Source: Kinesis Video Streams API reference.
enum class ApiCall : std::uint8_t {
  kDescribeStream,
  kCreateStream,
  kTagStream,
  kGetDataEndpoint,
  kPutMedia,
};

// "DescribeStream": as in the API reference, in IAM permissions and in messages.
std::string_view ApiCallName(ApiCall call);

// What every request needs. `endpoint` is the control plane's base URL, for putMedia the data
// endpoint; without a final '/'.
struct CallContext {
  std::string endpoint;
  std::string user_agent;
};

// Who a call is about; for messages.
struct CallTarget {
  ApiCall call = ApiCall::kDescribeStream;
  std::string stream_name;
  // Empty: not known yet.
  std::string stream_arn;
};

// A POST of `body` to `path` ("/describeStream") with the headers that all calls have.
HttpRequest MakePostRequest(const CallContext& context, std::string_view path, std::string body);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_CALL_H_
