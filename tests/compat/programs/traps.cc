// What programs for Amazon's SDK do that a header easily breaks. Compiles as C++11 and later, with no warning; run, it exits
// with 0.
#include <Logger.h>
#include "KinesisVideoProducer.h"
#include <IotCertCredentialProvider.h>
#include <RotatingCredentialProvider.h>
#include "CachingEndpointOnlyCallbackProvider.h"
#include "PutFrameHelper.h"

using namespace std;
using namespace std::chrono;
using namespace com::amazonaws::kinesis::video;
using namespace log4cplus;

LOGGER_TAG("com.amazonaws.kinesis.video.traps");

namespace {

// Names of programs, which no header of the library may define otherwise.
#define DEFAULT_RETENTION_PERIOD_HOURS 2
#define DEFAULT_KMS_KEY_ID ""
#define DEFAULT_STREAMING_TYPE STREAMING_TYPE_REALTIME
#define DEFAULT_CONTENT_TYPE "video/h264"
#define DEFAULT_MAX_LATENCY_SECONDS 60
#define DEFAULT_FRAGMENT_DURATION_MILLISECONDS 2000
#define DEFAULT_TIMECODE_SCALE_MILLISECONDS 1
#define DEFAULT_STREAM_FRAMERATE 25
#define DEFAULT_AVG_BANDWIDTH_BPS (4 * 1024 * 1024)
#define DEFAULT_BUFFER_DURATION_SECONDS 120
#define DEFAULT_CODEC_ID "V_MPEG4/ISO/AVC"
#define DEFAULT_TRACKNAME "kinesis_video"
#define DEFAULT_STORAGE_SIZE (128 * 1024 * 1024)
#define DEFAULT_VIDEO_TRACKID 1
#define DEFAULT_AUDIO_TRACKID 2
#define DEFAULT_AUDIO_TRACK_NAME "audio"
#define DEFAULT_AUDIO_CODEC_ID "A_AAC"
#define DEFAULT_BUFFER_SIZE (1 * 1024 * 1024)
#define DEFAULT_FRAME_DURATION_MS 2
#define MAX_URL_LENGTH 65536
#define APP_SINK_BASE_NAME "appsink"

// All namespaces at once: these names have to be those of std and log4cplus, and of nothing else.
Logger rootLogger() {
  const LogLevel level = DEBUG_LOG_LEVEL;
  Logger logger = Logger::getRoot();
  logger.setLogLevel(level);
  return logger;
}

int failures = 0;

void check(bool condition, const char* what) {
  if (!condition) {
    cerr << "FAILED: " << what << endl;
    ++failures;
  }
}

// LOG_ macros end in their own semicolon, and are written with and without one.
void logs() {
  LOGGER_TAG("com.amazonaws.kinesis.video.traps.function");
  LOG_TRACE("trace " << 1)
  LOG_DEBUG("debug " << 2)
  LOG_DEBUG("debug " << hex << 3);
  LOG_INFO(string("info"));
  if (LOG_IS_DEBUG_ENABLED) {
    LOG_WARN("warn")
  } else {
    LOG_ERROR("error");
  }
  check(KinesisVideoLogger::getInstance().getName() == LOG4CPLUS_TEXT("com.amazonaws.kinesis.video.traps.function"), "tag");
  KinesisVideoLogger::getInstance().setLogLevel(log4cplus::DEBUG_LOG_LEVEL);
  string text;
  try {
    LOG_AND_THROW("thrown " << 4);
  } catch (const runtime_error& e) {
    text = e.what();
  }
  check(text == "thrown 4", "LOG_AND_THROW");
  DLOGI("%s %" PRIu64, "printed", static_cast<UINT64>(5));
}

// A subclass may have a member with this name, and reads the keys of its base.
class RotatingKeys : public StaticCredentialProvider {
 public:
  RotatingKeys(const Credentials& credentials, uint32_t period) : StaticCredentialProvider(credentials), ROTATION_PERIOD(period) {}

  void updateCredentials(Credentials& credentials) override {
    credentials = credentials_;
    auto now_time = std::chrono::duration_cast<std::chrono::seconds>(systemCurrentTime().time_since_epoch());
    auto expiration_seconds = now_time + ROTATION_PERIOD;
    credentials.setExpiration(std::chrono::seconds(expiration_seconds.count()));
  }

 private:
  const std::chrono::duration<uint64_t> ROTATION_PERIOD;
};

class Device : public DefaultDeviceInfoProvider {
 public:
  device_info_t getDeviceInfo() override {
    auto device_info = DefaultDeviceInfoProvider::getDeviceInfo();
    device_info.storageInfo.storageSize = static_cast<UINT64>(DEFAULT_STORAGE_SIZE);
    device_info.streamCount = 1;
    device_info.clientInfo.automaticStreamingFlags = AUTOMATIC_STREAMING_ALWAYS_CONTINUOUS;
    return device_info;
  }
};

class ClientCallbacksOfProgram : public ClientCallbackProvider {
 public:
  UINT64 getCallbackCustomData() override { return reinterpret_cast<UINT64>(this); }
  StorageOverflowPressureFunc getStorageOverflowPressureCallback() override { return storageOverflowPressure; }

  static STATUS storageOverflowPressure(UINT64 custom_handle, UINT64 remaining_bytes) {
    UNUSED_PARAM(custom_handle);
    UNUSED_PARAM(remaining_bytes);
    return STATUS_SUCCESS;
  }
};

class StreamCallbacksOfProgram : public StreamCallbackProvider {
 public:
  explicit StreamCallbacksOfProgram(UINT64 custom_data) : custom_data_(custom_data) {}

  UINT64 getCallbackCustomData() override { return custom_data_; }
  StreamConnectionStaleFunc getStreamConnectionStaleCallback() override { return streamConnectionStale; }
  StreamErrorReportFunc getStreamErrorReportCallback() override { return streamErrorReport; }
  DroppedFrameReportFunc getDroppedFrameReportCallback() override { return streamConnectionStale; }
  // Declared with the plain types that the handles are.
  StreamClosedFunc getStreamClosedCallback() override { return streamClosed; }
  StreamLatencyPressureFunc getStreamLatencyPressureCallback() override { return streamConnectionStale; }
  FragmentAckReceivedFunc getFragmentAckReceivedCallback() override { return fragmentAckReceived; }
  StreamDataAvailableFunc getStreamDataAvailableCallback() override { return streamDataAvailable; }
  BufferDurationOverflowPressureFunc getBufferDurationOverflowPressureCallback() override { return streamConnectionStale; }

 private:
  static STATUS streamConnectionStale(UINT64, STREAM_HANDLE, UINT64) { return STATUS_SUCCESS; }
  static STATUS streamClosed(UINT64, STREAM_HANDLE, UINT64) { return STATUS_SUCCESS; }
  static STATUS streamErrorReport(UINT64, STREAM_HANDLE, UPLOAD_HANDLE, UINT64, STATUS status) {
    return IS_RETRIABLE_ERROR(status) || IS_RECOVERABLE_ERROR(status) ? STATUS_SUCCESS : STATUS_INVALID_OPERATION;
  }
  static STATUS fragmentAckReceived(UINT64, STREAM_HANDLE, UPLOAD_HANDLE, PFragmentAck ack) {
    return ack->ackType == FRAGMENT_ACK_TYPE_PERSISTED || ack->ackType == FRAGMENT_ACK_TYPE_BUFFERING ? STATUS_SUCCESS
                                                                                                     : STATUS_NOT_FOUND;
  }
  static STATUS streamDataAvailable(UINT64, STREAM_HANDLE, PCHAR, UPLOAD_HANDLE, UINT64, UINT64) { return STATUS_SUCCESS; }

  UINT64 custom_data_;
};

atomic_uint stream_status(STATUS_SUCCESS);

PVOID threadRoutine(PVOID argument) {
  THREAD_SLEEP(1 * HUNDREDS_OF_NANOS_IN_A_MILLISECOND);
  *reinterpret_cast<atomic_uint*>(argument) = STATUS_NULL_ARG;
  return nullptr;
}

void platform() {
  TID thread;
  const UINT64 before = GETTIME();
  check(STATUS_SUCCEEDED(THREAD_CREATE(&thread, threadRoutine, static_cast<PVOID>(&stream_status))), "THREAD_CREATE");
  check(STATUS_SUCCESS == THREAD_JOIN(thread, NULL), "THREAD_JOIN");
  check(GETTIME() > before, "GETTIME");
  check(stream_status.load() == STATUS_NULL_ARG, "a STATUS in an atomic_uint");
  check(GETTID() != 0, "GETTID");

  int number = 0;
  char digits[] = "-42";
  check(STATUS_SUCCESS == STRTOI32(digits, NULL, 10, &number) && number == -42, "STRTOI32");

  char name[MAX_STREAM_NAME_LEN + 1];
  MEMSET(name, 0, SIZEOF(name));
  STRNCPY(name, "stream", MAX_STREAM_NAME_LEN);
  STRNCAT(name, "_1", MAX_STREAM_NAME_LEN - STRNLEN(name, MAX_STREAM_NAME_LEN));
  check(STRCMP(name, "stream_1") == 0 && STRCMPI(name, "STREAM_1") == 0, "STRCMP");
  check(STRCHR(name, '_') != NULL && !IS_EMPTY_STRING(name), "STRCHR");
  char tag[MAX_TAG_NAME_LEN + MAX_TAG_VALUE_LEN];
  SNPRINTF(tag, SIZEOF(tag), "%s_%d", name, MAX(RAND() % 1, 3));
  check(string(tag) == "stream_1_3", "SNPRINTF");
  check(GETENV(ACCESS_KEY_ENV_VAR) == std::getenv("AWS_ACCESS_KEY_ID"), "GETENV");
  check(string(SECRET_KEY_ENV_VAR) == "AWS_SECRET_ACCESS_KEY" && string(SESSION_TOKEN_ENV_VAR) == "AWS_SESSION_TOKEN" &&
            string(DEFAULT_REGION_ENV_VAR) == "AWS_DEFAULT_REGION" && string(CACERT_PATH_ENV_VAR) == "AWS_KVS_CACERT_PATH",
        "names of variables");
  check(RESET_INSTRUMENTED_ALLOCATORS() == STATUS_SUCCESS, "RESET_INSTRUMENTED_ALLOCATORS");
}

void frames() {
  Frame eofr = EOFR_FRAME_INITIALIZER;
  check(eofr.flags == FRAME_FLAG_END_OF_FRAGMENT && eofr.size == 0 && eofr.frameData == NULL, "EOFR_FRAME_INITIALIZER");
  Frame frame;
  frame.index = 1;
  frame.flags = FRAME_FLAG_KEY_FRAME;
  frame.decodingTs = static_cast<UINT64>(duration_cast<nanoseconds>(milliseconds(20)).count()) / DEFAULT_TIME_UNIT_IN_NANOS;
  check(CHECK_FRAME_FLAG_KEY_FRAME(frame.flags) && !CHECK_FRAME_FLAG_KEY_FRAME(eofr.flags), "CHECK_FRAME_FLAG_KEY_FRAME");
  check(frame.decodingTs == 20 * HUNDREDS_OF_NANOS_IN_A_MILLISECOND, "units of time");
  check(IS_OFFLINE_STREAMING_MODE(STREAMING_TYPE_OFFLINE), "IS_OFFLINE_STREAMING_MODE");
}

void definitions() {
  const map<string, string> tags = {{"name", "value"}};
  unique_ptr<StreamDefinition> twelve(new StreamDefinition(
      "stream", hours(DEFAULT_RETENTION_PERIOD_HOURS), &tags, DEFAULT_KMS_KEY_ID, DEFAULT_STREAMING_TYPE, DEFAULT_CONTENT_TYPE,
      duration_cast<milliseconds>(seconds(DEFAULT_MAX_LATENCY_SECONDS)), milliseconds(DEFAULT_FRAGMENT_DURATION_MILLISECONDS),
      milliseconds(DEFAULT_TIMECODE_SCALE_MILLISECONDS), true, true, true));
  // Durations of other units, and a plain 0 for the flags.
  StreamDefinition twenty_two("stream", hours(2), &tags, "", STREAMING_TYPE_OFFLINE, "video/h264", milliseconds::zero(), seconds(2),
                              milliseconds(1), true, true, true, true, true, true, true, 0, DEFAULT_STREAM_FRAMERATE,
                              DEFAULT_AVG_BANDWIDTH_BPS, seconds(DEFAULT_BUFFER_DURATION_SECONDS), seconds(40), seconds(30));
  const uint8_t cpd[] = {1, 2, 3};
  StreamDefinition twenty_six("stream", hours(2), nullptr, "", STREAMING_TYPE_NEAR_REALTIME, "video/h264", milliseconds::zero(),
                              seconds(2), milliseconds(1), true, true, true, true, true, true, true, 0, 25, 1024, seconds(120),
                              seconds(40), seconds(30), DEFAULT_CODEC_ID, DEFAULT_TRACKNAME, cpd, sizeof(cpd));
  StreamDefinition twenty_nine("stream", hours(2), nullptr, "", STREAMING_TYPE_REALTIME, "video/h264,audio/aac",
                               milliseconds::zero(), seconds(2), milliseconds(1), true, true, true, true, true, true, true,
                               NAL_ADAPTATION_ANNEXB_NALS | NAL_ADAPTATION_ANNEXB_CPD_NALS, 25, 1024, seconds(120), seconds(40),
                               seconds(30), DEFAULT_CODEC_ID, DEFAULT_TRACKNAME, nullptr, 0, MKV_TRACK_INFO_TYPE_VIDEO,
                               vector<uint8_t>(MKV_SEGMENT_UUID_LEN), DEFAULT_VIDEO_TRACKID);
  twenty_nine.addTrack(DEFAULT_AUDIO_TRACKID, DEFAULT_AUDIO_TRACK_NAME, DEFAULT_AUDIO_CODEC_ID, MKV_TRACK_INFO_TYPE_AUDIO);
  check(twenty_nine.getTrackCount() == 2 && twelve->getStreamName() == "stream", "StreamDefinition");
  check(twenty_two.getStreamInfo().streamCaps.nalAdaptationFlags == NAL_ADAPTATION_FLAG_NONE, "flags");
}

// The last argument is a signed number: of four overloads one fits.
unique_ptr<DefaultCallbackProvider> callbackProvider(API_CALL_CACHE_TYPE cache_type) {
  return unique_ptr<DefaultCallbackProvider>(new DefaultCallbackProvider(
      unique_ptr<ClientCallbackProvider>(new ClientCallbacksOfProgram()),
      unique_ptr<StreamCallbackProvider>(new StreamCallbacksOfProgram(1)),
      unique_ptr<CredentialProvider>(new RotatingKeys(Credentials("key", "secret"), 160)), DEFAULT_AWS_REGION, EMPTY_STRING,
      EMPTY_STRING, EMPTY_STRING, EMPTY_STRING, cache_type, DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD));
}

// Compiled and not run: it would need a service.
unique_ptr<KinesisVideoProducer> clients(bool of_program) {
  if (of_program) {
    return KinesisVideoProducer::createSync(unique_ptr<DeviceInfoProvider>(new Device()), callbackProvider(API_CALL_CACHE_TYPE_ALL));
  }
  auto callbacks = unique_ptr<StreamCallbackProvider>(new StreamCallbacksOfProgram(1));
  return KinesisVideoProducer::createSync(
      unique_ptr<DeviceInfoProvider>(new Device()), unique_ptr<ClientCallbackProvider>(new ClientCallbacksOfProgram()),
      move(callbacks), unique_ptr<CredentialProvider>(new RotatingKeys(Credentials("key", "secret"), 160)),
      API_CALL_CACHE_TYPE_ALL, DEFAULT_AWS_REGION, CONTROL_PLANE_URI_ENV_VAR);
}

}  // namespace

int main(int argc, char** argv) {
  check(rootLogger().getLogLevel() == DEBUG_LOG_LEVEL, "root logger");
  LOG_CONFIGURE_STDOUT("ERROR");
  logs();
  platform();
  frames();
  definitions();
  check(Device().getDeviceInfo().storageInfo.storageSize == 128 * 1024 * 1024, "device");
  check(callbackProvider(API_CALL_CACHE_TYPE_ENDPOINT_ONLY) != nullptr, "DefaultCallbackProvider");
  if (argc > 2) {
    log4cplus::PropertyConfigurator::doConfigure(LOG4CPLUS_C_STR_TO_TSTRING(argv[1]));
    clients(true)->getMetrics();
    clients(false)->freeStreams();
  }
  return failures;
}
