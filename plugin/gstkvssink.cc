/**
 * SECTION:element-kvssink
 * @title: kvssink
 * @short_description: sends encoded audio and video to Amazon Kinesis Video Streams
 *
 * kvssink stores H.264 or H.265 video and AAC or G.711 audio in a Kinesis Video stream. It has
 * request pads only, `video_%u` and `audio_%u`; what a pad carries is decided by its caps. State
 * changes never wait for the network: frames are held in memory until the service has acknowledged
 * them, an outage is reported by element messages, and what cannot be delivered is an ERROR or
 * WARNING on the bus. At EOS the element waits, not longer than #GstKvsSink:stop-stream-timeout,
 * until everything is acknowledged, and only then posts EOS.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency key-int-max=50 ! \
 *   h264parse ! kvssink stream-name=door aws-region=eu-west-1
 * ]| Sends a test picture, with credentials from the environment.
 * |[
 * gst-launch-1.0 rtspsrc location=rtsp://camera/stream ! rtph264depay ! h264parse ! \
 *   kvssink stream-name=camera storage-size=64 buffer-duration=300
 * ]| Sends a camera's stream as it is, and holds up to five minutes of it during an outage.
 * |[
 * gst-launch-1.0 filesrc location=clip.mp4 ! qtdemux name=d d.video_0 ! queue ! h264parse ! \
 *   kvssink name=sink stream-name=archive streaming-type=offline file-start-time=1700000000 \
 *   d.audio_0 ! queue ! aacparse ! sink.
 * ]| Uploads a recording with audio under its own time.
 */

#include "plugin/gstkvssink.h"

#include <memory>

#include "kvs/version.h"
#include "plugin/caps.h"
#include "plugin/properties.h"
#include "plugin/sink.h"

struct _GstKvsSink {
  GstElement element;
  // Made in init, deleted in finalize.
  kvs::plugin::Sink* sink;
};

struct _GstKvsSinkClass {
  GstElementClass parent_class;
};

G_DEFINE_TYPE(GstKvsSink, gst_kvs_sink, GST_TYPE_ELEMENT)

namespace {

GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE(
    "video_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS(kvs::plugin::kVideoTemplateCaps));
GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE(
    "audio_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS(kvs::plugin::kAudioTemplateCaps));

void SetProperty(GObject* object, guint id, const GValue* value, GParamSpec* /*spec*/) {
  GST_KVS_SINK(object)->sink->SetProperty(id, value);
}

void GetProperty(GObject* object, guint id, GValue* value, GParamSpec* /*spec*/) {
  GST_KVS_SINK(object)->sink->GetProperty(id, value);
}

void Finalize(GObject* object) {
  const std::unique_ptr<kvs::plugin::Sink> sink(GST_KVS_SINK(object)->sink);
  GST_KVS_SINK(object)->sink = nullptr;
  G_OBJECT_CLASS(gst_kvs_sink_parent_class)->finalize(object);
}

GstPad* RequestNewPad(GstElement* element, GstPadTemplate* templ, const gchar* name,
                      const GstCaps* /*caps*/) {
  return GST_KVS_SINK(element)->sink->RequestPad(templ, name);
}

void ReleasePad(GstElement* element, GstPad* pad) {
  GST_KVS_SINK(element)->sink->ReleasePad(pad);
}

gboolean Query(GstElement* element, GstQuery* query) {
  if (GST_KVS_SINK(element)->sink->AnswerQuery(query)) {
    return TRUE;
  }
  return GST_ELEMENT_CLASS(gst_kvs_sink_parent_class)->query(element, query);
}

gboolean Trigger(GstElement* element) {
  return GST_KVS_SINK(element)->sink->Switch(true) ? TRUE : FALSE;
}

gboolean Untrigger(GstElement* element) {
  return GST_KVS_SINK(element)->sink->Switch(false) ? TRUE : FALSE;
}

GstStateChangeReturn ChangeState(GstElement* element, GstStateChange transition) {
  kvs::plugin::Sink* const sink = GST_KVS_SINK(element)->sink;
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !sink->Prepare()) {
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !sink->Start()) {
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED) {
    sink->SetPlaying(false);
  }
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_kvs_sink_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE)) {
    sink->Stop();
  }
  if (result == GST_STATE_CHANGE_FAILURE) {
    return result;
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) {
    sink->SetPlaying(true);
  }
  if (transition == GST_STATE_CHANGE_READY_TO_NULL) {
    sink->Release();
  }
  return result;
}

void InstallSignals(GType type) {
  constexpr auto kAction = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  /**
   * GstKvsSink::trigger:
   * @sink: the element
   *
   * Starts the upload of an element with #GstKvsSink:pre-roll, with the media that was kept. May be
   * emitted in any state and from any thread; before PAUSED it is remembered.
   *
   * Returns: whether it changed something
   */
  g_signal_new_class_handler("trigger", type, kAction, G_CALLBACK(Trigger), nullptr, nullptr,
                             nullptr, G_TYPE_BOOLEAN, 0);
  /**
   * GstKvsSink::untrigger:
   * @sink: the element
   *
   * Ends the upload that #GstKvsSink::trigger started: what has been put is uploaded, and what
   * comes from now on is kept.
   *
   * Returns: whether it changed something
   */
  g_signal_new_class_handler("untrigger", type, kAction, G_CALLBACK(Untrigger), nullptr, nullptr,
                             nullptr, G_TYPE_BOOLEAN, 0);
  /**
   * GstKvsSink::stream-error:
   * @sink: the element
   * @status: the status code of Amazon's SDK for what happened
   *
   * The stream has failed; an ERROR message with the whole story was posted before. Emitted from
   * the library's callback thread or a streaming thread.
   */
  g_signal_new("stream-error", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr, G_TYPE_NONE,
               1, G_TYPE_UINT64);
  /**
   * GstKvsSink::fragment-ack:
   * @sink: the element
   * @ack: a #GstKvsSinkFragmentAck, valid while the handler runs
   *
   * The service acknowledged a fragment. Emitted from the library's callback thread. Languages that
   * cannot read a C structure use the element message `kvssink-fragment-acked`.
   */
  g_signal_new("fragment-ack", type, static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
               0, nullptr, nullptr, nullptr, G_TYPE_NONE, 1, G_TYPE_POINTER);
  /**
   * GstKvsSink::stream-client-metric:
   * @sink: the element
   * @metric: a #GstKvsSinkMetric, valid while the handler runs
   *
   * A key frame, or the first frame, was stored, and #GstKvsSink:get-kvs-metrics is set. Emitted
   * from a streaming thread. Languages that cannot read a C structure use #GstKvsSink:stats.
   */
  g_signal_new("stream-client-metric", type,
               static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION), 0, nullptr, nullptr,
               nullptr, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

}  // namespace

static void gst_kvs_sink_class_init(GstKvsSinkClass* klass) {
  GObjectClass* const object_class = G_OBJECT_CLASS(klass);
  GstElementClass* const element_class = GST_ELEMENT_CLASS(klass);
  object_class->set_property = SetProperty;
  object_class->get_property = GetProperty;
  object_class->finalize = Finalize;
  kvs::plugin::InstallProperties(object_class);
  InstallSignals(G_TYPE_FROM_CLASS(klass));
  element_class->request_new_pad = RequestNewPad;
  element_class->release_pad = ReleasePad;
  element_class->change_state = ChangeState;
  element_class->query = Query;
  gst_element_class_add_static_pad_template(element_class, &video_template);
  gst_element_class_add_static_pad_template(element_class, &audio_template);
  // Not "Sink/Video": autovideosink would take it for a display.
  gst_element_class_set_static_metadata(
      element_class, "KVS Sink", "Sink/Network",
      "Sends encoded audio and video to Amazon Kinesis Video Streams", "The kvsproducer authors");
}

static void gst_kvs_sink_init(GstKvsSink* self) {
  self->sink = std::make_unique<kvs::plugin::Sink>(GST_ELEMENT(self)).release();
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
}

namespace kvs::plugin {

Sink* SinkOf(GstElement* element) {
  return GST_KVS_SINK(element)->sink;
}

}  // namespace kvs::plugin
