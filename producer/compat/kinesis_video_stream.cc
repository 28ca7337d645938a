#include "KinesisVideoStream.h"

#include <cctype>
#include <cstdlib>
#include <ios>
#include <utility>
#include <vector>

#include "producer/compat/native_parts.h"

#include "KinesisVideoProducer.h"
#include "Logger.h"

namespace com::amazonaws::kinesis::video {
namespace {

LOGGER_TAG("com.amazonaws.kinesis.video");

using kvs::compat::NativeStream;

constexpr int kHexBase = 16;

// Whether it worked, and a word in the log if it did not.
bool Worked(STATUS status, const char* what, const std::string& stream) {
  if (STATUS_FAILED(status)) {
    LOG_ERROR("Failed to " << what << ", stream " << stream << ", status: 0x" << std::hex << status);
  }
  return STATUS_SUCCEEDED(status);
}

// False when it is no hexadecimal text.
bool FromHex(const std::string& text, std::vector<unsigned char>& bytes) {
  if (text.size() % 2 != 0) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (std::isxdigit(static_cast<unsigned char>(text[i])) == 0 || std::isxdigit(static_cast<unsigned char>(text[i + 1])) == 0) {
      return false;
    }
    bytes.push_back(static_cast<unsigned char>(std::stoi(text.substr(i, 2), nullptr, kHexBase)));
  }
  return true;
}

}  // namespace

KinesisVideoStream::KinesisVideoStream(const KinesisVideoProducer& kinesis_video_producer, const std::string stream_name)
    : stream_handle_(INVALID_STREAM_HANDLE_VALUE),
      kinesis_video_producer_(kinesis_video_producer),
      stream_name_(stream_name),
      stream_closed_(false),
      debug_dump_frame_info_(std::getenv(DEBUG_DUMP_FRAME_INFO) != nullptr) {}  // NOLINT(concurrency-mt-unsafe)

KinesisVideoStream::KinesisVideoStream(const KinesisVideoStream& other)
    : stream_handle_(other.stream_handle_),
      kinesis_video_producer_(other.kinesis_video_producer_),
      stream_name_(other.stream_name_),
      stream_closed_(other.stream_closed_.load()),
      stream_metrics_(other.stream_metrics_),
      debug_dump_frame_info_(other.debug_dump_frame_info_),
      native_(other.native_) {}

KinesisVideoStream::~KinesisVideoStream() = default;

bool KinesisVideoStream::operator==(const KinesisVideoStream& other) const {
  return stream_handle_ == other.stream_handle_ && stream_name_ == other.stream_name_;
}
bool KinesisVideoStream::operator!=(const KinesisVideoStream& other) const { return !(*this == other); }

void KinesisVideoStream::videoStreamDeleter(KinesisVideoStream* stream) {
  stream->free();
  delete stream;  // NOLINT: a shared_ptr's deleter; the destructor is protected
}

// Without free_kinesis_video_stream_flag_: who frees a stream waits for its callbacks, and they may be freeing it, too.
void KinesisVideoStream::free() {
  if (NativeStream* const native = Native::Of(*this)) {
    native->Free();
  }
  stream_closed_ = true;
}

STATUS KinesisVideoStream::statusPutFrame(KinesisVideoFrame& frame) const {
  NativeStream* const native = Native::Of(*this);
  const STATUS status = native != nullptr ? native->PutFrame(frame) : STATUS_NULL_ARG;
  KinesisVideoStreamMetrics metrics;
  if (STATUS_SUCCEEDED(status) && CHECK_FRAME_FLAG_KEY_FRAME(frame.flags) && LOG_IS_DEBUG_ENABLED &&
      STATUS_SUCCEEDED(native->Metrics(metrics.stream_metrics_))) {
    LOG_DEBUG("Stream " << stream_name_ << ": " << metrics.getCurrentViewSize() << " of " << metrics.getOverallViewSize()
                        << " bytes and " << metrics.getCurrentViewDuration().count() << " of "
                        << metrics.getOverallViewDuration().count() << " ms wait to be sent, "
                        << metrics.getCurrentTransferRate() << " bytes/s");
  }
  return status;
}

bool KinesisVideoStream::putFrame(KinesisVideoFrame& frame) const {
  return Worked(statusPutFrame(frame), "put a frame", stream_name_);
}

KinesisVideoStreamMetrics KinesisVideoStream::getMetrics() const {
  NativeStream* const native = Native::Of(*this);
  KinesisVideoStreamMetrics metrics;
  const STATUS status = native != nullptr ? native->Metrics(metrics.stream_metrics_) : STATUS_NULL_ARG;
  if (STATUS_FAILED(status)) {
    LOG_AND_THROW("Failed to get stream metrics with: " << std::hex << status);
  }
  return metrics;
}

bool KinesisVideoStream::putFragmentMetadata(const std::string& name, const std::string& value, bool persistent) {
  NativeStream* const native = Native::Of(*this);
  const STATUS status = native != nullptr ? native->PutMetadata(name, value, persistent) : STATUS_NULL_ARG;
  return Worked(status, "put metadata", stream_name_);
}

bool KinesisVideoStream::putEventMetadata(uint32_t event, PStreamEventMetadata event_metadata) {
  NativeStream* const native = Native::Of(*this);
  const STATUS status = native != nullptr ? native->PutEvent(event, event_metadata) : STATUS_NULL_ARG;
  return Worked(status, "put an event", stream_name_);
}

bool KinesisVideoStream::start(const std::string& hexEncodedCodecPrivateData, uint64_t trackId) {
  std::vector<unsigned char> bytes;
  if (!FromHex(hexEncodedCodecPrivateData, bytes)) {
    return Worked(STATUS_INVALID_ARG, "read codec data", stream_name_);
  }
  return start(bytes.data(), bytes.size(), trackId);
}

bool KinesisVideoStream::start(const unsigned char* codecPrivateData, size_t codecPrivateDataSize, uint64_t trackId) {
  NativeStream* const native = Native::Of(*this);
  const STATUS status = native == nullptr || (codecPrivateData == nullptr && codecPrivateDataSize > 0)
                            ? STATUS_NULL_ARG
                            : native->SetCodecData(trackId, {codecPrivateData, codecPrivateDataSize});
  return Worked(status, "set codec data", stream_name_);
}

bool KinesisVideoStream::start() { return true; }

bool KinesisVideoStream::resetConnection() {
  NativeStream* const native = Native::Of(*this);
  return Worked(native != nullptr ? native->ResetConnection() : STATUS_NULL_ARG, "reset the connection", stream_name_);
}

bool KinesisVideoStream::resetStream() {
  NativeStream* const native = Native::Of(*this);
  return Worked(native != nullptr ? native->Reset() : STATUS_NULL_ARG, "reset the stream", stream_name_);
}

bool KinesisVideoStream::stop() {
  NativeStream* const native = Native::Of(*this);
  return Worked(native != nullptr ? native->Stop() : STATUS_NULL_ARG, "stop", stream_name_);
}

bool KinesisVideoStream::stopSync() {
  NativeStream* const native = Native::Of(*this);
  return Worked(native != nullptr ? native->StopSync() : STATUS_NULL_ARG, "stop", stream_name_);
}

}  // namespace com::amazonaws::kinesis::video
