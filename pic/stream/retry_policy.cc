#include "pic/stream/retry_policy.h"

#include <algorithm>

namespace kvs {

Duration RetryPolicy::Next(Duration at_least) {
  Duration limit = options_.first_limit;
  for (int i = 0; i < failures_ && limit < options_.max_limit; ++i) {
    limit = limit * 2;
  }
  limit = std::min(limit, options_.max_limit);
  ++failures_;
  const auto jittered = Duration::Nanos(
      static_cast<std::int64_t>(random_.Below(static_cast<std::uint64_t>(limit.nanos()) + 1)));
  return std::max(jittered, at_least);
}

Duration RetryBudget::Take(int tries, MonoTime now) {
  full_at_ = std::max(full_at_.value_or(now), now) + kEach * std::min(tries, kAtOnce);
  return std::max(Duration(), *full_at_ - now - kEach * kAtOnce);
}

}  // namespace kvs
