#ifndef KVS_PIC_STREAM_INTERLEAVER_H_
#define KVS_PIC_STREAM_INTERLEAVER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "kvs/time.h"
#include "pic/base/ring.h"
#include "pic/store/fragment_index.h"

namespace kvs {

// A stored frame on its way into a fragment.
struct PendingFrame {
  StoredFrame stored;  // all but its time code
  MediaTime pts;
  MediaTime wanted;  // pts before it was moved behind the frame in front of it
  Duration duration;
  std::uint64_t metadata_mark = 0;  // which metadata had been put by then
  MonoTime arrived;
  MediaTime order;  // set by the interleaver
  bool picture = false;  // of video: its key frames begin fragments
  std::shared_ptr<const TrackSet> tracks;
};

// Orders the frames of several tracks by time, without ever waiting for a track that has nothing to say.
//
// What a fragment may not hold is a frame from before the end of the fragment in front of it. So a frame goes on when no earlier one
// can still come: every other track has shown a frame that is not earlier, or is so regular that its next one cannot be. A track that is
// late holds the others back until a frame has waited `max_wait` (real time) or until one track is `max_ahead` (media time)
// ahead; from then on it is silent and holds nobody back until its next frame. Ties go to the track set first: video.
//
// In real time only that matters which a fragment may not hold, since whoever watches waits as well: a key frame of video waits
// for earlier sound, and sound for an earlier key frame; but other pictures, which stay in the fragment that is open, wait for no sound.
//
// An encoder that looks ahead gives its frames seconds after the microphone gave those of the same time. So the first frame of
// a track is waited for up to `longest_wait`, and when frames come later than was waited for, the wait grows to fit, within
// the same bound.
//
// Key frames are ordered by presentation time, so that all earlier audio falls into the fragment before; other frames
// by decoding time. Within a track the order of arrival is kept.
class Interleaver {
 public:
  struct Options {
    std::optional<Duration> max_wait;  // none: only media time counts, and nothing is in a hurry
    Duration max_ahead;
    Duration longest_wait = Duration::Seconds(10);
  };
  explicit Interleaver(Options options) : options_(options) {}

  // The track at `position` will have frames; positions are used without gaps.
  void Expect(std::size_t position);
  // The track has no more frames for now.
  void End(std::size_t position);

  // `decode_time`: none when it is not known; it is estimated from how far frames of the track were reordered so far.
  void Push(PendingFrame frame, std::optional<MediaTime> decode_time, MonoTime now);

  // Whether a fragment may begin at any picture, not at key frames only: all wait for sound then.
  void set_any_picture_begins(bool any) { any_picture_begins_ = any; }

  // The next frame in order, if there is one to go on now.
  std::optional<PendingFrame> Pop(MonoTime now);
  // The next frame in order, whatever may still come.
  std::optional<PendingFrame> PopRegardless();

  // When Pop may have something although nothing was pushed; none when time changes nothing.
  std::optional<MonoTime> deadline() const;

  bool empty() const;
  std::size_t size() const;
  // Tracks that are showing frames: neither ended nor silent, and at least one frame came.
  TrackMask live() const;

 private:
  // How far apart the frames of a track have been of late, at the least.
  class Regularity {
   public:
    void Add(MediaTime pts);
    void Forget() { *this = Regularity(); }
    // How much later than the latest frame the next one is, at the least; zero when not enough is known.
    Duration step() const;

   private:
    std::optional<MediaTime> previous_;
    // Of the steps that are being counted, and of those counted before.
    Duration shortest_ = kLongestStep;
    Duration shortest_before_;
    int steps_ = 0;
  };
  struct TrackQueue {
    Ring<PendingFrame> frames;
    std::optional<MediaTime> newest;  // order of the last frame pushed
    std::optional<MediaTime> latest;  // the greatest presentation time pushed
    Duration reordering;              // the longest way that a frame went back from there
    Regularity regularity;
    bool pictures = false;
    bool waited_for = false;  // others wait when it has nothing
  };
  struct Taken {
    MediaTime order;
    MonoTime arrived;
  };
  static MediaTime EstimateDecodeTime(TrackQueue& queue, MediaTime pts);
  void LearnLateness(std::size_t position, MediaTime order, MonoTime now);
  Duration WaitFor(const TrackQueue& queue) const;
  std::optional<std::size_t> Earliest() const;
  bool MustWaitFor(std::size_t other, std::size_t position) const;
  PendingFrame Take(std::size_t position);

  // No more than this is foreseen, as a key frame that comes earlier after all is moved by as much.
  static constexpr Duration kLongestStep = Duration::Millis(50);

  const Options options_;
  std::vector<TrackQueue> tracks_;
  bool any_picture_begins_ = false;
  std::optional<Taken> taken_;  // the latest frame, by order, that went on
  Duration learned_wait_;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_INTERLEAVER_H_
