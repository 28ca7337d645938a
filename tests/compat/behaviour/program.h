#ifndef KVS_TESTS_COMPAT_BEHAVIOUR_PROGRAM_H_
#define KVS_TESTS_COMPAT_BEHAVIOUR_PROGRAM_H_

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/hex.h"
#include "tests/support/local_service.h"

#include "KinesisVideoProducer.h"

// A program for Amazon's SDK, as its own tests are written: providers that note what they hear, and frames that a decoder would
// take for such.
namespace kvs::test {

namespace sdk = com::amazonaws::kinesis::video;

inline constexpr char kAccessKey[] = "AKIDLOCALKVSEXAMPLE1";
inline constexpr char kSecretKey[] = "kvslocalSecretKeyForTestsOnly0000EXAMPLE1";
inline constexpr char kAvcConfig[] = "0142c01effe1000c6742c01eda0280f68400000301000468ce3c80";
// Ends a test that would otherwise hang.
inline constexpr auto kPatience = std::chrono::seconds(40);
// The custom data of the callbacks of clients; that of streams is the address of what they note in.
inline constexpr UINT64 kClientData = 0x1234;

// What the callbacks have told.
class Heard {
 public:
  struct Ack {
    FRAGMENT_ACK_TYPE type;
    UINT64 timestamp;
    std::string number;
    UPLOAD_HANDLE upload;
  };
  struct Error {
    STATUS status;
    UINT64 timecode;
    UPLOAD_HANDLE upload;
  };
  struct All {
    std::vector<STREAM_HANDLE> ready;
    std::vector<STREAM_HANDLE> closed;
    std::vector<Ack> acks;
    std::vector<Error> errors;
    std::vector<UINT64> dropped_frames;
    std::vector<UINT64> dropped_fragments;
    std::vector<UINT64> latencies;
    std::vector<UINT64> windows;
    std::vector<UINT64> stores;
    std::vector<UINT64> stale;
    std::vector<std::string> data_available;  // names of streams

    std::size_t Count(FRAGMENT_ACK_TYPE type) const {
      return static_cast<std::size_t>(
          std::count_if(acks.begin(), acks.end(), [type](const Ack& ack) { return ack.type == type; }));
    }
  };

  void Note(const std::function<void(All&)>& note) {
    {
      const std::lock_guard lock(mutex_);
      note(all_);
    }
    changed_.notify_all();
  }
  // Waits until `condition` holds; whether it did.
  bool Await(const std::function<bool(const All&)>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return condition(all_); });
  }
  All all() {
    const std::lock_guard lock(mutex_);
    return all_;
  }

  // Done by the callback before it notes anything; what they are called from is the library's callback thread.
  std::function<void(const Ack&)> on_ack;
  std::function<void(const Error&)> on_error;
  std::function<void()> on_ready;
  std::function<void()> on_data_available;  // on the thread that puts

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  All all_;
};

inline Heard& HeardBy(UINT64 custom_data) { return *reinterpret_cast<Heard*>(custom_data); }

class ClientCallbacksOfProgram : public sdk::ClientCallbackProvider {
 public:
  explicit ClientCallbacksOfProgram(Heard& heard) : heard_(heard) {}
  UINT64 getCallbackCustomData() override { return reinterpret_cast<UINT64>(&heard_); }
  StorageOverflowPressureFunc getStorageOverflowPressureCallback() override {
    return [](UINT64 data, UINT64 left) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.stores.push_back(left); });
      return STATUS_SUCCESS;
    };
  }
  ClientReadyFunc getClientReadyCallback() override {
    return [](UINT64 data, CLIENT_HANDLE client) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.ready.push_back(client); });
      return STATUS_SUCCESS;
    };
  }

 private:
  Heard& heard_;
};

class StreamCallbacksOfProgram : public sdk::StreamCallbackProvider {
 public:
  explicit StreamCallbacksOfProgram(Heard& heard) : heard_(heard) {}
  UINT64 getCallbackCustomData() override { return reinterpret_cast<UINT64>(&heard_); }
  StreamReadyFunc getStreamReadyCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream) -> STATUS {
      if (HeardBy(data).on_ready) {
        HeardBy(data).on_ready();
      }
      HeardBy(data).Note([&](Heard::All& all) { all.ready.push_back(stream); });
      return STATUS_SUCCESS;
    };
  }
  StreamClosedFunc getStreamClosedCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UPLOAD_HANDLE) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.closed.push_back(stream); });
      return STATUS_SUCCESS;
    };
  }
  FragmentAckReceivedFunc getFragmentAckReceivedCallback() override {
    return [](UINT64 data, STREAM_HANDLE, UPLOAD_HANDLE upload, PFragmentAck fragment_ack) -> STATUS {
      const Heard::Ack ack{fragment_ack->ackType, fragment_ack->timestamp, fragment_ack->sequenceNumber, upload};
      if (HeardBy(data).on_ack) {
        HeardBy(data).on_ack(ack);
      }
      HeardBy(data).Note([&](Heard::All& all) { all.acks.push_back(ack); });
      return STATUS_SUCCESS;
    };
  }
  StreamErrorReportFunc getStreamErrorReportCallback() override {
    return [](UINT64 data, STREAM_HANDLE, UPLOAD_HANDLE upload, UINT64 timecode, STATUS status) -> STATUS {
      const Heard::Error error{status, timecode, upload};
      if (HeardBy(data).on_error) {
        HeardBy(data).on_error(error);
      }
      HeardBy(data).Note([&](Heard::All& all) { all.errors.push_back(error); });
      return STATUS_SUCCESS;
    };
  }
  DroppedFrameReportFunc getDroppedFrameReportCallback() override {
    return [](UINT64 data, STREAM_HANDLE, UINT64 time) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.dropped_frames.push_back(time); });
      return STATUS_SUCCESS;
    };
  }
  DroppedFragmentReportFunc getDroppedFragmentReportCallback() override {
    return [](UINT64 data, STREAM_HANDLE, UINT64 time) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.dropped_fragments.push_back(time); });
      return STATUS_SUCCESS;
    };
  }
  StreamLatencyPressureFunc getStreamLatencyPressureCallback() override {
    return [](UINT64 data, STREAM_HANDLE, UINT64 duration) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.latencies.push_back(duration); });
      return STATUS_SUCCESS;
    };
  }
  BufferDurationOverflowPressureFunc getBufferDurationOverflowPressureCallback() override {
    return [](UINT64 data, STREAM_HANDLE, UINT64 left) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.windows.push_back(left); });
      return STATUS_SUCCESS;
    };
  }
  StreamConnectionStaleFunc getStreamConnectionStaleCallback() override {
    return [](UINT64 data, STREAM_HANDLE, UINT64 duration) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.stale.push_back(duration); });
      return STATUS_SUCCESS;
    };
  }
  StreamDataAvailableFunc getStreamDataAvailableCallback() override {
    return [](UINT64 data, STREAM_HANDLE, PCHAR name, UPLOAD_HANDLE, UINT64, UINT64) -> STATUS {
      if (HeardBy(data).on_data_available) {
        HeardBy(data).on_data_available();
      }
      HeardBy(data).Note([&](Heard::All& all) { all.data_available.emplace_back(name); });
      return STATUS_SUCCESS;
    };
  }

 private:
  Heard& heard_;
};

// What a test changes before it makes a client.
struct DeviceOptions {
  UINT64 storage = UINT64{64} << 20;
  UINT32 streams = 16;
  AUTOMATIC_STREAMING_FLAGS flags = AUTOMATIC_STREAMING_INTERMITTENT_PRODUCER;
  std::chrono::milliseconds create_stream_timeout{0};
  std::chrono::milliseconds stop_stream_timeout{0};
  std::chrono::milliseconds offline_wait{0};
};

class DeviceOfProgram : public sdk::DefaultDeviceInfoProvider {
 public:
  explicit DeviceOfProgram(const DeviceOptions& options) : options_(options) {}
  device_info_t getDeviceInfo() override {
    device_info_t info = sdk::DefaultDeviceInfoProvider::getDeviceInfo();
    info.storageInfo.storageSize = options_.storage;
    info.streamCount = options_.streams;
    info.clientInfo.automaticStreamingFlags = options_.flags;
    info.clientInfo.createStreamTimeout = Units(options_.create_stream_timeout);
    info.clientInfo.stopStreamTimeout = Units(options_.stop_stream_timeout);
    info.clientInfo.offlineBufferAvailabilityTimeout = Units(options_.offline_wait);
    return info;
  }

 private:
  static UINT64 Units(std::chrono::milliseconds time) {
    return static_cast<UINT64>(time.count()) * HUNDREDS_OF_NANOS_IN_A_MILLISECOND;
  }
  const DeviceOptions options_;
};

// The arguments of a StreamDefinition, by name.
struct StreamOptions {
  std::string name = "door";
  std::chrono::hours retention{2};
  STREAMING_TYPE type = STREAMING_TYPE_REALTIME;
  std::chrono::milliseconds max_latency{0};
  bool key_frame_fragmentation = true;
  bool absolute_times = true;
  bool frame_timecodes = true;
  bool allow_creation = true;
  UINT32 nal_adaptation = NAL_ADAPTATION_FLAG_NONE;
  std::chrono::seconds buffer{120};
  std::chrono::seconds staleness{50};
  bool codec_data = true;
  CONTENT_STORE_PRESSURE_POLICY store_policy = CONTENT_STORE_PRESSURE_POLICY_DROP_TAIL_ITEM;
  std::map<std::string, std::string> tags;
};

inline const std::vector<std::uint8_t>& AvcConfig() {
  static const std::vector<std::uint8_t> bytes = Hex(kAvcConfig);
  return bytes;
}

inline std::unique_ptr<sdk::StreamDefinition> Define(const StreamOptions& options) {
  const std::vector<std::uint8_t>& config = AvcConfig();
  return std::make_unique<sdk::StreamDefinition>(
      options.name, std::chrono::duration<uint64_t, std::ratio<3600>>(options.retention.count()),
      options.tags.empty() ? nullptr : &options.tags, "", options.type, "video/h264",
      std::chrono::duration<uint64_t, std::milli>(options.max_latency.count()), std::chrono::milliseconds(2000),
      std::chrono::milliseconds(1), options.key_frame_fragmentation, options.frame_timecodes, options.absolute_times,
      /*fragment_acks=*/true, /*restart_on_error=*/true, /*recalculate_metrics=*/true, options.allow_creation,
      options.nal_adaptation, 25, 4 * 1024 * 1024, std::chrono::duration<uint64_t>(options.buffer.count()),
      std::chrono::seconds(20), std::chrono::duration<uint64_t>(options.staleness.count()), "V_MPEG4/ISO/AVC", "kinesis_video",
      options.codec_data ? config.data() : nullptr, options.codec_data ? static_cast<uint32_t>(config.size()) : 0,
      MKV_TRACK_INFO_TYPE_VIDEO, std::vector<uint8_t>(), DEFAULT_TRACK_ID, options.store_policy);
}

inline constexpr std::int64_t kBeginMs = 1'700'000'000'000;

// One access unit of a single NAL unit, in length-prefixed form or, with `annex_b`, behind a start code.
inline STATUS PutVideo(sdk::KinesisVideoStream& stream, std::int64_t ms, bool key, std::size_t size = 500, bool annex_b = false) {
  std::vector<std::uint8_t> bytes(size + 4, 0xAB);
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[i] = static_cast<std::uint8_t>(annex_b ? (i == 3 ? 1U : 0U) : size >> (24 - 8 * i));
  }
  bytes[4] = key ? 0x65 : 0x41;
  ::Frame frame = {};
  frame.version = FRAME_CURRENT_VERSION;
  frame.flags = key ? FRAME_FLAG_KEY_FRAME : FRAME_FLAG_NONE;
  frame.presentationTs = static_cast<UINT64>(kBeginMs + ms) * HUNDREDS_OF_NANOS_IN_A_MILLISECOND;
  frame.decodingTs = frame.presentationTs;
  frame.size = static_cast<UINT32>(bytes.size());
  frame.frameData = bytes.data();
  frame.trackId = DEFAULT_TRACK_ID;
  return stream.statusPutFrame(frame);
}

// A key frame each second and ten frames a second.
inline void PutSeconds(sdk::KinesisVideoStream& stream, int seconds, int from = 0, std::size_t size = 500) {
  for (int i = from * 10; i < (from + seconds) * 10; ++i) {
    ASSERT_EQ(PutVideo(stream, i * 100, i % 10 == 0, size), STATUS_SUCCESS) << i;
  }
}

inline STATUS PutEofr(sdk::KinesisVideoStream& stream) {
  ::Frame eofr = EOFR_FRAME_INITIALIZER;
  return stream.statusPutFrame(eofr);
}

class CompatTest : public testing::Test {
 protected:
  void Serve(const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> all = arguments;
    std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::replace(name.begin(), name.end(), '/', '-');
    events_ = std::filesystem::path(testing::TempDir()) / ("kvs-compat-" + name + ".jsonl");
    std::filesystem::remove(events_);
    all.insert(all.end(), {"--events", events_.string()});
    service_ = std::make_unique<LocalService>(all);
    url_ = service_->url();
  }
  // Nobody listens where the client is to look.
  void ServeNothing() {
    Serve();
    service_.reset();
  }
  emulator::StreamTotals Finish() { return service_->Finish(); }
  // Of this API, the others being left out.
  std::size_t Calls(const std::string& api) const {
    const std::vector<std::string> calls = CallsIn(events_);
    return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), api));
  }

  static std::unique_ptr<sdk::CredentialProvider> Keys(const std::string& access = kAccessKey,
                                                       const std::string& secret = kSecretKey) {
    return std::make_unique<sdk::StaticCredentialProvider>(sdk::Credentials(access, secret));
  }
  std::unique_ptr<sdk::KinesisVideoProducer> MakeProducer(std::unique_ptr<sdk::CredentialProvider> credentials = Keys(),
                                                          API_CALL_CACHE_TYPE cache = API_CALL_CACHE_TYPE_NONE) {
    return sdk::KinesisVideoProducer::createSync(
        std::make_unique<DeviceOfProgram>(device_), std::make_unique<ClientCallbacksOfProgram>(client_heard_),
        std::make_unique<StreamCallbacksOfProgram>(heard_), std::move(credentials), cache, "us-west-2", url_);
  }
  // The text of what was thrown; "" for nothing.
  static std::string Thrown(const std::function<void()>& what) {
    try {
      what();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  DeviceOptions device_;
  Heard client_heard_;
  Heard heard_;
  std::filesystem::path events_;
  std::string url_;
  std::unique_ptr<LocalService> service_;
};

}  // namespace kvs::test

#endif  // KVS_TESTS_COMPAT_BEHAVIOUR_PROGRAM_H_
