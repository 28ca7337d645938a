#ifndef KVS_KINESISVIDEOSTREAM_H_
#define KVS_KINESISVIDEOSTREAM_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "KinesisVideoStreamMetrics.h"
#include "StreamDefinition.h"
#include "com/amazonaws/kinesis/video/cproducer/Include.h"

#define STREAM_CLOSED_TIMEOUT_DURATION_IN_SECONDS 120
#define DEBUG_DUMP_FRAME_INFO "DEBUG_DUMP_FRAME_INFO"

namespace com {
namespace amazonaws {
namespace kinesis {
namespace video {

class KinesisVideoProducer;

using KinesisVideoFrame = ::Frame;

// One stream to Kinesis Video; made by KinesisVideoProducer. Copies are of the same stream.
// Thread: every method may be called from any thread.
class KVS_COMPAT_API KinesisVideoStream {
 public:
  KinesisVideoStream(const KinesisVideoStream& other);

  // By handle and name.
  bool operator==(const KinesisVideoStream& other) const;
  bool operator!=(const KinesisVideoStream& other) const;

  PSTREAM_HANDLE getStreamHandle() { return &stream_handle_; }
  std::string getStreamName() { return stream_name_; }
  const KinesisVideoProducer& getProducer() const { return kinesis_video_producer_; }

  // Stores a frame for upload; its data is copied. Waits for room on an offline stream only. Whether it was stored; the second
  // says why not.
  bool putFrame(KinesisVideoFrame& frame) const;
  STATUS statusPutFrame(KinesisVideoFrame& frame) const;

  // Throws std::runtime_error when the stream was freed.
  KinesisVideoStreamMetrics getMetrics() const;

  // A name and a value of the next fragment, or, with `persistent`, of every one from there on; an empty value ends that.
  bool putFragmentMetadata(const std::string& name, const std::string& value, bool persistent = true);

  // Asks for an image or a notification of the next fragment; `event` is made of the bits of STREAM_EVENT_TYPE. Not before the
  // first frame, and one of each kind for a fragment.
  bool putEventMetadata(uint32_t event, PStreamEventMetadata event_metadata = NULL);

  // Sets the codec data of a track, which takes effect with the next fragment; the first as hexadecimal digits. The last does
  // nothing. Whether it was taken.
  bool start(const std::string& hexEncodedCodecPrivateData, uint64_t trackId = DEFAULT_TRACK_ID);
  bool start(const unsigned char* codecPrivateData, size_t codecPrivateDataSize, uint64_t trackId = DEFAULT_TRACK_ID);
  bool start();

  // Makes a new connection, and goes on with what is there.
  bool resetConnection();
  // Forgets what is there, and begins anew; also after stop.
  bool resetStream();

  // Sends what is there and ends. The first returns at once; the second waits for it, at most for the stopStreamTimeout of the
  // client. May be called again.
  bool stop();
  bool stopSync();

 protected:
  friend KinesisVideoProducer;
  friend class NativeAccess;

  KinesisVideoStream(const KinesisVideoProducer& kinesis_video_producer, const std::string stream_name);
  virtual ~KinesisVideoStream();

  static void videoStreamDeleter(KinesisVideoStream* stream);

  // Ends the stream at once, without sending what is there. May be called again.
  void free();

  STREAM_HANDLE stream_handle_;
  const KinesisVideoProducer& kinesis_video_producer_;
  std::string stream_name_;
  std::once_flag free_kinesis_video_stream_flag_;
  std::atomic<bool> stream_closed_;
  mutable KinesisVideoStreamMetrics stream_metrics_;
  bool debug_dump_frame_info_;

 private:
  struct __attribute__((visibility("hidden"))) Native;

  std::shared_ptr<Native> native_;
};

}  // namespace video
}  // namespace kinesis
}  // namespace amazonaws
}  // namespace com

#endif  // KVS_KINESISVIDEOSTREAM_H_
