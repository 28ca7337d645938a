#ifndef KVS_PIC_BASE_CLOCK_H_
#define KVS_PIC_BASE_CLOCK_H_

#include "kvs/time.h"

namespace kvs {

// The only door to time. Given to the shells; the core gets `now` as an argument.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonoTime Mono() const = 0;
  virtual WallTime Wall() const = 0;
};

// Both clocks at one moment.
struct Now {
  MonoTime mono;
  WallTime wall;
};

}  // namespace kvs

#endif  // KVS_PIC_BASE_CLOCK_H_
