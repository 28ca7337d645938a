#ifndef KVS_TESTS_SIM_DRAW_H_
#define KVS_TESTS_SIM_DRAW_H_

#include <cmath>
#include <cstdint>
#include <initializer_list>

#include "kvs/time.h"
#include "pic/base/random.h"

namespace kvs::sim {

// Everything that a run leaves to chance is drawn here, so that a run is a function of its seed.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  // An independent source, so that what one part draws does not shift what another gets.
  Draw Fork() { return Draw(random_.Next()); }
  std::uint64_t Seed() { return random_.Next(); }

  // 0 <= result < 1.
  double Unit() { return static_cast<double>(random_.Next() >> 11) * 0x1.0p-53; }
  bool Chance(double probability) { return Unit() < probability; }
  // low .. high, both possible.
  std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(random_.Below(static_cast<std::uint64_t>(high - low) + 1));
  }
  std::size_t Size(std::size_t low, std::size_t high) {
    return static_cast<std::size_t>(
        Between(static_cast<std::int64_t>(low), static_cast<std::int64_t>(high)));
  }
  Duration Between(Duration low, Duration high) {
    return Duration::Nanos(Between(low.nanos(), high.nanos()));
  }
  // Each order of magnitude is as likely as the next; 0 < low <= high.
  std::int64_t LogBetween(std::int64_t low, std::int64_t high) {
    const double ratio = static_cast<double>(high) / static_cast<double>(low);
    return static_cast<std::int64_t>(static_cast<double>(low) * std::pow(ratio, Unit()));
  }
  Duration LogBetween(Duration low, Duration high) {
    return Duration::Nanos(LogBetween(low.nanos(), high.nanos()));
  }
  // The time to the next event of a kind that comes every `mean` on average.
  Duration Exponential(Duration mean) {
    const double nanos = -std::log(1.0 - Unit()) * static_cast<double>(mean.nanos());
    return Duration::Nanos(static_cast<std::int64_t>(nanos) + 1);
  }
  template <typename T>
  T Pick(std::initializer_list<T> list) {
    return *(list.begin() + Between(0, static_cast<std::int64_t>(list.size()) - 1));
  }

 private:
  Random random_;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_DRAW_H_
