#ifndef KVS_PRODUCER_SERVICE_CREATE_STREAM_H_
#define KVS_PRODUCER_SERVICE_CREATE_STREAM_H_

#include <string>
#include <string_view>

#include "kvs/status.h"
#include "kvs/time.h"
#include "producer/service/call.h"
#include "producer/service/http_message.h"

namespace kvs::service {

// What a stream is created with. The limits are those of validation.h.
struct CreateStreamArguments {
  std::string stream_name;
  std::string device_name;  // empty: none is sent
  std::string media_type;   // empty: none is sent
  std::string kms_key_id;   // empty: the key that the service manages
  Duration retention;       // cut down to whole hours; zero: nothing is stored
};

// The request, unsigned. Errors: kInvalidArgument with the name of the argument.
Result<HttpRequest> MakeCreateStreamRequest(const CallContext& context,
                                            const CreateStreamArguments& arguments);

// The ARN of the new stream.
// Errors: kBadResponse; kResourceInUse: it exists already (another program was faster): describe
// it;
//         others: see StatusFromResponse.
Result<std::string> ParseCreateStreamResponse(const HttpResponse& response,
                                              std::string_view stream_name);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_CREATE_STREAM_H_
