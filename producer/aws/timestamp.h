#ifndef KVS_PRODUCER_AWS_TIMESTAMP_H_
#define KVS_PRODUCER_AWS_TIMESTAMP_H_

#include <optional>
#include <string>
#include <string_view>

#include "kvs/time.h"

namespace kvs::aws {

// "20150830T123600Z", the form of X-Amz-Date. Fractions of a second are cut off. Years 1970..2262.
std::string FormatBasicTime(WallTime time);

// "2015-08-30T12:36:00Z", for messages.
std::string FormatIsoTime(WallTime time);

// "2015-08-30T12:36:00Z", with or without a fraction of a second (which is kept to the nanosecond); the zone may also be an offset,
// "+00:00" or "-07:30". Nothing when the text is of another form or no such day exists.
std::optional<WallTime> ParseIsoTime(std::string_view text);

// "Sun, 30 Aug 2015 12:36:00 GMT": the form of the HTTP headers Date and Retry-After. Source: RFC
// 9110, 5.6.7 (IMF-fixdate; the obsolete forms are not read).
std::optional<WallTime> ParseHttpDate(std::string_view text);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_TIMESTAMP_H_
