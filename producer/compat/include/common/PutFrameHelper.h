#ifndef KVS_COMMON_PUTFRAMEHELPER_H_
#define KVS_COMMON_PUTFRAMEHELPER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "KinesisVideoProducer.h"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {
namespace {

const uint32_t DEFAULT_MAX_AUDIO_QUEUE_SIZE = 200;
const uint32_t DEFAULT_MAX_VIDEO_QUEUE_SIZE = 50;
const uint64_t DEFAULT_MKV_TIMECODE_SCALE_NS = 1000000;
const uint32_t DEFAULT_BUFFER_SIZE_AUDIO = 50 * 1024;
const uint32_t DEFAULT_BUFFER_SIZE_VIDEO = 100 * 1024;

}  // namespace

// Puts frames of two tracks. Deprecated by Amazon: the stream itself puts tracks in order, so frames go straight to it, and the time
// code scale and the lengths of queues are not used.
// Thread: not synchronised.
class KVS_COMPAT_API PutFrameHelper {
 public:
  PutFrameHelper(std::shared_ptr<KinesisVideoStream> kinesis_video_stream,
                 uint64_t mkv_timecode_scale_ns = DEFAULT_MKV_TIMECODE_SCALE_NS,
                 uint32_t max_audio_queue_size = DEFAULT_MAX_AUDIO_QUEUE_SIZE,
                 uint32_t max_video_queue_size = DEFAULT_MAX_VIDEO_QUEUE_SIZE,
                 uint32_t initial_buffer_size_audio = DEFAULT_BUFFER_SIZE_AUDIO,
                 uint32_t initial_buffer_size_video = DEFAULT_BUFFER_SIZE_VIDEO);
  ~PutFrameHelper();

  // Room for a frame of `requested_buffer_size` bytes; valid until the next call for the same kind.
  uint8_t* getFrameDataBuffer(uint32_t requested_buffer_size, bool isVideo);

  void putFrameMultiTrack(Frame frame, bool isVideo);

  // Nothing is kept back, so there is nothing to do.
  void flush();

  // Ends the fragment.
  void putEofr();

  // Whether a frame was not taken since this object was made.
  bool putFrameFailed();

 private:
  std::shared_ptr<KinesisVideoStream> kinesis_video_stream_;
  std::vector<uint8_t> audio_buffer_;
  std::vector<uint8_t> video_buffer_;
  bool put_frame_failed_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_COMMON_PUTFRAMEHELPER_H_
