#ifndef KVS_TESTS_BENCH_KEEP_H_
#define KVS_TESTS_BENCH_KEEP_H_

namespace kvs::bench {

// The compiler takes it that `value`, and the memory that it may point to, is read and written here.
template <typename Value>
inline void Keep(const Value& value) {
  asm volatile("" : : "g"(value) : "memory");
}

}  // namespace kvs::bench

#endif  // KVS_TESTS_BENCH_KEEP_H_
