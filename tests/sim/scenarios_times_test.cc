// Stories about time stamps: tracks against each other, and clocks that are not what they should
// be.
#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

class TimeScenario : public Scenario {
 protected:
  void Jump(ClockJump jump) {
    for (TrackPlan& track : options_.tracks) {
      track.jump = jump;
    }
  }
  // From the first frame of the recording to its last.
  Duration Recorded() {
    const emulator::Fragment& last = stored().back();
    return Duration::Millis(last.producer_time_ms - stored().front().producer_time_ms) +
           Duration::Nanos(last.last_ns - last.first_ns);
  }
  // From here on, in each fragment the frames of all tracks are in the order of their times, ties
  // of video first.
  void ExpectOrdered() {
    ExpectEach([](const emulator::FrameInfo& before, const emulator::FrameInfo& after) {
      return before.time_ns < after.time_ns ||
             (before.time_ns == after.time_ns && before.track < after.track);
    });
  }
  // Or the frames of each track are, and none is from before the key frame.
  void ExpectOrderedWithinTracks() {
    ExpectEach([](const emulator::FrameInfo& before, const emulator::FrameInfo& after) {
      return before.track != after.track || before.time_ns < after.time_ns;
    });
  }

 private:
  void ExpectEach(bool (*in_order)(const emulator::FrameInfo&, const emulator::FrameInfo&)) {
    world_->ledger().set_on_stored([in_order](const emulator::Fragment& fragment) {
      EXPECT_TRUE(fragment.first_frame_key);
      const emulator::FrameInfo& key = fragment.frames.front();
      EXPECT_EQ(key.track, 1u);
      for (std::size_t i = 1; i < fragment.frames.size(); ++i) {
        EXPECT_TRUE(in_order(fragment.frames[i - 1], fragment.frames[i]));
        EXPECT_GE(fragment.frames[i].time_ns, key.time_ns);
      }
    });
  }
};

TEST_F(TimeScenario, TiesGoToVideo) {
  options_.tracks.push_back(Audio());
  options_.tracks[1].frame_interval = options_.tracks[0].frame_interval;
  Begin();
  ExpectOrdered();
  Millis(19'500);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
}

TEST_F(TimeScenario, ThreeTracksInOrder) {
  options_.tracks.push_back(Audio());
  options_.tracks.push_back(Audio());
  options_.tracks[2].kind = MediaKind::kMuLaw;
  options_.tracks[2].frame_interval = Duration::Millis(20);
  Begin();
  ExpectOrdered();
  Millis(19'500);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
  EXPECT_EQ(stored().back().frames_per_track.size(), 3u);
}

TEST_F(TimeScenario, FramesComeUnevenlyAndFallIntoTheirFragmentsAllTheSame) {
  options_.tracks.push_back(Audio());
  options_.tracks[0].jitter = Duration::Millis(300);
  options_.tracks[1].jitter = Duration::Millis(500);
  Begin();
  ExpectOrderedWithinTracks();
  Seconds(30);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
}

// Fragments then begin at pictures that are no key frames, and those wait for sound as key frames do.
TEST_F(TimeScenario, KeyFramesAreRareAndSoundIsLate) {
  options_.tracks.push_back(Audio());
  options_.tracks[0].gop_min = options_.tracks[0].gop_max = Duration::Seconds(60);
  options_.tracks[1].latency = Duration::Millis(250);
  Begin();
  Seconds(45);
  EndWell();
  ExpectNothingLost();
  EXPECT_GE(stored().size(), 4u);
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
}

TEST_F(TimeScenario, EncoderLooksAheadThreeSeconds) {
  options_.tracks.push_back(Audio());
  options_.tracks[0].latency = Duration::Seconds(3);
  Begin();
  ExpectOrdered();
  Seconds(30);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
  EXPECT_EQ(metrics().sessions_opened, 1u);
}

TEST_F(TimeScenario, ASilentTrackHoldsTheOtherUpOnlyOnce) {
  options_.tracks.push_back(Audio());
  options_.tracks[1].ends_after = Duration::Seconds(10);
  options_.tracks[1].tells_end = false;
  Begin();
  Seconds(14);
  const std::uint64_t persisted = metrics().fragments_persisted;
  Seconds(10);
  EXPECT_EQ(metrics().fragments_persisted, persisted + 5);
  EndWell();
  ExpectNothingLost();
}

TEST_F(TimeScenario, SourceClockIsSetBackAnHour) {
  for (const bool absolute : {true, false}) {
    options_.config.absolute_fragment_times = absolute;
    options_.tracks = {TrackPlan(), Audio()};
    Jump({Duration::Seconds(9), -Duration::Minutes(30)});
    Begin();
    Millis(19'500);
    EndWell();
    ExpectNothingLost();
    EXPECT_EQ(metrics().timestamps_adjusted, 0u);
    EXPECT_EQ(metrics().sessions_opened, 1u);
    EXPECT_NEAR(static_cast<double>(Recorded().millis()), 19'500, 200);
  }
}

TEST_F(TimeScenario, SourceClockIsSetBackAnHourAndTheConnectionBreaks) {
  options_.tracks.push_back(Audio());
  Jump({Duration::Seconds(9), -Duration::Minutes(30)});
  Begin();
  Millis(9500);
  Break();
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
}

TEST_F(TimeScenario, SourceClockIsSetBackSomeSeconds) {
  for (const bool sound : {false, true}) {
    options_.tracks = {TrackPlan()};
    if (sound) {
      options_.tracks.push_back(Audio());
    }
    Jump({Duration::Seconds(9), -Duration::Seconds(5)});
    Begin();
    Millis(19'500);
    EndWell();
    ExpectNothingLost();
    EXPECT_EQ(metrics().timestamps_adjusted, 0u);
    EXPECT_NEAR(static_cast<double>(Recorded().millis()), 19'500, 200);
  }
}

// Pictures that are shown before the jump are put behind one that is shown after it.
TEST_F(TimeScenario, SourceClockIsSetBackAmongReorderedPictures) {
  options_.tracks[0].b_frames = 2;
  options_.tracks.push_back(Audio());
  Jump({Duration::Millis(9060), -Duration::Minutes(30)});
  Begin();
  Millis(19'500);
  EndWell();
  ExpectNothingLost();
  EXPECT_LE(metrics().timestamps_adjusted, 3u);
  EXPECT_NEAR(static_cast<double>(Recorded().millis()), 19'500, 500);
}

TEST_F(TimeScenario, OnlyVideoBeginsAgain) {
  options_.tracks.push_back(Audio());
  options_.tracks[0].jump = ClockJump{Duration::Seconds(9), -Duration::Minutes(30)};
  Begin();
  Millis(19'500);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
  EXPECT_NEAR(static_cast<double>(Recorded().millis()), 19'500, 200);
}

TEST_F(TimeScenario, CounterWraps) {
  options_.tracks.push_back(Audio());
  Jump({Duration::Seconds(30), -Duration::Seconds(30), /*again=*/true});
  Begin();
  Seconds(200);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
  EXPECT_NEAR(static_cast<double>(Recorded().millis()), 200'000, 1000);
}

// The other way it is a pause: nothing is known of the time in between.
TEST_F(TimeScenario, SourceClockIsSetForwardAnHour) {
  options_.tracks.push_back(Audio());
  Jump({Duration::Seconds(9), Duration::Hours(1)});
  Begin();
  Millis(19'500);
  EndWell();
  ExpectNothingLost();
  EXPECT_NEAR(static_cast<double>(Recorded().millis()), 3'619'500, 200);
}

TEST_F(TimeScenario, SoundThatGoesBackALittleIsPutInOrder) {
  options_.tracks.push_back(Audio());
  options_.tracks[1].shake = Duration::Millis(150);
  Begin();
  world_->ledger().set_on_stored(
      [sound = std::int64_t{0}](const emulator::Fragment& fragment) mutable {
        for (const emulator::FrameInfo& frame : fragment.frames) {
          EXPECT_TRUE(frame.track == 1 || frame.time_ns >= std::exchange(sound, frame.time_ns));
        }
      });
  Millis(19'500);
  EndWell();
  ExpectNothingLost();
  EXPECT_GT(metrics().timestamps_adjusted, 0u);
  EXPECT_EQ(metrics().sessions_opened, 1u);
}

TEST_F(TimeScenario, UnitOfTenMilliseconds) {
  options_.config.timecode_scale = Duration::Millis(10);
  options_.tracks.push_back(Audio());
  Begin();
  Millis(9500);
  Break();
  Seconds(10);
  EndWell();
  ExpectNothingLost();
  EXPECT_EQ(metrics().timestamps_adjusted, 0u);
}

}  // namespace
}  // namespace kvs::sim
