#ifndef KVS_PLUGIN_PLAYBACK_H_
#define KVS_PLUGIN_PLAYBACK_H_

#include <string>
#include <string_view>
#include <vector>

#include "kvs/time.h"
#include "kvs/track.h"

// What is stored as it should be and yet does not play in the players of the service. Pure.
// Source: developer guide, requirements of GetHLSStreamingSessionURL, GetDASHStreamingSessionURL and
// the console, and "fragment duration".
namespace kvs::plugin {

enum class PlaybackLimit {
  kNoVideo,
  kVideoCodec,
  kVideoNotFirst,
  kSeveralVideoTracks,
  kAudioCodec,
  kAudioNotInHls,
  kSeveralAudioTracks,
  kCodecId,
  kNoRetention,
  kFewKeyFrames,
};

struct PlaybackFacts {
  std::vector<Track> tracks;  // in the order of the media
  // There is a video pad, also where its track is not known yet.
  bool expects_video = false;
  Duration retention;
  // Video came without a key frame for longer than a fragment may last.
  bool few_key_frames = false;
};

// Each at most once, in the order of their declaration.
std::vector<PlaybackLimit> PlaybackLimits(const PlaybackFacts& facts);

// "audio-codec": for programs.
const char* PlaybackLimitName(PlaybackLimit limit);
// A sentence without a full stop.
std::string_view PlaybackLimitText(PlaybackLimit limit);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_PLAYBACK_H_
