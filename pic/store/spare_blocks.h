#ifndef KVS_PIC_STORE_SPARE_BLOCKS_H_
#define KVS_PIC_STORE_SPARE_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "pic/base/mutex.h"

namespace kvs {

// Blocks that no pool uses at the moment, for whichever needs one next: a fragment is held until the service has it, so what a stream
// holds grows and falls with each of its fragments, and those of other streams end at other times. Kept by each pool, its most would
// stay with each stream for good.
// Thread: any.
class SpareBlocks {
 public:
  // Large enough that a frame rarely spans two, small enough that an idle stream costs little.
  static constexpr std::size_t kBlockBytes = std::size_t{32} * 1024;
  using Block = std::unique_ptr<std::uint8_t[]>;

  // Those of the process; they end with the last who uses them.
  static std::shared_ptr<SpareBlocks> Shared();

  // A pool begins and ends.
  void Join();
  void Leave();

  std::size_t count() const;
  // Appends `count` blocks to `out`, new ones where there are none. What they hold is not defined.
  void Take(std::size_t count, std::vector<Block>& out);
  // Kept, or back to the system when there are kKept, and kKeptForEach for each pool.
  void Give(Block block);

  // Together what a fragment of a second of a common stream gives back at once, at 8 Mbit/s. Those of many streams do not end at the same
  // moment, or not for long; and what an outage has filled is not kept.
  static constexpr std::size_t kKept = 24;
  static constexpr std::size_t kKeptForEach = 8;

 private:
  std::size_t Most() const KVS_REQUIRES(mutex_) { return pools_ == 0 ? 0 : kKept + pools_ * kKeptForEach; }

  mutable Mutex mutex_;
  std::size_t pools_ KVS_GUARDED_BY(mutex_) = 0;
  std::vector<Block> blocks_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs

#endif  // KVS_PIC_STORE_SPARE_BLOCKS_H_
