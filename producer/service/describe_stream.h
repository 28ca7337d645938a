#ifndef KVS_PRODUCER_SERVICE_DESCRIBE_STREAM_H_
#define KVS_PRODUCER_SERVICE_DESCRIBE_STREAM_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "kvs/status.h"
#include "kvs/time.h"
#include "producer/service/call.h"
#include "producer/service/http_message.h"

namespace kvs::service {

enum class StreamState : std::uint8_t { kCreating, kActive, kUpdating, kDeleting, kUnknown };

// "ACTIVE"; "unknown" for kUnknown.
std::string_view StreamStateName(StreamState state);

struct StreamDescription {
  std::string stream_name;
  std::string stream_arn;
  std::string device_name;
  std::string media_type;
  std::string kms_key_id;
  std::string version;
  StreamState state = StreamState::kUnknown;
  // Zero: nothing is stored.
  Duration retention;
};

// The request, unsigned. Errors: kInvalidArgument: the name.
Result<HttpRequest> MakeDescribeStreamRequest(const CallContext& context,
                                              std::string_view stream_name);

// Errors: kBadResponse: 200 without the members StreamInfo, StreamARN and Status, or of the wrong
// kind; of another HTTP status:
//         see StatusFromResponse (kStreamNotFound when there is no such stream).
Result<StreamDescription> ParseDescribeStreamResponse(const HttpResponse& response,
                                                      std::string_view stream_name);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_DESCRIBE_STREAM_H_
