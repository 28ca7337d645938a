// H.265 codec data and parameter sets. The input is taken as an SPS, as hvcC and as Annex-B.

#include <cstdint>

#include "pic/codec/h265.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/video_config_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kvs::fuzz::Check;
  const kvs::codec::Bytes input(data, size);
  const auto sps = kvs::codec::ParseH265Sps(input);
  if (sps.ok()) {
    Check(sps->width >= 1 && sps->width <= sps->coded_width, "width");
    Check(sps->height >= 1 && sps->height <= sps->coded_height, "height");
    Check(sps->coded_width <= 65535 && sps->coded_height <= 65535, "coded size");
    Check(sps->chroma_format_idc <= 3 && sps->id <= 15, "chroma format and id");
    Check(sps->max_sub_layers >= 1 && sps->max_sub_layers <= 7, "sub-layers");
    Check(sps->bit_depth_luma >= 8 && sps->bit_depth_luma <= 16, "bit depth");
  }
  constexpr std::size_t kLengthSizeByte = 21;
  kvs::fuzz::CheckVideoConfig(kvs::codec::VideoCodec::kH265, input, kLengthSizeByte);
  return 0;
}
