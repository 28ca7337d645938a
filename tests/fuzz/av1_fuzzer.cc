// AV1. The input is taken as a temporal unit, as a sequence header and as av1C.

#include <cstdint>

#include "pic/codec/av1.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using kvs::codec::Bytes;
using kvs::fuzz::Check;

void CheckTemporalUnit(Bytes input) {
  kvs::codec::ObuReader reader(input);
  const std::uint8_t* at = input.data();
  for (kvs::codec::Obu obu; reader.Next(obu);) {
    Check(obu.whole.data() == at && obu.whole.size() >= 2, "OBUs tile the data");
    at += obu.whole.size();
    Check(
        obu.payload.data() + obu.payload.size() == at && obu.payload.size() <= obu.whole.size() - 2,
        "the payload is the end of its OBU");
  }
  Check(!reader.ok() || at == input.data() + input.size(), "nothing is left over");
}

void CheckConfig(const kvs::codec::Av1Config& config) {
  const auto again = kvs::codec::Av1ConfigFromCodecData(config.codec_private);
  Check(again.ok() && again->codec_private == config.codec_private &&
            again->sequence_header == config.sequence_header && again->width == config.width &&
            again->height == config.height,
        "codec data describes itself");
}

void CheckSequenceHeader(Bytes input) {
  const auto header = kvs::codec::ParseAv1SequenceHeader(input);
  const auto config = kvs::codec::Av1ConfigFromSequenceHeader(input);
  Check(config.ok() == header.ok(), "what is read is described");
  if (!header.ok()) {
    return;
  }
  Check(header->profile <= 2 && header->level_idx <= 31, "profile and level");
  Check(header->bit_depth == 8 || header->bit_depth == 10 || header->bit_depth == 12, "bit depth");
  Check(header->subsampling_x || !header->subsampling_y, "there is no 4:4:0");
  Check(header->width >= 1 && header->width <= 65536 && header->height >= 1 &&
            header->height <= 65536,
        "size");
  Check(config->width == header->width && config->height == header->height, "the same size");
  CheckConfig(*config);
}

void CheckCodecData(Bytes input) {
  const auto config = kvs::codec::Av1ConfigFromCodecData(input);
  if (!config.ok()) {
    return;
  }
  Check(config->sequence_header.empty() == (config->width == 0), "a sequence header tells a size");
  CheckConfig(*config);
  if (!config->sequence_header.empty()) {
    CheckSequenceHeader(config->sequence_header);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input(data, size);
  CheckTemporalUnit(input);
  CheckSequenceHeader(input);
  CheckCodecData(input);
  return 0;
}
