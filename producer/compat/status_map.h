#ifndef KVS_PRODUCER_COMPAT_STATUS_MAP_H_
#define KVS_PRODUCER_COMPAT_STATUS_MAP_H_

#include <span>
#include <string_view>

#include "kvs/status.h"

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

// How what the native interface says is told in the numbers of Amazon's SDK. docs/compat.md is printed from these tables.
namespace kvs::compat {

struct StatusRow {
  StatusCode code;
  STATUS status;
  std::string_view name;  // of `status`
};
// One for every StatusCode, in the order of the numbers.
std::span<const StatusRow> StatusTable();

struct AckRow {
  int error_id;
  STATUS status;
  std::string_view name;
};
// One for every error id that has a status; ascending.
std::span<const AckRow> AckTable();

// What a call returns.
STATUS StatusOf(const Status& status);
// The same of an error acknowledgement.
STATUS AckStatusOf(int error_id);
// Of a failure that the library goes on after by itself: always one that IS_RECOVERABLE_ERROR.
STATUS OutageStatusOf(const Status& status);
// Of a failure that ended the stream: never one that IS_RECOVERABLE_ERROR. Where the table has such a one,
// STATUS_DESCRIBE_STREAM_CALL_FAILED: a program may reset the stream and so ask again.
STATUS FailureStatusOf(const Status& status);

}  // namespace kvs::compat

#endif  // KVS_PRODUCER_COMPAT_STATUS_MAP_H_
