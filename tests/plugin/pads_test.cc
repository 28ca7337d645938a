// What happens to pads, caps, buffers and flushes.

#include <string>
#include <thread>

#include <gmock/gmock.h>

#include "tests/plugin/element_fixture.h"

namespace kvs::plugin {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr unsigned kDelta = GST_BUFFER_FLAG_DELTA_UNIT;

class PadsTest : public ElementTest {
 protected:
  // Milliseconds since the wall time of the test.
  std::int64_t Ms(MediaTime time) const { return (time.nanos() - wall_now_.nanos()) / 1'000'000; }
  std::int64_t PtsOf(std::size_t frame) { return Ms(stream().frames().at(frame).frame.pts); }
};

// Pads -------------------------------------------------------------------------------------------

TEST_F(PadsTest, GetNamesAndTracksInOrder) {
  const auto audio = Pad("audio_%u");
  const auto named = Pad("video_7");
  const auto video = Pad("video_%u");
  EXPECT_STREQ(GST_PAD_NAME(audio->sink()), "audio_0");
  EXPECT_STREQ(GST_PAD_NAME(named->sink()), "video_7");
  EXPECT_STREQ(GST_PAD_NAME(video->sink()), "video_0");
  EXPECT_EQ(gst_element_request_pad_simple(element_.get(), "video_%u"), nullptr) << "a fourth";
  SetState(GST_STATE_PAUSED);
  audio->Begin(kAlawCaps);
  named->Begin(kAvcCaps);
  video->Begin(kAvcCaps);
  const std::vector<Track> tracks = stream().tracks();
  ASSERT_THAT(tracks, SizeIs(3));
  EXPECT_EQ(tracks[0].id, 3U);  // video comes first
  EXPECT_EQ(tracks[0].name, "audio");
  EXPECT_EQ(tracks[1].id, 1U);
  EXPECT_EQ(tracks[1].name, "kinesis_video");
  EXPECT_EQ(tracks[2].name, "kinesis_video_2");
}

TEST_F(PadsTest, MayComeLate) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Push({0, 0});
  const auto audio = Pad("audio_%u");
  audio->Begin(kAlawCaps);
  EXPECT_EQ(audio->Push({20 * kMsec, 20 * kMsec}), GST_FLOW_OK);
  ASSERT_THAT(stream().frames(), SizeIs(2));
  EXPECT_EQ(stream().frames()[1].frame.track_id, 2U);
  EXPECT_EQ(PtsOf(1), 20);
}

TEST_F(PadsTest, AreAnnouncedWhenSomethingIsLinked) {
  const PadPtr unlinked(gst_element_request_pad_simple(element_.get(), "audio_%u"));
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  EXPECT_THAT(stream().expected(), ElementsAre(1U));
  const auto late = Pad("audio_%u");
  EXPECT_THAT(stream().expected(), ElementsAre(1U, 3U));
  late->Release();
  EXPECT_THAT(stream().ended(), ElementsAre(3U));
}

TEST_F(PadsTest, ReleaseEndsTheTrackAndTheNextPadTakesItOver) {
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  audio->Begin(kAlawCaps);
  video->Release();
  EXPECT_THAT(stream().ended(), ElementsAre(1U));
  const auto again = Pad("video_%u");
  again->Begin(kByteStreamCaps);
  EXPECT_EQ(stream().tracks().back().id, 1U);
}

// Caps -------------------------------------------------------------------------------------------

TEST_F(PadsTest, CapsDecideTheTrack) {
  Set("codec-id", "V_MY/AVC");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PAUSED);
  EXPECT_THAT(stream().tracks(), IsEmpty());
  video->Begin("video/x-h265, stream-format=byte-stream, alignment=au");
  ASSERT_THAT(stream().tracks(), SizeIs(1));
  EXPECT_EQ(stream().tracks()[0].codec, Codec::kH265);
  EXPECT_EQ(stream().tracks()[0].format, FrameFormat::kAnnexB);
  EXPECT_EQ(stream().tracks()[0].codec_id, "");  // the property is about H.264
  video->Caps(kAvcCaps);
  ASSERT_THAT(stream().tracks(), SizeIs(2));
  EXPECT_EQ(stream().tracks()[1].codec_id, "V_MY/AVC");
  video->Caps(kAvcCaps);
  EXPECT_THAT(stream().tracks(), SizeIs(2)) << "the same caps again";
}

TEST_F(PadsTest, RefusedCapsNameThePadAndTheRemedyOnce) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin("video/x-h264, stream-format=avc, alignment=au");
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_NOT_NEGOTIATED);
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_NOT_NEGOTIATED);
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("pad video_0: "));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("codec_data is missing"));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("h264parse"));
  video->Caps(kAvcCaps);
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_OK);
}

TEST_F(PadsTest, CodecDataTheLibraryRefusesIsAnErrorOfThePad) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  stream().set_track_status(Status(StatusCode::kInvalidCodecData, "avcC is cut short"));
  video->Begin(kAvcCaps);
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_NOT_NEGOTIATED);
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("pad video_0: avcC is cut short"));
}

// Frames -----------------------------------------------------------------------------------------

TEST_F(PadsTest, ImagesAreKeyFramesWhateverTheirFlagsSay) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin("image/jpeg, width=640, height=480");
  video->Push({0, 0});
  video->Push({40 * kMsec, 40 * kMsec}, kDelta);
  ASSERT_THAT(stream().frames(), SizeIs(2));
  EXPECT_TRUE(stream().frames()[1].frame.key_frame);
}

TEST_F(PadsTest, HeadersOfOpusAreNotStored) {
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  audio->Begin("audio/x-opus, channels=2, channel-mapping-family=0");
  audio->Push({}, GST_BUFFER_FLAG_HEADER, {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 2});
  audio->Push({}, GST_BUFFER_FLAG_HEADER, {'O', 'p', 'u', 's', 'T', 'a', 'g', 's', 0, 0});
  audio->Push({0, 0, 20 * kMsec}, 0, {0xFC, 0xFF, 0xFE});
  ASSERT_THAT(stream().frames(), SizeIs(1));
  EXPECT_THAT(stream().frames()[0].bytes, ElementsAre(0xFC, 0xFF, 0xFE));
}

TEST_F(PadsTest, FirstIdrOfAStreamWithBFramesIsStored) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  // As qtdemux ! h264parse sends it: the segment begins at the first PTS, the DTS before it.
  video->Begin(kAvcCaps, 80 * kMsec);
  EXPECT_EQ(video->Push({80 * kMsec, 0, 40 * kMsec},
                        GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_HEADER | GST_BUFFER_FLAG_MARKER),
            GST_FLOW_OK);
  video->Push({200 * kMsec, 40 * kMsec, 40 * kMsec}, kDelta);
  video->Push({120 * kMsec, 80 * kMsec, 40 * kMsec}, kDelta);
  const std::vector<PutRecord> frames = stream().frames();
  ASSERT_THAT(frames, SizeIs(3));
  EXPECT_TRUE(frames[0].frame.key_frame);
  EXPECT_EQ(PtsOf(0), 0);
  EXPECT_EQ(Ms(*frames[0].frame.dts), -80);
  EXPECT_FALSE(frames[1].frame.key_frame);
  EXPECT_EQ(PtsOf(1), 120);
  EXPECT_EQ(PtsOf(2), 40);
}

TEST_F(PadsTest, FirstAudioBufferWithDiscontIsStored) {
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  audio->Begin(kAlawCaps);
  EXPECT_EQ(audio->Push({0, GST_CLOCK_TIME_NONE, 20 * kMsec}, GST_BUFFER_FLAG_DISCONT),
            GST_FLOW_OK);
  ASSERT_THAT(stream().frames(), SizeIs(1));
  EXPECT_TRUE(stream().frames()[0].frame.key_frame);
}

// A tee has given others a reference: what they see must stay what it was.
TEST_F(PadsTest, BuffersAreNeverWrittenTo) {
  for (const char* mode : {"disable-buffer-clipping", "use-original-pts", "key-frame-fragmentation"}) {
    Set(mode, "true");
    const auto video = Pad("video_%u");
    SetState(GST_STATE_PLAYING);
    video->Begin(kByteStreamCaps, 80 * kMsec);
    const std::vector<guint8> bytes = {0, 0, 0, 1, 0x65, 1, 2, 3};
    GstMemory* const memory =
        gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, const_cast<guint8*>(bytes.data()), bytes.size(),
                               0, bytes.size(), nullptr, nullptr);
    BufferPtr buffer(gst_buffer_new());
    gst_buffer_append_memory(buffer.get(), memory);
    GST_BUFFER_PTS(buffer.get()) = 80 * kMsec;
    GST_BUFFER_DTS(buffer.get()) = 0;
    gst_buffer_set_flags(buffer.get(), GST_BUFFER_FLAG_DISCONT);
    const GstBufferFlags flags = gst_buffer_get_flags(buffer.get());
    EXPECT_EQ(video->Push(BufferPtr(gst_buffer_ref(buffer.get()))), GST_FLOW_OK);
    EXPECT_THAT(stream().frames(), SizeIs(1));
    EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), 80 * kMsec);
    EXPECT_EQ(GST_BUFFER_DTS(buffer.get()), 0U);
    EXPECT_FALSE(GST_BUFFER_DURATION_IS_VALID(buffer.get()));
    EXPECT_EQ(gst_buffer_get_flags(buffer.get()), flags);
    EXPECT_EQ(gst_buffer_peek_memory(buffer.get(), 0), memory);
    EXPECT_EQ(gst_buffer_memcmp(buffer.get(), 0, bytes.data(), bytes.size()), 0);
    EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer.get()), 1) << "and nobody keeps them";
    SetState(GST_STATE_NULL);
    video->Release();
    Set(mode, "false");
  }
}

TEST_F(PadsTest, TimeIsTakenFromReferenceTimestamps) {
  const auto video = Pad("video_%u");
  const CapsPtr ntp(gst_caps_new_empty_simple("timestamp/x-ntp"));
  for (const char* wanted : {"true", "false"}) {
    Set("reference-timestamps", wanted);
    SetState(GST_STATE_PLAYING);
    video->Begin(kByteStreamCaps);
    BufferPtr buffer(gst_buffer_new_allocate(nullptr, 8, nullptr));
    gst_buffer_memset(buffer.get(), 0, 1, 8);
    GST_BUFFER_PTS(buffer.get()) = 0;
    const GstClockTime now = static_cast<GstClockTime>(wall_now_.nanos()) + (2'208'988'800 * GST_SECOND);
    gst_buffer_add_reference_timestamp_meta(buffer.get(), ntp.get(), now - (700 * kMsec),
                                            GST_CLOCK_TIME_NONE);
    EXPECT_EQ(video->Push(std::move(buffer)), GST_FLOW_OK);
    EXPECT_EQ(PtsOf(0), wanted == std::string("true") ? -700 : 0);
    SetState(GST_STATE_NULL);
  }
}

TEST_F(PadsTest, PadsShareOneAnchor) {
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  audio->Begin(kAlawCaps);
  video->Push({1000 * kMsec, 1000 * kMsec});
  const WallTime first = wall_now_;
  wall_now_ = wall_now_ + Duration::Seconds(3);
  audio->Push({1010 * kMsec, 1010 * kMsec});
  wall_now_ = first;
  EXPECT_EQ(PtsOf(0), 0);
  EXPECT_EQ(PtsOf(1), 10);
}

TEST_F(PadsTest, OfflineFilesStartWhereFileStartTimeSays) {
  Set("streaming-type", "offline");
  Set("file-start-time", "1600000000");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Push({40 * kMsec, 40 * kMsec});
  EXPECT_EQ(stream().frames()[0].frame.pts.millis(), 1'600'000'000'040);
}

TEST_F(PadsTest, OnlyDamagedDeltaFramesAndEmptyBuffersAreLeftOutAndCounted) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Push({0, 0}, GST_BUFFER_FLAG_CORRUPTED);
  video->Push({40 * kMsec, 40 * kMsec}, GST_BUFFER_FLAG_CORRUPTED | kDelta);
  video->Push({80 * kMsec, 80 * kMsec}, kDelta | GST_BUFFER_FLAG_DISCONT);
  video->Push({120 * kMsec, 120 * kMsec}, kDelta, {});
  video->Push({160 * kMsec, 160 * kMsec}, kDelta | GST_BUFFER_FLAG_DECODE_ONLY);
  const std::vector<PutRecord> frames = stream().frames();
  ASSERT_THAT(frames, SizeIs(3));
  EXPECT_EQ(PtsOf(1), 80);
  EXPECT_TRUE(frames[2].frame.invisible);
  GstStructure* stats = nullptr;
  g_object_get(element_.get(), "stats", &stats, nullptr);
  const StructurePtr owned(stats);
  guint64 corrupted = 0;
  guint64 empty = 0;
  gst_structure_get_uint64(stats, "frames-dropped-corrupted", &corrupted);
  gst_structure_get_uint64(stats, "buffers-empty", &empty);
  EXPECT_EQ(corrupted, 1U);
  EXPECT_EQ(empty, 1U);
}

TEST_F(PadsTest, VideoOutsideTheSegmentIsKeptUnseenAndAudioLeftOut) {
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps, 1000 * kMsec);
  audio->Begin(kAlawCaps, 1000 * kMsec);
  video->Push({900 * kMsec, 900 * kMsec, 40 * kMsec});
  audio->Push({900 * kMsec, 900 * kMsec, 20 * kMsec});
  ASSERT_THAT(stream().frames(), SizeIs(1));
  EXPECT_TRUE(stream().frames()[0].frame.invisible);
}

TEST_F(PadsTest, ParameterSetsInABufferOfTheirOwnJoinTheNextFrame) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kByteStreamCaps);
  video->Push({0, 0}, GST_BUFFER_FLAG_HEADER, {0, 0, 0, 1, 0x67, 1});
  EXPECT_THAT(stream().frames(), IsEmpty());
  video->Push({0, 0}, 0, {0, 0, 0, 1, 0x65, 2});
  video->Push({40 * kMsec, 40 * kMsec}, kDelta, {0, 0, 0, 1, 0x41, 3});
  ASSERT_THAT(stream().frames(), SizeIs(2));
  EXPECT_THAT(stream().frames()[0].bytes, ElementsAre(0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x65, 2));
  EXPECT_THAT(stream().frames()[1].bytes, ElementsAre(0, 0, 0, 1, 0x41, 3));
}

TEST_F(PadsTest, AFrameTheLibraryCannotReadDoesNotStopTheFlow) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  stream().set_put_status(Status(StatusCode::kInvalidNal, "no NAL unit"));
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_OK);
  EXPECT_THAT(Take(GST_MESSAGE_ERROR), IsEmpty());
}

TEST_F(PadsTest, BuffersBeforeCapsAreAnError) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Send(gst_event_new_stream_start("test"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  video->Send(gst_event_new_segment(&segment));
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_NOT_NEGOTIATED);
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_NOT_NEGOTIATED);
  EXPECT_THAT(Take(GST_MESSAGE_ERROR), SizeIs(1));
}

TEST_F(PadsTest, WorkInPaused) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PAUSED);
  video->Begin(kAvcCaps);
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_OK);
  EXPECT_THAT(stream().frames(), SizeIs(1));
}

TEST_F(PadsTest, AGapLetsTheOtherTracksGoOn) {
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  audio->Begin(kAlawCaps);
  audio->Send(gst_event_new_gap(0, GST_SECOND));
  EXPECT_THAT(stream().ended(), ElementsAre(2U));
}

// Flushing ---------------------------------------------------------------------------------------

TEST_F(PadsTest, AFlushEndsTheWaitForRoom) {
  Set("streaming-type", "offline");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  stream().set_full(true);
  GstFlowReturn flow = GST_FLOW_OK;
  std::thread pusher([&] { flow = video->Push({0, 0}); });
  stream().AwaitWaiting(1);
  video->Send(gst_event_new_flush_start());
  pusher.join();
  EXPECT_EQ(flow, GST_FLOW_FLUSHING);
  EXPECT_TRUE(stream().flushing());
  video->Send(gst_event_new_flush_stop(TRUE));
  EXPECT_FALSE(stream().flushing());
  stream().set_full(false);
  video->Begin(kAvcCaps);
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_OK);
}

TEST_F(PadsTest, AFlushOfOnePadLosesNoFrameOfAnother) {
  Set("streaming-type", "offline");
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  audio->Begin(kAlawCaps);
  stream().set_full(true);
  GstFlowReturn flow = GST_FLOW_ERROR;
  std::thread pusher([&] { flow = audio->Push({0, 0}); });
  stream().AwaitWaiting(1);
  video->Send(gst_event_new_flush_start());
  stream().AwaitWaiting(0);
  video->Send(gst_event_new_flush_stop(FALSE));
  stream().AwaitWaiting(1);
  stream().set_full(false);
  pusher.join();
  EXPECT_EQ(flow, GST_FLOW_OK);
  EXPECT_THAT(stream().frames(), SizeIs(1));
}

TEST_F(PadsTest, StoppingEndsTheWaitForRoom) {
  Set("streaming-type", "offline");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  stream().set_full(true);
  GstFlowReturn flow = GST_FLOW_OK;
  std::thread pusher([&] { flow = video->Push({0, 0}); });
  stream().AwaitWaiting(1);
  EXPECT_EQ(SetState(GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  pusher.join();
  EXPECT_EQ(flow, GST_FLOW_FLUSHING);
}

TEST_F(PadsTest, ReleasingAPadEndsItsWaitForRoom) {
  Set("streaming-type", "offline");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  stream().set_full(true);
  std::thread pusher([&] { EXPECT_EQ(video->Push({0, 0}), GST_FLOW_FLUSHING); });
  stream().AwaitWaiting(1);
  video->Release();
  pusher.join();
  EXPECT_FALSE(stream().flushing());
}

TEST_F(PadsTest, AFlushThatResetsTimeMakesANewAnchorForAllPads) {
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  audio->Begin(kAlawCaps);
  video->Push({60'000 * kMsec, 60'000 * kMsec});
  const WallTime first = wall_now_;
  for (Feeder* const pad : {video.get(), audio.get()}) {
    pad->Send(gst_event_new_flush_start());
    pad->Send(gst_event_new_flush_stop(TRUE));
  }
  video->Begin(kAvcCaps);
  audio->Begin(kAlawCaps);
  wall_now_ = first + Duration::Seconds(5);
  video->Push({0, 0});
  wall_now_ = first + Duration::Seconds(6);
  audio->Push({10 * kMsec, 10 * kMsec});
  wall_now_ = first;
  EXPECT_EQ(PtsOf(0), 0);
  EXPECT_EQ(PtsOf(1), 5000);
  EXPECT_EQ(PtsOf(2), 5010);
}

}  // namespace
}  // namespace kvs::plugin
