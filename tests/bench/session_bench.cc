// The body of a connection: what libcurl asks for, made of what is in the store.
#include <memory>

#include "pic/store/memory_store.h"
#include "pic/stream/upload_session.h"
#include "tests/bench/bench.h"
#include "tests/bench/keep.h"
#include "tests/bench/media.h"

namespace kvs::bench {
namespace {

constexpr std::int64_t kFrames = 30;  // in the fragment
constexpr std::int64_t kFrameMs = 33;
constexpr TrackMask kOnlyTrack = 1;

// A fragment that is sent again and again, each time by a session of its own.
class Sender {
 public:
  explicit Sender(std::size_t size) : pool_(std::make_shared<BlockPool>(kFrames * size * 2)), store_(pool_), index_(store_) {
    auto tracks = std::make_shared<TrackSet>();
    tracks->tracks.push_back(Video());
    tracks->versions.push_back(1);
    index_.Open(0, std::move(tracks));
    const auto payload = LengthPrefixed(size);
    const Bytes part(payload);
    for (std::int64_t i = 0; i < kFrames; ++i) {
      StoredFrame frame;
      frame.ref = *store_.Put({&part, 1}, size);
      frame.timecode = i * kFrameMs;
      frame.key_frame = i == 0;
      index_.Append(frame);
    }
    index_.Close(/*end_tag=*/false);
  }

  void Send() {
    index_.fragment(0).state = FragmentState::kQueued;
    UploadSession session(1, {}, index_, 0);
    while (session.Pull(buffer_, kOnlyTrack).status == UploadSession::PullStatus::kMore) {
      Keep(buffer_.data());
    }
  }

 private:
  std::shared_ptr<BlockPool> pool_;
  MemoryStore store_;
  FragmentIndex index_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(std::size_t{64} * 1024);
};

}  // namespace

std::vector<Benchmark> SessionBenchmarks() {
  std::vector<Benchmark> all;
  for (const std::size_t size : kFrameSizes) {
    all.push_back({"SendFragment/" + std::to_string(size), kFrames * static_cast<std::int64_t>(size), 1, [size] {
                     return [sender = std::make_shared<Sender>(size)] { sender->Send(); };
                   }});
  }
  return all;
}

}  // namespace kvs::bench
