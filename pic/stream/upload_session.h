#ifndef KVS_PIC_STREAM_UPLOAD_SESSION_H_
#define KVS_PIC_STREAM_UPLOAD_SESSION_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kvs/time.h"
#include "pic/ack/ack_parser.h"
#include "pic/mkv/mkv_writer.h"
#include "pic/store/fragment_index.h"

namespace kvs {

// The body of one PutMedia request: an MKV document made on the fly from the fragments of the index, one after the other.
// Nothing of it is stored; a new session makes its own header. Thread: under the stream's mutex.
class UploadSession {
 public:
  struct Options {
    mkv::SegmentInfo segment;
    // Subtracted from time codes: the first fragment's in relative mode, 0 in absolute mode.
    std::int64_t timecode_base = 0;
  };
  enum class PullStatus : std::uint8_t {
    kMore,      // the buffer is full
    kWait,      // nothing more for now: pause, and ask again when woken
    kEnd,       // the body is complete
    kMismatch,  // what was promised in the header does not hold: the connection must be broken off, and the fragment sent again
  };
  struct Pulled {
    std::size_t bytes = 0;
    PullStatus status = PullStatus::kWait;
  };

  // Begins with the first fragment at or after `first` that is queued.
  UploadSession(std::uint64_t id, Options options, FragmentIndex& index, std::uint64_t first)
      : id_(id), options_(std::move(options)), index_(index), cursor_(first) {}

  std::uint64_t id() const { return id_; }
  std::int64_t timecode_base() const { return options_.timecode_base; }
  // The fragment being sent, or the next one to look at.
  std::uint64_t cursor() const { return cursor_; }

  // Fills `out` with the next bytes. `live`: tracks that are showing frames, expected in fragments still open.
  Pulled Pull(std::span<std::uint8_t> out, TrackMask live);

  // No further fragment after the one being sent. The body ends when all that were sent are acknowledged.
  void EndAfterCurrent() { ending_ = true; }
  bool ending() const { return ending_; }
  // Whether any byte of it was made.
  bool begun() const { return stage_ != Stage::kBegin; }
  // All its bytes were handed out; it only waits for acks. Another session may begin.
  bool tail_sent() const { return stage_ == Stage::kAwaitAcks; }
  // The last pull had nothing to give: Wake is needed when that changes.
  bool waiting() const { return waiting_; }
  void set_waiting(bool waiting) { waiting_ = waiting; }

  ack::AckParser& acks() { return acks_; }
  const ack::AckParser& acks() const { return acks_; }
  // Fragments that an earlier session had already begun to send.
  std::uint64_t resent() const { return resent_; }
  std::uint64_t bytes_resent() const { return bytes_resent_; }

 private:
  enum class Stage : std::uint8_t { kBegin, kBetweenFragments, kInFragment, kAwaitAcks };
  enum class Next : std::uint8_t { kBytes, kNothing, kEnd, kMismatch };

  Next Advance(TrackMask live);
  Next Begin(TrackMask live);
  Next BeginFragment(TrackMask live);
  Next NextBlock();
  Next SendTail();
  // Ends the last fragment, unless that was done.
  bool EmitEndTag();
  bool SeekQueued();
  TrackMask Needed(const Fragment& fragment, TrackMask live) const;
  bool HeaderFits(const Fragment& fragment, TrackMask live) const;
  bool AllAcknowledged() const;
  void Emit(std::span<const std::uint8_t> bytes) { head_.insert(head_.end(), bytes.begin(), bytes.end()); }
  void EmitTags(const FragmentTags* tags);

  // Constant after construction.
  const std::uint64_t id_;
  const Options options_;
  FragmentIndex& index_;

  Stage stage_ = Stage::kBegin;
  bool ending_ = false;
  bool waiting_ = false;
  bool last_has_end_tag_ = true;  // nothing was sent that would need one
  std::uint64_t cursor_;
  std::uint64_t first_sent_ = UINT64_MAX;
  std::uint64_t resent_ = 0;
  std::uint64_t bytes_resent_ = 0;
  std::uint64_t frame_ = 0;  // next in the fragment
  TrackMask declared_ = 0;
  std::shared_ptr<const TrackSet> tracks_;

  std::vector<std::uint8_t> head_;  // bytes to hand out before the payload
  std::size_t head_done_ = 0;
  FrameRef payload_;                // the block being handed out
  std::size_t payload_done_ = 0;    // == payload_.size: none

  ack::AckParser acks_;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_UPLOAD_SESSION_H_
