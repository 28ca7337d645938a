#include "pic/store/block_pool.h"

#include <algorithm>
#include <utility>

#include "pic/base/check.h"

namespace kvs {

BlockPool::BlockPool(std::uint64_t budget_bytes, std::shared_ptr<SpareBlocks> spare)
    : budget_blocks_(budget_bytes / kBlockBytes), spare_(std::move(spare)) {
  spare_->Join();
}

BlockPool::~BlockPool() { spare_->Leave(); }

std::size_t BlockPool::used_blocks() const {
  const MutexLock lock(mutex_);
  return used_;
}

void BlockPool::Join(Account& account) {
  const MutexLock lock(mutex_);
  accounts_.push_back(&account);
  CountKept();
}

void BlockPool::Leave(Account& account) {
  const MutexLock lock(mutex_);
  KVS_CHECK(account.used == 0);
  std::erase(accounts_, &account);
  claims_ -= account.claims ? 1 : 0;
  CountKept();
}

std::size_t BlockPool::KeptFor(const Account& account) const {
  const std::size_t kept = Share() / 2;
  return kept - std::min(kept, account.used);
}

void BlockPool::CountKept() {
  kept_ = 0;
  for (const Account* account : accounts_) {
    kept_ += KeptFor(*account);
  }
}

std::size_t BlockPool::RoomFor(const Account& account) const {
  const std::size_t free = budget_blocks_ - used_;
  const std::size_t for_others = kept_ - KeptFor(account) + ForNewcomer(account);
  const std::size_t room = free - std::min(free, for_others);
  const bool scarce = free < budget_blocks_ / kScarcePart;
  if (scarce && claims_ > (account.claims ? 1U : 0U)) {
    return std::min(room, Share() - std::min(Share(), account.used));
  }
  return room;
}

bool BlockPool::Take(Account& account, std::size_t count, std::vector<Block>& out) {
  const MutexLock lock(mutex_);
  if (count > RoomFor(account)) {
    if (!account.claims && account.used < Share()) {
      account.claims = true;
      ++claims_;
    }
    return false;
  }
  kept_ -= KeptFor(account);
  used_ += count;
  account.used += count;
  kept_ += KeptFor(account);
  if (account.claims && account.used >= Share()) {
    account.claims = false;
    --claims_;
  }
  spare_->Take(count, out);
  return true;
}

void BlockPool::Give(Account& account, Block block) {
  const MutexLock lock(mutex_);
  kept_ -= KeptFor(account);
  --used_;
  --account.used;
  kept_ += KeptFor(account);
  if (claims_ > 0 && budget_blocks_ - used_ > budget_blocks_ / kPlentyPart) {
    for (Account* each : accounts_) {
      each->claims = false;
    }
    claims_ = 0;
  }
  spare_->Give(std::move(block));
}

std::size_t BlockPool::ForNewcomer(const Account& account) const {
  return account.patient ? budget_blocks_ / (accounts_.size() + 1) / 2 : 0;
}

std::size_t BlockPool::MostFor(const Account& account) const {
  const MutexLock lock(mutex_);
  return budget_blocks_ - (accounts_.size() - 1) * (Share() / 2) - ForNewcomer(account);
}

double BlockPool::FillOf(const Account& account) const {
  const MutexLock lock(mutex_);
  const std::size_t could = account.used + RoomFor(account);
  return could == 0 ? 1.0 : static_cast<double>(account.used) / static_cast<double>(could);
}

}  // namespace kvs
