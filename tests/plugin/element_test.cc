// The element as a whole: what it is, its properties, and its states.

#include <array>
#include <string>

#include <gmock/gmock.h>

#include "plugin/gst_log.h"
#include "tests/plugin/element_fixture.h"

namespace kvs::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(ElementTest, IsANetworkSinkThatNobodyPicksByItself) {
  GstElementFactory* const factory = gst_element_get_factory(element_.get());
  EXPECT_EQ(gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory)),
            static_cast<guint>(GST_RANK_NONE));
  EXPECT_STREQ(gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS),
               "Sink/Network");
  EXPECT_TRUE(GST_OBJECT_FLAG_IS_SET(element_.get(), GST_ELEMENT_FLAG_SINK));
  EXPECT_EQ(element_->numpads, 0);
  EXPECT_STREQ(G_OBJECT_TYPE_NAME(element_.get()), "GstKvsSink");
}

TEST_F(ElementTest, PropertiesReadBackWhatWasSet) {
  const std::array<std::pair<const char*, const char*>, 36> values = {{
      {"stream-name", "door"},
      {"user-agent", "my-agent"},
      {"retention-period", "24"},
      {"streaming-type", "near-realtime"},
      {"content-type", "video/h265"},
      {"max-latency", "30"},
      {"fragment-duration", "3000"},
      {"timecode-scale", "10"},
      {"key-frame-fragmentation", "false"},
      {"frame-timecodes", "false"},
      {"absolute-fragment-times", "false"},
      {"fragment-acks", "false"},
      {"restart-on-error", "false"},
      {"recalculate-metrics", "false"},
      {"framerate", "60"},
      {"avg-bandwidth-bps", "1000"},
      {"buffer-duration", "180"},
      {"replay-duration", "10"},
      {"connection-staleness", "20"},
      {"codec-id", "V_MPEG4/ISO/AVC2"},
      {"track-name", "front"},
      {"aws-region", "eu-west-1"},
      {"rotation-period", "2400"},
      {"log-config", "./log"},
      {"storage-size", "256"},
      {"stop-stream-timeout", "11"},
      {"connection-timeout", "4"},
      {"completion-timeout", "9"},
      {"credential-path", "/creds"},
      {"file-start-time", "1600000000"},
      {"disable-buffer-clipping", "true"},
      {"use-original-pts", "true"},
      {"get-kvs-metrics", "true"},
      {"allow-create-stream", "false"},
      {"frame-timestamp", "dts-only"},
      {"endpoint", "https://127.0.0.1:1"},
  }};
  for (const auto& [name, text] : values) {
    Set(name, text);
  }
  for (const auto& [name, text] : values) {
    GParamSpec* const spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element_.get()), name);
    ASSERT_NE(spec, nullptr) << name;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    g_object_get_property(G_OBJECT(element_.get()), name, &value);
    if (G_IS_PARAM_SPEC_ENUM(spec)) {
      const GEnumValue* const entry =
          g_enum_get_value(G_PARAM_SPEC_ENUM(spec)->enum_class, g_value_get_enum(&value));
      EXPECT_STREQ(entry->value_nick, text) << name;
    } else if (G_IS_PARAM_SPEC_STRING(spec)) {
      EXPECT_STREQ(g_value_get_string(&value), text) << name;
    } else {
      EXPECT_EQ(TakeString(gst_value_serialize(&value)), text) << name;
    }
    g_value_unset(&value);
  }
}

// What the element and the library log with log-config.
class LogConfigTest : public ElementTest {
 protected:
  class Recorder final : public LogSink {
   public:
    bool Enabled(LogLevel level, std::string_view /*component*/) const override { return level <= LogLevel::kInfo; }
    void Write(const LogRecord& record) override {
      lines_.push_back(std::string(record.component) + "|" + std::string(record.stream) + "|" + std::string(record.message));
    }
    std::vector<std::string> lines_;
  };

  LogConfigTest() {
    Sink::Hooks hooks = SinkOf(element_.get())->hooks();
    hooks.open_log_file = [this](const std::string& path) -> Result<std::shared_ptr<LogSink>> {
      opened_.push_back(path);
      if (!status_.ok()) {
        return status_;
      }
      return std::shared_ptr<LogSink>(recorder_);
    };
    SinkOf(element_.get())->set_hooks(std::move(hooks));
    Set("stream-name", "door");
  }

  std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
  std::vector<std::string> opened_;
  Status status_;
};

TEST_F(LogConfigTest, RecordsGoToTheFileAsWell) {
  Set("log-config", "/etc/kvs-log");
  Set("endpoint", "https://127.0.0.1:1");
  Set("fips", "true");
  ASSERT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(opened_, (std::vector<std::string>{"/etc/kvs-log"}));
  ASSERT_EQ(recorder_->lines_.size(), 2U);
  EXPECT_EQ(recorder_->lines_[0],
            "kvssink|door|the service at https://127.0.0.1:1, credentials from the properties access-key and secret-key");
  EXPECT_NE(recorder_->lines_[1].find("fips: no effect"), std::string::npos);
  LogSink& log = *world_->producers[0].log;
  EXPECT_TRUE(log.Enabled(LogLevel::kInfo, "kvs-net"));
  log.Write({LogLevel::kInfo, "kvs-net", "door", "connected"});
  log.Write({LogLevel::kTrace, "kvs-net", "door", "not wanted by the file"});
  EXPECT_EQ(recorder_->lines_.back(), "kvs-net|door|connected");
  EXPECT_TRUE(Take(GST_MESSAGE_WARNING).empty());
}

TEST_F(LogConfigTest, AFileThatCannotBeReadIsAWarningAndNoFailure) {
  status_ = Status(StatusCode::kFileError, "the file \"/etc/kvs-log\" cannot be read: no such file");
  Set("log-config", "/etc/kvs-log");
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  const std::vector<MessagePtr> warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(TextOf(warnings[0]).find("log-config: the file \"/etc/kvs-log\" cannot be read"), std::string::npos) << TextOf(warnings[0]);
  EXPECT_FALSE(world_->producers.empty());
}

TEST_F(LogConfigTest, ADefaultThatIsNotThereIsSilent) {
  status_ = Status(StatusCode::kFileError, "there is none");
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(opened_, (std::vector<std::string>{"../kvs_log_configuration"}));
  EXPECT_TRUE(Take(GST_MESSAGE_WARNING).empty());
}

TEST_F(LogConfigTest, NullMeansNoFileAndAMissingLibraryIsOnlyNoted) {
  g_object_set(element_.get(), "log-config", nullptr, nullptr);
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_TRUE(opened_.empty());
  SetState(GST_STATE_NULL);
  status_ = Status(StatusCode::kInvalidState, "this library was built without log4cplus");
  Set("log-config", "/etc/kvs-log");
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_TRUE(Take(GST_MESSAGE_WARNING).empty());
}

TEST_F(ElementTest, HasTheDocumentedDefaults) {
  const std::array<std::pair<const char*, const char*>, 12> defaults = {{
      {"stream-name", "DEFAULT_STREAM"},
      {"retention-period", "2"},
      {"streaming-type", "GST_KVS"},
      {"max-latency", "60"},
      {"fragment-duration", "2000"},
      {"buffer-duration", "120"},
      {"replay-duration", "40"},
      {"connection-staleness", "60"},
      {"storage-size", "128"},
      {"stop-stream-timeout", "120"},
      {"avg-bandwidth-bps", "4194304"},
      {"aws-region", "us-west-2"},
  }};
  for (const auto& [name, text] : defaults) {
    if (std::string(name) == "streaming-type") {
      continue;
    }
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_object_get_property(G_OBJECT(element_.get()), name, &value);
    EXPECT_STREQ(g_value_get_string(&value), text) << name;
    g_value_unset(&value);
  }
}

TEST_F(ElementTest, SecretsAreInNoPropertyAndNoDump) {
  g_object_set(element_.get(), "session-token", "TOKENTEST", nullptr);
  for (const char* name : {"access-key", "secret-key", "session-token"}) {
    gchar* text = nullptr;
    g_object_get(element_.get(), name, &text, nullptr);
    EXPECT_EQ(TakeString(text), "***") << name;
  }
  const ElementPtr bin(GST_ELEMENT(gst_object_ref_sink(gst_bin_new("bin"))));
  gst_bin_add(GST_BIN(bin.get()), element_.get());
  const std::string dump =
      TakeString(gst_debug_bin_to_dot_data(GST_BIN(bin.get()), GST_DEBUG_GRAPH_SHOW_ALL));
  EXPECT_THAT(dump, HasSubstr("secret-key"));
  for (const char* secret : {"AKIDTEST", "SECRETTEST", "TOKENTEST"}) {
    EXPECT_THAT(dump, Not(HasSubstr(secret)));
  }
  gst_bin_remove(GST_BIN(bin.get()), element_.get());
  gst_element_set_bus(element_.get(), bus_);
}

TEST_F(ElementTest, PublishedLaunchLinesParse) {
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch(
      "fakesrc ! video/x-h264,stream-format=avc,alignment=au ! kvssink name=sink stream-name=x "
      "storage-size=128 frame-timestamp=dts-only stream-tags=\"t,floor=5,site=a\" "
      "iot-certificate=\"iot-certificate,endpoint=E,cert-path=P,connection-timeout=5\" "
      "fakesrc ! audio/mpeg,mpegversion=4,stream-format=raw ! sink.",
      &error);
  ASSERT_EQ(error, nullptr) << error->message;
  gst_object_unref(pipeline);
}

TEST_F(ElementTest, NullStreamNameFailsToStart) {
  const auto video = Pad("video_%u");
  g_object_set(element_.get(), "stream-name", nullptr, nullptr);
  EXPECT_EQ(SetState(GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("stream-name is not set"));
  EXPECT_EQ(SetState(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(ElementTest, NoPadsFailsToPlay) {
  EXPECT_EQ(SetState(GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("nothing is linked"));
  EXPECT_EQ(SetState(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(ElementTest, MissingCredentialsAreOneClearError) {
  g_object_set(element_.get(), "access-key", nullptr, "secret-key", nullptr, "credential-path",
               "/nowhere/credential", nullptr);
  const auto video = Pad("video_%u");
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_FAILURE);
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), AllOf(HasSubstr("AWS_ACCESS_KEY_ID"),
                                       HasSubstr("/nowhere/credential"), HasSubstr("Set ")));
  const GstStructure* details = nullptr;
  gst_message_parse_error_details(errors[0].get(), &details);
  ASSERT_NE(details, nullptr);
  EXPECT_STREQ(gst_structure_get_string(details, "status-code"), "NoCredentials");
  EXPECT_THAT(world_->producers, IsEmpty());
}

TEST_F(ElementTest, WhatTheLibraryRefusesFailsTheStateChange) {
  const auto video = Pad("video_%u");
  world_->producer_status = Status(StatusCode::kInvalidArgument, "region \"x\" is malformed");
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_FAILURE);
  std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("region \"x\" is malformed"));
  world_->producer_status = {};
  world_->stream_status = Status(StatusCode::kInvalidArgument, "no such thing");
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(SetState(GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
  errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("no such thing"));
  world_->stream_status = {};
  EXPECT_EQ(SetState(GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
}

// The library's threads outlive the last element, and gst_deinit() frees the categories they would write to.
TEST_F(ElementTest, NothingIsLoggedThroughGStreamerOnceTheLastElementIsGone) {
  gst_debug_set_threshold_for_name("kvs-stream", GST_LEVEL_ERROR);
  const std::shared_ptr<LogSink> log = SharedGstLogSink();
  EXPECT_TRUE(log->Enabled(LogLevel::kError, "kvs-stream"));
  element_.reset();
  EXPECT_FALSE(log->Enabled(LogLevel::kError, "kvs-stream"));
  int written = 0;
  const GstLogFunction count = [](GstDebugCategory*, GstDebugLevel, const gchar*, const gchar*, gint, GObject*,
                        GstDebugMessage*, gpointer data) { ++*static_cast<int*>(data); };
  gst_debug_add_log_function(count, &written, nullptr);
  log->Write({LogLevel::kError, "kvs-stream", "door", "too late"});
  gst_debug_remove_log_function(count);
  EXPECT_EQ(written, 0);
}

TEST_F(ElementTest, EveryStateChangeSucceedsAtOnce) {
  const auto video = Pad("video_%u");
  EXPECT_STREQ(GST_PAD_NAME(video->sink()), "video_0");
  for (const GstState state :
       {GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_PLAYING,
        GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_NULL}) {
    EXPECT_EQ(SetState(state), GST_STATE_CHANGE_SUCCESS) << gst_element_state_get_name(state);
  }
}

TEST_F(ElementTest, BadCapsInPausedDoNotBreakStateChanges) {
  const auto video = Pad("video_%u");
  EXPECT_EQ(SetState(GST_STATE_PAUSED), GST_STATE_CHANGE_SUCCESS);
  video->Begin(
      "video/x-h264, stream-format=avc, alignment=au, width=640, height=480, codec_data=abc");
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_NOT_NEGOTIATED);
  EXPECT_EQ(SetState(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(SetState(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(ElementTest, AHundredStartsAndStopsOpenAndStopAHundredStreams) {
  const auto video = Pad("video_%u");
  constexpr std::size_t kRounds = 100;
  for (std::size_t i = 0; i < kRounds; ++i) {
    ASSERT_EQ(SetState(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
    video->Begin(kAvcCaps);
    EXPECT_EQ(video->Push({0, 0}), GST_FLOW_OK);
    ASSERT_EQ(SetState(i % 2 == 0 ? GST_STATE_NULL : GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
    EXPECT_THAT(stream().frames(), SizeIs(1));
    EXPECT_THAT(stream().stops(), SizeIs(1));
    // Only the test and, in READY, the element for `stats`.
    EXPECT_LE(world_->streams.back().use_count(), 2);
  }
  EXPECT_THAT(world_->streams, SizeIs(kRounds));
  EXPECT_EQ(element_->numpads, 1);
}

TEST_F(ElementTest, APropertyChangedInReadyCounts) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_READY);
  Set("stream-name", "later");
  Set("aws-region", "eu-west-3");
  SetState(GST_STATE_PAUSED);
  EXPECT_EQ(stream().config().name, "later");
  EXPECT_EQ(world_->producers.back().region, "eu-west-3");
}

TEST_F(ElementTest, StopGivesTheStreamStopStreamTimeoutAndReturns) {
  Set("stop-stream-timeout", "9");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_THAT(stream().stops(), ::testing::ElementsAre(Duration::Seconds(9)));
}

TEST_F(ElementTest, LateEventsOfAStoppedStreamDisturbNobody) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  const std::shared_ptr<FakeStream> old = world_->streams.back();
  SetState(GST_STATE_READY);
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  old->Emit(StreamFailed{Status(StatusCode::kNotAuthorized, "too late")});
  EXPECT_THAT(Take(GST_MESSAGE_ERROR), IsEmpty());
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_OK);
  SetState(GST_STATE_NULL);
  gst_element_set_bus(element_.get(), nullptr);
  video->Release();
  element_.reset();
  // The element is gone; the listener must notice.
  old->Emit(Drained{});
  stream().Emit(Stopped{});
}

TEST_F(ElementTest, ReleasingAStreamMayWaitForItsListener) {
  const auto video = Pad("video_%u");
  for (const GstState state : {GST_STATE_NULL, GST_STATE_READY}) {
    SetState(GST_STATE_PLAYING);
    bool told = false;
    FakeStream* const stream = world_->streams.back().get();
    stream->set_when_destroyed([&told, stream] {
      stream->Emit(Drained{});
      told = true;
    });
    world_->streams.clear();  // the element has the last reference
    SetState(state);
    SetState(GST_STATE_PAUSED);
    EXPECT_TRUE(told);
  }
}

TEST_F(ElementTest, AnEventHandlerMayTakeTheElementDown) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  g_signal_connect(element_.get(), "stream-error",
                   G_CALLBACK(+[](GstElement* element, guint64, gpointer) {
                     gst_element_set_state(element, GST_STATE_NULL);
                   }),
                   nullptr);
  stream().Emit(StreamFailed{Status(StatusCode::kNotAuthorized, "refused")});
  EXPECT_EQ(GST_STATE(element_.get()), GST_STATE_NULL);
}

TEST_F(ElementTest, StatsAndContentTypeTellWhatRuns) {
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  audio->Begin(kAlawCaps);
  video->Push({0, 0});
  gchar* content_type = nullptr;
  g_object_get(element_.get(), "content-type", &content_type, nullptr);
  EXPECT_EQ(TakeString(content_type), "video/h264,audio/alaw");
  GstStructure* stats = nullptr;
  g_object_get(element_.get(), "stats", &stats, nullptr);
  const StructurePtr owned(stats);
  guint64 put = 0;
  EXPECT_TRUE(gst_structure_get_uint64(stats, "frames-put", &put));
  EXPECT_EQ(put, 1U);
}

}  // namespace
}  // namespace kvs::plugin
