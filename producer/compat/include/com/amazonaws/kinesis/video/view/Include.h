#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_VIEW_INCLUDE_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_VIEW_INCLUDE_H_

#include "com/amazonaws/kinesis/video/utils/Include.h"

// The window of frames that a stream holds.

#ifdef __cplusplus
extern "C" {
#endif

// What gives way when the buffer of a stream is full: docs/compat.md says what this library makes of it.
typedef enum {
  CONTENT_VIEW_OVERFLOW_POLICY_DROP_TAIL_VIEW_ITEM = 0,
  CONTENT_VIEW_OVERFLOW_POLICY_DROP_UNTIL_FRAGMENT_START = 1,
} CONTENT_VIEW_OVERFLOW_POLICY;

#ifdef __cplusplus
}
#endif

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_VIEW_INCLUDE_H_
