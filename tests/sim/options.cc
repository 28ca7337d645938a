#include "tests/sim/options.h"

#include <algorithm>

#include "tests/sim/draw.h"

namespace kvs::sim {
namespace {

constexpr std::array<std::string_view, kFaultKinds> kFaultNames = {
    "refuse",    "unreachable", "reset",       "service-reset", "close-after", "dead",
    "freeze",    "slow",        "slow-read",   "status",        "call-delay",  "answer-lost",
    "error-ack", "archive",     "stop-acks",   "delay-acks",    "split-acks",  "merge-acks",
    "garbage",   "endpoint",    "credentials", "delete-stream", "fatal"};

// Codec data that changes without end comes at least this long after the last.
constexpr Duration kCodecChange = Duration::Seconds(2);

TrackPlan DrawVideo(Draw& draw) {
  TrackPlan plan;
  plan.kind = draw.Chance(0.5) ? MediaKind::kH264Avc : MediaKind::kH264AnnexB;
  plan.frame_interval = Duration::Nanos(1'000'000'000 / draw.Pick({10, 15, 24, 25, 30, 60}));
  switch (draw.Between(0, 9)) {
    case 0:  // scene cuts
      plan.gop_min = Duration::Millis(100);
      plan.gop_max = Duration::Millis(2000);
      break;
    case 1:  // longer than a fragment may be
      plan.gop_min = Duration::Seconds(9);
      plan.gop_max = Duration::Seconds(25);
      break;
    case 2:  // key frames only
      plan.gop_min = plan.gop_max = plan.frame_interval;
      break;
    default:
      plan.gop_min = Duration::Millis(draw.LogBetween(500, 6000));
      plan.gop_max = plan.gop_min * draw.Between(1, 2);
      break;
  }
  plan.b_frames = draw.Chance(0.4) ? static_cast<int>(draw.Between(1, 4)) : 0;
  plan.open_gop = plan.b_frames > 0 && draw.Chance(0.2);
  plan.with_dts = draw.Chance(0.8);
  plan.with_duration = draw.Chance(0.6);
  if (draw.Chance(0.1)) {  // large frames
    plan.key_bytes_max = 60'000;
    plan.frame_bytes_max = 9'000;
  }
  if (draw.Chance(0.2)) {  // not more often than new sessions may be opened
    const std::int64_t gops = draw.Between(1, 8) + kCodecChange.nanos() / plan.gop_min.nanos();
    plan.codec_change_gops = static_cast<int>(gops);
  }
  return plan;
}

TrackPlan DrawAudio(Draw& draw) {
  TrackPlan plan;
  plan.kind = draw.Pick({MediaKind::kAacRaw, MediaKind::kAacAdts, MediaKind::kMuLaw});
  plan.frame_interval =
      plan.kind == MediaKind::kMuLaw ? Duration::Millis(40) : Duration::Nanos(64'000'000);
  plan.key_bytes_min = plan.frame_bytes_min = 40;
  plan.key_bytes_max = plan.frame_bytes_max = 120;
  plan.with_duration = draw.Chance(0.6);
  return plan;
}

std::vector<TrackPlan> DrawTracks(Draw& draw, Duration storm) {
  std::vector<TrackPlan> tracks;
  const double what = draw.Unit();
  if (what < 0.35) {
    tracks = {DrawVideo(draw)};
  } else if (what < 0.80) {
    tracks = {DrawVideo(draw), DrawAudio(draw)};
    if (draw.Chance(0.3)) {
      std::swap(tracks[0], tracks[1]);
    }
  } else if (what < 0.88) {
    tracks = {DrawVideo(draw), DrawAudio(draw), DrawAudio(draw)};
  } else if (what < 0.95) {
    tracks = {DrawAudio(draw)};
  } else {
    tracks = {DrawVideo(draw), DrawVideo(draw)};
  }
  // The first track is always there; the others need not be.
  for (std::size_t i = 1; i < tracks.size(); ++i) {
    TrackPlan& plan = tracks[i];
    if (draw.Chance(0.15)) {
      plan.starts_after = draw.Between(Duration::Millis(100), storm / 2);
      plan.declared_late = draw.Chance(0.4);
    }
    plan.silent = draw.Chance(0.08);
    if (draw.Chance(0.15)) {
      plan.ends_after = draw.Between(storm / 4, storm);
      plan.tells_end = draw.Chance(0.5);
    }
  }
  for (TrackPlan& plan : tracks) {
    plan.jitter = draw.Chance(0.3) ? Duration::Millis(draw.LogBetween(5, 400)) : Duration();
  }
  return tracks;
}

StreamConfig DrawConfig(Draw& draw) {
  StreamConfig config;
  config.streaming_type = draw.Chance(0.75) ? StreamingType::kRealtime : StreamingType::kOffline;
  const bool offline = config.streaming_type == StreamingType::kOffline;
  config.retention = !offline && draw.Chance(0.1) ? Duration() : Duration::Hours(2);
  if (draw.Chance(0.3)) {
    config.tags = {{"place", "door"}, {"floor", "1"}};
  }
  config.key_frame_fragmentation = draw.Chance(0.8);
  config.fragment_duration = Duration::Millis(draw.Between(1000, 10000));
  config.timecode_scale = Duration::Millis(draw.Pick({1, 1, 1, 1, 1, 2, 10}));
  config.absolute_fragment_times = draw.Chance(0.75);
  config.fragment_acks = offline || draw.Chance(0.97);
  config.buffer_duration = Duration::Seconds(draw.Between(10, 120));
  config.interleave_delay = Duration::Millis(draw.LogBetween(100, 3000));
  config.idle_timeout = Duration::Seconds(draw.Between(3, 20));
  config.connection_staleness = Duration::Seconds(draw.Between(5, 60));
  config.session_lifetime =
      draw.Chance(0.3) ? Duration::Seconds(draw.Between(3, 30)) : Duration::Minutes(40);
  return config;
}

NetworkPlan DrawNetwork(Draw& draw) {
  NetworkPlan plan;
  plan.delay_min = Duration::Micros(draw.LogBetween(50, 100'000));
  plan.delay_max = plan.delay_min * draw.Pick({1, 1, 2, 10});
  if (draw.Chance(0.2)) {
    plan.bytes_per_second = static_cast<std::uint64_t>(draw.LogBetween(40'000, 4'000'000));
  }
  plan.window_bytes = static_cast<std::size_t>(draw.LogBetween(2'000, 500'000));
  plan.pull_bytes_max = static_cast<std::size_t>(draw.LogBetween(40, 64 << 10));
  plan.piece_bytes_max = static_cast<std::size_t>(draw.LogBetween(60, 64 << 10));
  return plan;
}

ServicePlan DrawService(Draw& draw) {
  ServicePlan plan;
  plan.exists = draw.Chance(0.3);
  plan.create_delay = draw.Chance(0.3) ? Duration::Millis(draw.Between(100, 8000)) : Duration();
  plan.ack_delay_received = Duration::Millis(draw.Chance(0.5) ? 0 : draw.LogBetween(1, 1000));
  plan.ack_delay_persisted = Duration::Millis(draw.Chance(0.3) ? 0 : draw.LogBetween(1, 5000));
  if (draw.Chance(0.1)) {
    plan.session_limit = Duration::Seconds(draw.Between(5, 40));  // sooner than the stream expects
  }
  return plan;
}

// What the time stamps are like, and how late the frames come.
void DrawTimes(Draw& draw, SimOptions& options) {
  if (draw.Chance(0.1)) {
    ClockJump jump;
    jump.again = draw.Chance(0.3);
    jump.at = draw.Between(Duration::Seconds(5), Duration::Seconds(60));
    jump.by = Duration() - (jump.again ? jump.at
                                       : Duration::Millis(draw.LogBetween(1500, 1'800'000)));
    for (TrackPlan& track : options.tracks) {
      track.jump = jump;
    }
  }
  for (TrackPlan& track : options.tracks) {
    if (draw.Chance(0.08)) {
      track.latency = Duration::Millis(draw.LogBetween(100, 4000));
    }
    if (!track.video() && draw.Chance(0.08)) {
      track.shake = Duration::Millis(draw.LogBetween(2, 300));
    }
  }
}

void DrawFaults(Draw& draw, SimOptions& options) {
  constexpr double kRare = 0.04;    // kinds that end the stream, or what it stands on
  constexpr double kCommon = 0.35;  // the others
  if (draw.Chance(0.1)) {
    return;  // a fine day
  }
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const bool rare = kind == FaultKind::kFatal || kind == FaultKind::kDeleteStream;
    const bool on = draw.Chance(rare ? kRare : kCommon);
    const Duration every = draw.LogBetween(Duration::Seconds(4), options.storm);
    options.every[i] = on ? every : Duration();
  }
}

// A camera that only uploads when somebody rings, and the rings: on and off in any order.
void DrawSwitches(Draw& draw, SimOptions& options) {
  options.config.pre_roll = std::min(Duration::Millis(draw.LogBetween(500, 30'000)), options.config.buffer_duration);
  for (std::int64_t count = draw.Between(0, 8); count > 0; --count) {
    options.switches.push_back({draw.Between(Duration(), options.storm), draw.Chance(0.5)});
  }
}

// Less than this is a slow line: bytes per second.
constexpr double kSlowLine = 400'000;

}  // namespace

double BytesPerSecond(const NetworkPlan& network) {
  const double rate = static_cast<double>(network.window_bytes) * 1e9 /
                      static_cast<double>(2 * network.delay_max.nanos() + 1);
  return network.bytes_per_second > 0
             ? std::min(rate, static_cast<double>(network.bytes_per_second))
             : rate;
}

bool SimOptions::AmpleForPreRoll() const {
  // Between key frames, more or less: what one of them may have in front of it.
  Duration most = config.pre_roll + pause_length;
  for (const TrackPlan& track : tracks) {
    if (track.jump || track.shake > Duration() || (track.video() && &track != &tracks.front()) || track.starts_after > Duration()) {
      return false;
    }
    most += track.gop_max * 2 + track.latency + track.jitter;
  }
  return store_bytes == kAmpleStore && max_frames == SimOptions().max_frames && most < config.buffer_duration &&
         (tracks.size() == 1 || tracks.front().video());
}

std::string_view FaultName(FaultKind kind) {
  return kFaultNames[static_cast<std::size_t>(kind)];
}

SimOptions::SimOptions() {
  config.name = "camera";
  config.session_lifetime = Duration::Minutes(40);
}

SimOptions DrawOptions(std::uint64_t seed) {
  Draw draw(seed);
  SimOptions options;
  options.seed = seed;
  const std::string name = options.config.name;
  options.config = DrawConfig(draw);
  options.config.name = name;
  options.storm = Duration::Seconds(draw.LogBetween(15, 100));
  options.tracks = DrawTracks(draw, options.storm);
  const bool offline = options.config.streaming_type == StreamingType::kOffline;
  options.media_ends = offline;
  options.store_bytes = SimOptions::kAmpleStore;
  if (draw.Chance(0.4)) {
    std::size_t largest = 0;
    for (const TrackPlan& track : options.tracks) {
      largest = std::max(largest, track.key_bytes_max);
    }
    // At least a few blocks of the pool.
    options.store_bytes =
        static_cast<std::uint64_t>(draw.LogBetween(160 << 10, 1 << 20)) + 2 * largest;
  }
  if (draw.Chance(0.15)) {
    options.max_frames = static_cast<std::size_t>(draw.LogBetween(100, 3000));
  }
  options.network = DrawNetwork(draw);
  options.service = DrawService(draw);
  const bool slow_line = BytesPerSecond(options.network) < kSlowLine;
  if (slow_line) {
    // A fragment has to fit through a session, and all of the media through the line.
    options.service.session_limit = ServicePlan().session_limit;
    for (TrackPlan& track : options.tracks) {
      track.key_bytes_max = std::min(track.key_bytes_max, TrackPlan().key_bytes_max);
      track.frame_bytes_max = std::min(track.frame_bytes_max, TrackPlan().frame_bytes_max);
    }
  }
  // Tiny pieces of large frames would only take long.
  constexpr std::size_t kPiecesOfAFrame = 50;
  for (const TrackPlan& track : options.tracks) {
    const std::size_t least = track.key_bytes_max / kPiecesOfAFrame;
    options.network.pull_bytes_max = std::max(options.network.pull_bytes_max, least);
    options.network.piece_bytes_max = std::max(options.network.piece_bytes_max, least);
  }
  options.action_delay_max = Duration::Micros(draw.Chance(0.5) ? 0 : draw.LogBetween(10, 20'000));
  options.timer_late_max = Duration::Micros(draw.Chance(0.5) ? 0 : draw.LogBetween(10, 50'000));
  options.credentials_delay_max =
      Duration::Micros(draw.Chance(0.6) ? 0 : draw.LogBetween(100, 2'000'000));
  options.clock_offset = Duration::Millis(draw.Between(-2000, 2000));
  DrawFaults(draw, options);
  for (std::int64_t count = draw.Chance(0.4) ? draw.Between(1, 3) : 0; count > 0; --count) {
    options.drains_at.push_back(draw.Between(Duration::Seconds(1), options.storm));
  }
  std::sort(options.drains_at.begin(), options.drains_at.end());
  options.drain_timeout = Duration::Millis(draw.LogBetween(100, 30'000));
  options.pause_while_draining = draw.Chance(0.5);
  if (!offline && draw.Chance(0.3)) {
    options.pauses_at.push_back(draw.Between(Duration::Seconds(1), options.storm));
    options.pause_length = Duration::Millis(draw.LogBetween(500, 60'000));
  }
  options.stop_in_storm = draw.Chance(0.25);
  options.stop_timeout = Duration::Millis(draw.LogBetween(1, 30'000));
  options.put_after_drain = draw.Chance(0.3);
  options.metadata_chance = draw.Chance(0.4) ? 0.01 * static_cast<double>(draw.Between(1, 20)) : 0;
  if (draw.Chance(0.15)) {
    const Duration longest = Duration::Minutes(3);
    const Duration life = draw.LogBetween(Duration::Seconds(20), longest);
    // As above: on a slow line a session needs time for a fragment.
    options.service.credentials_life = slow_line ? longest : life;
  }
  DrawTimes(draw, options);
  if (!offline && draw.Chance(0.2)) {
    DrawSwitches(draw, options);
  }
  return options;
}

SimOptions CameraDay(std::uint64_t seed, Duration length) {
  SimOptions options;
  options.seed = seed;
  options.storm = length;
  TrackPlan video;
  video.kind = MediaKind::kH264AnnexB;
  video.frame_interval = Duration::Nanos(1'000'000'000 / 30);
  video.b_frames = 0;
  video.jitter = Duration::Millis(20);
  TrackPlan audio;
  audio.kind = MediaKind::kAacAdts;
  audio.frame_interval = Duration::Nanos(64'000'000);
  audio.key_bytes_min = audio.frame_bytes_min = 40;
  audio.key_bytes_max = audio.frame_bytes_max = 120;
  options.tracks = {video, audio};
  options.metadata_chance = 0.001;
  options.service.credentials_life = Duration::Hours(1);
  options.timer_late_max = Duration::Millis(2);
  options.action_delay_max = Duration::Millis(1);
  options.Every(FaultKind::kRefuse) = Duration::Hours(4);
  options.Every(FaultKind::kReset) = Duration::Hours(1);
  options.Every(FaultKind::kDead) = Duration::Hours(6);
  options.Every(FaultKind::kFreeze) = Duration::Hours(2);
  options.Every(FaultKind::kStatus) = Duration::Hours(3);
  options.Every(FaultKind::kErrorAck) = Duration::Hours(8);
  options.Every(FaultKind::kExpireCredentials) = Duration::Hours(7);
  return options;
}

std::string Describe(const SimOptions& options) {
  const StreamConfig& config = options.config;
  std::string text = config.streaming_type == StreamingType::kOffline ? "offline" : "realtime";
  text += config.absolute_fragment_times ? ", absolute" : ", relative";
  text += config.retention == Duration() ? ", no retention" : "";
  text += config.fragment_acks ? "" : ", no acks";
  text += options.metadata_chance > 0 ? ", metadata" : "";
  if (config.pre_roll > Duration()) {
    text += ", pre-roll " + std::to_string(config.pre_roll.millis()) + " ms";
  }
  if (options.service.credentials_life > Duration()) {
    text += ", credentials for " + std::to_string(options.service.credentials_life.seconds()) + " s";
  }
  for (const TrackPlan& track : options.tracks) {
    text += track.video() ? ", video " : ", audio ";
    text += std::to_string(1'000'000'000 / track.frame_interval.nanos()) + "/s";
    if (track.video()) {
      text += " key " + std::to_string(track.gop_min.millis()) + ".." +
              std::to_string(track.gop_max.millis()) + " ms b" + std::to_string(track.b_frames);
    }
    text += track.open_gop ? " open" : "";
    text += track.silent ? " silent" : "";
    text += track.codec_change_gops > 0 ? " codec changes" : "";
    text += track.starts_after > Duration() ? " late" : "";
    text += track.ends_after ? " ends" : "";
    text += track.latency > Duration() ? " looks ahead" : "";
    text += track.shake > Duration() ? " shakes" : "";
    text += track.jump ? (track.jump->again ? " wraps" : " jumps") : "";
  }
  text += ", store " + std::to_string(options.store_bytes >> 10) + " KiB, window " +
          std::to_string(config.buffer_duration.seconds()) + " s, storm " +
          std::to_string(options.storm.seconds()) + " s, " + std::to_string(options.max_frames) +
          " frames:";
  for (std::size_t i = 0; i < kFaultKinds; ++i) {
    if (options.every[i] > Duration()) {
      text += " " + std::string(FaultName(static_cast<FaultKind>(i))) + "/" +
              std::to_string(options.every[i].seconds()) + "s";
    }
  }
  return text;
}

}  // namespace kvs::sim
