#ifndef KVS_EMULATOR_SERVER_CONTAINER_ENDPOINT_H_
#define KVS_EMULATOR_SERVER_CONTAINER_ENDPOINT_H_

#include <string_view>

#include "emulator/server/http_request.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

// /v2/credentials/<id>, as the agent of ECS has it, or /v1/credentials, as that of EKS pod identities has it.
bool IsContainerPath(std::string_view path);

// The credentials of the role of a container, for who shows the token if there is one. Source: Amazon ECS developer guide, "Task
// IAM role", and EKS user guide, "Pod Identity"; what a refusal says is assumed.
CallResult AnswerContainer(ServerContext& context, const HttpRequest& request, const CallContext& call);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_CONTAINER_ENDPOINT_H_
