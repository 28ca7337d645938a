// Sink: EOS, failure, and what the library says about the stream.

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
      running_->stop_deadline = hooks_.mono_now() + running_->stop_timeout;
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
    flushing_changed_.notify_all();
  }
  PostError(element_, stream, status, UserText(stream, status));
  g_signal_emit_by_name(element_, "stream-error", static_cast<guint64>(SdkStatusOf(status.code())));
}

// Events of the stream ---------------------------------------------------------------------------

void Sink::OnStreamEvent(std::uint64_t generation, const std::string& name,
                         const std::string& service, const StreamEvent& event) {
  PostElementMessage(element_, EventStructure(name, event));
  if (std::holds_alternative<Connected>(event)) {
    const MutexLock lock(mutex_);
    if (running_.has_value() && running_->generation == generation) {
      running_->was_connected = true;
    }
  } else if (const auto* disconnected = std::get_if<Disconnected>(&event)) {
    OnDisconnected(generation, name, service, *disconnected);
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
        std::exchange(running_->told_unreachable, true)) {
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

void Sink::OnFramesLost(std::uint64_t generation, const std::string& name,
                        const FramesLost& event) {
  GST_WARNING_OBJECT(element_, "stream \"%s\": %" G_GUINT64_FORMAT " frames lost (%s): %s",
                     name.c_str(), static_cast<guint64>(event.frames), LossReasonName(event.reason),
                     event.detail.ToString().c_str());
  // What came before the first key frame cannot be decoded by anybody; what was left at the end is
  // told with it.
  if (event.reason == LossReason::kNoKeyFrame || event.reason == LossReason::kStopped) {
    return;
  }
  std::optional<std::uint64_t> frames;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value() && running_->generation == generation) {
      frames = running_->loss_warnings.Report(event.reason, event.frames, hooks_.mono_now());
    }
  }
  if (!frames.has_value()) {
    return;
  }
  Status status = event.detail;
  if (status.ok()) {
    status = Status(
        event.reason == LossReason::kPressure ? StatusCode::kStoreFull : StatusCode::kInvalidFrame,
        std::string(LossReasonText(event.reason)));
  }
  std::string text = "Stream \"" + name + "\": " + std::to_string(*frames) +
                     (*frames == 1 ? " frame was" : " frames were") + " lost because " +
                     std::string(LossReasonText(event.reason));
  if (!event.detail.ok()) {
    text += ": " + ReasonText(event.detail);
  }
  PostWarning(element_, name, status,
              Sentence(text) + " " + Sentence(std::string(LossAdvice(event.reason))));
}

void Sink::OnDrained(std::uint64_t generation, const std::string& name, const Drained& event) {
  std::shared_ptr<Stream> stream;
  Duration timeout;
  const char* bound = "stop-stream-timeout";
  bool at_eos = false;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value() && running_->generation == generation) {
      at_eos = running_->eos == EosState::kDraining;
      stream = running_->stream;
      timeout = running_->drain_timeout;
      bound = timeout == running_->stop_timeout ? bound : "drain-timeout";
      if (at_eos && event.complete) {
        running_->eos = EosState::kReached;
      }
    }
  }
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
