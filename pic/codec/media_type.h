#ifndef KVS_PIC_CODEC_MEDIA_TYPE_H_
#define KVS_PIC_CODEC_MEDIA_TYPE_H_

#include <string_view>

#include "kvs/track.h"

namespace kvs::codec {

// What the service calls the media of a track: "video/h264", "audio/aac"; for what it has no name for "video/x-matroska" or
// "audio/x-matroska". Source: MediaType of CreateStream, which takes a list of them.
std::string_view MediaTypeOf(const Track& track);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_MEDIA_TYPE_H_
