#include "producer/compat/convert.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

namespace kvs::compat {
namespace {

constexpr std::int64_t kUnitNanos = DEFAULT_TIME_UNIT_IN_NANOS;
// Source: the default of Amazon's core for a buffer duration of 0.
constexpr Duration kDefaultBuffer = Duration::Seconds(20);
// What the service takes.
constexpr Duration kShortestFragment = Duration::Seconds(1);
constexpr Duration kLongestFragment = Duration::Seconds(10);
constexpr Duration kFinestScale = Duration::Millis(1);
// A track id that no track can have.
constexpr std::uint32_t kNoTrack = 0;

UINT64 Whole(double rate) { return static_cast<UINT64>(std::max(rate, 0.0)); }

MediaTime ToTime(UINT64 time) {
  constexpr auto kLatest = static_cast<UINT64>(std::numeric_limits<std::int64_t>::max() / kUnitNanos);
  return MediaTime::FromNanos(static_cast<std::int64_t>(std::min(time, kLatest)) * kUnitNanos);
}

struct CodecRow {
  std::string_view codec_id;
  Codec codec;
};
constexpr CodecRow kCodecs[] = {
    {"V_MPEG4/ISO/AVC", Codec::kH264}, {"V_MPEGH/ISO/HEVC", Codec::kH265}, {"A_AAC", Codec::kAac}, {"A_OPUS", Codec::kOpus}};

Codec CodecOf(std::string_view codec_id) {
  for (const CodecRow& row : kCodecs) {
    if (row.codec_id == codec_id) {
      return row.codec;
    }
  }
  return Codec::kOther;
}

}  // namespace

Duration ToDuration(UINT64 time) {
  const auto longest = static_cast<UINT64>(kLongestDuration.nanos() / kUnitNanos);
  return Duration::Nanos(static_cast<std::int64_t>(std::min(time, longest)) * kUnitNanos);
}

Duration ToDuration(UINT64 time, Duration otherwise) { return time == 0 ? otherwise : ToDuration(time); }

UINT64 ToUnits(Duration duration) { return static_cast<UINT64>(std::max<std::int64_t>(duration.nanos(), 0) / kUnitNanos); }
UINT64 ToUnits(MediaTime time) { return ToUnits(time.since_origin()); }

StreamConfig ToConfig(const StreamInfo& info, const ClientFacts& client) {
  const StreamCaps& caps = info.streamCaps;
  StreamConfig config;
  config.name = info.name;
  config.streaming_type =
      IS_OFFLINE_STREAMING_MODE(caps.streamingType) ? StreamingType::kOffline : StreamingType::kRealtime;
  if (!client.device_name.empty()) {
    config.device_name = client.device_name;
  }
  config.content_type = caps.contentType;
  config.kms_key_id = info.kmsKeyId;
  config.retention = ToDuration(info.retention);
  config.allow_creation = caps.allowStreamCreation != FALSE;
  config.assume_exists = client.assume_exists;
  for (UINT32 i = 0; i < info.tagCount; ++i) {
    config.tags.emplace_back(info.tags[i].name, info.tags[i].value);
  }
  config.key_frame_fragmentation = caps.keyFrameFragmentation != FALSE;
  if (!config.key_frame_fragmentation) {
    config.fragment_duration = std::clamp(ToDuration(caps.fragmentDuration), kShortestFragment, kLongestFragment);
  }
  config.timecode_scale = std::max(ToDuration(caps.timecodeScale), kFinestScale);
  config.absolute_fragment_times = caps.absoluteFragmentTimes != FALSE;
  config.fragment_acks = caps.fragmentAcks != FALSE;
  if (caps.segmentUuid != nullptr) {
    std::memcpy(config.segment_uid.emplace().data(), caps.segmentUuid, MKV_SEGMENT_UUID_LEN);
  }
  config.buffer_duration = ToDuration(caps.bufferDuration, kDefaultBuffer);
  config.keep_oldest = caps.storePressurePolicy == CONTENT_STORE_PRESSURE_POLICY_OOM;
  config.tell_each_loss = client.tell_each_loss;
  config.max_latency = ToDuration(caps.maxLatency);
  config.offline_wait = client.offline_wait;
  config.connection_staleness = ToDuration(caps.connectionStalenessDuration);
  if (client.always_continuous) {
    config.idle_timeout = kLongestDuration;
  }
  return config;
}

Track ToTrack(const TrackInfo& info, std::uint32_t nal_adaptation_flags, std::vector<std::uint8_t> codec_data) {
  Track track;
  track.id = static_cast<std::uint32_t>(std::min<UINT64>(info.trackId, std::numeric_limits<std::uint32_t>::max()));
  track.type = info.trackType == MKV_TRACK_INFO_TYPE_AUDIO ? TrackType::kAudio : TrackType::kVideo;
  track.codec_id = info.codecId;
  track.name = info.trackName;
  track.codec = CodecOf(track.codec_id);
  track.format = FrameFormat::kRaw;
  if (track.codec == Codec::kH264 || track.codec == Codec::kH265) {
    track.format = (nal_adaptation_flags & NAL_ADAPTATION_ANNEXB_NALS) != 0 ? FrameFormat::kAnnexB : FrameFormat::kRaw;
  }
  // Only Annex B brings the parameter sets along.
  if (codec_data.empty() && track.format != FrameFormat::kAnnexB) {
    track.codec = Codec::kOther;
    track.format = FrameFormat::kRaw;
  }
  track.codec_private = std::move(codec_data);
  return track;
}

kvs::Frame ToFrame(const ::Frame& frame) {
  kvs::Frame out;
  out.track_id = frame.trackId <= std::numeric_limits<std::uint32_t>::max() ? static_cast<std::uint32_t>(frame.trackId) : kNoTrack;
  out.pts = ToTime(frame.presentationTs);
  out.dts = ToTime(frame.decodingTs);
  out.duration = ToDuration(frame.duration);
  out.key_frame = CHECK_FRAME_FLAG_KEY_FRAME(frame.flags);
  out.discardable = (frame.flags & FRAME_FLAG_DISCARDABLE_FRAME) != 0;
  out.invisible = (frame.flags & FRAME_FLAG_INVISIBLE_FRAME) != 0;
  out.data = {frame.frameData, frame.frameData != nullptr ? frame.size : 0};
  return out;
}

::FragmentAck ToFragmentAck(const FragmentAck& ack) {
  ::FragmentAck out{};
  out.version = FRAGMENT_ACK_CURRENT_VERSION;
  switch (ack.type) {
    case AckType::kBuffering:
      out.ackType = FRAGMENT_ACK_TYPE_BUFFERING;
      break;
    case AckType::kReceived:
      out.ackType = FRAGMENT_ACK_TYPE_RECEIVED;
      break;
    case AckType::kPersisted:
      out.ackType = FRAGMENT_ACK_TYPE_PERSISTED;
      break;
    case AckType::kError:
      out.ackType = FRAGMENT_ACK_TYPE_ERROR;
      break;
    case AckType::kIdle:
      out.ackType = FRAGMENT_ACK_TYPE_IDLE;
      break;
    case AckType::kUnknown:
      out.ackType = FRAGMENT_ACK_TYPE_UNDEFINED;
      break;
  }
  out.timestamp = ack.timecode ? static_cast<UINT64>(*ack.timecode) : INVALID_TIMESTAMP_VALUE;
  static_assert(kMaxFragmentNumberLength == MAX_FRAGMENT_SEQUENCE_NUMBER);
  std::memcpy(out.sequenceNumber, ack.fragment_number.data(),
              std::min<std::size_t>(ack.fragment_number.size(), MAX_FRAGMENT_SEQUENCE_NUMBER));
  out.result = ack.type == AckType::kError ? static_cast<SERVICE_CALL_RESULT>(ack.error_id) : SERVICE_CALL_RESULT_OK;
  return out;
}

::StreamMetrics ToStreamMetrics(const StreamMetrics& metrics) {
  ::StreamMetrics out{};
  out.version = STREAM_METRICS_CURRENT_VERSION;
  out.currentViewDuration = ToUnits(metrics.unsent_duration);
  out.overallViewDuration = ToUnits(metrics.stored_duration);
  out.currentViewSize = metrics.unsent_bytes;
  out.overallViewSize = metrics.stored_bytes;
  out.currentFrameRate = metrics.frame_rate;
  out.currentTransferRate = Whole(metrics.transfer_rate);
  out.uptime = ToUnits(metrics.uptime);
  out.transferredBytes = metrics.bytes_sent;
  out.totalSessions = metrics.sessions_opened;
  out.totalActiveSessions = metrics.active_sessions;
  out.avgSessionDuration = ToUnits(metrics.average_session);
  out.bufferedAcks = metrics.acks_buffering;
  out.receivedAcks = metrics.acks_received;
  out.persistedAcks = metrics.acks_persisted;
  out.errorAcks = metrics.acks_error;
  out.droppedFrames = metrics.frames_lost_pressure + metrics.frames_lost_rejected + metrics.frames_lost_stopped +
                      metrics.frames_lost_too_large;
  out.droppedFragments = metrics.fragments_lost;
  out.skippedFrames = metrics.frames_lost_no_key;
  out.storagePressures = metrics.store_pressures;
  out.latencyPressures = metrics.latency_pressures;
  out.bufferPressures = metrics.window_pressures;
  out.staleEvents = metrics.stale_connections;
  out.putFrameErrors = metrics.put_errors;
  out.cplApiCallLatency = ToUnits(metrics.control_call.average);
  out.dataApiCallLatency = ToUnits(metrics.connect.average);
  out.elementaryFrameRate = metrics.elementary_frame_rate;
  out.streamApiCallRetryCount = static_cast<UINT32>(metrics.call_retries);
  return out;
}

::ClientMetrics ToClientMetrics(const ProducerMetrics& metrics) {
  ::ClientMetrics out{};
  out.version = CLIENT_METRICS_CURRENT_VERSION;
  out.clientAvgApiCallRetryCount = metrics.average_call_retries;
  out.contentStoreSize = metrics.store_size;
  out.contentStoreAvailableSize = metrics.store_available;
  out.contentStoreAllocatedSize = metrics.store_allocated;
  out.totalContentViewsSize = metrics.stored_bytes;
  out.totalFrameRate = Whole(metrics.frame_rate);
  out.totalTransferRate = Whole(metrics.transfer_rate);
  out.totalElementaryFrameRate = metrics.elementary_frame_rate;
  return out;
}

}  // namespace kvs::compat
