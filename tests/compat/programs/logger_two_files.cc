#include <string>

#include <Logger.h>

// Each file of a program has a logger of its own, although the types have one name.
LOGGER_TAG("com.amazonaws.kinesis.video.first");
#include "logger_same_line.h"

std::string nameOfSecondLogger();

int main() {
  LOG_CONFIGURE_STDERR("INFO")
  LOG_INFO("from the first file")
  const bool first_is_own = KinesisVideoLogger::getInstance().getName() == "com.amazonaws.kinesis.video.first";
  const bool second_is_own = nameOfSecondLogger() == "com.amazonaws.kinesis.video.second";
  const bool third_is_own = other::nameOfThirdLogger() == "com.amazonaws.kinesis.video.third";
  return first_is_own && second_is_own && third_is_own ? 0 : 1;
}
