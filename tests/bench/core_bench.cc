// What the core costs per frame, without sockets: put, send, acknowledge. Copying the same bytes with memcpy stands beside each,
// so that the ratio within one run is what counts.
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "pic/ack/ack_parser.h"
#include "pic/codec/nal.h"
#include "pic/stream/stream_core.h"

namespace kvs {
namespace {

// avcC of a 640x480 stream: one SPS, one PPS.
const std::vector<std::uint8_t> kAvcC = {0x01, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0x00, 0x0c, 0x67, 0x42, 0xc0, 0x1e, 0xda, 0x02,
                                         0x80, 0xf6, 0x84, 0x00, 0x00, 0x03, 0x01, 0x00, 0x04, 0x68, 0xce, 0x3c, 0x80};

std::vector<std::uint8_t> AccessUnit(std::size_t bytes) {
  std::vector<std::uint8_t> frame(bytes, 0xA5);
  const auto nal = static_cast<std::uint32_t>(bytes - 4);
  for (int i = 0; i < 4; ++i) {
    frame[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(nal >> (24 - 8 * i));
  }
  return frame;
}

// One stream with a service that stores everything at once.
class Uplink {
 public:
  Uplink() {
    StreamCore::Options options;
    options.config.name = "bench";
    options.pool = std::make_shared<BlockPool>(std::uint64_t{64} << 20);
    options.app = "bench";
    core_ = std::make_unique<StreamCore>(options);
    Track track;
    track.codec_private = kAvcC;
    if (!core_->SetTrack(track, now_).ok()) {
      std::abort();
    }
    Answer();
  }

  void Put(const std::vector<std::uint8_t>& payload) {
    Frame frame;
    frame.pts = MediaTime::FromMillis(1'700'000'000'000 + 33 * frames_);
    frame.key_frame = frames_ % 30 == 0;
    frame.data = payload;
    benchmark::DoNotOptimize(core_->PutFrame(frame, now_));
    if (frame.key_frame) {
      const std::string ack = "{\"EventType\":\"PERSISTED\",\"FragmentTimecode\":" +
                              std::to_string(1'700'000'000'000 + 33 * (frames_ - 30)) + ",\"FragmentNumber\":\"1\"}\n";
      core_->OnAckBytes(1, {reinterpret_cast<const std::uint8_t*>(ack.data()), ack.size()}, now_);
    }
    ++frames_;
    Answer();
  }

 private:
  void Answer() {
    for (const StreamCore::Action& action : core_->TakeActions()) {
      if (const auto* call = std::get_if<StreamCore::MakeCall>(&action)) {
        call->call == machine::Call::kDescribe ? core_->OnDescribed(machine::ServiceState::kActive, now_)
                                               : core_->OnCallDone(now_);
        Answer();
      } else if (!std::holds_alternative<StreamCore::AbortSession>(action)) {
        while (core_->Pull(1, buffer_, now_).bytes > 0) {
        }
      }
    }
    (void)core_->TakeEvents();
  }

  Now now_{MonoTime::FromSeconds(1), WallTime::FromSeconds(1'700'000'000)};
  std::unique_ptr<StreamCore> core_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(64 * 1024);
  std::int64_t frames_ = 0;
};

void FrameThroughTheCore(benchmark::State& state) {
  const auto payload = AccessUnit(static_cast<std::size_t>(state.range(0)));
  Uplink uplink;
  for (auto _ : state) {
    uplink.Put(payload);
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(FrameThroughTheCore)->Arg(2'000)->Arg(20'000)->Arg(230'000);

void CopyTwice(benchmark::State& state) {  // the floor: into the store and out of it
  const auto payload = AccessUnit(static_cast<std::size_t>(state.range(0)));
  std::vector<std::uint8_t> stored(payload.size());
  std::vector<std::uint8_t> sent(payload.size());
  for (auto _ : state) {
    std::memcpy(stored.data(), payload.data(), payload.size());
    benchmark::ClobberMemory();
    std::memcpy(sent.data(), stored.data(), stored.size());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(CopyTwice)->Arg(2'000)->Arg(20'000)->Arg(230'000);

void ScanAnnexB(benchmark::State& state) {
  std::vector<std::uint8_t> frame(static_cast<std::size_t>(state.range(0)), 0xA5);
  frame[0] = frame[1] = frame[2] = 0;
  frame[3] = 1;
  codec::NalList nals;
  for (auto _ : state) {
    benchmark::DoNotOptimize(codec::ScanAnnexB(frame, nals));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(ScanAnnexB)->Arg(20'000)->Arg(230'000);

void ParseAcks(benchmark::State& state) {
  const std::string line =
      "{\"EventType\":\"PERSISTED\",\"FragmentTimecode\":1700000000000,\"FragmentNumber\":"
      "\"91343852333181432392682062607743220000000000001\"}\n";
  ack::AckParser parser;
  std::vector<FragmentAck> acks;
  for (auto _ : state) {
    acks.clear();
    parser.Feed(line, acks);
    benchmark::DoNotOptimize(acks.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}
BENCHMARK(ParseAcks);

}  // namespace
}  // namespace kvs

BENCHMARK_MAIN();
