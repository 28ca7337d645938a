#ifndef KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_TYPES_H_
#define KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_TYPES_H_

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

// The scalars of Amazon's SDK. All are plain types: handles can be printed, compared and kept as numbers.

// Marks what libKinesisVideoProducer exports; everything else is hidden.
#define KVS_COMPAT_API __attribute__((visibility("default")))

typedef char CHAR;
typedef uint8_t BYTE;
typedef int8_t INT8;
typedef uint8_t UINT8;
typedef int16_t INT16;
typedef uint16_t UINT16;
typedef int32_t INT32;
typedef uint32_t UINT32;
typedef int64_t INT64;
typedef uint64_t UINT64;
typedef double DOUBLE;
typedef long double LDOUBLE;
typedef float FLOAT;
typedef INT32 BOOL;
typedef void VOID;
typedef uintptr_t ULONG_PTR;
typedef size_t SIZE_T;

typedef CHAR* PCHAR;
typedef BYTE* PBYTE;
typedef INT8* PINT8;
typedef UINT8* PUINT8;
typedef INT16* PINT16;
typedef UINT16* PUINT16;
typedef INT32* PINT32;
typedef UINT32* PUINT32;
typedef INT64* PINT64;
typedef UINT64* PUINT64;
typedef DOUBLE* PDOUBLE;
typedef BOOL* PBOOL;
typedef VOID* PVOID;
typedef SIZE_T* PSIZE_T;

// 0 is success; see StatusCodes.h. A macro, as programs expect it to be.
#define STATUS UINT32

typedef UINT64 CLIENT_HANDLE;
typedef CLIENT_HANDLE* PCLIENT_HANDLE;
typedef UINT64 STREAM_HANDLE;
typedef STREAM_HANDLE* PSTREAM_HANDLE;
typedef UINT64 UPLOAD_HANDLE;
typedef UPLOAD_HANDLE* PUPLOAD_HANDLE;

typedef UINT64 TID;
typedef TID* PTID;
typedef UINT64 MUTEX;
typedef pthread_cond_t* CVAR;
typedef SIZE_T ATOMIC_BOOL;

#endif  // KVS_COM_AMAZONAWS_KINESIS_VIDEO_COMMON_TYPES_H_
