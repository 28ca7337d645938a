#ifndef KVS_TESTS_SIM_CAMERA_H_
#define KVS_TESTS_SIM_CAMERA_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tests/sim/draw.h"
#include "tests/sim/frame_source.h"
#include "tests/sim/ledger.h"
#include "tests/sim/options.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/stream_shell.h"

namespace kvs::sim {

// The user: puts the frames of all tracks, at the pace of a wall clock or, offline, as fast as they
// are taken.
class Camera {
 public:
  Camera(Scheduler& scheduler, Draw draw, const SimOptions& options, StreamShell& stream,
         Ledger& ledger);

  // Begins now: declares the tracks and puts the first frames.
  void Start();
  // Nothing is taken between the two; time goes on.
  void Pause();
  void Resume();
  // No further frame. Not for offline media, which ends by itself.
  void End() { ended_ = true; }

  // Offline: everything was put, or the stream takes no more.
  bool done() const { return done_; }
  std::uint64_t put() const { return put_; }

 private:
  struct Feed {
    explicit Feed(FrameSource frames) : source(std::move(frames)) {}
    FrameSource source;
    std::unique_ptr<Timer> timer;
    MonoTime last_put;
    bool declared = false;
    bool over = false;
  };
  enum class Put : std::uint8_t { kDone, kWait, kOver };

  void Declare(Feed& feed);
  void PutNext(Feed& feed);
  Put PutOne(Feed& feed);
  void PutBurst();
  void PutMetadata();
  Feed* NextOffline();
  bool Over(const Feed& feed) const;
  void Finish(Feed& feed);
  void Arm(Feed& feed);
  // What the source's clock says at this time of the track's media.
  MediaTime TimeOf(const Feed& feed, Duration since_start) const;

  Scheduler& scheduler_;
  Draw draw_;
  const SimOptions& options_;
  StreamShell& stream_;
  Ledger& ledger_;
  const bool offline_;
  std::vector<Feed> feeds_;
  MonoTime start_;
  MediaTime zero_;  // media time of the start
  Duration shift_;  // by pauses
  MonoTime paused_at_;
  bool paused_ = false;
  bool ended_ = false;
  bool done_ = false;
  bool epoch_known_ = false;
  std::uint64_t put_ = 0;
  std::uint32_t metadata_ = 0;
  std::vector<std::uint8_t> payload_;
  Timer burst_;
};

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_CAMERA_H_
