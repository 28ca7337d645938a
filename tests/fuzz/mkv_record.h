#ifndef KVS_TESTS_FUZZ_MKV_RECORD_H_
#define KVS_TESTS_FUZZ_MKV_RECORD_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "emulator/model/mkv_reader.h"
#include "pic/mkv/mkv_writer.h"
#include "pic/store/fragment_index.h"
#include "tests/fuzz/fuzz_check.h"

// What the Matroska fuzzer puts in, what it reads back, and whether that is the same.
namespace kvs::fuzz {

using ByteVector = std::vector<std::uint8_t>;

// What was put in.
struct PutFrame {
  std::uint8_t track = 0;  // position in the track set
  std::int16_t relative_timecode = 0;
  mkv::BlockFlags flags;
  ByteVector payload;
};
struct PutFragment {
  std::int64_t timecode = 0;
  std::shared_ptr<const TrackSet> tracks;
  TrackMask mask = 0;
  std::vector<PutFrame> frames;
  bool end_tag = false;
};

// What was read.
struct ReadBlock {
  emulator::BlockHead head;
  bool key = false;
  bool whole = false;
  ByteVector payload;
};
struct ReadCluster {
  std::optional<std::uint64_t> timecode;
  std::vector<ReadBlock> blocks;
  std::vector<emulator::MkvTag> tags;  // after it
};

class Recorder : public emulator::MkvSink {
 public:
  bool OnHeader(emulator::MkvHeader header) override {
    Check(!header_, "one header");
    header_ = std::move(header);
    return true;
  }
  bool OnTags(std::vector<emulator::MkvTag> tags, emulator::Bytes /*element*/) override {
    std::vector<emulator::MkvTag>& out = clusters_.empty() ? first_tags_ : clusters_.back().tags;
    out.insert(out.end(), tags.begin(), tags.end());
    return true;
  }
  bool OnClusterBegin() override {
    clusters_.emplace_back();
    return true;
  }
  bool OnClusterTimecode(std::uint64_t ticks) override {
    clusters_.back().timecode = ticks;
    return true;
  }
  bool OnClusterBytes(emulator::Bytes /*bytes*/) override { return true; }
  bool OnBlock(const emulator::BlockHead& head) override {
    clusters_.back().blocks.push_back({head, false, false, {}});
    return true;
  }
  bool OnBlockPayload(emulator::Bytes bytes) override {
    ByteVector& payload = clusters_.back().blocks.back().payload;
    payload.insert(payload.end(), bytes.begin(), bytes.end());
    return true;
  }
  bool OnBlockEnd(bool key) override {
    clusters_.back().blocks.back().key = key;
    clusters_.back().blocks.back().whole = true;
    return true;
  }

  const std::optional<emulator::MkvHeader>& header() const { return header_; }
  const std::vector<emulator::MkvTag>& first_tags() const { return first_tags_; }
  const std::vector<ReadCluster>& clusters() const { return clusters_; }

 private:
  std::optional<emulator::MkvHeader> header_;
  std::vector<emulator::MkvTag> first_tags_;  // before the first cluster
  std::vector<ReadCluster> clusters_;
};

inline void CheckTrack(const emulator::MkvTrack& read, const Track& put) {
  Check(read.number == put.id && read.uid == put.id, "TrackNumber and TrackUID");
  Check(read.type == static_cast<std::uint64_t>(put.type), "TrackType");
  Check(read.name == put.name && read.codec_id == put.codec_id, "Name and CodecID");
  Check(read.codec_private == put.codec_private, "CodecPrivate");
  const bool video = put.type == TrackType::kVideo;
  Check(
      read.pixel_width == (video ? put.width : 0) && read.pixel_height == (video ? put.height : 0),
      "Video");
  const bool audio = !video && put.sample_rate != 0;
  Check(read.sampling_frequency == (audio ? put.sample_rate : 0) &&
            read.channels == (audio ? put.channels : 0) &&
            read.bit_depth == (audio ? put.bit_depth : 0),
        "Audio");
}

inline void CheckInfo(const emulator::MkvHeader& read, const mkv::SegmentInfo& put) {
  Check(read.doc_type == "matroska", "DocType");
  Check(
      std::equal(read.segment_uid.begin(), read.segment_uid.end(), put.uid.begin(), put.uid.end()),
      "SegmentUID");
  Check(read.timecode_scale_ns == put.timecode_scale_ns, "TimecodeScale");
  Check(read.title == put.title && read.muxing_app == put.app && read.writing_app == put.app,
        "Title and apps");
}

// `block` is `frame`, or, when it was cut off, a part of it.
inline void CheckBlock(const ReadBlock& block, const PutFragment& fragment, const PutFrame& frame) {
  Check(block.head.track == fragment.tracks->tracks[frame.track].id, "track of a block");
  Check(block.head.relative_time == frame.relative_timecode, "time of a block");
  Check(block.head.invisible == frame.flags.invisible &&
            block.head.discardable == frame.flags.discardable,
        "flags of a block");
  Check(block.head.payload_size == frame.payload.size(), "size of a block");
  Check(!block.whole || block.key == frame.flags.key_frame, "key frame");
  Check(block.whole == (block.payload.size() == frame.payload.size()),
        "a whole block has the whole frame");
  Check(std::equal(block.payload.begin(), block.payload.end(), frame.payload.begin()), "payload");
}

}  // namespace kvs::fuzz

#endif  // KVS_TESTS_FUZZ_MKV_RECORD_H_
