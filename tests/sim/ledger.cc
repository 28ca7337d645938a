#include "tests/sim/ledger.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <type_traits>
#include <utility>
#include <variant>

#include "emulator/model/ebml.h"
#include "kvs/metadata.h"

namespace kvs::sim {
namespace {

namespace em = kvs::emulator;

// Error ids that say that the service will not take this fragment however often it is sent.
constexpr std::array kContentErrors = {4001, 4002, 4004, 4005, 4006, 4007, 4009, 4010, 4012};

bool IsContentError(int id) {
  return std::find(kContentErrors.begin(), kContentErrors.end(), id) != kContentErrors.end();
}

std::string ToText(FrameName name) {
  return "frame " + std::to_string(name.number) + " of track " + std::to_string(name.track + 1);
}

constexpr std::int64_t kMilli = 1'000'000;

// A connection that nobody needs is gone by then, also when nothing comes back on it.
constexpr Duration kLetGo = Duration::Minutes(2);

// The frames of a stored fragment, in order: the payloads of its SimpleBlocks.
std::vector<em::Bytes> BlocksOf(em::Bytes body) {
  constexpr std::size_t kTimeAndFlags = 3;
  std::vector<em::Bytes> blocks;
  em::ElementHead head;
  while (!body.empty() && em::ReadElementHead(body, &head) == em::EbmlRead::kOk) {
    body = body.subspan(head.length);
    const em::Bytes payload = body.first(std::min<std::size_t>(head.size, body.size()));
    body = body.subspan(payload.size());
    std::uint64_t track = 0;
    std::size_t length = 0;
    if (head.id == em::id::kSimpleBlock &&
        em::ReadVint(payload, &track, &length) == em::EbmlRead::kOk &&
        payload.size() >= length + kTimeAndFlags) {
      blocks.push_back(payload.subspan(length + kTimeAndFlags));
    }
  }
  return blocks;
}

}  // namespace

Ledger::Ledger(const SimOptions& options, Scheduler& scheduler, Trace& trace)
    : options_(options), scheduler_(scheduler), trace_(trace), keeping_(options.config.pre_roll > Duration()) {}

void Ledger::Fail(const std::string& what) {
  if (failure_.empty()) {
    failure_ = what + " (at " + sim::ToText(scheduler_.now()) + ")";
    trace_.Note(scheduler_.now(), "FAILED", what);
  }
}

Ledger::Record& Ledger::At(FrameName name) {
  static Record nobody;
  if (name.track >= options_.tracks.size() || name.number >= frames_[name.track].size()) {
    Fail("I2: a frame that was never put: " + ToText(name));
    return nobody;
  }
  return frames_[name.track][name.number];
}

void Ledger::OnAccepted(FrameName name, MediaTime pts, std::int64_t jumps) {
  std::vector<Record>& frames = frames_[name.track];
  if (frames.size() <= name.number) {
    frames.resize(name.number + 1);
  }
  frames[name.number].pts = pts.nanos();
  frames[name.number].jumps = static_cast<std::uint16_t>(jumps);
  frames[name.number].flags |= kAccepted;
  ++accepted_;
  newest_put_ = std::max(newest_put_, pts);
  if (keeping_) {
    frames[name.number].flags |= kKept;
    kept_.push_back(name);
  }
}

void Ledger::OnSwitch(bool on) {
  if (on != keeping_) {
    Fail(std::string("I8: ") + (on ? "triggered" : "untriggered") + " twice");
  }
  keeping_ = !on;
  const bool certain = options_.AmpleForPreRoll() && !drained_;
  for (const FrameName name : std::exchange(kept_, {})) {
    Record& record = At(name);
    record.flags &= static_cast<std::uint8_t>(~kKept);
    const bool wanted = name.track == 0 && MediaTime::FromNanos(record.pts) >= newest_put_ - options_.config.pre_roll;
    if (!certain || !wanted) {
      record.flags |= kMayGiveWay;
    }
  }
}

// What is only kept is given up then, and never sent.
void Ledger::OnDrain() {
  kept_.clear();
  drained_ = true;
}

void Ledger::OnRefused(StatusCode code) {
  if (code == StatusCode::kStoreFull || code == StatusCode::kTooLarge) {
    ++refused_;
  } else if (code != StatusCode::kStopped && !stream_failed_) {
    Fail("a frame was refused: " + std::string(kvs::Describe(code).name));
  }
}

void Ledger::OnMetadata(std::uint32_t number) {
  if (number != metadata_.size()) {
    Fail("the camera miscounts its metadata");
  }
  metadata_.emplace_back();
}

// Metadata goes with one fragment, however often that fragment is sent.
void Ledger::CheckMetadata(const em::Fragment& fragment, FrameName first) {
  for (const em::MkvTag& tag : fragment.tags) {
    if (tag.name != kOnceName) {
      continue;
    }
    const std::size_t number = std::stoul(tag.value);
    if (number >= metadata_.size()) {
      Fail("I1: metadata that was never put: " + tag.value);
      return;
    }
    if (metadata_[number] && !(*metadata_[number] == first)) {
      Fail("I4: metadata " + tag.value + " came with two fragments: that of " + ToText(*metadata_[number]) +
           " and that of " + ToText(first));
    }
    metadata_[number] = first;
  }
}

void Ledger::CheckMetadataMissing() {
  // What is put behind the beginning of the last fragment goes to its end, if there is room for it.
  const std::size_t certain = metadata_.size() - std::min(metadata_.size(), kMaxFragmentMetadata);
  for (std::size_t number = 0; number < certain; ++number) {
    if (!metadata_[number]) {
      Fail("I1: no frame was lost, but metadata " + std::to_string(number) + " was");
    }
  }
}

void Ledger::OnSessionOpened(std::uint64_t session) {
  live_.insert(session);
}

void Ledger::OnSessionClosed(std::uint64_t session) {
  live_.erase(session);
  current_cluster_.erase(session);
  clusters_.erase(clusters_.lower_bound({session, 0}), clusters_.lower_bound({session + 1, 0}));
  newest_.erase(newest_.lower_bound({session, 0}), newest_.lower_bound({session + 1, 0}));
}

void Ledger::OnCluster(std::uint64_t session, std::uint64_t timecode) {
  current_cluster_[session] = timecode;
  if (!clusters_.emplace(Cluster{session, timecode}, std::vector<FrameName>()).second) {
    Fail("I3: session " + std::to_string(session) + " sends two clusters of time code " +
         std::to_string(timecode));
  }
}

void Ledger::OnWireFrame(std::uint64_t session, FrameName name) {
  Record& record = At(name);
  const std::string what = ToText(name) + " in session " + std::to_string(session);
  if ((record.flags & kAccepted) == 0) {
    Fail("I1: sent, but not accepted: " + what);
  }
  if ((record.flags & kKept) != 0) {
    Fail("I8: sent, and nobody has triggered it: " + what);
  }
  if ((record.flags & kAcked) != 0) {
    Fail("I4: sent again after its last ack: " + what);
  }
  if ((record.flags & kRejected) != 0) {
    Fail("I4: sent again after the service rejected it: " + what);
  }
  if (record.session != session && record.session != 0 && live_.contains(record.session)) {
    Fail("I3: " + what + " while session " + std::to_string(record.session) + " carries it");
  }
  record.session = static_cast<std::uint32_t>(session);
  const auto [newest, first] = newest_.try_emplace({session, name.track}, name.number);
  if (!first && name.number <= std::exchange(newest->second, name.number)) {
    Fail("I3: out of order: " + what);
  }
  clusters_[{session, current_cluster_[session]}].push_back(name);
}

void Ledger::OnEvent(const StreamEvent& event) {
  if (stopped_) {
    Fail("an event after Stopped");
  }
  std::visit(
      [this](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<T, FragmentAcked>) {
          OnAck(one);
        } else if constexpr (std::is_same_v<T, FramesLost>) {
          lost_[static_cast<std::size_t>(one.reason)] += one.frames;
          losses_.push_back(one);
          if (one.reason == LossReason::kPressure && options_.config.streaming_type == StreamingType::kOffline) {
            Fail("I1: an offline stream gave up frames for want of room");
          }
          if (one.frames == 0) {
            Fail("I1: a loss of nothing was reported");
          }
        } else if constexpr (std::is_same_v<T, Drained>) {
          drains_.push_back(one);
        } else if constexpr (std::is_same_v<T, Disconnected>) {
          disconnects_.push_back(one);
        } else if constexpr (std::is_same_v<T, Pressure>) {
          pressures_.push_back(one);
        } else if constexpr (std::is_same_v<T, TriggerChanged>) {
          triggers_.push_back(one);
        } else if constexpr (std::is_same_v<T, TriggerFinished>) {
          ++triggers_finished_;
        } else if constexpr (std::is_same_v<T, Connected>) {
          ++connects_;
        } else if constexpr (std::is_same_v<T, StreamFailed>) {
          stream_failed_ = true;
          if (options_.Every(FaultKind::kFatal) == Duration()) {
            Fail("the stream failed: " + one.status.ToString());
          }
        } else if constexpr (std::is_same_v<T, Stopped>) {
          stopped_ = true;
        }
      },
      event);
}

void Ledger::OnAck(const FragmentAcked& acked) {
  const FragmentAck& ack = acked.ack;
  if (ack.type == AckType::kError) {
    ++error_acks_[ack.error_id];
    for (const FrameName name : std::exchange(not_archived_[ack.fragment_number], {})) {
      At(name).flags &= static_cast<std::uint8_t>(~kNotArchived);
    }
  }
  if (!ack.timecode) {
    return;
  }
  const Cluster cluster{acked.session, static_cast<std::uint64_t>(*ack.timecode)};
  const AckType last =
      options_.config.retention == Duration() ? AckType::kReceived : AckType::kPersisted;
  if (ack.type == last) {
    last_progress_ = scheduler_.now();
    Mark(cluster, kAcked, "acknowledged");
    clusters_.erase(cluster);
  } else if (ack.type == AckType::kError && IsContentError(ack.error_id)) {
    Mark(cluster, kRejected, "rejected");
  }
}

void Ledger::Mark(const Cluster& cluster, Flag flag, std::string_view why) {
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end()) {
    if (stray_acks_) {
      return;
    }
    Fail("a cluster was " + std::string(why) + " that session " + std::to_string(cluster.first) +
         " did not send: " + std::to_string(cluster.second));
    return;
  }
  for (const FrameName name : found->second) {
    At(name).flags |= flag;
  }
}

void Ledger::OnMediaProblem(int error_id, std::string_view what) {
  Fail("I2: the service found error " + std::to_string(error_id) + ": " + std::string(what));
}

std::vector<FrameName> Ledger::NamesOf(const em::Fragment& fragment) {
  const std::vector<em::Bytes> blocks = BlocksOf(fragment.body);
  if (blocks.size() != fragment.frames.size()) {
    Fail("I2: a stored fragment with " + std::to_string(blocks.size()) + " blocks and " +
         std::to_string(fragment.frames.size()) + " frames");
    return {};
  }
  std::vector<FrameName> names;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::uint64_t track = fragment.frames[i].track;
    const bool known = track >= 1 && track <= options_.tracks.size();
    const std::optional<FrameName> name =
        known ? NameOf(options_.tracks[track - 1].video(), blocks[i]) : std::nullopt;
    if (!name || name->track + 1u != track) {
      Fail("I2: a stored frame of track " + std::to_string(track) + " is not as it was put");
      return {};
    }
    if (options_.tracks[track - 1].codec_change_gops > 0) {
      CheckCodec(fragment, *name);
    }
    names.push_back(*name);
  }
  return names;
}

void Ledger::CheckCodec(const em::Fragment& fragment, FrameName name) {
  for (const em::MkvTrack& track : fragment.header->tracks) {
    if (track.number == name.track + 1u && !FitsCodec(track.codec_private, name)) {
      Fail("I2: the header of session " + std::to_string(fragment.session) +
           " has other codec data than " + ToText(name) + " needs");
    }
  }
}

void Ledger::OnStored(const em::Fragment& fragment) {
  if (on_stored_) {
    on_stored_(fragment);
  }
  const std::vector<FrameName> names = NamesOf(fragment);
  if (!names.empty()) {
    CheckMetadata(fragment, names.front());
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    Record& record = At(names[i]);
    if ((record.flags & kStored) != 0) {
      ++stored_again_;
      continue;
    }
    record.flags |= kStored;
    ++stored_;
    trace_.Mix(names[i].number);
    CheckStoredTimes(fragment, fragment.frames[i], record, names[i]);
  }
}

void Ledger::OnNotArchived(const em::Fragment& fragment) {
  std::vector<FrameName> names = NamesOf(fragment);
  for (const FrameName name : names) {
    At(name).flags |= kNotArchived;
  }
  not_archived_[fragment.number] = std::move(names);
}

std::int64_t Ledger::ExpectedNanos(const Record& record) const {
  return record.pts + (options_.config.absolute_fragment_times || !epoch_ ? 0 : epoch_->nanos());
}

void Ledger::CheckStoredTimes(const em::Fragment& fragment, const em::FrameInfo& info,
                              const Record& record, FrameName name) {
  const std::int64_t scale = options_.config.timecode_scale.nanos();
  const std::int64_t in_cluster =
      info.time_ns - static_cast<std::int64_t>(fragment.timecode) * scale;
  const std::int64_t stored = fragment.producer_time_ms * kMilli + in_cluster;
  const std::int64_t off = stored - ExpectedNanos(record);
  if (record.jumps > 0) {
    moved_[{name.track, record.jumps}].push_back(off);
  } else if (std::abs(off) > Tolerance()) {
    ++off_time_;
    if (trace_.frames()) {
      trace_.Note(scheduler_.now(), "ledger",
                  ToText(name) + " is stored " + std::to_string(off / kMilli) + " ms off");
    }
  }
}

// Times are rounded to units, and the start of a session to milliseconds.
std::int64_t Ledger::Tolerance() const {
  return 2 * options_.config.timecode_scale.nanos() + 2 * kMilli;
}

// Where the recording goes on after a jump is the stream's affair. From there on it keeps time: most
// frames are moved alike, and the others are those that were moved once more. Of pictures that are put out of order those next to the
// jump may be any: when the source pauses just then, nobody can tell which of them are from before it.
void Ledger::CheckMoved() {
  for (auto& [key, moves] : moved_) {
    std::sort(moves.begin(), moves.end());
    std::size_t alike = 0;
    for (std::size_t first = 0, end = 0; first < moves.size(); ++first) {
      while (end < moves.size() && moves[end] - moves[first] <= 2 * Tolerance()) {
        ++end;
      }
      alike = std::max(alike, end - first);
    }
    const int reordered = options_.tracks[key.first].b_frames;
    const std::size_t unclear = reordered > 0 ? static_cast<std::size_t>(reordered) + 1 : 0;
    off_time_ += std::max(moves.size() - alike, unclear) - unclear;
  }
}

std::uint64_t Ledger::lost() const {
  return std::accumulate(lost_.begin(), lost_.end(), std::uint64_t{0});
}

bool Ledger::WasStored(FrameName name) const {
  const std::vector<Record>& frames = frames_[name.track];
  return name.number < frames.size() && (frames[name.number].flags & kStored) != 0;
}

std::uint64_t Ledger::error_acks(int id) const {
  const auto found = error_acks_.find(id);
  return found == error_acks_.end() ? 0 : found->second;
}

void Ledger::CheckStep(const StreamMetrics& metrics, std::uint64_t used_bytes) {
  const std::uint64_t gone = metrics.frames_lost_pressure + metrics.frames_lost_rejected +
                             metrics.frames_lost_stopped + metrics.frames_lost_no_key +
                             metrics.frames_lost_invalid + metrics.frames_lost_too_large;
  const std::uint64_t known = metrics.frames_persisted + gone + metrics.frames_not_triggered + metrics.stored_frames;
  if (known != accepted_ + refused_) {
    Fail("I1: " + std::to_string(accepted_) + " frames were accepted and " +
         std::to_string(refused_) + " refused for want of room, but " +
         std::to_string(metrics.frames_persisted) + " are persisted, " + std::to_string(gone) +
         " lost, " + std::to_string(metrics.frames_not_triggered) + " not triggered and " +
         std::to_string(metrics.stored_frames) + " held");
  }
  CheckQuiet(metrics);
  if (metrics.stored_bytes > options_.store_bytes || used_bytes > options_.store_bytes) {
    Fail("I5: the store holds " + std::to_string(metrics.stored_bytes) + " bytes in " +
         std::to_string(used_bytes) + " of " + std::to_string(options_.store_bytes));
  }
  if (metrics.stored_frames > options_.max_frames) {
    Fail("I5: " + std::to_string(metrics.stored_frames) + " frames are held, of " +
         std::to_string(options_.max_frames));
  }
}

// A stream that keeps everything and owes nothing needs no connection.
void Ledger::CheckQuiet(const StreamMetrics& metrics) {
  const bool opened = std::exchange(sessions_opened_, metrics.sessions_opened) < metrics.sessions_opened;
  if (!keeping_ || metrics.stored_fragments > 0) {
    owes_nothing_since_.reset();
    return;
  }
  owes_nothing_since_ = owes_nothing_since_.value_or(scheduler_.now());
  if (opened) {
    Fail("I8: a session was opened, and nothing is triggered");
  }
  if (metrics.active_sessions > 0 && scheduler_.now() - *owes_nothing_since_ > kLetGo) {
    Fail("I8: " + std::to_string(metrics.active_sessions) + " sessions are open, and nothing is triggered");
  }
}

void Ledger::CheckEnd(const StreamMetrics& metrics) {
  const std::array<std::uint64_t, kLossReasons> counted = {
      metrics.frames_lost_pressure, metrics.frames_lost_rejected, metrics.frames_lost_stopped,
      metrics.frames_lost_no_key, metrics.frames_lost_invalid, metrics.frames_lost_too_large};
  if (counted != lost_) {
    Fail(
        "I1: " + std::to_string(std::accumulate(counted.begin(), counted.end(), std::uint64_t{0})) +
        " frames were counted as lost, and " + std::to_string(lost()) + " reported");
  }
  if (metrics.stored_frames != 0 || metrics.stored_bytes != 0) {
    Fail("I5: a closed stream holds " + std::to_string(metrics.stored_frames) + " frames");
  }
  CheckMoved();
  if (off_time_ > metrics.timestamps_adjusted) {
    Fail("I2: " + std::to_string(off_time_) + " frames are stored under another time, and " +
         std::to_string(metrics.timestamps_adjusted) + " were said to be");
  }
  if (options_.config.fragment_acks) {
    CheckMissing(metrics);
    if (lost() == 0 && metrics.frames_not_triggered == 0 && not_archived_.empty()) {
      CheckMetadataMissing();
    }
  }
}

void Ledger::CheckMissing(const StreamMetrics& metrics) {
  std::uint64_t missing = 0;
  std::uint64_t excused = 0;
  std::uint64_t unwanted = 0;
  for (std::size_t track = 0; track < frames_.size(); ++track) {
    for (std::size_t number = 0; number < frames_[track].size(); ++number) {
      const Record& record = frames_[track][number];
      if ((record.flags & (kAccepted | kStored)) != kAccepted) {
        continue;
      }
      if ((record.flags & kNotArchived) != 0) {
        ++excused;
        continue;
      }
      if ((record.flags & (kKept | kMayGiveWay)) != 0) {
        ++unwanted;
        continue;
      }
      ++missing;
      if (metrics.timestamps_adjusted == 0 && record.jumps == 0 && !ReportedLost(record)) {
        Fail("I1: lost in silence: " +
             ToText({static_cast<std::uint8_t>(track), static_cast<std::uint32_t>(number)}));
      }
    }
  }
  if (missing > lost()) {
    Fail("I1: " + std::to_string(missing) + " frames are not stored, and only " +
         std::to_string(lost()) + " reported lost");
  }
  if (missing + unwanted > lost() + metrics.frames_not_triggered) {
    Fail("I1: " + std::to_string(missing + unwanted) + " frames are not stored, only " + std::to_string(lost()) +
         " reported lost and " + std::to_string(metrics.frames_not_triggered) + " not triggered");
  }
  if (metrics.frames_persisted > stored_ + excused) {
    Fail("I1: " + std::to_string(metrics.frames_persisted) + " frames are counted as persisted, " +
         std::to_string(stored_) + " are stored");
  }
}

bool Ledger::ReportedLost(const Record& record) const {
  const MediaTime pts = MediaTime::FromNanos(record.pts);
  const Duration unit = options_.config.timecode_scale;
  return std::any_of(losses_.begin(), losses_.end(), [&](const FramesLost& loss) {
    return pts + unit >= loss.first_pts && pts <= loss.last_pts + unit;
  });
}

}  // namespace kvs::sim
