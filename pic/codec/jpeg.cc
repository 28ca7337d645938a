#include "pic/codec/jpeg.h"

#include <limits>

#include "pic/codec/little_endian.h"

namespace kvs::codec {
namespace {

// Markers: the byte behind FF. Source: ITU-T T.81 table B.1.
constexpr std::uint8_t kMarkerPrefix = 0xFF;
constexpr std::uint8_t kTemporary = 0x01;
constexpr std::uint8_t kFirstSof = 0xC0;
constexpr std::uint8_t kLastSof = 0xCF;
constexpr std::uint8_t kHuffmanTables = 0xC4;
constexpr std::uint8_t kExtension = 0xC8;
constexpr std::uint8_t kArithmeticTables = 0xCC;
constexpr std::uint8_t kFirstRestart = 0xD0;
constexpr std::uint8_t kLastRestart = 0xD7;
constexpr std::uint8_t kStartOfImage = 0xD8;
constexpr std::uint8_t kEndOfImage = 0xD9;
constexpr std::uint8_t kStartOfScan = 0xDA;

constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kSofBytes = 8;  // length, precision, height, width, number of components

// Offsets in BITMAPINFOHEADER.
constexpr std::size_t kBitmapWidth = 4;
constexpr std::size_t kBitmapHeight = 8;
constexpr std::size_t kBitmapCompression = 16;
constexpr std::uint32_t kMjpg = 0x47504A4D;  // "MJPG", little endian
constexpr int kBitsPerPixel = 24;
constexpr std::uint32_t kMaxSide = 65535;

std::uint32_t U16(Bytes data, std::size_t at) {
  return std::uint32_t{data[at]} << 8 | data[at + 1];
}

bool IsFrameHeader(std::uint8_t marker) {
  return marker >= kFirstSof && marker <= kLastSof && marker != kHuffmanTables &&
         marker != kExtension && marker != kArithmeticTables;
}

bool StandsAlone(std::uint8_t marker) {
  return marker == kTemporary || (marker >= kFirstRestart && marker <= kLastRestart);
}

Status BadImage(const char* what) {
  return Status(StatusCode::kInvalidFrame, what);
}
Status BadHeader(const char* what) {
  return Status(StatusCode::kInvalidCodecData, what);
}

Result<JpegInfo> ReadFrameHeader(Bytes segment) {
  if (segment.size() < kSofBytes) {
    return BadImage("the frame header of a JPEG image is cut short");
  }
  JpegInfo info;
  info.precision = segment[2];
  info.height = U16(segment, 3);
  info.width = U16(segment, 5);
  info.components = segment[7];
  if (info.width == 0 || info.components == 0) {
    return BadImage("the frame header of a JPEG image has no width or no components");
  }
  if (info.height == 0) {
    return Status(StatusCode::kUnsupportedMedia,
                  "JPEG images that tell their height behind the picture (DNL)");
  }
  return info;
}

}  // namespace

Result<JpegInfo> ParseJpegHeader(Bytes image) {
  if (image.size() < 2 || image[0] != kMarkerPrefix || image[1] != kStartOfImage) {
    return BadImage("no JPEG image: it does not begin with FF D8");
  }
  for (Bytes rest = image.subspan(2); rest.size() >= 2;) {
    if (rest[0] != kMarkerPrefix) {
      return BadImage("a JPEG image has no marker where one is due");
    }
    const std::uint8_t marker = rest[1];
    if (marker == kMarkerPrefix) {  // any number of fill bytes may precede a marker
      rest = rest.subspan(1);
      continue;
    }
    rest = rest.subspan(2);
    if (StandsAlone(marker)) {
      continue;
    }
    if (marker == 0 || marker == kStartOfImage || marker == kStartOfScan || marker == kEndOfImage) {
      return BadImage("a JPEG image has no frame header");
    }
    if (rest.size() < kLengthBytes || U16(rest, 0) < kLengthBytes || U16(rest, 0) > rest.size()) {
      return BadImage("a JPEG image is cut short");
    }
    const Bytes segment = rest.first(U16(rest, 0));
    if (IsFrameHeader(marker)) {
      return ReadFrameHeader(segment);
    }
    rest = rest.subspan(segment.size());
  }
  return BadImage("a JPEG image is cut short");
}

ByteVector BuildMjpegBitmapInfo(std::uint32_t width, std::uint32_t height) {
  constexpr int kReservedBytes = 16;  // resolution in metres, palette: nothing to say
  const std::uint64_t image = std::uint64_t{width} * height * (kBitsPerPixel / 8);
  ByteVector out;
  out.reserve(kBitmapInfoBytes);
  AppendLe(kBitmapInfoBytes, 4, out);
  AppendLe(width, 4, out);
  AppendLe(height, 4, out);
  AppendLe(1, 2, out);  // planes
  AppendLe(kBitsPerPixel, 2, out);
  AppendLe(kMjpg, 4, out);
  // Size of the decoded picture, as other writers have it; 0 where the field is too small.
  AppendLe(
      image <= std::numeric_limits<std::uint32_t>::max() ? static_cast<std::uint32_t>(image) : 0, 4,
      out);
  out.insert(out.end(), kReservedBytes, 0);
  return out;
}

Result<BitmapSize> ParseMjpegBitmapInfo(Bytes data) {
  if (data.size() < kBitmapInfoBytes) {
    return BadHeader("BITMAPINFOHEADER is cut short");
  }
  if (ReadLe(data, kBitmapCompression, 4) != kMjpg) {
    return BadHeader("BITMAPINFOHEADER has another compression than MJPG");
  }
  const BitmapSize size{ReadLe(data, kBitmapWidth, 4), ReadLe(data, kBitmapHeight, 4)};
  if (size.width == 0 || size.width > kMaxSide || size.height == 0 || size.height > kMaxSide) {
    return BadHeader("BITMAPINFOHEADER has no valid size");
  }
  return size;
}

}  // namespace kvs::codec
