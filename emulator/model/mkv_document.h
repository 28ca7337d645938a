#ifndef KVS_EMULATOR_MODEL_MKV_DOCUMENT_H_
#define KVS_EMULATOR_MODEL_MKV_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/model/codec_check.h"
#include "emulator/model/ebml.h"

namespace kvs::emulator {

struct MkvTrack {
  std::uint64_t number = 0;
  std::uint64_t uid = 0;
  std::uint64_t type = 0;  // 1 video, 2 audio, 3 complex, ...
  std::string name;
  std::string codec_id;
  std::vector<std::uint8_t> codec_private;
  std::uint64_t pixel_width = 0;
  std::uint64_t pixel_height = 0;
  double sampling_frequency = 0;
  std::uint64_t channels = 0;
  std::uint64_t bit_depth = 0;
  FrameForm frame_form = FrameForm::kOpaque;
};

// What comes before the first cluster.
struct MkvHeader {
  std::string doc_type;
  std::uint64_t timecode_scale_ns = 1'000'000;
  std::vector<std::uint8_t> segment_uid;
  std::string title;
  std::string muxing_app;
  std::string writing_app;
  std::vector<MkvTrack> tracks;
  // The elements as they came, heads included: EBML header, Info, Tracks.
  std::vector<std::uint8_t> ebml_element;
  std::vector<std::uint8_t> info_element;
  std::vector<std::uint8_t> tracks_element;
};

struct MkvTag {
  std::string name;
  std::string value;
};

// Each reads the payload of one element into `out` and answers why it is not acceptable; empty when
// it is. Source: RFC 8794 §11.2, RFC 9559 §5.1.
std::string ParseEbmlHeader(Bytes payload, MkvHeader* out);
std::string ParseInfo(Bytes payload, MkvHeader* out);
std::string ParseTracks(Bytes payload, MkvHeader* out);
// The SimpleTags of all Tags in order, nested ones after their parents.
std::string ParseTags(Bytes payload, std::vector<MkvTag>* out);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_MKV_DOCUMENT_H_
