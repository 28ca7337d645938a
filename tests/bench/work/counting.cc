// Replaces operator new, and stands between our objects and the C library's copying (the linker's --wrap).
#include "tests/bench/work/counting.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::uint64_t> allocations{0};
std::atomic<std::uint64_t> copied_bytes{0};

void* Allocate(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) {
    std::abort();
  }
  return memory;
}

void* AllocateAligned(std::size_t size, std::align_val_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const auto align = static_cast<std::size_t>(alignment);
  void* memory = std::aligned_alloc(align, (size + align - 1) / align * align);
  if (memory == nullptr) {
    std::abort();
  }
  return memory;
}

}  // namespace

namespace kvs::bench {

Counts CountsSoFar() {
  return {allocations.load(std::memory_order_relaxed), copied_bytes.load(std::memory_order_relaxed)};
}

}  // namespace kvs::bench

// Those that are not here (arrays, nothrow) call these.
void* operator new(std::size_t size) { return Allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return AllocateAligned(size, alignment); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept { std::free(memory); }

// For each function of the C library: the linker lets our objects call __wrap_..., and __real_... is the function itself. Those that end
// in _chk are what the compiler makes of the others where it knows how much room there is.
#define KVS_COUNT(name, Second, ...)                                                                              \
  extern "C" void* __real_##name(void* to, Second second, std::size_t size __VA_OPT__(, std::size_t room));         \
  extern "C" void* __wrap_##name(void* to, Second second, std::size_t size __VA_OPT__(, std::size_t room));         \
  extern "C" void* __wrap_##name(void* to, Second second, std::size_t size __VA_OPT__(, std::size_t room)) {        \
    copied_bytes.fetch_add(size, std::memory_order_relaxed);                                                        \
    return __real_##name(to, second, size __VA_OPT__(, room));                                                      \
  }                                                                                                                 \
  static_assert(true)

KVS_COUNT(memcpy, const void*);
KVS_COUNT(memmove, const void*);
KVS_COUNT(memset, int);
KVS_COUNT(__memcpy_chk, const void*, checked);
KVS_COUNT(__memmove_chk, const void*, checked);
KVS_COUNT(__memset_chk, int, checked);
