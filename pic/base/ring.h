#ifndef KVS_PIC_BASE_RING_H_
#define KVS_PIC_BASE_RING_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "pic/base/check.h"

namespace kvs {

// A queue whose elements are addressed by a number that never changes: the first element ever pushed is 0, the next
// 1, and so on, also after earlier ones were popped. Grows by doubling; pushing and popping at a steady length allocates nothing.
// T: default-constructible and movable. A popped element is reset to T{} at once, so that what it owned is let go.
template <typename T>
class Ring {
 public:
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  // Numbers of the first element and of the one after the last.
  std::uint64_t begin_number() const { return begin_; }
  std::uint64_t end_number() const { return end_; }
  bool Has(std::uint64_t number) const { return number >= begin_ && number < end_; }

  T& operator[](std::uint64_t number) {
    KVS_CHECK(Has(number));
    return slots_[number & mask()];
  }
  const T& operator[](std::uint64_t number) const {
    KVS_CHECK(Has(number));
    return slots_[number & mask()];
  }
  T& front() { return (*this)[begin_]; }
  const T& front() const { return (*this)[begin_]; }
  T& back() { return (*this)[end_ - 1]; }
  const T& back() const { return (*this)[end_ - 1]; }

  // Returns the number of the new element.
  std::uint64_t Push(T value) {
    if (size() == slots_.size()) {
      Grow();
    }
    slots_[end_ & mask()] = std::move(value);
    return end_++;
  }
  void PopFront() {
    front() = T{};
    ++begin_;
  }

 private:
  static constexpr std::size_t kFirstCapacity = 16;  // a power of two, so that `number & mask` is the slot
  std::uint64_t mask() const { return slots_.size() - 1; }

  void Grow() {
    std::vector<T> bigger(slots_.empty() ? kFirstCapacity : slots_.size() * 2);
    for (std::uint64_t n = begin_; n != end_; ++n) {
      bigger[n & (bigger.size() - 1)] = std::move(slots_[n & mask()]);
    }
    slots_ = std::move(bigger);
  }

  std::vector<T> slots_;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace kvs

#endif  // KVS_PIC_BASE_RING_H_
