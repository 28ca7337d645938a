// Payloads that come and go, with others between them that stay for a while.
#include <memory>

#include "pic/base/ring.h"
#include "pic/store/memory_store.h"
#include "tests/bench/bench.h"
#include "tests/bench/media.h"

namespace kvs::bench {
namespace {

constexpr std::uint64_t kSpare = 8 * BlockPool::kBlockBytes;

class Churn {
 public:
  Churn(std::size_t size, std::size_t backlog)
      : payload_(LengthPrefixed(size)),
        store_(std::make_shared<BlockPool>(2 * std::uint64_t{size} * (backlog + 1) + kSpare)) {
    for (std::size_t i = 0; i < backlog; ++i) {
      Put();
    }
  }
  // One in, the oldest out.
  void Turn() {
    Put();
    store_.Release(held_.front());
    held_.PopFront();
  }

 private:
  void Put() {
    const Bytes part(payload_);
    held_.Push(*store_.Put({&part, 1}, payload_.size()));
  }

  const std::vector<std::uint8_t> payload_;
  MemoryStore store_;
  Ring<FrameRef> held_;
};

Benchmark StoreChurn(std::size_t size, std::size_t backlog) {
  return {"StoreChurnBehind" + std::to_string(backlog) + "Frames/" + std::to_string(size), static_cast<std::int64_t>(size),
          static_cast<int>(4 * BlockPool::kBlockBytes / size), [size, backlog] {
            return [churn = std::make_shared<Churn>(size, backlog)] { churn->Turn(); };
          }};
}

}  // namespace

std::vector<Benchmark> StoreBenchmarks() {
  std::vector<Benchmark> all;
  constexpr std::size_t kSecond = 30;
  constexpr std::size_t kHour = 3600 * kSecond;
  constexpr std::size_t kTinyFrame = 200;  // an hour of them has room on every machine
  for (const std::size_t size : {kSmallFrame, kLargeFrame}) {
    all.push_back(StoreChurn(size, kSecond));
    all.push_back(StoreChurn(size, 10 * kSecond));
  }
  all.push_back(StoreChurn(kTinyFrame, kSecond));
  all.push_back(StoreChurn(kTinyFrame, kHour));
  return all;
}

}  // namespace kvs::bench
