// The signal stream-client-metric.

#include <memory>
#include <vector>

#include <gmock/gmock.h>

#include "plugin/gstkvssink.h"
#include "tests/plugin/element_fixture.h"

namespace kvs::plugin {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr unsigned kDelta = GST_BUFFER_FLAG_DELTA_UNIT;

class ClientMetricSignalTest : public ElementTest {
 protected:
  void Start(GstState state = GST_STATE_PLAYING) {
    g_signal_connect(element_.get(), "stream-client-metric",
                     G_CALLBACK(+[](GstElement*, const GstKvsSinkMetric* metric,
                                    std::vector<GstKvsSinkMetric>* out) {
                       out->push_back(*metric);
                     }),
                     &seen_);
    SetState(state);
  }
  std::vector<GstKvsSinkMetric> seen_;
};

TEST_F(ClientMetricSignalTest, ComesWithTheFirstFrameAndEveryKeyFrame) {
  Set("get-kvs-metrics", "true");
  world_->producer_metrics.store_size = 4711;
  const auto video = Pad("video_%u");
  const auto audio = Pad("audio_%u");
  Start();
  audio->Begin(kAlawCaps);
  video->Begin(kAvcCaps);
  EXPECT_EQ(audio->Push({0, 0}), GST_FLOW_OK);
  ASSERT_THAT(seen_, SizeIs(1));
  EXPECT_EQ(seen_[0].on_first_frame, 1);
  EXPECT_EQ(seen_[0].frame_pts, static_cast<guint64>(wall_now_.nanos() / 100));
  EXPECT_EQ(seen_[0].client_metrics.content_store_size, 4711U);
  audio->Push({20 * kMsec, 20 * kMsec});
  EXPECT_THAT(seen_, SizeIs(1)) << "sound beside pictures";
  video->Push({40 * kMsec, 40 * kMsec});
  video->Push({80 * kMsec, 80 * kMsec}, kDelta);
  ASSERT_THAT(seen_, SizeIs(2));
  EXPECT_EQ(seen_[1].on_first_frame, 0);
  EXPECT_EQ(seen_[1].frame_pts, static_cast<guint64>((wall_now_ + Duration::Millis(40)).nanos() / 100));
  SetState(GST_STATE_READY);
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  video->Push({0, 0});
  ASSERT_THAT(seen_, SizeIs(3));
  EXPECT_EQ(seen_[2].on_first_frame, 1) << "of the next stream";
}

TEST_F(ClientMetricSignalTest, SoundAloneHasOneForEachFrame) {
  Set("get-kvs-metrics", "true");
  const auto audio = Pad("audio_%u");
  Start();
  audio->Begin(kAlawCaps);
  audio->Push({0, 0});
  audio->Push({20 * kMsec, 20 * kMsec});
  EXPECT_THAT(seen_, SizeIs(2));
}

TEST_F(ClientMetricSignalTest, IsOnlyForFramesThatWereStoredAndThoseWhoAsk) {
  const auto video = Pad("video_%u");
  Start();
  video->Begin(kAvcCaps);
  video->Push({0, 0});
  EXPECT_THAT(seen_, IsEmpty());
  SetState(GST_STATE_READY);
  Set("get-kvs-metrics", "true");
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  stream().set_put_status(Status(StatusCode::kInvalidNal, "no NAL unit"));
  video->Push({0, 0});
  EXPECT_THAT(seen_, IsEmpty());
}

// Emitted without a lock: a handler may ask for whatever it likes.
TEST_F(ClientMetricSignalTest, AHandlerMayUseTheElement) {
  Set("get-kvs-metrics", "true");
  const auto video = Pad("video_%u");
  int seen = 0;
  g_signal_connect(element_.get(), "stream-client-metric",
                   G_CALLBACK(+[](GstElement* element, gpointer, int* out) {
                     GstStructure* stats = nullptr;
                     g_object_get(element, "stats", &stats, nullptr);
                     const StructurePtr owned(stats);
                     *out += stats != nullptr ? 1 : 0;
                   }),
                   &seen);
  SetState(GST_STATE_PLAYING);
  video->Begin(kAvcCaps);
  EXPECT_EQ(video->Push({0, 0}), GST_FLOW_OK);
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace kvs::plugin
