#ifndef KVS_PRODUCER_COMPAT_ERROR_TEXT_H_
#define KVS_PRODUCER_COMPAT_ERROR_TEXT_H_

#include <sstream>
#include <stdexcept>
#include <string>

#include "com/amazonaws/kinesis/video/common/CommonDefs.h"

namespace com::amazonaws::kinesis::video {

// Throws what programs find in their logs: "<what> Error status: 0x<hex>".
[[noreturn]] inline void ThrowStatus(const std::string& what, STATUS status) {
  std::ostringstream text;
  text << what << " Error status: 0x" << std::hex << status;
  throw std::runtime_error(text.str());
}

}  // namespace com::amazonaws::kinesis::video

#endif  // KVS_PRODUCER_COMPAT_ERROR_TEXT_H_
