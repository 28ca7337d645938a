#ifndef KVS_GETTIME_H_
#define KVS_GETTIME_H_

#include <chrono>

#include "com/amazonaws/kinesis/video/common/Types.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// Time of day.
KVS_COMPAT_API std::chrono::time_point<std::chrono::system_clock> systemCurrentTime();

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_GETTIME_H_
