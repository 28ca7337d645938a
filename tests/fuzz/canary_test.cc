// The planted bug of the canary is there, and a failing check ends the process with its message.

#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/fuzz_check.h"

namespace {

TEST(CanaryDeathTest, PlantedBugIsFoundByItsInput) {
  const std::vector<std::uint8_t> fits = {0, 0, 0, 1, 0x65};
  EXPECT_EQ(LLVMFuzzerTestOneInput(fits.data(), fits.size()), 0);
  const std::vector<std::uint8_t> too_long = {0, 0, 0, 2, 0x65};
  EXPECT_DEATH(LLVMFuzzerTestOneInput(too_long.data(), too_long.size()),
               "fuzz check failed: planted bug");
}

}  // namespace
