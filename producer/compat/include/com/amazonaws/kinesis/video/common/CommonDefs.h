#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_COMMONDEFS_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_COMMONDEFS_H_

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "com/amazonaws/kinesis/video/common/StatusCodes.h"
#include "com/amazonaws/kinesis/video/common/Types.h"

// The words in which programs for Amazon's SDK are written.

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

#define MAX_UINT8 ((UINT8) 0xFF)
#define MAX_INT8 ((INT8) 0x7F)
#define MIN_INT8 ((INT8) 0x80)
#define MAX_UINT16 ((UINT16) 0xFFFF)
#define MAX_INT16 ((INT16) 0x7FFF)
#define MIN_INT16 ((INT16) 0x8000)
#define MAX_UINT32 ((UINT32) 0xFFFFFFFF)
#define MAX_INT32 ((INT32) 0x7FFFFFFF)
#define MIN_INT32 ((INT32) 0x80000000)
#define MAX_UINT64 ((UINT64) 0xFFFFFFFFFFFFFFFF)
#define MAX_INT64 ((INT64) 0x7FFFFFFFFFFFFFFF)
#define MIN_INT64 ((INT64) 0x8000000000000000)
#define MAX_PATH_LEN 4096

#define EMPTY_STRING ((PCHAR) "")

#define INVALID_CLIENT_HANDLE_VALUE ((CLIENT_HANDLE) 0)
#define INVALID_STREAM_HANDLE_VALUE ((STREAM_HANDLE) 0)
#define INVALID_UPLOAD_HANDLE_VALUE ((UPLOAD_HANDLE) -1LL)
#define INVALID_TIMESTAMP_VALUE ((UINT64) 0xFFFFFFFFFFFFFFFF)
#define INVALID_TID_VALUE ((TID) 0)
#define INVALID_MUTEX_VALUE ((MUTEX) 0)
#define INVALID_CVAR_VALUE ((CVAR) NULL)

#define IS_VALID_CLIENT_HANDLE(h) ((h) != INVALID_CLIENT_HANDLE_VALUE)
#define IS_VALID_STREAM_HANDLE(h) ((h) != INVALID_STREAM_HANDLE_VALUE)
#define IS_VALID_UPLOAD_HANDLE(h) ((h) != INVALID_UPLOAD_HANDLE_VALUE)
#define IS_VALID_TIMESTAMP(t) ((t) != INVALID_TIMESTAMP_VALUE)
#define IS_VALID_TID_VALUE(t) ((t) != INVALID_TID_VALUE)
#define IS_VALID_MUTEX_VALUE(m) ((m) != INVALID_MUTEX_VALUE)
#define IS_VALID_CVAR_VALUE(c) ((c) != INVALID_CVAR_VALUE)

// Times are in units of 100 ns.
#define DEFAULT_TIME_UNIT_IN_NANOS 100
#define HUNDREDS_OF_NANOS_IN_A_MICROSECOND ((INT64) 10)
#define HUNDREDS_OF_NANOS_IN_A_MILLISECOND (HUNDREDS_OF_NANOS_IN_A_MICROSECOND * 1000)
#define HUNDREDS_OF_NANOS_IN_A_SECOND (HUNDREDS_OF_NANOS_IN_A_MILLISECOND * 1000)
#define HUNDREDS_OF_NANOS_IN_A_MINUTE (HUNDREDS_OF_NANOS_IN_A_SECOND * 60)
#define HUNDREDS_OF_NANOS_IN_AN_HOUR (HUNDREDS_OF_NANOS_IN_A_MINUTE * 60)
#define INFINITE_TIME_VALUE MAX_UINT64

#ifndef MAX
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef MIN
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef ABS
#define ABS(a) (((a) > 0) ? (a) : -(a))
#endif
#define CHECK_IN_RANGE(x, low, high) (((x) >= (low)) && ((x) <= (high)))
#define ROUND_UP(x, a) (((x) + ((a) - 1)) & ~((a) - 1))
#define ROUND_DOWN(x, a) ((x) & ~((a) - 1))
#define SWAP_INT16(x) __builtin_bswap16(x)
#define SWAP_INT32(x) __builtin_bswap32(x)
#define SWAP_INT64(x) __builtin_bswap64(x)
#define UNUSED_PARAM(x) ((void) (x))
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif
#define SIZEOF(x) sizeof(x)

// Memory: MEMALLOC and its kind are in PlatformUtils.h.
#define MEMCMP memcmp
#define MEMCPY memcpy
#define MEMSET memset
#define MEMMOVE memmove

// Strings.
#define STRCAT strcat
#define STRNCAT strncat
#define STRCPY strcpy
#define STRNCPY strncpy
#define STRLEN strlen
#define STRNLEN strnlen
#define STRCHR strchr
#define STRRCHR strrchr
#define STRSTR strstr
#define STRCMP strcmp
#define STRNCMP strncmp
#define STRCMPI strcasecmp
#define STRNCMPI strncasecmp
#define STRTOUL strtoul
#define STRTOULL strtoull
#define PRINTF printf
#define FPRINTF fprintf
#define SPRINTF sprintf
#define SNPRINTF snprintf
#define VSNPRINTF vsnprintf
#define SSCANF sscanf
#define IS_EMPTY_STRING(str) ((str)[0] == '\0')
#define IS_NULL_OR_EMPTY_STRING(str) ((str) == NULL || IS_EMPTY_STRING(str))

// Files, environment, chance.
#define FOPEN fopen
#define FCLOSE fclose
#define FREAD fread
#define FWRITE fwrite
#define FSEEK fseek
#define FTELL ftell
#define FFLUSH fflush
#define FPATHSEPARATOR '/'
#define FPATHSEPARATOR_STR "/"
#define GETENV getenv
#define SRAND srand
#define RAND rand

// In a function with a `STATUS retStatus` and a label `CleanUp` in front of its end.
#define CHK(condition, errRet) \
  do {                         \
    if (!(condition)) {        \
      retStatus = (errRet);    \
      goto CleanUp;            \
    }                          \
  } while (FALSE)
#define CHK_ERR(condition, errRet, ...) \
  do {                                  \
    if (!(condition)) {                 \
      retStatus = (errRet);             \
      DLOGE(__VA_ARGS__);               \
      goto CleanUp;                     \
    }                                   \
  } while (FALSE)
#define CHK_WARN(condition, errRet, ...) \
  do {                                   \
    if (!(condition)) {                  \
      retStatus = (errRet);              \
      DLOGW(__VA_ARGS__);                \
      goto CleanUp;                      \
    }                                    \
  } while (FALSE)
#define CHK_STATUS(expression)            \
  do {                                    \
    const STATUS chkStatus_ = (expression); \
    if (STATUS_FAILED(chkStatus_)) {      \
      retStatus = chkStatus_;             \
      goto CleanUp;                       \
    }                                     \
  } while (FALSE)
#define CHK_STATUS_ERR(expression, errRet, ...) \
  do {                                          \
    if (STATUS_FAILED(expression)) {            \
      retStatus = (errRet);                     \
      DLOGE(__VA_ARGS__);                       \
      goto CleanUp;                             \
    }                                           \
  } while (FALSE)
#define CHK_STATUS_CONTINUE(expression)     \
  do {                                      \
    const STATUS chkStatus_ = (expression); \
    if (STATUS_FAILED(chkStatus_)) {        \
      retStatus = chkStatus_;               \
    }                                       \
  } while (FALSE)
#define CHK_LOG_ERR(expression)                                    \
  do {                                                             \
    const STATUS chkStatus_ = (expression);                        \
    if (STATUS_FAILED(chkStatus_)) {                               \
      DLOGE("operation returned status code: 0x%08x", chkStatus_); \
    }                                                              \
  } while (FALSE)

// Traces of calls, which this library does not write.
#define ENTER() ((void) 0)
#define ENTERS() ((void) 0)
#define LEAVE() ((void) 0)
#define LEAVES() ((void) 0)

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_COMMONDEFS_H_
