// A check of NAL unit lengths with a bug planted on purpose: it forgets that the length itself
// takes 4 bytes. The fuzzer must find the difference from the real check within seconds.

#include <span>

#include "pic/codec/nal.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

bool BuggyValidate(kvs::codec::Bytes data) {
  bool any = false;
  while (data.size() >= 4) {
    const std::size_t size = std::size_t{data[0]} << 24 | std::size_t{data[1]} << 16 |
                             std::size_t{data[2]} << 8 | data[3];
    if (size > data.size()) {  // planted: the bytes of the length are not subtracted
      return false;
    }
    any = any || size != 0;
    data = data.subspan(size + 4 < data.size() ? size + 4 : data.size());
  }
  return any && data.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const kvs::codec::Bytes input(data, size);
  const bool valid = kvs::codec::ValidateLengthPrefixed(input, kvs::codec::kNalLengthSize).ok();
  kvs::fuzz::Check(BuggyValidate(input) == valid, "planted bug");
  return 0;
}
