#include "emulator/model/put_media_session.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/model/mkv_reader.h"
#include "tests/unit/emulator/mkv_builder.h"
#include "tests/unit/emulator/session_harness.h"

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::Audio;
using testing::Buffer;
using testing::ClusterHead;
using testing::Join;
using testing::Output;
using testing::ServiceHarness;
using testing::Take;
using testing::Upload;
using testing::Video;
using testing::VideoFragment;
using testing::VideoHeader;

TEST(PutMediaSessionTest, AcksEachFragmentInOrder) {
  ServiceHarness harness;
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), VideoFragment(1000)), harness.now());
  EXPECT_EQ(Take(*session, harness.now()).Brief(), "BUFFERING 1000");
  session->Feed(VideoFragment(3000), harness.now());
  EXPECT_EQ(Take(*session, harness.now()).Brief(), "RECEIVED 1000, PERSISTED 1000, BUFFERING 3000");
  EXPECT_FALSE(session->finished());
  session->EndOfBody(harness.now());
  const Output output = Take(*session, harness.now());
  EXPECT_EQ(output.Brief(), "RECEIVED 3000, PERSISTED 3000");
  EXPECT_TRUE(session->finished());
  EXPECT_TRUE(session->drained());
  EXPECT_TRUE(session->body_complete());
  EXPECT_EQ(session->end_kind(), EndKind::kGraceful);
  EXPECT_EQ(session->end_reason(), "end_of_body");
  ASSERT_EQ(output.fragments.size(), 1U);
  EXPECT_EQ(output.fragments[0].complete_by, CompleteBy::kEndOfBody);
}

// How scripts/bench knows when a frame has come.
TEST(PutMediaSessionTest, TellsEachFrameWithItsLastByteWhenAsked) {
  ServiceConfig config;
  config.session.tell_frames = true;
  ServiceHarness harness(config);
  const auto session = harness.Open();
  const Buffer fragment = VideoFragment(1000);
  session->Feed(Join(VideoHeader(), Buffer(fragment.begin(), fragment.end() - 1)), harness.now());
  const std::size_t before = harness.Events({R"("event":"frame")"}).size();
  harness.Pass(7ms);
  session->Feed(Buffer(fragment.end() - 1, fragment.end()), harness.now());
  const auto told = harness.Events({R"("event":"frame")", R"("stream":"s")", R"("track":1)"});
  ASSERT_EQ(told.size(), before + 1);
  EXPECT_NE(told.back().find(R"("time_us":)" + std::to_string(ToMicros(harness.now()))), std::string::npos) << told.back();
}

TEST(PutMediaSessionTest, TellsNoFramesUnlessAsked) {
  ServiceHarness harness;
  Upload(harness, Join(VideoHeader(), VideoFragment(1000)));
  EXPECT_TRUE(harness.Events({R"("event":"frame")"}).empty());
}

TEST(PutMediaSessionTest, AckLinesLookLikeTheServices) {
  ServiceHarness harness;
  const Output output = Upload(harness, Join(VideoHeader(), VideoFragment(1000)));
  ASSERT_EQ(output.fragments.size(), 1U);
  const std::string& number = output.fragments[0].number;
  EXPECT_EQ(number.size(), 47U);
  const auto line = [&](std::string_view type) {
    return R"({"EventType":")" + std::string(type) +
           R"(","FragmentTimecode":1000,"FragmentNumber":")" + number + "\"}\n";
  };
  EXPECT_EQ(output.acks, line("BUFFERING") + line("RECEIVED") + line("PERSISTED"));
}

TEST(PutMediaSessionTest, NeverPersistsWithoutRetention) {
  ServiceHarness harness;
  const Output output =
      Upload(harness, Join(VideoHeader(), VideoFragment(1000)), ServiceHarness::Headers("r"));
  EXPECT_EQ(output.Brief(), "BUFFERING 1000, RECEIVED 1000");
  ASSERT_EQ(output.fragments.size(), 1U);
  EXPECT_FALSE(output.fragments[0].persisted);
  EXPECT_EQ(harness.service().TotalsOf("r").fragments_received, 1U);
}

TEST(PutMediaSessionTest, SendsOnlyErrorsWhenAcksAreNotWanted) {
  ServiceHarness harness;
  PutMediaHeaders headers = ServiceHarness::Headers();
  headers.acknowledgment = "0";
  EXPECT_EQ(Upload(harness, Join(VideoHeader(), VideoFragment(1000)), headers).Brief(), "");
  EXPECT_EQ(Upload(harness, Join(VideoHeader(), ClusterHead(1000)), headers).Brief(),
            "ERROR 1000 4011");
}

TEST(PutMediaSessionTest, AcksAreDueAfterTheirDelays) {
  ServiceConfig config;
  config.session.buffering_delay = 10ms;
  config.session.received_delay = 20ms;
  config.session.persisted_delay = 300ms;
  ServiceHarness harness(config);
  const auto session = harness.Open();
  const Time begin = harness.now();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), testing::EndOfFragment()), begin);
  EXPECT_EQ(Take(*session, begin).Brief(), "");
  EXPECT_EQ(session->NextDeadline(begin), begin + 10ms);
  EXPECT_EQ(Take(*session, begin + 10ms).Brief(), "BUFFERING 1000");
  EXPECT_EQ(Take(*session, begin + 20ms).Brief(), "RECEIVED 1000");
  Output early = Take(*session, begin + 319ms);
  EXPECT_EQ(early.Brief(), "");
  EXPECT_TRUE(early.fragments.empty());
  const Output late = Take(*session, begin + 320ms);
  EXPECT_EQ(late.Brief(), "PERSISTED 1000");
  EXPECT_EQ(late.fragments.size(), 1U);
}

TEST(PutMediaSessionTest, FragmentsSayWhatWasInThem) {
  ServiceHarness harness;
  PutMediaHeaders headers = ServiceHarness::Headers();
  headers.timecode_type = "RELATIVE";
  headers.producer_start = "1600000000.25";
  const Output output =
      Upload(harness,
             Join(testing::AvHeader(), testing::Tag("site", "gate"), ClusterHead(500),
                  Video(0, true), Audio(10), Video(40), Audio(1200)),
             headers);
  ASSERT_EQ(output.fragments.size(), 1U);
  const Fragment& fragment = output.fragments[0];
  EXPECT_EQ(fragment.producer_time_ms, 1'600'000'000'250 + 500);
  EXPECT_EQ(fragment.server_time, harness.now());
  EXPECT_EQ(fragment.frames.size(), 4U);
  EXPECT_TRUE(fragment.frames[0].key);
  EXPECT_FALSE(fragment.frames[2].key);
  EXPECT_EQ(fragment.frames[3].time_ns, 1'700'000'000);
  EXPECT_EQ(fragment.frames_per_track.at(1), 2U);
  EXPECT_EQ(fragment.frames_per_track.at(2), 2U);
  ASSERT_EQ(fragment.tags.size(), 1U);
  EXPECT_EQ(fragment.tags[0].value, "gate");
  const auto events = harness.Events({R"("event":"fragment")"});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_THAT(events[0], ::testing::HasSubstr(R"("duration_ms":1200)"));
  EXPECT_THAT(events[0], ::testing::HasSubstr(R"("frames":{"1":2,"2":2})"));
  EXPECT_THAT(events[0], ::testing::HasSubstr(R"("tags":[["site","gate"]])"));
}

// Counts what a document holds.
class Counter : public MkvSink {
 public:
  bool OnHeader(MkvHeader header) override {
    tracks = header.tracks.size();
    return true;
  }
  bool OnTags(std::vector<MkvTag> found, Bytes /*element*/) override {
    tags += found.size();
    return true;
  }
  bool OnClusterBegin() override { return true; }
  bool OnClusterTimecode(std::uint64_t ticks) override {
    timecode = ticks;
    return true;
  }
  bool OnClusterBytes(Bytes /*bytes*/) override { return true; }
  bool OnBlock(const BlockHead& /*head*/) override { return true; }
  bool OnBlockPayload(Bytes /*bytes*/) override { return true; }
  bool OnBlockEnd(bool /*key*/) override { return ++blocks > 0; }

  std::size_t tracks = 0;
  std::size_t tags = 0;
  std::size_t blocks = 0;
  std::uint64_t timecode = 0;
};

TEST(PutMediaSessionTest, AStoredFragmentIsADocumentOfItsOwn) {
  ServiceHarness harness;
  const Output output =
      Upload(harness, Join(VideoHeader(), VideoFragment(1000), testing::Tag("a", "1"),
                           testing::Tag("b", "2"), VideoFragment(3000)));
  ASSERT_EQ(output.fragments.size(), 2U);
  const Buffer file = Join(FileHead(output.fragments[1]), output.fragments[1].body);
  Counter counter;
  MkvReader reader(counter);
  ASSERT_TRUE(reader.Feed(file)) << reader.error();
  EXPECT_TRUE(reader.Finish()) << reader.error();
  EXPECT_EQ(counter.tracks, 1U);
  EXPECT_EQ(counter.tags, 2U);
  EXPECT_EQ(counter.blocks, 2U);
  EXPECT_EQ(counter.timecode, 3000U);
}

TEST(PutMediaSessionTest, MediaNeedNotBeKept) {
  ServiceConfig config;
  config.session.keep_media = false;
  ServiceHarness harness(config);
  const Output output = Upload(harness, Join(VideoHeader(), VideoFragment(1000)));
  ASSERT_EQ(output.fragments.size(), 1U);
  EXPECT_TRUE(output.fragments[0].body.empty());
  EXPECT_EQ(output.fragments[0].body_size, VideoFragment(1000).size() - 5);
  EXPECT_EQ(output.fragments[0].frames.size(), 2U);
}

TEST(PutMediaSessionTest, TheEndOfFragmentTagCompletesAFragment) {
  ServiceHarness harness;
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), VideoFragment(1000)), harness.now());
  const Buffer tag = testing::EndOfFragment();
  session->Feed(Bytes(tag).first(tag.size() - 1), harness.now());
  EXPECT_EQ(Take(*session, harness.now()).Brief(), "BUFFERING 1000");
  session->Feed(Bytes(tag).last(1), harness.now());
  const Output output = Take(*session, harness.now());
  EXPECT_EQ(output.Brief(), "RECEIVED 1000, PERSISTED 1000");
  EXPECT_EQ(output.fragments.at(0).complete_by, CompleteBy::kEndOfFragmentTag);
  EXPECT_TRUE(output.fragments.at(0).tags.empty());
  // Such a fragment may be short.
  session->Feed(Join(ClusterHead(1500), Video(450, true)), harness.now());
  session->EndOfBody(harness.now());
  EXPECT_EQ(Take(*session, harness.now()).Brief(), "BUFFERING 1500, RECEIVED 1500, PERSISTED 1500");
}

TEST(PutMediaSessionTest, LosesAnIncompleteFragmentWithItsConnection) {
  ServiceHarness harness;
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), VideoFragment(3000)), harness.now());
  session->ConnectionLost(harness.now());
  EXPECT_TRUE(session->finished());
  const Output output = Take(*session, harness.now());
  EXPECT_EQ(output.Brief(), "") << "nobody is there to read";
  ASSERT_EQ(output.fragments.size(), 1U);
  EXPECT_EQ(output.fragments[0].timecode, 1000U);
  EXPECT_EQ(harness.service().TotalsOf("s").fragments_discarded, 1U);
  EXPECT_EQ(harness.Events({"\"discarded\"", "connection_lost"}).size(), 1U);
  EXPECT_EQ(harness.Events({R"("type":"PERSISTED")", R"("delivered":false)"}).size(), 1U);
}

TEST(PutMediaSessionTest, TheFirstByteOfTheNextClusterCompletesAFragment) {
  ServiceHarness harness;
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), testing::UnknownSize(0x1F43B675)),
                harness.now());
  session->ConnectionLost(harness.now());
  EXPECT_EQ(Take(*session, harness.now()).fragments.size(), 1U);
}

TEST(PutMediaSessionTest, PersistsWhatWasReceivedAfterTheConnectionIsLost) {
  ServiceConfig config;
  config.session.persisted_delay = 1s;
  ServiceHarness harness(config);
  const auto session = harness.Open();
  const Time begin = harness.now();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), testing::EndOfFragment()), begin);
  session->ConnectionLost(begin);
  EXPECT_TRUE(session->finished());
  EXPECT_FALSE(session->drained());
  EXPECT_EQ(session->NextDeadline(begin), begin);
  EXPECT_TRUE(Take(*session, begin).fragments.empty());
  EXPECT_EQ(session->NextDeadline(begin), begin + 1s);
  EXPECT_EQ(Take(*session, begin + 1s).fragments.size(), 1U);
  EXPECT_TRUE(session->drained());
}

TEST(PutMediaSessionTest, CountsAFragmentThatIsStoredTwice) {
  ServiceHarness harness;
  Upload(harness, Join(VideoHeader(), VideoFragment(1000)));
  EXPECT_EQ(harness.service().TotalsOf("s").duplicates, 0U);
  const Output again = Upload(harness, Join(VideoHeader(), VideoFragment(1000)));
  EXPECT_TRUE(again.fragments.at(0).duplicate);
  EXPECT_EQ(harness.service().TotalsOf("s").duplicates, 1U);
  EXPECT_EQ(harness.Events({R"("event":"duplicate")", R"("producer_time_ms":1000)"}).size(), 1U);
  // Another stream may have the same times.
  EXPECT_FALSE(
      Upload(harness, Join(VideoHeader(), VideoFragment(1000)), ServiceHarness::Headers("r"))
          .fragments.at(0)
          .duplicate);
}

TEST(PutMediaSessionTest, AFragmentThatCannotBeStoredGivesAnArchivalError) {
  ServiceHarness harness;
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), testing::EndOfFragment()), harness.now());
  const auto fragments = session->TakeFragments(harness.now());
  ASSERT_EQ(fragments.size(), 1U);
  session->FragmentNotStored(fragments[0].number, harness.now());
  Output output = Take(*session, harness.now());
  EXPECT_EQ(output.Brief(), "BUFFERING 1000, RECEIVED 1000, ERROR 5001");
}

// ---- timers

TEST(PutMediaSessionTest, SendsIdleAcksThenCloses) {
  ServiceHarness harness;
  const auto session = harness.Open();
  const Time begin = harness.now();
  session->Feed(Join(VideoHeader(), VideoFragment(1000)), begin);
  EXPECT_EQ(Take(*session, begin).Brief(), "BUFFERING 1000");
  EXPECT_EQ(session->NextDeadline(begin), begin + 5s);
  EXPECT_EQ(Take(*session, begin + 5s).Brief(), "IDLE");
  EXPECT_EQ(Take(*session, begin + 6s).Brief(), "");
  EXPECT_EQ(Take(*session, begin + 10s).Brief(), "IDLE");
  for (int i = 3; i < 6; ++i) {
    Take(*session, begin + i * 5s);
  }
  EXPECT_FALSE(session->finished());
  Take(*session, begin + 30s);
  EXPECT_TRUE(session->finished());
  EXPECT_EQ(session->end_reason(), "idle");
}

TEST(PutMediaSessionTest, DataKeepsASessionOpen) {
  ServiceHarness harness;
  const auto session = harness.Open();
  const Time begin = harness.now();
  session->Feed(VideoHeader(), begin);
  session->Feed(ClusterHead(1000), begin + 29s);
  Take(*session, begin + 58s);
  EXPECT_FALSE(session->finished());
  Take(*session, begin + 59s);
  EXPECT_TRUE(session->finished());
}

TEST(PutMediaSessionTest, EndsAfterFortyFiveMinutes) {
  ServiceHarness harness;
  const auto session = harness.Open();
  const Time begin = harness.now();
  Buffer next = VideoHeader();
  for (auto time = 0s; time < 45min; time += 20s) {
    session->Feed(next, begin + time);
    Take(*session, begin + time);
    next = testing::Ebml(0xEC, Buffer(4), 1);
  }
  EXPECT_FALSE(session->finished());
  EXPECT_EQ(Take(*session, begin + 45min).Brief(), "ERROR 4003");
  EXPECT_EQ(session->end_reason(), "session_limit");
  EXPECT_TRUE(session->finished());
}

TEST(PutMediaSessionTest, ReadsAtTheSessionRate) {
  ServiceConfig config;
  config.session.bytes_per_second = 1000;
  ServiceHarness harness(config);
  const auto session = harness.Open();
  const Time begin = harness.now();
  EXPECT_EQ(session->ReadCredit(begin), 100U);
  session->Feed(Bytes(VideoHeader()).first(100), begin);
  EXPECT_EQ(session->ReadCredit(begin), 0U);
  const Time next = session->NextDeadline(begin);
  EXPECT_GT(next, begin);
  EXPECT_LE(next, begin + 100ms);
  EXPECT_GT(session->ReadCredit(next), 0U);
}

TEST(PutMediaSessionTest, FragmentRatePausesOrFails) {
  ServiceConfig config;
  config.fragment_rate = 2;
  Buffer body = VideoHeader();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    body = Join(body, VideoFragment(i * 1000));
  }
  {
    ServiceHarness harness(config);
    const auto session = harness.Open();
    session->Feed(body, harness.now());
    EXPECT_EQ(session->ReadCredit(harness.now()), 0U);
    EXPECT_EQ(session->ReadCredit(harness.now() + 1s), SIZE_MAX);
    EXPECT_EQ(harness.Events({R"("quota":"fragment_rate")"}).size(), 1U);
  }
  config.session.fragment_rate_is_error = true;
  ServiceHarness harness(config);
  EXPECT_EQ(Upload(harness, body).Brief(),
            "BUFFERING 1000, RECEIVED 1000, PERSISTED 1000, BUFFERING 2000, RECEIVED 2000, "
            "PERSISTED 2000, BUFFERING 3000, ERROR 3000 4014");
}

TEST(PutMediaSessionTest, ShutdownEndsInOrder) {
  ServiceHarness harness;
  const auto session = harness.Open();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), VideoFragment(3000)), harness.now());
  session->Shutdown(harness.now());
  const Output output = Take(*session, harness.now());
  EXPECT_EQ(output.fragments.size(), 1U);
  EXPECT_TRUE(session->finished());
  EXPECT_EQ(session->end_reason(), "shutdown");
}

TEST(PutMediaSessionTest, ABodyOfNothingIsNoError) {
  ServiceHarness harness;
  EXPECT_EQ(Upload(harness, {}).Brief(), "");
  EXPECT_EQ(Upload(harness, VideoHeader()).Brief(), "");
}

}  // namespace
}  // namespace kvs::emulator
