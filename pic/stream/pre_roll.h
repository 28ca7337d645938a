#ifndef KVS_PIC_STREAM_PRE_ROLL_H_
#define KVS_PIC_STREAM_PRE_ROLL_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "kvs/time.h"
#include "pic/base/ring.h"
#include "pic/stream/interleaver.h"

namespace kvs {

// The switch of a stream that only uploads when it is told to, and the media that it keeps until then: the newest `length` of
// it, counted from a frame with which an upload may begin. Frames come in the order in which they would be uploaded; they leave
// in the same order, to be uploaded or to give way to newer ones.
class PreRoll {
 public:
  // `length` zero: no such stream; it uploads all the time.
  explicit PreRoll(Duration length) : length_(length) {}

  bool keeping() const { return length_ > Duration() && !triggered_; }
  bool triggered() const { return length_ > Duration() && triggered_; }
  void Trigger() { triggered_ = true; }
  void Untrigger();

  // A frame that is not uploaded for now. `entry`: an upload may begin with it. Precondition: keeping().
  void Keep(PendingFrame frame, bool entry);
  // The oldest frames give way, up to the next with which an upload may begin, or all. Whether there were any.
  bool GiveWay();
  void GiveWayAll() { surplus_until_ = frames_.end_number(); }

  struct Kept {
    PendingFrame frame;
    bool entry = false;
  };
  // The oldest of the frames that have given way; none when there is none (any more).
  std::optional<Kept> PopSurplus();
  // The oldest frame, to be uploaded. Precondition: all surplus is popped.
  std::optional<PendingFrame> Pop();
  // Frames are missing between the last that was uploaded and the first that is kept.
  bool gap() const { return gap_; }

  std::size_t size() const { return frames_.size(); }
  // From the first to the latest time that is kept.
  Duration span() const { return frames_.empty() ? Duration() : latest_ - frames_.front().frame.pts; }

 private:
  struct Entry {
    std::uint64_t number = 0;  // in frames_
    MediaTime pts;
  };
  // The first entry behind the oldest frame; none when there is none. Forgets those before it.
  std::optional<Entry> NextEntry();

  const Duration length_;
  bool triggered_ = false;
  Ring<Kept> frames_;
  Ring<Entry> entries_;
  std::uint64_t surplus_until_ = 0;  // frames before this number have given way
  MediaTime latest_;
  bool gap_ = false;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_PRE_ROLL_H_
