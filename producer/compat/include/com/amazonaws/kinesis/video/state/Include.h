#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_STATE_INCLUDE_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_STATE_INCLUDE_H_

#include "com/amazonaws/kinesis/video/utils/Include.h"

// The status codes of this part are in common/StatusCodes.h; it has nothing else that programs use.

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_STATE_INCLUDE_H_
