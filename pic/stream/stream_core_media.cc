// Frames in: from PutFrame to the fragment index.
#include <algorithm>
#include <utility>

#include "pic/codec/media_type.h"
#include "pic/stream/stream_core.h"

namespace kvs {
namespace {

// Far from where sums of times overflow: about 146 years.
constexpr MediaTime kLatestTime = MediaTime::FromNanos(std::int64_t{1} << 62);

// No encoder shows a picture later than this after it can be decoded.
constexpr Duration kLongestReordering = Duration::Seconds(10);

// On the time line of the recording; none where it does not fit the presentation time: by the clock before a jump, say.
std::optional<MediaTime> DecodeTime(const Frame& frame, const TimeMender::Mended& time) {
  if (!frame.dts) {
    return std::nullopt;
  }
  const MediaTime decode = *frame.dts + time.shift;
  return decode <= time.pts && decode >= time.pts - kLongestReordering ? std::optional(decode) : std::nullopt;
}

}  // namespace

StreamCore::Slot* StreamCore::FindSlot(std::uint32_t id) {
  for (Slot& slot : slots_) {
    if (slot.id == id) {
      return &slot;
    }
  }
  return nullptr;
}

StreamCore::Slot& StreamCore::AddSlot(std::uint32_t id) {
  Slot slot;
  slot.id = id;
  slots_.push_back(std::move(slot));
  auto next = std::make_shared<TrackSet>(*tracks_);
  next->tracks.emplace_back();
  next->versions.push_back(0);
  tracks_ = std::move(next);
  return slots_.back();
}

// What Tracks says about the slot has changed.
void StreamCore::Publish(std::size_t position) {
  auto next = std::make_shared<TrackSet>(*tracks_);
  next->tracks[position] = slots_[position].adapter.wire_track();
  next->versions[position] = next_version_++;
  tracks_ = std::move(next);
}

Status StreamCore::ExpectTrack(std::uint32_t id, Now /*now*/) {
  if (stopping_) {
    return {StatusCode::kStopped, "the stream was stopped"};
  }
  if (FindSlot(id) == nullptr) {
    if (slots_.size() == kMaxTracks) {
      return {StatusCode::kInvalidArgument, "a stream has at most " + std::to_string(kMaxTracks) + " tracks"};
    }
    AddSlot(id);
  }
  interleaver_.Expect(static_cast<std::size_t>(FindSlot(id) - slots_.data()));
  return {};
}

Status StreamCore::SetTrack(const Track& track, Now now) {
  if (const Slot* slot = FindSlot(track.id); slot != nullptr && slot->known && slot->adapter.SameInput(track)) {
    return ExpectTrack(track.id, now);
  }
  TrackAdapter adapter;
  if (Status status = adapter.Configure(track); !status.ok()) {
    return status;
  }
  if (Status status = ExpectTrack(track.id, now); !status.ok()) {
    return status;
  }
  Slot& slot = *FindSlot(track.id);
  const std::size_t position = static_cast<std::size_t>(&slot - slots_.data());
  const bool same = slot.known && slot.adapter.ready() && adapter.ready() &&
                    slot.adapter.wire_track() == adapter.wire_track();
  slot.adapter = std::move(adapter);
  if (!same) {
    slot.needs_key = track.type == TrackType::kVideo;
    slot.known = true;
    if (slot.adapter.ready()) {
      Publish(position);
    }
  }
  meter_.OnStart(now.mono);
  Run(machine::Begin{}, now);
  return {};
}

void StreamCore::EndTrack(std::uint32_t id, Now now) {
  if (Slot* slot = FindSlot(id)) {
    interleaver_.End(static_cast<std::size_t>(slot - slots_.data()));
    FileInOrder(now.mono);
    Pump(now);
    WakeAll();
  }
}

std::string StreamCore::content_type() const {
  if (!options_.config.content_type.empty()) {
    return options_.config.content_type;
  }
  std::string text;
  for (const TrackType type : {TrackType::kVideo, TrackType::kAudio}) {
    for (const Slot& slot : slots_) {
      if (slot.known && slot.adapter.wire_track().type == type) {
        text += (text.empty() ? "" : ",") + std::string(codec::MediaTypeOf(slot.adapter.wire_track()));
      }
    }
  }
  return text;
}

Status StreamCore::Takes() const {
  if (!failure_.ok()) {
    return failure_;
  }
  return stopping_ ? Status(StatusCode::kStopped, "the stream was stopped") : Status();
}

Status StreamCore::PutMetadata(FragmentMetadata metadata) {
  const Status status = Takes();
  return status.ok() ? metadata_.Put(std::move(metadata)) : status;
}

Status StreamCore::PutEvent(const MediaEvent& event) {
  const Status status = Takes();
  return status.ok() ? metadata_.PutEvent(event) : status;
}

StreamCore::PutOutcome StreamCore::PutFrame(const Frame& frame, Now now) {
  PutOutcome outcome = Admit(frame, now);
  counts_.put_errors += outcome.status.ok() ? 0U : 1U;
  return outcome;
}

StreamCore::PutOutcome StreamCore::Admit(const Frame& frame, Now now) {
  if (Status status = Takes(); !status.ok()) {
    return {std::move(status)};
  }
  Slot* slot = FindSlot(frame.track_id);
  if (slot == nullptr || !slot->known) {
    return {{StatusCode::kUnknownTrack, "no track " + std::to_string(frame.track_id) + " was set"}};
  }
  if (frame.pts > kLatestTime || frame.pts < MediaTime() - kLatestTime.since_origin()) {
    Status refused(StatusCode::kInvalidTimestamp, "a time stamp of " + std::to_string(frame.pts.seconds()) + " s");
    LoseFrames(LossReason::kInvalid, frame, 1, refused);
    ReportLosses(now, /*all=*/false);
    return {std::move(refused)};
  }
  bool changed = false;
  const auto adapted = slot->adapter.Adapt(frame, changed);
  if (!adapted) {
    LoseFrames(LossReason::kInvalid, frame, 1, adapted.status());
    ReportLosses(now, /*all=*/false);
    return {adapted.status()};
  }
  if (changed) {
    Publish(static_cast<std::size_t>(slot - slots_.data()));
  }
  if (!slot->adapter.ready() || (slot->needs_key && !frame.key_frame)) {
    ++counts_.frames_put;
    LoseFrames(LossReason::kNoKeyFrame, frame, 1);
    ReportLosses(now, /*all=*/false);
    return {};
  }
  PutOutcome outcome = Store(*slot, frame, *adapted, now);
  if (outcome.status.ok() && !outcome.wait_for_room) {
    slot->needs_key = false;
    last_put_ = now.mono;
  }
  FileInOrder(now.mono);
  Pump(now);
  WakeAll();
  CheckDrain(now);  // what it waited for may have been given up
  ReportLosses(now, /*all=*/false);
  return outcome;
}

// The admission ladder: stored, or room is made, or it waits (offline), or it is given up and counted (realtime). A buffer with
// several packets is one: all of it or nothing.
StreamCore::PutOutcome StreamCore::Store(Slot& slot, const Frame& frame, std::span<const AdaptedFrame> adapted, Now now) {
  const bool video = slot.adapter.wire_track().type == TrackType::kVideo;
  refs_.clear();
  Status refused;
  while (refs_.size() < adapted.size() && refused.ok()) {
    const AdaptedFrame& one = adapted[refs_.size()];
    Status full;
    if (one.size > kMaxFrameBytes) {
      refused = Status(StatusCode::kTooLarge, "a frame of " + std::to_string(one.size) +
                                                  " bytes: the service takes at most 50 MB in a fragment");
      break;
    }
    if (WindowFull() ||
        index_.records() + interleaver_.size() + pre_roll_.size() + refs_.size() >= options_.max_frames) {
      full = Status(StatusCode::kStoreFull, "the buffer holds as much media as it may");
    } else if (auto ref = store_.Put(one.parts, one.size); ref.ok()) {
      refs_.push_back(*ref);
      continue;
    } else {
      full = ref.status();
    }
    switch (MakeRoom(full)) {
      case Room::kThere:
        break;
      case Room::kWait:
        GiveBack();
        return {{}, /*wait_for_room=*/true};
      case Room::kNone:
        refused = std::move(full);
        break;
    }
  }
  if (!refused.ok()) {
    GiveBack();
    LoseFrames(refused.code() == StatusCode::kTooLarge ? LossReason::kTooLarge : LossReason::kPressure, frame, adapted.size(), refused);
    slot.needs_key = slot.needs_key || video;
    return {std::move(refused)};
  }
  for (std::size_t i = 0; i < adapted.size(); ++i) {
    Push(slot, frame, adapted[i], refs_[i], now);
  }
  return {};
}

void StreamCore::GiveBack() {
  for (const FrameRef& ref : refs_) {
    store_.Release(ref);
  }
  refs_.clear();
}

// A stored frame takes its place on the time line, and its way to a fragment.
void StreamCore::Push(const Slot& slot, const Frame& frame, const AdaptedFrame& adapted, const FrameRef& ref, Now now) {
  const auto position = static_cast<std::size_t>(&slot - slots_.data());
  const bool video = slot.adapter.wire_track().type == TrackType::kVideo;
  // What no fragment can hold says nothing.
  const bool sane = frame.duration > Duration() && frame.duration <= kMaxFragmentDuration;
  const Duration duration = sane ? frame.duration : Duration();
  const TimeMender::Mended time = mender_.Mend(position, frame.pts + adapted.offset, duration, video);
  if (time.jump > Duration()) {
    Tell(LogLevel::kWarn, "the time of track " + std::to_string(slot.id) + " jumped back by " +
                              std::to_string(time.jump.millis()) + " ms; the recording goes on without the jump");
  }
  if (!epoch_) {
    epoch_ = now.wall - time.pts.since_origin();
  }
  PendingFrame pending;
  pending.stored.ref = ref;
  pending.stored.track = static_cast<std::uint8_t>(position);
  pending.stored.key_frame = frame.key_frame;
  pending.stored.discardable = frame.discardable;
  pending.stored.invisible = frame.invisible;
  pending.picture = video;
  pending.pts = time.pts;
  pending.wanted = time.wanted;
  pending.metadata_mark = metadata_.mark();
  // Fragments that are kept for a trigger have their metadata each. What is only held back for order is soon on its way.
  if (pre_roll_.keeping() && frame.key_frame && LeadingVideo() == &slot) {
    NoteBegin(time.pts);
  }
  pending.duration = duration;
  pending.tracks = tracks_;
  meter_.OnPut(video && LeadingVideo() == &slot ? std::optional(time.pts) : std::nullopt, now.mono);
  interleaver_.Push(std::move(pending), DecodeTime(frame, time), now.mono);
  ++counts_.frames_put;
  counts_.bytes_put += adapted.size;
}

// A key frame begins a fragment unless it comes too soon after the one before.
void StreamCore::NoteBegin(MediaTime pts) {
  const StreamConfig& config = options_.config;
  const Duration shortest =
      config.key_frame_fragmentation ? kMinFragmentDuration : std::max(kMinFragmentDuration, config.fragment_duration);
  if (!noted_begin_ || pts < *noted_begin_ || pts - *noted_begin_ >= shortest) {
    noted_begin_ = pts;
    metadata_.NoteBegin();
  }
}

// Of where the frame goes: what is kept for a trigger does not make room for what waits for the service, nor the reverse.
bool StreamCore::WindowFull() const {
  const Duration span =
      pre_roll_.keeping() ? pre_roll_.span() : options_.config.timecode_scale * index_.EvictableSpan();
  return span >= options_.config.buffer_duration;
}

// A fragment that fills the whole store must end before the service can acknowledge it: both kinds of stream see to that.
StreamCore::Room StreamCore::MakeRoom(const Status& store_status) {
  if (store_status.code() == StatusCode::kTooLarge) {
    return Room::kNone;
  }
  if (options_.config.keep_oldest && options_.config.streaming_type == StreamingType::kRealtime) {
    FileAll();
    CloseFragment();
    return Room::kNone;
  }
  if (options_.config.streaming_type == StreamingType::kRealtime) {
    if (Evict()) {
      return Room::kThere;
    }
    FileAll();
    if (Evict()) {
      return Room::kThere;
    }
    CloseFragment();
    return Room::kNone;
  }
  // Offline. What is held back for order would never go while nothing more comes in.
  FileAll();
  if (index_.live_fragments() <= 1) {
    CloseFragment();
  }
  return Room::kWait;
}

// Gives up the oldest fragment that is not on the wire. One that was sent and is not yet acknowledged only gives its room back:
// it is lost only if its session is. Before any of them goes what perhaps nobody wants.
bool StreamCore::Evict() {
  if (pre_roll_.GiveWay()) {
    ForgetSurplus();
    return true;
  }
  const std::optional<std::uint64_t> oldest = index_.OldestEvictable();
  if (!oldest) {
    return false;
  }
  const Fragment& fragment = index_.fragment(*oldest);
  if (fragment.state == FragmentState::kQueued) {
    if (fragment.open) {
      SkipToKeyFrames();
    }
    LoseFragment(*oldest, LossReason::kPressure);
  } else {
    index_.Release(*oldest);
  }
  return true;
}

void StreamCore::SkipToKeyFrames() {
  for (Slot& slot : slots_) {
    slot.needs_key = slot.known && slot.adapter.wire_track().type == TrackType::kVideo;
  }
}

// Ends the last fragment for now: metadata that waits has no other to go with.
void StreamCore::FinishFragment() {
  if (Fragment* open = index_.open_fragment()) {
    open->trailer = metadata_.TakeLeftOver(open->tags.get());
  }
  CloseFragment();
}

// Closes the open fragment so that the service stores it without waiting for the next.
void StreamCore::CloseFragment() {
  index_.Close(/*end_tag=*/true);
  news_ = true;
}

void StreamCore::FileInOrder(MonoTime now) {
  while (std::optional<PendingFrame> pending = interleaver_.Pop(now)) {
    Route(*std::move(pending));
  }
}

void StreamCore::FileAll() {
  while (std::optional<PendingFrame> pending = interleaver_.PopRegardless()) {
    Route(*std::move(pending));
  }
}

void StreamCore::Route(PendingFrame pending) {
  if (!pre_roll_.keeping()) {
    File(std::move(pending));
    return;
  }
  const bool entry = MayBegin(pending);
  if (slots_[pending.stored.track].adapter.wire_track().type == TrackType::kVideo) {
    kept_video_until_ = pending.pts;
  }
  pre_roll_.Keep(std::move(pending), entry);
  ForgetSurplus();
}

// Whether an upload may begin with this frame: a key frame of the first video that is showing, or any sound where there has been
// none for so long that it is not missed.
bool StreamCore::MayBegin(const PendingFrame& pending) const {
  const Slot& slot = slots_[pending.stored.track];
  if (slot.adapter.wire_track().type == TrackType::kAudio) {
    return Leads(slot) && (!kept_video_until_ || pending.pts - *kept_video_until_ >= options_.config.pre_roll);
  }
  for (std::size_t i = 0; i < pending.stored.track; ++i) {
    if (slots_[i].known && slots_[i].adapter.wire_track().type == TrackType::kVideo && (interleaver_.live() >> i & 1) != 0) {
      return false;
    }
  }
  return pending.stored.key_frame;
}

void StreamCore::FileKept() {
  apart_ = true;
  for (Slot& slot : slots_) {
    const bool video = slot.known && slot.adapter.wire_track().type == TrackType::kVideo;
    slot.from_key = slot.from_key || (video && pre_roll_.gap());
  }
  while (std::optional<PendingFrame> pending = pre_roll_.Pop()) {
    File(*std::move(pending));
  }
}

void StreamCore::GiveUpKept() {
  pre_roll_.GiveWayAll();
  ForgetSurplus();
}

// What has given way takes its metadata along.
void StreamCore::ForgetSurplus() {
  while (const std::optional<PreRoll::Kept> kept = pre_roll_.PopSurplus()) {
    if (kept->entry) {
      metadata_.Forget(kept->frame.metadata_mark);
    }
    NotTriggered(kept->frame);
  }
}

void StreamCore::NotTriggered(const PendingFrame& pending) {
  ++counts_.frames_not_triggered;
  store_.Release(pending.stored.ref);
}

std::int64_t StreamCore::Timecode(MediaTime pts) const {
  return pts.nanos() / options_.config.timecode_scale.nanos();
}

MediaTime StreamCore::TimeOf(std::int64_t timecode) const {
  return MediaTime::FromNanos(timecode * options_.config.timecode_scale.nanos());
}

const StreamCore::Slot* StreamCore::LeadingVideo() const {
  for (const Slot& slot : slots_) {
    if (slot.known && slot.adapter.wire_track().type == TrackType::kVideo) {
      return &slot;
    }
  }
  return nullptr;
}

// Fragments begin at key frames of video; where no video is showing, at frames of audio.
bool StreamCore::Leads(const Slot& slot) const {
  if (slot.adapter.wire_track().type == TrackType::kVideo) {
    return true;
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].known && slots_[i].adapter.wire_track().type == TrackType::kVideo &&
        (interleaver_.live() >> i & 1) != 0) {
      return false;
    }
  }
  return true;
}

void StreamCore::OpenFragment(const PendingFrame& pending, std::int64_t timecode) {
  fragment_floor_ = std::max<std::int64_t>(index_.floor(), 0);
  // The newest description of all tracks, unless this frame itself is older than it.
  const std::uint8_t track = pending.stored.track;
  const bool current = tracks_->versions[track] == pending.tracks->versions[track];
  index_.Open(std::max(timecode, fragment_floor_), current ? tracks_ : pending.tracks, std::exchange(apart_, false));
  index_.open_fragment()->tags = metadata_.TakeForNext(pending.metadata_mark);
  index_.open_fragment()->first_put = std::max(pending.arrived, triggered_at_);  // before, there was nobody who waited for it
  CheckPressure();
}

// What becomes of the open fragment when this frame comes.
Fragmenter::Cut StreamCore::Place(const PendingFrame& pending, std::int64_t timecode) {
  const Fragment* open = index_.open_fragment();
  if (open == nullptr) {
    return Fragmenter::Cut::kNone;
  }
  const Slot& slot = slots_[pending.stored.track];
  const bool audio = slot.adapter.wire_track().type == TrackType::kAudio;
  const std::int64_t duration = pending.duration.nanos() / options_.config.timecode_scale.nanos();
  return fragmenter_.Decide(*open, {timecode, duration, pending.stored.ref.size, pending.stored.track, Leads(slot),
                                    pending.stored.key_frame || audio, audio, pending.tracks.get()});
}

void StreamCore::File(PendingFrame pending) {
  const std::uint8_t track = pending.stored.track;
  Slot& slot = slots_[track];
  const bool video = slot.adapter.wire_track().type == TrackType::kVideo;
  const std::int64_t timecode = Timecode(pending.pts);
  if (slot.from_key && !pending.stored.key_frame) {
    if (pending.arrived < triggered_at_) {
      NotTriggered(pending);
    } else {
      LosePending(LossReason::kNoKeyFrame, pending);
    }
    return;
  }
  slot.from_key = false;
  const Fragmenter::Cut cut = Place(pending, timecode);
  // A picture that refers to one that had no place cannot be decoded either.
  if (cut == Fragmenter::Cut::kOverflow || (slot.overflowed && !pending.stored.key_frame)) {
    slot.overflowed = video;
    LosePending(LossReason::kTooLarge, pending,
                Status(StatusCode::kTooLarge, "more than 50 MB in a second, which the service does not take"));
    return;
  }
  slot.overflowed = false;
  if (cut != Fragmenter::Cut::kNone) {
    index_.Close(/*end_tag=*/false);
  }
  Fragment* open = index_.open_fragment();
  if (open == nullptr) {
    OpenFragment(pending, timecode);
    open = index_.open_fragment();
  } else if ((open->mask >> track & 1) == 0 && open->tracks != pending.tracks) {
    // The track's first frame in this fragment: the fragment's description of it becomes the one that the frame was put under.
    auto merged = std::make_shared<TrackSet>(*pending.tracks);
    // A track may have come between the frame, which was held back, and the fragment.
    merged->tracks.resize(std::max(merged->tracks.size(), open->tracks->tracks.size()));
    merged->versions.resize(merged->tracks.size());
    for (std::size_t i = 0; i < open->tracks->tracks.size(); ++i) {
      if (i != track) {
        merged->tracks[i] = open->tracks->tracks[i];
        merged->versions[i] = open->tracks->versions[i];
      }
    }
    open->tracks = std::move(merged);
  }
  // A block stands within the 16 bits that its time has, after everything of the fragment before, not further from the others
  // than a fragment may be long, also from those that follow until it may be cut, and not before the time zero of the session
  // that carries it.
  const std::int64_t longest = kMaxFragmentDuration.seconds() * units_per_second_;
  const std::int64_t shortest = kMinFragmentDuration.seconds() * units_per_second_;
  std::int64_t low = std::max({fragment_floor_, open->timecode + INT16_MIN, open->latest - longest,
                               open->timecode + shortest - longest});
  for (const Live& live : sessions_) {
    low = std::max(low, std::min(live.upload->timecode_base(), open->timecode));
  }
  pending.stored.timecode = open->frames == 0 ? open->timecode : std::clamp(timecode, low, open->timecode + INT16_MAX);
  if (std::abs(pending.stored.timecode - Timecode(pending.wanted)) > 1) {
    ++counts_.timestamps_adjusted;
  }
  open->last_put = std::max(pending.arrived, triggered_at_);
  index_.Append(pending.stored);
  interleaver_.set_any_picture_begins(fragmenter_.NearLimits(*open));
  news_ = true;
}

std::uint64_t& StreamCore::LossCounter(LossReason reason) {
  switch (reason) {
    case LossReason::kPressure:
      break;
    case LossReason::kRejected:
      return counts_.frames_lost_rejected;
    case LossReason::kStopped:
      return counts_.frames_lost_stopped;
    case LossReason::kNoKeyFrame:
      return counts_.frames_lost_no_key;
    case LossReason::kInvalid:
      return counts_.frames_lost_invalid;
    case LossReason::kTooLarge:
      return counts_.frames_lost_too_large;
  }
  return counts_.frames_lost_pressure;
}

void StreamCore::LoseFrames(LossReason reason, const Frame& frame, std::size_t frames, Status detail) {
  LossCounter(reason) += frames;
  losses_.Add({reason, frames, frame.data.size(), frame.pts, frame.pts, std::move(detail)});
  for (std::size_t i = 0; i < frames; ++i) {
    TellLost(reason, frame.track_id, frame.pts);
  }
}

void StreamCore::TellLost(LossReason reason, std::uint32_t track_id, MediaTime pts, bool begins_fragment) {
  if (options_.config.tell_each_loss) {
    Emit(FrameLost{reason, track_id, pts, begins_fragment});
  }
}

void StreamCore::LosePending(LossReason reason, const PendingFrame& pending, Status detail) {
  ++LossCounter(reason);
  losses_.Add({reason, 1, pending.stored.ref.size, pending.pts, pending.pts, std::move(detail)});
  TellLost(reason, slots_[pending.stored.track].id, pending.pts);
  store_.Release(pending.stored.ref);
}

void StreamCore::LoseFragment(std::uint64_t number, LossReason reason, Status detail) {
  const Fragment& fragment = index_.fragment(number);
  LossCounter(reason) += fragment.frames;
  ++counts_.fragments_lost;
  losses_.Add({reason, fragment.frames, fragment.bytes, TimeOf(fragment.earliest), TimeOf(fragment.latest),
               std::move(detail)});
  for (std::uint64_t i = 0; i < fragment.frames; ++i) {
    const StoredFrame& frame = index_.frame(fragment.first_frame + i);
    TellLost(reason, slots_[frame.track].id, TimeOf(frame.timecode), /*begins_fragment=*/i == 0);
  }
  index_.Finish(number, FragmentState::kLost);
}

}  // namespace kvs
