// What the tests of Amazon's element assert about its states and properties, asserted about the loaded plugin over the real library.
// Nothing listens at the endpoint: no state change needs the network.

#include <string>
#include <utility>

#include <gst/gst.h>
#include <gtest/gtest.h>

#include "tests/plugin/loaded_plugin.h"

namespace kvs::plugin {
namespace {

// The discard port: nobody listens there.
constexpr char kNobody[] = "http://127.0.0.1:9";

class LoadedStatesTest : public ::testing::Test {
 protected:
  LoadedStatesTest() : element_(NewSink()) {
    g_object_set(element_.get(), "access-key", "AKIDTEST", "secret-key", "SECRETTEST", "endpoint", kNobody, nullptr);
  }
  ~LoadedStatesTest() override {
    gst_element_set_state(element_.get(), GST_STATE_NULL);
    if (source_ != nullptr) {
      gst_pad_set_active(source_.get(), FALSE);
    }
  }

  // Links a source of H.264 to a pad that is requested by its template.
  void Link() {
    source_.reset(GST_PAD(gst_object_ref_sink(gst_pad_new("src", GST_PAD_SRC))));
    sink_.reset(gst_element_request_pad_simple(element_.get(), "video_%u"));
    ASSERT_NE(sink_, nullptr);
    ASSERT_EQ(gst_pad_link(source_.get(), sink_.get()), GST_PAD_LINK_OK);
    gst_pad_set_active(source_.get(), TRUE);
  }
  GstStateChangeReturn Set(GstState state) { return gst_element_set_state(element_.get(), state); }

  ElementPtr element_;
  PadPtr source_;
  PadPtr sink_;
};

TEST_F(LoadedStatesTest, WithoutAStreamNameItDoesNotPlay) {
  Link();
  g_object_set(element_.get(), "stream-name", nullptr, nullptr);
  EXPECT_EQ(Set(GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
  EXPECT_EQ(Set(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(LoadedStatesTest, WithoutPadsItDoesNotPlay) {
  EXPECT_EQ(Set(GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
  EXPECT_EQ(Set(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(LoadedStatesTest, PlayAndStopSucceedAtOnce) {
  Link();
  EXPECT_STREQ(GST_PAD_NAME(sink_.get()), "video_0");
  EXPECT_EQ(Set(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(GST_STATE(element_.get()), GST_STATE_PLAYING);
  EXPECT_EQ(Set(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(LoadedStatesTest, StopAloneSucceeds) { EXPECT_EQ(Set(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS); }

TEST_F(LoadedStatesTest, PauseAndPlaySucceedAgainAndAgain) {
  Link();
  for (const GstState state : {GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_PLAYING}) {
    EXPECT_EQ(Set(state), GST_STATE_CHANGE_SUCCESS) << gst_element_state_get_name(state);
  }
}

TEST_F(LoadedStatesTest, CodecDataThatMeansNothingDoesNotBreakTheNextState) {
  Link();
  EXPECT_EQ(Set(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(Set(GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
  gst_pad_push_event(source_.get(), gst_event_new_stream_start("test"));
  const CapsPtr caps(gst_caps_new_simple("video/x-h264", "stream-format", G_TYPE_STRING, "avc", "alignment",
                                         G_TYPE_STRING, "au", "codec_data", G_TYPE_STRING, "abc", nullptr));
  gst_pad_push_event(source_.get(), gst_event_new_caps(caps.get()));
  for (const GstState state : {GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_NULL}) {
    EXPECT_EQ(Set(state), GST_STATE_CHANGE_SUCCESS) << gst_element_state_get_name(state);
  }
}

TEST_F(LoadedStatesTest, ATagThatIsTooLongIsAnErrorAndNoMore) {
  Link();
  const StructurePtr tags(gst_structure_new("tags", "site", G_TYPE_STRING, std::string(2000, 'x').c_str(), nullptr));
  g_object_set(element_.get(), "stream-tags", tags.get(), nullptr);
  GstBus* const bus = gst_bus_new();
  gst_element_set_bus(element_.get(), bus);
  EXPECT_EQ(Set(GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
  GstMessage* const message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
  ASSERT_NE(message, nullptr);
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  EXPECT_NE(std::string(error->message).find("tag"), std::string::npos) << error->message;
  g_error_free(error);
  gst_message_unref(message);
  gst_element_set_bus(element_.get(), nullptr);
  gst_object_unref(bus);
}

TEST_F(LoadedStatesTest, PropertiesReadBackAsTheyWereSet) {
  const std::pair<const char*, const char*> strings[] = {
      {"stream-name", "door"},        {"user-agent", "agent"}, {"content-type", "video/h265"},
      {"codec-id", "V_MPEG4/ISO/AVC"}, {"track-name", "front"}, {"log-config", "./kvs_log_configuration"}};
  for (const auto& [name, value] : strings) {
    g_object_set(element_.get(), name, value, nullptr);
  }
  const std::pair<const char*, guint> numbers[] = {{"retention-period", 3},   {"max-latency", 30},
                                                   {"fragment-duration", 20}, {"timecode-scale", 10},
                                                   {"framerate", 26},         {"avg-bandwidth-bps", 10000},
                                                   {"buffer-duration", 121},  {"replay-duration", 10},
                                                   {"connection-staleness", 21}, {"rotation-period", 2000},
                                                   {"storage-size", 200}};
  for (const auto& [name, value] : numbers) {
    g_object_set(element_.get(), name, value, nullptr);
  }
  const char* const truths[] = {"key-frame-fragmentation", "frame-timecodes",  "absolute-fragment-times",
                                "fragment-acks",           "restart-on-error", "recalculate-metrics"};
  for (const char* const name : truths) {
    g_object_set(element_.get(), name, FALSE, nullptr);
  }
  constexpr gint kNearRealtime = 1;
  g_object_set(element_.get(), "streaming-type", kNearRealtime, nullptr);

  for (const auto& [name, value] : strings) {
    gchar* text = nullptr;
    g_object_get(element_.get(), name, &text, nullptr);
    EXPECT_EQ(TakeString(text), value) << name;
  }
  for (const auto& [name, value] : numbers) {
    guint number = 0;
    g_object_get(element_.get(), name, &number, nullptr);
    EXPECT_EQ(number, value) << name;
  }
  for (const char* const name : truths) {
    gboolean truth = TRUE;
    g_object_get(element_.get(), name, &truth, nullptr);
    EXPECT_FALSE(truth) << name;
  }
  gint streaming_type = -1;
  g_object_get(element_.get(), "streaming-type", &streaming_type, nullptr);
  EXPECT_EQ(streaming_type, kNearRealtime);
}

}  // namespace
}  // namespace kvs::plugin
