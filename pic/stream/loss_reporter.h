#ifndef KVS_PIC_STREAM_LOSS_REPORTER_H_
#define KVS_PIC_STREAM_LOSS_REPORTER_H_

#include <array>
#include <optional>
#include <vector>

#include "kvs/stream_events.h"
#include "kvs/time.h"

namespace kvs {

// Turns single losses into reports: one when an episode begins, and then one at a time for what was lost since, so that an
// hour of pressure is a handful of messages and no loss goes untold.
class LossReporter {
 public:
  // Further losses of an episode are told this long after the last report.
  static constexpr Duration kInterval = Duration::Seconds(10);

  void Add(FramesLost loss);
  // What is to be told now; with `all`, whatever is still untold.
  std::vector<FramesLost> Take(MonoTime now, bool all = false);
  // When Take has something although nothing was added.
  std::optional<MonoTime> deadline() const;

 private:
  struct Episode {
    std::optional<FramesLost> untold;
    std::optional<MonoTime> told_at;
  };
  std::array<Episode, kLossReasons> episodes_;  // by LossReason
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_LOSS_REPORTER_H_
