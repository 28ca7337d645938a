#ifndef KVS_EMULATOR_MODEL_CONTROL_PLANE_H_
#define KVS_EMULATOR_MODEL_CONTROL_PLANE_H_

#include <string>
#include <string_view>

#include "emulator/model/api_answer.h"
#include "emulator/model/stream_registry.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

// What a control-plane call did to a stream, for the log; empty when it did nothing.
struct ControlOutcome {
  ApiAnswer answer;
  std::string_view change;  // "created", "updated", "deleted", "tagged", "untagged", "retention"
};

// The name of the API behind a request path ("/describeStream" -> "describeStream"); empty when
// this service has no such call. "putMedia" is one.
std::string_view ApiOfPath(std::string_view path);

// The name of the stream a request body speaks of, by name or ARN; empty when there is none.
std::string StreamOfBody(std::string_view body);

// The text that a JSON object has as its member `name`; empty when there is none, or `body` is no object.
std::string JsonMember(std::string_view body, std::string_view name);

// Carries out one control-plane call.
// `endpoint` is what getDataEndpoint answers. A body which is not a JSON object gives
// SerializationException.
ControlOutcome CallControlPlane(StreamRegistry& registry, std::string_view api,
                                std::string_view body, std::string_view endpoint, Time now);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_CONTROL_PLANE_H_
