// Defects that users of other producers have reported, and that must not happen here. The numbers are those of the rows of
// docs/reported-defects.md; rows that are not here name other tests there.

#include <algorithm>
#include <limits>
#include <string>

#include <gmock/gmock.h>

#include "tests/plugin/element_fixture.h"

namespace kvs::plugin {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr unsigned kDelta = GST_BUFFER_FLAG_DELTA_UNIT;
constexpr char kAacCaps[] =
    "audio/mpeg, mpegversion=4, stream-format=raw, rate=44100, channels=1, codec_data=(buffer)1208";

class WartsTest : public ElementTest {
 protected:
  // Milliseconds since the wall time of the test.
  std::int64_t PtsOf(std::size_t frame) {
    return (stream().frames().at(frame).frame.pts.nanos() - wall_now_.nanos()) / 1'000'000;
  }
  std::string Text(const char* property) {
    gchar* text = nullptr;
    g_object_get(element_.get(), property, &text, nullptr);
    return TakeString(text);
  }
};

TEST_F(WartsTest, W01_NothingThatLooksForAVideoSinkFindsIt) {
  for (const GstElementFactoryListType media :
       {GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO, GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO}) {
    GList* const found =
        gst_element_factory_list_get_elements(GST_ELEMENT_FACTORY_TYPE_SINK | media, GST_RANK_NONE);
    for (const GList* item = found; item != nullptr; item = item->next) {
      EXPECT_STRNE(GST_OBJECT_NAME(item->data), "kvssink");
    }
    gst_plugin_feature_list_free(found);
  }
}

TEST_F(WartsTest, W03_CodecDataGoesWithEveryStartAndEveryChange) {
  const auto video = Pad("video_%u");
  for (const GstState stop : {GST_STATE_NULL, GST_STATE_READY, GST_STATE_NULL}) {
    SetState(GST_STATE_PLAYING);
    video->Begin(kAvcCaps);
    video->Push({0, 0});
    ASSERT_THAT(stream().tracks(), SizeIs(1));
    EXPECT_THAT(stream().tracks()[0].codec_private, ElementsAre(1, 0x64, 0, 0x1f, 0xff, 0xe1, 0, 1));
    video->Caps(
        "video/x-h264, stream-format=avc, alignment=au, width=320, height=240, codec_data=(buffer)0142001fffe10001");
    video->Push({40 * kMsec, 40 * kMsec});
    ASSERT_THAT(stream().tracks(), SizeIs(2));
    EXPECT_EQ(stream().tracks()[1].codec_private.at(1), 0x42);
    // The next start has the caps with which this one ends.
    video->Caps(kAvcCaps);
    EXPECT_THAT(stream().tracks(), SizeIs(3));
    SetState(stop);
  }
}

TEST_F(WartsTest, W05_NoFlagAndNoMissingTimeLosesAFrame) {
  struct Case {
    unsigned flags;
    GstClockTime pts, dts;
  };
  constexpr GstClockTime kNone = GST_CLOCK_TIME_NONE;
  const Case cases[] = {{GST_BUFFER_FLAG_DISCONT, 0, 0},
                        {GST_BUFFER_FLAG_DISCONT | kDelta, 40 * kMsec, 40 * kMsec},
                        {GST_BUFFER_FLAG_DECODE_ONLY, 80 * kMsec, 80 * kMsec},
                        {GST_BUFFER_FLAG_HEADER, 120 * kMsec, kNone},
                        {GST_BUFFER_FLAG_HEADER, kNone, 160 * kMsec},
                        {GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_MARKER, kNone, kNone},
                        {GST_BUFFER_FLAG_CORRUPTED, 240 * kMsec, 240 * kMsec},
                        {GST_BUFFER_FLAG_DROPPABLE | kDelta, 280 * kMsec, 280 * kMsec}};
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kByteStreamCaps);
  for (const Case& c : cases) {
    EXPECT_EQ(video->Push({c.pts, c.dts}, c.flags), GST_FLOW_OK);
  }
  EXPECT_THAT(stream().frames(), SizeIs(std::size(cases)));
}

TEST_F(WartsTest, W06_MissingTimesAreNotTakenForNumbers) {
  struct Case {
    const char* property;
    const char* value;
  };
  for (const Case& c : {Case{"streaming-type", "realtime"}, Case{"streaming-type", "offline"},
                        Case{"use-original-pts", "true"}, Case{"disable-buffer-clipping", "true"}}) {
    Set(c.property, c.value);
    const auto video = Pad("video_%u");
    const auto audio = Pad("audio_%u");
    SetState(GST_STATE_PLAYING);
    video->Begin(kAvcCaps);
    audio->Begin(kAlawCaps);
    const auto epoch = static_cast<GstClockTime>(wall_now_.nanos());
    video->Push({epoch, GST_CLOCK_TIME_NONE});
    audio->Push({epoch + 500 * kMsec, GST_CLOCK_TIME_NONE});
    video->Push({}, kDelta);
    for (std::size_t i = 0; i < 3; ++i) {
      // Within a second of each other, and of now.
      EXPECT_GE(PtsOf(i), 0) << c.property;
      EXPECT_LE(PtsOf(i), 1000) << c.property;
    }
    // Behind the picture before it, not behind the sound.
    EXPECT_LT(PtsOf(2), 500) << c.property;
    SetState(GST_STATE_NULL);
    video->Release();
    audio->Release();
  }
}

TEST_F(WartsTest, W07_AFileStartsWhenItsFirstFrameArrives) {
  Set("streaming-type", "offline");
  Set("file-start-time", "0");
  const auto video = Pad("video_%u");
  for (int upload = 0; upload < 2; ++upload) {
    wall_now_ = wall_now_ + Duration::Hours(1);
    SetState(GST_STATE_PLAYING);
    video->Begin(kAvcCaps);
    video->Push({0, 0});
    EXPECT_EQ(PtsOf(0), 0);
    SetState(GST_STATE_READY);
  }
}

TEST_F(WartsTest, W09_WhatAPeerMightSendDoesNotDecide) {
  const auto video = Pad("video_%u");  // its peer may send anything
  SetState(GST_STATE_PLAYING);
  EXPECT_THAT(stream().tracks(), IsEmpty());
  video->Begin("video/x-h265, stream-format=byte-stream, alignment=au");
  EXPECT_EQ(video->Push({0, 0}, 0, {0, 0, 0, 1, 0x26, 1, 2, 3}), GST_FLOW_OK);
  ASSERT_THAT(stream().tracks(), SizeIs(1));
  EXPECT_EQ(stream().tracks()[0].codec, Codec::kH265);
}

TEST_F(WartsTest, W11_SoundAloneMayStartAgainAndAgain) {
  Set("codec-id", "V_MY/AVC");
  const auto audio = Pad("audio_%u");
  for (const GstState stop : {GST_STATE_NULL, GST_STATE_READY, GST_STATE_NULL}) {
    SetState(GST_STATE_PLAYING);
    audio->Begin(kAacCaps);
    EXPECT_EQ(audio->Push({0, 0}, 0, {0x21, 0x10}), GST_FLOW_OK);
    EXPECT_EQ(stream().tracks().at(0).codec_id, "");  // the property is about video
    SetState(stop);
  }
  EXPECT_EQ(Text("codec-id"), "V_MY/AVC");
}

TEST_F(WartsTest, W13_AContentTypeThatIsSetIsUsed) {
  Set("content-type", "video/h264,text/x-mine");
  const auto video = Pad("video_%u");
  for (int start = 0; start < 2; ++start) {
    SetState(GST_STATE_PLAYING);
    video->Begin(kAvcCaps);
    EXPECT_EQ(stream().config().content_type, "video/h264,text/x-mine");
    EXPECT_EQ(Text("content-type"), "video/h264,text/x-mine");
    SetState(GST_STATE_NULL);
  }
}

// Each one in turn, with what else it takes to start.
TEST_F(WartsTest, W16_AStringThatIsNullIsNotSet) {
  const auto video = Pad("video_%u");
  guint count = 0;
  GParamSpec** const specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element_.get()), &count);
  for (guint i = 0; i < count; ++i) {
    const std::string name = specs[i]->name;
    if (!G_IS_PARAM_SPEC_STRING(specs[i]) || name == "name") {
      continue;
    }
    g_object_set(element_.get(), name.c_str(), nullptr, nullptr);
    const bool required = name == "stream-name" || name == "access-key" || name == "secret-key";
    EXPECT_EQ(SetState(GST_STATE_PLAYING), required ? GST_STATE_CHANGE_FAILURE : GST_STATE_CHANGE_SUCCESS) << name;
    EXPECT_THAT(Take(GST_MESSAGE_ERROR), SizeIs(required ? 1 : 0)) << name;
    SetState(GST_STATE_NULL);
    if (required) {
      g_object_set(element_.get(), name.c_str(), "SET", nullptr);
    }
  }
  g_free(specs);
}

TEST_F(WartsTest, W18_TheKeyAndTheDeviceNameCanBeSet) {
  Set("kms-key-id", "alias/mine");
  Set("device-name", "front");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PAUSED);
  EXPECT_EQ(stream().config().kms_key_id, "alias/mine");
  EXPECT_EQ(stream().config().device_name, "front");
}

TEST_F(WartsTest, W19_BothKindsOfAFullBufferAreTold) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  std::vector<std::string> kinds;
  for (const PressureKind kind : {PressureKind::kStore, PressureKind::kWindow}) {
    Pressure pressure;
    pressure.kind = kind;
    pressure.on = true;
    stream().Emit(pressure);
  }
  for (const MessagePtr& message : Take(GST_MESSAGE_ELEMENT)) {
    kinds.emplace_back(gst_structure_get_string(gst_message_get_structure(message.get()), "kind"));
  }
  EXPECT_THAT(kinds, ElementsAre("store", "window"));
}

TEST_F(WartsTest, W20_EachElementHasCertificatesOfItsOwn) {
  const auto video = Pad("video_%u");
  for (const char* path : {"/etc/ssl/certs", "/usr/share/ca-certificates"}) {
    Set("ca-path", path);
    SetState(GST_STATE_READY);
    EXPECT_EQ(world_->producers.back().ca_path, path);
    SetState(GST_STATE_NULL);
  }
}

TEST_F(WartsTest, W23_NothingIsKeptAfterNull) {
  const auto video = Pad("video_%u");
  const auto before = world_.use_count();
  SetState(GST_STATE_PLAYING);
  EXPECT_GT(world_.use_count(), before) << "a producer";
  bool gone = false;
  stream().set_when_destroyed([&gone] { gone = true; });
  world_->streams.clear();
  SetState(GST_STATE_NULL);
  EXPECT_TRUE(gone);
  EXPECT_EQ(world_.use_count(), before);
}

TEST_F(WartsTest, W24_APadThatNothingIsLinkedToIsNoTrouble) {
  const PadPtr audio(gst_element_request_pad_simple(element_.get(), "audio_%u"));
  EXPECT_EQ(SetState(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(SetState(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  const auto video = Pad("video_%u");
  EXPECT_EQ(SetState(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  EXPECT_THAT(Take(GST_MESSAGE_ERROR), IsEmpty());
}

TEST_F(WartsTest, W25_TheSameCapsOfG711AgainAreNoNews) {
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  audio->Begin(kAlawCaps);
  audio->Push({0, 0});
  // GStreamer itself leaves out what is equal; this one says more of the same.
  audio->Caps("audio/x-alaw, rate=8000, channels=1, layout=interleaved");
  EXPECT_EQ(audio->Push({20 * kMsec, 20 * kMsec}), GST_FLOW_OK);
  EXPECT_THAT(stream().tracks(), SizeIs(1));
  EXPECT_THAT(Take(GST_MESSAGE_ERROR), IsEmpty());
}

TEST_F(WartsTest, W26_BuffersThatOthersHaveAsWellAreNotWrittenTo) {
  Set("disable-buffer-clipping", "true");
  const PadPtr source(GST_PAD(gst_object_ref_sink(gst_pad_new("source", GST_PAD_SRC))));
  const PadPtr sink(gst_element_request_pad_simple(element_.get(), "video_%u"));
  gst_pad_set_active(source.get(), TRUE);
  ASSERT_EQ(gst_pad_link(source.get(), sink.get()), GST_PAD_LINK_OK);
  SetState(GST_STATE_PLAYING);
  gst_pad_push_event(source.get(), gst_event_new_stream_start("test"));
  const CapsPtr caps(gst_caps_from_string(kByteStreamCaps));
  gst_pad_push_event(source.get(), gst_event_new_caps(caps.get()));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(source.get(), gst_event_new_segment(&segment));
  const guint8 bytes[] = {0, 0, 0, 1, 0x65, 1};
  const BufferPtr buffer(gst_buffer_new_memdup(bytes, sizeof bytes));
  GST_BUFFER_PTS(buffer.get()) = 7 * kMsec;
  EXPECT_EQ(gst_pad_push(source.get(), gst_buffer_ref(buffer.get())), GST_FLOW_OK);
  EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), 7 * kMsec);
  EXPECT_FALSE(GST_BUFFER_DTS_IS_VALID(buffer.get()));
  EXPECT_EQ(gst_buffer_memcmp(buffer.get(), 0, bytes, sizeof bytes), 0);
  EXPECT_EQ(stream().frames().at(0).bytes, std::vector<std::uint8_t>(std::begin(bytes), std::end(bytes)));
  SetState(GST_STATE_NULL);
  gst_pad_set_active(source.get(), FALSE);
}

TEST_F(WartsTest, W27_NearRealtimeWithFragmentsOfNoLengthRuns) {
  Set("streaming-type", "near-realtime");
  Set("fragment-duration", "0");
  const auto video = Pad("video_%u");
  EXPECT_EQ(SetState(GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  video->Begin(kAvcCaps);
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_OK);
  EXPECT_EQ(stream().config().streaming_type, StreamingType::kRealtime);
  EXPECT_EQ(stream().config().buffer_duration, Duration::Seconds(120));
}

TEST_F(WartsTest, W32_MetadataThatCannotBeAddedIsAWarning) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  stream().set_metadata_status(Status(StatusCode::kInvalidMetadata, "a fragment has at most 10 items"));
  EXPECT_TRUE(video->Send(gst_event_new_custom(
      GST_EVENT_CUSTOM_DOWNSTREAM,
      gst_structure_new("kvs-add-metadata", "name", G_TYPE_STRING, "door", "value", G_TYPE_STRING, "open", "persist",
                        G_TYPE_BOOLEAN, TRUE, nullptr))));
  const std::vector<MessagePtr> warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(TextOf(warnings[0]), HasSubstr("at most 10 items"));
}

TEST_F(WartsTest, W33_TheBufferIsATimeWhateverTheFrameRate) {
  Set("framerate", "25");
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  EXPECT_EQ(stream().config().buffer_duration, Duration::Seconds(120));
  guint framerate = 0;
  g_object_get(element_.get(), "framerate", &framerate, nullptr);
  EXPECT_EQ(framerate, 25U) << "rewritten behind the user";
}

}  // namespace
}  // namespace kvs::plugin
