#include "pic/store/spare_blocks.h"

#include <algorithm>
#include <utility>

#include "pic/base/while_used.h"

namespace kvs {

std::shared_ptr<SpareBlocks> SpareBlocks::Shared() {
  // Never destroyed, as streams may be used until the process ends.
  static WhileUsed<SpareBlocks>* const kShared = new WhileUsed<SpareBlocks>();  // NOLINT: see above
  return kShared->Get([] { return std::make_shared<SpareBlocks>(); });
}

void SpareBlocks::Join() {
  const MutexLock lock(mutex_);
  ++pools_;
}

void SpareBlocks::Leave() {
  const MutexLock lock(mutex_);
  --pools_;
  blocks_.resize(std::min(blocks_.size(), Most()));
}

std::size_t SpareBlocks::count() const {
  const MutexLock lock(mutex_);
  return blocks_.size();
}

void SpareBlocks::Take(std::size_t count, std::vector<Block>& out) {
  {
    const MutexLock lock(mutex_);
    for (; count > 0 && !blocks_.empty(); --count) {
      out.push_back(std::move(blocks_.back()));
      blocks_.pop_back();
    }
  }
  for (; count > 0; --count) {
    out.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(kBlockBytes));
  }
}

void SpareBlocks::Give(Block block) {
  const MutexLock lock(mutex_);
  if (blocks_.size() < Most()) {
    blocks_.push_back(std::move(block));
  }
}

}  // namespace kvs
