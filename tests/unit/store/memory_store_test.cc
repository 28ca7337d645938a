#include "pic/store/memory_store.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "pic/base/random.h"

namespace kvs {
namespace {

constexpr std::size_t kBlock = BlockPool::kBlockBytes;

std::vector<std::uint8_t> Pattern(std::size_t size, std::uint8_t seed) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(seed + i * 7);
  }
  return bytes;
}

Result<FrameRef> Put(MemoryStore& store, const std::vector<std::uint8_t>& bytes) {
  const Bytes part(bytes);
  return store.Put({&part, 1}, bytes.size());
}

std::vector<std::uint8_t> Read(const MemoryStore& store, const FrameRef& ref, std::size_t step) {
  std::vector<std::uint8_t> bytes(ref.size);
  for (std::size_t at = 0; at < bytes.size();) {
    at += store.Read(ref, at, std::span(bytes).subspan(at, std::min(step, bytes.size() - at)));
  }
  return bytes;
}

TEST(MemoryStoreTest, GivesBackWhatWasPutAcrossBlocks) {
  MemoryStore store(std::make_shared<BlockPool>(16 * kBlock));
  for (const std::size_t size : {std::size_t{1}, kBlock - 1, kBlock, kBlock + 1, 3 * kBlock + 5}) {
    const auto bytes = Pattern(size, static_cast<std::uint8_t>(size));
    const auto ref = Put(store, bytes);
    ASSERT_TRUE(ref.ok()) << size;
    EXPECT_EQ(Read(store, *ref, 1 << 20), bytes);
    EXPECT_EQ(Read(store, *ref, 1000), bytes);
  }
}

TEST(MemoryStoreTest, JoinsParts) {
  MemoryStore store(std::make_shared<BlockPool>(4 * kBlock));
  const auto a = Pattern(10, 1);
  const auto b = Pattern(kBlock, 2);
  const Bytes parts[] = {a, b};
  const auto ref = store.Put(parts, a.size() + b.size());
  ASSERT_TRUE(ref.ok());
  auto joined = a;
  joined.insert(joined.end(), b.begin(), b.end());
  EXPECT_EQ(Read(store, *ref, 333), joined);
}

TEST(MemoryStoreTest, NeverTakesMoreThanTheBudget) {
  auto pool = std::make_shared<BlockPool>(4 * kBlock);
  MemoryStore store(pool);
  const auto first = Put(store, Pattern(3 * kBlock, 1));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Put(store, Pattern(kBlock + 1, 2)).status().code(), StatusCode::kStoreFull);
  EXPECT_EQ(pool->used_blocks(), 3u);
  ASSERT_TRUE(Put(store, Pattern(kBlock, 3)).ok());
  EXPECT_EQ(pool->used_blocks(), 4u);
  store.Release(*first);
  EXPECT_TRUE(Put(store, Pattern(kBlock + 1, 2)).ok());
}

TEST(MemoryStoreTest, SaysWhenAFrameCanNeverFit) {
  MemoryStore store(std::make_shared<BlockPool>(2 * kBlock));
  EXPECT_EQ(Put(store, Pattern(2 * kBlock + 1, 1)).status().code(), StatusCode::kTooLarge);
}

TEST(MemoryStoreTest, StreamsShareOneBudget) {
  auto pool = std::make_shared<BlockPool>(2 * kBlock);
  MemoryStore a(pool);
  {
    MemoryStore b(pool);
    ASSERT_TRUE(Put(b, Pattern(2 * kBlock, 1)).ok());
    EXPECT_EQ(Put(a, Pattern(1, 1)).status().code(), StatusCode::kStoreFull);
  }
  EXPECT_EQ(pool->used_blocks(), 0u);
  EXPECT_TRUE(Put(a, Pattern(1, 1)).ok());
}

TEST(MemoryStoreTest, NoStreamFindsEverythingTakenByAnother) {
  auto pool = std::make_shared<BlockPool>(16 * kBlock);
  MemoryStore greedy(pool);
  MemoryStore modest(pool);
  int held = 0;
  while (Put(greedy, Pattern(kBlock, 1)).ok()) {
    ++held;
  }
  EXPECT_EQ(held, 12);  // all but half of the other's equal part
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(Put(modest, Pattern(kBlock, 2)).ok()) << i;
  }
  EXPECT_EQ(Put(modest, Pattern(kBlock, 2)).status().code(), StatusCode::kStoreFull);
}

TEST(MemoryStoreTest, WhoHasMoreThanItsPartGetsNoMoreWhileAnotherLacksItsOwn) {
  auto pool = std::make_shared<BlockPool>(16 * kBlock);
  MemoryStore greedy(pool);
  MemoryStore modest(pool);
  std::vector<FrameRef> old;
  for (auto ref = Put(greedy, Pattern(kBlock, 1)); ref.ok(); ref = Put(greedy, Pattern(kBlock, 1))) {
    old.push_back(*ref);
  }
  while (Put(modest, Pattern(kBlock, 2)).ok()) {
  }
  // The greedy one goes on by giving up its oldest, as a realtime stream does; the other one gets its part.
  std::size_t gave_up = 0;
  for (int i = 0; i < 100; ++i) {
    while (!Put(greedy, Pattern(kBlock, 3)).ok() && gave_up < old.size()) {
      greedy.Release(old[gave_up++]);
    }
    (void)Put(modest, Pattern(kBlock, 4)).ok();
  }
  EXPECT_GE(modest.bytes(), 7 * kBlock);
  EXPECT_LE(greedy.bytes(), 9 * kBlock);
}

TEST(MemoryStoreTest, WhoIsPatientLeavesRoomForWhoIsYetToCome) {
  auto pool = std::make_shared<BlockPool>(16 * kBlock);
  MemoryStore patient(pool, /*patient=*/true);
  while (Put(patient, Pattern(kBlock, 1)).ok()) {
  }
  EXPECT_EQ(patient.bytes(), 12 * kBlock);
  EXPECT_EQ(Put(patient, Pattern(13 * kBlock, 1)).status().code(), StatusCode::kTooLarge);
  MemoryStore newcomer(pool);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(Put(newcomer, Pattern(kBlock, 2)).ok()) << i;
  }
}

TEST(MemoryStoreTest, AStreamAloneHasAllOfIt) {
  auto pool = std::make_shared<BlockPool>(8 * kBlock);
  MemoryStore store(pool);
  auto other = std::make_unique<MemoryStore>(pool);
  other->Retire();
  EXPECT_EQ(store.fill(), 0.0);
  ASSERT_TRUE(Put(store, Pattern(4 * kBlock, 1)).ok());
  EXPECT_EQ(store.fill(), 0.5);
  EXPECT_TRUE(Put(store, Pattern(4 * kBlock, 1)).ok());
  EXPECT_EQ(store.fill(), 1.0);
}

TEST(MemoryStoreTest, GivesAllRoomBackWhateverTheOrderOfRelease) {
  auto pool = std::make_shared<BlockPool>(64 * kBlock);
  MemoryStore store(pool);
  Random random(7);
  std::vector<std::pair<FrameRef, std::vector<std::uint8_t>>> held;
  for (int step = 0; step < 5000; ++step) {
    if (held.empty() || random.Below(2) == 0) {
      const auto bytes = Pattern(1 + random.Below(3 * kBlock), static_cast<std::uint8_t>(step));
      if (const auto ref = Put(store, bytes); ref.ok()) {
        held.emplace_back(*ref, bytes);
      }
    } else {
      const std::size_t victim = random.Below(held.size());
      ASSERT_EQ(Read(store, held[victim].first, 4096), held[victim].second);
      store.Release(held[victim].first);
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(victim));
    }
    ASSERT_LE(pool->used_blocks(), 64u);
  }
  for (const auto& [ref, bytes] : held) {
    store.Release(ref);
  }
  EXPECT_EQ(store.bytes(), 0u);
  EXPECT_EQ(pool->used_blocks(), 0u);
}

}  // namespace
}  // namespace kvs
