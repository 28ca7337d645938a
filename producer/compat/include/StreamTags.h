#ifndef KVS_STREAMTAGS_H_
#define KVS_STREAMTAGS_H_

#include <cstddef>
#include <map>
#include <string>

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// The tags of a stream. A value.
class KVS_COMPAT_API StreamTags {
 public:
  // Copies `tags`; null: none.
  explicit StreamTags(const std::map<std::string, std::string>* tags);

  size_t count() const { return tags_.size(); }

  // An array of count() tags, or NULL when there are none. It is the caller's, who frees it with free(); the strings are this
  // object's.
  PTag asPTag() const;

 private:
  std::map<std::string, std::string> tags_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_STREAMTAGS_H_
