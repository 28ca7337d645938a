#include "pic/codec/media_type.h"

namespace kvs::codec {

std::string_view MediaTypeOf(const Track& track) {
  switch (track.codec) {
    case Codec::kH264:
      return "video/h264";
    case Codec::kH265:
      return "video/h265";
    case Codec::kAac:
      return "audio/aac";
    case Codec::kALaw:
      return "audio/alaw";
    case Codec::kMuLaw:
      return "audio/mulaw";
    case Codec::kAv1:
    case Codec::kMjpeg:
    case Codec::kOpus:
    case Codec::kPcm:
    case Codec::kOther:
      break;  // carried, but not known by name
  }
  return track.type == TrackType::kVideo ? "video/x-matroska" : "audio/x-matroska";
}

}  // namespace kvs::codec
