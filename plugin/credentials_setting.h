#ifndef KVS_PLUGIN_CREDENTIALS_SETTING_H_
#define KVS_PLUGIN_CREDENTIALS_SETTING_H_

#include "kvs/status.h"
#include "plugin/settings.h"

namespace kvs::plugin {

// Whether credentials are from where Amazon's element has them: properties, the two variables, a file, AWS IoT.
bool HasAmazonsCredentials(const Settings& settings, const Surroundings& world);

// Where credentials come from: credential-source, and with its default the first of the order in plugin/settings.h. Sets the
// credentials of the producer, whose network and region are known by now, and what logs and messages call them; adds notes.
// Errors: kNoCredentials: there are none, or not all that the source needs is set; kInvalidArgument, kFileError. Makes no call over
// the network.
Status ResolveCredentials(const Settings& settings, const Surroundings& world, Resolved& resolved);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_CREDENTIALS_SETTING_H_
