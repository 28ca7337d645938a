#ifndef KVS_PIC_BASE_RANDOM_H_
#define KVS_PIC_BASE_RANDOM_H_

#include <cstdint>

namespace kvs {

// Pseudo-random numbers for jitter and identifiers; not for keys. SplitMix64 (Steele, Lea, Flood 2014): a few instructions,
// any seed is good, the same seed always gives the same numbers.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // 0 .. bound - 1; bound > 0. The bias of the modulo is below 2^-32 for the bounds in use.
  std::uint64_t Below(std::uint64_t bound) { return Next() % bound; }

 private:
  std::uint64_t state_;
};

}  // namespace kvs

#endif  // KVS_PIC_BASE_RANDOM_H_
