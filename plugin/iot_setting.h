#ifndef KVS_PLUGIN_IOT_SETTING_H_
#define KVS_PLUGIN_IOT_SETTING_H_

#include <string>
#include <vector>

#include <gst/gst.h>

#include "kvs/credentials.h"
#include "kvs/status.h"

namespace kvs::plugin {

// The property iot-certificate: a structure whose name has no meaning and whose fields are
//   endpoint, cert-path, key-path, role-aliases          needed
//   ca-path                                              not set: the system's
//   iot-thing-name                                       not set: `stream_name`
//   connection-timeout, completion-timeout               seconds; not set or 0: 3 and 5
// A value may be of any type that has a text: launch lines make numbers of digits. `notes` gets what was adjusted.
// Errors: kInvalidArgument: a field that is not known, missing or empty, or a value that cannot be used; the message names it.
// The files are not looked at.
Result<IotOptions> IotOptionsOf(const GstStructure* structure, const std::string& stream_name, std::vector<std::string>& notes);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_IOT_SETTING_H_
