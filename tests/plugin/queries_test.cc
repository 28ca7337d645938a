// Queries, events that go upstream, what will not play, and what `stats` says after the end.

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gst/video/video-event.h>

#include "plugin/episodes.h"
#include "tests/plugin/element_fixture.h"

namespace kvs::plugin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr unsigned kDelta = GST_BUFFER_FLAG_DELTA_UNIT;

class QueriesTest : public ElementTest {
 protected:
  std::optional<gint64> Position() {
    gint64 position = 0;
    return gst_element_query_position(element_.get(), GST_FORMAT_TIME, &position)
               ? std::optional<gint64>(position)
               : std::nullopt;
  }
  // live, min, max
  static std::tuple<bool, GstClockTime, GstClockTime> Latency(GstQuery* query) {
    gboolean live = FALSE;
    GstClockTime min = 0;
    GstClockTime max = 0;
    gst_query_parse_latency(query, &live, &min, &max);
    return {live != FALSE, min, max};
  }
};

// Answers latency queries like a live source with a queue behind it, and duration.
gboolean LiveSource(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) {
    gst_query_set_latency(query, TRUE, 2 * GST_SECOND, 3 * GST_SECOND);
    return TRUE;
  }
  if (GST_QUERY_TYPE(query) == GST_QUERY_DURATION) {
    gst_query_set_duration(query, GST_FORMAT_TIME, 42 * GST_SECOND);
    return TRUE;
  }
  return gst_pad_query_default(pad, parent, query);
}

TEST_F(QueriesTest, LatencyIsAnsweredInEveryStateAndHoldsNobodyUp) {
  const auto wanted = std::tuple(false, GstClockTime{0}, GST_CLOCK_TIME_NONE);
  const QueryPtr query(gst_query_new_latency());
  EXPECT_TRUE(gst_element_query(element_.get(), query.get())) << "without a pad";
  const auto video = Pad("video_%u");
  for (const GstState state : {GST_STATE_NULL, GST_STATE_PAUSED, GST_STATE_PLAYING}) {
    SetState(state);
    const QueryPtr again(gst_query_new_latency());
    EXPECT_TRUE(gst_element_query(element_.get(), again.get()));
    EXPECT_EQ(Latency(again.get()), wanted);
  }
  gst_pad_set_query_function(video->source(), LiveSource);
  const QueryPtr live(gst_query_new_latency());
  EXPECT_TRUE(gst_element_query(element_.get(), live.get()));
  EXPECT_EQ(Latency(live.get()), std::tuple(true, GstClockTime{0}, GST_CLOCK_TIME_NONE))
      << "the two seconds in front are nobody's business";
  const QueryPtr of_pad(gst_query_new_latency());
  EXPECT_TRUE(gst_pad_peer_query(video->source(), of_pad.get()));
  EXPECT_EQ(Latency(of_pad.get()), wanted);
}

TEST_F(QueriesTest, ItIsNotSeekable) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  for (const GstFormat format : {GST_FORMAT_TIME, GST_FORMAT_BYTES}) {
    const QueryPtr of_element(gst_query_new_seeking(format));
    const QueryPtr of_pad(gst_query_new_seeking(format));
    EXPECT_TRUE(gst_element_query(element_.get(), of_element.get()));
    EXPECT_TRUE(gst_pad_peer_query(video->source(), of_pad.get()));
    for (GstQuery* const query : {of_element.get(), of_pad.get()}) {
      GstFormat answered = GST_FORMAT_UNDEFINED;
      gboolean seekable = TRUE;
      gst_query_parse_seeking(query, &answered, &seekable, nullptr, nullptr);
      EXPECT_EQ(answered, format);
      EXPECT_FALSE(seekable);
    }
  }
}

TEST_F(QueriesTest, PositionIsThatOfTheLatestFrameThatWasPut) {
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PAUSED);
  EXPECT_EQ(Position(), std::nullopt);
  video->Begin(kAvcCaps, 10 * GST_SECOND);
  audio->Begin(kAlawCaps, 10 * GST_SECOND);
  video->Push({11 * GST_SECOND, 11 * GST_SECOND});
  EXPECT_EQ(Position(), gint64{11 * GST_SECOND}) << "in the time of the stream, as others say it";
  audio->Push({12 * GST_SECOND, 12 * GST_SECOND});
  video->Push({11500 * kMsec, 11500 * kMsec}, kDelta);
  EXPECT_EQ(Position(), gint64{12 * GST_SECOND});
  video->Push({12500 * kMsec, 12500 * kMsec}, kDelta);
  EXPECT_EQ(Position(), gint64{12500 * kMsec});
  stream().set_put_status(Status(StatusCode::kInvalidNal, "no NAL unit"));
  video->Push({13 * GST_SECOND, 13 * GST_SECOND}, kDelta);
  EXPECT_EQ(Position(), gint64{12500 * kMsec}) << "what was not stored";
  SetState(GST_STATE_READY);
  SetState(GST_STATE_PAUSED);
  EXPECT_EQ(Position(), std::nullopt);
}

// A frame that waits for room holds the pad's stream lock.
TEST_F(QueriesTest, NoQueryWaitsForAFrame) {
  Set("streaming-type", "offline");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Push({GST_SECOND, GST_SECOND});
  stream().set_full(true);
  std::thread pusher([&] { video->Push({2 * GST_SECOND, 2 * GST_SECOND}); });
  stream().AwaitWaiting(1);
  EXPECT_EQ(Position(), gint64{GST_SECOND});
  const QueryPtr latency(gst_query_new_latency());
  EXPECT_TRUE(gst_element_query(element_.get(), latency.get()));
  const QueryPtr seeking(gst_query_new_seeking(GST_FORMAT_TIME));
  EXPECT_TRUE(gst_pad_peer_query(video->source(), seeking.get()));
  stream().set_full(false);
  pusher.join();
}

TEST_F(QueriesTest, DurationIsForThoseInFront) {
  const auto video = Pad("video_%u");
  gst_pad_set_query_function(video->source(), LiveSource);
  SetState(GST_STATE_PLAYING);
  gint64 duration = 0;
  EXPECT_TRUE(gst_element_query_duration(element_.get(), GST_FORMAT_TIME, &duration));
  EXPECT_EQ(duration, gint64{42 * GST_SECOND});
}

// Key frames -------------------------------------------------------------------------------------

class KeyFrameTest : public ElementTest {
 protected:
  void Start() {
    video_ = Pad("video_%u");
    gst_pad_add_probe(
        video_->source(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
        [](GstPad*, GstPadProbeInfo* info, gpointer out) {
          GstEvent* const event = GST_PAD_PROBE_INFO_EVENT(info);
          gboolean all_headers = FALSE;
          GstClockTime when = 0;
          if (gst_video_event_parse_upstream_force_key_unit(event, &when, &all_headers, nullptr)) {
            EXPECT_FALSE(GST_CLOCK_TIME_IS_VALID(when)) << "as soon as possible";
            auto* const test = static_cast<KeyFrameTest*>(out);
            test->with_headers_ = all_headers != FALSE;
            ++test->asked_;
          }
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
    SetState(GST_STATE_PLAYING);
    video_->Begin(kAvcCaps);
  }
  void Delta(int count = 1) {
    for (int i = 0; i < count; ++i) {
      video_->Push({time_ += 40 * kMsec, GST_CLOCK_TIME_NONE}, kDelta);
    }
  }
  void Key() { video_->Push({time_ += 40 * kMsec, GST_CLOCK_TIME_NONE}); }

  std::unique_ptr<Feeder> video_;
  GstClockTime time_ = 0;
  int asked_ = 0;
  bool with_headers_ = false;
};

TEST_F(KeyFrameTest, IsAskedForOnceASecondWhileNoneHasCome) {
  Start();
  Delta(25);
  EXPECT_EQ(asked_, 1);
  mono_now_ = mono_now_ + Duration::Millis(999);
  Delta();
  EXPECT_EQ(asked_, 1);
  mono_now_ = mono_now_ + Duration::Millis(1);
  Delta(5);
  EXPECT_EQ(asked_, 2);
  EXPECT_TRUE(with_headers_) << "no parameter sets are known yet";
  Key();
  mono_now_ = mono_now_ + Duration::Seconds(5);
  Delta(5);
  EXPECT_EQ(asked_, 2);
}

TEST_F(KeyFrameTest, IsNotAskedForWhenNothingIsWrong) {
  Start();
  Key();
  stream().Emit(Connected{1});
  Delta(5);
  stream().Emit(Connected{2});  // replaced in time
  Delta(5);
  EXPECT_EQ(asked_, 0);
}

TEST_F(KeyFrameTest, IsAskedForAfterAnOutageAndAfterLosses) {
  Start();
  Key();
  stream().Emit(Connected{1});
  stream().Emit(Disconnected{Status(StatusCode::kConnectionLost, "reset"), {}, 0});
  Delta(5);
  EXPECT_EQ(asked_, 0) << "nobody takes it yet";
  stream().Emit(Connected{2});
  EXPECT_EQ(asked_, 0) << "on the streaming thread only";
  Delta(5);
  EXPECT_EQ(asked_, 1);
  EXPECT_FALSE(with_headers_) << "a parser would add them to the pictures";
  Key();
  for (const LossReason reason : {LossReason::kPressure, LossReason::kNoKeyFrame}) {
    mono_now_ = mono_now_ + Duration::Seconds(1);
    const int before = asked_;
    FramesLost lost;
    lost.reason = reason;
    lost.frames = 3;
    stream().Emit(lost);
    Delta(3);
    EXPECT_EQ(asked_, before) << "a key frame came after them: " << static_cast<int>(reason);
    lost.last_pts = MediaTime::FromNanos(INT64_MAX);
    mono_now_ = mono_now_ + LossEpisodes::kQuietTime;
    stream().Emit(lost);
    Delta(3);
    EXPECT_EQ(asked_, before + 1) << static_cast<int>(reason);
    Key();
    mono_now_ = mono_now_ + Duration::Seconds(1);
    Delta(3);
    EXPECT_EQ(asked_, before + 1);
  }
}

// What a handler upstream does with the event, it may do: no lock is held.
TEST_F(KeyFrameTest, AHandlerUpstreamMayUseTheElement) {
  Start();
  gst_pad_add_probe(
      video_->source(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
      [](GstPad*, GstPadProbeInfo*, gpointer element) {
        GstStructure* stats = nullptr;
        g_object_get(element, "stats", &stats, nullptr);
        const StructurePtr owned(stats);
        return GST_PAD_PROBE_OK;
      },
      element_.get(), nullptr);
  Delta();
  EXPECT_EQ(asked_, 1);
}

// What will not play -----------------------------------------------------------------------------

class PlaybackTest : public ElementTest {
 protected:
  // The reasons of each INFO so far.
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const MessagePtr& message : Take(GST_MESSAGE_INFO)) {
      const GstStructure* details = nullptr;
      gst_message_parse_info_details(message.get(), &details);
      EXPECT_STREQ(gst_structure_get_name(details), "kvssink-playback-limits");
      const GValue* const list = gst_structure_get_value(details, "reasons");
      std::string text;
      for (guint i = 0; i < gst_value_list_get_size(list); ++i) {
        text += (i == 0 ? "" : " ") +
                std::string(g_value_get_string(gst_value_list_get_value(list, i)));
      }
      told.push_back(text);
    }
    return told;
  }
};

TEST_F(PlaybackTest, IsToldOnceWhenAllTracksAreKnown) {
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  audio->Begin(kAlawCaps);
  EXPECT_THAT(Told(), IsEmpty());
  video->Begin("video/x-av1, stream-format=obu-stream, alignment=tu");
  EXPECT_THAT(Told(), ElementsAre("video-codec audio-not-in-hls"));
  stream().Emit(Connected{1});
  stream().Emit(Connected{2});
  EXPECT_THAT(Told(), IsEmpty());
  SetState(GST_STATE_READY);
  SetState(GST_STATE_PLAYING);
  audio->Begin(kAlawCaps);
  audio->Push({0, 0});
  EXPECT_THAT(Told(), IsEmpty()) << "video is to come";
  stream().Emit(Connected{1});
  EXPECT_THAT(Told(), ElementsAre("audio-not-in-hls")) << "and does not";
}

TEST_F(PlaybackTest, SaysNothingOfWhatPlays) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Push({0, 0});
  stream().Emit(Connected{1});
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(PlaybackTest, VideoThatSeldomHasAKeyFrameIsToldWhenItShows) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Push({0, 0});
  video->Push({10 * GST_SECOND, 10 * GST_SECOND}, kDelta);
  EXPECT_THAT(Told(), IsEmpty());
  for (GstClockTime i = 1; i < 4; ++i) {
    video->Push({(10 * GST_SECOND) + (i * 40 * kMsec), GST_CLOCK_TIME_NONE}, kDelta);
  }
  EXPECT_THAT(Told(), ElementsAre("few-key-frames"));
}

TEST_F(PlaybackTest, TheTextSaysItToPeople) {
  Set("stream-name", "door");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  audio->Begin(kAlawCaps);
  const std::vector<MessagePtr> messages = Take(GST_MESSAGE_INFO);
  ASSERT_THAT(messages, SizeIs(1));
  GError* error = nullptr;
  gst_message_parse_info(messages[0].get(), &error, nullptr);
  EXPECT_THAT(error->message,
              AllOf(HasSubstr("Stream \"door\""), HasSubstr("need a video track"),
                    HasSubstr("G.711 plays in MPEG-DASH")));
  g_error_free(error);
}

// Stats ------------------------------------------------------------------------------------------

class StatsTest : public ElementTest {
 protected:
  guint64 Stat(const char* field) {
    GstStructure* stats = nullptr;
    g_object_get(element_.get(), "stats", &stats, nullptr);
    const StructurePtr owned(stats);
    guint64 value = G_MAXUINT64;
    EXPECT_TRUE(gst_structure_get_uint64(stats, field, &value)) << field;
    return value;
  }
};

TEST_F(StatsTest, CanBeReadInEveryState) {
  world_->producer_metrics.store_size = 128;
  EXPECT_EQ(Stat("frames-put"), 0U);
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Push({0, 0});
  video->Push({40 * kMsec, 40 * kMsec}, kDelta, {});
  video->Push({80 * kMsec, 80 * kMsec}, kDelta);
  for (const GstState state : {GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_NULL}) {
    SetState(state);
    EXPECT_EQ(Stat("frames-put"), 2U) << state;
    EXPECT_EQ(Stat("buffers-empty"), 1U) << state;
    EXPECT_EQ(Stat("store-size"), 128U) << state;
  }
  // In NULL it is a copy: the stream is gone.
  EXPECT_EQ(world_->streams.back().use_count(), 1);
  SetState(GST_STATE_PLAYING);
  EXPECT_EQ(Stat("frames-put"), 0U);
  EXPECT_EQ(Stat("buffers-empty"), 0U);
}

}  // namespace
}  // namespace kvs::plugin
