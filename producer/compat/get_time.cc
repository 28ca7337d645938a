#include "GetTime.h"

namespace com::amazonaws::kinesis::video {

std::chrono::time_point<std::chrono::system_clock> systemCurrentTime() {
  return std::chrono::system_clock::now();
}

}  // namespace com::amazonaws::kinesis::video
