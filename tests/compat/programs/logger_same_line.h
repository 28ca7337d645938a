// Included by logger_two_files.cc, with a tag on the line of its own.
#ifndef KVS_TESTS_COMPAT_PROGRAMS_LOGGER_SAME_LINE_H_
#define KVS_TESTS_COMPAT_PROGRAMS_LOGGER_SAME_LINE_H_
#include <string>
namespace other {
LOGGER_TAG("com.amazonaws.kinesis.video.third");
inline std::string nameOfThirdLogger() { return KinesisVideoLogger::getInstance().getName(); }
}  // namespace other
#endif  // KVS_TESTS_COMPAT_PROGRAMS_LOGGER_SAME_LINE_H_
