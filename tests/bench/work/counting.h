#ifndef KVS_TESTS_BENCH_WORK_COUNTING_H_
#define KVS_TESTS_BENCH_WORK_COUNTING_H_

#include <cstdint>

namespace kvs::bench {

// What the process has done so far that can be counted without a clock and without a processor's counters. Thread: any.
struct Counts {
  std::uint64_t allocations = 0;   // operator new, by whomever; not what C libraries take
  std::uint64_t copied_bytes = 0;  // memcpy, memmove and memset, called by our own code
};
Counts CountsSoFar();

}  // namespace kvs::bench

#endif  // KVS_TESTS_BENCH_WORK_COUNTING_H_
