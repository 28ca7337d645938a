#ifndef KVS_PRODUCER_SERVICE_PUT_MEDIA_H_
#define KVS_PRODUCER_SERVICE_PUT_MEDIA_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "kvs/status.h"
#include "kvs/time.h"
#include "producer/service/call.h"
#include "producer/service/http_message.h"

namespace kvs::service {

enum class FragmentTimecodeType : std::uint8_t {
  kAbsolute,  // cluster times count from 1970
  kRelative,  // cluster times count from PutMediaArguments::producer_start
};

struct PutMediaArguments {
  std::string stream_name;
  // Not before 1970. Sent in seconds with three digits of milliseconds; finer parts are cut off.
  WallTime producer_start;
  bool ack_required = true;
  FragmentTimecodeType timecode_type = FragmentTimecodeType::kAbsolute;
};

// The head of the request, unsigned; CallContext::endpoint is the data endpoint. The body is
// streamed in chunks by the transport, which is also to suppress "Expect: 100-continue". Errors:
// kInvalidArgument.
Result<HttpRequest> MakePutMediaRequest(const CallContext& context,
                                        const PutMediaArguments& arguments);

// "1440938160.007"
std::string FormatProducerTimestamp(WallTime time);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_PUT_MEDIA_H_
