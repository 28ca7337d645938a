#ifndef KVS_PIC_STREAM_TIME_MENDER_H_
#define KVS_PIC_STREAM_TIME_MENDER_H_

#include <array>
#include <cstddef>
#include <optional>

#include "kvs/time.h"
#include "kvs/track.h"

namespace kvs {

// Makes one time line out of what the tracks of a stream say: a counter that wraps, a source that begins again, a clock that is
// set back. Time that goes back by more than reordering explains is moved so that it goes on where it was; tracks that go
// back together stay together. Time that goes forward is left alone: that is a pause.
class TimeMender {
 public:
  // A frame this far before the latest of its track is a jump of the source's clock, not reordering.
  static constexpr Duration kJump = Duration::Seconds(1);
  // Tracks that go back within so much media time of each other went back for the same reason.
  static constexpr Duration kTogether = Duration::Seconds(10);

  struct Mended {
    MediaTime pts;
    MediaTime wanted;  // where it would be if sound could go back
    Duration shift;    // of the track's time line: to be added to the decoding time as well
    Duration jump;     // how far the time of the track just jumped back; zero: it did not
  };
  // An encoder holds back no more pictures than this. Source: H.264 and H.265, at most 16 reference pictures.
  static constexpr int kMostReordered = 16;

  // The frames of each track in the order in which they were put. `position` < kMaxTracks. `reorders`: frames may be put out of
  // presentation order (video).
  Mended Mend(std::size_t position, MediaTime pts, Duration duration, bool reorders);

 private:
  struct TrackTime {
    Duration shift;
    std::optional<MediaTime> latest;  // mended
    Duration shift_before;            // the last jump
    int may_be_before = 0;            // so many of the next frames may be from before it
  };
  std::array<TrackTime, kMaxTracks> tracks_;
  Duration shift_;                  // of the last jump
  std::optional<MediaTime> latest_;  // of all tracks
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_TIME_MENDER_H_
