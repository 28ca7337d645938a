// Every way in which media can be wrong, and the id of its ERROR ack.

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "emulator/model/put_media_session.h"
#include "tests/unit/emulator/mkv_builder.h"
#include "tests/unit/emulator/session_harness.h"

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""ms;
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

constexpr std::uint64_t kStart = 1'700'000'000'000;

struct BadMedia {
  const char* what;
  int error_id;
  Buffer body;
  const char* acks;  // all of them
};

std::vector<BadMedia> BadBodies() {
  using namespace testing;  // NOLINT(google-build-using-namespace): a table of bytes
  const Buffer four_tracks =
      Header(Join(TrackEntry(1, 1, "V_VP8", {}), TrackEntry(2, 1, "V_VP8", {}),
                  TrackEntry(3, 1, "V_VP8", {}), TrackEntry(4, 1, "V_VP8", {})));
  Buffer eleven_tags;
  for (int i = 0; i < 11; ++i) {
    eleven_tags = Join(eleven_tags, Tag("tag" + std::to_string(i), "x"));
  }
  const Buffer annex_b = FromHex("00000001 65aabbcc 00000001 41aabbcc");
  return {
      {"frames span more than 10 s", 4002,
       Join(VideoHeader(), ClusterHead(1000), Video(0, true), Video(10001)),
       "BUFFERING 1000, ERROR 1000 4002"},
      {"timecode goes back", 4004, Join(VideoHeader(), VideoFragment(5000), VideoFragment(3000)),
       "BUFFERING 5000, RECEIVED 5000, PERSISTED 5000, BUFFERING 3000, ERROR 3000 4004"},
      {"timecode stands still", 4004, Join(VideoHeader(), VideoFragment(5000), VideoFragment(5000)),
       "BUFFERING 5000, RECEIVED 5000, PERSISTED 5000, BUFFERING 5000, ERROR 5000 4004"},
      {"timecode goes back, its frames do not", 4004,
       Join(VideoHeader(), VideoFragment(5000), ClusterHead(4500), Video(3000, true)),
       "BUFFERING 5000, RECEIVED 5000, PERSISTED 5000, BUFFERING 4500, ERROR 4500 4004"},
      {"a frame not after the previous fragment", 4004,
       Join(AvHeader(), ClusterHead(1000), Video(0, true), Audio(1500), ClusterHead(2500),
            Video(0, true)),
       "BUFFERING 1000, RECEIVED 1000, PERSISTED 1000, BUFFERING 2500, ERROR 2500 4004"},
      {"a frame before its cluster", 4004,
       Join(VideoHeader(), VideoFragment(1000), ClusterHead(2500), Video(-600, true)),
       "BUFFERING 1000, RECEIVED 1000, PERSISTED 1000, BUFFERING 2500, ERROR 2500 4004"},
      {"not Matroska", 4006, Text("hello, world"), "ERROR 4006"},
      {"second segment", 4006, Join(VideoHeader(), VideoFragment(1000), EbmlHeader()),
       "BUFFERING 1000, ERROR 1000 4006"},
      {"lacing", 4006, Join(VideoHeader(), ClusterHead(1000), SimpleBlock(1, 0, 0x82, Nal())),
       "BUFFERING 1000, ERROR 1000 4006"},
      {"Annex-B frames", 4006,
       Join(VideoHeader(), ClusterHead(1000), SimpleBlock(1, 0, kKey, annex_b)),
       "BUFFERING 1000, ERROR 1000 4006"},
      {"H.264 without codec private data", 4006, Header(TrackEntry(1, 1, "V_MPEG4/ISO/AVC", {})),
       "ERROR 4006"},
      {"the body ends within a block", 4006,
       Join(VideoHeader(), ClusterHead(1000), Video(0, true), Buffer{0xA3, 0x90, 0x81}),
       "BUFFERING 1000, ERROR 1000 4006"},
      {"a producer timestamp far ahead", 4007, Join(VideoHeader(), VideoFragment(kStart * 2)),
       "BUFFERING 3400000000000, ERROR 3400000000000 4007"},
      {"a timecode beyond all times", 4007, Join(VideoHeader(), VideoFragment(0xFFFFFFFFFFFFFF00)),
       "BUFFERING 18446744073709551360, ERROR 18446744073709551360 4007"},
      {"eleven tags", 4009, Join(VideoHeader(), eleven_tags, VideoFragment(1000)),
       "BUFFERING 1000, ERROR 1000 4009"},
      {"long tag name", 4009,
       Join(VideoHeader(), Tag(std::string(129, 'n'), "x"), VideoFragment(1000)),
       "BUFFERING 1000, ERROR 1000 4009"},
      {"empty tag name", 4009, Join(VideoHeader(), Tag("", "x"), VideoFragment(1000)),
       "BUFFERING 1000, ERROR 1000 4009"},
      {"long tag value", 4009,
       Join(VideoHeader(), Tag("n", std::string(257, 'v')), VideoFragment(1000)),
       "BUFFERING 1000, ERROR 1000 4009"},
      {"reserved tag name", 4009, Join(VideoHeader(), Tag("AWS_MINE", "x"), VideoFragment(1000)),
       "BUFFERING 1000, ERROR 1000 4009"},
      {"undeclared track", 4010, Join(VideoHeader(), ClusterHead(1000), Video(0, true), Audio(10)),
       "BUFFERING 1000, ERROR 1000 4010"},
      {"a track without frames", 4011,
       Join(AvHeader(), ClusterHead(1000), Video(0, true), ClusterHead(3000)),
       "BUFFERING 1000, ERROR 1000 4011"},
      {"no frames at all", 4011, Join(VideoHeader(), ClusterHead(1000), EndOfFragment()),
       "BUFFERING 1000, ERROR 1000 4011"},
      {"four tracks", 4012, four_tracks, "ERROR 4012"},
      {"a fragment of less than a second", 4013,
       Join(VideoHeader(), VideoFragment(1000, 40), ClusterHead(1999)),
       "BUFFERING 1000, ERROR 1000 4013"},
  };
}

TEST(MediaErrorTest, EveryMediaErrorHasItsId) {
  for (const BadMedia& bad : BadBodies()) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{100000}}) {
      ServiceHarness harness;
      const auto session = harness.Open();
      for (std::size_t at = 0; at < bad.body.size(); at += step) {
        session->Feed(Bytes(bad.body).subspan(at, std::min(step, bad.body.size() - at)),
                      harness.now());
      }
      session->EndOfBody(harness.now());
      const Output output = Take(*session, harness.now());
      EXPECT_EQ(output.Brief(), bad.acks) << bad.what;
      EXPECT_EQ(session->end_reason(), "error_ack") << bad.what;
      EXPECT_TRUE(session->finished()) << bad.what;
      EXPECT_EQ(session->end_kind(), EndKind::kGraceful) << bad.what;
      EXPECT_EQ(harness.service().TotalsOf("s").error_acks, 1U) << bad.what;
    }
  }
}

TEST(MediaErrorTest, LimitsAreInclusive) {
  using testing::Tag;
  ServiceHarness harness;
  Buffer tags;
  for (int i = 0; i < 10; ++i) {
    tags = Join(tags, Tag(std::string(127, 'n') + std::to_string(i), std::string(256, 'v')));
  }
  const Buffer body =
      Join(VideoHeader(), tags, Tag("AWS_KINESISVIDEO_NOTIFICATION", ""),
           Tag("AWS_KINESISVIDEO_IMAGE_GENERATION", ""), Tag("AWS_KINESISVIDEO_IMAGE_PREFIX", "p"),
           ClusterHead(1000), Video(0, true), Video(999), ClusterHead(2000), Video(0, true),
           Video(10000));
  const Output output = Upload(harness, body);
  EXPECT_EQ(output.fragments.size(), 2U) << output.acks;
  EXPECT_EQ(output.fragments.at(0).tags.size(), 13U);
}

TEST(MediaErrorTest, RefusesAFragmentThatIsTooLarge) {
  ServiceConfig config;
  config.session.media.max_fragment_bytes = 4096;
  ServiceHarness harness(config);
  // Known from the block's head already.
  const auto session = harness.Open();
  const Buffer large = testing::SimpleBlock(1, 0, testing::kKey, testing::Nal(5000));
  session->Feed(Join(VideoHeader(), ClusterHead(1000), Buffer(large.begin(), large.begin() + 20)),
                harness.now());
  EXPECT_EQ(Take(*session, harness.now()).Brief(), "BUFFERING 1000, ERROR 1000 4001");
  // Many small ones.
  Buffer body = Join(VideoHeader(), ClusterHead(1000));
  for (int i = 0; i < 200; ++i) {
    body = Join(body, Video(i));
  }
  EXPECT_EQ(Upload(harness, body).Brief(), "BUFFERING 1000, ERROR 1000 4001");
}

TEST(MediaErrorTest, GoesOnAfterAnErrorWhenToldTo) {
  ServiceConfig config;
  config.session.keep_open_after_error = true;
  ServiceHarness harness(config);
  const Output output = Upload(harness, Join(VideoHeader(), ClusterHead(1000), Audio(0),
                                             Video(1, true), VideoFragment(3000)));
  EXPECT_EQ(output.Brief(),
            "BUFFERING 1000, ERROR 1000 4010, BUFFERING 3000, RECEIVED 3000, PERSISTED 3000");
}

TEST(MediaErrorTest, DeliversEarlierAcksBeforeItClosesAfterAnError) {
  ServiceConfig config;
  config.session.persisted_delay = 200ms;
  ServiceHarness harness(config);
  const auto session = harness.Open();
  const Time begin = harness.now();
  session->Feed(Join(VideoHeader(), VideoFragment(1000), ClusterHead(3000), Audio(0)), begin);
  EXPECT_EQ(Take(*session, begin).Brief(),
            "BUFFERING 1000, RECEIVED 1000, BUFFERING 3000, ERROR 3000 4010");
  EXPECT_FALSE(session->finished());
  EXPECT_EQ(Take(*session, begin + 200ms).Brief(), "PERSISTED 1000");
  EXPECT_TRUE(session->finished());
}

}  // namespace
}  // namespace kvs::emulator
