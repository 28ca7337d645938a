// AudioSpecificConfig, ADTS and WAVEFORMATEX. The input is taken as each of them.

#include <cstdint>

#include "pic/codec/aac.h"
#include "pic/codec/pcm.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using kvs::codec::Bytes;
using kvs::fuzz::Check;

void CheckAudioSpecificConfig(Bytes input) {
  const auto config = kvs::codec::ParseAudioSpecificConfig(input);
  if (!config.ok()) {
    return;
  }
  Check(config->sampling_rate != 0 && config->output_rate != 0, "rates");
  Check(config->channels >= 1 && config->channels <= 2 * 45 + 3, "channels");
  Check(!config->ps || config->sbr, "parametric stereo needs SBR");
  const auto built = BuildAudioSpecificConfig(*config);
  if (!built.ok()) {
    return;
  }
  const auto again = kvs::codec::ParseAudioSpecificConfig(*built);
  Check(again.ok(), "what is built is read back");
  Check(again->object_type == config->object_type &&
            again->sampling_rate == config->sampling_rate &&
            again->output_rate == config->output_rate && again->channels == config->channels &&
            again->sbr == config->sbr && again->ps == config->ps,
        "nothing is lost");
}

void CheckAdts(Bytes input) {
  kvs::codec::AdtsFrames frames;
  if (!SplitAdts(input, frames).ok()) {
    Check(frames.payloads.empty(), "no payloads after an error");
    return;
  }
  Check(!frames.payloads.empty() && frames.payloads.size() <= kvs::codec::kMaxAdtsFrames,
        "number of frames");
  // Frames tile the buffer: each begins where the one before ended.
  const std::uint8_t* at = input.data();
  for (const Bytes payload : frames.payloads) {
    const auto header =
        kvs::codec::ParseAdtsHeader(input.subspan(static_cast<std::size_t>(at - input.data())));
    Check(header.ok() && payload.data() == at + header->header_bytes && !payload.empty() &&
              payload.size() == header->frame_bytes - header->header_bytes,
          "payload is what the header says");
    at += header->frame_bytes;
  }
  Check(at == input.data() + input.size(), "frames tile the buffer");
  const auto config = BuildAudioSpecificConfig(AacConfigFromAdts(frames.header));
  Check(config.ok(), "every ADTS header has an AudioSpecificConfig");
  const auto parsed = kvs::codec::ParseAudioSpecificConfig(*config);
  Check(parsed.ok() && parsed->sampling_rate == frames.header.sampling_rate &&
            parsed->channel_config == frames.header.channel_config &&
            parsed->object_type == frames.header.object_type,
        "which says the same");
}

void CheckWaveFormat(Bytes input) {
  const auto config = kvs::codec::ParseG711WaveFormat(input);
  if (!config.ok()) {
    return;
  }
  const auto built =
      kvs::codec::BuildG711WaveFormat(config->law, config->sampling_rate, config->channels);
  if (built.ok()) {
    const auto again = kvs::codec::ParseG711WaveFormat(*built);
    Check(again.ok() && again->law == config->law && again->channels == config->channels &&
              again->sampling_rate == config->sampling_rate && again->bit_depth == 8,
          "what is built is read back");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input(data, size);
  CheckAudioSpecificConfig(input);
  CheckAdts(input);
  CheckWaveFormat(input);
  return 0;
}
