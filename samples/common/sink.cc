#include "samples/common/sink.h"

#include <array>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "samples/common/command_line.h"

namespace samples {
namespace {

// In MiB.
constexpr guint kStorageSize = 128;

// A variable of the environment; one that is empty counts as not set.
const char* Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

// The setting of AWS IoT; null when a variable is missing.
StructurePtr IotSetting(const std::string& stream) {
  constexpr std::array<std::pair<const char*, const char*>, 5> kFields = {{
      {"endpoint", "IOT_GET_CREDENTIAL_ENDPOINT"},
      {"cert-path", "CERT_PATH"},
      {"key-path", "PRIVATE_KEY_PATH"},
      {"role-aliases", "ROLE_ALIAS"},
      {"ca-path", "CA_CERT_PATH"},
  }};
  StructurePtr setting(
      gst_structure_new("iot-certificate", "iot-thing-name", G_TYPE_STRING, stream.c_str(), nullptr));
  for (const auto& [field, variable] : kFields) {
    if (Variable(variable) == nullptr) {
      return nullptr;
    }
    gst_structure_set(setting.get(), field, G_TYPE_STRING, Variable(variable), nullptr);
  }
  return setting;
}

void SetCredentials(GstElement* sink, const std::string& stream, CredentialOrder order) {
  const bool keys = Variable("AWS_ACCESS_KEY_ID") != nullptr && Variable("AWS_SECRET_ACCESS_KEY") != nullptr;
  if (order == CredentialOrder::kKeysFirst && keys) {
    return;
  }
  if (const StructurePtr iot = IotSetting(stream)) {
    g_object_set(sink, "iot-certificate", iot.get(), nullptr);
  } else if (const char* path = Variable("AWS_CREDENTIAL_PATH");
             path != nullptr && order == CredentialOrder::kIotFirst) {
    g_object_set(sink, "credential-path", path, nullptr);
  }
}

std::uint64_t Count(const GstStructure* stats, const char* field) {
  guint64 value = 0;
  gst_structure_get_uint64(stats, field, &value);
  return value;
}

}  // namespace

GstElement* AddSink(GstElement* pipeline, const std::string& stream, CredentialOrder order) {
  GstElement* const sink = gst_element_factory_make("kvssink", kSinkName);
  if (sink == nullptr) {
    std::cerr << "error: GStreamer finds no kvssink; set GST_PLUGIN_PATH to the folder of libgstkvssink.so\n";
    return nullptr;
  }
  gst_bin_add(GST_BIN(pipeline), sink);
  g_object_set(sink, "stream-name", stream.c_str(), "storage-size", kStorageSize, nullptr);
  SetCredentials(sink, stream, order);
  return sink;
}

bool SetProperty(GstElement* element, const std::string& name, const std::string& text) {
  GParamSpec* const property = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name.c_str());
  if (property == nullptr) {
    std::cerr << "error: " << GST_OBJECT_NAME(element) << " has no property " << name << "\n";
    return false;
  }
  GValue value = G_VALUE_INIT;
  g_value_init(&value, property->value_type);
  const bool understood = gst_value_deserialize_with_pspec(&value, text.c_str(), property) != FALSE;
  if (understood) {
    g_object_set_property(G_OBJECT(element), name.c_str(), &value);
  } else {
    std::cerr << "error: the text for " << name << " is not understood\n";  // it may hold a secret
  }
  g_value_unset(&value);
  return understood;
}

void StopPipeline(GstElement* pipeline) {
  if (const ElementPtr sink{gst_bin_get_by_name(GST_BIN(pipeline), kSinkName)}) {
    gst_element_set_locked_state(sink.get(), FALSE);
  }
  gst_element_set_state(pipeline, GST_STATE_NULL);
}

Totals& Totals::operator+=(const Totals& other) {
  frames_put += other.frames_put;
  frames_persisted += other.frames_persisted;
  frames_lost += other.frames_lost;
  fragments_persisted += other.fragments_persisted;
  bytes_sent += other.bytes_sent;
  return *this;
}

Totals ReadTotals(GstElement* sink) {
  GstStructure* raw = nullptr;
  g_object_get(sink, "stats", &raw, nullptr);
  const StructurePtr stats(raw);
  Totals totals;
  totals.frames_put = Count(raw, "frames-put");
  totals.frames_persisted = Count(raw, "frames-persisted");
  for (const char* reason : {"pressure", "rejected", "stopped", "no-key-frame", "invalid", "too-large"}) {
    totals.frames_lost += Count(raw, ("frames-lost-" + std::string(reason)).c_str());
  }
  totals.fragments_persisted = Count(raw, "fragments-persisted");
  totals.bytes_sent = Count(raw, "bytes-sent");
  return totals;
}

void PrintTotals(const std::string& name, const Totals& totals) {
  std::cout << name << ": " << totals.frames_persisted << " of " << totals.frames_put << " frames persisted, in "
            << totals.fragments_persisted << " fragments\n"
            << std::flush;
}

}  // namespace samples
