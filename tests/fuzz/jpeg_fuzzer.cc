// JPEG images, and BITMAPINFOHEADER of M-JPEG. The input is taken as each of them.

#include <cstdint>

#include "pic/codec/jpeg.h"
#include "tests/fuzz/fuzz_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kvs::fuzz::Check;
  const kvs::codec::Bytes input(data, size);
  const auto image = kvs::codec::ParseJpegHeader(input);
  if (image.ok()) {
    Check(image->width >= 1 && image->width <= 65535, "width");
    Check(image->height >= 1 && image->height <= 65535, "height");
    Check(image->components >= 1 && image->components <= 255, "components");
    const auto built = kvs::codec::ParseMjpegBitmapInfo(
        kvs::codec::BuildMjpegBitmapInfo(image->width, image->height));
    Check(built.ok() && built->width == image->width && built->height == image->height,
          "what is built is read back");
  }
  const auto header = kvs::codec::ParseMjpegBitmapInfo(input);
  if (header.ok()) {
    Check(header->width >= 1 && header->width <= 65535 && header->height >= 1 &&
              header->height <= 65535,
          "size of a header");
  }
  return 0;
}
