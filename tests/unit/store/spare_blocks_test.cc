#include "pic/store/spare_blocks.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "pic/store/block_pool.h"

namespace kvs {
namespace {

class SpareBlocksTest : public testing::Test {
 protected:
  void TakeFrom(BlockPool& pool, std::size_t count, std::vector<BlockPool::Block>& blocks) {
    EXPECT_TRUE(pool.Take(account_, count, blocks));
  }
  void GiveTo(BlockPool& pool, std::vector<BlockPool::Block>& blocks) {
    for (BlockPool::Block& block : blocks) {
      pool.Give(account_, std::move(block));
    }
    blocks.clear();
  }

  const std::shared_ptr<SpareBlocks> spare_ = std::make_shared<SpareBlocks>();
  BlockPool::Account account_;
  std::vector<BlockPool::Block> blocks_;
};

TEST_F(SpareBlocksTest, WhatOnePoolGivesBackAnotherHasNext) {
  BlockPool one(1 << 20, spare_);
  BlockPool other(1 << 20, spare_);
  one.Join(account_);
  TakeFrom(one, 1, blocks_);
  const std::uint8_t* const memory = blocks_[0].get();
  GiveTo(one, blocks_);
  one.Leave(account_);
  other.Join(account_);
  TakeFrom(other, 1, blocks_);
  EXPECT_EQ(blocks_[0].get(), memory);
  EXPECT_EQ(spare_->count(), 0u);
  GiveTo(other, blocks_);
  other.Leave(account_);
}

TEST_F(SpareBlocksTest, ManyGoBackToTheSystem) {
  BlockPool pool(SpareBlocks::kBlockBytes * 100, spare_);
  pool.Join(account_);
  TakeFrom(pool, 50, blocks_);
  GiveTo(pool, blocks_);
  EXPECT_EQ(spare_->count(), SpareBlocks::kKept + SpareBlocks::kKeptForEach);
  {
    const BlockPool second(SpareBlocks::kBlockBytes * 100, spare_);
    TakeFrom(pool, 80, blocks_);
    GiveTo(pool, blocks_);
    EXPECT_EQ(spare_->count(), SpareBlocks::kKept + 2 * SpareBlocks::kKeptForEach);
  }
  EXPECT_EQ(spare_->count(), SpareBlocks::kKept + SpareBlocks::kKeptForEach);
  pool.Leave(account_);
}

TEST_F(SpareBlocksTest, ThoseOfTheProcessEndWithTheLastPool) {
  const std::weak_ptr<SpareBlocks> first = SpareBlocks::Shared();
  EXPECT_EQ(first.lock(), nullptr);
  auto pool = std::make_unique<BlockPool>(1 << 20, SpareBlocks::Shared());
  const std::weak_ptr<SpareBlocks> shared = SpareBlocks::Shared();
  EXPECT_EQ(shared.lock(), SpareBlocks::Shared());
  pool.reset();
  EXPECT_EQ(shared.lock(), nullptr);
}

}  // namespace
}  // namespace kvs
