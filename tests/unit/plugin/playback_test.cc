#include "plugin/playback.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace kvs::plugin {
namespace {

Track Make(TrackType type, Codec codec, std::string codec_id = "") {
  Track track;
  track.type = type;
  track.codec = codec;
  track.codec_id = std::move(codec_id);
  return track;
}
Track Video(Codec codec, std::string codec_id = "") {
  return Make(TrackType::kVideo, codec, std::move(codec_id));
}
Track Audio(Codec codec) {
  return Make(TrackType::kAudio, codec);
}

TEST(PlaybackLimitsTest, AreThoseOfTheServicesPlayers) {
  const Duration day = Duration::Hours(24);
  const struct {
    const char* name;
    PlaybackFacts facts;
    const char* want;
  } cases[] = {
      {"nothing yet", {{}, true, day, false}, ""},
      {"H.264", {{Video(Codec::kH264)}, true, day, false}, ""},
      {"H.265 and AAC", {{Video(Codec::kH265), Audio(Codec::kAac)}, true, day, false}, ""},
      {"AV1", {{Video(Codec::kAv1)}, true, day, false}, "video-codec"},
      {"M-JPEG", {{Video(Codec::kMjpeg)}, true, day, false}, "video-codec"},
      {"Opus", {{Video(Codec::kH264), Audio(Codec::kOpus)}, true, day, false}, "audio-codec"},
      {"PCM", {{Video(Codec::kH264), Audio(Codec::kPcm)}, true, day, false}, "audio-codec"},
      {"A-law", {{Video(Codec::kH264), Audio(Codec::kALaw)}, true, day, false}, "audio-not-in-hls"},
      {"mu-law", {{Video(Codec::kH264), Audio(Codec::kMuLaw)}, true, day, false}, "audio-not-in-hls"},
      {"sound alone", {{Audio(Codec::kAac)}, false, day, false}, "no-video"},
      {"sound, video to come", {{Audio(Codec::kAac)}, true, day, false}, ""},
      {"sound first", {{Audio(Codec::kAac), Video(Codec::kH264)}, true, day, false}, "video-not-first"},
      {"two cameras", {{Video(Codec::kH264), Video(Codec::kH264)}, true, day, false},
       "several-video-tracks"},
      {"two languages",
       {{Video(Codec::kH264), Audio(Codec::kAac), Audio(Codec::kAac)}, true, day, false},
       "several-audio-tracks"},
      {"the usual codec id", {{Video(Codec::kH264, "V_MPEG4/ISO/AVC")}, true, day, false}, ""},
      {"another codec id", {{Video(Codec::kH264, "V_MY/AVC")}, true, day, false}, "codec-id"},
      {"no retention", {{Video(Codec::kH264)}, true, Duration(), false}, "no-retention"},
      {"few key frames", {{Video(Codec::kH264)}, true, day, true}, "few-key-frames"},
      {"much", {{Audio(Codec::kOpus), Video(Codec::kAv1)}, true, Duration(), false},
       "video-codec video-not-first audio-codec no-retention"},
  };
  for (const auto& c : cases) {
    std::string got;
    for (const PlaybackLimit limit : PlaybackLimits(c.facts)) {
      got += (got.empty() ? "" : " ") + std::string(PlaybackLimitName(limit));
      EXPECT_FALSE(PlaybackLimitText(limit).empty());
    }
    EXPECT_EQ(got, c.want) << c.name;
  }
}

}  // namespace
}  // namespace kvs::plugin
