#ifndef KVS_PRODUCER_SERVICE_GET_DATA_ENDPOINT_H_
#define KVS_PRODUCER_SERVICE_GET_DATA_ENDPOINT_H_

#include <string>
#include <string_view>

#include "kvs/status.h"
#include "producer/service/call.h"
#include "producer/service/http_message.h"

namespace kvs::service {

// The request, unsigned, for the endpoint of putMedia. Errors: kInvalidArgument: the name.
Result<HttpRequest> MakeGetDataEndpointRequest(const CallContext& context,
                                               std::string_view stream_name);

// The base URL for putMedia, without a final '/'.
// Errors: kBadResponse: 200 without DataEndpoint, or it is no URL; others: see StatusFromResponse.
Result<std::string> ParseGetDataEndpointResponse(const HttpResponse& response,
                                                 std::string_view stream_name);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_GET_DATA_ENDPOINT_H_
