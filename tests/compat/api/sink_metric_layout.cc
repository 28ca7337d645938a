// KvsSinkMetric, as a program reads it, lies as GstKvsSinkMetric, which the element fills.
#include <cstddef>

#include "gstreamer/gstkvssink.h"
#include "plugin/gstkvssink.h"

#define EXPECT_SAME(member) static_assert(offsetof(KvsSinkMetric, member) == offsetof(GstKvsSinkMetric, member), #member)

EXPECT_SAME(stream_metrics);
EXPECT_SAME(client_metrics);
EXPECT_SAME(frame_pts);
EXPECT_SAME(on_first_frame);
static_assert(sizeof(KvsSinkMetric) == sizeof(GstKvsSinkMetric));
static_assert(sizeof(KinesisVideoStreamMetrics) == sizeof(::StreamMetrics));
static_assert(sizeof(KinesisVideoProducerMetrics) == sizeof(::ClientMetrics));
static_assert(sizeof(::StreamMetrics) == sizeof(GstKvsSinkStreamMetrics));
static_assert(sizeof(::ClientMetrics) == sizeof(GstKvsSinkClientMetrics));
static_assert(sizeof(::FragmentAck) == sizeof(GstKvsSinkFragmentAck));
