#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_STATUSCODES_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_STATUSCODES_H_

#include "com/amazonaws/kinesis/video/common/Types.h"

// Every status that Amazon's SDK has, with its value, whether this library ever gives it or not: programs compare
// with them. docs/errors.md says which ones are given, and when. Numbers are never used twice; gaps are historic.

#define STATUS_FAILED(x) (((STATUS) (x)) != STATUS_SUCCESS)
#define STATUS_SUCCEEDED(x) (!STATUS_FAILED(x))

// Common (base 0x00000000)
#define STATUS_SUCCESS ((STATUS) 0x00000000)  // no error
#define STATUS_BASE ((STATUS) 0x00000000)  // base value
#define STATUS_NULL_ARG ((STATUS) 0x00000001)  // required pointer or handle missing
#define STATUS_INVALID_ARG ((STATUS) 0x00000002)  // argument value not acceptable
#define STATUS_INVALID_ARG_LEN ((STATUS) 0x00000003)  // length of an argument out of bounds
#define STATUS_NOT_ENOUGH_MEMORY ((STATUS) 0x00000004)  // process allocator returned nothing
#define STATUS_BUFFER_TOO_SMALL ((STATUS) 0x00000005)  // destination too short
#define STATUS_UNEXPECTED_EOF ((STATUS) 0x00000006)  // file ended early
#define STATUS_FORMAT_ERROR ((STATUS) 0x00000007)  // malformed content
#define STATUS_INVALID_HANDLE_ERROR ((STATUS) 0x00000008)  // handle not valid
#define STATUS_OPEN_FILE_FAILED ((STATUS) 0x00000009)  // could not open
#define STATUS_READ_FILE_FAILED ((STATUS) 0x0000000A)  // could not read
#define STATUS_WRITE_TO_FILE_FAILED ((STATUS) 0x0000000B)  // could not write
#define STATUS_INTERNAL_ERROR ((STATUS) 0x0000000C)  // invariant broken
#define STATUS_INVALID_OPERATION ((STATUS) 0x0000000D)  // call not allowed now
#define STATUS_NOT_IMPLEMENTED ((STATUS) 0x0000000E)  // feature absent
#define STATUS_OPERATION_TIMED_OUT ((STATUS) 0x0000000F)  // wait ended without the event (createSync/stopSync/cond wait)
#define STATUS_NOT_FOUND ((STATUS) 0x00000010)  // item absent
#define STATUS_CREATE_THREAD_FAILED ((STATUS) 0x00000011)  // thread creation, unspecific
#define STATUS_THREAD_NOT_ENOUGH_RESOURCES ((STATUS) 0x00000012)  // thread creation EAGAIN
#define STATUS_THREAD_INVALID_ARG ((STATUS) 0x00000013)  // thread attribute EINVAL
#define STATUS_THREAD_PERMISSIONS ((STATUS) 0x00000014)  // thread creation EPERM
#define STATUS_THREAD_DEADLOCKED ((STATUS) 0x00000015)  // join deadlock
#define STATUS_THREAD_DOES_NOT_EXIST ((STATUS) 0x00000016)  // join/cancel of unknown thread
#define STATUS_JOIN_THREAD_FAILED ((STATUS) 0x00000017)  // join, unspecific
#define STATUS_WAIT_FAILED ((STATUS) 0x00000018)  // condition wait failed
#define STATUS_CANCEL_THREAD_FAILED ((STATUS) 0x00000019)  // cancel failed
#define STATUS_THREAD_IS_NOT_JOINABLE ((STATUS) 0x0000001A)  // join of a detached thread
#define STATUS_DETACH_THREAD_FAILED ((STATUS) 0x0000001B)  // detach failed
#define STATUS_THREAD_ATTR_INIT_FAILED ((STATUS) 0x0000001C)  // attribute init failed
#define STATUS_THREAD_ATTR_SET_STACK_SIZE_FAILED ((STATUS) 0x0000001D)  // stack size refused
#define STATUS_MEMORY_NOT_FREED ((STATUS) 0x0000001E)  // leak found by the instrumented allocators
#define STATUS_INVALID_THREAD_PARAMS_VERSION ((STATUS) 0x0000001F)  // ThreadParams.version unknown

// Utils (0x40000000; hash table 0x40100000, bit reader 0x41000000, timer queue 0x41100000, semaphore 0x41200000, file logger 0x41300000)
#define STATUS_UTILS_BASE ((STATUS) 0x40000000)  // base value
#define STATUS_INVALID_BASE64_ENCODE ((STATUS) 0x40000001)  // input length not decodable
#define STATUS_INVALID_BASE ((STATUS) 0x40000002)  // base value
#define STATUS_INVALID_DIGIT ((STATUS) 0x40000003)  // character not a digit of the base
#define STATUS_INT_OVERFLOW ((STATUS) 0x40000004)  // number does not fit
#define STATUS_EMPTY_STRING ((STATUS) 0x40000005)  // nothing to parse
#define STATUS_DIRECTORY_OPEN_FAILED ((STATUS) 0x40000006)  // opendir failed
#define STATUS_PATH_TOO_LONG ((STATUS) 0x40000007)  // path longer than 4096
#define STATUS_UNKNOWN_DIR_ENTRY_TYPE ((STATUS) 0x40000008)  // entry is not file/link/dir
#define STATUS_REMOVE_DIRECTORY_FAILED ((STATUS) 0x40000009)  // rmdir failed
#define STATUS_REMOVE_FILE_FAILED ((STATUS) 0x4000000A)  // unlink of a file failed
#define STATUS_REMOVE_LINK_FAILED ((STATUS) 0x4000000B)  // unlink of a link failed
#define STATUS_DIRECTORY_ACCESS_DENIED ((STATUS) 0x4000000C)  // no permission
#define STATUS_DIRECTORY_MISSING_PATH ((STATUS) 0x4000000D)  // path component missing
#define STATUS_DIRECTORY_ENTRY_STAT_ERROR ((STATUS) 0x4000000E)  // stat failed
#define STATUS_STRFTIME_FALIED ((STATUS) 0x4000000F)  // time formatting produced nothing (name misspelt)
#define STATUS_MAX_TIMESTAMP_FORMAT_STR_LEN_EXCEEDED ((STATUS) 0x40000010)  // format string too long
#define STATUS_UTIL_MAX_TAG_COUNT ((STATUS) 0x40000011)  // more than 50 tags
#define STATUS_UTIL_INVALID_TAG_VERSION ((STATUS) 0x40000012)  // Tag.version unknown
#define STATUS_UTIL_TAGS_COUNT_NON_ZERO_TAGS_NULL ((STATUS) 0x40000013)  // count without array
#define STATUS_UTIL_INVALID_TAG_NAME_LEN ((STATUS) 0x40000014)  // tag name empty or > 128
#define STATUS_UTIL_INVALID_TAG_VALUE_LEN ((STATUS) 0x40000015)  // tag value > 1024
#define STATUS_EXPONENTIAL_BACKOFF_INVALID_STATE ((STATUS) 0x4000002A)  // back-off object misused
#define STATUS_EXPONENTIAL_BACKOFF_RETRIES_EXHAUSTED ((STATUS) 0x4000002B)  // configured retries used up (state is reset)
#define STATUS_THREADPOOL_MAX_COUNT ((STATUS) 0x4000002C)  // no thread slot
#define STATUS_THREADPOOL_INTERNAL_ERROR ((STATUS) 0x4000002D)  // pool invariant broken
#define STATUS_HASH_TABLE_BASE ((STATUS) 0x40100000)  // base value
#define STATUS_HASH_KEY_NOT_PRESENT ((STATUS) 0x40100001)  // lookup miss
#define STATUS_HASH_KEY_ALREADY_PRESENT ((STATUS) 0x40100002)  // put of an existing key
#define STATUS_HASH_ENTRY_ITERATION_ABORT ((STATUS) 0x40100003)  // iterator callback asks to stop (not an error)
#define STATUS_BIT_READER_BASE ((STATUS) 0x41000000)  // base value
#define STATUS_BIT_READER_OUT_OF_RANGE ((STATUS) 0x41000001)  // read beyond the buffer
#define STATUS_BIT_READER_INVALID_SIZE ((STATUS) 0x41000002)  // more than 32 bits asked
#define STATUS_TIMER_QUEUE_BASE ((STATUS) 0x41100000)  // base value
#define STATUS_TIMER_QUEUE_STOP_SCHEDULING ((STATUS) 0x41100001)  // callback asks to cancel itself (not an error)
#define STATUS_INVALID_TIMER_COUNT_VALUE ((STATUS) 0x41100002)  // queue size 0
#define STATUS_INVALID_TIMER_PERIOD_VALUE ((STATUS) 0x41100003)  // period below 1 ms and not 0
#define STATUS_MAX_TIMER_COUNT_REACHED ((STATUS) 0x41100004)  // queue full (default 32)
#define STATUS_TIMER_QUEUE_SHUTDOWN ((STATUS) 0x41100005)  // queue already shut down
#define STATUS_SEMAPHORE_BASE ((STATUS) 0x41200000)  // base value
#define STATUS_SEMAPHORE_OPERATION_AFTER_SHUTDOWN ((STATUS) 0x41200001)  // acquire/release after free began
#define STATUS_SEMAPHORE_ACQUIRE_WHEN_LOCKED ((STATUS) 0x41200002)  // acquire while locked for draining
#define STATUS_FILE_LOGGER_BASE ((STATUS) 0x41300000)  // base value
#define STATUS_FILE_LOGGER_INDEX_FILE_INVALID_SIZE ((STATUS) 0x41300001)  // index file content too long

// Heap (0x10000000)
#define STATUS_HEAP_BASE ((STATUS) 0x10000000)  // base value
#define STATUS_HEAP_FLAGS_ERROR ((STATUS) 0x10000001)  // unknown heap kind
#define STATUS_HEAP_NOT_INITIALIZED ((STATUS) 0x10000002)  // heap used before init
#define STATUS_HEAP_CORRUPTED ((STATUS) 0x10000003)  // block bookkeeping damaged
#define STATUS_HEAP_VRAM_LIB_MISSING ((STATUS) 0x10000004)  // video-RAM library absent
#define STATUS_HEAP_VRAM_LIB_REOPEN ((STATUS) 0x10000005)  // re-open failed
#define STATUS_HEAP_VRAM_INIT_FUNC_SYMBOL ((STATUS) 0x10000006)  // symbol missing: init
#define STATUS_HEAP_VRAM_ALLOC_FUNC_SYMBOL ((STATUS) 0x10000007)  // symbol missing: alloc
#define STATUS_HEAP_VRAM_FREE_FUNC_SYMBOL ((STATUS) 0x10000008)  // symbol missing: free
#define STATUS_HEAP_VRAM_LOCK_FUNC_SYMBOL ((STATUS) 0x10000009)  // symbol missing: lock
#define STATUS_HEAP_VRAM_UNLOCK_FUNC_SYMBOL ((STATUS) 0x1000000A)  // symbol missing: unlock
#define STATUS_HEAP_VRAM_UNINIT_FUNC_SYMBOL ((STATUS) 0x1000000B)  // symbol missing: uninit
#define STATUS_HEAP_VRAM_GETMAX_FUNC_SYMBOL ((STATUS) 0x1000000C)  // symbol missing: get max
#define STATUS_HEAP_DIRECT_MEM_INIT ((STATUS) 0x1000000D)  // direct heap init failed
#define STATUS_HEAP_VRAM_INIT_FAILED ((STATUS) 0x1000000E)  // video-RAM init failed
#define STATUS_HEAP_LIBRARY_FREE_FAILED ((STATUS) 0x1000000F)  // dlclose failed
#define STATUS_HEAP_VRAM_ALLOC_FAILED ((STATUS) 0x10000010)  // video-RAM alloc failed
#define STATUS_HEAP_VRAM_FREE_FAILED ((STATUS) 0x10000011)  // video-RAM free failed
#define STATUS_HEAP_VRAM_MAP_FAILED ((STATUS) 0x10000012)  // video-RAM map failed
#define STATUS_HEAP_VRAM_UNMAP_FAILED ((STATUS) 0x10000013)  // video-RAM unmap failed
#define STATUS_HEAP_VRAM_UNINIT_FAILED ((STATUS) 0x10000014)  // video-RAM uninit failed
#define STATUS_INVALID_ALLOCATION_SIZE ((STATUS) 0x10000015)  // size 0 or beyond the maximum
#define STATUS_HEAP_REALLOC_ERROR ((STATUS) 0x10000016)  // resize failed
#define STATUS_HEAP_FILE_HEAP_FILE_CORRUPT ((STATUS) 0x10000017)  // spill file missing or wrong size

// Content view (0x30000000)
#define STATUS_VIEW_BASE ((STATUS) 0x30000000)  // base value
#define STATUS_MIN_CONTENT_VIEW_ITEMS ((STATUS) 0x30000001)  // view created with too few items (needs > 10 / at least MIN)
#define STATUS_INVALID_CONTENT_VIEW_DURATION ((STATUS) 0x30000002)  // view buffer duration invalid
#define STATUS_CONTENT_VIEW_NO_MORE_ITEMS ((STATUS) 0x30000003)  // nothing left to read / empty view
#define STATUS_CONTENT_VIEW_INVALID_INDEX ((STATUS) 0x30000004)  // index outside tail..head
#define STATUS_CONTENT_VIEW_INVALID_TIMESTAMP ((STATUS) 0x30000005)  // item older than head (dts) or lookup miss
#define STATUS_INVALID_CONTENT_VIEW_LENGTH ((STATUS) 0x30000006)  // item length 0

// MkvGen (0x32000000)
#define STATUS_MKVGEN_BASE ((STATUS) 0x32000000)  // base value
#define STATUS_MKV_INVALID_FRAME_DATA ((STATUS) 0x32000001)  // frame without bytes
#define STATUS_MKV_INVALID_FRAME_TIMESTAMP ((STATUS) 0x32000002)  // pts/dts before the current cluster start
#define STATUS_MKV_INVALID_CLUSTER_DURATION ((STATUS) 0x32000003)  // fragment duration outside 1..30 s in non-key-frame mode
#define STATUS_MKV_INVALID_CONTENT_TYPE_LENGTH ((STATUS) 0x32000004)  // content type empty or > 128
#define STATUS_MKV_NUMBER_TOO_BIG ((STATUS) 0x32000005)  // value does not fit an EBML vint
#define STATUS_MKV_INVALID_CODEC_ID_LENGTH ((STATUS) 0x32000006)  // codec id > 32
#define STATUS_MKV_INVALID_TRACK_NAME_LENGTH ((STATUS) 0x32000007)  // track name > 32
#define STATUS_MKV_INVALID_CODEC_PRIVATE_LENGTH ((STATUS) 0x32000008)  // CPD > 1 MiB
#define STATUS_MKV_CODEC_PRIVATE_NULL ((STATUS) 0x32000009)  // CPD size without pointer
#define STATUS_MKV_INVALID_TIMECODE_SCALE ((STATUS) 0x3200000A)  // scale outside 100 ns..1 s
#define STATUS_MKV_MAX_FRAME_TIMECODE ((STATUS) 0x3200000B)  // timestamp above INT64_MAX/100
#define STATUS_MKV_LARGE_FRAME_TIMECODE ((STATUS) 0x3200000C)  // block time offset above 32767 ticks
#define STATUS_MKV_INVALID_ANNEXB_NALU_IN_FRAME_DATA ((STATUS) 0x3200000D)  // too many zeros before a start code
#define STATUS_MKV_INVALID_AVCC_NALU_IN_FRAME_DATA ((STATUS) 0x3200000E)  // length field runs outside the frame
#define STATUS_MKV_BOTH_ANNEXB_AND_AVCC_SPECIFIED ((STATUS) 0x3200000F)  // both adaptation directions requested
#define STATUS_MKV_INVALID_ANNEXB_NALU_IN_CPD ((STATUS) 0x32000010)  // CPD split inconsistent
#define STATUS_MKV_PTS_DTS_ARE_NOT_SAME ((STATUS) 0x32000011)  // historic, unused
#define STATUS_MKV_INVALID_H264_H265_CPD ((STATUS) 0x32000012)  // CPD shorter than 8 bytes or unparsable
#define STATUS_MKV_INVALID_H264_H265_SPS_WIDTH ((STATUS) 0x32000013)  // computed width out of 16 bits
#define STATUS_MKV_INVALID_H264_H265_SPS_HEIGHT ((STATUS) 0x32000014)  // computed height out of 16 bits
#define STATUS_MKV_INVALID_H264_H265_SPS_NALU ((STATUS) 0x32000015)  // NAL header is not an SPS
#define STATUS_MKV_INVALID_BIH_CPD ((STATUS) 0x32000016)  // bitmap header shorter than 40 bytes
#define STATUS_MKV_INVALID_HEVC_NALU_COUNT ((STATUS) 0x32000017)  // SPS array does not hold exactly one NAL
#define STATUS_MKV_INVALID_HEVC_FORMAT ((STATUS) 0x32000018)  // hvcC truncated
#define STATUS_MKV_HEVC_SPS_NALU_MISSING ((STATUS) 0x32000019)  // no SPS array
#define STATUS_MKV_INVALID_HEVC_SPS_NALU_SIZE ((STATUS) 0x3200001A)  // SPS length outside
#define STATUS_MKV_INVALID_HEVC_SPS_CHROMA_FORMAT_IDC ((STATUS) 0x3200001B)  // chroma format above 3
#define STATUS_MKV_INVALID_HEVC_SPS_RESERVED ((STATUS) 0x3200001C)  // reserved bits set
#define STATUS_MKV_MIN_ANNEX_B_CPD_SIZE ((STATUS) 0x3200001D)  // Annex-B CPD shorter than 11 (H.264) / 15 (H.265)
#define STATUS_MKV_ANNEXB_CPD_MISSING_NALUS ((STATUS) 0x3200001E)  // fewer than 2 NALs in an H.265 CPD
#define STATUS_MKV_INVALID_ANNEXB_CPD_NALUS ((STATUS) 0x3200001F)  // CPD NAL structure broken / nothing extracted
#define STATUS_MKV_INVALID_TAG_NAME_LENGTH ((STATUS) 0x32000020)  // tag name empty or > 128
#define STATUS_MKV_INVALID_TAG_VALUE_LENGTH ((STATUS) 0x32000021)  // tag value > 256
#define STATUS_MKV_INVALID_GENERATOR_STATE_TAGS ((STATUS) 0x32000022)  // block asked while only tags were written
#define STATUS_MKV_INVALID_AAC_CPD_SAMPLING_FREQUENCY_INDEX ((STATUS) 0x32000023)  // unknown AAC rate (index)
#define STATUS_MKV_INVALID_AAC_CPD_CHANNEL_CONFIG ((STATUS) 0x32000024)  // unknown AAC channel configuration
#define STATUS_MKV_INVALID_AAC_CPD ((STATUS) 0x32000025)  // AAC config shorter than 2
#define STATUS_MKV_TRACK_INFO_NOT_FOUND ((STATUS) 0x32000026)  // frame's trackId unknown
#define STATUS_MKV_INVALID_SEGMENT_UUID ((STATUS) 0x32000027)  // UUID all zero
#define STATUS_MKV_INVALID_TRACK_UID ((STATUS) 0x32000028)  // trackId 0
#define STATUS_MKV_INVALID_CLIENT_ID_LENGTH ((STATUS) 0x32000029)  // client id > 64
#define STATUS_MKV_INVALID_AMS_ACM_CPD ((STATUS) 0x3200002A)  // G.711 CPD too short or unknown format tag
#define STATUS_MKV_MISSING_SPS_FROM_H264_CPD ((STATUS) 0x3200002B)  // no SPS
#define STATUS_MKV_MISSING_PPS_FROM_H264_CPD ((STATUS) 0x3200002C)  // no PPS
#define STATUS_MKV_INVALID_PARENT_TYPE ((STATUS) 0x3200002D)  // unknown tag-tree level

// Trace (0x10100000)
#define STATUS_TP_BASE ((STATUS) 0x10100000)  // base value
#define STATUS_MIN_PROFILER_BUFFER ((STATUS) 0x10100001)  // trace buffer too small

// State machine (0x52000000, shared with Client)
#define STATUS_STATE_BASE ((STATUS) 0x52000000)  // base value
#define STATUS_INVALID_STREAM_STATE ((STATUS) 0x5200000E)  // event or call arrived in a state that does not accept it
#define STATUS_STATE_MACHINE_STATE_NOT_FOUND ((STATUS) 0x52000056)  // state id not in the table
#define STATUS_STATE_MACHINE_NAME_LEN_INVALID ((STATUS) 0x5200009A)  // machine name empty or > 32

// Client (0x52000000)
#define STATUS_CLIENT_BASE ((STATUS) 0x52000000)  // base value
#define STATUS_MAX_STREAM_COUNT ((STATUS) 0x52000001)  // client's stream slots used up / count above the limit
#define STATUS_MIN_STREAM_COUNT ((STATUS) 0x52000002)  // streamCount 0
#define STATUS_INVALID_DEVICE_NAME_LENGTH ((STATUS) 0x52000003)  // device name > 128
#define STATUS_INVALID_DEVICE_INFO_VERSION ((STATUS) 0x52000004)  // DeviceInfo.version unknown
#define STATUS_MAX_TAG_COUNT ((STATUS) 0x52000005)  // more than 50 tags
#define STATUS_DEVICE_FINGERPRINT_LENGTH ((STATUS) 0x52000006)  // fingerprint > 32
#define STATUS_INVALID_CALLBACKS_VERSION ((STATUS) 0x52000007)  // ClientCallbacks.version unknown
#define STATUS_INVALID_STREAM_INFO_VERSION ((STATUS) 0x52000008)  // StreamInfo.version unknown
#define STATUS_INVALID_STREAM_NAME_LENGTH ((STATUS) 0x52000009)  // stream name > 256
#define STATUS_INVALID_STORAGE_SIZE ((STATUS) 0x5200000A)  // storage outside 1 MiB..10 GiB
#define STATUS_INVALID_ROOT_DIRECTORY_LENGTH ((STATUS) 0x5200000B)  // spill directory > 4096
#define STATUS_INVALID_SPILL_RATIO ((STATUS) 0x5200000C)  // spill ratio > 100
#define STATUS_INVALID_STORAGE_INFO_VERSION ((STATUS) 0x5200000D)  // StorageInfo.version unknown
#define STATUS_SERVICE_CALL_CALLBACKS_MISSING ((STATUS) 0x5200000F)  // mandatory service callback not set
#define STATUS_SERVICE_CALL_NOT_AUTHORIZED_ERROR ((STATUS) 0x52000010)  // 401 / 403
#define STATUS_DESCRIBE_STREAM_CALL_FAILED ((STATUS) 0x52000011)  // DESCRIBE retries used up
#define STATUS_INVALID_DESCRIBE_STREAM_RESPONSE ((STATUS) 0x52000012)  // OK result without usable description
#define STATUS_STREAM_IS_BEING_DELETED_ERROR ((STATUS) 0x52000013)  // described status DELETING
#define STATUS_SERVICE_CALL_INVALID_ARG_ERROR ((STATUS) 0x52000014)  // 406
#define STATUS_SERVICE_CALL_DEVICE_NOT_FOND_ERROR ((STATUS) 0x52000015)  // 10005 (name misspelt)
#define STATUS_SERVICE_CALL_DEVICE_NOT_PROVISIONED_ERROR ((STATUS) 0x52000016)  // 10004
#define STATUS_SERVICE_CALL_RESOURCE_NOT_FOUND_ERROR ((STATUS) 0x52000017)  // 404
#define STATUS_INVALID_AUTH_LEN ((STATUS) 0x52000018)  // auth blob > 10000
#define STATUS_CREATE_STREAM_CALL_FAILED ((STATUS) 0x52000019)  // CREATE retries used up
#define STATUS_GET_STREAMING_TOKEN_CALL_FAILED ((STATUS) 0x5200002A)  // GET_TOKEN retries used up
#define STATUS_GET_STREAMING_ENDPOINT_CALL_FAILED ((STATUS) 0x5200002B)  // GET_ENDPOINT retries used up
#define STATUS_INVALID_URI_LEN ((STATUS) 0x5200002C)  // endpoint > 10000
#define STATUS_PUT_STREAM_CALL_FAILED ((STATUS) 0x5200002D)  // fail status of PUT_STREAM/STREAMING/STOPPED states
#define STATUS_STORE_OUT_OF_MEMORY ((STATUS) 0x5200002E)  // content store full (OOM policy, or frame cannot ever fit)
#define STATUS_NO_MORE_DATA_AVAILABLE ((STATUS) 0x5200002F)  // nothing to send right now (pause, not an error)
#define STATUS_INVALID_TAG_VERSION ((STATUS) 0x52000030)  // Tag.version unknown
#define STATUS_SERVICE_CALL_UNKOWN_ERROR ((STATUS) 0x52000031)  // any unmapped service result (name misspelt)
#define STATUS_SERVICE_CALL_RESOURCE_IN_USE_ERROR ((STATUS) 0x52000032)  // 10003
#define STATUS_SERVICE_CALL_CLIENT_LIMIT_ERROR ((STATUS) 0x52000033)  // 10000
#define STATUS_SERVICE_CALL_DEVICE_LIMIT_ERROR ((STATUS) 0x52000034)  // 10001
#define STATUS_SERVICE_CALL_STREAM_LIMIT_ERROR ((STATUS) 0x52000035)  // 10002
#define STATUS_SERVICE_CALL_RESOURCE_DELETED_ERROR ((STATUS) 0x52000036)  // 10400
#define STATUS_SERVICE_CALL_TIMEOUT_ERROR ((STATUS) 0x52000037)  // 408, 504, 598, 599
#define STATUS_STREAM_READY_CALLBACK_FAILED ((STATUS) 0x52000038)  // READY state failed repeatedly
#define STATUS_DEVICE_TAGS_COUNT_NON_ZERO_TAGS_NULL ((STATUS) 0x52000039)  // device tag count without array
#define STATUS_INVALID_STREAM_DESCRIPTION_VERSION ((STATUS) 0x5200003A)  // StreamDescription.version unknown
#define STATUS_INVALID_TAG_NAME_LEN ((STATUS) 0x5200003B)  // tag name empty or > 128
#define STATUS_INVALID_TAG_VALUE_LEN ((STATUS) 0x5200003C)  // tag value > 1024
#define STATUS_TAG_STREAM_CALL_FAILED ((STATUS) 0x5200003D)  // TAG_STREAM retries used up
#define STATUS_INVALID_CUSTOM_DATA ((STATUS) 0x5200003E)  // result event custom data resolves to nothing
#define STATUS_INVALID_CREATE_STREAM_RESPONSE ((STATUS) 0x5200003F)  // createStream OK without ARN
#define STATUS_CLIENT_AUTH_CALL_FAILED ((STATUS) 0x52000040)  // AUTH retries used up
#define STATUS_GET_CLIENT_TOKEN_CALL_FAILED ((STATUS) 0x52000041)  // client GET_TOKEN retries used up
#define STATUS_CLIENT_PROVISION_CALL_FAILED ((STATUS) 0x52000042)  // PROVISION retries used up
#define STATUS_CREATE_CLIENT_CALL_FAILED ((STATUS) 0x52000043)  // CREATE (device) retries used up
#define STATUS_CLIENT_READY_CALLBACK_FAILED ((STATUS) 0x52000044)  // client READY failed
#define STATUS_TAG_CLIENT_CALL_FAILED ((STATUS) 0x52000045)  // TAG_CLIENT retries used up
#define STATUS_INVALID_CREATE_DEVICE_RESPONSE ((STATUS) 0x52000046)  // device ARN missing
#define STATUS_ACK_TIMESTAMP_NOT_IN_VIEW_WINDOW ((STATUS) 0x52000047)  // ack for a fragment that left the buffer (recoverable)
#define STATUS_INVALID_FRAGMENT_ACK_VERSION ((STATUS) 0x52000048)  // FragmentAck.version unknown
#define STATUS_INVALID_TOKEN_EXPIRATION ((STATUS) 0x52000049)  // token lives < 30 s (or in the past)
#define STATUS_END_OF_STREAM ((STATUS) 0x5200004A)  // upload handle is finished (not an error)
#define STATUS_DUPLICATE_STREAM_NAME ((STATUS) 0x5200004B)  // client already has this stream
#define STATUS_INVALID_RETENTION_PERIOD ((STATUS) 0x5200004C)  // retention neither 0 nor >= 1 h
#define STATUS_INVALID_ACK_KEY_START ((STATUS) 0x5200004D)  // ack JSON: key must start with a quote
#define STATUS_INVALID_ACK_DUPLICATE_KEY_NAME ((STATUS) 0x5200004E)  // ack JSON: key seen twice
#define STATUS_INVALID_ACK_INVALID_VALUE_START ((STATUS) 0x5200004F)  // ack JSON: bad value start
#define STATUS_INVALID_ACK_INVALID_VALUE_END ((STATUS) 0x52000050)  // ack JSON: bad value end
#define STATUS_INVALID_PARSED_ACK_TYPE ((STATUS) 0x52000051)  // ack JSON: unknown EventType
#define STATUS_STREAM_HAS_BEEN_STOPPED ((STATUS) 0x52000052)  // call after stop
#define STATUS_INVALID_STREAM_METRICS_VERSION ((STATUS) 0x52000053)  // StreamMetrics.version unknown
#define STATUS_INVALID_CLIENT_METRICS_VERSION ((STATUS) 0x52000054)  // ClientMetrics.version unknown
#define STATUS_INVALID_CLIENT_READY_STATE ((STATUS) 0x52000055)  // client ready twice / not ready when it should be
#define STATUS_INVALID_FRAGMENT_ACK_TYPE ((STATUS) 0x52000057)  // FragmentAck.ackType invalid
#define STATUS_INVALID_STREAM_READY_STATE ((STATUS) 0x52000058)  // stream not in a state for the call
#define STATUS_CLIENT_FREED_BEFORE_STREAM ((STATUS) 0x52000059)  // stream freed after its client
#define STATUS_ALLOCATION_SIZE_SMALLER_THAN_REQUESTED ((STATUS) 0x5200005A)  // store returned a short block
#define STATUS_VIEW_ITEM_SIZE_GREATER_THAN_ALLOCATION ((STATUS) 0x5200005B)  // item length exceeds its block
#define STATUS_ACK_ERR_STREAM_READ_ERROR ((STATUS) 0x5200005C)  // ack 4000
#define STATUS_ACK_ERR_FRAGMENT_SIZE_REACHED ((STATUS) 0x5200005D)  // ack 4001
#define STATUS_ACK_ERR_FRAGMENT_DURATION_REACHED ((STATUS) 0x5200005E)  // ack 4002
#define STATUS_ACK_ERR_CONNECTION_DURATION_REACHED ((STATUS) 0x5200005F)  // ack 4003
#define STATUS_ACK_ERR_FRAGMENT_TIMECODE_NOT_MONOTONIC ((STATUS) 0x52000060)  // ack 4004
#define STATUS_ACK_ERR_MULTI_TRACK_MKV ((STATUS) 0x52000061)  // ack 4005
#define STATUS_ACK_ERR_INVALID_MKV_DATA ((STATUS) 0x52000062)  // ack 4006
#define STATUS_ACK_ERR_INVALID_PRODUCER_TIMESTAMP ((STATUS) 0x52000063)  // ack 4007
#define STATUS_ACK_ERR_STREAM_NOT_ACTIVE ((STATUS) 0x52000064)  // ack 4008
#define STATUS_ACK_ERR_KMS_KEY_ACCESS_DENIED ((STATUS) 0x52000065)  // ack 4500
#define STATUS_ACK_ERR_KMS_KEY_DISABLED ((STATUS) 0x52000066)  // ack 4501
#define STATUS_ACK_ERR_KMS_KEY_VALIDATION_ERROR ((STATUS) 0x52000067)  // ack 4502
#define STATUS_ACK_ERR_KMS_KEY_UNAVAILABLE ((STATUS) 0x52000068)  // ack 4503
#define STATUS_ACK_ERR_KMS_KEY_INVALID_USAGE ((STATUS) 0x52000069)  // ack 4504
#define STATUS_ACK_ERR_KMS_KEY_INVALID_STATE ((STATUS) 0x5200006A)  // ack 4505
#define STATUS_ACK_ERR_KMS_KEY_NOT_FOUND ((STATUS) 0x5200006B)  // ack 4506
#define STATUS_ACK_ERR_STREAM_DELETED ((STATUS) 0x5200006C)  // ack 4507
#define STATUS_ACK_ERR_ACK_INTERNAL_ERROR ((STATUS) 0x5200006D)  // ack 5000
#define STATUS_ACK_ERR_FRAGMENT_ARCHIVAL_ERROR ((STATUS) 0x5200006E)  // ack 5001
#define STATUS_ACK_ERR_UNKNOWN_ACK_ERROR ((STATUS) 0x5200006F)  // unlisted ack error id (7000)
#define STATUS_MISSING_ERR_ACK_ID ((STATUS) 0x52000070)  // ERROR ack without ErrorId
#define STATUS_INVALID_ACK_SEGMENT_LEN ((STATUS) 0x52000071)  // ack bytes per call above 1024
#define STATUS_AWAITING_PERSISTED_ACK ((STATUS) 0x52000072)  // all sent, waiting for the last persisted ack (pause)
#define STATUS_PERSISTED_ACK_TIMEOUT ((STATUS) 0x52000073)  // declared, not raised
#define STATUS_MAX_FRAGMENT_METADATA_COUNT ((STATUS) 0x52000074)  // metadata queue above 25
#define STATUS_ACK_ERR_FRAGMENT_METADATA_LIMIT_REACHED ((STATUS) 0x52000075)  // ack 4009
#define STATUS_BLOCKING_PUT_INTERRUPTED_STREAM_TERMINATED ((STATUS) 0x52000076)  // offline put released because the stream stops
#define STATUS_INVALID_METADATA_NAME ((STATUS) 0x52000077)  // name starts with "AWS"
#define STATUS_END_OF_FRAGMENT_FRAME_INVALID_STATE ((STATUS) 0x52000078)  // EOFR used without key-frame fragmentation / first
#define STATUS_TRACK_INFO_MISSING ((STATUS) 0x52000079)  // no tracks given
#define STATUS_MAX_TRACK_COUNT_EXCEEDED ((STATUS) 0x5200007A)  // more than 3 tracks
#define STATUS_OFFLINE_MODE_WITH_ZERO_RETENTION ((STATUS) 0x5200007B)  // offline needs retention > 0
#define STATUS_ACK_ERR_TRACK_NUMBER_MISMATCH ((STATUS) 0x5200007C)  // ack 4010
#define STATUS_ACK_ERR_FRAMES_MISSING_FOR_TRACK ((STATUS) 0x5200007D)  // ack 4011
#define STATUS_ACK_ERR_MORE_THAN_ALLOWED_TRACKS_FOUND ((STATUS) 0x5200007E)  // ack 4012
#define STATUS_UPLOAD_HANDLE_ABORTED ((STATUS) 0x5200007F)  // handle must be torn down now (not an error)
#define STATUS_INVALID_CERT_PATH_LENGTH ((STATUS) 0x52000080)  // CA path too long
#define STATUS_DUPLICATE_TRACK_ID_FOUND ((STATUS) 0x52000081)  // two tracks share an id
#define STATUS_INVALID_CLIENT_INFO_VERSION ((STATUS) 0x52000082)  // ClientInfo.version unknown
#define STATUS_INVALID_CLIENT_ID_STRING_LENGTH ((STATUS) 0x52000083)  // client id > 64
#define STATUS_SETTING_KEY_FRAME_FLAG_WHILE_USING_EOFR ((STATUS) 0x52000084)  // caller sets key flag in an EOFR-driven ordering mode
#define STATUS_MAX_FRAME_TIMESTAMP_DELTA_BETWEEN_TRACKS_EXCEEDED ((STATUS) 0x52000085)  // ordering queue of a track is full (60)
#define STATUS_STREAM_SHUTTING_DOWN ((STATUS) 0x52000086)  // stream is being freed
#define STATUS_CLIENT_SHUTTING_DOWN ((STATUS) 0x52000087)  // client is being freed
#define STATUS_PUTMEDIA_LAST_PERSIST_ACK_NOT_RECEIVED ((STATUS) 0x52000088)  // connection ended before the final ack (practically unreachable)
#define STATUS_NON_ALIGNED_HEAP_WITH_IN_CONTENT_STORE_ALLOCATORS ((STATUS) 0x52000089)  // storage type 2 needs the aligned heap build
#define STATUS_MULTIPLE_CONSECUTIVE_EOFR ((STATUS) 0x5200008A)  // two EOFR in a row
#define STATUS_DUPLICATE_STREAM_EVENT_TYPE ((STATUS) 0x5200008B)  // event type already queued for this fragment
#define STATUS_STREAM_NOT_STARTED ((STATUS) 0x5200008C)  // event before the first frame
#define STATUS_INVALID_IMAGE_PREFIX_LENGTH ((STATUS) 0x5200008D)  // prefix > 256
#define STATUS_INVALID_IMAGE_METADATA_KEY_LENGTH ((STATUS) 0x5200008E)  // event key > 128
#define STATUS_INVALID_IMAGE_METADATA_VALUE_LENGTH ((STATUS) 0x5200008F)  // event value > 256

// Producer common library (0x15000000 and 0x16000000)
#define STATUS_COMMON_PRODUCER_BASE ((STATUS) 0x15000000)  // base value
#define STATUS_INVALID_AWS_CREDENTIALS_VERSION ((STATUS) 0x15000008)  // AwsCredentials.version unknown
#define STATUS_MAX_REQUEST_HEADER_COUNT ((STATUS) 0x15000009)  // more than 200 headers
#define STATUS_MAX_REQUEST_HEADER_NAME_LEN ((STATUS) 0x1500000A)  // header name > 128
#define STATUS_MAX_REQUEST_HEADER_VALUE_LEN ((STATUS) 0x1500000B)  // header value > 2048
#define STATUS_INVALID_API_CALL_RETURN_JSON ((STATUS) 0x1500000C)  // response JSON unusable
#define STATUS_CURL_INIT_FAILED ((STATUS) 0x1500000D)  // easy handle not created
#define STATUS_CURL_LIBRARY_INIT_FAILED ((STATUS) 0x1500000E)  // global init failed
#define STATUS_HMAC_GENERATION_ERROR ((STATUS) 0x15000010)  // HMAC failed
#define STATUS_IOT_FAILED ((STATUS) 0x15000011)  // generic IoT failure
#define STATUS_MAX_ROLE_ALIAS_LEN_EXCEEDED ((STATUS) 0x15000012)  // role alias > 128
#define STATUS_INVALID_USER_AGENT_LENGTH ((STATUS) 0x15000015)  // user agent > 256
#define STATUS_IOT_EXPIRATION_OCCURS_IN_PAST ((STATUS) 0x15000017)  // IoT expiry already over
#define STATUS_IOT_EXPIRATION_PARSING_FAILED ((STATUS) 0x15000018)  // IoT expiry text malformed
#define STATUS_MAX_IOT_THING_NAME_LENGTH ((STATUS) 0x1500001E)  // thing name > 128
#define STATUS_IOT_CREATE_LWS_CONTEXT_FAILED ((STATUS) 0x1500001F)  // websocket-library variant only
#define STATUS_INVALID_CA_CERT_PATH ((STATUS) 0x15000020)  // CA path not usable
#define STATUS_FILE_CREDENTIAL_PROVIDER_OPEN_FILE_FAILED ((STATUS) 0x15000022)  // credential file not readable
#define STATUS_FILE_CREDENTIAL_PROVIDER_INVALID_FILE_LENGTH ((STATUS) 0x15000023)  // credential file empty or >= 10000
#define STATUS_FILE_CREDENTIAL_PROVIDER_INVALID_FILE_FORMAT ((STATUS) 0x15000024)  // credential file token count/marker wrong
#define STATUS_COMMON_BASE ((STATUS) 0x16000000)  // base value
#define STATUS_CURL_PERFORM_FAILED ((STATUS) 0x16000001)  // blocking HTTP call failed or not 200
#define STATUS_IOT_INVALID_RESPONSE_LENGTH ((STATUS) 0x16000002)  // IoT response empty
#define STATUS_IOT_NULL_AWS_CREDS ((STATUS) 0x16000003)  // IoT response lacks a credential
#define STATUS_IOT_INVALID_URI_LEN ((STATUS) 0x16000004)  // IoT URL too long
#define STATUS_TIMESTAMP_STRING_UNRECOGNIZED_FORMAT ((STATUS) 0x16000005)  // not an ISO-8601 Z time

// Producer C (0x15000000, interleaved with the common library)
#define STATUS_PRODUCER_BASE ((STATUS) 0x15000000)  // base value
#define STATUS_STOP_CALLBACK_CHAIN ((STATUS) 0x15000001)  // a chained callback asks to stop the chain (becomes success)
#define STATUS_MAX_CALLBACK_CHAIN ((STATUS) 0x15000002)  // more than 20 chained
#define STATUS_INVALID_PLATFORM_CALLBACKS_VERSION ((STATUS) 0x15000003)  // struct version unknown
#define STATUS_INVALID_PRODUCER_CALLBACKS_VERSION ((STATUS) 0x15000004)  // struct version unknown
#define STATUS_INVALID_STREAM_CALLBACKS_VERSION ((STATUS) 0x15000005)  // struct version unknown
#define STATUS_INVALID_AUTH_CALLBACKS_VERSION ((STATUS) 0x15000006)  // struct version unknown
#define STATUS_INVALID_API_CALLBACKS_VERSION ((STATUS) 0x15000007)  // struct version unknown
#define STATUS_INVALID_DESCRIBE_STREAM_RETURN_JSON ((STATUS) 0x1500000F)  // describe 200 without StreamInfo
#define STATUS_MAX_USER_AGENT_NAME_POSTFIX_LEN_EXCEEDED ((STATUS) 0x15000013)  // postfix > 32
#define STATUS_MAX_CUSTOM_USER_AGENT_LEN_EXCEEDED ((STATUS) 0x15000014)  // custom agent > 128
#define STATUS_INVALID_ENDPOINT_CACHING_PERIOD ((STATUS) 0x15000016)  // period > 24 h
#define STATUS_DUPLICATE_PRODUCER_CALLBACK_FREE_FUNC ((STATUS) 0x15000019)  // same free function chained twice
#define STATUS_DUPLICATE_STREAM_CALLBACK_FREE_FUNC ((STATUS) 0x1500001A)  // same
#define STATUS_DUPLICATE_AUTH_CALLBACK_FREE_FUNC ((STATUS) 0x1500001B)  // same
#define STATUS_DUPLICATE_API_CALLBACK_FREE_FUNC ((STATUS) 0x1500001C)  // same
#define STATUS_FILE_LOGGER_INDEX_FILE_TOO_LARGE ((STATUS) 0x1500001D)  // index file too long
#define STATUS_STREAM_BEING_SHUTDOWN ((STATUS) 0x15000026)  // API call refused, stream closing
#define STATUS_CLIENT_BEING_SHUTDOWN ((STATUS) 0x15000027)  // API call refused, client closing
#define STATUS_CONTINUOUS_RETRY_RESET_FAILED ((STATUS) 0x15000028)  // reset attempted by the continuous-retry callbacks failed

// A stream goes on after these by itself; nothing is to be done.
#define IS_RECOVERABLE_ERROR(error) \
  ((error) == STATUS_SERVICE_CALL_RESOURCE_NOT_FOUND_ERROR || \
   (error) == STATUS_SERVICE_CALL_RESOURCE_IN_USE_ERROR || \
   (error) == STATUS_SERVICE_CALL_TIMEOUT_ERROR || \
   (error) == STATUS_SERVICE_CALL_UNKOWN_ERROR || \
   (error) == STATUS_ACK_ERR_STREAM_READ_ERROR || \
   (error) == STATUS_ACK_ERR_CONNECTION_DURATION_REACHED || \
   (error) == STATUS_ACK_ERR_ACK_INTERNAL_ERROR || \
   (error) == STATUS_ACK_ERR_FRAGMENT_ARCHIVAL_ERROR || \
   (error) == STATUS_ACK_ERR_UNKNOWN_ACK_ERROR || \
   (error) == STATUS_INVALID_ACK_KEY_START || \
   (error) == STATUS_INVALID_ACK_DUPLICATE_KEY_NAME || \
   (error) == STATUS_INVALID_ACK_INVALID_VALUE_START || \
   (error) == STATUS_INVALID_ACK_INVALID_VALUE_END || \
   (error) == STATUS_ACK_TIMESTAMP_NOT_IN_VIEW_WINDOW || \
   (error) == STATUS_PUTMEDIA_LAST_PERSIST_ACK_NOT_RECEIVED || \
   (error) == STATUS_ACK_ERR_INVALID_MKV_DATA || \
   (error) == STATUS_ACK_ERR_FRAGMENT_TIMECODE_NOT_MONOTONIC || \
   (error) == STATUS_ACK_ERR_FRAGMENT_DURATION_REACHED || \
   (error) == STATUS_ACK_ERR_FRAGMENT_METADATA_LIMIT_REACHED || \
   (error) == STATUS_ACK_ERR_FRAGMENT_SIZE_REACHED || \
   (error) == STATUS_ACK_ERR_FRAMES_MISSING_FOR_TRACK)

// A stream has given up after these; resetStream() begins anew.
#define IS_RETRIABLE_ERROR(error) \
  ((error) == STATUS_DESCRIBE_STREAM_CALL_FAILED || \
   (error) == STATUS_CREATE_STREAM_CALL_FAILED || \
   (error) == STATUS_GET_STREAMING_TOKEN_CALL_FAILED || \
   (error) == STATUS_PUT_STREAM_CALL_FAILED || \
   (error) == STATUS_GET_STREAMING_ENDPOINT_CALL_FAILED || \
   (error) == STATUS_INVALID_TOKEN_EXPIRATION)

// The same, of the layer that makes the calls.
#define IS_RETRIABLE_PRODUCER_ERROR(error) \
  ((error) == STATUS_INVALID_DESCRIBE_STREAM_RETURN_JSON || \
   (error) == STATUS_STREAM_BEING_SHUTDOWN || \
   (error) == STATUS_CLIENT_BEING_SHUTDOWN)

// The same, of transport and credentials.
#define IS_RETRIABLE_COMMON_LIB_ERROR(error) \
  ((error) == STATUS_FILE_CREDENTIAL_PROVIDER_OPEN_FILE_FAILED || \
   (error) == STATUS_FILE_CREDENTIAL_PROVIDER_INVALID_FILE_LENGTH || \
   (error) == STATUS_FILE_CREDENTIAL_PROVIDER_INVALID_FILE_FORMAT || \
   (error) == STATUS_INVALID_API_CALL_RETURN_JSON || \
   (error) == STATUS_CURL_INIT_FAILED || \
   (error) == STATUS_CURL_LIBRARY_INIT_FAILED || \
   (error) == STATUS_HMAC_GENERATION_ERROR || \
   (error) == STATUS_CURL_PERFORM_FAILED || \
   (error) == STATUS_IOT_INVALID_RESPONSE_LENGTH || \
   (error) == STATUS_IOT_NULL_AWS_CREDS || \
   (error) == STATUS_IOT_INVALID_URI_LEN || \
   (error) == STATUS_IOT_EXPIRATION_OCCURS_IN_PAST || \
   (error) == STATUS_IOT_EXPIRATION_PARSING_FAILED || \
   (error) == STATUS_IOT_CREATE_LWS_CONTEXT_FAILED)

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_STATUSCODES_H_
