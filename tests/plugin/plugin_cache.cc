#include "tests/plugin/plugin_cache.h"

#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "plugin/gst_ptr.h"

namespace kvs::plugin {
namespace {

using nlohmann::json;

constexpr int kIndent = 4;

std::string TextOr(const gchar* text, const char* otherwise) { return text == nullptr ? otherwise : text; }

// A structure per paragraph, a field per line, as gst-inspect-1.0 prints them.
std::string CapsText(const GstCaps* caps) {
  constexpr std::size_t kNameWidth = 15;
  std::string text;
  for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
    const GstStructure* const structure = gst_caps_get_structure(caps, i);
    text += (i == 0 ? "" : "\n") + std::string(gst_structure_get_name(structure)) + ":\n";
    for (gint field = 0; field < gst_structure_n_fields(structure); ++field) {
      const std::string name = gst_structure_nth_field_name(structure, static_cast<guint>(field));
      const GValue* const value = gst_structure_get_value(structure, name.c_str());
      text += std::string(name.size() < kNameWidth ? kNameWidth - name.size() : 0, ' ') + name + ": " +
              TakeString(gst_value_serialize(value)) + "\n";
    }
  }
  return text;
}

json PadTemplates(GstElementFactory* factory) {
  json templates = json::object();
  for (const GList* item = gst_element_factory_get_static_pad_templates(factory); item != nullptr; item = item->next) {
    auto* const pad = static_cast<GstStaticPadTemplate*>(item->data);
    const CapsPtr caps(gst_static_caps_get(&pad->static_caps));
    templates[pad->name_template] = {
        {"caps", CapsText(caps.get())},
        {"direction", pad->direction == GST_PAD_SINK ? "sink" : "src"},
        {"presence", pad->presence == GST_PAD_ALWAYS      ? "always"
                     : pad->presence == GST_PAD_SOMETIMES ? "sometimes"
                                                          : "request"}};
  }
  return templates;
}

// In which states it may be set: up to the one named.
const char* Mutability(const GParamSpec* spec) {
  return (spec->flags & GST_PARAM_MUTABLE_PLAYING) != 0  ? "playing"
         : (spec->flags & GST_PARAM_MUTABLE_PAUSED) != 0 ? "paused"
         : (spec->flags & GST_PARAM_MUTABLE_READY) != 0  ? "ready"
                                                         : "null";
}

json Property(GObject* object, GParamSpec* spec) {
  json property = {{"blurb", TextOr(g_param_spec_get_blurb(spec), "")},
                   {"conditionally-available", (spec->flags & GST_PARAM_CONDITIONALLY_AVAILABLE) != 0},
                   {"construct", (spec->flags & G_PARAM_CONSTRUCT) != 0},
                   {"construct-only", (spec->flags & G_PARAM_CONSTRUCT_ONLY) != 0},
                   {"controllable", (spec->flags & GST_PARAM_CONTROLLABLE) != 0},
                   {"mutable", Mutability(spec)},
                   {"readable", (spec->flags & G_PARAM_READABLE) != 0},
                   {"type", g_type_name(spec->value_type)},
                   {"writable", (spec->flags & G_PARAM_WRITABLE) != 0}};
  if ((spec->flags & G_PARAM_READABLE) != 0) {
    property["default"] = PropertyText(object, spec);
  }
  if (G_IS_PARAM_SPEC_UINT(spec)) {
    property["min"] = std::to_string(G_PARAM_SPEC_UINT(spec)->minimum);
    property["max"] = std::to_string(G_PARAM_SPEC_UINT(spec)->maximum);
  } else if (G_IS_PARAM_SPEC_UINT64(spec)) {
    property["min"] = std::to_string(G_PARAM_SPEC_UINT64(spec)->minimum);
    property["max"] = std::to_string(G_PARAM_SPEC_UINT64(spec)->maximum);
  }
  return property;
}

// The properties of an object's own class, and the enumerations among their types.
json Properties(GObject* object, std::map<std::string, GType>& enums) {
  json properties = json::object();
  guint count = 0;
  GParamSpec** const specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(object), &count);
  for (guint i = 0; i < count; ++i) {
    if (specs[i]->owner_type == G_OBJECT_TYPE(object)) {
      properties[specs[i]->name] = Property(object, specs[i]);
      if (G_IS_PARAM_SPEC_ENUM(specs[i])) {
        enums[g_type_name(specs[i]->value_type)] = specs[i]->value_type;
      }
    }
  }
  g_free(specs);
  return properties;
}

json Signals(GType type) {
  json signals = json::object();
  guint count = 0;
  guint* const ids = g_signal_list_ids(type, &count);
  for (guint i = 0; i < count; ++i) {
    GSignalQuery query;
    g_signal_query(ids[i], &query);
    json args = json::array();
    for (guint arg = 0; arg < query.n_params; ++arg) {
      args.push_back({{"name", "arg" + std::to_string(arg)},
                      {"type", g_type_name(query.param_types[arg] & ~G_SIGNAL_TYPE_STATIC_SCOPE)}});
    }
    signals[query.signal_name] = {
        {"action", (query.signal_flags & G_SIGNAL_ACTION) != 0},
        {"args", args},
        {"return-type", g_type_name(query.return_type & ~G_SIGNAL_TYPE_STATIC_SCOPE)},
        {"when", (query.signal_flags & G_SIGNAL_RUN_FIRST) != 0 ? "first" : "last"}};
  }
  g_free(ids);
  return signals;
}

json Hierarchy(GType type) {
  json names = json::array();
  for (; type != 0; type = g_type_parent(type)) {
    names.push_back(g_type_name(type));
  }
  return names;
}

json Interfaces(GType type) {
  json names = json::array();
  guint count = 0;
  GType* const types = g_type_interfaces(type, &count);
  for (guint i = 0; i < count; ++i) {
    names.push_back(g_type_name(types[i]));
  }
  g_free(types);
  return names;
}

std::string RankText(guint rank) {
  switch (rank) {
    case GST_RANK_NONE:
      return "none";
    case GST_RANK_MARGINAL:
      return "marginal";
    case GST_RANK_SECONDARY:
      return "secondary";
    case GST_RANK_PRIMARY:
      return "primary";
    default:
      return std::to_string(rank);
  }
}

json EnumValues(GType type) {
  json values = json::array();
  auto* const klass = static_cast<GEnumClass*>(g_type_class_ref(type));
  for (guint i = 0; i < klass->n_values; ++i) {
    values.push_back({{"desc", klass->values[i].value_name},
                      {"name", klass->values[i].value_nick},
                      {"value", std::to_string(klass->values[i].value)}});
  }
  g_type_class_unref(klass);
  return values;
}

json Element(GstElementFactory* factory, std::map<std::string, GType>& enums) {
  const ElementPtr element(GST_ELEMENT(gst_object_ref_sink(gst_element_factory_create(factory, nullptr))));
  const GType type = G_OBJECT_TYPE(element.get());
  const auto metadata = [factory](const char* key) {
    return TextOr(gst_element_factory_get_metadata(factory, key), "");
  };
  json described = {{"author", metadata(GST_ELEMENT_METADATA_AUTHOR)},
                    {"description", metadata(GST_ELEMENT_METADATA_DESCRIPTION)},
                    {"hierarchy", Hierarchy(type)},
                    {"klass", metadata(GST_ELEMENT_METADATA_KLASS)},
                    {"long-name", metadata(GST_ELEMENT_METADATA_LONGNAME)},
                    {"pad-templates", PadTemplates(factory)},
                    {"properties", Properties(G_OBJECT(element.get()), enums)},
                    {"rank", RankText(gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory)))},
                    {"signals", Signals(type)}};
  if (json interfaces = Interfaces(type); !interfaces.empty()) {
    described["interfaces"] = std::move(interfaces);
  }
  return described;
}

}  // namespace

std::string CacheText(const GValue& value) {
  if (G_VALUE_HOLDS_STRING(&value)) {
    return TextOr(g_value_get_string(&value), "NULL");
  }
  if (G_VALUE_HOLDS_ENUM(&value)) {
    auto* const klass = static_cast<GEnumClass*>(g_type_class_ref(G_VALUE_TYPE(&value)));
    const GEnumValue* const entry = g_enum_get_value(klass, g_value_get_enum(&value));
    std::string text = std::string(entry->value_nick) + " (" + std::to_string(entry->value) + ")";
    g_type_class_unref(klass);
    return text;
  }
  if (G_VALUE_HOLDS_BOXED(&value) && g_value_get_boxed(&value) == nullptr) {
    return "NULL";
  }
  return TakeString(gst_value_serialize(&value));
}

std::string PropertyText(GObject* object, const GParamSpec* spec) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, spec->value_type);
  g_object_get_property(object, spec->name, &value);
  std::string text = CacheText(value);
  g_value_unset(&value);
  return text;
}

std::string PluginCache(GstPlugin* plugin) {
  json elements = json::object();
  std::map<std::string, GType> enums;
  GList* const features = gst_registry_get_feature_list_by_plugin(gst_registry_get(), gst_plugin_get_name(plugin));
  for (const GList* item = features; item != nullptr; item = item->next) {
    if (GST_IS_ELEMENT_FACTORY(item->data)) {
      auto* const factory = static_cast<GstElementFactory*>(item->data);
      elements[GST_OBJECT_NAME(factory)] = Element(factory, enums);
    }
  }
  gst_plugin_feature_list_free(features);
  json other_types = json::object();
  for (const auto& [name, type] : enums) {
    other_types[name] = {{"kind", "enum"}, {"values", EnumValues(type)}};
  }
  const std::string name = gst_plugin_get_name(plugin);
  const json cache = {{name,
                       {{"description", gst_plugin_get_description(plugin)},
                        {"elements", elements},
                        {"filename", "gst" + name},
                        {"license", gst_plugin_get_license(plugin)},
                        {"other-types", other_types},
                        {"package", gst_plugin_get_package(plugin)},
                        {"source", gst_plugin_get_source(plugin)},
                        {"tracers", json::object()},
                        {"url", gst_plugin_get_origin(plugin)}}}};
  return cache.dump(kIndent) + "\n";
}

}  // namespace kvs::plugin
