#ifndef KVS_PIC_BASE_CHECK_H_
#define KVS_PIC_BASE_CHECK_H_

#include <cstdlib>

// For programmer errors only: a broken invariant of this code, never bad input. Ends the process: continuing would
// mean sending wrong bytes or reading outside of a buffer.
#define KVS_CHECK(condition)  \
  do {                        \
    if (!(condition)) {       \
      std::abort();           \
    }                         \
  } while (false)

#endif  // KVS_PIC_BASE_CHECK_H_
