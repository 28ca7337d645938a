#include "common/PutFrameHelper.h"

#include <utility>

namespace com::amazonaws::kinesis::video {

PutFrameHelper::PutFrameHelper(std::shared_ptr<KinesisVideoStream> kinesis_video_stream, uint64_t /*mkv_timecode_scale_ns*/,
                               uint32_t /*max_audio_queue_size*/, uint32_t /*max_video_queue_size*/,
                               uint32_t initial_buffer_size_audio, uint32_t initial_buffer_size_video)
    : kinesis_video_stream_(std::move(kinesis_video_stream)),
      audio_buffer_(initial_buffer_size_audio),
      video_buffer_(initial_buffer_size_video),
      put_frame_failed_(false) {}

PutFrameHelper::~PutFrameHelper() = default;

uint8_t* PutFrameHelper::getFrameDataBuffer(uint32_t requested_buffer_size, bool isVideo) {
  std::vector<uint8_t>& buffer = isVideo ? video_buffer_ : audio_buffer_;
  if (buffer.size() < requested_buffer_size) {
    buffer.resize(requested_buffer_size);
  }
  return buffer.data();
}

void PutFrameHelper::putFrameMultiTrack(Frame frame, bool /*isVideo*/) {
  if (!kinesis_video_stream_->putFrame(frame)) {
    put_frame_failed_ = true;
  }
}

void PutFrameHelper::flush() {}

void PutFrameHelper::putEofr() {
  Frame end_of_fragment = EOFR_FRAME_INITIALIZER;
  putFrameMultiTrack(end_of_fragment, true);
}

bool PutFrameHelper::putFrameFailed() { return put_frame_failed_; }

}  // namespace com::amazonaws::kinesis::video
