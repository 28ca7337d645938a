#include <limits>
#include <type_traits>

#include "com/amazonaws/kinesis/video/utils/Include.h"

namespace {

constexpr UINT32 kMinBase = 2;
constexpr UINT32 kMaxBase = 36;

// kMaxBase when it is no digit of any base.
UINT32 DigitValue(CHAR c) {
  if (c >= '0' && c <= '9') {
    return static_cast<UINT32>(c - '0');
  }
  if (c >= 'a' && c <= 'z') {
    return static_cast<UINT32>(c - 'a') + 10;
  }
  if (c >= 'A' && c <= 'Z') {
    return static_cast<UINT32>(c - 'A') + 10;
  }
  return kMaxBase;
}

template <typename Number>
STATUS Parse(const CHAR* start, const CHAR* end, UINT32 base, Number* value) {
  if (start == nullptr || value == nullptr) {
    return STATUS_NULL_ARG;
  }
  if (end == nullptr) {
    end = start + STRLEN(start);
  }
  if (end < start) {
    return STATUS_INVALID_ARG;
  }
  if (base < kMinBase || base > kMaxBase) {
    return STATUS_INVALID_BASE;
  }
  const CHAR* at = start;
  bool negative = false;
  if (std::is_signed_v<Number> && at < end && (*at == '-' || *at == '+')) {
    negative = *at == '-';
    ++at;
  }
  if (at == end) {
    return STATUS_EMPTY_STRING;
  }
  const UINT64 limit = static_cast<UINT64>(std::numeric_limits<Number>::max()) + (negative ? 1 : 0);
  UINT64 magnitude = 0;
  for (; at < end; ++at) {
    const UINT32 digit = DigitValue(*at);
    if (digit >= base) {
      return STATUS_INVALID_DIGIT;
    }
    if (magnitude > (limit - digit) / base) {
      return STATUS_INT_OVERFLOW;
    }
    magnitude = magnitude * base + digit;
  }
  *value = static_cast<Number>(negative ? 0 - magnitude : magnitude);
  return STATUS_SUCCESS;
}

}  // namespace

STATUS strtoi32(PCHAR pStart, PCHAR pEnd, UINT32 base, PINT32 pValue) { return Parse(pStart, pEnd, base, pValue); }

STATUS strtoui32(PCHAR pStart, PCHAR pEnd, UINT32 base, PUINT32 pValue) { return Parse(pStart, pEnd, base, pValue); }

STATUS strtoi64(PCHAR pStart, PCHAR pEnd, UINT32 base, PINT64 pValue) { return Parse(pStart, pEnd, base, pValue); }

STATUS strtoui64(PCHAR pStart, PCHAR pEnd, UINT32 base, PUINT64 pValue) { return Parse(pStart, pEnd, base, pValue); }

STATUS setInstrumentedAllocatorsNoop() { return STATUS_SUCCESS; }

STATUS resetInstrumentedAllocatorsNoop() { return STATUS_SUCCESS; }
