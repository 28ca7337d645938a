// EOS, failure, and what the element says about its stream.

#include <cstring>
#include <string>

#include <gmock/gmock.h>

#include "plugin/gstkvssink.h"
#include "tests/plugin/element_fixture.h"

namespace kvs::plugin {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EosTest : public ElementTest {
 protected:
  // Two pads that have put a frame each, in `state`.
  void Run(GstState state) {
    video_ = Pad("video_%u");
    audio_ = Pad("audio_%u");
    SetState(state);
    video_->Begin(kAvcCaps);
    audio_->Begin(kAlawCaps);
    video_->Push({0, 0});
    audio_->Push({0, 0});
  }
  static Drained Complete() {
    Drained drained;
    drained.complete = true;
    return drained;
  }

  std::unique_ptr<Feeder> video_;
  std::unique_ptr<Feeder> audio_;
};

TEST_F(EosTest, IsPostedOnceWhenAllPadsEndedAndTheUploadFinished) {
  Set("stop-stream-timeout", "30");
  Run(GST_STATE_PLAYING);
  video_->Eos();
  EXPECT_THAT(stream().ended(), ElementsAre(1U));
  EXPECT_THAT(stream().drains(), IsEmpty());
  const guint32 seqnum = audio_->Eos();
  EXPECT_THAT(stream().drains(), ElementsAre(Duration::Seconds(30)));
  EXPECT_THAT(Take(GST_MESSAGE_EOS), IsEmpty());
  stream().Emit(Complete());
  const std::vector<MessagePtr> eos = Take(GST_MESSAGE_EOS);
  ASSERT_THAT(eos, SizeIs(1));
  EXPECT_EQ(gst_message_get_seqnum(eos[0].get()), seqnum);
  stream().Emit(Complete());
  EXPECT_THAT(Take(GST_MESSAGE_EOS), IsEmpty());
  EXPECT_THAT(Take(GST_MESSAGE_ERROR), IsEmpty());
}

TEST_F(EosTest, IsHeldBackInPaused) {
  Run(GST_STATE_PAUSED);
  video_->Eos();
  audio_->Eos();
  stream().Emit(Complete());
  EXPECT_THAT(Take(GST_MESSAGE_EOS), IsEmpty());
  SetState(GST_STATE_PLAYING);
  EXPECT_THAT(Take(GST_MESSAGE_EOS), SizeIs(1));
}

TEST_F(EosTest, ComesAtOnceWhenNothingWasPut) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Eos();
  EXPECT_THAT(Take(GST_MESSAGE_EOS), SizeIs(1));
  EXPECT_THAT(stream().drains(), IsEmpty());
}

TEST_F(EosTest, DoesNotWaitForPadsThatNothingIsLinkedTo) {
  const PadPtr unlinked(gst_element_request_pad_simple(element_.get(), "video_%u"));
  Run(GST_STATE_PLAYING);
  video_->Eos();
  audio_->Unlink();
  EXPECT_THAT(stream().drains(), SizeIs(1));
}

TEST_F(EosTest, DoesNotWaitForReleasedPads) {
  Run(GST_STATE_PLAYING);
  video_->Eos();
  audio_->Release();
  EXPECT_THAT(stream().drains(), SizeIs(1));
}

TEST_F(EosTest, AnIncompleteDrainIsAnErrorThatSaysWhatIsLeft) {
  Set("stop-stream-timeout", "4");
  Set("stream-name", "door");
  Run(GST_STATE_PLAYING);
  video_->Eos();
  audio_->Eos();
  Drained drained;
  drained.frames_left = 2;
  drained.duration_left = Duration::Millis(40);
  drained.reason = Status(StatusCode::kConnectFailed, "127.0.0.1:1: connection refused");
  stream().Emit(drained);
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]),
              AllOf(HasSubstr("Stream \"door\""), HasSubstr("nothing of 2 frames was persisted"),
                    HasSubstr("within 4 s (stop-stream-timeout)"), HasSubstr("2 frames (0.0 s)"),
                    HasSubstr("connection refused")));
  EXPECT_THAT(Take(GST_MESSAGE_EOS), SizeIs(1));
  // What is left of the time is all that stopping takes, as EOS has used it up.
  mono_now_ = mono_now_ + Duration::Millis(3500);
  SetState(GST_STATE_NULL);
  EXPECT_THAT(stream().stops(), ElementsAre(Duration::Millis(500)));
}

TEST_F(EosTest, AFlushTakesItBack) {
  Run(GST_STATE_PLAYING);
  video_->Eos();
  audio_->Eos();
  for (Feeder* const pad : {video_.get(), audio_.get()}) {
    pad->Send(gst_event_new_flush_start());
    pad->Send(gst_event_new_flush_stop(TRUE));
  }
  stream().Emit(Complete());
  EXPECT_THAT(Take(GST_MESSAGE_EOS), IsEmpty());
  video_->Begin(kAvcCaps);
  EXPECT_EQ(video_->Push({40 * kMsec, 40 * kMsec}), GST_FLOW_OK);
  EXPECT_THAT(stream().frames(), SizeIs(3));
  video_->Eos();
  audio_->Eos();
  stream().Emit(Complete());
  EXPECT_THAT(Take(GST_MESSAGE_EOS), SizeIs(1));
}

TEST_F(EosTest, IsToldAgainAfterAPause) {
  Run(GST_STATE_PLAYING);
  video_->Eos();
  audio_->Eos();
  stream().Emit(Complete());
  EXPECT_THAT(Take(GST_MESSAGE_EOS), SizeIs(1));
  SetState(GST_STATE_PAUSED);
  SetState(GST_STATE_PLAYING);
  EXPECT_THAT(Take(GST_MESSAGE_EOS), SizeIs(1));
}

// Failure ----------------------------------------------------------------------------------------

class EventsTest : public ElementTest {
 protected:
  void Run() {
    Set("stream-name", "door");
    video_ = Pad("video_%u");
    SetState(GST_STATE_PLAYING);
    video_->Begin(kAvcCaps);
    video_->Push({0, 0});
    TakeElementMessages();
  }
  std::unique_ptr<Feeder> video_;
};

Status Refused() {
  return Status(StatusCode::kNotAuthorized,
                "describeStream is not allowed: kinesisvideo:DescribeStream is missing")
      .WithService(403, "AccessDeniedException", "req-1");
}

TEST_F(EventsTest, AFailedStreamIsOneErrorAndAnErrorForEveryBuffer) {
  guint64 signalled = 0;
  Run();
  g_signal_connect(element_.get(), "stream-error",
                   G_CALLBACK(+[](GstElement*, guint64 status, guint64* out) { *out = status; }),
                   &signalled);
  stream().Emit(StreamFailed{Refused()});
  stream().set_put_status(Refused());
  EXPECT_EQ(video_->Push({40 * kMsec, 40 * kMsec}), GST_FLOW_ERROR);
  EXPECT_EQ(video_->Push({80 * kMsec, 80 * kMsec}), GST_FLOW_ERROR);
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]),
              AllOf(HasSubstr("\"door\""), HasSubstr("kinesisvideo:DescribeStream is missing"),
                    HasSubstr("HTTP 403"), HasSubstr("Check that the credentials")));
  EXPECT_THAT(DebugOf(errors[0]), HasSubstr("req-1"));
  GError* error = nullptr;
  gst_message_parse_error(errors[0].get(), &error, nullptr);
  EXPECT_TRUE(g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED));
  g_error_free(error);
  EXPECT_EQ(signalled, 0x52000010U);
}

TEST_F(EventsTest, AFailureThatAPutSeesFirstIsToldOnceAsWell) {
  Run();
  stream().set_put_status(Status(StatusCode::kStreamNotFound, "describeStream: no such stream"));
  EXPECT_EQ(video_->Push({40 * kMsec, 40 * kMsec}), GST_FLOW_ERROR);
  stream().Emit(
      StreamFailed{Status(StatusCode::kStreamNotFound, "describeStream: no such stream")});
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("allow-create-stream"));
}

TEST_F(EventsTest, AnUnreachableServiceIsOneWarningAndNoError) {
  Set("endpoint", "http://127.0.0.1:9");
  Run();
  Disconnected down;
  down.reason = Status(StatusCode::kConnectFailed, "describeStream: connection refused");
  down.retry_in = Duration::Seconds(1);
  stream().Emit(down);
  stream().Emit(down);
  const std::vector<MessagePtr> warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(TextOf(warnings[0]),
              AllOf(HasSubstr("http://127.0.0.1:9"), HasSubstr("connection refused"),
                    HasSubstr("120 s of media")));
  EXPECT_THAT(TakeElementMessages(), ElementsAre("kvssink-disconnected"));
  EXPECT_EQ(video_->Push({40 * kMsec, 40 * kMsec}), GST_FLOW_OK);
  EXPECT_THAT(Take(GST_MESSAGE_ERROR), IsEmpty());
}

TEST_F(EventsTest, AShortOutageIsNoWarning) {
  Run();
  stream().Emit(Connecting{1});
  stream().Emit(Connected{1});
  Disconnected down;
  down.reason = Status(StatusCode::kConnectionLost, "connection reset");
  stream().Emit(down);
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), IsEmpty());
  EXPECT_THAT(TakeElementMessages(),
              ElementsAre("kvssink-connecting", "kvssink-connected", "kvssink-disconnected"));
}

TEST_F(EventsTest, CredentialsThatFailAreOneWarningPerEpisode) {
  Run();
  stream().Emit(Connected{1});
  const CredentialsFailing failing{"AWS IoT (role alias r, thing t)",
                                   Status(StatusCode::kCredentialsRefused, "Access Denied").WithService(403, "", ""),
                                   Duration::Seconds(10)};
  stream().Emit(failing);
  stream().Emit(failing);
  const std::vector<MessagePtr> warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(TextOf(warnings[0]),
              AllOf(HasSubstr("AWS IoT (role alias r, thing t)"), HasSubstr("Access Denied (HTTP 403)"),
                    HasSubstr("as long as the old ones are good"), HasSubstr("iot-certificate")));
  stream().Emit(CredentialsRenewed{"AWS IoT", {}});
  stream().Emit(failing);
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), SizeIs(1));
  EXPECT_THAT(TakeElementMessages(),
              ElementsAre("kvssink-connected", "kvssink-credentials", "kvssink-credentials", "kvssink-credentials",
                          "kvssink-credentials"));
}

TEST_F(EventsTest, WithoutCredentialsTheServiceIsNotCalledUnreachable) {
  Run();
  const Status down(StatusCode::kConnectFailed, "AWS IoT is not there");
  stream().Emit(CredentialsFailing{"AWS IoT", down, Duration::Seconds(1)});
  Disconnected disconnected;
  disconnected.reason = down;
  stream().Emit(disconnected);
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), SizeIs(1));
  // When that is over and it cannot be reached all the same, that is told.
  stream().Emit(CredentialsRenewed{"AWS IoT", {}});
  stream().Emit(disconnected);
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), SizeIs(1));
}

TEST_F(EventsTest, LostFramesAreAWarningAtTheBeginAndOneAtTheEnd) {
  Run();
  FramesLost lost;
  lost.reason = LossReason::kPressure;
  lost.frames = 25;
  lost.first_pts = MediaTime::FromSeconds(1'700'000'000);
  lost.last_pts = lost.first_pts + Duration::Seconds(2);
  stream().Emit(lost);
  for (int i = 0; i < 360; ++i) {  // an hour
    mono_now_ = mono_now_ + Duration::Seconds(10);
    lost.last_pts = lost.last_pts + Duration::Seconds(10);
    stream().Emit(lost);
    video_->Push({40 * kMsec, 40 * kMsec});
  }
  std::vector<MessagePtr> warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(TextOf(warnings[0]),
              AllOf(HasSubstr("25 frames were lost because the buffer was full"),
                    HasSubstr("2.0 s from 2023-11-14 22:13:20 UTC"), HasSubstr("storage-size")));
  EXPECT_THAT(TakeElementMessages(), SizeIs(361));  // one in ten seconds, as the library says
  mono_now_ = mono_now_ + Duration::Seconds(29);
  video_->Push({80 * kMsec, 80 * kMsec});
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), IsEmpty());
  mono_now_ = mono_now_ + Duration::Seconds(1);
  video_->Push({120 * kMsec, 120 * kMsec});
  warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(TextOf(warnings[0]), AllOf(HasSubstr("no more frames are lost"),
                                         HasSubstr("9025 in all, 3602.0 s from 2023-11-14")));
  EXPECT_THAT(TakeElementMessages(), ElementsAre("kvssink-loss-ended"));
  stream().Emit(lost);
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), SizeIs(1)) << "the next episode";
}

TEST_F(EventsTest, ALossThatWasToldWholeIsNotTwoWarnings) {
  Run();
  FramesLost lost;
  lost.reason = LossReason::kInvalid;
  lost.frames = 1;
  stream().Emit(lost);
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), SizeIs(1));
  SetState(GST_STATE_NULL);  // ends every episode
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), IsEmpty());
  EXPECT_THAT(TakeElementMessages(), ElementsAre("kvssink-frames-lost", "kvssink-loss-ended"));
}

TEST_F(EventsTest, StoppingTellsHowManyWereLost) {
  Run();
  FramesLost lost;
  lost.frames = 10;
  stream().Emit(lost);
  stream().Emit(lost);
  SetState(GST_STATE_READY);
  const std::vector<MessagePtr> warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(2));
  EXPECT_THAT(TextOf(warnings[1]), HasSubstr("20 in all"));
}

FragmentAcked Acked(AckType type, const char* number) { return {{type, 5, number, 0, ""}, 1}; }

Disconnected Down(StatusCode code) {
  Disconnected down;
  down.reason = Status(code, "no way through").WithService(503, "ServiceUnavailable", "req-7");
  return down;
}

// What the library says in an hour in which reasons take turns, and now and then the service accepts a
// connection and hangs up.
TEST_F(EventsTest, AnOutageOfAnHourIsAHandfulOfMessages) {
  Run();
  stream().Emit(Connecting{1});
  stream().Emit(Connected{1});
  stream().Emit(Acked(AckType::kPersisted, "1"));
  TakeElementMessages();
  for (int second = 0; second < 3600; second += 10) {
    stream().Emit(Down(second % 20 == 0 ? StatusCode::kConnectFailed : StatusCode::kNetworkTimeout));
    mono_now_ = mono_now_ + Duration::Seconds(10);
    if (second % 600 == 300) {
      stream().Emit(Connected{2});
    }
    video_->Push({40 * kMsec, 40 * kMsec});
  }
  EXPECT_THAT(TakeElementMessages(),
              ElementsAre("kvssink-disconnected", "kvssink-disconnected", "kvssink-connected",
                          "kvssink-disconnected"));
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), SizeIs(1));
  // The end of it: what was held back is told when something arrives.
  stream().Emit(Connected{9});
  EXPECT_THAT(TakeElementMessages(), IsEmpty());
  stream().Emit(Acked(AckType::kReceived, "2"));
  EXPECT_THAT(TakeElementMessages(), ElementsAre("kvssink-connected"));
  // The next outage is told again.
  stream().Emit(Down(StatusCode::kConnectFailed));
  EXPECT_THAT(TakeElementMessages(), ElementsAre("kvssink-disconnected"));
}

TEST_F(EventsTest, AnOutageThatLastsIsAWarningWithTheRoomThatIsLeft) {
  Run();
  StreamMetrics metrics;
  metrics.stored_duration = Duration::Seconds(12);
  metrics.stored_bytes = 12'000;
  stream().set_metrics(metrics);
  world_->producer_metrics.store_available = 60'000;
  stream().Emit(Connected{1});
  stream().Emit(Down(StatusCode::kConnectionLost));
  mono_now_ = mono_now_ + Duration::Millis(9999);
  video_->Push({40 * kMsec, 40 * kMsec});
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), IsEmpty());
  mono_now_ = mono_now_ + Duration::Millis(1);
  video_->Push({80 * kMsec, 80 * kMsec});
  video_->Push({120 * kMsec, 120 * kMsec});
  const std::vector<MessagePtr> warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(TextOf(warnings[0]),
              AllOf(HasSubstr("no connection to Kinesis Video Streams in us-west-2 for 10.0 s"),
                    HasSubstr("no way through"), HasSubstr("12.0 s of media are held"),
                    HasSubstr("room for about 60.0 s more")));
  EXPECT_THAT(DebugOf(warnings[0]), HasSubstr("req-7"));
}

TEST_F(EventsTest, AnOfflineStreamThatWaitsForRoomWarnsOfAnOutageAsWell) {
  Set("streaming-type", "offline");
  Run();
  EXPECT_EQ(stream().config().offline_wait, Duration::Seconds(2));
  stream().Emit(Connected{1});
  stream().Emit(Down(StatusCode::kConnectionLost));
  mono_now_ = mono_now_ + Duration::Seconds(10);
  stream().set_time_outs(3);
  EXPECT_EQ(video_->Push({40 * kMsec, 40 * kMsec}), GST_FLOW_OK);
  EXPECT_THAT(stream().frames(), SizeIs(2));
  const std::vector<MessagePtr> warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(TextOf(warnings[0]), HasSubstr("the source waits when there is no more room"));
  EXPECT_THAT(Take(GST_MESSAGE_ERROR), IsEmpty());
}

TEST_F(EventsTest, AConnectionGivenUpForSilenceSaysSo) {
  Run();
  const auto stale = [this] {
    const std::vector<MessagePtr> messages = Take(GST_MESSAGE_ELEMENT);
    gboolean value = FALSE;
    EXPECT_THAT(messages, SizeIs(1));
    EXPECT_TRUE(!messages.empty() &&
                gst_structure_get_boolean(gst_message_get_structure(messages.back().get()), "stale",
                                          &value) != FALSE);
    return value != FALSE;
  };
  stream().Emit(Down(StatusCode::kNetworkTimeout));
  EXPECT_FALSE(stale());
  StreamMetrics metrics;
  metrics.stale_connections = 1;
  stream().set_metrics(metrics);
  stream().Emit(Down(StatusCode::kNetworkTimeout));
  EXPECT_TRUE(stale());
}

TEST_F(EventsTest, ReasonsCarryWhatASupportCaseNeeds) {
  Run();
  stream().Emit(Down(StatusCode::kServiceFailure));
  const std::vector<MessagePtr> messages = Take(GST_MESSAGE_ELEMENT);
  ASSERT_THAT(messages, SizeIs(1));
  const GstStructure* const s = gst_message_get_structure(messages[0].get());
  EXPECT_STREQ(gst_structure_get_string(s, "service-error"), "ServiceUnavailable");
  EXPECT_STREQ(gst_structure_get_string(s, "request-id"), "req-7");
}

TEST_F(EventsTest, DrainedNamesTheLastFragmentAlsoWhenTheElementHasStopped) {
  Run();
  stream().Emit(Acked(AckType::kPersisted, "4711"));
  stream().Emit(Acked(AckType::kReceived, "4712"));
  const std::shared_ptr<FakeStream> last = world_->streams.back();
  SetState(GST_STATE_READY);
  TakeElementMessages();
  last->Emit(Drained{});
  const std::vector<MessagePtr> messages = Take(GST_MESSAGE_ELEMENT);
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_STREQ(gst_structure_get_string(gst_message_get_structure(messages[0].get()), "last-fragment"),
               "4711");
}

TEST_F(EventsTest, MessagesAboutAcksAreForThoseWhoAsk) {
  Set("ack-messages", "true");
  Run();
  stream().Emit(Acked(AckType::kPersisted, "1"));
  EXPECT_THAT(TakeElementMessages(), ElementsAre("kvssink-fragment-acked"));
}

TEST_F(EventsTest, TheSignalOfAnAckComesInAnyCase) {
  Run();
  int signalled = 0;
  g_signal_connect(element_.get(), "fragment-ack",
                   G_CALLBACK(+[](GstElement*, gpointer, int* count) { ++*count; }), &signalled);
  stream().Emit(Acked(AckType::kPersisted, "1"));
  EXPECT_THAT(TakeElementMessages(), IsEmpty());
  EXPECT_EQ(signalled, 1);
}

TEST_F(EventsTest, FramesBeforeTheFirstKeyFrameAreToldWithoutAWarning) {
  Run();
  FramesLost lost;
  lost.reason = LossReason::kNoKeyFrame;
  lost.frames = 3;
  stream().Emit(lost);
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), IsEmpty());
  EXPECT_THAT(TakeElementMessages(), ElementsAre("kvssink-frames-lost"));
}

struct AckSeen {
  int count = 0;
  GstKvsSinkFragmentAck ack{};
};

TEST_F(EventsTest, AcksAreSignalledInAmazonsLayout) {
  AckSeen seen;
  Run();
  g_signal_connect(element_.get(), "fragment-ack",
                   G_CALLBACK(+[](GstElement*, const GstKvsSinkFragmentAck* ack, AckSeen* out) {
                     ++out->count;
                     out->ack = *ack;
                   }),
                   &seen);
  stream().Emit(FragmentAcked{{AckType::kPersisted, 1'700'000'000'123, "91343852", 0, ""}, 1});
  EXPECT_EQ(seen.ack.ack_type, 3);
  EXPECT_EQ(seen.ack.timestamp, 1'700'000'000'123U);
  EXPECT_STREQ(seen.ack.sequence_number, "91343852");
  EXPECT_EQ(seen.ack.result, 200);
  stream().Emit(FragmentAcked{{AckType::kError, {}, std::string(200, '7'), 4006, "X"}, 1});
  EXPECT_EQ(seen.ack.ack_type, 4);
  EXPECT_EQ(seen.ack.result, 4006);
  EXPECT_EQ(std::strlen(seen.ack.sequence_number), 128U);
  EXPECT_EQ(seen.ack.timestamp, G_MAXUINT64);
  EXPECT_EQ(seen.count, 2);
}

TEST_F(EventsTest, NoMessageEverHoldsASecret) {
  Run();
  stream().Emit(StreamFailed{Refused()});
  while (GstMessage* const message = gst_bus_pop(bus_)) {
    const MessagePtr owned(message);
    const GstStructure* const s = gst_message_get_structure(message);
    const std::string text = s == nullptr ? "" : TakeString(gst_structure_to_string(s));
    EXPECT_THAT(text, ::testing::Not(HasSubstr("SECRETTEST")));
  }
}

class MetadataTest : public ElementTest {
 protected:
  static GstEvent* Add(const char* name, const char* value, gboolean persist) {
    return gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                                gst_structure_new("kvs-add-metadata", "name", G_TYPE_STRING, name, "value", G_TYPE_STRING,
                                                  value, "persist", G_TYPE_BOOLEAN, persist, nullptr));
  }
};

TEST_F(MetadataTest, AnEventAddsItToTheStream) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PAUSED);
  video->Begin(kAvcCaps);
  EXPECT_TRUE(video->Send(Add("door", "open", TRUE)));
  EXPECT_TRUE(video->Send(Add("guest", "", FALSE)));
  const auto metadata = stream().metadata();
  ASSERT_THAT(metadata, SizeIs(2));
  EXPECT_EQ(metadata[0].name + "=" + metadata[0].value, "door=open");
  EXPECT_TRUE(metadata[0].persistent);
  EXPECT_FALSE(metadata[1].persistent);
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), IsEmpty());
}

TEST_F(MetadataTest, AnEventThatLacksAFieldIsAWarning) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PAUSED);
  video->Begin(kAvcCaps);
  EXPECT_TRUE(video->Send(gst_event_new_custom(
      GST_EVENT_CUSTOM_DOWNSTREAM,
      gst_structure_new("kvs-add-metadata", "name", G_TYPE_STRING, "door", "value", G_TYPE_STRING, "open", nullptr))));
  EXPECT_THAT(stream().metadata(), IsEmpty());
  const auto warnings = Take(GST_MESSAGE_WARNING);
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(TextOf(warnings[0]), HasSubstr("persist (boolean)"));
}

class MediaEventTest : public ElementTest {
 protected:
  static GstEvent* Event(const char* text) {
    return gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                                gst_structure_from_string(text, nullptr));
  }
};

TEST_F(MediaEventTest, AnEventAsksForSomethingAboutTheNextFragment) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PAUSED);
  video->Begin(kAvcCaps);
  EXPECT_TRUE(video->Send(Event("kvs-add-event, type=image-generation, prefix=door")));
  EXPECT_TRUE(video->Send(Event(
      "kvs-add-event, type=notification, pairs=(structure)[pairs, who=cat, weight=5;]")));
  const std::vector<MediaEvent> events = stream().media_events();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].type, MediaEventType::kImageGeneration);
  EXPECT_EQ(events[0].image_prefix, "door");
  EXPECT_EQ(events[1].type, MediaEventType::kNotification);
  EXPECT_THAT(events[1].pairs,
              ElementsAre(std::pair<std::string, std::string>("who", "cat"),
                          std::pair<std::string, std::string>("weight", "5")));
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), IsEmpty());
}

TEST_F(MediaEventTest, WhatCannotBeAddedIsAWarningThatSaysWhy) {
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PAUSED);
  video->Begin(kAvcCaps);
  stream().set_event_status(
      Status(StatusCode::kInvalidState, "the next fragment has an event of this type already"));
  const struct {
    const char* text;
    const char* why;
  } cases[] = {
      {"kvs-add-event", "the field type"},
      {"kvs-add-event, type=nothing", "notification or image-generation"},
      {"kvs-add-event, type=notification, pairs=5", "pairs"},
      {"kvs-add-event, type=image-generation, prefix=5", "prefix"},
      {"kvs-add-event, type=notification", "Put the rest when the next fragment has begun"},
  };
  for (const auto& c : cases) {
    EXPECT_TRUE(video->Send(Event(c.text)));
    const auto warnings = Take(GST_MESSAGE_WARNING);
    ASSERT_THAT(warnings, SizeIs(1)) << c.text;
    EXPECT_THAT(TextOf(warnings[0]), AllOf(HasSubstr("the event was not added"), HasSubstr(c.why)));
  }
  EXPECT_THAT(stream().media_events(), IsEmpty());
}

TEST_F(MediaEventTest, PropertiesAddToEveryStreamThatIsOpened) {
  Set("metadata", "m,site=berlin,floor=5");
  const auto video = Pad("video_%u");
  SetState(GST_STATE_PAUSED);
  for (int round = 0; round < 2; ++round) {
    const auto metadata = stream().metadata();
    ASSERT_THAT(metadata, SizeIs(2));
    EXPECT_EQ(metadata[0].name + "=" + metadata[0].value, "site=berlin");
    EXPECT_EQ(metadata[1].name + "=" + metadata[1].value, "floor=5");
    EXPECT_TRUE(metadata[0].persistent);
    SetState(GST_STATE_READY);
    SetState(GST_STATE_PAUSED);
  }
}

TEST_F(MediaEventTest, WrongPropertiesFailTheFirstStateChangeByName) {
  const auto video = Pad("video_%u");
  Set("metadata", "m,AWSNAME=x");
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_FAILURE);
  const auto errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), AllOf(HasSubstr("the property metadata"), HasSubstr("AWSNAME")));
}

TEST_F(MediaEventTest, EveryNthFragmentIsAskedForBeforeItsKeyFrame) {
  Set("image-generation", "2");
  Set("image-prefix", "door");
  Set("notification", "3");
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  SetState(GST_STATE_PAUSED);
  video->Begin(kAvcCaps);
  audio->Begin(kAlawCaps);
  std::string asked;
  for (GstClockTime second = 0; second < 4; ++second) {
    audio->Push({second * GST_SECOND, second * GST_SECOND});
    EXPECT_EQ(stream().media_events().size(), asked.size()) << "sound begins no fragment";
    video->Push({second * GST_SECOND, second * GST_SECOND});
    const std::vector<MediaEvent> events = stream().media_events();
    for (std::size_t i = asked.size(); i < events.size(); ++i) {
      asked += events[i].type == MediaEventType::kImageGeneration ? 'i' : 'n';
      EXPECT_EQ(events[i].image_prefix, asked.back() == 'i' ? "door" : "");
    }
    video->Push({(second * GST_SECOND) + (500 * kMsec), GST_CLOCK_TIME_NONE},
                GST_BUFFER_FLAG_DELTA_UNIT);
  }
  EXPECT_EQ(asked, "inin");  // of the fragments 1 (both), 3 (an image), 4 (a notification)
}

}  // namespace
}  // namespace kvs::plugin
