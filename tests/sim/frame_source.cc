#include "tests/sim/frame_source.h"

#include <algorithm>

namespace kvs::sim {

void FrameSource::Advance() {
  items_.pop_front();
  if (items_.empty()) {
    Fill();
  }
}

void FrameSource::Add(std::int64_t display, bool key, bool discardable) {
  Item item;
  item.payload.name = {index_, number_};
  item.payload.key_frame = key;
  item.payload.codec_version = codec_version_;
  item.payload.bytes = key ? draw_.Size(plan_.key_bytes_min, plan_.key_bytes_max)
                           : draw_.Size(plan_.frame_bytes_min, plan_.frame_bytes_max);
  item.decode = plan_.frame_interval * static_cast<std::int64_t>(number_);
  // With reordering, everything is shown one frame later than it could be decoded.
  item.present = plan_.frame_interval * (display + (plan_.b_frames > 0 ? 1 : 0));
  item.discardable = discardable;
  ++number_;
  items_.push_back(item);
}

// One group of pictures, or one packet of sound.
void FrameSource::Fill() {
  const bool change =
      plan_.codec_change_gops > 0 && groups_ > 0 && groups_ % plan_.codec_change_gops == 0;
  codec_version_ += change ? 1 : 0;
  ++groups_;
  if (!plan_.video()) {
    Add(display_++, /*key=*/true, /*discardable=*/false);
    return;
  }
  const Duration length = draw_.Between(plan_.gop_min, plan_.gop_max);
  const std::int64_t frames =
      std::max<std::int64_t>(1, length.nanos() / plan_.frame_interval.nanos());
  const std::int64_t step = plan_.b_frames + 1;
  const bool open = plan_.open_gop && groups_ > 1 && frames > step;
  const std::int64_t key_at = open ? plan_.b_frames : 0;
  Add(display_ + key_at, /*key=*/true, /*discardable=*/false);
  items_.back().new_codec_data = change;
  for (std::int64_t b = 0; b < key_at; ++b) {
    Add(display_ + b, /*key=*/false, /*discardable=*/true);
  }
  for (std::int64_t last = key_at; last + 1 < frames;) {
    const std::int64_t next = std::min(last + step, frames - 1);
    Add(display_ + next, /*key=*/false, /*discardable=*/false);
    for (std::int64_t b = last + 1; b < next; ++b) {
      Add(display_ + b, /*key=*/false, /*discardable=*/true);
    }
    last = next;
  }
  display_ += frames;
}

Track FrameSource::Describe(int codec_version) const {
  Track track;
  track.id = track_id();
  track.type = plan_.video() ? TrackType::kVideo : TrackType::kAudio;
  track.codec_private = CodecPrivate(plan_.kind, codec_version);
  switch (plan_.kind) {
    case MediaKind::kH264Avc:
      track.codec = Codec::kH264;
      track.format = FrameFormat::kAvc;
      break;
    case MediaKind::kH264AnnexB:
      track.codec = Codec::kH264;
      track.format = FrameFormat::kAnnexB;
      break;
    case MediaKind::kAacRaw:
      track.codec = Codec::kAac;
      track.format = FrameFormat::kRaw;
      break;
    case MediaKind::kAacAdts:
      track.codec = Codec::kAac;
      track.format = FrameFormat::kAdts;
      break;
    case MediaKind::kMuLaw:
      track.codec = Codec::kMuLaw;
      track.format = FrameFormat::kRaw;
      track.sample_rate = 8000;
      track.channels = 1;
      break;
  }
  return track;
}

}  // namespace kvs::sim
