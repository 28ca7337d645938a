#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_MKVGEN_INCLUDE_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_MKVGEN_INCLUDE_H_

#include "com/amazonaws/kinesis/video/utils/Include.h"

// Frames and tracks.

#ifdef __cplusplus
extern "C" {
#endif

#define MKV_MAX_CODEC_ID_LEN 32
#define MKV_MAX_TRACK_NAME_LEN 32
#define MKV_SEGMENT_UUID_LEN 16
#define MKV_MAX_TAG_NAME_LEN 128
#define MKV_MAX_TAG_VALUE_LEN 256
#define MKV_MAX_CODEC_PRIVATE_LEN (1 * 1024 * 1024)
#define MIN_TIMECODE_SCALE (1)
#define MAX_TIMECODE_SCALE (HUNDREDS_OF_NANOS_IN_A_SECOND)
#define MIN_CLUSTER_DURATION (1 * HUNDREDS_OF_NANOS_IN_A_SECOND)
#define MAX_CLUSTER_DURATION (30 * HUNDREDS_OF_NANOS_IN_A_SECOND)

#define FRAME_CURRENT_VERSION 0
#define TRACK_INFO_CURRENT_VERSION 0

typedef enum {
  FRAME_FLAG_NONE = 0,
  FRAME_FLAG_KEY_FRAME = 1,  // decoding may begin here
  FRAME_FLAG_DISCARDABLE_FRAME = 2,  // no other frame needs it
  FRAME_FLAG_INVISIBLE_FRAME = 4,  // decoded and not shown
  FRAME_FLAG_END_OF_FRAGMENT = 8,  // no data: the fragment ends
} FRAME_FLAGS;

#define CHECK_FRAME_FLAG_KEY_FRAME(f) (((f) & FRAME_FLAG_KEY_FRAME) != FRAME_FLAG_NONE)
#define CHECK_FRAME_FLAG_DISCARDABLE_FRAME(f) (((f) & FRAME_FLAG_DISCARDABLE_FRAME) != FRAME_FLAG_NONE)
#define CHECK_FRAME_FLAG_INVISIBLE_FRAME(f) (((f) & FRAME_FLAG_INVISIBLE_FRAME) != FRAME_FLAG_NONE)
#define CHECK_FRAME_FLAG_END_OF_FRAGMENT(f) (((f) & FRAME_FLAG_END_OF_FRAGMENT) != FRAME_FLAG_NONE)

// What one frame is. Times are in units of 100 ns; on a stream with absolute times, since 1970.
typedef struct __Frame {
  UINT32 version;
  UINT32 index;  // for the program; not read
  FRAME_FLAGS flags;
  UINT64 decodingTs;
  UINT64 presentationTs;
  UINT64 duration;
  UINT32 size;  // of frameData, bytes
  PBYTE frameData;
  UINT64 trackId;
} Frame, *PFrame;

// A frame that ends a fragment.
#define EOFR_FRAME_INITIALIZER {FRAME_CURRENT_VERSION, 0, FRAME_FLAG_END_OF_FRAGMENT, 0, 0, 0, 0, NULL, 0}

typedef enum {
  MKV_STATE_START_STREAM = 0,
  MKV_STATE_START_CLUSTER = 1,
  MKV_STATE_START_BLOCK = 2,
} MKV_STREAM_STATE;

typedef enum {
  MKV_TRACK_INFO_TYPE_VIDEO = 1,
  MKV_TRACK_INFO_TYPE_AUDIO = 2,
  MKV_TRACK_INFO_TYPE_UNKOWN = 3,
} MKV_TRACK_INFO_TYPE;

typedef enum {
  MKV_TREE_TAGS = 0,
  MKV_TREE_TAG = 1,
  MKV_TREE_SIMPLE = 2,
  MKV_TREE_LAST = 3,
} MKV_TREE_TYPE;

typedef enum {
  MKV_GEN_FLAG_NONE = 0,
  MKV_GEN_KEY_FRAME_PROCESSING = 1,
  MKV_GEN_IN_STREAM_TIME = 2,
  MKV_GEN_ABSOLUTE_CLUSTER_TIME = 4,
  MKV_GEN_ADAPT_ANNEXB_NALS = 8,
  MKV_GEN_ADAPT_AVCC_NALS = 16,
  MKV_GEN_ADAPT_ANNEXB_CPD_NALS = 32,
} MKV_BEHAVIOR_FLAGS;

typedef enum {
  AAC_MAIN = 1,
  AAC_LC = 2,
  AAC_SSR = 3,
  AAC_LTP = 4,
  SBR = 5,
  AAC_SCALABLE = 6,
} KVS_MPEG4_AUDIO_OBJECT_TYPES;

typedef enum {
  KVS_PCM_FORMAT_CODE_ALAW = 6,
  KVS_PCM_FORMAT_CODE_MULAW = 7,
} KVS_PCM_FORMAT_CODE;

typedef struct __TrackVideoConfig {
  UINT16 videoWidth;
  UINT16 videoHeight;
} TrackVideoConfig, *PTrackVideoConfig;

typedef struct __TrackAudioConfig {
  DOUBLE samplingFrequency;
  UINT16 channelConfig;
  UINT16 bitDepth;
} TrackAudioConfig, *PTrackAudioConfig;

typedef union {
  TrackAudioConfig trackAudioConfig;
  TrackVideoConfig trackVideoConfig;
} TrackCustomData, *PTrackCustomData;

typedef struct __TrackInfo {
  UINT32 version;
  UINT64 trackId;
  CHAR codecId[MKV_MAX_CODEC_ID_LEN + 1];
  CHAR trackName[MKV_MAX_TRACK_NAME_LEN + 1];
  UINT32 codecPrivateDataSize;
  PBYTE codecPrivateData;
  MKV_TRACK_INFO_TYPE trackType;
  TrackCustomData trackCustomData;
} TrackInfo, *PTrackInfo;

typedef struct __EncodedFrameInfo {
  UINT64 streamStartTs;
  UINT64 clusterPts;
  UINT64 clusterDts;
  UINT64 framePts;
  UINT64 frameDts;
  UINT64 duration;
  UINT16 dataOffset;
  MKV_STREAM_STATE streamState;
} EncodedFrameInfo, *PEncodedFrameInfo;

#ifdef __cplusplus
}
#endif

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_MKVGEN_INCLUDE_H_
