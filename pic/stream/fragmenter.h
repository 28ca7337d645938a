#ifndef KVS_PIC_STREAM_FRAGMENTER_H_
#define KVS_PIC_STREAM_FRAGMENTER_H_

#include <cstdint>

#include "kvs/time.h"
#include "pic/store/fragment_index.h"

namespace kvs {

// Limits that the service puts on a fragment. Source: PutMedia quotas (1 s, 10 s, 50 MB).
inline constexpr Duration kMinFragmentDuration = Duration::Seconds(1);
inline constexpr Duration kMaxFragmentDuration = Duration::Seconds(10);
inline constexpr std::uint64_t kMaxFragmentBytes = std::uint64_t{50} * 1000 * 1000;
// Of the payload in a fragment: containers and block heads count, too.
inline constexpr std::uint64_t kMaxFrameBytes = kMaxFragmentBytes - 1'000'000;

// Decides where a new fragment begins. Times are in units of the timecode scale.
//
// A fragment begins at a key frame of the track that leads (video, where there is video; every frame of audio counts as a key
// frame), but never less than a second after the one before, since the service refuses shorter ones; the key frame is then
// kept inside. Where no key frame comes in time, it begins at any frame before the fragment gets longer or larger than
// the service takes, so that nothing is refused.
class Fragmenter {
 public:
  struct Options {
    std::int64_t units_per_second = 1000;
    bool key_frame_fragmentation = true;
    std::int64_t fragment_duration = 2000;  // in units
  };
  // What is known of the frame that comes next.
  struct Candidate {
    std::int64_t timecode = 0;
    std::int64_t duration = 0;  // 0: unknown
    std::uint64_t bytes = 0;
    std::uint8_t track = 0;
    bool leads = false;  // the frame is on the track whose key frames begin fragments
    bool key_frame = false;
    bool only_key_frames = false;  // the leading track is audio: a fragment begins every fragment_duration
    const TrackSet* tracks = nullptr;
  };
  enum class Cut : std::uint8_t {
    kNone,
    kAtKeyFrame,
    kNewTrack,  // what Tracks says about this track is new
    kForced,    // the service would refuse a longer one
    kOverflow,  // it would refuse a larger one, and also one that is cut here: there is no place for the frame
  };

  explicit Fragmenter(Options options) : options_(options) {}

  // Whether `next` begins a new fragment instead of joining `open`.
  Cut Decide(const Fragment& open, const Candidate& next) const;

  // Whether one of the next frames may have to begin a new fragment although it is no key frame.
  bool NearLimits(const Fragment& open) const;

 private:
  const Options options_;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_FRAGMENTER_H_
