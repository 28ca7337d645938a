// Sink: what arrives on its pads. Each pad pushes straight into the stream, which interleaves; pads
// share nothing here but the anchor of time.

#include <algorithm>
#include <utility>

#include <gst/video/video-event.h>

#include "pic/codec/media_type.h"
#include "pic/stream/fragmenter.h"
#include "plugin/caps.h"
#include "plugin/client_metric.h"
#include "plugin/error_map.h"
#include "plugin/gst_log.h"
#include "plugin/sink.h"

#define GST_CAT_DEFAULT ::kvs::plugin::SinkCategory()

namespace kvs::plugin {
namespace {

// Parameter sets that come in buffers of their own are kept up to this size; real ones have some
// hundred bytes.
constexpr std::size_t kMaxPendingHeaderBytes = std::size_t{64} << 10;

// How often upstream is asked for a key frame while none comes.
constexpr Duration kKeyFrameInterval = Duration::Seconds(1);

const char* SourceText(TimeAnchor::Source source) {
  switch (source) {
    case TimeAnchor::Source::kArrival:
      return "the arrival of the first frame";
    case TimeAnchor::Source::kReference:
      return "the reference timestamp of the first frame";
    case TimeAnchor::Source::kMoving:
      return "a reference timestamp, to which time moves slowly";
    case TimeAnchor::Source::kReferenceFar:
      return "the arrival of the first frame: a reference timestamp is too far off to move to";
    case TimeAnchor::Source::kNone:
      break;
  }
  return "nowhere";
}

std::optional<std::uint64_t> StreamTimeOf(const GstSegment& segment, GstBuffer* buffer) {
  const GstClockTime time =
      GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer);
  if (segment.format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID(time)) {
    return std::nullopt;
  }
  const guint64 stream_time = gst_segment_to_stream_time(&segment, GST_FORMAT_TIME, time);
  return GST_CLOCK_TIME_IS_VALID(stream_time) ? std::optional<std::uint64_t>(stream_time)
                                              : std::nullopt;
}

bool HasFlag(GstBuffer* buffer, GstBufferFlags flag) {
  return (GST_BUFFER_FLAGS(buffer) & static_cast<guint>(flag)) != 0;
}

bool IsKeyFrame(const SinkPad& pad, GstBuffer* buffer) {
  // Some cameras mark all but the first image of M-JPEG, though each stands alone.
  const bool image = pad.track.has_value() && pad.track->codec == Codec::kMjpeg;
  return pad.type == TrackType::kAudio || image || !HasFlag(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
}

// Statuses of PutFrame and SetTrack that are about this frame or track; after any other the stream
// has ended.
bool IsAboutMedia(StatusCode code) {
  switch (code) {
    case StatusCode::kInvalidArgument:
    case StatusCode::kTooLarge:
    case StatusCode::kInvalidFrame:
    case StatusCode::kInvalidTimestamp:
    case StatusCode::kInvalidNal:
    case StatusCode::kInvalidCodecData:
    case StatusCode::kUnknownTrack:
    case StatusCode::kStoreFull:
    case StatusCode::kUnsupportedMedia:
      return true;
    default:
      return false;
  }
}

Status AboutPad(const SinkPad& pad, const Status& status) {
  return {status.code(), "pad " + std::string(GST_PAD_NAME(pad.pad)) + ": " + status.message()};
}

}  // namespace

// Frames -----------------------------------------------------------------------------------------

Sink::Handle Sink::HandleFor(SinkPad& pad) {
  Handle handle;
  const MutexLock lock(mutex_);
  if (!running_.has_value() || pad.flushing) {
    handle.flow = GST_FLOW_FLUSHING;
    return handle;
  }
  if (running_->failed) {
    handle.flow = GST_FLOW_ERROR;
    return handle;
  }
  handle.producer = running_->producer;
  handle.stream = running_->stream;
  handle.generation = running_->generation;
  handle.offline = running_->offline;
  handle.flow = pad.eos ? GST_FLOW_EOS : GST_FLOW_OK;
  if (pad.generation != running_->generation) {
    pad.generation = running_->generation;
    pad.track_is_set = false;
    pad.normalizer = TimestampNormalizer(running_->times);
    pad.pending_header.clear();
    pad.position.reset();
    pad.needs_key_frame = true;
    pad.last_key_frame.reset();
    pad.key_frames_had = running_->key_frames_wanted;
  }
  return handle;
}

GstFlowReturn Sink::Chain(SinkPad& pad, GstBuffer* buffer) {
  const BufferPtr owned(buffer);
  const Handle handle = HandleFor(pad);
  if (handle.flow != GST_FLOW_OK) {
    return handle.flow;
  }
  if (!pad.track.has_value()) {
    if (pad.refused_caps == nullptr && !std::exchange(pad.told_missing_caps, true)) {
      Refuse(
          AboutPad(pad, {StatusCode::kUnsupportedMedia,
                         "media arrived before its caps; the element in front of kvssink must say "
                         "what it sends"}));
    }
    return GST_FLOW_NOT_NEGOTIATED;
  }
  if (const Status status = SetTrack(pad, handle); !status.ok()) {
    return status.code() == StatusCode::kCancelled ? GST_FLOW_FLUSHING : GST_FLOW_NOT_NEGOTIATED;
  }
  return IsFrame(pad, buffer) ? StoreFrame(pad, handle, buffer) : GST_FLOW_OK;
}

bool Sink::IsFrame(SinkPad& pad, GstBuffer* buffer) {
  if (gst_buffer_get_size(buffer) == 0) {
    if (!HasFlag(buffer, GST_BUFFER_FLAG_GAP)) {
      Count(pad, &PadCounters::empty, "is empty and was left out");
    }
    return false;
  }
  // A damaged key frame is kept: without it nothing up to the next one could be decoded.
  const bool damaged = HasFlag(buffer, GST_BUFFER_FLAG_CORRUPTED);
  if (damaged && (pad.type == TrackType::kAudio || !IsKeyFrame(pad, buffer))) {
    Count(pad, &PadCounters::corrupted, "is marked as corrupted and was left out");
    return false;
  }
  return true;
}

GstFlowReturn Sink::StoreFrame(SinkPad& pad, const Handle& handle, GstBuffer* buffer) {
  const ReadMap map(buffer);
  if (!map.ok()) {
    Fail(handle.generation, "",
         AboutPad(pad, {StatusCode::kInvalidFrame, "a buffer cannot be mapped for reading"}));
    return GST_FLOW_ERROR;
  }
  std::span<const std::uint8_t> data(map.data(), map.size());
  if (HasFlag(buffer, GST_BUFFER_FLAG_HEADER) && !HoldsFrame(*pad.track, data)) {
    // What the codec data has already, or Opus headers, is no part of the frames.
    if (pad.track->format != FrameFormat::kAvc && pad.track->format != FrameFormat::kRaw &&
        pad.pending_header.size() + data.size() <= kMaxPendingHeaderBytes) {
      pad.pending_header.insert(pad.pending_header.end(), data.begin(), data.end());
    }
    return GST_FLOW_OK;
  }
  const BufferTimes times = ReadTimes(pad.segment, buffer, pad.normalizer.rules());
  if (times.outside && pad.type == TrackType::kAudio) {
    Count(pad, &PadCounters::outside_segment, "is outside of its segment and was left out");
    return GST_FLOW_OK;
  }
  Frame frame;
  {
    const MutexLock lock(mutex_);
    const Slot* const slot = SlotOf(pad);
    if (slot == nullptr || running_->generation != handle.generation) {
      return GST_FLOW_FLUSHING;
    }
    running_->anchor.BeginEpoch(pad.flush_epoch);
    const TimeAnchor::Source source = running_->anchor.source();
    const MediaTimes media = pad.normalizer.Normalize(times, hooks_.wall_now(), running_->anchor);
    if (running_->anchor.source() != source) {
      GST_INFO_OBJECT(pad.pad, "the time of day is taken from %s",
                      SourceText(running_->anchor.source()));
    }
    frame.track_id = slot->track_id;
    frame.pts = media.pts;
    frame.dts = media.dts;
    frame.duration = media.duration;
    if (media.guessed) {
      ++running_->counters.timestamps_guessed;
    }
    if (media.guessed && running_->counters.timestamps_guessed == 1) {
      GST_WARNING_OBJECT(pad.pad,
                         "a buffer has no timestamp; it is put behind the one before it. Further "
                         "ones are counted in the property stats");
    }
  }
  frame.key_frame = IsKeyFrame(pad, buffer);
  frame.discardable = HasFlag(buffer, GST_BUFFER_FLAG_DROPPABLE);
  // Others are decoded from it.
  frame.invisible = times.outside || HasFlag(buffer, GST_BUFFER_FLAG_DECODE_ONLY);
  if (!pad.pending_header.empty()) {
    pad.joined.swap(pad.pending_header);
    pad.pending_header.clear();
    pad.joined.insert(pad.joined.end(), data.begin(), data.end());
    data = pad.joined;
  }
  frame.data = data;
  pad.stream_time = StreamTimeOf(pad.segment, buffer);
  AskForKeyFrame(pad, frame);
  GST_LOG_OBJECT(pad.pad, "%" G_GSIZE_FORMAT " bytes, pts %" G_GINT64_FORMAT "%s", data.size(),
                 frame.pts.nanos(), frame.key_frame ? ", key frame" : "");
  return Put(pad, handle, frame);
}

void Sink::PutFragmentEvents(SinkPad& pad, const Handle& handle, const Frame& frame) {
  if (!frame.key_frame) {
    return;
  }
  std::vector<MediaEvent> events;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value() && running_->generation == handle.generation &&
        Leads(pad.type)) {
      events = running_->fragment_events.BeforeKeyFrame(frame.pts);
    }
  }
  for (const MediaEvent& event : events) {
    // It was checked with the settings: refused is only the second of its kind for a fragment, and
    // whatever the frame will be refused for as well.
    if (const Status status = handle.stream->PutEvent(event); !status.ok()) {
      GST_INFO_OBJECT(pad.pad, "an event was not added: %s", status.ToString().c_str());
    }
  }
}

GstFlowReturn Sink::Put(SinkPad& pad, const Handle& handle, const Frame& frame) {
  PutFragmentEvents(pad, handle, frame);
  while (true) {
    const Status status = handle.stream->PutFrame(frame);
    if (status.ok()) {
      OnStored(pad, handle, frame);
      return GST_FLOW_OK;
    }
    if (IsAboutMedia(status.code())) {
      // Counted by the library, which reports it as FramesLost.
      GST_INFO_OBJECT(pad.pad, "a frame was not stored: %s", status.ToString().c_str());
      return GST_FLOW_OK;
    }
    if (status.code() == StatusCode::kTimedOut && handle.offline) {
      // There still is no room; the wait goes on.
      TellEpisodes();
      const Handle now = HandleFor(pad);
      if (now.flow == GST_FLOW_ERROR) {
        return now.flow;
      }
      if (now.flow == GST_FLOW_FLUSHING || now.generation != handle.generation) {
        return GST_FLOW_FLUSHING;
      }
      continue;
    }
    if (status.code() != StatusCode::kCancelled) {
      Fail(handle.generation, "", status);
      return HandleFor(pad).flow == GST_FLOW_FLUSHING ? GST_FLOW_FLUSHING : GST_FLOW_ERROR;
    }
    if (!WaitWhileOthersFlush(pad, handle.generation)) {
      return GST_FLOW_FLUSHING;
    }
  }
}

void Sink::OnStored(SinkPad& pad, const Handle& handle, const Frame& frame) {
  bool first = false;
  bool emits = false;
  bool trouble = false;
  {
    const MutexLock lock(mutex_);
    if (!running_.has_value() || running_->generation != handle.generation) {
      return;
    }
    first = running_->frames_accepted++ == 0;
    running_->stop_deadline.reset();
    if (pad.stream_time.has_value()) {
      pad.position = pad.stream_time;
    }
    trouble = running_->losses.any() || running_->outage.pending();
    emits = running_->emits_metrics && (first || (frame.key_frame && Leads(pad.type)));
  }
  if (trouble) {
    TellEpisodes();
  }
  if (emits) {
    GstKvsSinkMetric metric =
        ClientMetric(handle.stream->metrics(), handle.producer->metrics(), frame.pts, first);
    g_signal_emit_by_name(element_, "stream-client-metric", &metric);
  }
}

// Upstream is asked for a key frame while the stream waits for one: before the first, and after
// something was lost or the connection is a new one. Where nobody can make one, nothing happens.
void Sink::AskForKeyFrame(SinkPad& pad, const Frame& frame) {
  if (pad.type != TrackType::kVideo) {
    return;
  }
  bool few = false;
  bool ask = false;
  {
    const MutexLock lock(mutex_);
    if (!running_.has_value() || running_->generation != pad.generation) {
      return;
    }
    if (frame.key_frame) {
      pad.needs_key_frame = false;
      pad.last_key_frame = frame.pts;
      pad.key_frames_had = running_->key_frames_wanted;
      return;
    }
    few = pad.last_key_frame.has_value() &&
          frame.pts - *pad.last_key_frame > kMaxFragmentDuration &&
          !std::exchange(running_->few_key_frames, true);
    ask = pad.needs_key_frame || pad.key_frames_had != running_->key_frames_wanted;
  }
  if (few) {
    TellPlaybackLimits(pad.generation, /*now=*/true);
  }
  if (!ask) {
    return;
  }
  const MonoTime now = hooks_.mono_now();
  if (pad.asked_for_key_frame.has_value() && now - *pad.asked_for_key_frame < kKeyFrameInterval) {
    return;
  }
  pad.asked_for_key_frame = now;
  guint count = 0;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value()) {
      count = static_cast<guint>(++running_->counters.key_frames_asked);
    }
  }
  GST_DEBUG_OBJECT(pad.pad, "asking for a key frame");
  // Parameter sets are known once a key frame has come. Asked for again, a parser would write them
  // into pictures that an encoder or camera made without.
  const gboolean all_headers = pad.needs_key_frame ? TRUE : FALSE;
  gst_pad_push_event(pad.pad, gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE,
                                                                          all_headers, count));
}

// A flush of another pad ends this pad's wait for room as well. True when the frame is to be put
// again.
bool Sink::WaitWhileOthersFlush(SinkPad& pad, std::uint64_t generation) {
  const MutexLock lock(mutex_);
  while (running_.has_value() && running_->generation == generation && !running_->failed &&
         !pad.flushing && running_->stream_is_flushing) {
    flushing_changed_.Wait(mutex_);
  }
  return running_.has_value() && running_->generation == generation && !pad.flushing;
}

void Sink::Count(SinkPad& pad, std::uint64_t PadCounters::*counter, const char* what) {
  std::uint64_t count = 0;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value()) {
      count = ++(running_->counters.*counter);
    }
  }
  if (count == 1) {
    GST_WARNING_OBJECT(pad.pad, "a buffer %s. Further ones are counted in the property stats",
                       what);
    LogToFile(LogLevel::kWarn, std::string("a buffer ") + what + ". Further ones are counted in the property stats");
  }
}

// Tracks -----------------------------------------------------------------------------------------

Status Sink::SetTrack(SinkPad& pad, const Handle& handle) {
  if (pad.track_is_set) {
    return {};
  }
  Track track = *pad.track;
  {
    const MutexLock lock(mutex_);
    const Slot* const slot = SlotOf(pad);
    if (slot == nullptr || running_->generation != handle.generation) {
      return {StatusCode::kCancelled, "the stream was stopped"};
    }
    track.id = slot->track_id;
    track.name = slot->name;
    if (track.codec == Codec::kH264) {
      track.codec_id = running_->codec_id.value_or("");
    }
  }
  Status status = handle.stream->SetTrack(track);
  if (!status.ok()) {
    if (IsAboutMedia(status.code())) {
      pad.track.reset();
      pad.told_missing_caps = true;
      Refuse(AboutPad(pad, status));
    } else {
      Fail(handle.generation, "", status);
    }
    return status;
  }
  pad.track_is_set = true;
  {
    const MutexLock lock(mutex_);
    if (Slot* const slot = SlotOf(pad); slot != nullptr) {
      slot->is_announced = true;
      slot->is_set = true;
      slot->media_type = codec::MediaTypeOf(track);
      slot->track = std::move(track);
    }
  }
  TellPlaybackLimits(handle.generation, /*now=*/false);
  return {};
}

bool Sink::OnCaps(SinkPad& pad, GstCaps* caps) {
  if (pad.refused_caps != nullptr && gst_caps_is_equal(pad.refused_caps.get(), caps)) {
    return false;
  }
  Result<Track> track = TrackFromCaps(caps);
  if (!track.ok()) {
    pad.track.reset();
    pad.refused_caps.reset(gst_caps_ref(caps));
    Refuse(AboutPad(pad, track.status()));
    return false;
  }
  pad.refused_caps.reset();
  const Handle handle = HandleFor(pad);
  if (pad.track_is_set && pad.track == *track) {
    return true;
  }
  pad.track = std::move(track).value();
  pad.track_is_set = false;
  // Only given to the stream now if there is one; otherwise with the first buffer.
  if (handle.stream == nullptr) {
    return true;
  }
  const bool accepted = SetTrack(pad, handle).ok();
  if (!accepted) {
    pad.refused_caps.reset(gst_caps_ref(caps));
  }
  return accepted;
}

// Events -----------------------------------------------------------------------------------------

gboolean Sink::HandleEvent(SinkPad& pad, GstEvent* event) {
  const EventPtr owned(event);
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS: {
      GstCaps* caps = nullptr;
      gst_event_parse_caps(event, &caps);
      return OnCaps(pad, caps) ? TRUE : FALSE;
    }
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment(event, &pad.segment);
      return TRUE;
    case GST_EVENT_STREAM_START:
      OnStreamStart(pad);
      return TRUE;
    case GST_EVENT_GAP:
      OnGap(pad);
      return TRUE;
    case GST_EVENT_EOS:
      OnEos(pad, gst_event_get_seqnum(event));
      return TRUE;
    case GST_EVENT_FLUSH_START:
      SetPadFlushing(pad, true);
      return TRUE;
    case GST_EVENT_FLUSH_STOP: {
      gboolean reset_time = TRUE;
      gst_event_parse_flush_stop(event, &reset_time);
      OnFlushStop(pad, reset_time != FALSE);
      return TRUE;
    }
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      if (gst_event_has_name(event, kAddMetadata) || gst_event_has_name(event, kAddEvent)) {
        OnAddToFragment(*gst_event_get_structure(event));
        return TRUE;
      }
      [[fallthrough]];
    default:
      return gst_pad_event_default(pad.pad, GST_OBJECT(element_), gst_event_ref(event));
  }
}

void Sink::OnFlushStop(SinkPad& pad, bool reset_time) {
  gst_segment_init(&pad.segment, GST_FORMAT_UNDEFINED);
  pad.pending_header.clear();
  {
    const MutexLock lock(mutex_);
    pad.eos = false;
    pad.position.reset();
    if (reset_time) {
      ++pad.flush_epoch;
    }
    if (running_.has_value()) {
      running_->eos = EosState::kNone;
    }
  }
  SetPadFlushing(pad, false);
}

// Media goes on after an EOS without a flush, e.g. behind concat; or begins on a pad when the others have ended.
void Sink::OnStreamStart(SinkPad& pad) {
  const MutexLock lock(mutex_);
  if (running_.has_value()) {
    running_->eos = EosState::kNone;
  }
  pad.eos = false;
}

void Sink::OnGap(SinkPad& pad) {
  const MutexLock lock(mutex_);
  EndTrack(pad);
}

void Sink::OnAddToFragment(const GstStructure& structure) {
  std::shared_ptr<Stream> stream;
  std::string stream_name;
  {
    const MutexLock lock(mutex_);
    if (running_.has_value()) {
      stream = running_->stream;
      stream_name = running_->name;
    }
  }
  const bool is_event = gst_structure_has_name(&structure, kAddEvent) != FALSE;
  Status status(StatusCode::kStopped, "the stream was stopped");
  if (is_event) {
    Result<MediaEvent> event = MediaEventOf(structure);
    status = !event.ok() ? event.status() : stream == nullptr ? status : stream->PutEvent(*event);
    if (status.code() == StatusCode::kInvalidState) {
      status = {StatusCode::kMetadataLimit, status.message()};  // for which there is better advice
    }
  } else {
    Result<FragmentMetadata> metadata = MetadataOf(structure);
    status = !metadata.ok()      ? metadata.status()
             : stream == nullptr ? status
                                 : stream->PutMetadata(std::move(metadata).value());
  }
  if (!status.ok()) {
    PostWarning(element_, stream_name, status,
                "Stream \"" + stream_name + "\": " + (is_event ? "the event" : "metadata") +
                    " was not added: " + ReasonText(status) + ". " +
                    std::string(AdviceFor(status.code())));
  }
}

void Sink::OnEos(SinkPad& pad, guint32 seqnum) {
  {
    const MutexLock lock(mutex_);
    pad.eos = true;
    if (running_.has_value()) {
      running_->eos_seqnum = seqnum;
    }
    EndTrack(pad);
  }
  CheckEos();
}

// Flushing ---------------------------------------------------------------------------------------

void Sink::SetActive(SinkPad& pad, bool active) {
  if (active) {
    // Nothing streams yet. What was refused in an earlier run is refused, and told, again.
    pad.refused_caps.reset();
    pad.told_missing_caps = false;
  }
  {
    const MutexLock lock(mutex_);
    pad.eos = false;
    pad.position.reset();
  }
  SetPadFlushing(pad, !active);
}

void Sink::SetPadFlushing(SinkPad& pad, bool flushing) {
  const MutexLock lock(mutex_);
  pad.flushing = flushing;
  UpdateFlushing();
}

void Sink::UpdateFlushing() {
  if (running_.has_value()) {
    const bool flushing =
        std::any_of(pads_.begin(), pads_.end(), [](const SinkPad* pad) { return pad->flushing; });
    if (flushing != running_->stream_is_flushing) {
      running_->stream_is_flushing = flushing;
      running_->stream->SetFlushing(flushing);
    }
  }
  flushing_changed_.NotifyAll();
}

}  // namespace kvs::plugin
