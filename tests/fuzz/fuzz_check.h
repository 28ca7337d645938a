#ifndef KVS_TESTS_FUZZ_FUZZ_CHECK_H_
#define KVS_TESTS_FUZZ_FUZZ_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>

// The entry point of every fuzz target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace kvs::fuzz {

// What a fuzz target asserts. Ends the process, so that libFuzzer keeps the input.
inline void Check(bool condition, const char* what) {
  if (!condition) {
    std::cerr << "fuzz check failed: " << what << std::flush;
    std::abort();
  }
}

}  // namespace kvs::fuzz

#endif  // KVS_TESTS_FUZZ_FUZZ_CHECK_H_
