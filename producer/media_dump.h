#ifndef KVS_PRODUCER_MEDIA_DUMP_H_
#define KVS_PRODUCER_MEDIA_DUMP_H_

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

#include "pic/base/log.h"

namespace kvs {

// The body of one upload session in a file, for finding faults (DebugOptions::dump_folder). A folder that cannot be written or a
// disk that is full is a warning in the log, and then there is no file, or what was written of it until then. Not synchronised.
class MediaDump {
 public:
  // A file that is there is replaced. `warned`, which outlives this object, keeps the warnings about several files to one.
  MediaDump(std::string path, Logger log, std::atomic<bool>& warned);
  ~MediaDump();
  MediaDump(const MediaDump&) = delete;
  MediaDump& operator=(const MediaDump&) = delete;

  void Append(std::span<const std::uint8_t> bytes);

 private:
  void GiveUp(int error);

  const std::string path_;
  const Logger log_;
  std::atomic<bool>& warned_;
  int file_ = -1;  // -1: it is not written any more
};

}  // namespace kvs

#endif  // KVS_PRODUCER_MEDIA_DUMP_H_
