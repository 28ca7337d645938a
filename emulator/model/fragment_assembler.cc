#include "emulator/model/fragment_assembler.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "emulator/model/ack.h"

namespace kvs::emulator {
namespace {

constexpr std::string_view kEndOfFragment = "AWS_KINESISVIDEO_END_OF_FRAGMENT";
constexpr std::array<std::string_view, 4> kReservedTags = {
    kEndOfFragment,
    "AWS_KINESISVIDEO_NOTIFICATION",
    "AWS_KINESISVIDEO_IMAGE_GENERATION",
    "AWS_KINESISVIDEO_IMAGE_PREFIX",
};
constexpr std::int64_t kNanosPerMilli = 1'000'000;

bool IsReserved(std::string_view name) {
  return std::find(kReservedTags.begin(), kReservedTags.end(), name) != kReservedTags.end();
}

}  // namespace

bool FragmentAssembler::Feed(Bytes data, Time now) {
  now_ = now;
  if (reader_.Feed(data)) {
    return true;
  }
  if (!reader_.error().empty()) {
    SettleCurrent();
    Error(ack_error::kInvalidMkv, reader_.error(), /*can_continue=*/false);
  }
  return false;
}

void FragmentAssembler::SettleCurrent() {
  if (cluster_begun_ && current_) {
    CompleteCurrent(CompleteBy::kNextCluster);
  }
}

bool FragmentAssembler::Finish(Time now) {
  now_ = now;
  SettleCurrent();
  if (!reader_.Finish()) {
    return reader_.error().empty() ||
           Error(ack_error::kInvalidMkv, reader_.error(), /*can_continue=*/false);
  }
  if (cluster_begun_) {
    return Error(ack_error::kInvalidMkv, "the last cluster has no timecode",
                 /*can_continue=*/false);
  }
  return !current_ || CompleteCurrent(CompleteBy::kEndOfBody);
}

bool FragmentAssembler::Error(int error_id, const std::string& detail, bool can_continue) {
  const bool go_on = listener_.OnMediaError(error_id, detail, current(), can_continue);
  current_.reset();
  return go_on && can_continue;
}

const MkvTrack* FragmentAssembler::FindTrack(std::uint64_t number) const {
  for (const MkvTrack& track : header_->tracks) {
    if (track.number == number) {
      return &track;
    }
  }
  return nullptr;
}

std::optional<std::int64_t> FragmentAssembler::ToNanos(std::uint64_t ticks) const {
  // Room for the relative times of blocks, and for the start time of relative timecodes.
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max() / 2;
  const std::uint64_t scale = header_->timecode_scale_ns;
  if (ticks > kMax / scale) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(ticks * scale);
}

bool FragmentAssembler::OnHeader(MkvHeader header) {
  header_ = std::make_shared<const MkvHeader>(std::move(header));
  if (header_->tracks.size() > limits_.max_tracks) {
    return Error(ack_error::kTooManyTracks,
                 std::to_string(header_->tracks.size()) + " tracks are declared",
                 /*can_continue=*/false);
  }
  return true;
}

std::string FragmentAssembler::TagProblem(const MkvTag& tag) const {
  if (tag.name.empty() || tag.name.size() > limits_.max_tag_name) {
    return "tag name of " + std::to_string(tag.name.size()) + " bytes";
  }
  if (tag.value.size() > limits_.max_tag_value) {
    return "value of " + std::to_string(tag.value.size()) + " bytes of tag " + tag.name;
  }
  if (tag.name.starts_with("AWS") && !IsReserved(tag.name)) {
    return "reserved tag name " + tag.name;
  }
  return pending_tag_count_ > limits_.max_tags ? "more than 10 tags" : "";
}

bool FragmentAssembler::OnTags(std::vector<MkvTag> tags, Bytes element) {
  bool ends_fragment = false;
  bool has_others = false;
  for (MkvTag& tag : tags) {
    if (tag.name == kEndOfFragment) {
      ends_fragment = true;
      continue;
    }
    has_others = true;
    pending_tag_count_ += IsReserved(tag.name) ? 0U : 1U;
    if (pending_tag_problem_.empty()) {
      pending_tag_problem_ = TagProblem(tag);
      pending_tags_.push_back(std::move(tag));
    }
  }
  if (has_others && pending_tag_problem_.empty() && keep_media_) {
    pending_tag_elements_.insert(pending_tag_elements_.end(), element.begin(), element.end());
  }
  if (ends_fragment && current_ && !cluster_begun_) {
    // What stands before the end of a fragment is about that fragment.
    std::move(pending_tags_.begin(), pending_tags_.end(), std::back_inserter(current_->tags));
    current_->tag_elements.insert(current_->tag_elements.end(), pending_tag_elements_.begin(),
                                  pending_tag_elements_.end());
    pending_tags_.clear();
    pending_tag_elements_.clear();
    current_tag_count_ += std::exchange(pending_tag_count_, 0);
    if (current_tag_count_ > limits_.max_tags && pending_tag_problem_.empty()) {
      pending_tag_problem_ = "more than 10 tags";
    }
    if (const std::string problem = std::exchange(pending_tag_problem_, {}); !problem.empty()) {
      return Error(ack_error::kMetadataLimit, problem);
    }
    return CompleteCurrent(CompleteBy::kEndOfFragmentTag);
  }
  return true;
}

bool FragmentAssembler::OnClusterBegin() {
  if (cluster_begun_) {
    return Error(ack_error::kInvalidMkv, "a cluster without a timecode", /*can_continue=*/false);
  }
  cluster_begun_ = true;
  cluster_time_ = now_;
  cluster_bytes_.clear();
  cluster_size_ = 0;
  return true;
}

bool FragmentAssembler::CloseBefore(std::int64_t next_ns) {
  if (!current_) {
    return true;
  }
  const std::int64_t duration = next_ns - ToNanos(current_->timecode).value_or(0);
  if (duration > 0 && duration < limits_.min_fragment.count()) {
    return Error(
        ack_error::kMinFragmentDuration,
        "the next fragment starts " + std::to_string(duration / kNanosPerMilli) + " ms later");
  }
  return CompleteCurrent(CompleteBy::kNextCluster);
}

bool FragmentAssembler::OnClusterTimecode(std::uint64_t ticks) {
  const std::optional<std::int64_t> time_ns = ToNanos(ticks);
  if (!CloseBefore(time_ns.value_or(std::numeric_limits<std::int64_t>::max()))) {
    return false;
  }
  cluster_begun_ = false;
  Fragment& fragment = current_.emplace();
  fragment.header = header_;
  fragment.timecode = ticks;
  fragment.server_time = cluster_time_;
  fragment.first_ns = time_ns.value_or(0);
  fragment.last_ns = fragment.first_ns;
  fragment.producer_time_ms =
      fragment.first_ns / kNanosPerMilli + (base_.absolute ? 0 : base_.start_ms);
  fragment.tags = std::exchange(pending_tags_, {});
  fragment.tag_elements = std::exchange(pending_tag_elements_, {});
  fragment.body_size = cluster_size_;
  if (keep_media_) {
    fragment.body.reserve(last_body_size_);
    fragment.body.assign(cluster_bytes_.begin(), cluster_bytes_.end());
  }
  if (!listener_.OnFragmentBegin(fragment)) {
    return false;
  }
  current_tag_count_ = std::exchange(pending_tag_count_, 0);
  const std::string tag_problem = std::exchange(pending_tag_problem_, {});
  if (!current_) {
    return true;  // refused by the listener, which goes on
  }
  if (!tag_problem.empty()) {
    return Error(ack_error::kMetadataLimit, tag_problem);
  }
  if (!time_ns) {
    return Error(ack_error::kProducerTimestamp, "the timecode is out of range");
  }
  return CheckNewFragment();
}

bool FragmentAssembler::CheckNewFragment() {
  const Fragment& fragment = *current_;
  if (previous_timecode_ && fragment.timecode <= *previous_timecode_) {
    return Error(ack_error::kTimecodeOrder, "timecode " + std::to_string(fragment.timecode) +
                                                " after " + std::to_string(*previous_timecode_));
  }
  const std::int64_t latest = ToMillis(now_) + ToMillis(limits_.max_future);
  if (fragment.producer_time_ms < 0 ||
      (limits_.max_future > Duration::zero() && fragment.producer_time_ms > latest)) {
    return Error(ack_error::kProducerTimestamp,
                 "producer timestamp " + std::to_string(fragment.producer_time_ms) + " ms");
  }
  return true;
}

bool FragmentAssembler::OnClusterBytes(Bytes bytes) {
  if (cluster_begun_) {
    cluster_size_ += bytes.size();
    // Nothing but small elements comes before the timecode; see MkvReader.
    constexpr std::size_t kMaxBeforeTimecode = std::size_t{64} * 1024;
    if (cluster_size_ > kMaxBeforeTimecode) {
      return Error(ack_error::kInvalidMkv, "a cluster without a timecode", false);
    }
    cluster_bytes_.insert(cluster_bytes_.end(), bytes.begin(), bytes.end());
    return true;
  }
  if (!current_) {
    return true;
  }
  current_->body_size += bytes.size();
  if (limits_.max_fragment_bytes != 0 && current_->body_size > limits_.max_fragment_bytes) {
    return Error(ack_error::kFragmentSize, std::to_string(current_->body_size) + " bytes so far");
  }
  if (keep_media_) {
    current_->body.insert(current_->body.end(), bytes.begin(), bytes.end());
  }
  return true;
}

bool FragmentAssembler::OnBlock(const BlockHead& head) {
  if (!current_) {
    return true;
  }
  Fragment& fragment = *current_;
  const MkvTrack* track = FindTrack(head.track);
  if (track == nullptr) {
    return Error(ack_error::kTrackMismatch, "frame of track " + std::to_string(head.track));
  }
  if (limits_.max_fragment_bytes != 0 &&
      fragment.body_size + head.payload_size > limits_.max_fragment_bytes) {
    return Error(ack_error::kFragmentSize, "a frame of " + std::to_string(head.payload_size) +
                                               " bytes after " +
                                               std::to_string(fragment.body_size));
  }
  const std::int64_t time_ns =
      ToNanos(fragment.timecode).value_or(0) +
      head.relative_time * static_cast<std::int64_t>(header_->timecode_scale_ns);
  if (time_ns < 0) {
    return Error(ack_error::kInvalidMkv, "a frame before time zero");
  }
  if (previous_timecode_ && time_ns <= previous_last_ns_) {
    return Error(ack_error::kTimecodeOrder,
                 "a frame at " + std::to_string(time_ns / kNanosPerMilli) +
                     " ms is not after the previous fragment, which ended at " +
                     std::to_string(previous_last_ns_ / kNanosPerMilli) + " ms");
  }
  const bool first = fragment.frames_per_track.empty();
  fragment.first_ns = first ? time_ns : std::min(fragment.first_ns, time_ns);
  fragment.last_ns = first ? time_ns : std::max(fragment.last_ns, time_ns);
  if (limits_.max_fragment > Duration::zero() &&
      fragment.last_ns - fragment.first_ns > limits_.max_fragment.count()) {
    return Error(
        ack_error::kFragmentDuration,
        std::to_string((fragment.last_ns - fragment.first_ns) / kNanosPerMilli) + " ms so far");
  }
  fragment.frames.push_back({head.track, time_ns, head.payload_size, false});
  ++fragment.frames_per_track[head.track];
  nal_check_ = NalChainCheck(track->frame_form, head.payload_size);
  return true;
}

bool FragmentAssembler::OnBlockPayload(Bytes bytes) {
  if (current_ && !nal_check_.Feed(bytes)) {
    return Error(ack_error::kInvalidMkv, "a frame of track " +
                                             std::to_string(current_->frames.back().track) +
                                             " is not length-prefixed NAL units");
  }
  return true;
}

bool FragmentAssembler::OnBlockEnd(bool key) {
  if (!current_) {
    return true;
  }
  if (!nal_check_.Finish()) {
    return Error(ack_error::kInvalidMkv, "the NAL units of a frame do not fill it");
  }
  current_->frames.back().key = key;
  if (current_->frames.size() == 1) {
    current_->first_frame_key = key;
  }
  listener_.OnFrame(current_->frames.back());
  return true;
}

bool FragmentAssembler::CompleteCurrent(CompleteBy by) {
  for (const MkvTrack& track : header_->tracks) {
    if (!current_->frames_per_track.contains(track.number)) {
      return Error(ack_error::kFramesMissing, "no frame of track " + std::to_string(track.number));
    }
  }
  current_->complete_by = by;
  previous_timecode_ = current_->timecode;
  previous_last_ns_ = current_->last_ns;
  last_body_size_ = current_->body.size();
  Fragment fragment = *std::exchange(current_, std::nullopt);
  return listener_.OnFragmentComplete(std::move(fragment));
}

}  // namespace kvs::emulator
