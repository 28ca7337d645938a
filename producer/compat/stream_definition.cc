#include "StreamDefinition.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <new>
#include <stdexcept>
#include <utility>

#include "StreamTags.h"

namespace com::amazonaws::kinesis::video {
namespace {

// In units of 100 ns.
template <typename Rep, typename Period>
UINT64 ToTicks(std::chrono::duration<Rep, Period> time) {
  using Ticks = std::chrono::duration<UINT64, std::ratio<1, HUNDREDS_OF_NANOS_IN_A_SECOND>>;
  return std::chrono::duration_cast<Ticks>(time).count();
}

// Fills an array of zeros. Throws when `text` and its final NUL do not fit.
template <std::size_t kSize>
void Copy(const std::string& text, CHAR (&array)[kSize], const char* what) {
  if (text.size() >= kSize) {
    throw std::runtime_error(std::string(what) + " is longer than " + std::to_string(kSize - 1) + " characters");
  }
  std::copy(text.begin(), text.end(), std::begin(array));
}

TrackInfo ToTrackInfo(const StreamTrackInfo& track) {
  TrackInfo info = {};
  info.version = TRACK_INFO_CURRENT_VERSION;
  info.trackId = track.track_id;
  Copy(track.codec_id, info.codecId, "The codec id");
  Copy(track.track_name, info.trackName, "The name of the track");
  info.codecPrivateData = const_cast<PBYTE>(track.cpd);
  info.codecPrivateDataSize = track.cpd_size;
  info.trackType = track.track_type;
  return info;
}

}  // namespace

StreamTags::StreamTags(const std::map<std::string, std::string>* tags) {
  if (tags != nullptr) {
    tags_ = *tags;
  }
}

PTag StreamTags::asPTag() const {
  if (tags_.empty()) {
    return nullptr;
  }
  const PTag array = static_cast<PTag>(std::calloc(tags_.size(), sizeof(Tag)));
  if (array == nullptr) {
    throw std::bad_alloc();
  }
  std::transform(tags_.begin(), tags_.end(), array, [](const auto& tag) {
    return Tag{TAG_CURRENT_VERSION, const_cast<PCHAR>(tag.first.c_str()), const_cast<PCHAR>(tag.second.c_str())};
  });
  return array;
}

StreamDefinition::StreamDefinition(
    std::string stream_name, std::chrono::duration<uint64_t, std::ratio<3600>> retention_period,
    const std::map<std::string, std::string>* tags, std::string kms_key_id, STREAMING_TYPE streaming_type,
    std::string content_type, std::chrono::duration<uint64_t, std::milli> max_latency,
    std::chrono::duration<uint64_t, std::milli> fragment_duration,
    std::chrono::duration<uint64_t, std::milli> timecode_scale, bool key_frame_fragmentation, bool frame_timecodes,
    bool absolute_fragment_times, bool fragment_acks, bool restart_on_error, bool recalculate_metrics,
    bool allow_stream_creation, uint32_t nal_adaptation_flags, uint32_t frame_rate, uint32_t avg_bandwidth_bps,
    std::chrono::duration<uint64_t> buffer_duration, std::chrono::duration<uint64_t> replay_duration,
    std::chrono::duration<uint64_t> connection_staleness, std::string codec_id, std::string track_name,
    const uint8_t* codecPrivateData, uint32_t codecPrivateDataSize, MKV_TRACK_INFO_TYPE track_type,
    const std::vector<uint8_t> segment_uuid, const uint64_t default_track_id,
    CONTENT_STORE_PRESSURE_POLICY contentStorePressurePolicy, CONTENT_VIEW_OVERFLOW_POLICY contentViewOverflowPolicy)
    : stream_name_(std::move(stream_name)),
      tags_(tags),
      segment_uuid_(segment_uuid),
      tag_array_(tags_.asPTag(), std::free),
      stream_info_() {
  stream_info_.version = STREAM_INFO_CURRENT_VERSION;
  Copy(stream_name_, stream_info_.name, "The name of the stream");
  stream_info_.retention = ToTicks(retention_period);
  Copy(kms_key_id, stream_info_.kmsKeyId, "The id of the key");
  if (!segment_uuid_.empty() && segment_uuid_.size() != MKV_SEGMENT_UUID_LEN) {
    throw std::runtime_error("The UUID of the segment has not " + std::to_string(MKV_SEGMENT_UUID_LEN) + " bytes");
  }

  StreamCaps& caps = stream_info_.streamCaps;
  caps.streamingType = streaming_type;
  Copy(content_type, caps.contentType, "The content type");
  caps.adaptive = FALSE;
  caps.maxLatency = ToTicks(max_latency);
  caps.fragmentDuration = ToTicks(fragment_duration);
  caps.keyFrameFragmentation = key_frame_fragmentation;
  caps.frameTimecodes = frame_timecodes;
  caps.absoluteFragmentTimes = absolute_fragment_times;
  caps.fragmentAcks = fragment_acks;
  caps.recoverOnError = restart_on_error;
  caps.nalAdaptationFlags = nal_adaptation_flags;
  caps.avgBandwidthBps = avg_bandwidth_bps;
  caps.frameRate = frame_rate;
  caps.bufferDuration = ToTicks(buffer_duration);
  caps.replayDuration = ToTicks(replay_duration);
  caps.connectionStalenessDuration = ToTicks(connection_staleness);
  caps.timecodeScale = ToTicks(timecode_scale);
  caps.recalculateMetrics = recalculate_metrics;
  caps.frameOrderingMode = FRAME_ORDER_MODE_PASS_THROUGH;
  caps.storePressurePolicy = contentStorePressurePolicy;
  caps.viewOverflowPolicy = contentViewOverflowPolicy;
  caps.allowStreamCreation = allow_stream_creation;

  track_info_.push_back({default_track_id, track_name, codec_id, codecPrivateData, codecPrivateDataSize, track_type});
  track_array_.push_back(ToTrackInfo(track_info_.back()));
}

StreamDefinition::~StreamDefinition() = default;

void StreamDefinition::addTrack(const uint64_t track_id, const std::string& track_name, const std::string& codec_id,
                                MKV_TRACK_INFO_TYPE track_type, const uint8_t* codecPrivateData,
                                uint32_t codecPrivateDataSize) {
  const StreamTrackInfo track = {track_id, track_name, codec_id, codecPrivateData, codecPrivateDataSize, track_type};
  track_array_.push_back(ToTrackInfo(track));
  track_info_.push_back(track);
  setFrameOrderMode(FRAME_ORDERING_MODE_MULTI_TRACK_AV_COMPARE_PTS_ONE_MS_COMPENSATE_EOFR);
}

void StreamDefinition::setFrameOrderMode(FRAME_ORDER_MODE mode) { stream_info_.streamCaps.frameOrderingMode = mode; }

const StreamInfo& StreamDefinition::getStreamInfo() {
  stream_info_.tagCount = static_cast<UINT32>(tags_.count());
  stream_info_.tags = tag_array_.get();
  stream_info_.streamCaps.segmentUuid = segment_uuid_.empty() ? nullptr : segment_uuid_.data();
  stream_info_.streamCaps.trackInfoList = track_array_.data();
  stream_info_.streamCaps.trackInfoCount = static_cast<UINT32>(track_array_.size());
  return stream_info_;
}

}  // namespace com::amazonaws::kinesis::video
