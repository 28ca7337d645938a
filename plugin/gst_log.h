#ifndef KVS_PLUGIN_GST_LOG_H_
#define KVS_PLUGIN_GST_LOG_H_

#include <memory>

#include <gst/gst.h>

#include "kvs/log.h"

namespace kvs::plugin {

// The category "kvssink": what the element itself logs.
GstDebugCategory* SinkCategory();

// The sink of the library's records: each component ("kvs-stream", "kvs-net", "kvs-auth",
// "kvs-mkv") is a category of GST_DEBUG; any other goes to "kvssink". One per process. Nothing
// reaches stdout, and no logger of the host program is touched. Thread: any.
std::shared_ptr<LogSink> SharedGstLogSink();

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_GST_LOG_H_
