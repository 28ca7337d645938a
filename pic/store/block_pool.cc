#include "pic/store/block_pool.h"

#include <utility>

namespace kvs {

std::size_t BlockPool::used_blocks() const {
  const MutexLock lock(mutex_);
  return used_;
}

bool BlockPool::Take(std::size_t count, std::vector<Block>& out) {
  const MutexLock lock(mutex_);
  if (count > budget_blocks_ - used_) {
    return false;
  }
  used_ += count;
  for (; count > 0; --count) {
    if (free_.empty()) {
      out.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(kBlockBytes));
    } else {
      out.push_back(std::move(free_.back()));
      free_.pop_back();
    }
  }
  return true;
}

void BlockPool::Give(Block block) {
  const MutexLock lock(mutex_);
  --used_;
  if (free_.size() < kKeptForReuse) {
    free_.push_back(std::move(block));
  }
}

}  // namespace kvs
