#ifndef KVS_EMULATOR_SERVER_HELP_TEXT_H_
#define KVS_EMULATOR_SERVER_HELP_TEXT_H_

#include <string_view>

namespace kvs::emulator {

// The text of --help.
std::string_view HelpText();

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_HELP_TEXT_H_
