#ifndef KVS_PRODUCER_AWS_WORDS_H_
#define KVS_PRODUCER_AWS_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "kvs/status.h"

namespace kvs::aws {

// Splits as a POSIX shell splits words, and does nothing else that a shell does: '…' is taken as it is; in "…" a backslash takes
// the special meaning of '"' and '\' away; outside, of any character. Errors: kInvalidArgument: an open quote, a backslash at the
// end. Pure.
Result<std::vector<std::string>> SplitWords(std::string_view text);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_WORDS_H_
