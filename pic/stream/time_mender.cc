#include "pic/stream/time_mender.h"

#include <algorithm>

namespace kvs {

TimeMender::Mended TimeMender::Mend(std::size_t position, MediaTime pts, Duration duration, bool reorders) {
  TrackTime& track = tracks_[position];
  Duration jump;
  Duration shift;
  MediaTime time = pts + track.shift;
  if (!track.latest) {
    // The first frame of a track belongs to the time line as the others have made it, and that begins at zero.
    track.shift = shift_;
    time = pts + track.shift;
    if (reorders && time < MediaTime()) {
      // The others wait for it: what they said so far was said by the same clock.
      const Duration before_zero = MediaTime() - time;
      shift_ = shift_ + before_zero;
      for (TrackTime& each : tracks_) {
        each.shift = each.shift + before_zero;
      }
      time = MediaTime();
    }
  } else if (time < *track.latest - kJump) {
    jump = *track.latest - time;
    // As another track has done before it, if that makes it fit.
    track.shift_before = track.shift;
    track.may_be_before = reorders ? kMostReordered : 0;
    const MediaTime together = pts + shift_;
    if (track.shift != shift_ && together > *latest_ - kTogether && together < *latest_ + kTogether) {
      track.shift = shift_;
    } else {
      track.shift = track.shift + jump + std::max(duration, Duration::Millis(1));
      shift_ = track.shift;
    }
    time = pts + track.shift;
  }
  shift = track.shift;
  if (track.may_be_before > 0 && jump == Duration()) {
    // A picture from before the jump that is put behind one from after it.
    --track.may_be_before;
    const MediaTime before = pts + track.shift_before;
    if (time > *track.latest + kJump && before > *track.latest - kJump && before < *track.latest + kJump) {
      time = before;
      shift = track.shift_before;
    }
  }
  const MediaTime wanted = time;
  // What does not reorder does not go back: a sound packet that claims to is put where the one before it is.
  if (track.latest && !reorders) {
    time = std::max(time, *track.latest);
  }
  track.latest = track.latest ? std::max(*track.latest, time) : time;
  latest_ = latest_ ? std::max(*latest_, *track.latest) : *track.latest;
  return {time, wanted, shift, jump};
}

}  // namespace kvs
