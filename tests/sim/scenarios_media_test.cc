// Stories about media: what comes when, and how it is cut into fragments.
#include <set>

#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

using MediaScenario = Scenario;

TEST_F(MediaScenario, KeyFramesThreeTenthsApartMakeFragmentsOfASecond) {
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Millis(320);
  Begin();
  Seconds(20);
  EndWell();
  ExpectNothingLost();
  for (std::size_t i = 1; i < stored().size(); ++i) {
    EXPECT_GE(stored()[i].timecode - stored()[i - 1].timecode, 1000u);
    EXPECT_TRUE(stored()[i].first_frame_key);
  }
  EXPECT_GE(stored().size(), 15u);
}

TEST_F(MediaScenario, GroupOfTwentyFiveSecondsIsCutBeforeTheServiceRefusesIt) {
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Seconds(25);
  options_.tracks[0].b_frames = 2;
  Begin();
  Seconds(60);
  EndWell();
  ExpectNothingLost();
  for (const emulator::Fragment& fragment : stored()) {
    EXPECT_LE(fragment.last_ns - fragment.first_ns, Duration::Seconds(10).nanos());
  }
}

TEST_F(MediaScenario, CodecDataChangesInMidStream) {
  for (const MediaKind kind : {MediaKind::kH264Avc, MediaKind::kH264AnnexB}) {
    options_.tracks[0].kind = kind;
    options_.tracks[0].codec_change_gops = 3;
    Begin();
    Seconds(20);
    EndWell();
    ExpectNothingLost();
    ExpectNothingTwice();
    std::set<std::vector<std::uint8_t>> headers;
    std::set<std::uint64_t> sessions;
    for (const emulator::Fragment& fragment : stored()) {
      headers.insert(fragment.header->tracks.at(0).codec_private);
      sessions.insert(fragment.session);
    }
    EXPECT_EQ(headers.size(), 2u);
    EXPECT_EQ(sessions.size(), 4u);  // changes at 6, 12 and 18 s
  }
}

TEST_F(MediaScenario, AudioEndsBeforeVideo) {
  for (const bool tells : {true, false}) {
    options_.tracks.resize(1);
    options_.tracks.push_back(Audio());
    options_.tracks[1].ends_after = Duration::Seconds(7);
    options_.tracks[1].tells_end = tells;
    Begin();
    Seconds(20);
    EndWell();
    ExpectNothingLost();
    EXPECT_EQ(stored().front().frames_per_track.size(), 2u);
    EXPECT_EQ(stored().back().frames_per_track.size(), 1u);
  }
}

TEST_F(MediaScenario, AudioIsSilentFromTheStart) {
  options_.tracks.push_back(Audio());
  options_.tracks[1].silent = true;
  Begin();
  Until([](const StreamMetrics& m) { return m.fragments_persisted > 0; }, Duration::Seconds(15));
  Seconds(20);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().sessions_opened, 1u);
  EXPECT_EQ(stored().front().header->tracks.size(), 1u);
}

TEST_F(MediaScenario, AudioComesLate) {
  options_.tracks.push_back(Audio());
  options_.tracks[1].starts_after = Duration::Millis(7300);
  for (const bool declared_late : {false, true}) {
    options_.tracks[1].declared_late = declared_late;
    Begin();
    Millis(19'500);
    EndWell();
    ExpectNothingLost();
    EXPECT_EQ(stored().front().header->tracks.size(), 1u);
    EXPECT_EQ(stored().back().header->tracks.size(), 2u);
  }
}

TEST_F(MediaScenario, SoundAlone) {
  options_.tracks = {Audio()};
  Begin();
  Seconds(30);
  EndWell();
  ExpectNothingLost();
  ExpectNothingTwice();
  EXPECT_EQ(metrics().sessions_opened, 1u);
}

// Counted from the start of the connection, no frame may be before it: pictures shown before the
// key frame that they need.
TEST_F(MediaScenario, RelativeTimesWithOpenGroups) {
  options_.config.absolute_fragment_times = false;
  options_.tracks[0].b_frames = 3;
  options_.tracks[0].open_gop = true;
  Begin();
  Seconds(5);
  Break();
  Seconds(5);
  EndWell();
  ExpectNothingLost();
}

// More than the service takes in a fragment: the frame is refused, and the pictures that need it.
TEST_F(MediaScenario, FrameOfFiftyMegabytesIsRefused) {
  options_.store_bytes = 256 << 20;
  options_.network.window_bytes = 4 << 20;
  options_.tracks[0].frame_interval = Duration::Millis(500);
  options_.tracks[0].key_bytes_min = options_.tracks[0].key_bytes_max = 52'000'000;
  options_.tracks.push_back(Audio());
  Begin();
  Millis(3900);
  EndWell();
  EXPECT_EQ(ledger().lost(LossReason::kTooLarge), 2u);
  EXPECT_EQ(ledger().lost(LossReason::kNoKeyFrame), 6u);
  EXPECT_EQ(ledger().lost(), 8u);
  EXPECT_EQ(stored().back().header->tracks.size(), 1u);  // the sound arrives
}

// Three to a fragment would be too much for the service.
TEST_F(MediaScenario, FragmentIsCutBeforeFiftyMegabytes) {
  options_.store_bytes = 256 << 20;
  options_.network.window_bytes = 8 << 20;
  options_.tracks[0].frame_interval = Duration::Millis(1500);
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Seconds(100);
  options_.tracks[0].key_bytes_min = options_.tracks[0].key_bytes_max = 20'000'000;
  options_.tracks[0].frame_bytes_min = options_.tracks[0].frame_bytes_max = 20'000'000;
  Begin();
  Millis(5000);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(stored().size(), 2u);
}

TEST_F(MediaScenario, FrameLargerThanTheStoreIsRefused) {
  options_.store_bytes = 128 << 10;
  options_.tracks[0].key_bytes_max = 200'000;
  Begin();
  Seconds(60);
  EndWell();
  EXPECT_GT(ledger().lost(LossReason::kPressure), 0u);
  EXPECT_GT(ledger().stored(), 0u);
}

}  // namespace
}  // namespace kvs::sim
