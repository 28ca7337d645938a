#ifndef KVS_PIC_STORE_MEMORY_STORE_H_
#define KVS_PIC_STORE_MEMORY_STORE_H_

#include <memory>
#include <vector>

#include "pic/base/ring.h"
#include "pic/store/block_pool.h"
#include "pic/store/frame_store.h"

namespace kvs {

// Payloads one after the other in a chain of blocks; a payload may span blocks. A block goes back to the pool when the
// last payload in it was released. Frames leave in about the order in which they came, so that is soon.
class MemoryStore : public FrameStore {
 public:
  // `patient`: see BlockPool::Account.
  explicit MemoryStore(std::shared_ptr<BlockPool> pool, bool patient = false) : pool_(std::move(pool)) {
    account_.patient = patient;
    pool_->Join(account_);
  }
  ~MemoryStore() override;

  Result<FrameRef> Put(std::span<const Bytes> parts, std::size_t size) override;
  std::size_t Read(const FrameRef& ref, std::size_t offset, std::span<std::uint8_t> out) const override;
  void Release(const FrameRef& ref) override;
  std::size_t bytes() const override { return bytes_; }

  // What it holds as a part of what it could hold now, 0..1: other streams share the pool.
  double fill() const { return retired_ ? 0 : pool_->FillOf(account_); }
  // Nothing will be put any more: others may have its part of the pool. Precondition: it is empty.
  void Retire();

 private:
  struct Slot {
    BlockPool::Block memory;
    std::uint32_t payloads = 0;  // that touch this block and are not released
  };
  void LetGoOfFront();

  const std::shared_ptr<BlockPool> pool_;
  BlockPool::Account account_;
  bool retired_ = false;
  Ring<Slot> blocks_;            // the last one is being filled
  std::size_t filled_ = 0;       // of the last block
  std::size_t bytes_ = 0;
  std::vector<BlockPool::Block> taken_;  // scratch of Put
};

}  // namespace kvs

#endif  // KVS_PIC_STORE_MEMORY_STORE_H_
