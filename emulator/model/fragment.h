#ifndef KVS_EMULATOR_MODEL_FRAGMENT_H_
#define KVS_EMULATOR_MODEL_FRAGMENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/json_text.h"
#include "emulator/model/mkv_document.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

// What told the service that a fragment was complete.
enum class CompleteBy : std::uint8_t { kNextCluster, kEndOfFragmentTag, kEndOfBody };

// "next_cluster", "end_of_fragment_tag", "end_of_body".
std::string_view CompleteByName(CompleteBy by);

struct FrameInfo {
  std::uint64_t track = 0;
  std::int64_t time_ns = 0;  // cluster timecode plus the block's own, in the media's time
  std::uint64_t size = 0;
  bool key = false;
};

// One fragment, that is one cluster, as the service received it.
struct Fragment {
  std::shared_ptr<const MkvHeader> header;  // of its session
  std::string stream;
  std::uint64_t session = 0;
  std::string number;
  std::uint64_t timecode = 0;         // of the cluster, in ticks
  std::int64_t producer_time_ms = 0;  // since 1970
  Time server_time;                   // of its first byte
  std::int64_t first_ns = 0;          // earliest and latest frame time
  std::int64_t last_ns = 0;
  std::vector<FrameInfo> frames;
  std::map<std::uint64_t, std::uint64_t> frames_per_track;
  bool first_frame_key = false;
  std::vector<MkvTag> tags;
  std::vector<std::uint8_t> tag_elements;  // the Tags elements as they came
  std::vector<std::uint8_t> body;          // payload of the cluster; empty when media is not kept
  std::uint64_t body_size = 0;
  CompleteBy complete_by = CompleteBy::kNextCluster;
  bool persisted = false;  // false: the stream has no retention
  bool duplicate = false;  // its producer time was stored before

  // The same without what grows with the media: frames, tag elements, body.
  Fragment Summary() const;
  // A line of fragments.jsonl without its `file`.
  JsonObject Describe() const;
};

// What to write in front of `fragment.body` so that the whole is a Matroska file of its own: EBML
// header, segment of known size, Info, Tracks, tags, head of the cluster.
std::vector<std::uint8_t> FileHead(const Fragment& fragment);

// A fragment number as the service makes them: 47 decimal digits which grow with time and
// `counter`.
std::string MakeFragmentNumber(Time now, std::uint64_t counter);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_FRAGMENT_H_
