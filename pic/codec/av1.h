#ifndef KVS_PIC_CODEC_AV1_H_
#define KVS_PIC_CODEC_AV1_H_

#include <cstdint>

#include "kvs/status.h"
#include "pic/codec/nal.h"

namespace kvs::codec {

// obu_type; other values are carried as they are. Source: AV1 specification 6.2.2.
enum class ObuType : std::uint8_t {
  kSequenceHeader = 1,
  kTemporalDelimiter = 2,
};

// One open bitstream unit, a view of the bytes that were read.
struct Obu {
  ObuType type = ObuType::kSequenceHeader;
  Bytes whole;    // with header and size field
  Bytes payload;  // without
};

// Walks the OBUs of a temporal unit in the low-overhead format, in which each has a size field.
// Source: AV1 specification 5.2 and 5.3.
class ObuReader {
 public:
  explicit ObuReader(Bytes data) : rest_(data) {}

  // False at the end, and at the first OBU that cannot be read; ok() tells which.
  bool Next(Obu& obu);
  bool ok() const { return ok_; }

 private:
  bool Fail();

  Bytes rest_;
  bool ok_ = true;
};

// What a sequence header says. Source: AV1 specification 5.5.
struct Av1SequenceHeader {
  std::uint8_t profile = 0;    // 0 Main, 1 High, 2 Professional
  std::uint8_t level_idx = 0;  // of the first operating point, as its tier
  bool high_tier = false;
  std::uint8_t bit_depth = 8;  // 8, 10 or 12
  bool monochrome = false;
  bool subsampling_x = true;
  bool subsampling_y = true;
  std::uint8_t chroma_sample_position = 0;  // 0..2
  std::uint32_t width = 0;                  // the largest of all frames, 1..65536
  std::uint32_t height = 0;
};

// Shape:  the payload of an OBU of type kSequenceHeader.
// Errors: kInvalidCodecData: cut short, or a reserved profile.
Result<Av1SequenceHeader> ParseAv1SequenceHeader(Bytes payload);

// What a track of AV1 is described by.
struct Av1Config {
  // av1C with its OBUs. Matroska's CodecPrivate of V_AV1.
  ByteVector codec_private;
  // Payload of the sequence header. Empty when av1C has none; width and height are 0 then.
  ByteVector sequence_header;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

// Whether codec data begins as av1C does.
bool IsAv1C(Bytes codec_data);

// Reads av1C, which is kept as it is. Source: AV1 Codec ISO Media File Format Binding 2.3.
//
// Errors: kInvalidCodecData: not version 1, cut short, OBUs that cannot be read, or those of
//         ParseAv1SequenceHeader(). kTooLarge: more than kMaxCodecPrivateBytes.
Result<Av1Config> Av1ConfigFromCodecData(Bytes av1c);

// Builds av1C around the payload of a sequence header.
//
// Errors: those of ParseAv1SequenceHeader(). kTooLarge: more than kMaxCodecPrivateBytes.
Result<Av1Config> Av1ConfigFromSequenceHeader(Bytes payload);

}  // namespace kvs::codec

#endif  // KVS_PIC_CODEC_AV1_H_
