#ifndef KVS_EMULATOR_MODEL_MKV_READER_H_
#define KVS_EMULATOR_MODEL_MKV_READER_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/model/ebml.h"
#include "emulator/model/mkv_document.h"

namespace kvs::emulator {

struct BlockHead {
  std::uint64_t track = 0;
  std::int16_t relative_time = 0;  // ticks from the cluster's timecode
  bool invisible = false;
  bool discardable = false;
  std::uint64_t payload_size = 0;  // of the frame
};

// Receives what the reader finds, in the order of the document. Spans live for the call only. Each
// answers whether to go on; after false the reader reads no more.
class MkvSink {
 public:
  virtual ~MkvSink() = default;

  // Once, when Info and Tracks are known; always before the first tags and cluster.
  virtual bool OnHeader(MkvHeader header) = 0;
  // One Tags element; `element` is all of it, head included.
  virtual bool OnTags(std::vector<MkvTag> tags, Bytes element) = 0;
  virtual bool OnClusterBegin() = 0;
  // Before every block of the cluster.
  virtual bool OnClusterTimecode(std::uint64_t ticks) = 0;
  // The payload of the cluster as it came (heads and payloads of its children), in pieces.
  virtual bool OnClusterBytes(Bytes bytes) = 0;
  virtual bool OnBlock(const BlockHead& head) = 0;
  // The frame, in pieces.
  virtual bool OnBlockPayload(Bytes bytes) = 0;
  virtual bool OnBlockEnd(bool key) = 0;
};

// Reads one Matroska document as it arrives, resumable at any byte. Strict: an element that is not
// Matroska, is in the wrong place, longer than its parent or needlessly large is an error. Accepts
// every legal width of ids and sizes, known and unknown sizes of Segment and Cluster, SimpleBlocks
// and BlockGroups; skips Void, CRC-32, SeekHead, Cues, Chapters and Attachments.
// Holds at most one small element (see kMaxTracks); frames are passed on, not held.
// Source: RFC 8794, RFC 9559; developer guide, PutMedia.
class MkvReader {
 public:
  static constexpr std::uint64_t kMaxEbmlHeader = 4096;
  static constexpr std::uint64_t kMaxInfo = 64 * 1024;
  static constexpr std::uint64_t kMaxTracks = 4 * 1024 * 1024;  // three codec privates of 1 MiB
  static constexpr std::uint64_t kMaxTags = 256 * 1024;

  explicit MkvReader(MkvSink& sink) : sink_(sink) {}

  // false when the document is wrong (error() says why) or the sink wants no more (error() is
  // empty); it stays false.
  bool Feed(Bytes data);
  // At the end of the document: false when it ends within an element.
  bool Finish();

  const std::string& error() const { return error_; }
  std::uint64_t position() const { return position_; }

 private:
  enum class State : std::uint8_t { kHead, kBuffer, kSkip, kBlockHead, kBlockPayload };
  enum class Level : std::uint8_t { kDocument, kSegment, kCluster, kBlockGroup };
  static constexpr std::size_t kLevels = 4;
  static constexpr std::uint64_t kNoEnd = UINT64_MAX;
  // Track of up to 8 bytes, time of 2, flags of 1.
  static constexpr std::size_t kMaxBlockHead = 11;

  bool Fail(std::string why);
  bool Check(const std::string& problem) { return problem.empty() || Fail(problem); }
  bool Stop();
  // Takes `count` bytes off the front of `data`; passes them on when they belong to a cluster.
  bool Consume(Bytes& data, std::size_t count);

  bool StepHead(Bytes& data);
  bool StepBuffer(Bytes& data);
  bool StepBlockHead(Bytes& data);
  bool StepPayload(Bytes& data);

  bool BeginElement(const ElementHead& head);
  bool BeginInDocument(const ElementHead& head);
  bool BeginInSegment(const ElementHead& head);
  bool BeginInCluster(const ElementHead& head);
  bool BeginInBlockGroup(const ElementHead& head);
  bool BeginBuffered(const ElementHead& head, std::uint64_t max_size);
  bool BeginSkipped(const ElementHead& head);
  bool BeginBlock(const ElementHead& head);
  bool Enter(Level level, const ElementHead& head);
  bool EndElement();
  bool EndLevels();
  bool EndBlockGroup();
  bool HandleBuffered();
  bool HandleInfoAndTracks();

  std::uint64_t& end_of(Level level) { return ends_[static_cast<std::size_t>(level)]; }
  bool in_cluster() const { return level_ >= Level::kCluster; }

  MkvSink& sink_;
  std::string error_;
  bool failed_ = false;
  std::uint64_t position_ = 0;

  State state_ = State::kHead;
  Level level_ = Level::kDocument;
  std::array<std::uint64_t, kLevels> ends_{kNoEnd, kNoEnd, kNoEnd, kNoEnd};
  std::array<std::uint8_t, kMaxElementHead> small_{};  // an incomplete element or block head
  std::size_t small_size_ = 0;
  std::uint32_t element_id_ = 0;
  std::uint64_t element_left_ = 0;    // payload bytes of the current element still to come
  std::vector<std::uint8_t> buffer_;  // a whole small element, head included
  std::size_t buffer_head_length_ = 0;

  MkvHeader header_;
  bool have_ebml_ = false;
  bool have_segment_ = false;
  bool have_info_ = false;
  bool have_tracks_ = false;
  bool header_done_ = false;
  bool cluster_has_time_ = false;
  bool cluster_size_unknown_ = false;
  bool block_is_key_ = false;
  bool group_has_block_ = false;
  bool group_has_reference_ = false;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_MKV_READER_H_
