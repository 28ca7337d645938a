#ifndef KVS_GSTREAMER_UTIL_KVSSINKUTIL_H_
#define KVS_GSTREAMER_UTIL_KVSSINKUTIL_H_

#include <initializer_list>
#include <initializer_list>
#include <map>
#include <string>

#include <gst/gst.h>

// The keys of the property iot-certificate.
#define IOT_GET_CREDENTIAL_ENDPOINT "endpoint"
#define CERTIFICATE_PATH "cert-path"
#define PRIVATE_KEY_PATH "key-path"
#define CA_CERT_PATH "ca-path"
#define ROLE_ALIASES "role-aliases"
#define IOT_THING_NAME "iot-thing-name"
#define IOT_CONNECTION_TIMEOUT "connection-timeout"
#define IOT_COMPLETION_TIMEOUT "completion-timeout"

namespace kvs_sink_util {

// The fields of a structure. FALSE, and `user_map` as it was, when one of them is not a string, or an empty one.
inline gboolean gstructToMap(GstStructure* g_struct, std::map<std::string, std::string>* user_map) {
  std::map<std::string, std::string> fields;
  const int count = gst_structure_n_fields(g_struct);
  for (int i = 0; i < count; ++i) {
    const gchar* name = gst_structure_nth_field_name(g_struct, static_cast<guint>(i));
    const gchar* value = gst_structure_get_string(g_struct, name);
    if (value == nullptr || *value == '\0') {
      return FALSE;
    }
    fields[name] = value;
  }
  user_map->insert(fields.begin(), fields.end());
  return TRUE;
}

// The same for the property iot-certificate. FALSE, too, when one of the keys is missing that a call cannot be made without.
inline gboolean parseIotCredentialGstructure(GstStructure* g_struct, std::map<std::string, std::string>& iot_cert_params) {
  std::map<std::string, std::string> fields;
  if (!gstructToMap(g_struct, &fields)) {
    return FALSE;
  }
  for (const char* key : {IOT_GET_CREDENTIAL_ENDPOINT, CERTIFICATE_PATH, PRIVATE_KEY_PATH, ROLE_ALIASES}) {
    if (fields.count(key) == 0) {
      return FALSE;
    }
  }
  iot_cert_params.insert(fields.begin(), fields.end());
  return TRUE;
}

}  // namespace kvs_sink_util

#endif  // KVS_GSTREAMER_UTIL_KVSSINKUTIL_H_
