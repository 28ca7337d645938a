// The element behind real encoders and parsers, and nothing left when it is gone.

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/plugin/element_fixture.h"

namespace kvs::plugin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

bool HaveElements(std::initializer_list<const char*> names) {
  return std::all_of(names.begin(), names.end(), [](const char* name) {
    GstElementFactory* const factory = gst_element_factory_find(name);
    if (factory != nullptr) {
      gst_object_unref(factory);
    }
    return factory != nullptr;
  });
}

struct LaunchCase {
  std::string name;
  std::string line;
  std::vector<const char*> needs;
  std::size_t frames;  // at least
  friend void PrintTo(const LaunchCase& c, std::ostream* out) { *out << c.name; }
};

class LaunchTest : public ::testing::TestWithParam<LaunchCase> {
 protected:
  std::shared_ptr<FakeWorld> world_ = std::make_shared<FakeWorld>();
};

TEST_P(LaunchTest, EndsInEosWithEveryFrame) {
  for (const char* const name : GetParam().needs) {
    if (!HaveElements({name})) {
      GTEST_SKIP() << "no element " << name;
    }
  }
  GError* error = nullptr;
  const ElementPtr pipeline(
      GST_ELEMENT(gst_object_ref_sink(gst_parse_launch(GetParam().line.c_str(), &error))));
  ASSERT_EQ(error, nullptr) << error->message;
  world_->streams_drain_by_themselves = true;
  {
    const ElementPtr sink(gst_bin_get_by_name(GST_BIN(pipeline.get()), "sink"));
    UseFakes(sink.get(), world_);
  }
  GstBus* const bus = gst_element_get_bus(pipeline.get());
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const MessagePtr message(gst_bus_timed_pop_filtered(
      bus, 30 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  ASSERT_NE(message, nullptr) << "no EOS";
  EXPECT_EQ(GST_MESSAGE_TYPE(message.get()), GST_MESSAGE_EOS)
      << (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR ? TextOf(message) : "");
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  gst_object_unref(bus);
  ASSERT_THAT(world_->streams, SizeIs(1));
  world_->streams[0]->JoinCallbacks();
  const std::vector<PutRecord> frames = world_->streams[0]->frames();
  EXPECT_GE(frames.size(), GetParam().frames);
  EXPECT_TRUE(frames.at(0).frame.key_frame);
}

INSTANTIATE_TEST_SUITE_P(
    All, LaunchTest,
    ::testing::Values(
        LaunchCase{"OneFrame",
                   "videotestsrc num-buffers=1 ! x264enc ! h264parse ! kvssink name=sink",
                   {"x264enc", "h264parse"},
                   1},
        LaunchCase{"BFramesAvc",
                   "videotestsrc num-buffers=20 ! x264enc bframes=2 ! "
                   "video/x-h264,stream-format=avc,alignment=au ! kvssink name=sink",
                   {"x264enc"},
                   20},
        LaunchCase{"ByteStream",
                   "videotestsrc num-buffers=20 ! x264enc ! h264parse ! "
                   "video/x-h264,stream-format=byte-stream,alignment=au ! kvssink name=sink",
                   {"x264enc", "h264parse"},
                   20},
        LaunchCase{"H265",
                   "videotestsrc num-buffers=10 ! x265enc ! h265parse ! kvssink name=sink",
                   {"x265enc", "h265parse"},
                   10},
        LaunchCase{"AudioAndVideo",
                   "videotestsrc num-buffers=25 ! x264enc ! h264parse ! queue ! kvssink name=sink "
                   "audiotestsrc num-buffers=40 ! avenc_aac ! aacparse ! queue ! sink.",
                   {"x264enc", "h264parse", "avenc_aac", "aacparse"},
                   60},
        LaunchCase{"AdtsAlone",
                   "audiotestsrc num-buffers=20 ! voaacenc ! aacparse ! "
                   "audio/mpeg,stream-format=adts ! kvssink name=sink",
                   {"voaacenc", "aacparse"},
                   15},
        LaunchCase{"MuLawAlone",
                   "audiotestsrc num-buffers=20 ! audio/x-raw,rate=8000,channels=1 ! "
                   "mulawenc ! kvssink name=sink",
                   {"mulawenc"},
                   20},
        LaunchCase{"ThroughMatroskaWithLinksMadeLate",
                   "videotestsrc num-buffers=10 ! x264enc ! h264parse ! matroskamux ! "
                   "matroskademux ! queue ! h264parse ! kvssink name=sink",
                   {"x264enc", "h264parse", "matroskamux", "matroskademux"},
                   10}),
    [](const auto& param) { return param.param.name; });

constexpr char kLeakOnPurpose[] = "KVS_TEST_LEAK_ON_PURPOSE";

// Runs tests of this program again under GStreamer's leaks tracer; returns what it logged at the
// end.
std::string RunUnderLeaksTracer(const std::string& tests, bool leak_on_purpose) {
  gchar** env = g_get_environ();
  env = g_environ_setenv(env, "GST_TRACERS", "leaks", TRUE);
  env = g_environ_setenv(env, "GST_DEBUG", "GST_TRACER:7", TRUE);
  env = g_environ_setenv(env, "GST_DEBUG_NO_COLOR", "1", TRUE);
  if (leak_on_purpose) {
    env = g_environ_setenv(env, kLeakOnPurpose, "1", TRUE);
  }
  env = g_environ_setenv(env, "ASAN_OPTIONS", "detect_leaks=0", TRUE);
  std::string program = "/proc/self/exe";
  std::string filter = "--gtest_filter=" + tests;
  gchar* argv[] = {program.data(), filter.data(), nullptr};
  gchar* err = nullptr;
  gint status = -1;
  EXPECT_TRUE(g_spawn_sync(nullptr, argv, env, G_SPAWN_STDOUT_TO_DEV_NULL, nullptr, nullptr,
                           nullptr, &err, &status, nullptr));
  g_strfreev(env);
  EXPECT_EQ(status, 0) << err;
  return TakeString(err);
}

// What the next test looks for; the second reference is only kept when that test asks.
TEST_F(ElementTest, LeavesNothingBehindUnlessAsked) {
  EXPECT_EQ(GST_OBJECT_REFCOUNT_VALUE(element_.get()), 1);
  if (g_getenv(kLeakOnPurpose) != nullptr) {
    gst_object_ref(element_.get());
  }
}

TEST(LeaksTest, TheTracerSeesALeak) {
  EXPECT_THAT(RunUnderLeaksTracer("ElementTest.LeavesNothingBehindUnlessAsked", true),
              HasSubstr("object-alive, type-name=(string)GstKvsSink"));
}

TEST(LeaksTest, NothingIsLeftOfElementsThatRan) {
  EXPECT_THAT(RunUnderLeaksTracer("ElementTest.*:EosTest.*:EventsTest.*:PadsTest.*", false),
              Not(HasSubstr("object-alive, type-name=(string)Gst")));
}

}  // namespace
}  // namespace kvs::plugin
