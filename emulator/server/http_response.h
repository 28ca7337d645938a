#ifndef KVS_EMULATOR_SERVER_HTTP_RESPONSE_H_
#define KVS_EMULATOR_SERVER_HTTP_RESPONSE_H_

#include <string>
#include <string_view>

#include "emulator/model/api_answer.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

// A whole response with Date, x-amzn-RequestId, and for refusals x-amzn-ErrorType.
std::string BuildResponse(const ApiAnswer& answer, std::string_view request_id, Time now,
                          bool keep_alive);

// The head of a 200 whose body follows as chunks.
std::string BuildChunkedHead(std::string_view request_id, Time now);
std::string BuildChunk(std::string_view data);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_HTTP_RESPONSE_H_
