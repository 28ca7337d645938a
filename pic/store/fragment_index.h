#ifndef KVS_PIC_STORE_FRAGMENT_INDEX_H_
#define KVS_PIC_STORE_FRAGMENT_INDEX_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kvs/time.h"
#include "kvs/track.h"
#include "pic/base/ring.h"
#include "pic/store/frame_store.h"

namespace kvs {

// The tracks of a stream at one time. Never changed once frames refer to it: a change makes a new one.
// A track's position in the list is its bit in a track mask; it never moves.
struct TrackSet {
  std::vector<Track> tracks;
  std::vector<std::uint32_t> versions;  // of each track: differs when what Tracks says about it differs
};
using TrackMask = std::uint32_t;

// What is said about a fragment besides its frames. A group goes on the wire as one Tags element.
using TagGroup = std::vector<std::pair<std::string, std::string>>;  // names and values
using FragmentTags = std::vector<TagGroup>;

// One stored frame. Its time code is in units of the timecode scale, final, and the same in every session that carries it.
struct StoredFrame {
  FrameRef ref;
  std::int64_t timecode = 0;
  std::uint8_t track = 0;  // position in the fragment's TrackSet
  bool key_frame = false;
  bool discardable = false;
  bool invisible = false;
};

enum class FragmentState : std::uint8_t {
  kQueued,     // waits to be sent (again)
  kSending,    // some of its bytes were given to a connection
  kSent,       // all were, the end of the fragment included
  kReceived,   // the service has all of it, in memory
  kPersisted,  // done: stored by the service, or received where nothing is to be stored
  kLost,       // done: refused, given up, or discarded
};

// A run of frames that goes on the wire as one cluster.
struct Fragment {
  std::uint64_t first_frame = 0;  // number in the frame ring
  std::uint32_t frames = 0;
  std::uint64_t bytes = 0;        // of payload
  std::int64_t timecode = 0;      // of its first frame: the cluster's, and the name that acks use
  std::int64_t earliest = 0;      // the lowest of its frames: with reordering, below its own
  std::int64_t latest = 0;        // the greatest of its frames
  TrackMask mask = 0;             // tracks that have frames in it
  std::shared_ptr<const TrackSet> tracks;
  std::shared_ptr<const FragmentTags> tags;     // in front of its cluster; null: none
  std::shared_ptr<const FragmentTags> trailer;  // behind its last block, with end_tag only; null: none
  MonoTime first_put;             // when its first frame was put
  MonoTime last_put;              // and its last so far
  FragmentState state = FragmentState::kQueued;
  bool open = true;               // frames may still be added
  bool end_tag = false;           // nothing follows soon: end it with a tag
  bool released = false;          // its payload is gone from the store: it cannot be sent again
  std::uint64_t session = 0;      // that carries or last carried it; 0: none
  std::uint32_t sends = 0;        // how often a session began to carry it
  std::uint32_t refusals = 0;     // error acks about it that did not condemn it
  std::int64_t gaps = 0;          // media time that was left out before it, since the stream began

  bool Done() const { return state == FragmentState::kPersisted || state == FragmentState::kLost; }
  bool OnTheWire() const { return state == FragmentState::kSending; }
};

// All frames of a stream that are not done, in the order in which they go out, by fragment. Fragments and frames are
// named by numbers that never change. Time codes of fragments rise strictly.
class FragmentIndex {
 public:
  explicit FragmentIndex(FrameStore& store) : store_(store) {}
  FragmentIndex(const FragmentIndex&) = delete;
  FragmentIndex& operator=(const FragmentIndex&) = delete;

  bool empty() const { return fragments_.empty(); }
  std::uint64_t begin() const { return fragments_.begin_number(); }
  std::uint64_t end() const { return fragments_.end_number(); }
  bool Has(std::uint64_t fragment) const { return fragments_.Has(fragment); }
  Fragment& fragment(std::uint64_t number) { return fragments_[number]; }
  const Fragment& fragment(std::uint64_t number) const { return fragments_[number]; }
  const StoredFrame& frame(std::uint64_t number) const { return frames_[number]; }
  const FrameStore& store() const { return store_; }

  // The fragment that frames are being added to; null when there is none.
  Fragment* open_fragment();

  // Starts a fragment. `apart`: media was left out in front of it, which is not part of any span.
  // Precondition: none is open, and `timecode` is above floor() - 1.
  void Open(std::int64_t timecode, std::shared_ptr<const TrackSet> tracks, bool apart = false);
  // Adds to the open fragment. Precondition: one is open.
  void Append(const StoredFrame& frame);
  // Ends the open fragment, if there is one. `end_tag`: tell the service so, since no other follows soon.
  void Close(bool end_tag);

  // The lowest time code that the next fragment may have: one more than the greatest so far.
  std::int64_t floor() const { return floor_; }

  // The fragment that an ack with this time code speaks of.
  std::optional<std::uint64_t> FindByTimecode(std::int64_t timecode) const;
  // The oldest fragment in kQueued; none when everything was sent.
  std::optional<std::uint64_t> FirstQueued() const;
  // The oldest fragment whose room can be given back without breaking what is on the wire: not done, not released, not
  // partly sent.
  std::optional<std::uint64_t> OldestEvictable() const;

  // Gives the payload's room back, once.
  void Release(std::uint64_t number);
  // Marks as done (kPersisted or kLost), gives its room back, and forgets all done fragments at the front.
  void Finish(std::uint64_t number, FragmentState state);

  // Of what is not done.
  std::uint64_t live_fragments() const { return live_fragments_; }
  std::uint64_t live_frames() const { return live_frames_; }
  // From the first to the last time code of what is not done and not released, in units of the timecode scale.
  std::int64_t LiveSpan() const;
  // The same of what could be given up: while the oldest fragment is on the wire, to give up others does not shorten the whole.
  std::int64_t EvictableSpan() const;
  // What no session has sent whole and somebody still waits for.
  struct Waiting {
    std::uint64_t bytes = 0;  // of payload
    std::int64_t span = 0;    // from its first to the last time code, in units of the timecode scale
  };
  Waiting Unsent() const;
  // The span of that alone, which is known without looking at all of it.
  std::int64_t UnsentSpan() const;
  // Records in memory, done or not: what the bound on frames is about.
  std::size_t records() const { return frames_.size(); }

 private:
  // From the fragment's time code to the last, without what was left out between them.
  std::int64_t SpanFrom(const Fragment& fragment) const;

  FrameStore& store_;
  Ring<Fragment> fragments_;
  Ring<StoredFrame> frames_;
  std::int64_t floor_ = INT64_MIN;
  std::int64_t gaps_ = 0;  // of the last fragment
  std::uint64_t live_fragments_ = 0;
  std::uint64_t live_frames_ = 0;
};

}  // namespace kvs

#endif  // KVS_PIC_STORE_FRAGMENT_INDEX_H_
