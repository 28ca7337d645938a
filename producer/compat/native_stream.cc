#include "producer/compat/native_stream.h"

#include <chrono>
#include <random>
#include <string_view>
#include <utility>

#include "producer/compat/status_map.h"

namespace kvs::compat {
namespace {

// For a handle whose stream was freed.
constexpr STATUS kFreed = STATUS_NULL_ARG;

// A stream without a name is given one.
StreamConfig Named(StreamConfig config) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  constexpr int kLength = 16;
  if (config.name.empty()) {
    std::random_device entropy;
    std::uniform_int_distribution<std::size_t> any(0, kLetters.size() - 1);
    for (int i = 0; i < kLength; ++i) {
      config.name += kLetters[any(entropy)];
    }
  }
  return config;
}

UINT64 WallUnits() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<UINT64>(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()) / DEFAULT_TIME_UNIT_IN_NANOS;
}

}  // namespace

NativeStream::NativeStream(std::shared_ptr<NativeClient> client, const StreamInfo& info)
    : client_(std::move(client)),
      config_(Named(ToConfig(info, client_->facts()))),
      nal_adaptation_flags_(info.streamCaps.nalAdaptationFlags),
      frame_timecodes_(info.streamCaps.frameTimecodes != FALSE) {
  for (UINT32 i = 0; i < info.streamCaps.trackInfoCount; ++i) {
    OneTrack track{info.streamCaps.trackInfoList[i], {}};
    if (track.info.codecPrivateData != nullptr) {
      track.codec_data.assign(track.info.codecPrivateData, track.info.codecPrivateData + track.info.codecPrivateDataSize);
    }
    track.info.codecPrivateData = nullptr;  // the caller's
    tracks_.push_back(std::move(track));
  }
}

STATUS NativeStream::Create(std::shared_ptr<NativeClient> client, const StreamInfo& info, std::shared_ptr<NativeStream>& stream) {
  if (info.streamCaps.trackInfoCount == 0) {
    return STATUS_TRACK_INFO_MISSING;
  }
  if (info.streamCaps.trackInfoCount > MAX_SUPPORTED_TRACK_COUNT_PER_STREAM) {
    return STATUS_MAX_TRACK_COUNT_EXCEEDED;
  }
  if (IS_OFFLINE_STREAMING_MODE(info.streamCaps.streamingType) && info.retention == RETENTION_PERIOD_SENTINEL) {
    return STATUS_OFFLINE_MODE_WITH_ZERO_RETENTION;
  }
  const std::shared_ptr<NativeStream> made(new NativeStream(std::move(client), info));  // NOLINT: the constructor is private
  if (const STATUS status = made->client_->TakeName(made->config_.name); STATUS_FAILED(status)) {
    return status;
  }
  if (const STATUS status = made->OpenInsteadOf(nullptr); STATUS_FAILED(status)) {
    made->client_->LetGoName(made->config_.name);
    return status;
  }
  stream = made;
  return STATUS_SUCCESS;
}

STATUS NativeStream::OpenInsteadOf(const Stream* before) {
  EventRelay::Options options;
  options.gate = gate_;
  options.callbacks = client_->callbacks();
  options.stream = handle();
  options.buffer_duration = config_.buffer_duration;
  options.store_left = [client = client_.get()] { return client->producer().metrics().store_available; };
  Open after;
  after.relay = std::make_shared<EventRelay>(std::move(options));
  auto stream = client_->producer().OpenStream(config_, after.relay);
  if (!stream) {
    return StatusOf(stream.status());
  }
  after.stream = *std::move(stream);
  STATUS status = STATUS_SUCCESS;
  {
    const MutexLock lock(mutex_);
    if (open_.stream.get() != before) {  // somebody else was faster, with another reset or with freeing it
      status = open_.stream != nullptr ? STATUS_SUCCESS : kFreed;
    } else if (status = StatusOf(SetTracks(*after.stream)); STATUS_SUCCEEDED(status)) {
      open_ = std::exchange(after, {});
      stopped_ = false;
    }
  }
  if (after.stream != nullptr) {
    after.relay->Detach();
    after.stream->Stop(Duration());
  }
  return status;
}

Status NativeStream::SetTracks(Stream& stream) const {
  Status status;
  for (const OneTrack& track : tracks_) {
    if (status.ok()) {
      status = stream.SetTrack(ToTrack(track.info, nal_adaptation_flags_, track.codec_data));
    }
  }
  return status;
}

NativeStream::Open NativeStream::open() const {
  const MutexLock lock(mutex_);
  return open_;
}

STATUS NativeStream::AwaitReady() {
  const Open now = open();
  if (now.stream == nullptr) {
    return kFreed;
  }
  const Duration timeout = client_->create_stream_timeout();
  const Status status = now.stream->ReadySync(timeout);
  if (status.ok()) {
    (void)now.relay->AwaitReady(timeout);  // it is ready, also for a program that was not told in time
  }
  return status.code() == StatusCode::kTimedOut ? STATUS_OPERATION_TIMED_OUT : status.ok() ? STATUS_SUCCESS : FailureStatusOf(status);
}

STATUS NativeStream::PutFrame(const ::Frame& frame) {
  Open now;
  {
    const MutexLock lock(mutex_);
    now = open_;
    if (now.stream == nullptr || stopped_) {
      return now.stream == nullptr ? kFreed : STATUS_STREAM_HAS_BEEN_STOPPED;
    }
  }
  if ((frame.flags & FRAME_FLAG_END_OF_FRAGMENT) != 0) {
    return EndFragment(*now.stream);
  }
  ::Frame timed = frame;
  if (!frame_timecodes_) {
    timed.presentationTs = WallUnits();
    timed.decodingTs = timed.presentationTs;
  }
  const Status status = now.stream->PutFrame(ToFrame(timed));
  // It was not stopped when this call began.
  if (status.code() == StatusCode::kStopped) {
    return STATUS_BLOCKING_PUT_INTERRUPTED_STREAM_TERMINATED;
  }
  if (status.ok() && client_->callbacks().streamDataAvailableFn != nullptr) {
    now.relay->TellDataAvailable(config_.name, now.stream->metrics());
  }
  return StatusOf(status);
}

STATUS NativeStream::EndFragment(Stream& stream) const {
  if (!config_.key_frame_fragmentation) {
    return STATUS_END_OF_FRAGMENT_FRAME_INVALID_STATE;
  }
  const Status status = stream.EndFragment();
  if (status.code() == StatusCode::kInvalidState) {
    return stream.metrics().frames_put == 0 ? STATUS_END_OF_FRAGMENT_FRAME_INVALID_STATE : STATUS_MULTIPLE_CONSECUTIVE_EOFR;
  }
  return StatusOf(status);
}

STATUS NativeStream::PutMetadata(const std::string& name, const std::string& value, bool persistent) {
  const Open now = open();
  return now.stream != nullptr ? StatusOf(now.stream->PutMetadata({name, value, persistent})) : kFreed;
}

STATUS NativeStream::PutEvent(UINT32 event, const StreamEventMetadata* metadata) {
  const Open now = open();
  if (now.stream == nullptr) {
    return kFreed;
  }
  constexpr UINT32 kKnown = STREAM_EVENT_TYPE_LAST - 1;
  if (event == STREAM_EVENT_TYPE_NONE || (event & ~kKnown) != 0) {
    return STATUS_INVALID_ARG;
  }
  if (now.stream->metrics().frames_put == 0) {
    return STATUS_STREAM_NOT_STARTED;
  }
  MediaEvent media_event;
  std::string prefix;
  if (metadata != nullptr) {
    if (metadata->numberOfPairs > MAX_EVENT_CUSTOM_PAIRS) {
      return STATUS_INVALID_ARG;
    }
    prefix = metadata->imagePrefix != nullptr ? metadata->imagePrefix : "";
    for (UINT8 i = 0; i < metadata->numberOfPairs; ++i) {
      if (metadata->names[i] == nullptr || metadata->values[i] == nullptr) {
        return STATUS_NULL_ARG;
      }
      media_event.pairs.emplace_back(metadata->names[i], metadata->values[i]);
    }
  }
  // The pairs are for both, and go once.
  Status status;
  for (const auto& [bit, type] : {std::pair{STREAM_EVENT_TYPE_IMAGE_GENERATION, MediaEventType::kImageGeneration},
                                  std::pair{STREAM_EVENT_TYPE_NOTIFICATION, MediaEventType::kNotification}}) {
    if ((event & static_cast<UINT32>(bit)) != 0 && status.ok()) {
      media_event.type = type;
      media_event.image_prefix = type == MediaEventType::kImageGeneration ? prefix : "";
      status = now.stream->PutEvent(media_event);
      media_event.pairs.clear();
    }
  }
  return status.code() == StatusCode::kInvalidState ? STATUS_DUPLICATE_STREAM_EVENT_TYPE : StatusOf(status);
}

STATUS NativeStream::SetCodecData(UINT64 track_id, std::span<const std::uint8_t> codec_data) {
  const MutexLock lock(mutex_);
  if (open_.stream == nullptr) {
    return kFreed;
  }
  if (open_.stream->metrics().active_sessions > 0) {
    return STATUS_INVALID_STREAM_STATE;
  }
  for (OneTrack& track : tracks_) {
    if (track.info.trackId == track_id) {
      const std::vector<std::uint8_t> data(codec_data.begin(), codec_data.end());
      const Status status = open_.stream->SetTrack(ToTrack(track.info, nal_adaptation_flags_, data));
      if (status.ok()) {
        track.codec_data = data;
      }
      return StatusOf(status);
    }
  }
  return STATUS_MKV_TRACK_INFO_NOT_FOUND;
}

STATUS NativeStream::ResetConnection() {
  const Open now = open();
  if (now.stream == nullptr) {
    return kFreed;
  }
  now.stream->Reconnect();
  return STATUS_SUCCESS;
}

STATUS NativeStream::Reset() {
  const Open before = open();
  if (before.stream == nullptr) {
    return kFreed;
  }
  before.relay->TellShutdown(/*reset=*/true);
  before.relay->Detach();
  gate_->Await();
  before.stream->Stop(Duration());
  return OpenInsteadOf(before.stream.get());
}

STATUS NativeStream::Stop() {
  Open now;
  {
    const MutexLock lock(mutex_);
    now = open_;
    stopped_ = true;
  }
  if (now.stream == nullptr) {
    return kFreed;
  }
  now.stream->Stop(client_->stop_stream_timeout());
  return STATUS_SUCCESS;
}

STATUS NativeStream::StopSync() {
  if (const STATUS status = Stop(); STATUS_FAILED(status)) {
    return status;
  }
  const Open now = open();
  if (now.stream == nullptr) {
    return kFreed;
  }
  const Duration timeout = client_->stop_stream_timeout();
  const Status status = now.stream->StopSync(timeout);
  return status.ok() && !now.relay->AwaitClosed(timeout) ? STATUS_OPERATION_TIMED_OUT : StatusOf(status);
}

void NativeStream::Free() {
  Open last;
  {
    const MutexLock lock(mutex_);
    last = std::exchange(open_, {});
  }
  if (last.stream == nullptr) {
    gate_->Await();  // for whoever is freeing it
    return;
  }
  last.relay->TellShutdown(/*reset=*/false);
  last.relay->Detach();
  gate_->Await();
  last.stream->Stop(Duration());
  client_->LetGoName(config_.name);
}

STATUS NativeStream::Metrics(::StreamMetrics& metrics) const {
  const Open now = open();
  if (now.stream == nullptr) {
    return kFreed;
  }
  metrics = ToStreamMetrics(now.stream->metrics());
  return STATUS_SUCCESS;
}

}  // namespace kvs::compat
