// Sink: queries. kvssink takes buffers as they come and waits for no clock, so it adds no latency and needs
// none; nobody can seek in what was sent.

#include <algorithm>

#include "plugin/sink.h"

namespace kvs::plugin {
namespace {

void AnswerSeeking(GstQuery* query) {
  GstFormat format = GST_FORMAT_UNDEFINED;
  gst_query_parse_seeking(query, &format, nullptr, nullptr, nullptr);
  gst_query_set_seeking(query, format, FALSE, 0, -1);
}

}  // namespace

// A pipeline is as late as its latest sink that shows things in time. This one does not: whatever
// is in front of it must not hold up the others, nor may a short queue there fail the sum. What counts of
// it is whether there is a live source.
bool Sink::UpstreamIsLive() {
  std::vector<PadPtr> pads;
  {
    const MutexLock lock(mutex_);
    for (const SinkPad* pad : pads_) {
      pads.emplace_back(GST_PAD(gst_object_ref(pad->pad)));
    }
  }
  return std::any_of(pads.begin(), pads.end(), [](const PadPtr& pad) {
    const QueryPtr query(gst_query_new_latency());
    gboolean live = FALSE;
    if (gst_pad_peer_query(pad.get(), query.get())) {
      gst_query_parse_latency(query.get(), &live, nullptr, nullptr);
    }
    return live != FALSE;
  });
}

bool Sink::AnswerQuery(GstQuery* query) {
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      gst_query_set_latency(query, UpstreamIsLive() ? TRUE : FALSE, 0, GST_CLOCK_TIME_NONE);
      return true;
    case GST_QUERY_SEEKING:
      AnswerSeeking(query);
      return true;
    case GST_QUERY_POSITION: {
      GstFormat format = GST_FORMAT_UNDEFINED;
      gst_query_parse_position(query, &format, nullptr);
      std::optional<std::uint64_t> position;
      const MutexLock lock(mutex_);
      for (const SinkPad* pad : pads_) {
        position = std::max(position, pad->position);
      }
      if (format != GST_FORMAT_TIME || !position.has_value()) {
        return false;
      }
      gst_query_set_position(query, format, static_cast<gint64>(*position));
      return true;
    }
    default:
      return false;
  }
}

gboolean Sink::HandlePadQuery(SinkPad& pad, GstQuery* query) {
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      gst_query_set_latency(query, FALSE, 0, GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_SEEKING:
      AnswerSeeking(query);
      return TRUE;
    default:
      return gst_pad_query_default(pad.pad, GST_OBJECT(element_), query);
  }
}

}  // namespace kvs::plugin
