#ifndef KVS_PIC_STREAM_METADATA_QUEUE_H_
#define KVS_PIC_STREAM_METADATA_QUEUE_H_

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
  // Errors: kInvalidMetadata: name or value, with a sentence that says what is wrong. kMetadataLimit: the next fragment has
  // kMaxFragmentMetadata items already. Nothing was changed then.
  Status Put(FragmentMetadata metadata);
  // Errors: as above; kInvalidState: there is an event of this type for the next fragment already.
  Status PutEvent(const MediaEvent& event);

  // Rises with everything that is put: frames are noted with it, since they may be held back for order.
  std::uint64_t mark() const { return mark_; }
  // The tags of a fragment that begins with a frame that was put at `mark`: what is persistent, then what was put before that
  // frame and since the last fragment began. Null when there are none. Fragments that have the same share one object.
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
  Status CheckRoom(std::size_t items) const;
  std::size_t OnceItems() const;

  FragmentTags persistent_;  // a group each
  std::vector<Once> once_;
  std::uint64_t mark_ = 0;
  std::shared_ptr<const FragmentTags> shared_;  // persistent_, for fragments that have nothing else
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_METADATA_QUEUE_H_
