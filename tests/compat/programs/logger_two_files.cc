#include <string>

#include <Logger.h>

// Each file of a program has a logger of its own, although the types have one name.
LOGGER_TAG("com.amazonaws.kinesis.video.first");

std::string nameOfSecondLogger();

int main() {
  LOG_CONFIGURE_STDERR("INFO")
  LOG_INFO("from the first file")
  const bool first_is_own = KinesisVideoLogger::getInstance().getName() == "com.amazonaws.kinesis.video.first";
  const bool second_is_own = nameOfSecondLogger() == "com.amazonaws.kinesis.video.second";
  return first_is_own && second_is_own ? 0 : 1;
}
