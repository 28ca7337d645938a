#include "pic/stream/upload_session.h"

#include <algorithm>
#include <cstring>

namespace kvs {

UploadSession::Pulled UploadSession::Pull(std::span<std::uint8_t> out, TrackMask live) {
  waiting_ = false;
  std::size_t done = 0;
  while (done < out.size()) {
    if (head_done_ < head_.size()) {
      const std::size_t count = std::min(head_.size() - head_done_, out.size() - done);
      std::memcpy(out.data() + done, head_.data() + head_done_, count);
      head_done_ += count;
      done += count;
      continue;
    }
    if (payload_done_ < payload_.size) {
      const std::size_t count = index_.store().Read(payload_, payload_done_, out.subspan(done));
      payload_done_ += count;
      done += count;
      continue;
    }
    head_.clear();
    head_done_ = 0;
    switch (Advance(live)) {
      case Next::kBytes:
        break;
      case Next::kNothing:
        waiting_ = true;
        return {done, PullStatus::kWait};
      case Next::kEnd:
        return {done, PullStatus::kEnd};
      case Next::kMismatch:
        return {done, PullStatus::kMismatch};
    }
  }
  return {done, PullStatus::kMore};
}

UploadSession::Next UploadSession::Advance(TrackMask live) {
  switch (stage_) {
    case Stage::kBegin:
      return Begin(live);
    case Stage::kBetweenFragments:
      return BeginFragment(live);
    case Stage::kInFragment:
      return NextBlock();
    case Stage::kAwaitAcks:
      break;
  }
  return AllAcknowledged() ? Next::kEnd : Next::kNothing;
}

bool UploadSession::SeekQueued() {
  cursor_ = std::max(cursor_, index_.begin());
  while (cursor_ < index_.end() && index_.fragment(cursor_).state != FragmentState::kQueued) {
    ++cursor_;
  }
  return cursor_ < index_.end() && index_.fragment(cursor_).frames > 0;
}

TrackMask UploadSession::Needed(const Fragment& fragment, TrackMask live) const {
  TrackMask needed = fragment.mask;
  for (std::size_t i = 0; fragment.open && i < fragment.tracks->versions.size(); ++i) {
    const bool described = fragment.tracks->versions[i] != 0;
    needed |= described ? live & TrackMask{1} << i : 0;
  }
  return needed;
}

bool UploadSession::HeaderFits(const Fragment& fragment, TrackMask live) const {
  if (Needed(fragment, live) != declared_) {
    return false;
  }
  for (std::size_t i = 0; i < tracks_->versions.size(); ++i) {
    if ((declared_ >> i & 1) != 0 && tracks_->versions[i] != fragment.tracks->versions[i]) {
      return false;
    }
  }
  return true;
}

UploadSession::Next UploadSession::Begin(TrackMask live) {
  if (ending_) {
    return SendTail();
  }
  if (!SeekQueued()) {
    return Next::kNothing;
  }
  const Fragment& fragment = index_.fragment(cursor_);
  tracks_ = fragment.tracks;
  declared_ = Needed(fragment, live);
  std::vector<mkv::NumberedTrack> declared;
  for (std::size_t i = 0; i < tracks_->tracks.size(); ++i) {
    if ((declared_ >> i & 1) != 0) {
      const Track& track = tracks_->tracks[i];
      declared.push_back({static_cast<std::uint8_t>(track.id), &track});
    }
  }
  head_ = mkv::Header(options_.segment, declared);
  stage_ = Stage::kBetweenFragments;
  return Next::kBytes;
}

UploadSession::Next UploadSession::BeginFragment(TrackMask live) {
  if (ending_) {
    return SendTail();
  }
  if (!SeekQueued()) {
    // What would have followed was sent by another session, or given up: without it, only the tag tells the service that the last
    // fragment is whole.
    return cursor_ == index_.end() && EmitEndTag() ? Next::kBytes : Next::kNothing;
  }
  Fragment& fragment = index_.fragment(cursor_);
  if (!HeaderFits(fragment, live)) {
    ending_ = true;
    return SendTail();
  }
  fragment.state = FragmentState::kSending;
  fragment.session = id_;
  resent_ += fragment.sends > 0 ? 1 : 0;
  ++fragment.sends;
  first_sent_ = std::min(first_sent_, cursor_);
  frame_ = fragment.first_frame;
  EmitTags(fragment.tags.get());
  Emit(mkv::ClusterHead(static_cast<std::uint64_t>(fragment.timecode - options_.timecode_base)));
  stage_ = Stage::kInFragment;
  return Next::kBytes;
}

UploadSession::Next UploadSession::NextBlock() {
  Fragment& fragment = index_.fragment(cursor_);
  if (frame_ < fragment.first_frame + fragment.frames) {
    const StoredFrame& frame = index_.frame(frame_);
    if ((declared_ >> frame.track & 1) == 0 ||
        tracks_->versions[frame.track] != fragment.tracks->versions[frame.track]) {
      return Next::kMismatch;  // the fragment was still being filled when the header was made
    }
    ++frame_;
    Emit(mkv::BlockHead(static_cast<std::uint8_t>(tracks_->tracks[frame.track].id),
                        static_cast<std::int16_t>(frame.timecode - fragment.timecode),
                        {frame.key_frame, frame.invisible, frame.discardable}, frame.ref.size));
    bytes_resent_ += fragment.sends > 1 ? frame.ref.size : 0;
    payload_ = frame.ref;
    payload_done_ = 0;
    return Next::kBytes;
  }
  if (fragment.open) {
    return Next::kNothing;
  }
  if (fragment.mask != declared_) {
    return Next::kMismatch;
  }
  fragment.state = FragmentState::kSent;
  last_has_end_tag_ = false;
  ++cursor_;
  stage_ = Stage::kBetweenFragments;
  if (fragment.end_tag) {
    EmitTags(fragment.trailer.get());
    EmitEndTag();
  }
  return Next::kBytes;  // perhaps none yet: the next call looks at the next fragment
}

UploadSession::Next UploadSession::SendTail() {
  stage_ = Stage::kAwaitAcks;
  EmitEndTag();
  return Next::kBytes;
}

bool UploadSession::EmitEndTag() {
  if (last_has_end_tag_) {
    return false;
  }
  last_has_end_tag_ = true;
  const mkv::SimpleTag tag{mkv::kEndOfFragmentTag, ""};
  Emit(mkv::Tags({&tag, 1}));
  return true;
}

// One element for each item of metadata and for each event.
void UploadSession::EmitTags(const FragmentTags* tags) {
  if (tags == nullptr) {
    return;
  }
  for (const TagGroup& group : *tags) {
    std::vector<mkv::SimpleTag> simple;
    for (const auto& [name, value] : group) {
      simple.push_back({name, value});
    }
    Emit(mkv::Tags(simple));
  }
}

bool UploadSession::AllAcknowledged() const {
  for (std::uint64_t number = std::max(first_sent_, index_.begin()); number < cursor_ && number < index_.end();
       ++number) {
    const Fragment& fragment = index_.fragment(number);
    if (fragment.session == id_ && !fragment.Done()) {
      return false;
    }
  }
  return true;
}

}  // namespace kvs
