// Runs the corpus of a fuzz target through it, whole and cut short, without libFuzzer.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/fuzz_check.h"

namespace kvs::fuzz {
namespace {

std::vector<std::filesystem::path> CorpusFiles() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(KVS_CORPUS)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::uint8_t> Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// In memory with nothing behind it, for the address sanitizer.
void RunInput(const std::vector<std::uint8_t>& input, std::size_t size) {
  const auto exact = std::make_unique<std::uint8_t[]>(size);
  std::copy_n(input.begin(), size, exact.get());
  EXPECT_EQ(LLVMFuzzerTestOneInput(exact.get(), size), 0);
}

TEST(ReplayTest, CorpusPasses) {
  const std::vector<std::filesystem::path> files = CorpusFiles();
  ASSERT_FALSE(files.empty()) << KVS_CORPUS;
  for (const std::filesystem::path& path : files) {
    SCOPED_TRACE(path.filename().string());
    const std::vector<std::uint8_t> input = Read(path);
    ASSERT_FALSE(input.empty());
    RunInput(input, input.size());
  }
}

TEST(ReplayTest, EveryTruncationOfTheCorpusPasses) {
  for (const std::filesystem::path& path : CorpusFiles()) {
    SCOPED_TRACE(path.filename().string());
    const std::vector<std::uint8_t> input = Read(path);
    for (std::size_t size = 0; size < input.size(); ++size) {
      RunInput(input, size);
    }
  }
}

TEST(ReplayTest, EveryFlippedBitOfTheCorpusPasses) {
  for (const std::filesystem::path& path : CorpusFiles()) {
    SCOPED_TRACE(path.filename().string());
    std::vector<std::uint8_t> input = Read(path);
    for (std::size_t bit = 0; bit < input.size() * 8; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
      input[bit / 8] = input[bit / 8] ^ mask;
      RunInput(input, input.size());
      input[bit / 8] = input[bit / 8] ^ mask;
    }
  }
}

}  // namespace
}  // namespace kvs::fuzz
