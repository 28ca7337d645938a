#include "emulator/model/mkv_reader.h"

#include <algorithm>
#include <utility>

namespace kvs::emulator {
namespace {

bool IsSegmentChild(std::uint32_t element) {
  switch (element) {
    case id::kInfo:
    case id::kTracks:
    case id::kTags:
    case id::kCluster:
    case id::kSeekHead:
    case id::kCues:
    case id::kChapters:
    case id::kAttachments:
      return true;
    default:
      return false;
  }
}

std::string IdText(std::uint32_t element) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (; element != 0; element >>= 4) {
    text.insert(text.begin(), kDigits[element & 0xF]);
  }
  return "0x" + text;
}

}  // namespace

bool MkvReader::Fail(std::string why) {
  if (!failed_) {
    error_ = "at byte " + std::to_string(position_) + ": " + std::move(why);
  }
  failed_ = true;
  return false;
}

bool MkvReader::Stop() {
  failed_ = true;
  return false;
}

bool MkvReader::Feed(Bytes data) {
  while (!data.empty() && !failed_) {
    switch (state_) {
      case State::kHead:
        StepHead(data);
        break;
      case State::kBuffer:
        StepBuffer(data);
        break;
      case State::kBlockHead:
        StepBlockHead(data);
        break;
      case State::kSkip:
      case State::kBlockPayload:
        StepPayload(data);
        break;
    }
  }
  return !failed_;
}

bool MkvReader::Finish() {
  if (failed_) {
    return false;
  }
  if (state_ != State::kHead || small_size_ != 0) {
    return Fail("the document ends within an element");
  }
  for (const std::uint64_t end : ends_) {
    if (end != kNoEnd) {
      return Fail("the document ends before an element of known size");
    }
  }
  return true;
}

bool MkvReader::Consume(Bytes& data, std::size_t count) {
  const Bytes taken = data.first(count);
  data = data.subspan(count);
  position_ += count;
  return !in_cluster() || sink_.OnClusterBytes(taken) || Stop();
}

bool MkvReader::StepHead(Bytes& data) {
  const std::size_t added = std::min(kMaxElementHead - small_size_, data.size());
  std::copy_n(data.begin(), added, small_.begin() + static_cast<std::ptrdiff_t>(small_size_));
  ElementHead head;
  const Bytes seen = Bytes(small_).first(small_size_ + added);
  switch (ReadElementHead(seen, &head)) {
    case EbmlRead::kInvalid:
      return Fail("no valid element id or size");
    case EbmlRead::kNeedMore:
      small_size_ += added;
      data = data.subspan(added);
      return true;
    case EbmlRead::kOk:
      break;
  }
  data = data.subspan(head.length - small_size_);
  small_size_ = 0;
  position_ += head.length;
  element_id_ = head.id;
  element_left_ = head.unknown_size ? 0 : head.size;
  // An unknown-sized cluster ends where something begins that can only be in the segment.
  if (level_ == Level::kCluster && cluster_size_unknown_ && IsSegmentChild(head.id)) {
    end_of(level_) = kNoEnd;
    level_ = Level::kSegment;
  }
  const bool inside = in_cluster();
  if (!BeginElement(head)) {
    return false;
  }
  if (inside && !sink_.OnClusterBytes(Bytes(small_).first(head.length))) {
    return Stop();
  }
  return element_left_ > 0 || state_ == State::kHead || EndElement();
}

bool MkvReader::BeginElement(const ElementHead& head) {
  const std::uint64_t parent_end = end_of(level_);
  if (position_ > parent_end || (!head.unknown_size && head.size > parent_end - position_)) {
    return Fail("element " + IdText(head.id) + " is longer than its parent");
  }
  if (head.unknown_size && head.id != id::kSegment && head.id != id::kCluster) {
    return Fail("element " + IdText(head.id) + " of unknown size");
  }
  if (head.id == id::kVoid || head.id == id::kCrc32) {
    return level_ == Level::kDocument ? Fail("Void outside of the segment") : BeginSkipped(head);
  }
  switch (level_) {
    case Level::kDocument:
      return BeginInDocument(head);
    case Level::kSegment:
      return BeginInSegment(head);
    case Level::kCluster:
      return BeginInCluster(head);
    case Level::kBlockGroup:
      return BeginInBlockGroup(head);
  }
  return false;
}

bool MkvReader::BeginInDocument(const ElementHead& head) {
  if (have_segment_) {
    return Fail("data after the end of the segment");
  }
  if (!have_ebml_) {
    have_ebml_ = true;
    return head.id == id::kEbml ? BeginBuffered(head, kMaxEbmlHeader)
                                : Fail("the document does not begin with an EBML header");
  }
  if (head.id != id::kSegment) {
    return Fail("element " + IdText(head.id) + " where the segment should begin");
  }
  have_segment_ = true;
  return Enter(Level::kSegment, head);
}

bool MkvReader::BeginInSegment(const ElementHead& head) {
  switch (head.id) {
    case id::kInfo:
      if (std::exchange(have_info_, true)) {
        return Fail("a second Info");
      }
      return BeginBuffered(head, kMaxInfo);
    case id::kTracks:
      if (std::exchange(have_tracks_, true)) {
        return Fail("a second Tracks");
      }
      return BeginBuffered(head, kMaxTracks);
    case id::kTags:
      return header_done_ ? BeginBuffered(head, kMaxTags) : Fail("Tags before Info and Tracks");
    case id::kCluster:
      if (!header_done_) {
        return Fail("a cluster before Info and Tracks");
      }
      cluster_has_time_ = false;
      cluster_size_unknown_ = head.unknown_size;
      return Enter(Level::kCluster, head) && (sink_.OnClusterBegin() || Stop());
    case id::kSeekHead:
    case id::kCues:
    case id::kChapters:
    case id::kAttachments:
      return BeginSkipped(head);
    default:
      return Fail("unknown or misplaced element " + IdText(head.id) + " in the segment");
  }
}

bool MkvReader::BeginInCluster(const ElementHead& head) {
  constexpr std::uint64_t kMaxInteger = 8;
  switch (head.id) {
    case id::kTimecode:
      return cluster_has_time_ ? Fail("a second cluster timecode")
                               : BeginBuffered(head, kMaxInteger);
    case id::kPosition:
    case id::kPrevSize:
      return head.size <= kMaxInteger ? BeginSkipped(head) : Fail("bad Position or PrevSize");
    case id::kSilentTracks:
      return BeginSkipped(head);
    case id::kSimpleBlock:
      return BeginBlock(head);
    case id::kBlockGroup:
      group_has_block_ = false;
      group_has_reference_ = false;
      return Enter(Level::kBlockGroup, head);
    default:
      return Fail("unknown or misplaced element " + IdText(head.id) + " in a cluster");
  }
}

bool MkvReader::BeginInBlockGroup(const ElementHead& head) {
  switch (head.id) {
    case id::kBlock:
      if (std::exchange(group_has_block_, true)) {
        return Fail("two blocks in one group");
      }
      return BeginBlock(head);
    case id::kReferenceBlock:
      group_has_reference_ = true;
      return BeginSkipped(head);
    case id::kBlockDuration:
    case id::kReferencePriority:
    case id::kCodecState:
    case id::kDiscardPadding:
    case id::kBlockAdditions:
      return BeginSkipped(head);
    default:
      return Fail("unknown or misplaced element " + IdText(head.id) + " in a block group");
  }
}

bool MkvReader::BeginBuffered(const ElementHead& head, std::uint64_t max_size) {
  if (head.size > max_size) {
    return Fail("element " + IdText(head.id) + " of " + std::to_string(head.size) + " bytes");
  }
  buffer_.assign(small_.begin(), small_.begin() + static_cast<std::ptrdiff_t>(head.length));
  buffer_head_length_ = head.length;
  state_ = State::kBuffer;
  return true;
}

bool MkvReader::BeginSkipped(const ElementHead& /*head*/) {
  state_ = State::kSkip;
  return true;
}

bool MkvReader::BeginBlock(const ElementHead& head) {
  constexpr std::uint64_t kMinBlock = 5;  // track, time, flags, one byte of the frame
  if (!cluster_has_time_) {
    return Fail("a block before the cluster's timecode");
  }
  if (head.size < kMinBlock) {
    return Fail("a block without a frame");
  }
  state_ = State::kBlockHead;
  return true;
}

bool MkvReader::Enter(Level level, const ElementHead& head) {
  const std::uint64_t parent_end = end_of(level_);
  level_ = level;
  end_of(level) = head.unknown_size ? parent_end : position_ + head.size;
  element_left_ = 0;
  state_ = State::kHead;
  return head.unknown_size || head.size > 0 || EndLevels();
}

bool MkvReader::EndElement() {
  switch (state_) {
    case State::kBuffer:
      state_ = State::kHead;
      if (!HandleBuffered()) {
        return false;
      }
      break;
    case State::kBlockPayload:
      state_ = State::kHead;
      if (level_ == Level::kCluster && !sink_.OnBlockEnd(block_is_key_)) {
        return Stop();
      }
      break;
    case State::kBlockHead:
      return Fail("a block shorter than its head");
    case State::kHead:
    case State::kSkip:
      state_ = State::kHead;
      break;
  }
  return EndLevels();
}

bool MkvReader::EndLevels() {
  while (level_ != Level::kDocument && end_of(level_) == position_) {
    if (level_ == Level::kBlockGroup && !EndBlockGroup()) {
      return false;
    }
    end_of(level_) = kNoEnd;
    level_ = static_cast<Level>(static_cast<std::uint8_t>(level_) - 1);
  }
  return true;
}

bool MkvReader::EndBlockGroup() {
  if (!group_has_block_) {
    return Fail("a block group without a block");
  }
  return sink_.OnBlockEnd(!group_has_reference_) || Stop();
}

bool MkvReader::StepBuffer(Bytes& data) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(element_left_, data.size()));
  buffer_.insert(buffer_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(count));
  element_left_ -= count;
  return Consume(data, count) && (element_left_ > 0 || EndElement());
}

bool MkvReader::StepBlockHead(Bytes& data) {
  // One byte at a time: a block head is four bytes, and knows its length only after the first.
  small_[small_size_++] = data[0];
  --element_left_;
  if (!Consume(data, 1)) {
    return false;
  }
  BlockHead block;
  std::size_t track_length = 0;
  const Bytes seen = Bytes(small_).first(small_size_);
  const EbmlRead read = ReadVint(seen, &block.track, &track_length);
  if (read == EbmlRead::kInvalid) {
    return Fail("bad track number in a block");
  }
  if (read == EbmlRead::kNeedMore || small_size_ < track_length + 3) {
    return element_left_ > 0 || EndElement();
  }
  constexpr std::uint8_t kKey = 0x80;
  constexpr std::uint8_t kInvisible = 0x08;
  constexpr std::uint8_t kLacing = 0x06;
  constexpr std::uint8_t kDiscardable = 0x01;
  const std::uint8_t flags = seen[track_length + 2];
  block.relative_time = static_cast<std::int16_t>(
      static_cast<std::uint16_t>(seen[track_length] << 8) | seen[track_length + 1]);
  block.invisible = (flags & kInvisible) != 0;
  block.discardable = (flags & kDiscardable) != 0;
  block.payload_size = element_left_;
  block_is_key_ = (flags & kKey) != 0;
  small_size_ = 0;
  if ((flags & kLacing) != 0) {
    return Fail("a block with lacing");
  }
  if (block.payload_size == 0) {
    return Fail("a block without a frame");
  }
  state_ = State::kBlockPayload;
  return sink_.OnBlock(block) || Stop();
}

bool MkvReader::StepPayload(Bytes& data) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(element_left_, data.size()));
  const Bytes piece = data.first(count);
  element_left_ -= count;
  if (state_ == State::kBlockPayload && !sink_.OnBlockPayload(piece)) {
    return Stop();
  }
  return Consume(data, count) && (element_left_ > 0 || EndElement());
}

bool MkvReader::HandleBuffered() {
  const Bytes payload = Bytes(buffer_).subspan(buffer_head_length_);
  switch (element_id_) {
    case id::kEbml:
      header_.ebml_element = buffer_;
      return Check(ParseEbmlHeader(payload, &header_));
    case id::kInfo:
      header_.info_element = buffer_;
      return Check(ParseInfo(payload, &header_)) && HandleInfoAndTracks();
    case id::kTracks:
      header_.tracks_element = buffer_;
      return Check(ParseTracks(payload, &header_)) && HandleInfoAndTracks();
    case id::kTags: {
      std::vector<MkvTag> tags;
      return Check(ParseTags(payload, &tags)) && (sink_.OnTags(std::move(tags), buffer_) || Stop());
    }
    case id::kTimecode: {
      std::uint64_t ticks = 0;
      ReadUnsigned(payload, &ticks);
      cluster_has_time_ = true;
      return sink_.OnClusterTimecode(ticks) || Stop();
    }
    default:
      return true;
  }
}

bool MkvReader::HandleInfoAndTracks() {
  if (!have_info_ || !have_tracks_) {
    return true;
  }
  header_done_ = true;
  return sink_.OnHeader(std::move(header_)) || Stop();
}

}  // namespace kvs::emulator
