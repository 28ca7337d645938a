#include <string>

#include <Logger.h>

// With the name, in the scope and on the line of the one of logger_two_files.cc.
LOGGER_TAG("com.amazonaws.kinesis.video.second");

std::string nameOfSecondLogger() {
  LOG_INFO("from the second file")
  return KinesisVideoLogger::getInstance().getName();
}
