#ifndef KVS_PIC_STREAM_METADATA_QUEUE_H_
#define KVS_PIC_STREAM_METADATA_QUEUE_H_

#include <array>
#include <memory>
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

  // The tags of a fragment that begins now: what is persistent, then what was put since the last one. Null when there are
  // none. Fragments that have the same share one object.
  std::shared_ptr<const FragmentTags> TakeForNext();
  // What was put since the last fragment began, when no other follows soon: for the end of that fragment, which has `tags`
  // already. Null when there is nothing, or when it would be too much for one fragment; it then stays for the next.
  std::shared_ptr<const FragmentTags> TakeLeftOver(const FragmentTags* tags);
  // Whether something waits for a fragment, but for what is persistent.
  bool HasLeftOver() const { return !once_.empty(); }

 private:
  Status CheckRoom(std::size_t items) const;

  FragmentTags persistent_;  // a group each
  FragmentTags once_;
  std::size_t once_items_ = 0;             // that count towards the limit
  std::array<bool, 2> has_event_{};        // by MediaEventType, in once_
  std::shared_ptr<const FragmentTags> shared_;  // persistent_, for fragments that have nothing else
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_METADATA_QUEUE_H_
