#ifndef KVS_TESTS_SIM_FRAME_SOURCE_H_
#define KVS_TESTS_SIM_FRAME_SOURCE_H_

#include <cstdint>
#include <deque>

#include "kvs/track.h"
#include "tests/sim/draw.h"
#include "tests/sim/options.h"
#include "tests/sim/payload.h"

namespace kvs::sim {

// An encoder: the frames of one track, in decoding order, for ever.
class FrameSource {
 public:
  struct Item {
    PayloadPlan payload;
    Duration decode;   // since the start of the track's media
    Duration present;  // the same
    bool discardable = false;
    bool new_codec_data = false;  // the track is described anew before this frame
  };

  FrameSource(const TrackPlan& plan, std::uint8_t index, Draw draw)
      : plan_(plan), index_(index), draw_(draw) {
    Fill();
  }

  const TrackPlan& plan() const { return plan_; }
  std::uint32_t track_id() const { return index_ + 1u; }
  const Item& next() const { return items_.front(); }
  void Advance();

  // What SetTrack is given for a codec version.
  Track Describe(int codec_version) const;

 private:
  void Fill();
  void Add(std::int64_t display, bool key, bool discardable);

  const TrackPlan plan_;
  const std::uint8_t index_;
  Draw draw_;
  std::deque<Item> items_;
  std::uint32_t number_ = 0;  // decoding order
  std::int64_t display_ = 0;  // first place of the next group of pictures
  std::int64_t groups_ = 0;
  int codec_version_ = 0;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_FRAME_SOURCE_H_
