// What a program is told, when, and from where.
#include <atomic>
#include <cstdlib>
#include <future>
#include <thread>

#include "tests/compat/behaviour/program.h"

namespace kvs::test {
namespace {

TEST_F(CompatTest, AStreamTellsOfItsLife) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->stopSync());
  const Heard::All all = heard_.all();
  const std::vector<STREAM_HANDLE> handle = {*stream->getStreamHandle()};
  EXPECT_EQ(all.ready, handle);
  EXPECT_EQ(all.closed, handle);
  ASSERT_EQ(all.acks.size(), 6u);  // three of each fragment
  EXPECT_EQ(all.acks[0].type, FRAGMENT_ACK_TYPE_BUFFERING);
  EXPECT_EQ(all.acks[0].timestamp, static_cast<UINT64>(kBeginMs));
  EXPECT_FALSE(all.acks[0].number.empty());
  EXPECT_EQ(all.acks[0].upload, 1u);
  EXPECT_EQ(all.Count(FRAGMENT_ACK_TYPE_RECEIVED), 2u);
  EXPECT_EQ(all.Count(FRAGMENT_ACK_TYPE_PERSISTED), 2u);
  EXPECT_EQ(all.data_available.size(), 20u);
  EXPECT_EQ(all.data_available.front(), "door");
  EXPECT_TRUE(all.errors.empty());
  EXPECT_TRUE(all.latencies.empty());
  EXPECT_TRUE(all.stale.empty());
}

TEST_F(CompatTest, CallbacksMayCallBack) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  std::atomic<int> calls = 0;
  heard_.on_ack = [&](const Heard::Ack& ack) {
    if (ack.type == FRAGMENT_ACK_TYPE_BUFFERING) {
      EXPECT_GT(stream->getMetrics().getRawMetrics()->totalSessions, 0u);
      EXPECT_TRUE(stream->putFragmentMetadata("seen", "yes", false));
      EXPECT_TRUE(stream->resetConnection());
      ++calls;
    }
  };
  PutSeconds(*stream, 1);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return all.Count(FRAGMENT_ACK_TYPE_BUFFERING) > 0; }));
  producer->freeStream(stream);
  EXPECT_GE(calls, 1);
}

TEST_F(CompatTest, ACallbackMayStopItsStreamAndFreeIt) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  heard_.on_ack = [&](const Heard::Ack& ack) {
    if (ack.type == FRAGMENT_ACK_TYPE_PERSISTED) {
      EXPECT_TRUE(stream->stopSync());
      producer->freeStream(stream);
    }
  };
  PutSeconds(*stream, 1);
  EXPECT_EQ(PutEofr(*stream), STATUS_SUCCESS);
  EXPECT_TRUE(heard_.Await([](const Heard::All& all) { return all.Count(FRAGMENT_ACK_TYPE_PERSISTED) == 1; }));
}

// The one waits for the callback, and the callback for nobody.
TEST_F(CompatTest, AStreamMayBeFreedFromACallbackWhileItIsBeingFreed) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  std::promise<void> called;
  std::promise<void> freeing;
  std::atomic<bool> first = true;
  heard_.on_ack = [&](const Heard::Ack&) {
    if (first.exchange(false)) {
      called.set_value();
      freeing.get_future().wait();
      producer->freeStream(stream);
    }
  };
  PutSeconds(*stream, 1);
  called.get_future().wait();
  std::thread other([&] {
    freeing.set_value();
    producer->freeStream(stream);
  });
  other.join();
  EXPECT_FALSE(stream->resetStream());
}

// Time enough for something that ought to wait and does not.
void YieldUntil(const std::atomic<bool>& done) {
  for (int i = 0; i < 200 && !done; ++i) {
    std::this_thread::yield();
  }
}

// The closing of the other can be told only when this callback has returned.
TEST_F(CompatTest, ACallbackMayStopAnotherStream) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  StreamOptions options;
  options.name = "gate";
  const auto other = producer->createStreamSync(Define(options));
  std::atomic<bool> stopped = false;
  heard_.on_ack = [&](const Heard::Ack&) {
    if (!stopped.exchange(true)) {
      EXPECT_TRUE(other->stopSync());
    }
  };
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_TRUE(stopped);
  EXPECT_EQ(heard_.all().closed.size(), 2u);
}

TEST_F(CompatTest, FreeingWaitsForACallbackThatHasResetTheStream) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  std::promise<void> called;
  std::promise<void> go;
  std::atomic<bool> first = true;
  std::atomic<bool> returned = false;
  heard_.on_ack = [&](const Heard::Ack&) {
    if (first.exchange(false)) {
      EXPECT_TRUE(stream->resetStream());
      called.set_value();
      go.get_future().wait();
      returned = true;
    }
  };
  PutSeconds(*stream, 1);
  called.get_future().wait();
  std::atomic<bool> freed = false;
  std::thread other([&] {
    producer->freeStream(stream);
    EXPECT_TRUE(returned);
    freed = true;
  });
  YieldUntil(freed);
  go.set_value();
  other.join();
}

TEST_F(CompatTest, FreeingWaitsForACallbackOnTheThreadThatPuts) {
  Serve();
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  std::promise<void> called;
  std::promise<void> go;
  std::atomic<bool> returned = false;
  heard_.on_data_available = [&] {
    called.set_value();
    go.get_future().wait();
    returned = true;
  };
  std::thread writer([&] { EXPECT_EQ(PutVideo(*stream, 0, true), STATUS_SUCCESS); });
  called.get_future().wait();
  std::atomic<bool> freed = false;
  std::thread other([&] {
    producer->freeStream(stream);
    EXPECT_TRUE(returned);
    freed = true;
  });
  YieldUntil(freed);
  go.set_value();
  other.join();
  writer.join();
}

// An error acknowledgement is told twice: as one, and as an error.
TEST_F(CompatTest, NothingMoreIsToldOfAStreamThatACallbackFreed) {
  Serve({"--fault", "error-ack,session=1,fragment=1,id=4006"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  heard_.on_ack = [&](const Heard::Ack& ack) {
    if (ack.type == FRAGMENT_ACK_TYPE_ERROR) {
      producer->freeStream(stream);
    }
  };
  PutSeconds(*stream, 2);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return all.Count(FRAGMENT_ACK_TYPE_ERROR) == 1; }));
  StreamOptions options;
  options.name = "gate";
  (void)producer->createStreamSync(Define(options));  // whose callback comes later
  EXPECT_TRUE(heard_.all().errors.empty());
}

TEST_F(CompatTest, AStreamThatIsMadeAndReadyHasSaidSo) {
  Serve();
  const auto producer = MakeProducer();
  std::atomic<bool> never = false;
  heard_.on_ready = [&] { YieldUntil(never); };
  const auto stream = producer->createStreamSync(Define({}));
  EXPECT_EQ(heard_.all().ready, (std::vector<STREAM_HANDLE>{*stream->getStreamHandle()}));
}

// The process would go on with it, when it ends, until the time-out of two minutes.
TEST_F(CompatTest, FreeingEndsAStreamThatIsStopping) {
  Serve({"--fault", "delay,api=putMedia,ms=never"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->stop());
  EXPECT_TRUE(stream->resetStream());
  PutSeconds(*stream, 2);
  EXPECT_TRUE(stream->stop());
  producer->freeStream(stream);
}

TEST_F(CompatTest, MediaThatWaitsTooLongIsTold) {
  Serve({"--fault", "delay,api=describeStream,ms=never"});
  const auto producer = MakeProducer();
  StreamOptions options;
  options.max_latency = std::chrono::seconds(2);
  const auto stream = producer->createStream(Define(options));
  PutSeconds(*stream, 5);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.latencies.empty(); }));
  EXPECT_GE(heard_.all().latencies.front(), 2u * HUNDREDS_OF_NANOS_IN_A_SECOND);
  EXPECT_TRUE(heard_.all().dropped_frames.empty());
}

TEST_F(CompatTest, ABufferThatIsTooShortIsToldAndSoIsEachFrameThatItCosts) {
  ServeNothing();
  const auto producer = MakeProducer();
  StreamOptions options;
  options.buffer = std::chrono::seconds(4);
  const auto stream = producer->createStream(Define(options));
  PutSeconds(*stream, 8);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.windows.empty() && all.dropped_fragments.size() >= 2; }));
  const UINT64 dropped = stream->getMetrics().getRawMetrics()->droppedFrames;
  ASSERT_TRUE(heard_.Await([dropped](const Heard::All& all) { return all.dropped_frames.size() == dropped; }));
  const Heard::All all = heard_.all();
  EXPECT_LE(all.windows.front(), 4u * HUNDREDS_OF_NANOS_IN_A_SECOND / 20);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(all.dropped_frames[i], static_cast<UINT64>(kBeginMs + 100 * static_cast<std::int64_t>(i)) *
                                         HUNDREDS_OF_NANOS_IN_A_MILLISECOND);
  }
  EXPECT_EQ(all.dropped_fragments[1] - all.dropped_fragments[0], UINT64{HUNDREDS_OF_NANOS_IN_A_SECOND});
}

TEST_F(CompatTest, AStoreThatIsTooSmallIsToldAndWhatIsKeptIsWhole) {
  // Sockets hold much: nothing is connected until the store is full.
  Serve({"--fault", "delay,api=getDataEndpoint,ms=1000,call=1"});
  device_.storage = UINT64{1} << 20;
  const auto producer = MakeProducer();
  const auto stream = producer->createStream(Define({}));
  PutSeconds(*stream, 10, 0, 20'000);
  ASSERT_TRUE(client_heard_.Await([](const Heard::All& all) { return !all.stores.empty(); }));
  EXPECT_LT(client_heard_.all().stores.front(), device_.storage);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.dropped_frames.empty(); }));
  EXPECT_TRUE(stream->stopSync());
  const UINT64 dropped = stream->getMetrics().getRawMetrics()->droppedFrames;
  const auto totals = Finish();
  EXPECT_EQ(totals.frames + dropped, 100u);
  EXPECT_EQ(totals.error_acks, 0u);
}

TEST_F(CompatTest, AStoreMayKeepWhatIsOldAndRefuseWhatIsNew) {
  ServeNothing();
  device_.storage = UINT64{1} << 20;
  const auto producer = MakeProducer();
  StreamOptions options;
  options.store_policy = CONTENT_STORE_PRESSURE_POLICY_OOM;
  const auto stream = producer->createStream(Define(options));
  STATUS status = STATUS_SUCCESS;
  for (int i = 0; STATUS_SUCCEEDED(status); ++i) {
    status = PutVideo(*stream, i * 100, i % 10 == 0, 20'000);
  }
  EXPECT_EQ(status, STATUS_STORE_OUT_OF_MEMORY);
}

TEST_F(CompatTest, AConnectionThatSaysNothingIsToldAndReplaced) {
  Serve({"--fault", "stop-acks,session=1"});
  const auto producer = MakeProducer();
  StreamOptions options;
  options.staleness = std::chrono::seconds(1);
  const auto stream = producer->createStreamSync(Define(options));
  PutSeconds(*stream, 2);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.stale.empty(); }));
  EXPECT_GE(heard_.all().stale.front(), UINT64{HUNDREDS_OF_NANOS_IN_A_SECOND});
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(stream->getMetrics().getRawMetrics()->staleEvents, 1u);
  EXPECT_TRUE(heard_.all().errors.empty());
}

TEST_F(CompatTest, AnErrorAcknowledgementIsToldWithItsStatus) {
  Serve({"--fault", "error-ack,session=1,fragment=2,id=4006"});
  const auto producer = MakeProducer();
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 4);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.errors.empty(); }));
  EXPECT_TRUE(stream->stopSync());
  const Heard::All all = heard_.all();
  ASSERT_EQ(all.errors.size(), 1u);
  EXPECT_EQ(all.errors[0].status, STATUS_ACK_ERR_INVALID_MKV_DATA);
  EXPECT_TRUE(IS_RECOVERABLE_ERROR(all.errors[0].status));
  EXPECT_EQ(all.errors[0].timecode, static_cast<UINT64>(kBeginMs) + 1000);
  EXPECT_EQ(all.errors[0].upload, 1u);
  EXPECT_EQ(all.Count(FRAGMENT_ACK_TYPE_ERROR), 1u);
  EXPECT_EQ(Finish().frames, 30u);
}

// Callbacks of its own altogether, as a program has them that sees to its credentials in C.
class OwnCallbacks : public sdk::CallbackProvider {
 public:
  explicit OwnCallbacks(Heard& heard) : heard_(heard) {}
  callback_t getCallbacks() override {
    callback_t callbacks = sdk::CallbackProvider::getCallbacks();
    callbacks.customData = reinterpret_cast<UINT64>(&heard_);
    return callbacks;
  }
  GetSecurityTokenFunc getSecurityTokenCallback() override {
    return [](UINT64 data, PBYTE* token, PUINT32 size, PUINT64 expiration) -> STATUS {
      static sdk::StaticCredentialProvider keys(sdk::Credentials(kAccessKey, kSecretKey));
      EXPECT_NE(data, 0u);
      const AuthCallbacks callbacks = keys.getCallbacks(nullptr);
      return callbacks.getSecurityTokenFn(callbacks.customData, token, size, expiration);
    };
  }
  StreamReadyFunc getStreamReadyCallback() override { return program_.getStreamReadyCallback(); }
  StreamClosedFunc getStreamClosedCallback() override { return program_.getStreamClosedCallback(); }
  FragmentAckReceivedFunc getFragmentAckReceivedCallback() override { return program_.getFragmentAckReceivedCallback(); }
  ClientReadyFunc getClientReadyCallback() override {
    return [](UINT64 data, CLIENT_HANDLE client) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.ready.push_back(client); });
      return STATUS_SUCCESS;
    };
  }
  CreateStreamFunc getCreateStreamCallback() override {
    return [](UINT64, PCHAR, PCHAR, PCHAR, PCHAR, UINT64, PServiceCallContext) -> STATUS {
      ADD_FAILURE() << "the library makes its calls itself";
      return STATUS_NOT_IMPLEMENTED;
    };
  }
  DescribeStreamFunc getDescribeStreamCallback() override { return nullptr; }
  GetStreamingEndpointFunc getStreamingEndpointCallback() override { return nullptr; }
  GetStreamingTokenFunc getStreamingTokenCallback() override { return nullptr; }
  PutStreamFunc getPutStreamCallback() override { return nullptr; }
  TagResourceFunc getTagResourceCallback() override { return nullptr; }
  CreateDeviceFunc getCreateDeviceCallback() override { return nullptr; }
  void shutdownStream(STREAM_HANDLE stream) override {
    heard_.Note([&](Heard::All& all) { all.latencies.push_back(stream); });
  }
  StreamShutdownFunc getStreamShutdownCallback() override {
    return [](UINT64 data, STREAM_HANDLE, BOOL reset) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.stores.push_back(static_cast<UINT64>(reset)); });
      return STATUS_SUCCESS;
    };
  }
  ClientShutdownFunc getClientShutdownCallback() override {
    return [](UINT64 data, CLIENT_HANDLE client) -> STATUS {
      HeardBy(data).Note([&](Heard::All& all) { all.windows.push_back(client); });
      return STATUS_SUCCESS;
    };
  }

 private:
  Heard& heard_;
  StreamCallbacksOfProgram program_{heard_};
};

TEST_F(CompatTest, AProgramMayHaveCallbacksOfItsOwnAltogether) {
  Serve();
  ::setenv("CONTROL_PLANE_URI", url_.c_str(), 1);
  auto producer = sdk::KinesisVideoProducer::createSync(std::make_unique<DeviceOfProgram>(device_),
                                                        std::make_unique<OwnCallbacks>(heard_));
  ::unsetenv("CONTROL_PLANE_URI");
  const CLIENT_HANDLE client = producer->getClientHandle();
  auto stream = producer->createStreamSync(Define({}));
  const STREAM_HANDLE handle = *stream->getStreamHandle();
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_TRUE(stream->resetStream());
  producer.reset();
  const Heard::All all = heard_.all();
  EXPECT_EQ(all.ready.at(0), client);
  EXPECT_EQ(all.ready.at(1), handle);
  EXPECT_EQ(all.closed, (std::vector<STREAM_HANDLE>{handle}));
  EXPECT_EQ(all.Count(FRAGMENT_ACK_TYPE_PERSISTED), 1u);
  EXPECT_EQ(all.stores, (std::vector<UINT64>{TRUE, FALSE}));  // reset, then freed
  EXPECT_EQ(all.windows, (std::vector<UINT64>{client}));
  EXPECT_EQ(all.latencies, (std::vector<UINT64>{handle}));  // shutdownStream
  EXPECT_EQ(Finish().frames, 10u);
}

// The defaults, but for some callbacks.
class OwnSome : public sdk::DefaultCallbackProvider {
 public:
  struct Calls {
    int tokens = 0;
    int puts = 0;
  };
  OwnSome(Calls& calls, const std::string& url)
      : sdk::DefaultCallbackProvider(nullptr, nullptr, std::make_unique<sdk::EmptyCredentialProvider>(), "us-west-2", url, "", "",
                                     "", API_CALL_CACHE_TYPE_NONE, uint64_t{DEFAULT_ENDPOINT_CACHE_UPDATE_PERIOD}),
        calls_(calls) {}
  GetSecurityTokenFunc getSecurityTokenCallback() override {
    return [](UINT64 data, PBYTE* token, PUINT32 size, PUINT64 expiration) -> STATUS {
      static sdk::StaticCredentialProvider keys(sdk::Credentials(kAccessKey, kSecretKey));
      ++Of(data).tokens;
      const AuthCallbacks callbacks = keys.getCallbacks(nullptr);
      return callbacks.getSecurityTokenFn(callbacks.customData, token, size, expiration);
    };
  }
  StreamDataAvailableFunc getStreamDataAvailableCallback() override {
    return [](UINT64 data, STREAM_HANDLE, PCHAR, UPLOAD_HANDLE, UINT64, UINT64) -> STATUS {
      ++Of(data).puts;
      return STATUS_SUCCESS;
    };
  }

 private:
  static Calls& Of(UINT64 data) { return static_cast<OwnSome*>(reinterpret_cast<sdk::CallbackProvider*>(data))->calls_; }
  Calls& calls_;
};

TEST_F(CompatTest, AProgramMayReplaceSomeOfTheDefaultCallbacks) {
  Serve();
  OwnSome::Calls calls;
  const auto producer =
      sdk::KinesisVideoProducer::createSync(std::make_unique<DeviceOfProgram>(device_), std::make_unique<OwnSome>(calls, url_));
  EXPECT_EQ(calls.tokens, 1);
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(calls.puts, 10);
  EXPECT_EQ(Finish().frames, 10u);
}

// Credentials that the program looks up itself.
class Keyring : public sdk::CredentialProvider {
 public:
  struct Calls {
    std::atomic<int> updates = 0;
    std::function<void(int, sdk::Credentials&)> give;
  };
  explicit Keyring(Calls& calls) : calls_(calls) {}

 private:
  void updateCredentials(sdk::Credentials& credentials) override { calls_.give(++calls_.updates, credentials); }
  Calls& calls_;
};

sdk::Credentials Good() { return sdk::Credentials(kAccessKey, kSecretKey); }

TEST_F(CompatTest, CredentialsThatWereRefusedAreAskedForAnew) {
  Serve();
  Keyring::Calls calls;
  calls.give = [](int number, sdk::Credentials& credentials) {
    credentials = number == 1 ? sdk::Credentials(kAccessKey, "of-yesterday") : Good();
  };
  const auto producer = MakeProducer(std::make_unique<Keyring>(calls));
  EXPECT_EQ(calls.updates, 1);  // when the client was made
  const auto stream = producer->createStreamSync(Define({}));
  EXPECT_EQ(calls.updates, 2);
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_EQ(calls.updates, 2);
  EXPECT_TRUE(heard_.all().errors.empty());
}

TEST_F(CompatTest, CredentialsThatEndSoonAreAskedForAgain) {
  Serve();
  Keyring::Calls calls;
  calls.give = [](int number, sdk::Credentials& credentials) {
    credentials = Good();
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(sdk::systemCurrentTime().time_since_epoch());
    credentials.setExpiration(std::chrono::duration<uint64_t>(
        static_cast<uint64_t>(now.count()) + (number < 3 ? 20 : 3600)));
  };
  const auto producer = MakeProducer(std::make_unique<Keyring>(calls));
  const auto stream = producer->createStreamSync(Define({}));
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  EXPECT_GE(calls.updates, 3);
}

TEST_F(CompatTest, AProviderThatTakesItsTimeHoldsUpNobodyElse) {
  Serve();
  Keyring::Calls calls;
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  calls.give = [gone](int number, sdk::Credentials& credentials) {
    if (number > 1) {
      gone.wait();
    }
    credentials = number > 1 ? Good() : sdk::Credentials(kAccessKey, "of-yesterday");
  };
  const auto slow = MakeProducer(std::make_unique<Keyring>(calls));
  const auto waits = slow->createStream(Define({}));
  const auto quick = MakeProducer();
  StreamOptions options;
  options.name = "gate";
  const auto stream = quick->createStreamSync(Define(options));
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
  go.set_value();
  PutSeconds(*waits, 1);
  EXPECT_TRUE(waits->stopSync());
}

TEST_F(CompatTest, AProviderThatThrowsIsAskedAgain) {
  Serve();
  Keyring::Calls calls;
  calls.give = [](int number, sdk::Credentials& credentials) {
    if (number == 2) {
      throw std::runtime_error("the keyring is locked");
    }
    credentials = number == 1 ? sdk::Credentials(kAccessKey, "of-yesterday") : Good();
  };
  const auto producer = MakeProducer(std::make_unique<Keyring>(calls));
  const auto stream = producer->createStreamSync(Define({}));
  EXPECT_EQ(calls.updates, 3);
  ASSERT_TRUE(heard_.Await([](const Heard::All& all) { return !all.errors.empty(); }));
  EXPECT_EQ(heard_.all().errors[0].status, STATUS_SERVICE_CALL_UNKOWN_ERROR);
  PutSeconds(*stream, 1);
  EXPECT_TRUE(stream->stopSync());
}

}  // namespace
}  // namespace kvs::test
