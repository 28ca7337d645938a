// What becomes of the NAL units of a frame on its way in. Copying the same bytes once stands beside it.
#include <cstdlib>
#include <cstring>
#include <memory>

#include "pic/codec/nal.h"
#include "pic/stream/track_adapter.h"
#include "tests/bench/bench.h"
#include "tests/bench/keep.h"
#include "tests/bench/media.h"

namespace kvs::bench {
namespace {

constexpr std::size_t kSliceBytes = 1'400;  // of an encoder that feeds a network
constexpr std::size_t kSizes[] = {kFrame, kLargeFrame};

Benchmark CopyOnce(std::size_t size) {
  return {"CopyOnce/" + std::to_string(size), static_cast<std::int64_t>(size), 0, [size] {
            return [frame = LengthPrefixed(size), copy = std::make_shared<std::vector<std::uint8_t>>(size)] {
              std::memcpy(copy->data(), frame.data(), frame.size());
              Keep(copy->data());
            };
          }};
}

Benchmark ScanAnnexB(std::size_t size, std::string name, std::size_t slice) {
  return {std::move(name) + "/" + std::to_string(size), static_cast<std::int64_t>(size), 2, [size, slice] {
            return [frame = AnnexB(size, slice), nals = std::make_shared<codec::NalList>()] {
              Keep(codec::ScanAnnexB(frame, *nals).ok());
            };
          }};
}

// Start codes become lengths, on the way into another buffer.
Benchmark RewriteAnnexB(std::size_t size) {
  struct Rewriter {
    codec::NalList nals;
    std::vector<std::uint8_t> out;
  };
  return {"RewriteAnnexB/" + std::to_string(size), static_cast<std::int64_t>(size), 2, [size] {
            auto rewriter = std::make_shared<Rewriter>();
            rewriter->out.resize(size);
            return [frame = AnnexB(size, kSliceBytes), rewriter] {
              (void)codec::ScanAnnexB(frame, rewriter->nals);
              Keep(codec::EmitLengthPrefixedTo(frame, rewriter->nals.nals(), rewriter->out));
            };
          }};
}

// All that is done to a frame before it is stored.
Benchmark AdaptFrame(std::size_t size, FrameFormat format) {
  const bool annexb = format == FrameFormat::kAnnexB;
  return {(annexb ? "AdaptAnnexB/" : "AdaptLengthPrefixed/") + std::to_string(size), static_cast<std::int64_t>(size), 2,
          [size, annexb, format] {
            auto adapter = std::make_shared<TrackAdapter>();
            Track track = Video();
            track.format = format;
            if (!adapter->Configure(track).ok()) {
              std::abort();
            }
            return [payload = annexb ? AnnexB(size, kSliceBytes) : LengthPrefixed(size), adapter] {
              Frame frame;
              frame.data = payload;
              bool changed = false;
              Keep(adapter->Adapt(frame, changed).ok());
            };
          }};
}

}  // namespace

std::vector<Benchmark> NalBenchmarks() {
  std::vector<Benchmark> all;
  for (const std::size_t size : kSizes) {
    all.push_back(CopyOnce(size));
    all.push_back(ScanAnnexB(size, "ScanAnnexB", size));
    all.push_back(ScanAnnexB(size, "ScanAnnexBInSlices", kSliceBytes));
    all.push_back(RewriteAnnexB(size));
    all.push_back(AdaptFrame(size, FrameFormat::kAnnexB));
    all.push_back(AdaptFrame(size, FrameFormat::kAvc));
  }
  return all;
}

}  // namespace kvs::bench
