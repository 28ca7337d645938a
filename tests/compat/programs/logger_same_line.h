// Included by logger_two_files.cc, with a tag on the line of its own.
#include <string>


namespace other {
LOGGER_TAG("com.amazonaws.kinesis.video.third");
inline std::string nameOfThirdLogger() { return KinesisVideoLogger::getInstance().getName(); }
}  // namespace other
