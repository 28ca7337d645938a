#ifndef KVS_PIC_STREAM_METADATA_QUEUE_H_
#define KVS_PIC_STREAM_METADATA_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "kvs/metadata.h"
#include "kvs/status.h"
#include "pic/store/fragment_index.h"

namespace kvs {

// Metadata and events between the user who puts them and the fragment that they go with.
class MetadataQueue {
 public:
  // So much may wait for fragments that are held back, for order or for a trigger.
  static constexpr std::size_t kMostWaiting = 1000;

  // Errors: kInvalidMetadata: name or value, with a sentence that says what is wrong. kMetadataLimit: the next fragment has
  // kMaxFragmentMetadata items already, or kMostWaiting wait. Nothing was changed then.
  Status Put(FragmentMetadata metadata);
  // Errors: as above; kInvalidState: there is an event of this type for the next fragment already.
  Status PutEvent(const MediaEvent& event);

  // Rises with everything that is put: frames are noted with it, since they may be held back for order.
  std::uint64_t mark() const { return mark_; }
  // A frame is put with which a fragment begins, as far as can be told before its turn: what was put until now goes with that one,
  // and does not count for the next.
  void NoteBegin() { begin_mark_ = mark_; }
  // The tags of a fragment that begins with a frame that was put at `mark`: what was persistent then, then what was put before that
  // frame and since the last fragment began; what is too much for one fragment stays for the next. Null when there are none.
  // Fragments that have the same share one object.
  std::shared_ptr<const FragmentTags> TakeForNext(std::uint64_t mark);
  // What was put since the last fragment began, when no other follows soon: for the end of that fragment, which has `tags`
  // already. Null when there is nothing, or when it would be too much for one fragment; it then stays for the next.
  std::shared_ptr<const FragmentTags> TakeLeftOver(const FragmentTags* tags);
  // A fragment that begins with a frame that was put at `mark` will not be: what would go with it is forgotten, but for what is
  // persistent.
  void Forget(std::uint64_t mark);
  // Whether something waits for a fragment, but for what is persistent.
  bool HasLeftOver() const { return !once_.empty(); }

 private:
  struct Once {
    TagGroup group;
    std::size_t items = 0;  // that count towards the limit
    std::uint64_t mark = 0;
    std::optional<MediaEventType> event;
  };
  struct Persistent {  // a group each
    std::shared_ptr<const FragmentTags> tags;
    std::uint64_t mark = 0;  // from here on
  };
  // That the next fragment can take so many more.
  Status CheckRoom(std::size_t items) const;
  // Of what waits for the fragment after the one that was noted last.
  std::size_t NextItems() const;
  // Forgets what was persistent before it was replaced by what counts at `mark`.
  void AdvanceTo(std::uint64_t mark);
  const FragmentTags& NewestPersistent() const { return *persistent_.back().tags; }

  // The one that counts for the frames whose turn it is, then those that were put later. Never empty.
  std::deque<Persistent> persistent_ = {{std::make_shared<const FragmentTags>(), 0}};
  std::vector<Once> once_;
  std::uint64_t mark_ = 0;
  std::uint64_t begin_mark_ = 0;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_METADATA_QUEUE_H_
