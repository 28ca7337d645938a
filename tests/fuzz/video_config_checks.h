#ifndef KVS_TESTS_FUZZ_VIDEO_CONFIG_CHECKS_H_
#define KVS_TESTS_FUZZ_VIDEO_CONFIG_CHECKS_H_

#include <algorithm>
#include <cstddef>
#include <vector>

#include "pic/codec/video_config.h"
#include "tests/fuzz/fuzz_check.h"

namespace kvs::fuzz {

// Whether `read`, from codec data built of `sets`, holds the same. The avcC of some profiles has no
// place for SPS extensions.
inline bool SameSets(const codec::ParameterSets& read, const codec::ParameterSets& sets) {
  const auto same = [&](codec::NalKind kind) {
    const std::vector<codec::Bytes> a = read.Of(kind);
    const std::vector<codec::Bytes> b = sets.Of(kind);
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](codec::Bytes x, codec::Bytes y) {
      return std::equal(x.begin(), x.end(), y.begin(), y.end());
    });
  };
  return same(codec::NalKind::kVps) && same(codec::NalKind::kSps) && same(codec::NalKind::kPps) &&
         (read.Count(codec::NalKind::kSpsExtension) == 0 || read == sets);
}

// What must hold for codec data and in-band parameter sets of either codec, whatever the bytes.
// `length_size_byte`: where avcC or hvcC keeps its length size, in the lowest two bits.
inline void CheckVideoConfig(codec::VideoCodec video, codec::Bytes input,
                             std::size_t length_size_byte) {
  codec::ParameterSets sets(video);
  const Result<codec::VideoConfig> config = VideoConfigFromCodecData(video, input, &sets);
  if (!config.ok()) {
    Check(sets.empty(), "sets are unchanged after an error");
  } else if (config->codec_private.empty()) {
    Check(config->width == 0 && !sets.complete(), "no codec data means that sets are missing");
  } else {
    Check(config->width != 0 && config->height != 0, "codec data comes with a size");
    Check(sets.complete(), "codec data comes with its sets");
    Check((config->codec_private[length_size_byte] & 3) == 3, "lengths have 4 bytes");
    codec::ParameterSets same(video);
    const Result<codec::VideoConfig> again =
        VideoConfigFromCodecData(video, config->codec_private, &same);
    Check(again.ok() && again->codec_private == config->codec_private && SameSets(same, sets) &&
              again->width == config->width && again->height == config->height,
          "codec data describes itself");
  }

  codec::NalList list;
  if (!ScanAnnexB(input, list).ok()) {
    return;
  }
  codec::ParameterSets in_band(video);
  const bool differs = in_band.DiffersFrom(input, list.nals());
  const Result<bool> changed = in_band.Update(input, list.nals());
  Check(differs == (!changed.ok() || *changed), "difference is told before and after");
  if (!changed.ok()) {
    Check(in_band.empty(), "sets are unchanged after an error");
    return;
  }
  Check(!in_band.DiffersFrom(input, list.nals()), "the same sets are nothing new");
  const Result<bool> again = in_band.Update(input, list.nals());
  Check(again.ok() && !*again, "the same sets change nothing");
  const Result<codec::VideoConfig> built = VideoConfigFromSets(in_band);
  if (!built.ok()) {
    return;
  }
  codec::ParameterSets read(video);
  const Result<codec::VideoConfig> parsed =
      VideoConfigFromCodecData(video, built->codec_private, &read);
  Check(parsed.ok() && parsed->codec_private == built->codec_private && SameSets(read, in_band),
        "what is built is read back");
}

}  // namespace kvs::fuzz

#endif  // KVS_TESTS_FUZZ_VIDEO_CONFIG_CHECKS_H_
