#ifndef KVS_PRODUCER_SERVICE_TAG_STREAM_H_
#define KVS_PRODUCER_SERVICE_TAG_STREAM_H_

#include <span>
#include <string_view>

#include "kvs/status.h"
#include "producer/service/call.h"
#include "producer/service/http_message.h"
#include "producer/service/validation.h"

namespace kvs::service {

// The request, unsigned. Tags are added to those that the stream has; one of the same name is
// replaced. Errors: kInvalidArgument: the ARN, no tags, or see ValidateTags.
Result<HttpRequest> MakeTagStreamRequest(const CallContext& context, std::string_view stream_arn,
                                         std::span<const Tag> tags);

// Errors: see StatusFromResponse.
Status ParseTagStreamResponse(const HttpResponse& response, std::string_view stream_name);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_TAG_STREAM_H_
