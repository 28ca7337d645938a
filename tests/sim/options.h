#ifndef KVS_TESTS_SIM_OPTIONS_H_
#define KVS_TESTS_SIM_OPTIONS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kvs/stream_config.h"
#include "kvs/time.h"

namespace kvs::sim {

enum class MediaKind : std::uint8_t {
  kH264Avc,     // length-prefixed, parameter sets in the codec data
  kH264AnnexB,  // start codes, parameter sets in front of key frames
  kAacRaw,
  kAacAdts,
  kMuLaw,
};

// The clock that a source takes its time stamps from is set, or wraps.
struct ClockJump {
  Duration at;         // since the start
  Duration by;         // negative: back
  bool again = false;  // every `at`: with `by` as long, a counter that wraps

  // How often it has jumped then.
  std::int64_t Count(Duration since_start) const {
    const std::int64_t count = std::max<std::int64_t>(0, since_start.nanos()) / at.nanos();
    return again ? count : std::min<std::int64_t>(count, 1);
  }
};

// One track of the camera or file.
struct TrackPlan {
  MediaKind kind = MediaKind::kH264Avc;
  Duration frame_interval = Duration::Millis(40);
  // Distance of key frames, drawn anew for each.
  Duration gop_min = Duration::Seconds(2);
  Duration gop_max = Duration::Seconds(2);
  int b_frames = 0;       // between two others
  bool open_gop = false;  // frames after a key frame in decoding order are shown before it
  std::size_t key_bytes_min = 400;
  std::size_t key_bytes_max = 1200;
  std::size_t frame_bytes_min = 60;
  std::size_t frame_bytes_max = 200;
  bool with_duration = true;           // Frame::duration is set
  bool with_dts = true;                // Frame::dts is set where there are B-frames
  Duration starts_after;               // its first frame is this late
  bool declared_late = false;          // SetTrack only then; ExpectTrack from the start
  bool silent = false;                 // declared, and never a frame
  std::optional<Duration> ends_after;  // of media
  bool tells_end = true;               // EndTrack is called then
  // New codec data with every n-th key frame; 0: never.
  int codec_change_gops = 0;
  Duration latency;  // frames come this much later than they were taken: an encoder looks ahead
  Duration jitter;   // and up to this much later still
  std::optional<ClockJump> jump;
  Duration shake;  // time stamps are up to this much too early

  bool video() const { return kind == MediaKind::kH264Avc || kind == MediaKind::kH264AnnexB; }
};

// The user presses the switch of a stream that has a pre-roll.
struct SwitchPress {
  Duration at;  // since the start
  bool on = false;
};

// The network between the two, when nothing is wrong with it.
struct NetworkPlan {
  Duration delay_min = Duration::Millis(5);  // one way
  Duration delay_max = Duration::Millis(15);
  std::uint64_t bytes_per_second = 0;    // up; 0: no limit
  std::size_t window_bytes = 256 << 10;  // taken from the core and not yet read by the service
  std::size_t pull_bytes_max = 64 << 10;
  std::size_t piece_bytes_max = 16 << 10;  // received at once
};

// What the line carries at best: its rate, or a window per round trip.
double BytesPerSecond(const NetworkPlan& network);

// What the storm can do. Each kind has its mean interval in SimOptions::every; zero: never.
enum class FaultKind : std::uint8_t {
  kRefuse,       // connections are refused for a while
  kUnreachable,  // connections are not answered for a while: connect time-outs
  kReset,        // connections break at a random byte; what is under way in both directions is lost
  kServiceReset,  // the service ends a session after some bytes: RST, FIN, or a crash that forgets
                  // what it received
  kCloseAfter,    // the service ends a session in order, half-way
  kDead,          // connections go silent for ever, and nobody is told
  kFreeze,        // nothing is delivered for a while, in one direction or both
  kSlow,          // few bytes per second for a while
  kSlowRead,      // the service reads slowly for a while
  kStatus,        // a call is answered with an error that passes
  kCallDelay,     // an answer is late or never comes
  kAnswerLost,    // a call is carried out, its answer is lost
  kErrorAck,      // a fragment gets an ERROR ack
  kArchiveFailure,  // a fragment that was received could not be stored: ERROR 5001
  kStopAcks,        // acks stay away for a while
  kDelayAcks,
  kSplitAcks,
  kMergeAcks,
  kGarbageAcks,
  kMoveEndpoint,       // the data endpoint is another one from now on
  kExpireCredentials,  // those in use are refused until they are fetched again
  kDeleteStream,       // somebody deletes the stream; it is to be created again
  kFatal,              // a call is answered with a refusal that does not pass
};
inline constexpr std::size_t kFaultKinds = static_cast<std::size_t>(FaultKind::kFatal) + 1;
std::string_view FaultName(FaultKind kind);

// The service.
struct ServicePlan {
  Duration create_delay;
  Duration ack_delay_received;
  Duration ack_delay_persisted = Duration::Millis(50);
  Duration session_limit = Duration::Minutes(45);
  bool exists = false;  // the stream, before the run
  Duration credentials_life;  // after which those given out are refused, and break what they opened; zero: for ever
};

// One whole run.
struct SimOptions {
  std::uint64_t seed = 1;

  StreamConfig config;
  std::uint64_t store_bytes = 64 << 20;
  std::size_t max_frames = 1 << 20;

  std::vector<TrackPlan> tracks{TrackPlan{}};
  std::vector<Duration> pauses_at;  // all tracks, since the start
  Duration pause_length;
  bool media_ends = false;  // offline: after `storm` of media

  NetworkPlan network;
  ServicePlan service;

  // The shell: how far its threads fall behind, and how long credentials take.
  Duration action_delay_max;
  Duration timer_late_max;
  Duration credentials_delay_max;
  // The device's clock against the service's.
  Duration clock_offset;

  std::array<Duration, kFaultKinds> every{};  // by FaultKind
  Duration storm = Duration::Seconds(60);
  std::vector<Duration> drains_at;  // since the start
  Duration drain_timeout = Duration::Seconds(20);
  std::vector<SwitchPress> switches;
  bool pause_while_draining = false;
  // The end: Stop in the middle of the storm, or calm, everything drained, then Stop.
  bool stop_in_storm = false;
  Duration stop_timeout = Duration::Seconds(20);
  bool put_after_drain = false;
  // Before a frame, metadata for the next fragment is put, or metadata for all that follow.
  double metadata_chance = 0;

  // Largest store in a drawn run: nothing is evicted for lack of bytes.
  static constexpr std::uint64_t kAmpleStore = 64 << 20;
  // Nothing gives way but what is older than the pre-roll.
  bool AmpleForPreRoll() const;

  Duration& Every(FaultKind kind) { return every[static_cast<std::size_t>(kind)]; }
  Duration Every(FaultKind kind) const { return every[static_cast<std::size_t>(kind)]; }

  SimOptions();
};

// Swarm style: what is in a run, and how wild it is, is all drawn from the seed; each kind of fault
// is off in many runs.
SimOptions DrawOptions(std::uint64_t seed);

// A camera with sound in ordinary life: 30 frames a second, rotations, an outage now and then.
SimOptions CameraDay(std::uint64_t seed, Duration length);

// In a line, for messages.
std::string Describe(const SimOptions& options);

}  // namespace kvs::sim

#endif  // KVS_TESTS_SIM_OPTIONS_H_
