#ifndef KVS_EMULATOR_MODEL_QUOTAS_H_
#define KVS_EMULATOR_MODEL_QUOTAS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "emulator/model/time.h"

namespace kvs::emulator {

// At most `limit` events in any window of one second. A limit of 0 allows everything.
class RateWindow {
 public:
  static constexpr Duration kWindow = std::chrono::seconds(1);

  explicit RateWindow(std::size_t limit) : limit_(limit) {}

  // Counts an event when it fits.
  bool Allow(Time now);
  // Counts an event whether it fits or not; answers whether it did.
  bool Count(Time now);
  // When the next event will fit; not after `now` when it fits already.
  Time NextAllowed(Time now);

 private:
  void Forget(Time now);

  std::size_t limit_;
  std::deque<Time> events_;  // oldest first
};

// Bytes that may be read at a rate, with a burst of a tenth of a second (at least one byte).
// A rate of 0 is no limit.
class ByteBudget {
 public:
  ByteBudget() = default;
  ByteBudget(std::uint64_t bytes_per_second, Time now)
      : rate_(bytes_per_second), filled_(now), available_(Burst()) {}

  // SIZE_MAX when there is no limit.
  std::size_t Available(Time now);
  void Spend(std::size_t bytes);
  // When at least one byte is available; `now` when it is already.
  Time NextAvailable(Time now);

 private:
  double Burst() const;
  void Fill(Time now);

  std::uint64_t rate_ = 0;
  Time filled_{};
  double available_ = 0;
};

// Calls per second and stream that the developer guide allows a control-plane API; 0 for none.
std::size_t StreamQuotaOf(std::string_view api);
// Calls per second and account.
std::size_t AccountQuotaOf(std::string_view api);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_QUOTAS_H_
