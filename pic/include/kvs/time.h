#ifndef KVS_TIME_H_
#define KVS_TIME_H_

#include <cstdint>

namespace kvs {

// A length of time. Held in nanoseconds; every constructor and accessor names its unit.
class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration Nanos(std::int64_t n) { return Duration(n); }
  static constexpr Duration Micros(std::int64_t n) { return Duration(n * 1'000); }
  static constexpr Duration Millis(std::int64_t n) { return Duration(n * 1'000'000); }
  static constexpr Duration Seconds(std::int64_t n) { return Duration(n * 1'000'000'000); }
  static constexpr Duration Minutes(std::int64_t n) { return Seconds(n * 60); }
  static constexpr Duration Hours(std::int64_t n) { return Seconds(n * 3600); }

  constexpr std::int64_t nanos() const { return ns_; }
  // Rounded towards minus infinity.
  constexpr std::int64_t millis() const { return FloorDiv(1'000'000); }
  constexpr std::int64_t seconds() const { return FloorDiv(1'000'000'000); }

  friend constexpr bool operator==(Duration a, Duration b) { return a.ns_ == b.ns_; }
  friend constexpr bool operator!=(Duration a, Duration b) { return a.ns_ != b.ns_; }
  friend constexpr bool operator<(Duration a, Duration b) { return a.ns_ < b.ns_; }
  friend constexpr bool operator<=(Duration a, Duration b) { return a.ns_ <= b.ns_; }
  friend constexpr bool operator>(Duration a, Duration b) { return a.ns_ > b.ns_; }
  friend constexpr bool operator>=(Duration a, Duration b) { return a.ns_ >= b.ns_; }
  constexpr Duration operator+(Duration o) const { return Duration(ns_ + o.ns_); }
  constexpr Duration operator-(Duration o) const { return Duration(ns_ - o.ns_); }
  constexpr Duration operator-() const { return Duration(-ns_); }
  constexpr Duration operator*(std::int64_t k) const { return Duration(ns_ * k); }
  constexpr Duration operator/(std::int64_t k) const { return Duration(ns_ / k); }
  constexpr Duration& operator+=(Duration o) {
    ns_ += o.ns_;
    return *this;
  }

 private:
  constexpr explicit Duration(std::int64_t ns) : ns_(ns) {}
  constexpr std::int64_t FloorDiv(std::int64_t d) const {
    return ns_ / d - ((ns_ % d != 0 && ns_ < 0) ? 1 : 0);
  }
  std::int64_t ns_ = 0;
};

// A point on one time line. The tag keeps the time lines apart: media time, monotonic time and wall
// time cannot be compared, subtracted or assigned to one another.
template <typename Tag>
class TimePoint {
 public:
  constexpr TimePoint() = default;
  static constexpr TimePoint FromNanos(std::int64_t n) { return TimePoint(Duration::Nanos(n)); }
  static constexpr TimePoint FromMillis(std::int64_t n) { return TimePoint(Duration::Millis(n)); }
  static constexpr TimePoint FromSeconds(std::int64_t n) { return TimePoint(Duration::Seconds(n)); }

  // Since the origin of this time line.
  constexpr Duration since_origin() const { return since_origin_; }
  constexpr std::int64_t nanos() const { return since_origin_.nanos(); }
  constexpr std::int64_t millis() const { return since_origin_.millis(); }
  constexpr std::int64_t seconds() const { return since_origin_.seconds(); }

  friend constexpr bool operator==(TimePoint a, TimePoint b) { return a.since_origin_ == b.since_origin_; }
  friend constexpr bool operator!=(TimePoint a, TimePoint b) { return a.since_origin_ != b.since_origin_; }
  friend constexpr bool operator<(TimePoint a, TimePoint b) { return a.since_origin_ < b.since_origin_; }
  friend constexpr bool operator<=(TimePoint a, TimePoint b) { return a.since_origin_ <= b.since_origin_; }
  friend constexpr bool operator>(TimePoint a, TimePoint b) { return a.since_origin_ > b.since_origin_; }
  friend constexpr bool operator>=(TimePoint a, TimePoint b) { return a.since_origin_ >= b.since_origin_; }
  constexpr TimePoint operator+(Duration d) const { return TimePoint(since_origin_ + d); }
  constexpr TimePoint operator-(Duration d) const { return TimePoint(since_origin_ - d); }
  constexpr Duration operator-(TimePoint o) const { return since_origin_ - o.since_origin_; }

 private:
  constexpr explicit TimePoint(Duration d) : since_origin_(d) {}
  Duration since_origin_;
};

// A stream's own time: presentation and decoding times of frames. The origin is the stream's choice.
using MediaTime = TimePoint<struct MediaTimeTag>;
// Never goes back and is not adjusted; for timers and ages. The origin is arbitrary and not zero.
using MonoTime = TimePoint<struct MonoTimeTag>;
// Since 1970-01-01 00:00:00 UTC; for time stamps on the wire, signatures and expiry. May jump.
using WallTime = TimePoint<struct WallTimeTag>;

}  // namespace kvs

#endif  // KVS_TIME_H_
