#include "plugin/playback.h"

#include <algorithm>
#include <array>

namespace kvs::plugin {
namespace {

constexpr std::string_view kH264CodecId = "V_MPEG4/ISO/AVC";

struct Row {
  PlaybackLimit limit;
  const char* name;
  std::string_view text;
};
// By PlaybackLimit.
constexpr std::array kRows = {
    Row{PlaybackLimit::kNoVideo, "no-video", "HLS and MPEG-DASH need a video track"},
    Row{PlaybackLimit::kVideoCodec, "video-codec",
        "HLS and MPEG-DASH play H.264 and H.265, the console H.264"},
    Row{PlaybackLimit::kVideoNotFirst, "video-not-first",
        "the video pad came after the audio pad, and players look for video on track 1"},
    Row{PlaybackLimit::kSeveralVideoTracks, "several-video-tracks",
        "players show one video track, which is track 1"},
    Row{PlaybackLimit::kAudioCodec, "audio-codec",
        "HLS plays AAC, MPEG-DASH AAC and G.711, and no other audio"},
    Row{PlaybackLimit::kAudioNotInHls, "audio-not-in-hls", "G.711 plays in MPEG-DASH, not in HLS"},
    Row{PlaybackLimit::kSeveralAudioTracks, "several-audio-tracks",
        "players play one audio track, which is track 2"},
    Row{PlaybackLimit::kCodecId, "codec-id",
        "players know H.264 by the codec-id V_MPEG4/ISO/AVC only"},
    Row{PlaybackLimit::kNoRetention, "no-retention",
        "with retention-period=0 a stream that is created keeps nothing to play"},
    Row{PlaybackLimit::kFewKeyFrames, "few-key-frames",
        "no key frame came for ten seconds, which is as long as a fragment may be: those that begin "
        "without one cannot be played by themselves"},
};
static_assert(std::is_sorted(kRows.begin(), kRows.end(),
                             [](const Row& a, const Row& b) { return a.limit < b.limit; }));

const Row& RowOf(PlaybackLimit limit) {
  return kRows[static_cast<std::size_t>(limit)];
}

bool Holds(PlaybackLimit limit, const PlaybackFacts& facts) {
  const auto any = [&](auto condition) {
    return std::any_of(facts.tracks.begin(), facts.tracks.end(), condition);
  };
  const auto several = [&](TrackType type) {
    return std::count_if(facts.tracks.begin(), facts.tracks.end(),
                         [type](const Track& track) { return track.type == type; }) > 1;
  };
  const auto is_g711 = [](const Track& track) {
    return track.codec == Codec::kALaw || track.codec == Codec::kMuLaw;
  };
  switch (limit) {
    case PlaybackLimit::kNoVideo:
      return !facts.tracks.empty() && !facts.expects_video &&
             !any([](const Track& track) { return track.type == TrackType::kVideo; });
    case PlaybackLimit::kVideoCodec:
      return any([](const Track& track) {
        return track.type == TrackType::kVideo && track.codec != Codec::kH264 &&
               track.codec != Codec::kH265;
      });
    case PlaybackLimit::kVideoNotFirst:
      return !facts.tracks.empty() && facts.tracks.front().type == TrackType::kAudio &&
             any([](const Track& track) { return track.type == TrackType::kVideo; });
    case PlaybackLimit::kSeveralVideoTracks:
      return several(TrackType::kVideo);
    case PlaybackLimit::kAudioCodec:
      return any([&](const Track& track) {
        return track.type == TrackType::kAudio && track.codec != Codec::kAac && !is_g711(track);
      });
    case PlaybackLimit::kAudioNotInHls:
      return any(is_g711);
    case PlaybackLimit::kSeveralAudioTracks:
      return several(TrackType::kAudio);
    case PlaybackLimit::kCodecId:
      return any([](const Track& track) {
        return track.codec == Codec::kH264 && !track.codec_id.empty() &&
               track.codec_id != kH264CodecId;
      });
    case PlaybackLimit::kNoRetention:
      return facts.retention == Duration();
    case PlaybackLimit::kFewKeyFrames:
      return facts.few_key_frames;
  }
  return false;
}

}  // namespace

std::vector<PlaybackLimit> PlaybackLimits(const PlaybackFacts& facts) {
  std::vector<PlaybackLimit> limits;
  for (const Row& row : kRows) {
    if (Holds(row.limit, facts)) {
      limits.push_back(row.limit);
    }
  }
  return limits;
}

const char* PlaybackLimitName(PlaybackLimit limit) {
  return RowOf(limit).name;
}

std::string_view PlaybackLimitText(PlaybackLimit limit) {
  return RowOf(limit).text;
}

}  // namespace kvs::plugin
