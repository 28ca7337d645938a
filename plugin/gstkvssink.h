#ifndef KVS_PLUGIN_GSTKVSSINK_H_
#define KVS_PLUGIN_GSTKVSSINK_H_

#include <gst/gst.h>

// The C face of the element: its type, and what its signals carry. Plain C, usable from any
// language that can read a struct.

G_BEGIN_DECLS

#define GST_TYPE_KVS_SINK (gst_kvs_sink_get_type())
#define GST_KVS_SINK(obj) (G_TYPE_CHECK_INSTANCE_CAST((obj), GST_TYPE_KVS_SINK, GstKvsSink))
#define GST_IS_KVS_SINK(obj) (G_TYPE_CHECK_INSTANCE_TYPE((obj), GST_TYPE_KVS_SINK))

typedef struct _GstKvsSink GstKvsSink;
typedef struct _GstKvsSinkClass GstKvsSinkClass;

// Characters of a fragment number, without the final NUL.
#define GST_KVS_SINK_FRAGMENT_NUMBER_LENGTH 128

// What `fragment-ack` carries; layout and numbers are those of FragmentAck in Amazon's SDK. Valid
// only while the handler runs.
typedef struct {
  guint32 version;    // 0
  gint ack_type;      // 0 undefined, 1 buffering, 2 received, 3 persisted, 4 error, 5 idle
  guint64 timestamp;  // of the fragment, in units of timecode-scale; G_MAXUINT64: none
  gchar sequence_number[GST_KVS_SINK_FRAGMENT_NUMBER_LENGTH + 1];
  gint result;  // 200, or the service's error id 4000 .. 5001
} GstKvsSinkFragmentAck;

// Of one stream; members and units are those of StreamMetrics (version 3) in Amazon's SDK. Times are
// in units of 100 ns, sizes in bytes, rates per second. "Current" is what no connection has sent
// yet, "overall" all that is held.
typedef struct {
  guint32 version;  // 3
  guint64 current_view_duration;
  guint64 overall_view_duration;
  guint64 current_view_size;
  guint64 overall_view_size;
  gdouble current_frame_rate;
  guint64 current_transfer_rate;
  guint64 uptime;
  guint64 transferred_bytes;
  guint64 total_sessions;
  guint64 total_active_sessions;
  guint64 avg_session_duration;
  guint64 buffered_acks;
  guint64 received_acks;
  guint64 persisted_acks;
  guint64 error_acks;
  guint64 dropped_frames;    // accepted, and lost later
  guint64 dropped_fragments;
  guint64 skipped_frames;    // came before a key frame
  guint64 storage_pressures;
  guint64 latency_pressures;
  guint64 buffer_pressures;
  guint64 stale_events;
  guint64 put_frame_errors;
  guint64 cpl_api_call_latency;   // of the control plane, of late
  guint64 data_api_call_latency;  // of connecting for media, of late
  gdouble elementary_frame_rate;
  guint32 stream_api_call_retry_count;
} GstKvsSinkStreamMetrics;

// Of all streams of the element's client; as ClientMetrics (version 2) in Amazon's SDK.
typedef struct {
  guint32 version;  // 2
  gdouble client_avg_api_call_retry_count;
  guint64 content_store_size;
  guint64 content_store_available_size;
  guint64 content_store_allocated_size;
  guint64 total_content_views_size;
  guint64 total_frame_rate;
  guint64 total_transfer_rate;
  gdouble total_elementary_frame_rate;
} GstKvsSinkClientMetrics;

// What `stream-client-metric` carries; laid out as KvsSinkMetric of Amazon's element, whose first
// two members are objects that hold nothing but these structures. docs/kvssink.md says what of
// that can be relied on. Valid only while the handler runs.
typedef struct {
  GstKvsSinkStreamMetrics stream_metrics;
  GstKvsSinkClientMetrics client_metrics;
  guint64 frame_pts;       // of the frame that was put, since 1970, in units of 100 ns
  guint8 on_first_frame;   // 1: it is the first of the stream; 0
} GstKvsSinkMetric;

GType gst_kvs_sink_get_type(void);

G_END_DECLS

#endif  // KVS_PLUGIN_GSTKVSSINK_H_
