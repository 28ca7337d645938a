// OpusHead.

#include <cstdint>

#include "pic/codec/opus.h"
#include "tests/fuzz/fuzz_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kvs::fuzz::Check;
  const kvs::codec::Bytes input(data, size);
  const auto config = kvs::codec::ParseOpusHead(input);
  if (!config.ok()) {
    return 0;
  }
  Check(kvs::codec::IsOpusHeader(input), "it begins as a header does");
  Check(config->channels >= 1 && config->channels <= 255, "channels");
  Check(config->streams >= 1 && config->coupled_streams >= 0 &&
            config->coupled_streams <= config->streams &&
            config->streams + config->coupled_streams <= 255,
        "streams");
  for (const std::uint8_t index : config->mapping) {
    Check(index < config->streams + config->coupled_streams ||
              index == kvs::codec::kOpusSilentChannel,
          "a channel is mapped to what is decoded, or silent");
  }
  const auto built = BuildOpusHead(*config);
  Check(built.ok() == (config->mapping_family != kvs::codec::kOpusDemixing), "what can be built");
  if (!built.ok()) {
    return 0;
  }
  const auto again = kvs::codec::ParseOpusHead(*built);
  Check(again.ok() && again->channels == config->channels && again->pre_skip == config->pre_skip &&
            again->input_rate == config->input_rate && again->output_gain == config->output_gain &&
            again->mapping_family == config->mapping_family && again->streams == config->streams &&
            again->coupled_streams == config->coupled_streams && again->mapping == config->mapping,
        "nothing is lost");
  return 0;
}
