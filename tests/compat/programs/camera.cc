// A program as they are written for Amazon's SDK: a client, a stream, frames, metadata, and the end.
#include <Logger.h>
#include "KinesisVideoProducer.h"
#include <IotCertCredentialProvider.h>

using namespace std;
using namespace std::chrono;
using namespace com::amazonaws::kinesis::video;
using namespace log4cplus;

LOGGER_TAG("com.amazonaws.kinesis.video.camera");

#define DEFAULT_RETENTION_PERIOD_HOURS 2
#define DEFAULT_STORAGE_SIZE (64 * 1024 * 1024)
#define DEFAULT_STREAM_FRAMERATE 25

typedef struct _CameraState {
  unique_ptr<KinesisVideoProducer> producer;
  shared_ptr<KinesisVideoStream> stream;
  atomic_uint stream_status;
  atomic<uint64_t> persisted;
} CameraState;

class CameraClientCallbacks : public ClientCallbackProvider {
 public:
  UINT64 getCallbackCustomData() override { return reinterpret_cast<UINT64>(this); }
  StorageOverflowPressureFunc getStorageOverflowPressureCallback() override { return storageOverflowPressure; }

  static STATUS storageOverflowPressure(UINT64 custom_handle, UINT64 remaining_bytes);
};

class CameraStreamCallbacks : public StreamCallbackProvider {
  UINT64 custom_data_;

 public:
  CameraStreamCallbacks(UINT64 custom_data) : custom_data_(custom_data) {}

  UINT64 getCallbackCustomData() override { return custom_data_; }
  StreamConnectionStaleFunc getStreamConnectionStaleCallback() override { return streamConnectionStaleHandler; }
  StreamErrorReportFunc getStreamErrorReportCallback() override { return streamErrorReportHandler; }
  DroppedFrameReportFunc getDroppedFrameReportCallback() override { return droppedFrameReportHandler; }
  FragmentAckReceivedFunc getFragmentAckReceivedCallback() override { return fragmentAckReceivedHandler; }

 private:
  static STATUS streamConnectionStaleHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UINT64 last_buffering_ack);
  static STATUS streamErrorReportHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UPLOAD_HANDLE upload_handle,
                                         UINT64 errored_timecode, STATUS status_code);
  static STATUS droppedFrameReportHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UINT64 dropped_frame_timecode);
  static STATUS fragmentAckReceivedHandler(UINT64 custom_data, STREAM_HANDLE stream_handle, UPLOAD_HANDLE upload_handle,
                                           PFragmentAck fragment_ack);
};

class CameraCredentials : public StaticCredentialProvider {
  // Test rotation period is 40 minutes for the grace period.
  const std::chrono::duration<uint64_t> ROTATION_PERIOD = std::chrono::seconds(2400);

 public:
  CameraCredentials(const Credentials& credentials) : StaticCredentialProvider(credentials) {}

  void updateCredentials(Credentials& credentials) override {
    credentials = credentials_;
    auto now_time = std::chrono::duration_cast<std::chrono::seconds>(systemCurrentTime().time_since_epoch());
    auto expiration_seconds = now_time + ROTATION_PERIOD;
    credentials.setExpiration(std::chrono::seconds(expiration_seconds.count()));
    LOG_INFO("New credentials expiration is " << credentials.getExpiration().count());
  }
};

class CameraDevice : public DefaultDeviceInfoProvider {
 public:
  device_info_t getDeviceInfo() override {
    auto device_info = DefaultDeviceInfoProvider::getDeviceInfo();
    device_info.storageInfo.storageSize = static_cast<UINT64>(DEFAULT_STORAGE_SIZE);
    return device_info;
  }
};

STATUS CameraClientCallbacks::storageOverflowPressure(UINT64 custom_handle, UINT64 remaining_bytes) {
  UNUSED_PARAM(custom_handle);
  LOG_WARN("Reporting storage overflow. Bytes remaining " << remaining_bytes);
  return STATUS_SUCCESS;
}

STATUS CameraStreamCallbacks::streamConnectionStaleHandler(UINT64 custom_data, STREAM_HANDLE stream_handle,
                                                           UINT64 last_buffering_ack) {
  UNUSED_PARAM(custom_data);
  LOG_WARN("Reporting stream stale of " << stream_handle << ". Last ACK received " << last_buffering_ack);
  return STATUS_SUCCESS;
}

STATUS CameraStreamCallbacks::streamErrorReportHandler(UINT64 custom_data, STREAM_HANDLE, UPLOAD_HANDLE, UINT64 errored_timecode,
                                                       STATUS status_code) {
  LOG_ERROR("Reporting stream error. Errored timecode: " << errored_timecode << " Status: 0x" << std::hex << status_code)
  CameraState* state = reinterpret_cast<CameraState*>(custom_data);
  bool terminate = true;
  if (IS_RETRIABLE_ERROR(status_code) || IS_RECOVERABLE_ERROR(status_code)) {
    terminate = false;
  }
  if (state != NULL && terminate) {
    state->stream_status = status_code;
  }
  return STATUS_SUCCESS;
}

STATUS CameraStreamCallbacks::droppedFrameReportHandler(UINT64, STREAM_HANDLE, UINT64 dropped_frame_timecode) {
  LOG_WARN("Reporting dropped frame. Frame timecode " << dropped_frame_timecode);
  return STATUS_SUCCESS;
}

STATUS CameraStreamCallbacks::fragmentAckReceivedHandler(UINT64 custom_data, STREAM_HANDLE, UPLOAD_HANDLE,
                                                         PFragmentAck fragment_ack) {
  CameraState* state = reinterpret_cast<CameraState*>(custom_data);
  if (fragment_ack->ackType == FRAGMENT_ACK_TYPE_PERSISTED) {
    state->persisted++;
    LOG_DEBUG("Persisted " << fragment_ack->timestamp)
  }
  return STATUS_SUCCESS;
}

void create_kinesis_video_frame(Frame* frame, const nanoseconds& pts, const nanoseconds& dts, FRAME_FLAGS flags, void* data,
                                size_t len) {
  frame->flags = flags;
  frame->decodingTs = static_cast<UINT64>(dts.count()) / DEFAULT_TIME_UNIT_IN_NANOS;
  frame->presentationTs = static_cast<UINT64>(pts.count()) / DEFAULT_TIME_UNIT_IN_NANOS;
  frame->duration = 0;
  frame->size = static_cast<UINT32>(len);
  frame->frameData = reinterpret_cast<PBYTE>(data);
  frame->trackId = DEFAULT_TRACK_ID;
}

void kinesis_video_init(CameraState* state, const char* stream_name) {
  unique_ptr<DeviceInfoProvider> device_info_provider(new CameraDevice());
  unique_ptr<ClientCallbackProvider> client_callback_provider(new CameraClientCallbacks());
  unique_ptr<StreamCallbackProvider> stream_callback_provider(new CameraStreamCallbacks(reinterpret_cast<UINT64>(state)));

  char const* accessKey;
  char const* secretKey;
  char const* sessionToken;
  char const* defaultRegion;
  string defaultRegionStr;
  string sessionTokenStr;
  unique_ptr<CredentialProvider> credential_provider;
  if (nullptr == (defaultRegion = getenv(DEFAULT_REGION_ENV_VAR))) {
    defaultRegionStr = DEFAULT_AWS_REGION;
  } else {
    defaultRegionStr = string(defaultRegion);
  }
  if (nullptr != (accessKey = getenv(ACCESS_KEY_ENV_VAR)) && nullptr != (secretKey = getenv(SECRET_KEY_ENV_VAR))) {
    if (nullptr != (sessionToken = getenv(SESSION_TOKEN_ENV_VAR))) {
      sessionTokenStr = string(sessionToken);
    }
    credential_provider.reset(
        new CameraCredentials(Credentials(string(accessKey), string(secretKey), sessionTokenStr, std::chrono::seconds(3600))));
  } else if (getenv("CERT_PATH") != nullptr) {
    credential_provider.reset(new IotCertCredentialProvider(getenv("IOT_GET_CREDENTIAL_ENDPOINT"), getenv("CERT_PATH"),
                                                            getenv("PRIVATE_KEY_PATH"), getenv("ROLE_ALIAS"),
                                                            getenv("CA_CERT_PATH"), stream_name));
  } else {
    LOG_AND_THROW("No valid credential method was found");
  }
  const char* control_plane_uri = getenv(CONTROL_PLANE_URI_ENV_VAR);
  state->producer = KinesisVideoProducer::createSync(move(device_info_provider), move(client_callback_provider),
                                                     move(stream_callback_provider), move(credential_provider),
                                                     API_CALL_CACHE_TYPE_ALL, defaultRegionStr,
                                                     control_plane_uri == nullptr ? "" : control_plane_uri);
  LOG_DEBUG("Client is ready");

  map<string, string> tags;
  char tag_name[MAX_TAG_NAME_LEN];
  char tag_val[MAX_TAG_VALUE_LEN];
  SNPRINTF(tag_name, MAX_TAG_NAME_LEN, "piTag");
  SNPRINTF(tag_val, MAX_TAG_VALUE_LEN, "piValue");
  tags.emplace(std::make_pair(tag_name, tag_val));
  unique_ptr<StreamDefinition> stream_definition(new StreamDefinition(
      stream_name, hours(DEFAULT_RETENTION_PERIOD_HOURS), &tags, "", STREAMING_TYPE_REALTIME, "video/h264", milliseconds(60000),
      milliseconds(2000), milliseconds(1), true, true, true, true, true, true, true, NAL_ADAPTATION_FLAG_NONE,
      DEFAULT_STREAM_FRAMERATE, 4 * 1024 * 1024, seconds(120), seconds(40), seconds(60), "V_MPEG4/ISO/AVC", "kinesis_video",
      nullptr, 0));
  state->stream = state->producer->createStreamSync(move(stream_definition));
  state->stream_status = STATUS_SUCCESS;
  LOG_DEBUG("Stream " << state->stream->getStreamName() << " is ready")
}

int main(int argc, char* argv[]) {
  PropertyConfigurator::doConfigure("../kvs_log_configuration");
  if (argc < 2) {
    LOG_ERROR("Usage: AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret camera my-stream-name");
    return -1;
  }
  char stream_name[MAX_STREAM_NAME_LEN + 1];
  STRNCPY(stream_name, argv[1], MAX_STREAM_NAME_LEN);
  stream_name[MAX_STREAM_NAME_LEN] = '\0';

  CameraState state;
  state.persisted = 0;
  try {
    kinesis_video_init(&state, stream_name);
    // SPS and PPS of 16 by 16 pixels.
    state.stream->start(string("014d400affe1000a674d400aec8b00000fa001000468ee3c80"), DEFAULT_TRACK_ID);
    const nanoseconds base = system_clock::now().time_since_epoch();
    unsigned char data[] = {0, 0, 0, 4, 0x65, 1, 2, 3};
    for (uint32_t i = 0; i < 3 * DEFAULT_STREAM_FRAMERATE && state.stream_status.load() == STATUS_SUCCESS; ++i) {
      bool key = i % DEFAULT_STREAM_FRAMERATE == 0;
      Frame frame = {};
      nanoseconds time = base + milliseconds(40) * i;
      create_kinesis_video_frame(&frame, time, time, key ? FRAME_FLAG_KEY_FRAME : FRAME_FLAG_NONE, data, sizeof(data));
      frame.index = i;
      if (CHECK_FRAME_FLAG_KEY_FRAME(frame.flags) && i > 0) {
        state.stream->putEventMetadata(STREAM_EVENT_TYPE_NOTIFICATION | STREAM_EVENT_TYPE_IMAGE_GENERATION, NULL);
        state.stream->putFragmentMetadata("name", "value", false);
      }
      STATUS status = state.stream->statusPutFrame(frame);
      if (STATUS_FAILED(status)) {
        LOG_ERROR("Failed to put frame with status: 0x" << std::hex << status);
      }
    }
    Frame eofr = EOFR_FRAME_INITIALIZER;
    state.stream->putFrame(eofr);
    state.stream->stopSync();
    LOG_INFO("Put " << state.stream->getMetrics().getRawMetrics()->transferredBytes << " bytes");
    state.producer->freeStream(state.stream);
  } catch (runtime_error& err) {
    LOG_ERROR("Failed: " << err.what());
    return 1;
  }
  cout << "persisted " << state.persisted.load() << endl;
  return static_cast<int>(state.stream_status.load());
}
