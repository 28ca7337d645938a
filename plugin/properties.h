#ifndef KVS_PLUGIN_PROPERTIES_H_
#define KVS_PLUGIN_PROPERTIES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include <gst/gst.h>

#include "kvs/secret.h"
#include "plugin/settings.h"

// All properties of the element in one table. A row is what gst-inspect shows, and where the value
// is.
namespace kvs::plugin {

struct StringProperty {
  std::optional<std::string> Settings::*member;
  const char* default_value;  // may be null
  // What is read while it is not set: the default (true) or NULL.
  bool reads_default = false;
};
// Reads as "***" when set and NULL when not: pipeline dumps and logs show properties.
struct SecretProperty {
  Secret Settings::*member;
  const char* placeholder;  // Amazon's default text, which counts as not set
};
// A URL with a user and a password in it, which read as "***".
struct ProxyUrlProperty {
  std::optional<std::string> Settings::*member;
};
struct UintProperty {
  unsigned Settings::*member;
};
struct BoolProperty {
  bool Settings::*member;
};
struct Uint64Property {
  std::uint64_t Settings::*member;
  std::uint64_t maximum;
};
struct StructureProperty {
  StructurePtr Settings::*member;
};
// An enumeration's values are the numbers of its GEnum.
struct EnumProperty {
  GType (*type)();
  gint (*get)(const Settings& settings);
  void (*set)(Settings& settings, gint value);
};
// Read-only; made from counters.
struct StatsProperty {};

struct PropertyRow {
  const char* name;
  const char* nick;
  const char* blurb;
  std::variant<StringProperty, SecretProperty, ProxyUrlProperty, UintProperty, BoolProperty, Uint64Property,
               StructureProperty, EnumProperty, StatsProperty>
      kind;
  // Why setting it changes nothing; null for properties that have an effect.
  const char* no_effect = nullptr;
};

// The id of a property with GObject is its place here plus one.
std::span<const PropertyRow> PropertyTable();
// The row of an id; null for an id that is none.
const PropertyRow* PropertyOf(guint id);

// Adds all of them to the class, with the defaults of a new Settings.
void InstallProperties(GObjectClass* klass);

// Puts a value into the settings. `value` has the type of the property.
void StoreProperty(Settings& settings, const PropertyRow& row, const GValue* value);
// Reads it back; does nothing for StatsProperty. Secrets come as "***" or NULL.
void ReadProperty(const Settings& settings, const PropertyRow& row, GValue* value);

}  // namespace kvs::plugin

extern "C" {
GType gst_kvs_sink_streaming_type_get_type(void);
GType gst_kvs_sink_frame_timestamp_type_get_type(void);
GType gst_kvs_sink_create_stream_get_type(void);
GType gst_kvs_sink_credential_source_get_type(void);
GType gst_kvs_sink_ip_version_get_type(void);
}

#endif  // KVS_PLUGIN_PROPERTIES_H_
