#ifndef KVS_PIC_STORE_BLOCK_POOL_H_
#define KVS_PIC_STORE_BLOCK_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "pic/base/mutex.h"

namespace kvs {

// Equal pieces of memory, lent out up to a budget: the storage size that the user set, shared by all streams of a producer.
// Nothing is reserved up front, and what is not in use goes back to the system but for a few blocks kept for reuse, so
// that a steady stream allocates nothing.
// Thread: any.
class BlockPool {
 public:
  // Large enough that a frame rarely spans two, small enough that an idle stream costs little.
  static constexpr std::size_t kBlockBytes = 32 * 1024;
  using Block = std::unique_ptr<std::uint8_t[]>;

  explicit BlockPool(std::uint64_t budget_bytes) : budget_blocks_(budget_bytes / kBlockBytes) {}

  std::size_t budget_blocks() const { return budget_blocks_; }
  std::size_t used_blocks() const;

  // Appends `count` blocks to `out`, or none and returns false when that would exceed the budget.
  bool Take(std::size_t count, std::vector<Block>& out);
  void Give(Block block);

 private:
  static constexpr std::size_t kKeptForReuse = 8;

  const std::size_t budget_blocks_;  // constant after construction

  mutable Mutex mutex_;
  std::size_t used_ KVS_GUARDED_BY(mutex_) = 0;
  std::vector<Block> free_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs

#endif  // KVS_PIC_STORE_BLOCK_POOL_H_
