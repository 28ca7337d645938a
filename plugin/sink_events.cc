// Sink: EOS, failure, and what the library says about the stream.

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

#include "plugin/error_map.h"
#include "plugin/gst_log.h"
#include "plugin/gstkvssink.h"
#include "plugin/sink.h"

#define GST_CAT_DEFAULT ::kvs::plugin::SinkCategory()

namespace kvs::plugin {
namespace {

// FragmentAck.ackType and .result of Amazon's SDK.
constexpr gint kSdkAckUndefined = 0;
constexpr gint kSdkAckBuffering = 1;
constexpr gint kSdkAckReceived = 2;
constexpr gint kSdkAckPersisted = 3;
constexpr gint kSdkAckError = 4;
constexpr gint kSdkAckIdle = 5;
constexpr gint kSdkResultOk = 200;

gint SdkAckType(AckType type) {
  switch (type) {
    case AckType::kBuffering:
      return kSdkAckBuffering;
    case AckType::kReceived:
      return kSdkAckReceived;
    case AckType::kPersisted:
      return kSdkAckPersisted;
    case AckType::kError:
      return kSdkAckError;
    case AckType::kIdle:
      return kSdkAckIdle;
    case AckType::kUnknown:
      break;
  }
  return kSdkAckUndefined;
}

std::string Sentence(std::string text) {
  if (!text.empty() && text.back() != '.') {
    text += '.';
  }
  return text;
}

// What a WARNING about lost frames carries.
Status LossStatus(const FramesLost& loss) {
  if (!loss.detail.ok()) {
    return loss.detail;
  }
  return {loss.reason == LossReason::kPressure ? StatusCode::kStoreFull : StatusCode::kInvalidFrame,
          std::string(LossReasonText(loss.reason))};
}

}  // namespace

// EOS --------------------------------------------------------------------------------------------

void Sink::OnUnlinked() {
  CheckEos();
}

// EOS is when every linked pad is at EOS; pads that nothing is linked to have no say.
void Sink::CheckEos() {
  {
    const MutexLock lock(mutex_);
    if (!running_.has_value() || running_->eos != EosState::kNone) {
      return;
    }
    bool any = false;
    for (const SinkPad* pad : pads_) {
      if (gst_pad_is_linked(pad->pad) || pad->eos) {
        any = any || pad->eos;
        if (!pad->eos) {
          return;
        }
      }
    }
    if (!any) {
      return;
    }
    if (running_->frames_accepted == 0 || running_->failed) {
      running_->eos = EosState::kReached;
    } else {
      GST_DEBUG_OBJECT(element_, "all pads are at EOS; waiting for the last acknowledgement");
      running_->eos = EosState::kDraining;
      running_->stop_deadline = hooks_.mono_now() + std::max(running_->stop_timeout, running_->drain_timeout);
      running_->stream->Drain(running_->drain_timeout);
    }
  }
  PostEosIfDue();
}

void Sink::PostEosIfDue() {
  guint32 seqnum = 0;
  {
    const MutexLock lock(mutex_);
    if (!playing_ || !running_.has_value() || running_->eos != EosState::kReached) {
      return;
    }
    running_->eos = EosState::kPosted;
    seqnum = running_->eos_seqnum;
  }
  GST_DEBUG_OBJECT(element_, "posting EOS");
  GstMessage* const message = gst_message_new_eos(GST_OBJECT(element_));
  if (seqnum != 0) {
    gst_message_set_seqnum(message, seqnum);
  }
  gst_element_post_message(element_, message);
}

// Failure ----------------------------------------------------------------------------------------

// Posts the error, once per stream. `name` may be empty for the stream that runs.
void Sink::Fail(std::uint64_t generation, const std::string& name, const Status& status) {
  std::string stream = name;
  {
    const MutexLock lock(mutex_);
    if (!running_.has_value() || running_->generation != generation || running_->failed) {
      return;
    }
    running_->failed = true;
    stream = running_->name;
    flushing_changed_.NotifyAll();
  }
  PostError(element_, stream, status, UserText(stream, status));
  g_signal_emit_by_name(element_, "stream-error", static_cast<guint64>(SdkStatusOf(status.code())));
}

// Events of the stream ---------------------------------------------------------------------------

void Sink::OnStreamEvent(std::uint64_t generation, const std::string& name,
                         const std::string& service, StreamStory& story,
                         const StreamEvent& event) {
  TellEpisodes();
  Tell(generation, name, story, event);
  NoteConnection(generation, event);
  if (std::holds_alternative<Connected>(event)) {
    TellPlaybackLimits(generation, /*now=*/true);
  } else if (const auto* disconnected = std::get_if<Disconnected>(&event)) {
    OnDisconnected(generation, name, service, *disconnected);
  } else if (const auto* failing = std::get_if<CredentialsFailing>(&event)) {
    OnCredentialsFailing(generation, name, *failing);
  } else if (const auto* renewed = std::get_if<CredentialsRenewed>(&event)) {
    OnCredentialsRenewed(generation, name, *renewed);
  } else if (const auto* acked = std::get_if<FragmentAcked>(&event)) {
    EmitFragmentAck(*acked);
  } else if (const auto* lost = std::get_if<FramesLost>(&event)) {
    OnFramesLost(generation, name, *lost);
  } else if (const auto* drained = std::get_if<Drained>(&event)) {
    OnDrained(generation, name, *drained);
  } else if (const auto* failed = std::get_if<StreamFailed>(&event)) {
    GST_WARNING_OBJECT(element_, "stream \"%s\" failed: %s", name.c_str(),
                       failed->status.ToString().c_str());
    Fail(generation, name, failed->status);
  }
}

// The element messages.
void Sink::Tell(std::uint64_t generation, const std::string& name, StreamStory& story,
                const StreamEvent& event) {
  const bool stale = WasStale(generation, story, event);
  const bool tells = story.connections.Tells(event, stale);
  if (const std::optional<Connected> before = story.connections.TakeHeldBack();
      before.has_value()) {
    PostElementMessage(element_, EventStructure(name, *before));
  }
  const auto* const acked = std::get_if<FragmentAcked>(&event);
  if (acked != nullptr && acked->ack.type == story.last_ack) {
    story.last_fragment = acked->ack.fragment_number;
  }
  if (!tells || (acked != nullptr && !story.ack_messages)) {
    return;
  }
  StructurePtr structure = EventStructure(name, event);
  if (std::holds_alternative<Disconnected>(event)) {
    gst_structure_set(structure.get(), "stale", G_TYPE_BOOLEAN, stale ? TRUE : FALSE, nullptr);
  } else if (std::holds_alternative<Drained>(event)) {
    gst_structure_set(structure.get(), "last-fragment", G_TYPE_STRING, story.last_fragment.c_str(),
                      nullptr);
  }
  PostElementMessage(element_, std::move(structure));
}

// Whether a connection was given up because no acknowledgement came for connection-staleness. The
// library counts them; its event says that there was no answer in time, as it does for others.
bool Sink::WasStale(std::uint64_t generation, StreamStory& story, const StreamEvent& event) {
  const auto* const down = std::get_if<Disconnected>(&event);
  if (down == nullptr || down->reason.code() != StatusCode::kNetworkTimeout) {
    return false;
  }
  std::shared_ptr<Stream> stream;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value() && running_->generation == generation) {
      stream = running_->stream;
    }
  }
  if (stream == nullptr) {
    return false;
  }
  const std::uint64_t count = stream->metrics().stale_connections;
  return std::exchange(story.stale_connections, count) < count;
}

// What the element knows of the connection: for warnings about it, and for the key frame with which
// a stream goes on best after an outage.
void Sink::NoteConnection(std::uint64_t generation, const StreamEvent& event) {
  const MutexLock lock(mutex_);
  if (!running_.has_value() || running_->generation != generation) {
    return;
  }
  if (std::holds_alternative<Connected>(event)) {
    if (running_->outage.began()) {
      ++running_->key_frames_wanted;
    }
    running_->was_connected = true;
    running_->outage.OnConnected();
    if (!running_->acks) {
      running_->outage.OnArrived();
    }
  } else if (const auto* down = std::get_if<Disconnected>(&event);
             down != nullptr && running_->was_connected) {
    running_->outage.OnDisconnected(down->reason, hooks_.mono_now());
  } else if (SaysArrived(event)) {
    running_->outage.OnArrived();
  }
}

void Sink::TellEpisodes() {
  std::vector<LossEpisodes::Ended> ended;
  std::optional<OutageWatch::Due> due;
  std::string name;
  std::string service;
  std::shared_ptr<Stream> stream;
  std::shared_ptr<Producer> producer;
  Duration buffer_duration;
  bool offline = false;
  {
    const MutexLock lock(mutex_);
    if (!running_.has_value() || (!running_->losses.any() && !running_->outage.pending())) {
      return;
    }
    const MonoTime now = hooks_.mono_now();
    ended = running_->losses.TakeEnded(now);
    due = running_->outage.TakeDue(now);
    name = running_->name;
    service = running_->service;
    stream = running_->stream;
    producer = running_->producer;
    buffer_duration = running_->buffer_duration;
    offline = running_->offline;
  }
  TellEndedLosses(name, ended);
  if (!due.has_value()) {
    return;
  }
  const StreamMetrics metrics = stream->metrics();
  const Duration room = RoomLeft(metrics, producer->metrics(), buffer_duration);
  PostWarning(element_, name, due->reason,
              "Stream \"" + name + "\": no connection to " + service + " for " +
                  SecondsText(due->lasted) + ": " + Sentence(ReasonText(due->reason)) +
                  " Trying again; " + SecondsText(metrics.stored_duration) + " of media are held, " +
                  (offline ? "and the source waits when there is no more room. "
                           : "and there is room for about " + SecondsText(room) + " more. ") +
                  Sentence(std::string(AdviceFor(due->reason.code()))));
}

void Sink::TellEndedLosses(const std::string& name, const std::vector<LossEpisodes::Ended>& ended) {
  for (const auto& [total, more_than_told] : ended) {
    PostElementMessage(element_, LossEndedStructure(name, total));
    if (more_than_told) {
      PostWarning(element_, name, LossStatus(total),
                  "Stream \"" + name + "\": no more frames are lost because " +
                      std::string(LossReasonText(total.reason)) + ": " +
                      std::to_string(total.frames) + " in all, " +
                      SpanText(total.first_pts, total.last_pts) + ".");
    }
  }
}

void Sink::TellPlaybackLimits(std::uint64_t generation, bool now) {
  std::vector<PlaybackLimit> limits;
  std::string name;
  {
    const MutexLock lock(mutex_);
    if (!running_.has_value() || running_->generation != generation) {
      return;
    }
    PlaybackFacts facts;
    facts.retention = running_->retention;
    facts.few_key_frames = running_->few_key_frames;
    for (const Slot& slot : running_->slots) {
      if (slot.is_announced && !slot.is_set && !now) {
        return;
      }
      facts.expects_video =
          facts.expects_video || (slot.is_announced && slot.type == TrackType::kVideo);
      if (slot.is_set) {
        facts.tracks.push_back(slot.track);
      }
    }
    for (const PlaybackLimit limit : PlaybackLimits(facts)) {
      std::vector<PlaybackLimit>& told = running_->told_limits;
      if (std::find(told.begin(), told.end(), limit) == told.end()) {
        told.push_back(limit);
        limits.push_back(limit);
      }
    }
    name = running_->name;
  }
  if (limits.empty()) {
    return;
  }
  std::string text = "Stream \"" + name + "\" is stored as it is, but the service's players have limits: ";
  for (const PlaybackLimit limit : limits) {
    text += (limit == limits.front() ? "" : "; ") + std::string(PlaybackLimitText(limit));
  }
  PostInfo(element_, Sentence(std::move(text)), PlaybackStructure(name, limits));
}

// An outage is no error: frames are held, and it is tried again. An application is only warned when
// the service was never reached, as that is more often a wrong setting than an outage.
void Sink::OnDisconnected(std::uint64_t generation, const std::string& name,
                          const std::string& service, const Disconnected& event) {
  GST_WARNING_OBJECT(element_, "stream \"%s\": not connected, next try in %s: %s", name.c_str(),
                     SecondsText(event.retry_in).c_str(), event.reason.ToString().c_str());
  Duration room;
  {
    const MutexLock lock(mutex_);
    if (!running_.has_value() || running_->generation != generation || running_->was_connected ||
        running_->credentials_fail || std::exchange(running_->told_unreachable, true)) {
      return;
    }
    room = running_->buffer_duration;
  }
  PostWarning(element_, name, event.reason,
              "Stream \"" + name + "\": cannot reach " + service + ": " +
                  Sentence(ReasonText(event.reason)) + " Trying again; up to " +
                  std::to_string(room.seconds()) + " s of media are held meanwhile. " +
                  Sentence(std::string(AdviceFor(event.reason.code()))));
}

// Told while media still flows as well: there is time to do something then.
void Sink::OnCredentialsFailing(std::uint64_t generation, const std::string& name,
                                const CredentialsFailing& event) {
  GST_WARNING_OBJECT(element_, "stream \"%s\": no credentials from %s, next try in %s: %s",
                     name.c_str(), event.source.c_str(), SecondsText(event.retry_in).c_str(),
                     event.reason.ToString().c_str());
  {
    const MutexLock lock(mutex_);
    if (!running_.has_value() || running_->generation != generation ||
        std::exchange(running_->credentials_fail, true)) {
      return;
    }
  }
  PostWarning(element_, name, event.reason,
              "Stream \"" + name + "\": there are no new credentials from " + event.source + ": " +
                  Sentence(ReasonText(event.reason)) +
                  " Trying again; media is sent for as long as the old ones are good, and held "
                  "after that. " +
                  Sentence(std::string(AdviceFor(event.reason.code()))));
}

void Sink::OnCredentialsRenewed(std::uint64_t generation, const std::string& name,
                                const CredentialsRenewed& event) {
  GST_INFO_OBJECT(element_, "stream \"%s\": %s from %s", name.c_str(), event.first ? "credentials" : "new credentials",
                  event.source.c_str());
  const MutexLock lock(mutex_);
  if (running_.has_value() && running_->generation == generation) {
    running_->credentials_fail = false;
  }
}

// Losses are told late: where a key frame has come since, all is well.
void Sink::WantKeyFrame(MediaTime lost) {
  const bool wanted = std::any_of(pads_.begin(), pads_.end(), [&](const SinkPad* pad) {
    return pad->type == TrackType::kVideo && (!pad->last_key_frame.has_value() || *pad->last_key_frame <= lost);
  });
  running_->key_frames_wanted += wanted ? 1 : 0;
}

void Sink::OnFramesLost(std::uint64_t generation, const std::string& name,
                        const FramesLost& event) {
  GST_WARNING_OBJECT(element_, "stream \"%s\": %" G_GUINT64_FORMAT " frames lost (%s): %s",
                     name.c_str(), static_cast<guint64>(event.frames), LossReasonName(event.reason),
                     event.detail.ToString().c_str());
  // What came before the first key frame cannot be decoded by anybody; what was left at the end is
  // told with it.
  if (event.reason == LossReason::kNoKeyFrame || event.reason == LossReason::kStopped) {
    const MutexLock lock(mutex_);
    if (event.reason == LossReason::kNoKeyFrame && running_.has_value() &&
        running_->generation == generation) {
      WantKeyFrame(event.last_pts);
    }
    return;
  }
  bool begins = false;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value() && running_->generation == generation) {
      begins = running_->losses.Add(event, hooks_.mono_now());
      if (begins) {
        WantKeyFrame(event.last_pts);
      }
    }
  }
  if (!begins) {
    return;
  }
  std::string text = "Stream \"" + name + "\": " + std::to_string(event.frames) +
                     (event.frames == 1 ? " frame was" : " frames were") + " lost because " +
                     std::string(LossReasonText(event.reason));
  if (!event.detail.ok()) {
    text += ": " + ReasonText(event.detail);
  }
  PostWarning(element_, name, LossStatus(event),
              text + " (" + SpanText(event.first_pts, event.last_pts) + "). " +
                  Sentence(std::string(LossAdvice(event.reason))) +
                  " If more are lost, their number follows when it is over.");
}

void Sink::OnDrained(std::uint64_t generation, const std::string& name, const Drained& event) {
  std::shared_ptr<Stream> stream;
  Duration timeout;
  const char* bound = "stop-stream-timeout";
  std::vector<LossEpisodes::Ended> losses;
  bool at_eos = false;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value() && running_->generation == generation) {
      at_eos = running_->eos == EosState::kDraining;
      stream = running_->stream;
      timeout = running_->drain_timeout;
      bound = timeout == running_->stop_timeout ? bound : "drain-timeout";
      if (at_eos) {
        losses = running_->losses.TakeEnded(hooks_.mono_now(), /*all=*/true);
      }
      if (at_eos && event.complete) {
        running_->eos = EosState::kReached;
      }
    }
  }
  // Before EOS: nobody reads the bus after it.
  TellEndedLosses(name, losses);
  if (!event.complete) {
    GST_WARNING_OBJECT(element_, "stream \"%s\": %" G_GUINT64_FORMAT " frames (%s) are left: %s",
                       name.c_str(), static_cast<guint64>(event.frames_left),
                       SecondsText(event.duration_left).c_str(), event.reason.ToString().c_str());
  }
  if (at_eos && !event.complete) {
    const StreamMetrics metrics = stream->metrics();
    const Status status = event.reason.ok()
                              ? Status(StatusCode::kTimedOut, "the upload did not finish in time")
                              : event.reason;
    bool fail = false;
    {
      const MutexLock lock(mutex_);
      if (running_.has_value() && running_->generation == generation &&
          running_->eos == EosState::kDraining) {
        running_->eos = EosState::kReached;
        // After StreamFailed the error has been posted.
        fail = !running_->failed;
      }
    }
    if (fail) {
      const std::string persisted =
          metrics.frames_persisted == 0
              ? "nothing of " + std::to_string(metrics.frames_put) + " frames was"
              : "only " + std::to_string(metrics.frames_persisted) + " of " +
                    std::to_string(metrics.frames_put) + " frames were";
      PostError(element_, name, status,
                "Stream \"" + name + "\": " + persisted + " persisted within " +
                    std::to_string(timeout.seconds()) + " s (" + bound + "); " +
                    std::to_string(event.frames_left) + " frames (" +
                    SecondsText(event.duration_left) +
                    ") are left. Last failure: " + Sentence(ReasonText(status)) + " " +
                    Sentence(std::string(AdviceFor(status.code()))));
    }
  }
  PostEosIfDue();
}

void Sink::EmitFragmentAck(const FragmentAcked& event) {
  GstKvsSinkFragmentAck ack{};
  ack.ack_type = SdkAckType(event.ack.type);
  ack.timestamp =
      event.ack.timecode.has_value() ? static_cast<guint64>(*event.ack.timecode) : G_MAXUINT64;
  const std::size_t length =
      std::min<std::size_t>(event.ack.fragment_number.size(), GST_KVS_SINK_FRAGMENT_NUMBER_LENGTH);
  std::memcpy(ack.sequence_number, event.ack.fragment_number.data(), length);
  ack.result = event.ack.type == AckType::kError ? event.ack.error_id : kSdkResultOk;
  g_signal_emit_by_name(element_, "fragment-ack", &ack);
}

}  // namespace kvs::plugin
