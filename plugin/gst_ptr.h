#ifndef KVS_PLUGIN_GST_PTR_H_
#define KVS_PLUGIN_GST_PTR_H_

#include <memory>
#include <string>
#include <string_view>

#include <gst/gst.h>

// Owners for GStreamer's objects, so that nothing in plugin/ calls an unref by hand.
namespace kvs::plugin {

struct GstDeleter {
  void operator()(GstBuffer* p) const { gst_buffer_unref(p); }
  void operator()(GstCaps* p) const { gst_caps_unref(p); }
  void operator()(GstEvent* p) const { gst_event_unref(p); }
  void operator()(GstQuery* p) const { gst_query_unref(p); }
  void operator()(GstStructure* p) const { gst_structure_free(p); }
  void operator()(GstObject* p) const { gst_object_unref(p); }
  void operator()(GstElement* p) const { gst_object_unref(p); }
  void operator()(GstPad* p) const { gst_object_unref(p); }
};

using BufferPtr = std::unique_ptr<GstBuffer, GstDeleter>;
using CapsPtr = std::unique_ptr<GstCaps, GstDeleter>;
using EventPtr = std::unique_ptr<GstEvent, GstDeleter>;
using QueryPtr = std::unique_ptr<GstQuery, GstDeleter>;
using StructurePtr = std::unique_ptr<GstStructure, GstDeleter>;
using ElementPtr = std::unique_ptr<GstElement, GstDeleter>;
using PadPtr = std::unique_ptr<GstPad, GstDeleter>;

// Takes over what GLib allocated.
inline std::string TakeString(gchar* text) {
  std::string result = text == nullptr ? std::string() : std::string(text);
  g_free(text);
  return result;
}

// A buffer mapped for reading; unmapped on destruction. The buffer must outlive it.
class ReadMap {
 public:
  explicit ReadMap(GstBuffer* buffer)
      : buffer_(buffer), ok_(gst_buffer_map(buffer, &info_, GST_MAP_READ) != FALSE) {}
  ~ReadMap() {
    if (ok_) {
      gst_buffer_unmap(buffer_, &info_);
    }
  }
  ReadMap(const ReadMap&) = delete;
  ReadMap& operator=(const ReadMap&) = delete;

  bool ok() const { return ok_; }
  const std::uint8_t* data() const { return info_.data; }
  std::size_t size() const { return info_.size; }

 private:
  GstBuffer* buffer_;
  GstMapInfo info_ = GST_MAP_INFO_INIT;
  bool ok_;
};

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_GST_PTR_H_
