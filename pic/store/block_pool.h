#ifndef KVS_PIC_STORE_BLOCK_POOL_H_
#define KVS_PIC_STORE_BLOCK_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "pic/base/mutex.h"
#include "pic/store/spare_blocks.h"

namespace kvs {

// Equal pieces of memory, lent out up to a budget: the storage size that the user set, shared by all streams of a producer.
// Nothing is reserved up front, and what is not in use goes to the spare blocks, or back to the system where there are many of those;
// a steady stream allocates nothing.
//
// Each stream has an account. Half of an equal part of the budget is kept for each, so that no stream finds everything taken
// by others; the rest goes to whoever needs it. Once a stream below its equal part was refused and the budget is nearly used
// up, those above theirs get no more: they give up their own oldest frames first.
// Thread: any.
class BlockPool {
 public:
  static constexpr std::size_t kBlockBytes = SpareBlocks::kBlockBytes;
  using Block = SpareBlocks::Block;

  // What one stream holds. Guarded by the pool's mutex.
  struct Account {
    std::size_t used = 0;
    bool claims = false;  // it was refused below its equal part
    // It holds what it has until somebody takes it away, and waits for room: what a stream that is yet to come will need is
    // left alone, as it would never get it back.
    bool patient = false;
  };

  explicit BlockPool(std::uint64_t budget_bytes, std::shared_ptr<SpareBlocks> spare = std::make_shared<SpareBlocks>());
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  std::size_t budget_blocks() const { return budget_blocks_; }
  std::size_t used_blocks() const;

  // The account takes part until it leaves; it holds nothing then. Owner: the caller; it stays where it is.
  void Join(Account& account);
  void Leave(Account& account);

  // Appends `count` blocks to `out`, or none and returns false when there is no room for this account.
  bool Take(Account& account, std::size_t count, std::vector<Block>& out);
  void Give(Account& account, Block block);

  // The most that the account can ever hold while the others are there.
  std::size_t MostFor(const Account& account) const;
  // What the account holds as a part of what it could hold now; 0..1.
  double FillOf(const Account& account) const;

 private:
  // "Nearly used up": less than this part of the budget is free.
  static constexpr std::size_t kScarcePart = 8;
  // "Enough for everybody again": more than this part.
  static constexpr std::size_t kPlentyPart = 4;

  std::size_t Share() const KVS_REQUIRES(mutex_) { return budget_blocks_ / accounts_.size(); }
  // Kept for the account and not used by it.
  std::size_t KeptFor(const Account& account) const KVS_REQUIRES(mutex_);
  // Kept for a stream that is yet to come.
  std::size_t ForNewcomer(const Account& account) const KVS_REQUIRES(mutex_);
  // Of what is free.
  std::size_t RoomFor(const Account& account) const KVS_REQUIRES(mutex_);
  void CountKept() KVS_REQUIRES(mutex_);

  // Constant after construction.
  const std::size_t budget_blocks_;
  const std::shared_ptr<SpareBlocks> spare_;

  mutable Mutex mutex_;
  std::size_t used_ KVS_GUARDED_BY(mutex_) = 0;
  std::size_t kept_ KVS_GUARDED_BY(mutex_) = 0;    // sum of KeptFor
  std::size_t claims_ KVS_GUARDED_BY(mutex_) = 0;  // accounts that claim
  std::vector<Account*> accounts_ KVS_GUARDED_BY(mutex_);
};

}  // namespace kvs

#endif  // KVS_PIC_STORE_BLOCK_POOL_H_
