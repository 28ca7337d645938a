#include <gst/gst.h>

#include "kvs/version.h"
#include "plugin/gst_log.h"
#include "plugin/gstkvssink.h"

#ifndef PACKAGE
#define PACKAGE "kvsproducer"
#endif

static gboolean plugin_init(GstPlugin* plugin) {
  kvs::plugin::SinkCategory();
  // The categories of the library, so that GST_DEBUG_CATEGORY lists show them.
  kvs::plugin::SharedGstLogSink();
  // Rank NONE: nothing may choose this element by itself.
  return gst_element_register(plugin, "kvssink", GST_RANK_NONE, GST_TYPE_KVS_SINK);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, kvssink,
                  "Sends encoded audio and video to Amazon Kinesis Video Streams", plugin_init,
                  KVS_VERSION_STRING, "MIT/X11", "kvsproducer", KVS_PLUGIN_ORIGIN)
