#ifndef KVS_SAMPLES_COMMON_GST_PTR_H_
#define KVS_SAMPLES_COMMON_GST_PTR_H_

#include <memory>

#include <gst/gst.h>

namespace samples {

// What GStreamer and GLib hand out, given back at the end of its scope.
struct Release {
  void operator()(GstElement* element) const { gst_object_unref(element); }
  void operator()(GstBus* bus) const { gst_object_unref(bus); }
  void operator()(GstPad* pad) const { gst_object_unref(pad); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstMessage* message) const { gst_message_unref(message); }
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GMainLoop* loop) const { g_main_loop_unref(loop); }
  void operator()(gchar* text) const { g_free(text); }
};

using ElementPtr = std::unique_ptr<GstElement, Release>;
using BusPtr = std::unique_ptr<GstBus, Release>;
using PadPtr = std::unique_ptr<GstPad, Release>;
using CapsPtr = std::unique_ptr<GstCaps, Release>;
using MessagePtr = std::unique_ptr<GstMessage, Release>;
using StructurePtr = std::unique_ptr<GstStructure, Release>;
using ErrorPtr = std::unique_ptr<GError, Release>;
using MainLoopPtr = std::unique_ptr<GMainLoop, Release>;
using TextPtr = std::unique_ptr<gchar, Release>;

}  // namespace samples

#endif  // KVS_SAMPLES_COMMON_GST_PTR_H_
