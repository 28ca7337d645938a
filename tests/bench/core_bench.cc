// A frame through the core, without sockets: put, sent, acknowledged. Copying the same bytes stands beside it.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "pic/stream/stream_core.h"
#include "tests/bench/bench.h"
#include "tests/bench/keep.h"
#include "tests/bench/media.h"

namespace kvs::bench {
namespace {

constexpr std::int64_t kFirstMs = 1'700'000'000'000;
constexpr std::size_t kPullBytes = std::size_t{64} * 1024;  // what libcurl asks for at a time
constexpr std::uint64_t kStore = std::uint64_t{64} << 20;

// One stream, with a service that takes everything at once and acknowledges it a fragment later.
class Uplink {
 public:
  explicit Uplink(std::int64_t frames_per_second, Duration buffer = Duration::Seconds(120)) : rate_(frames_per_second) {
    StreamCore::Options options;
    options.config.name = "bench";
    options.config.buffer_duration = buffer;
    options.pool = std::make_shared<BlockPool>(kStore);
    options.app = "bench";
    core_ = std::make_unique<StreamCore>(std::move(options));
    if (!core_->SetTrack(Video(), now_).ok()) {
      std::abort();
    }
  }

  void Put(const std::vector<std::uint8_t>& payload) {
    now_.mono = now_.mono + Duration::Seconds(1) / rate_;
    Frame frame;
    frame.pts = MediaTime::FromMillis(kFirstMs + TimeOf(frames_));
    frame.key_frame = frames_ % rate_ == 0;
    frame.data = payload;
    if (!core_->PutFrame(frame, now_).status.ok()) {
      std::abort();
    }
    ++frames_;
    Keep(core_->TakeEvents().size());
  }
  // What the service does meanwhile. `most`: bytes that it takes.
  void Answer(std::size_t most = SIZE_MAX) {
    Act();
    for (std::size_t taken = 0; session_ != 0 && taken < most;) {
      const std::span<std::uint8_t> room(buffer_.data(), std::min(buffer_.size(), most - taken));
      const std::size_t bytes = core_->Pull(session_, room, now_).bytes;
      taken += bytes;
      if (bytes < room.size()) {
        break;
      }
    }
    Act();
  }
  // The fragment that was begun in this second is stored.
  void Acknowledge(std::int64_t second) {
    const std::string ack = "{\"EventType\":\"PERSISTED\",\"FragmentTimecode\":" + std::to_string(kFirstMs + second * 1000) +
                            ",\"FragmentNumber\":\"1\"}\n";
    core_->OnAckBytes(session_, {reinterpret_cast<const std::uint8_t*>(ack.data()), ack.size()}, now_);
  }
  // Whole seconds that were put.
  std::int64_t seconds() const { return frames_ / rate_; }
  bool at_key_frame() const { return frames_ % rate_ == 0; }

 private:
  std::int64_t TimeOf(std::int64_t frame) const { return frame / rate_ * 1000 + frame % rate_ * 1000 / rate_; }

  void Act() {
    while (core_->HasActions()) {
      for (const StreamCore::Action& action : core_->TakeActions()) {
        if (const auto* call = std::get_if<StreamCore::MakeCall>(&action)) {
          call->call == machine::Call::kDescribe ? core_->OnDescribed(machine::ServiceState::kActive, now_)
                                                 : core_->OnCallDone(now_);
        } else if (const auto* open = std::get_if<StreamCore::OpenSession>(&action)) {
          session_ = open->session;
          core_->OnSessionConnected(session_, now_);
        }
      }
    }
    Keep(core_->TakeEvents().size());
  }

  const std::int64_t rate_;
  Now now_{MonoTime::FromSeconds(1), WallTime::FromSeconds(kFirstMs / 1000)};
  std::unique_ptr<StreamCore> core_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kPullBytes);
  std::int64_t frames_ = 0;
  std::uint64_t session_ = 0;
};

constexpr std::int64_t kRate = 30;
constexpr std::int64_t kSlowRate = 10;  // of what is buffered for long, so that it is soon there
constexpr int kSteadyCore = 8 * kRate;
// The smallest frames: what grows with a backlog is the number of its frames and fragments.
constexpr std::size_t kTinyFrame = 200;

Benchmark FrameThroughTheCore(std::size_t size) {
  return {"FrameThroughTheCore/" + std::to_string(size), static_cast<std::int64_t>(size), kSteadyCore, [size] {
            auto uplink = std::make_shared<Uplink>(kRate);
            uplink->Answer();
            return [uplink, payload = LengthPrefixed(size)] {
              uplink->Put(payload);
              uplink->Answer();
              if (uplink->at_key_frame()) {
                uplink->Acknowledge(uplink->seconds() - 2);
              }
            };
          }};
}

// The service is away, and `held` waits for it: for each frame that comes, the oldest have to make room now and then.
Benchmark PutFrameBehind(Duration held) {
  const std::int64_t seconds = held.seconds();
  return {"PutFrameBehind" + std::to_string(seconds) + "Seconds/" + std::to_string(kTinyFrame), kTinyFrame, 0,
          [held, seconds] {
            auto uplink = std::make_shared<Uplink>(kSlowRate, held);
            const auto payload = LengthPrefixed(kTinyFrame);
            const std::int64_t full = (seconds + 10) * kSlowRate;
            for (std::int64_t i = 0; i < full; ++i) {
              uplink->Put(payload);
            }
            return [uplink, payload] { uplink->Put(payload); };
          }};
}

// The service is back and takes media as fast as it comes, so that all that waited for it still waits.
Benchmark FrameWhileBehind(Duration behind) {
  const std::int64_t seconds = behind.seconds();
  return {"FrameWhileBehind" + std::to_string(seconds) + "Seconds/" + std::to_string(kTinyFrame), kTinyFrame, kSteadyCore,
          [behind, seconds] {
            auto uplink = std::make_shared<Uplink>(kSlowRate, behind * 2);
            const auto payload = LengthPrefixed(kTinyFrame);
            while (uplink->seconds() < seconds) {
              uplink->Put(payload);
            }
            return [uplink, payload, seconds] {
              constexpr std::size_t kWithHead = kTinyFrame + 20;  // what it takes in Matroska, and a part of a cluster's head
              uplink->Put(payload);
              uplink->Answer(kWithHead);
              if (uplink->at_key_frame()) {
                uplink->Acknowledge(uplink->seconds() - seconds - 2);
              }
            };
          }};
}

// The floor: into the store and out of it.
Benchmark CopyTwice(std::size_t size) {
  return {"CopyTwice/" + std::to_string(size), static_cast<std::int64_t>(size), 0, [size] {
            struct Copies {
              std::vector<std::uint8_t> payload, stored, sent;
            };
            auto copies = std::make_shared<Copies>(
                Copies{LengthPrefixed(size), std::vector<std::uint8_t>(size), std::vector<std::uint8_t>(size)});
            return [copies] {
              std::memcpy(copies->stored.data(), copies->payload.data(), copies->payload.size());
              Keep(copies->stored.data());
              std::memcpy(copies->sent.data(), copies->stored.data(), copies->stored.size());
              Keep(copies->sent.data());
            };
          }};
}

}  // namespace

std::vector<Benchmark> CoreBenchmarks() {
  std::vector<Benchmark> all;
  for (const std::size_t size : kFrameSizes) {
    all.push_back(CopyTwice(size));
    all.push_back(FrameThroughTheCore(size));
  }
  for (const Duration held : {Duration::Minutes(1), Duration::Hours(1)}) {
    all.push_back(PutFrameBehind(held));
    all.push_back(FrameWhileBehind(held));
  }
  return all;
}

}  // namespace kvs::bench
