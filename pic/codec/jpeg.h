#ifndef KVS_PIC_CODEC_JPEG_H_
#define KVS_PIC_CODEC_JPEG_H_

#include <cstddef>
#include <cstdint>

#include "kvs/status.h"
#include "pic/codec/nal.h"

namespace kvs::codec {

// What the frame header of a JPEG image says. Source: ITU-T T.81 B.2.2.
struct JpegInfo {
  std::uint32_t width = 0;  // 1..65535
  std::uint32_t height = 0;
  int precision = 8;   // bits of a sample
  int components = 3;  // 1: grey
};

// Reads the headers of an image up to its frame header (SOF); what follows is not looked at, and
// tables may be missing, as cameras leave them out.
//
// Errors: kInvalidFrame: no JPEG image, cut short, or no frame header in front of the picture.
//         kUnsupportedMedia: the height is told only behind the picture (DNL).
Result<JpegInfo> ParseJpegHeader(Bytes image);

// Bytes of BITMAPINFOHEADER: Matroska's CodecPrivate of V_MS/VFW/FOURCC. Source: wingdi.h.
inline constexpr std::size_t kBitmapInfoBytes = 40;

// BITMAPINFOHEADER of M-JPEG, little endian. Shape: width and height 1..65535.
ByteVector BuildMjpegBitmapInfo(std::uint32_t width, std::uint32_t height);

// The size that a BITMAPINFOHEADER of M-JPEG tells. Bytes behind it are ignored.
struct BitmapSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};
// Errors: kInvalidCodecData: fewer than kBitmapInfoBytes bytes, another compression than MJPG, or a
//         size outside 1..65535.
Result<BitmapSize> ParseMjpegBitmapInfo(Bytes data);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_JPEG_H_
