#ifndef KVS_TESTS_PLUGIN_GST_ENVIRONMENT_H_
#define KVS_TESTS_PLUGIN_GST_ENVIRONMENT_H_

#include <memory>

#include <gst/gst.h>
#include <gtest/gtest.h>

#include "plugin/gstkvssink.h"

namespace kvs::plugin {

// Starts GStreamer once per test program and registers kvssink, which is linked in and not loaded.
class GstEnvironment : public ::testing::Environment {
 public:
  void SetUp() override {
    for (const char* name :
         {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION",
          "AWS_REGION", "CONTROL_PLANE_URI", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS_VIDEO", "KVSSINK_CA_CERT_PATH"}) {
      g_unsetenv(name);
    }
    // Nothing of the user's, and no instance.
    g_setenv("AWS_CONFIG_FILE", "/dev/null", TRUE);
    g_setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", TRUE);
    g_setenv("AWS_EC2_METADATA_DISABLED", "true", TRUE);
    gst_init(nullptr, nullptr);
    gst_element_register(nullptr, "kvssink", GST_RANK_NONE, GST_TYPE_KVS_SINK);
  }
  // Tracers report at the end.
  void TearDown() override { gst_deinit(); }
};

// Put one of these at the top of a test file.
inline ::testing::Environment* UseGst() {
  // GoogleTest takes it over.
  return ::testing::AddGlobalTestEnvironment(std::make_unique<GstEnvironment>().release());
}

}  // namespace kvs::plugin

#endif  // KVS_TESTS_PLUGIN_GST_ENVIRONMENT_H_
