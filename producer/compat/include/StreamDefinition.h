#ifndef KVS_STREAMDEFINITION_H_
#define KVS_STREAMDEFINITION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "StreamTags.h"
#include "com/amazonaws/kinesis/video/cproducer/Include.h"

#define DEFAULT_TRACK_ID 1

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

// One track of a stream. The codec data is not copied.
struct StreamTrackInfo {
  const uint64_t track_id;
  const std::string track_name;
  const std::string codec_id;
  const uint8_t* cpd;
  uint32_t cpd_size;
  MKV_TRACK_INFO_TYPE track_type;
};

// What a stream is made of.
class KVS_COMPAT_API StreamDefinition {
 public:
  // The first track is of this constructor; addTrack adds more. Codec data is not copied: it has to be there until the stream is
  // created. `segment_uuid` empty: a random one.
  // Throws std::runtime_error when a name or type is longer than its limit: the stream's name 256, the key's 2048, the content
  // type 128, the codec id and the track's name 32 characters, the UUID anything but 16 bytes.
  StreamDefinition(std::string stream_name, std::chrono::duration<uint64_t, std::ratio<3600>> retention_period,
                   const std::map<std::string, std::string>* tags = nullptr, std::string kms_key_id = "",
                   STREAMING_TYPE streaming_type = STREAMING_TYPE_REALTIME, std::string content_type = "video/h264",
                   std::chrono::duration<uint64_t, std::milli> max_latency = std::chrono::milliseconds::zero(),
                   std::chrono::duration<uint64_t, std::milli> fragment_duration = std::chrono::milliseconds(2000),
                   std::chrono::duration<uint64_t, std::milli> timecode_scale = std::chrono::milliseconds(1),
                   bool key_frame_fragmentation = true, bool frame_timecodes = true, bool absolute_fragment_times = true,
                   bool fragment_acks = true, bool restart_on_error = true, bool recalculate_metrics = true,
                   bool allow_stream_creation = true,
                   uint32_t nal_adaptation_flags = NAL_ADAPTATION_ANNEXB_NALS | NAL_ADAPTATION_ANNEXB_CPD_NALS,
                   uint32_t frame_rate = 25, uint32_t avg_bandwidth_bps = 4 * 1024 * 1024,
                   std::chrono::duration<uint64_t> buffer_duration = std::chrono::seconds(120),
                   std::chrono::duration<uint64_t> replay_duration = std::chrono::seconds(40),
                   std::chrono::duration<uint64_t> connection_staleness = std::chrono::seconds(30),
                   std::string codec_id = "V_MPEG4/ISO/AVC", std::string track_name = "kinesis_video",
                   const uint8_t* codecPrivateData = nullptr, uint32_t codecPrivateDataSize = 0,
                   MKV_TRACK_INFO_TYPE track_type = MKV_TRACK_INFO_TYPE_VIDEO,
                   const std::vector<uint8_t> segment_uuid = std::vector<uint8_t>(),
                   const uint64_t default_track_id = DEFAULT_TRACK_ID,
                   CONTENT_STORE_PRESSURE_POLICY contentStorePressurePolicy = CONTENT_STORE_PRESSURE_POLICY_DROP_TAIL_ITEM,
                   CONTENT_VIEW_OVERFLOW_POLICY contentViewOverflowPolicy =
                       CONTENT_VIEW_OVERFLOW_POLICY_DROP_UNTIL_FRAGMENT_START);
  StreamDefinition(const StreamDefinition&) = delete;
  StreamDefinition& operator=(const StreamDefinition&) = delete;
  ~StreamDefinition();

  // From then on frames are ordered by their presentation time, as with
  // FRAME_ORDERING_MODE_MULTI_TRACK_AV_COMPARE_PTS_ONE_MS_COMPENSATE_EOFR. How many tracks a stream may have is looked at when it
  // is created. Throws as the constructor does.
  void addTrack(const uint64_t track_id, const std::string& track_name, const std::string& codec_id,
                MKV_TRACK_INFO_TYPE track_type, const uint8_t* codecPrivateData = nullptr,
                uint32_t codecPrivateDataSize = 0);

  void setFrameOrderMode(FRAME_ORDER_MODE mode);

  const std::string& getStreamName() const { return stream_name_; }
  size_t getTrackCount() const { return track_info_.size(); }

  // Everything as the C layer has it. Valid until this object is changed or destroyed.
  const StreamInfo& getStreamInfo();

 private:
  const std::string stream_name_;
  const StreamTags tags_;
  std::vector<uint8_t> segment_uuid_;
  std::vector<StreamTrackInfo> track_info_;
  // What the pointers in stream_info_ point to.
  std::unique_ptr<Tag, void (*)(void*)> tag_array_;
  std::vector<TrackInfo> track_array_;
  StreamInfo stream_info_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_STREAMDEFINITION_H_
