#include "pic/store/memory_store.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace kvs {
namespace {

constexpr std::size_t kBlock = BlockPool::kBlockBytes;

// The block, counted from the first one of the payload, and the offset in it at which byte `at` of the payload lies.
struct Place {
  std::uint64_t block;
  std::size_t offset;
};
Place Locate(const FrameRef& ref, std::size_t at) {
  const std::size_t flat = ref.offset + at;
  return {ref.block + flat / kBlock, flat % kBlock};
}

}  // namespace

MemoryStore::~MemoryStore() {
  while (!blocks_.empty()) {
    if (blocks_.front().memory) {
      pool_->Give(account_, std::move(blocks_.front().memory));
    }
    blocks_.PopFront();
  }
  if (!retired_) {
    pool_->Leave(account_);
  }
}

void MemoryStore::Retire() {
  if (!retired_) {
    retired_ = true;
    LetGoOfFront();
    pool_->Leave(account_);
  }
}

Result<FrameRef> MemoryStore::Put(std::span<const Bytes> parts, std::size_t size) {
  KVS_CHECK(size > 0);
  if (size > kBlock) {
    const std::size_t most = pool_->MostFor(account_) * kBlock;
    if (size > UINT32_MAX || size > most) {
      return Status(StatusCode::kTooLarge, "a frame of " + std::to_string(size) + " bytes does not fit into the " +
                                               std::to_string(most) + " bytes that the stream may hold");
    }
  }
  const std::size_t left = blocks_.empty() ? 0 : kBlock - filled_;
  if (size > left) {
    const std::size_t needed = (size - left + kBlock - 1) / kBlock;
    if (!pool_->Take(account_, needed, taken_)) {
      return Status(StatusCode::kStoreFull, "the frame store is full");
    }
  }
  FrameRef ref;
  ref.size = static_cast<std::uint32_t>(size);
  if (left == 0) {
    ref.block = blocks_.Push({std::move(taken_.front()), 0});
    taken_.erase(taken_.begin());
    filled_ = 0;
  } else {
    ref.block = blocks_.end_number() - 1;
  }
  ref.offset = static_cast<std::uint32_t>(filled_);
  for (BlockPool::Block& block : taken_) {
    blocks_.Push({std::move(block), 0});
  }
  taken_.clear();

  std::size_t at = 0;
  for (const Bytes& part : parts) {
    for (std::size_t done = 0; done < part.size();) {
      const Place place = Locate(ref, at);
      const std::size_t count = std::min(part.size() - done, kBlock - place.offset);
      std::memcpy(blocks_[place.block].memory.get() + place.offset, part.data() + done, count);
      done += count;
      at += count;
    }
  }
  KVS_CHECK(at == size);
  const Place last = Locate(ref, size - 1);
  for (std::uint64_t block = ref.block; block <= last.block; ++block) {
    ++blocks_[block].payloads;
  }
  filled_ = last.offset + 1;
  bytes_ += size;
  return ref;
}

std::size_t MemoryStore::Read(const FrameRef& ref, std::size_t offset, std::span<std::uint8_t> out) const {
  const std::size_t wanted = std::min<std::size_t>(out.size(), ref.size - offset);
  for (std::size_t done = 0; done < wanted;) {
    const Place place = Locate(ref, offset + done);
    const std::size_t count = std::min(wanted - done, kBlock - place.offset);
    std::memcpy(out.data() + done, blocks_[place.block].memory.get() + place.offset, count);
    done += count;
  }
  return wanted;
}

void MemoryStore::Release(const FrameRef& ref) {
  const Place last = Locate(ref, ref.size - 1);
  for (std::uint64_t block = ref.block; block <= last.block; ++block) {
    Slot& slot = blocks_[block];
    KVS_CHECK(slot.payloads > 0);
    if (--slot.payloads == 0 && block + 1 != blocks_.end_number()) {
      pool_->Give(account_, std::move(slot.memory));
    }
  }
  bytes_ -= ref.size;
  LetGoOfFront();
}

void MemoryStore::LetGoOfFront() {
  while (!blocks_.empty() && blocks_.front().payloads == 0) {
    if (blocks_.front().memory) {  // was the last block when its payloads were released
      pool_->Give(account_, std::move(blocks_.front().memory));
    }
    blocks_.PopFront();
  }
}

}  // namespace kvs
