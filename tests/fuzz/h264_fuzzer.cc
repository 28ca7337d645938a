// H.264 codec data and parameter sets. The input is taken as an SPS, as avcC and as Annex-B.

#include <cstdint>

#include "pic/codec/h264.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/video_config_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kvs::fuzz::Check;
  const kvs::codec::Bytes input(data, size);
  const auto sps = kvs::codec::ParseH264Sps(input);
  if (sps.ok()) {
    Check(sps->width >= 1 && sps->width <= sps->coded_width, "width");
    Check(sps->height >= 1 && sps->height <= sps->coded_height, "height");
    Check(sps->coded_width % 16 == 0 && sps->coded_width <= 65536, "coded width");
    Check(sps->coded_height % 16 == 0 && sps->coded_height <= 65536, "coded height");
    Check(sps->chroma_format_idc <= 3 && sps->id <= 31, "chroma format and id");
    Check(sps->bit_depth_luma >= 8 && sps->bit_depth_luma <= 14, "bit depth");
    Check(!sps->frame_rate || sps->frame_rate->denominator != 0, "frame rate");
    const auto id = ParameterSetId(kvs::codec::VideoCodec::kH264, kvs::codec::NalKind::kSps, input);
    Check(id.ok() && *id == sps->id, "both ways of reading the id agree");
  }
  constexpr std::size_t kLengthSizeByte = 4;
  kvs::fuzz::CheckVideoConfig(kvs::codec::VideoCodec::kH264, input, kLengthSizeByte);
  return 0;
}
