#ifndef KVS_PRODUCER_COMPAT_LOG_PRINT_H_
#define KVS_PRODUCER_COMPAT_LOG_PRINT_H_

#include <cstdarg>

#include "com/amazonaws/kinesis/video/common/PlatformUtils.h"

namespace com::amazonaws::kinesis::video {

// The logger of this library in log4cplus.
inline constexpr char kLoggerName[] = "com.amazonaws.kinesis.video";

// Writes one record to it, "<tag>: <text>"; the level is one of LOG_LEVEL_…. Thread: any.
void LogPrint(UINT32 level, PCHAR tag, PCHAR format, va_list arguments);

// The level of log4cplus's root logger as one of LOG_LEVEL_…; LOG_LEVEL_INFO when it is none of them.
UINT32 RootLogLevel();

}  // namespace com::amazonaws::kinesis::video

#endif  // KVS_PRODUCER_COMPAT_LOG_PRINT_H_
