#ifndef KVS_GSTREAMER_GSTKVSSINK_H_
#define KVS_GSTREAMER_GSTKVSSINK_H_

#include <iostream>

#include <gst/gst.h>

#include "KinesisVideoProducer.h"

// Programs rely on it.
using namespace com::amazonaws::kinesis::video;

G_BEGIN_DECLS

#define KVS_GST_VERSION "1.0"
#define KVSSINK_USER_AGENT_POSTFIX_VERSION "UNKNOWN"

// The type is in libgstkvssink.so, which GStreamer loads; programs ask for it by the name of the element.
#define GST_TYPE_KVS_SINK (gst_kvs_sink_get_type())
#define GST_KVS_SINK(obj) (G_TYPE_CHECK_INSTANCE_CAST((obj), GST_TYPE_KVS_SINK, GstKvsSink))
#define GST_KVS_SINK_CLASS(klass) (G_TYPE_CHECK_CLASS_CAST((klass), GST_TYPE_KVS_SINK, GstKvsSinkClass))
#define GST_IS_KVS_SINK(obj) (G_TYPE_CHECK_INSTANCE_TYPE((obj), GST_TYPE_KVS_SINK))
#define GST_IS_KVS_SINK_CLASS(klass) (G_TYPE_CHECK_CLASS_TYPE((klass), GST_TYPE_KVS_SINK))
#define GST_KVS_SINK_CAST(obj) ((GstKvsSink*) (obj))

// Their insides are the element's own.
typedef struct _GstKvsSink GstKvsSink;
typedef struct _GstKvsSinkClass GstKvsSinkClass;
typedef struct _KvsSinkCustomData KvsSinkCustomData;
typedef struct _GstKvsSinkTrackData GstKvsSinkTrackData;

typedef enum _MediaType { AUDIO_VIDEO, VIDEO_ONLY, AUDIO_ONLY } MediaType;

GType gst_kvs_sink_get_type(void);

G_END_DECLS

// What the signal stream-client-metric carries a pointer to; valid only while the handler runs.
typedef struct _KvsSinkMetric {
  KinesisVideoStreamMetrics stream_metrics;
  KinesisVideoProducerMetrics client_metrics;
  uint64_t frame_pts;   // of the frame that was put, in units of 100 ns
  bool on_first_frame;  // whether it is the first of the stream
} KvsSinkMetric;

#endif  // KVS_GSTREAMER_GSTKVSSINK_H_
