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

GType gst_kvs_sink_get_type(void);

G_END_DECLS

#endif  // KVS_PLUGIN_GSTKVSSINK_H_
