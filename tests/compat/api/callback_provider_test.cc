#include <chrono>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "CachingEndpointOnlyCallbackProvider.h"
#include "DefaultCallbackProvider.h"
#include "GetTime.h"
#include "producer/compat/native_access.h"

namespace {

using com::amazonaws::kinesis::video::CachingEndpointOnlyCallbackProvider;
using com::amazonaws::kinesis::video::ClientCallbackProvider;
using com::amazonaws::kinesis::video::CredentialProvider;
using com::amazonaws::kinesis::video::Credentials;
using com::amazonaws::kinesis::video::DefaultCallbackProvider;
using com::amazonaws::kinesis::video::EmptyCredentialProvider;
using com::amazonaws::kinesis::video::NativeAccess;
using com::amazonaws::kinesis::video::RotatingCredentialProvider;
using com::amazonaws::kinesis::video::StaticCredentialProvider;
using com::amazonaws::kinesis::video::StreamCallbackProvider;
using testing::ElementsAre;

constexpr UINT64 kMinute = HUNDREDS_OF_NANOS_IN_A_MINUTE;
constexpr STATUS kAnswer = 0x1234;

// What a callback was called with.
struct Heard {
  std::vector<std::string> calls;

  template <typename... Arguments>
  static STATUS Note(UINT64 custom_data, const char* name, Arguments... arguments) {
    std::ostringstream text;
    text << name;
    ((text << ' ' << arguments), ...);
    reinterpret_cast<Heard*>(custom_data)->calls.push_back(text.str());
    return kAnswer;
  }
};

class TellingStreamCallbacks : public StreamCallbackProvider {
 public:
  explicit TellingStreamCallbacks(Heard& heard) : heard_(heard) {}

  UINT64 getCallbackCustomData() override { return reinterpret_cast<UINT64>(&heard_); }
  StreamUnderflowReportFunc getStreamUnderflowReportCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream) { return Heard::Note(data, "underflow", stream); };
  }
  StreamLatencyPressureFunc getStreamLatencyPressureCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UINT64 time) { return Heard::Note(data, "latency", stream, time); };
  }
  DroppedFrameReportFunc getDroppedFrameReportCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UINT64 time) { return Heard::Note(data, "frame", stream, time); };
  }
  StreamConnectionStaleFunc getStreamConnectionStaleCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UINT64 time) { return Heard::Note(data, "stale", stream, time); };
  }
  DroppedFragmentReportFunc getDroppedFragmentReportCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UINT64 time) { return Heard::Note(data, "fragment", stream, time); };
  }
  StreamErrorReportFunc getStreamErrorReportCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UPLOAD_HANDLE upload, UINT64 time, STATUS status) {
      return Heard::Note(data, "error", stream, upload, time, status);
    };
  }
  StreamReadyFunc getStreamReadyCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream) { return Heard::Note(data, "ready", stream); };
  }
  StreamClosedFunc getStreamClosedCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UPLOAD_HANDLE upload) { return Heard::Note(data, "closed", stream, upload); };
  }
  StreamDataAvailableFunc getStreamDataAvailableCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, PCHAR name, UPLOAD_HANDLE upload, UINT64 time, UINT64 size) {
      return Heard::Note(data, "data", stream, name, upload, time, size);
    };
  }
  FragmentAckReceivedFunc getFragmentAckReceivedCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UPLOAD_HANDLE upload, PFragmentAck ack) {
      return Heard::Note(data, "ack", stream, upload, ack->timestamp);
    };
  }
  BufferDurationOverflowPressureFunc getBufferDurationOverflowPressureCallback() override {
    return [](UINT64 data, STREAM_HANDLE stream, UINT64 time) { return Heard::Note(data, "buffer", stream, time); };
  }

 private:
  Heard& heard_;
};

class TellingClientCallbacks : public ClientCallbackProvider {
 public:
  explicit TellingClientCallbacks(Heard& heard) : heard_(heard) {}

  UINT64 getCallbackCustomData() override { return reinterpret_cast<UINT64>(&heard_); }
  ClientReadyFunc getClientReadyCallback() override {
    return [](UINT64 data, CLIENT_HANDLE client) { return Heard::Note(data, "client", client); };
  }
  StorageOverflowPressureFunc getStorageOverflowPressureCallback() override {
    return [](UINT64 data, UINT64 bytes) { return Heard::Note(data, "storage", bytes); };
  }

 private:
  Heard& heard_;
};

// Wants to hear of nothing.
class SilentStreamCallbacks : public StreamCallbackProvider {
 public:
  UINT64 getCallbackCustomData() override { return 0; }
};

// Calls every callback of a client and its streams; what they answered.
std::vector<STATUS> CallAll(const ClientCallbacks& callbacks) {
  const UINT64 data = callbacks.customData;
  FragmentAck ack = {};
  ack.timestamp = 70;
  char name[] = "name";
  return {callbacks.clientReadyFn(data, 1),
          callbacks.storageOverflowPressureFn(data, 2),
          callbacks.streamUnderflowReportFn(data, 3),
          callbacks.streamLatencyPressureFn(data, 4, 40),
          callbacks.droppedFrameReportFn(data, 5, 50),
          callbacks.streamConnectionStaleFn(data, 6, 60),
          callbacks.fragmentAckReceivedFn(data, 7, 71, &ack),
          callbacks.droppedFragmentReportFn(data, 8, 80),
          callbacks.streamErrorReportFn(data, 9, 90, 91, 92),
          callbacks.streamReadyFn(data, 10),
          callbacks.streamClosedFn(data, 11, 110),
          callbacks.streamDataAvailableFn(data, 12, name, 120, 121, 122),
          callbacks.bufferDurationOverflowPressureFn(data, 13, 130)};
}

TEST(DefaultCallbackProvider, PassesEverythingOnToTheProgram) {
  Heard client;
  Heard stream;
  DefaultCallbackProvider provider(std::make_unique<TellingClientCallbacks>(client), std::make_unique<TellingStreamCallbacks>(stream),
                                   std::make_unique<EmptyCredentialProvider>(), "us-east-1", "", "", "", "",
                                   API_CALL_CACHE_TYPE_NONE, kMinute);
  const ClientCallbacks callbacks = provider.getCallbacks();
  EXPECT_EQ(reinterpret_cast<UINT64>(&provider), callbacks.customData);
  EXPECT_EQ(std::vector<STATUS>(13, kAnswer), CallAll(callbacks));
  EXPECT_THAT(client.calls, ElementsAre("client 1", "storage 2"));
  EXPECT_THAT(stream.calls,
              ElementsAre("underflow 3", "latency 4 40", "frame 5 50", "stale 6 60", "ack 7 71 70", "fragment 8 80",
                          "error 9 90 91 92", "ready 10", "closed 11 110", "data 12 name 120 121 122", "buffer 13 130"));
}

TEST(DefaultCallbackProvider, AProgramThatHearsNothingMakesNoErrors) {
  DefaultCallbackProvider silent(nullptr, std::make_unique<SilentStreamCallbacks>(), nullptr, "us-east-1", "", "", "", "",
                                 API_CALL_CACHE_TYPE_NONE, kMinute);
  EXPECT_EQ(std::vector<STATUS>(13, STATUS_SUCCESS), CallAll(silent.getCallbacks()));
  DefaultCallbackProvider none(nullptr, nullptr, nullptr, "us-east-1", "", "", "", "", API_CALL_CACHE_TYPE_NONE, kMinute);
  EXPECT_EQ(std::vector<STATUS>(13, STATUS_SUCCESS), CallAll(none.getCallbacks()));
}

TEST(DefaultCallbackProvider, TheCallsOfTheServiceAreTheLibrarys) {
  DefaultCallbackProvider provider(nullptr, nullptr, nullptr, "us-east-1", "", "", "", "", API_CALL_CACHE_TYPE_NONE, kMinute);
  const ClientCallbacks callbacks = provider.getCallbacks();
  EXPECT_EQ(nullptr, callbacks.createStreamFn);
  EXPECT_EQ(nullptr, callbacks.describeStreamFn);
  EXPECT_EQ(nullptr, callbacks.getStreamingEndpointFn);
  EXPECT_EQ(nullptr, callbacks.getStreamingTokenFn);
  EXPECT_EQ(nullptr, callbacks.putStreamFn);
  EXPECT_EQ(nullptr, callbacks.tagResourceFn);
  char device[] = "device";
  EXPECT_EQ(STATUS_SUCCESS, callbacks.createDeviceFn(callbacks.customData, device, nullptr));
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      com::amazonaws::kinesis::video::systemCurrentTime().time_since_epoch());
  EXPECT_GE(callbacks.getCurrentTimeFn(0), static_cast<UINT64>(now.count()) * HUNDREDS_OF_NANOS_IN_A_SECOND);
}

TEST(DefaultCallbackProvider, ASecurityTokenComesFromTheCredentials) {
  DefaultCallbackProvider provider(nullptr, nullptr, std::make_unique<StaticCredentialProvider>(Credentials("key", "secret")),
                                   "us-east-1", "", "", "", "", API_CALL_CACHE_TYPE_NONE, kMinute);
  const ClientCallbacks callbacks = provider.getCallbacks();
  PBYTE token = nullptr;
  UINT32 size = 0;
  UINT64 expiration = 0;
  ASSERT_EQ(STATUS_SUCCESS, callbacks.getSecurityTokenFn(callbacks.customData, &token, &size, &expiration));
  EXPECT_STREQ("key", reinterpret_cast<PAwsCredentials>(token)->accessKeyId);
}

TEST(DefaultCallbackProvider, EachFormSaysWhatIsCachedAndForHowLong) {
  const auto no_credentials = [] { return std::make_unique<EmptyCredentialProvider>(); };
  const DefaultCallbackProvider flag_ticks(nullptr, nullptr, no_credentials(), "r", "", "", "", "", true, 2 * kMinute);
  EXPECT_EQ(API_CALL_CACHE_TYPE_ENDPOINT_ONLY, NativeAccess::CacheType(flag_ticks));
  EXPECT_EQ(2 * kMinute, NativeAccess::CachingUpdatePeriod(flag_ticks));

  const DefaultCallbackProvider flag_duration(nullptr, nullptr, no_credentials(), "r", "", "", "", "", false,
                                              std::chrono::minutes(3));
  EXPECT_EQ(API_CALL_CACHE_TYPE_NONE, NativeAccess::CacheType(flag_duration));
  EXPECT_EQ(3 * kMinute, NativeAccess::CachingUpdatePeriod(flag_duration));

  const DefaultCallbackProvider type_duration(nullptr, nullptr, no_credentials(), "r", "", "", "", "", API_CALL_CACHE_TYPE_ALL);
  EXPECT_EQ(API_CALL_CACHE_TYPE_ALL, NativeAccess::CacheType(type_duration));
  EXPECT_EQ(40 * kMinute, NativeAccess::CachingUpdatePeriod(type_duration));

  // As Amazon's own tests call it: the last argument is a signed number.
  const DefaultCallbackProvider type_ticks(nullptr, nullptr, no_credentials(), "r", "", "", "", "", API_CALL_CACHE_TYPE_NONE,
                                           DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD);
  EXPECT_EQ(API_CALL_CACHE_TYPE_NONE, NativeAccess::CacheType(type_ticks));
  EXPECT_EQ(40 * kMinute, NativeAccess::CachingUpdatePeriod(type_ticks));

  const CachingEndpointOnlyCallbackProvider ticks(nullptr, nullptr, no_credentials(), "r", "", "", "", "", uint64_t{kMinute});
  EXPECT_EQ(API_CALL_CACHE_TYPE_ENDPOINT_ONLY, NativeAccess::CacheType(ticks));
  EXPECT_EQ(kMinute, NativeAccess::CachingUpdatePeriod(ticks));
  const CachingEndpointOnlyCallbackProvider duration(nullptr, nullptr);
  EXPECT_EQ(API_CALL_CACHE_TYPE_ENDPOINT_ONLY, NativeAccess::CacheType(duration));
  EXPECT_EQ(40 * kMinute, NativeAccess::CachingUpdatePeriod(duration));
  EXPECT_EQ("us-west-2", NativeAccess::Region(duration));
}

TEST(DefaultCallbackProvider, KeepsWhereAndAsWhomToCall) {
  const DefaultCallbackProvider provider(nullptr, nullptr, nullptr, "eu-west-1", "https://127.0.0.1:1", "agent", "custom", "/ca.pem",
                                         API_CALL_CACHE_TYPE_NONE, kMinute);
  EXPECT_EQ("eu-west-1", NativeAccess::Region(provider));
  EXPECT_EQ("https://127.0.0.1:1", NativeAccess::ControlPlaneUri(provider));
  EXPECT_EQ("agent", NativeAccess::UserAgentName(provider));
  EXPECT_EQ("CPPSDK/custom", NativeAccess::CustomUserAgent(provider));
  EXPECT_EQ("/ca.pem", NativeAccess::CertPath(provider));
  EXPECT_NE(nullptr, NativeAccess::Credentials(provider));

  const DefaultCallbackProvider plain(nullptr, nullptr, nullptr, "", "", "", "", "", API_CALL_CACHE_TYPE_NONE, kMinute);
  EXPECT_EQ("us-west-2", NativeAccess::Region(plain));
  EXPECT_EQ("CPPSDK", NativeAccess::CustomUserAgent(plain));
}

// The text of the error when a provider is made of these; empty when there is none.
std::string ErrorOf(const std::string& user_agent, const std::string& custom_user_agent, UINT64 period,
                    std::unique_ptr<CredentialProvider> credentials = nullptr) {
  try {
    DefaultCallbackProvider(nullptr, nullptr, std::move(credentials), "r", "", user_agent, custom_user_agent, "",
                            API_CALL_CACHE_TYPE_NONE, period);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(DefaultCallbackProvider, RefusesWhatIsTooLong) {
  EXPECT_EQ("", ErrorOf(std::string(32, 'a'), std::string(128 - 7, 'c'), 24 * 60 * kMinute));
  EXPECT_EQ("Unable to create default callback provider. Error status: 0x15000013", ErrorOf(std::string(33, 'a'), "", kMinute));
  EXPECT_EQ("Unable to create default callback provider. Error status: 0x15000014", ErrorOf("", std::string(122, 'c'), kMinute));
  EXPECT_EQ("Unable to create default callback provider. Error status: 0x15000016", ErrorOf("", "", 24 * 60 * kMinute + 1));
}

TEST(DefaultCallbackProvider, SaysWhatIsWrongWithTheCredentials) {
  EXPECT_EQ("Unable to create Rotating Credential provider. Error status: 0x15000022",
            ErrorOf("", "", kMinute, std::make_unique<RotatingCredentialProvider>("/nowhere/credentials")));
}

// A program's own getter takes the place of that of the base, although the constructor of the base cannot know it.
class OwnGetter : public DefaultCallbackProvider {
 public:
  OwnGetter() : DefaultCallbackProvider(nullptr, nullptr, nullptr, "r", "", "", "", "", API_CALL_CACHE_TYPE_NONE, kMinute) {}

  StreamReadyFunc getStreamReadyCallback() override {
    return [](UINT64, STREAM_HANDLE) -> STATUS { return kAnswer; };
  }

  StreamCallbacks streamCallbacks() { return stream_callbacks_; }
};

TEST(DefaultCallbackProvider, ASubclassMayHaveItsOwn) {
  OwnGetter provider;
  const ClientCallbacks callbacks = provider.getCallbacks();
  EXPECT_EQ(kAnswer, callbacks.streamReadyFn(callbacks.customData, 1));
  EXPECT_EQ(kAnswer, provider.streamCallbacks().streamReadyFn(callbacks.customData, 1));
  EXPECT_EQ(STATUS_SUCCESS, callbacks.streamUnderflowReportFn(callbacks.customData, 1));
}

// Programs write over what the base has prepared for them.
class OwnEntries : public DefaultCallbackProvider {
 public:
  OwnEntries() : DefaultCallbackProvider(nullptr, nullptr, nullptr, "r", "", "", "", "", API_CALL_CACHE_TYPE_NONE, kMinute) {
    before = *client_callbacks_;
    client_callbacks_->streamClosedFn = [](UINT64, STREAM_HANDLE, UPLOAD_HANDLE) -> STATUS { return kAnswer; };
    client_callbacks_->streamDataAvailableFn = nullptr;
  }
  void replaceAll(PClientCallbacks by) { client_callbacks_ = by; }

  ClientCallbacks before;
};

TEST(DefaultCallbackProvider, ASubclassMayWriteOverTheEntries) {
  OwnEntries provider;
  EXPECT_EQ(STATUS_SUCCESS, provider.before.streamClosedFn(provider.before.customData, 1, 2));
  for (int i = 0; i < 2; ++i) {
    const ClientCallbacks callbacks = provider.getCallbacks();
    EXPECT_EQ(kAnswer, callbacks.streamClosedFn(callbacks.customData, 1, 2));
    EXPECT_EQ(nullptr, callbacks.streamDataAvailableFn);
    EXPECT_EQ(STATUS_SUCCESS, callbacks.streamReadyFn(callbacks.customData, 1));
  }
  ClientCallbacks others = {};
  others.customData = 17;
  provider.replaceAll(&others);
  EXPECT_EQ(17U, provider.getCallbacks().customData);
}

// The least that a provider of one's own has.
class LeastProvider : public com::amazonaws::kinesis::video::CallbackProvider {
 public:
  CreateStreamFunc getCreateStreamCallback() override { return nullptr; }
  DescribeStreamFunc getDescribeStreamCallback() override { return nullptr; }
  GetStreamingEndpointFunc getStreamingEndpointCallback() override { return nullptr; }
  GetStreamingTokenFunc getStreamingTokenCallback() override { return nullptr; }
  PutStreamFunc getPutStreamCallback() override { return nullptr; }
  TagResourceFunc getTagResourceCallback() override {
    return [](UINT64, PCHAR, UINT32, PTag, PServiceCallContext) -> STATUS { return kAnswer; };
  }
  CreateDeviceFunc getCreateDeviceCallback() override { return nullptr; }
};

TEST(CallbackProvider, HasWhatItsGettersGive) {
  LeastProvider provider;
  const ClientCallbacks callbacks = provider.getCallbacks();
  EXPECT_EQ(0U, callbacks.version);
  EXPECT_EQ(reinterpret_cast<UINT64>(&provider), callbacks.customData);
  EXPECT_EQ(nullptr, callbacks.streamReadyFn);
  EXPECT_EQ(nullptr, callbacks.createMutexFn);
  EXPECT_EQ(kAnswer, callbacks.tagResourceFn(0, nullptr, 0, nullptr, nullptr));
  provider.shutdown();
  provider.shutdownStream(1);
}

}  // namespace
