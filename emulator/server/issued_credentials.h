#ifndef KVS_EMULATOR_SERVER_ISSUED_CREDENTIALS_H_
#define KVS_EMULATOR_SERVER_ISSUED_CREDENTIALS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "emulator/server/server_context.h"

namespace kvs::emulator {

// Letters and digits that nobody can guess.
std::string RandomText(ServerContext& context, std::size_t length);

// "2015-08-30T12:36:00Z"
std::string IsoTime(Time time);

// New temporary credentials, which the service accepts until they expire, after `life` and to the second, as they are told. Their
// secret and token begin with "kvslocal<source>Secret" and "kvslocal<source>Token", so that a test finds one that is where it
// must not be. `who` is what the event says of who they were given to.
Credential IssueCredential(ServerContext& context, std::string_view source, Duration life, JsonObject who);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_ISSUED_CREDENTIALS_H_
