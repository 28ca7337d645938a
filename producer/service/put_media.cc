#include "producer/service/put_media.h"

#include "producer/service/validation.h"

namespace kvs::service {

std::string FormatProducerTimestamp(WallTime time) {
  constexpr std::int64_t kMillisPerSecond = 1000;
  std::string millis = std::to_string(time.millis() % kMillisPerSecond);
  millis.insert(0, 3 - millis.size(), '0');
  return std::to_string(time.millis() / kMillisPerSecond) + "." + millis;
}

Result<HttpRequest> MakePutMediaRequest(const CallContext& context,
                                        const PutMediaArguments& arguments) {
  if (Status status = ValidateStreamName(arguments.stream_name); !status.ok()) {
    return status;
  }
  if (arguments.producer_start < WallTime()) {
    return Status(StatusCode::kInvalidArgument, "the producer start time of stream \"" +
                                                    arguments.stream_name + "\" lies before 1970");
  }
  HttpRequest request = MakePostRequest(context, "/putMedia", "");
  request.headers.push_back({"Transfer-Encoding", "chunked"});
  request.headers.push_back({"x-amzn-stream-name", arguments.stream_name});
  request.headers.push_back(
      {"x-amzn-producer-start-timestamp", FormatProducerTimestamp(arguments.producer_start)});
  request.headers.push_back(
      {"x-amzn-fragment-acknowledgment-required", arguments.ack_required ? "1" : "0"});
  request.headers.push_back(
      {"x-amzn-fragment-timecode-type",
       arguments.timecode_type == FragmentTimecodeType::kAbsolute ? "ABSOLUTE" : "RELATIVE"});
  return request;
}

}  // namespace kvs::service
