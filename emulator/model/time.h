#ifndef KVS_EMULATOR_MODEL_TIME_H_
#define KVS_EMULATOR_MODEL_TIME_H_

#include <chrono>
#include <cstdint>

namespace kvs::emulator {

// The emulator's own time types (it shares nothing with the producer). `Time` counts from
// 1970-01-01 00:00:00 UTC and is always an argument: a server passes the wall clock, which it keeps
// from going back; a simulator passes its virtual time.
using Duration = std::chrono::nanoseconds;
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

// Later than everything; "never".
inline constexpr Time kForever = Time::max();

inline constexpr std::int64_t ToMillis(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}
inline constexpr std::int64_t ToMillis(Duration duration) {
  return std::chrono::floor<std::chrono::milliseconds>(duration).count();
}
inline constexpr std::int64_t ToMicros(Time time) {
  return std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch().count();
}
inline constexpr Time FromMillis(std::int64_t milliseconds) {
  return Time(std::chrono::milliseconds(milliseconds));
}
// `time + duration` without overflow; kForever stays kForever.
inline constexpr Time Add(Time time, Duration duration) {
  return duration > Duration::zero() && time > kForever - duration ? kForever : time + duration;
}

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_TIME_H_
