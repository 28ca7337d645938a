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
// reaches stdout, and no logger of the host program is touched. It is silent while no GstLogUser exists. Thread: any.
std::shared_ptr<LogSink> SharedGstLogSink();

// Hands each record to both, as their own levels say. Thread: any.
std::shared_ptr<LogSink> MakeTee(std::shared_ptr<LogSink> first, std::shared_ptr<LogSink> second);

// One in each element. The library's threads close streams after the last element is gone, and a program may then have
// called gst_deinit(), which frees the categories: without a user no record reaches GStreamer. The destructor waits for
// a record that is just being written. Thread: any.
class GstLogUser {
 public:
  GstLogUser();
  ~GstLogUser();
  GstLogUser(const GstLogUser&) = delete;
  GstLogUser& operator=(const GstLogUser&) = delete;
};

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_GST_LOG_H_
