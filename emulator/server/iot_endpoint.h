#ifndef KVS_EMULATOR_SERVER_IOT_ENDPOINT_H_
#define KVS_EMULATOR_SERVER_IOT_ENDPOINT_H_

#include "emulator/server/http_request.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

// Answers a request on the port of AWS IoT: GET /role-aliases/<alias>/credentials of a client whose certificate was verified.
// What it gives the service accepts until it expires. Source: AWS IoT Core developer guide, "Authorizing direct calls to AWS
// services"; what a refusal says is assumed.
CallResult AnswerIot(ServerContext& context, const HttpRequest& request, const CallContext& call);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_IOT_ENDPOINT_H_
