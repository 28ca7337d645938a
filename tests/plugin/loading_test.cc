// The plugin file, as gst-inspect-1.0 and gst-launch-1.0 see it.

#include <string>

#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Output {
  std::string out;
  std::string err;
  int status = -1;
};

// Runs a program with an environment that knows our plugin and a registry of its own.
Output RunProgram(const std::string& command) {
  gchar** env = g_get_environ();
  env = g_environ_setenv(env, "GST_PLUGIN_PATH", KVS_PLUGIN_DIR, TRUE);
  const std::string registry = std::string(KVS_PLUGIN_DIR) + "/test-registry.bin";
  env = g_environ_setenv(env, "GST_REGISTRY", registry.c_str(), TRUE);
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GST_DEBUG"}) {
    env = g_environ_unsetenv(env, name);
  }
  // Nothing of the user's, and no instance.
  env = g_environ_setenv(env, "AWS_CONFIG_FILE", "/dev/null", TRUE);
  env = g_environ_setenv(env, "AWS_SHARED_CREDENTIALS_FILE", "/dev/null", TRUE);
  env = g_environ_setenv(env, "AWS_EC2_METADATA_DISABLED", "true", TRUE);
  gchar** argv = nullptr;
  EXPECT_TRUE(g_shell_parse_argv(command.c_str(), nullptr, &argv, nullptr));
  gchar* out = nullptr;
  gchar* err = nullptr;
  Output output;
  EXPECT_TRUE(g_spawn_sync(nullptr, argv, env, G_SPAWN_SEARCH_PATH, nullptr, nullptr, &out, &err,
                           &output.status, nullptr));
  output.out = out == nullptr ? "" : out;
  output.err = err == nullptr ? "" : err;
  g_free(out);
  g_free(err);
  g_strfreev(argv);
  g_strfreev(env);
  return output;
}

TEST(PluginFileTest, InspectShowsRankLicenceAndKlass) {
  const Output output = RunProgram("gst-inspect-1.0 kvssink");
  EXPECT_EQ(output.status, 0) << output.err;
  for (const char* line : {"none (0)", "MIT/X11", "Sink/Network", "libgstkvssink.so", "video_%u",
                           "audio_%u", "stop-stream-timeout", "fragment-ack"}) {
    EXPECT_THAT(output.out, HasSubstr(line));
  }
  EXPECT_THAT(output.err, Not(HasSubstr("CRITICAL")));
  EXPECT_THAT(output.err, Not(HasSubstr("WARNING")));
}

TEST(PluginFileTest, AFailedStartPrintsNothingOnStdoutAndExitsWithAnError) {
  const Output output = RunProgram(
      "gst-launch-1.0 -q fakesrc num-buffers=1 ! "
      "video/x-h264,stream-format=byte-stream,alignment=au ! kvssink "
      "credential-path=/nowhere/credential");
  EXPECT_NE(output.status, 0);
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(output.err, HasSubstr("no credentials"));
}

}  // namespace
