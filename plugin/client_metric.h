#ifndef KVS_PLUGIN_CLIENT_METRIC_H_
#define KVS_PLUGIN_CLIENT_METRIC_H_

#include "kvs/metrics.h"
#include "kvs/time.h"
#include "plugin/gstkvssink.h"

namespace kvs::plugin {

// What the signal stream-client-metric carries, in the units of Amazon's SDK: 100 ns, bytes, and
// whole numbers where that has whole numbers. `pts` is that of the frame that was put. Pure.
GstKvsSinkMetric ClientMetric(const StreamMetrics& stream, const ProducerMetrics& producer,
                              MediaTime pts, bool first_frame);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_CLIENT_METRIC_H_
