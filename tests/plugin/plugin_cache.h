#ifndef KVS_TESTS_PLUGIN_PLUGIN_CACHE_H_
#define KVS_TESTS_PLUGIN_PLUGIN_CACHE_H_

#include <string>

#include <gst/gst.h>

namespace kvs::plugin {

// How a value is written in the cache: text as it is, "NULL" for none, an enumeration as "nick (number)".
std::string CacheText(const GValue& value);

// The value of a readable property of an object, as CacheText.
std::string PropertyText(GObject* object, const GParamSpec* spec);

// All of a loaded plugin that its users can see, by introspection: elements with their pads, properties and signals, and the
// enumerations they use. JSON in the form of GStreamer's own docs/gst_plugins_cache.json, so that tools for that file read it, too.
std::string PluginCache(GstPlugin* plugin);

}  // namespace kvs::plugin

#endif  // KVS_TESTS_PLUGIN_PLUGIN_CACHE_H_
