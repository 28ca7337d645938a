#ifndef KVS_EMULATOR_SERVER_ADMIN_H_
#define KVS_EMULATOR_SERVER_ADMIN_H_

#include <string_view>

#include "emulator/model/api_answer.h"
#include "emulator/server/server_context.h"

namespace kvs::emulator {

// Answers a request below /_local/; see emulator/README.md.
ApiAnswer HandleAdmin(ServerContext& context, std::string_view method, std::string_view path,
                      std::string_view body);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_ADMIN_H_
