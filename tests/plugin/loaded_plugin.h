#ifndef KVS_TESTS_PLUGIN_LOADED_PLUGIN_H_
#define KVS_TESTS_PLUGIN_LOADED_PLUGIN_H_

#include <memory>

#include <gst/gst.h>
#include <gtest/gtest.h>

#include "plugin/gst_ptr.h"

namespace kvs::plugin {

// Starts GStreamer once per test program and loads the file of the plugin, as programs do: what is tested is what is installed.
class LoadedPlugin : public ::testing::Environment {
 public:
  void SetUp() override {
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION",
                             "AWS_REGION", "CONTROL_PLANE_URI", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS_VIDEO",
                             "KVSSINK_CA_CERT_PATH"}) {
      g_unsetenv(name);
    }
    gst_init(nullptr, nullptr);
    GError* error = nullptr;
    plugin_ = gst_plugin_load_file(KVS_PLUGIN_FILE, &error);
    ASSERT_NE(plugin_, nullptr) << error->message;
  }
  void TearDown() override {
    gst_object_unref(plugin_);
    gst_deinit();
  }

  static GstPlugin* plugin() { return plugin_; }

 private:
  static inline GstPlugin* plugin_ = nullptr;
};

// Put one of these in a program.
inline ::testing::Environment* UseLoadedPlugin() {
  // GoogleTest takes it over.
  return ::testing::AddGlobalTestEnvironment(std::make_unique<LoadedPlugin>().release());
}

// A kvssink of the loaded plugin.
inline ElementPtr NewSink() {
  return ElementPtr(GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("kvssink", "sink"))));
}

}  // namespace kvs::plugin

#endif  // KVS_TESTS_PLUGIN_LOADED_PLUGIN_H_
