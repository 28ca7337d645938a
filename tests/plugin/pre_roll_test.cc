// The switch of an element with a pre-roll: its signals, and what the stream is told of them.

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "tests/plugin/element_fixture.h"

namespace kvs::plugin {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PreRollTest : public ElementTest {
 protected:
  PreRollTest() {
    Set("pre-roll", "10");
    video_ = Pad("video_%u");
  }
  bool Emit(const char* signal) {
    gboolean changed = FALSE;
    g_signal_emit_by_name(element_.get(), signal, &changed);
    return changed != FALSE;
  }

  std::unique_ptr<Feeder> video_;
};

TEST_F(PreRollTest, TheStreamIsOpenedWithIt) {
  SetState(GST_STATE_PAUSED);
  EXPECT_EQ(stream().config().pre_roll, Duration::Seconds(10));
  EXPECT_THAT(stream().triggers(), IsEmpty());
}

TEST_F(PreRollTest, TheSignalsTellTheStreamAndWhetherItChanged) {
  SetState(GST_STATE_PLAYING);
  EXPECT_FALSE(Emit("untrigger"));
  EXPECT_TRUE(Emit("trigger"));
  EXPECT_FALSE(Emit("trigger"));
  EXPECT_TRUE(Emit("untrigger"));
  EXPECT_THAT(stream().triggers(), ElementsAre(false, true, true, false));
}

TEST_F(PreRollTest, IsRememberedBeforeThereIsAStream) {
  EXPECT_TRUE(Emit("trigger"));
  EXPECT_FALSE(Emit("trigger"));
  SetState(GST_STATE_READY);
  EXPECT_TRUE(Emit("untrigger"));
  EXPECT_TRUE(Emit("trigger"));
  SetState(GST_STATE_PAUSED);
  EXPECT_THAT(stream().triggers(), ElementsAre(true));
  EXPECT_FALSE(Emit("trigger"));
}

TEST_F(PreRollTest, StaysAsItIsOverARestart) {
  SetState(GST_STATE_PLAYING);
  EXPECT_TRUE(Emit("trigger"));
  SetState(GST_STATE_READY);
  SetState(GST_STATE_PLAYING);
  EXPECT_THAT(world_->streams, SizeIs(2));
  EXPECT_THAT(stream().triggers(), ElementsAre(true));
  SetState(GST_STATE_READY);
  EXPECT_TRUE(Emit("untrigger"));
  SetState(GST_STATE_PLAYING);
  EXPECT_THAT(stream().triggers(), IsEmpty());
}

TEST_F(PreRollTest, WithoutItTheSignalsDoNothing) {
  Set("pre-roll", "0");
  EXPECT_FALSE(Emit("trigger"));
  SetState(GST_STATE_PLAYING);
  EXPECT_FALSE(Emit("trigger"));
  EXPECT_FALSE(Emit("untrigger"));
  EXPECT_THAT(stream().triggers(), IsEmpty());
  Set("pre-roll", "10");  // for the next start
  EXPECT_FALSE(Emit("trigger"));
  EXPECT_THAT(stream().triggers(), IsEmpty());
}

TEST_F(PreRollTest, EosWaitsForNothingElseThanTheStreamDoes) {
  world_->streams_drain_by_themselves = true;
  SetState(GST_STATE_PLAYING);
  video_->Begin(kAvcCaps);
  video_->Push({0, 0});
  video_->Eos();
  stream().JoinCallbacks();
  EXPECT_THAT(Take(GST_MESSAGE_EOS), SizeIs(1));
  EXPECT_THAT(Take(GST_MESSAGE_WARNING), IsEmpty());
}

TEST_F(PreRollTest, MessagesSayWhatTheSwitchDoes) {
  SetState(GST_STATE_PLAYING);
  stream().Emit(TriggerChanged{true, 250, Duration::Seconds(11)});
  const std::vector<MessagePtr> told = Take(GST_MESSAGE_ELEMENT);
  ASSERT_THAT(told, SizeIs(1));
  const GstStructure* const s = gst_message_get_structure(told[0].get());
  EXPECT_STREQ(gst_structure_get_name(s), "kvssink-trigger");
  gboolean on = FALSE;
  guint64 frames = 0;
  gint64 duration = 0;
  EXPECT_TRUE(gst_structure_get(s, "on", G_TYPE_BOOLEAN, &on, "kept-frames", G_TYPE_UINT64, &frames, "kept-duration",
                                G_TYPE_INT64, &duration, nullptr));
  EXPECT_TRUE(on);
  EXPECT_EQ(frames, 250u);
  EXPECT_EQ(duration, 11 * GST_SECOND);
  stream().Emit(TriggerFinished{7});
  EXPECT_THAT(TakeElementMessages(), ElementsAre("kvssink-trigger-finished"));
}

TEST_F(PreRollTest, OfflineRefusesIt) {
  Set("streaming-type", "offline");
  EXPECT_EQ(SetState(GST_STATE_READY), GST_STATE_CHANGE_FAILURE);
  const std::vector<MessagePtr> errors = Take(GST_MESSAGE_ERROR);
  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(TextOf(errors[0]), HasSubstr("pre-roll=10"));
}

TEST_F(PreRollTest, ManyThreadsMayRingWhileTheStateChanges) {
  std::vector<std::thread> ringers;
  for (int i = 0; i < 4; ++i) {
    ringers.emplace_back([this, i] {
      for (int n = 0; n < 200; ++n) {
        Emit((n + i) % 2 == 0 ? "trigger" : "untrigger");
      }
    });
  }
  for (int n = 0; n < 20; ++n) {
    SetState(GST_STATE_PLAYING);
    SetState(GST_STATE_READY);
  }
  for (std::thread& ringer : ringers) {
    ringer.join();
  }
  Emit("trigger");
  SetState(GST_STATE_PLAYING);
  EXPECT_THAT(stream().triggers(), Contains(true));
}

}  // namespace
}  // namespace kvs::plugin
