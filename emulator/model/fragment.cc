#include "emulator/model/fragment.h"

namespace kvs::emulator {
namespace {

std::string Padded(const std::string& digits, std::size_t width) {
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::string_view CompleteByName(CompleteBy by) {
  switch (by) {
    case CompleteBy::kNextCluster:
      return "next_cluster";
    case CompleteBy::kEndOfFragmentTag:
      return "end_of_fragment_tag";
    case CompleteBy::kEndOfBody:
      return "end_of_body";
  }
  return "";
}

Fragment Fragment::Summary() const {
  Fragment summary;
  summary.header = header;
  summary.stream = stream;
  summary.session = session;
  summary.number = number;
  summary.timecode = timecode;
  summary.producer_time_ms = producer_time_ms;
  summary.server_time = server_time;
  summary.first_ns = first_ns;
  summary.last_ns = last_ns;
  summary.frames_per_track = frames_per_track;
  summary.first_frame_key = first_frame_key;
  summary.tags = tags;
  summary.body_size = body_size;
  summary.complete_by = complete_by;
  summary.persisted = persisted;
  summary.duplicate = duplicate;
  return summary;
}

JsonObject Fragment::Describe() const {
  constexpr std::int64_t kNanosPerMilli = 1'000'000;
  JsonObject counts;
  for (const auto& [track, count] : frames_per_track) {
    counts.Number(std::to_string(track), count);
  }
  JsonArray tag_list;
  for (const MkvTag& tag : tags) {
    tag_list.Add(JsonArray().Add(JsonQuote(tag.name)).Add(JsonQuote(tag.value)).str());
  }
  JsonObject json;
  json.Text("number", number)
      .Text("stream", stream)
      .Number("session", session)
      .Number("server_time_ms", ToMillis(server_time))
      .Number("producer_time_ms", producer_time_ms)
      .Number("timecode", timecode)
      .Number("timecode_scale_ns", header ? header->timecode_scale_ns : 0)
      .Number("duration_ms", (last_ns - first_ns) / kNanosPerMilli)
      .Number("bytes", body_size)
      .Raw("frames", counts.str())
      .Bool("first_frame_key", first_frame_key)
      .Bool("persisted", persisted)
      .Bool("duplicate", duplicate)
      .Text("complete_by", CompleteByName(complete_by))
      .Raw("tags", tag_list.str());
  return json;
}

std::vector<std::uint8_t> FileHead(const Fragment& fragment) {
  constexpr std::size_t kSizeLength = 8;
  constexpr std::size_t kClusterHead = 4 + kSizeLength;
  const MkvHeader& header = *fragment.header;
  const std::uint64_t segment_size = header.info_element.size() + header.tracks_element.size() +
                                     fragment.tag_elements.size() + kClusterHead +
                                     fragment.body.size();
  std::vector<std::uint8_t> out = header.ebml_element;
  AppendElementHead(out, id::kSegment, segment_size, kSizeLength);
  for (const auto* part : {&header.info_element, &header.tracks_element, &fragment.tag_elements}) {
    out.insert(out.end(), part->begin(), part->end());
  }
  AppendElementHead(out, id::kCluster, fragment.body.size(), kSizeLength);
  return out;
}

std::string MakeFragmentNumber(Time now, std::uint64_t counter) {
  // 17 fixed digits, 13 of milliseconds (until the year 2286), 17 of the counter.
  constexpr std::string_view kPrefix = "91343852333181432";
  return std::string(kPrefix) + Padded(std::to_string(ToMillis(now)), 13) +
         Padded(std::to_string(counter), 17);
}

}  // namespace kvs::emulator
