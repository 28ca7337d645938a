#ifndef KVS_EMULATOR_MODEL_CODEC_CHECK_H_
#define KVS_EMULATOR_MODEL_CODEC_CHECK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/model/ebml.h"

namespace kvs::emulator {

// How the frames of a track are built.
enum class FrameForm : std::uint8_t { kOpaque, kAvc, kHevc };

// What the codec id says about the frames.
FrameForm FrameFormOf(std::string_view codec_id);

// Why the codec private data does not fit the codec id; empty when it does, or when this codec's is
// not looked at. Checked: avcC and hvcC records (with 4-byte NAL lengths), av1C,
// AudioSpecificConfig, OpusHead, WAVEFORMATEX, BITMAPINFOHEADER. Source: ISO/IEC 14496-15 §5.3.3.1
// and §8.3.3.1, 14496-3 §1.6.2.1, RFC 7845 §5.1, Matroska codec mappings.
std::string CodecPrivateProblem(std::string_view codec_id, Bytes codec_private);

// Checks that one frame is a chain of NAL units, each with a 4-byte length in front, which fills
// the frame exactly. Resumable at any byte; payload bytes are skipped, not read.
class NalChainCheck {
 public:
  NalChainCheck() = default;
  NalChainCheck(FrameForm form, std::uint64_t frame_size) : form_(form), left_(frame_size) {}

  // false as soon as the frame is known to be wrong; it stays false.
  bool Feed(Bytes data);
  // After the last byte: whether the last NAL unit was complete.
  bool Finish() const { return good_ && (form_ == FrameForm::kOpaque || at_boundary()); }

 private:
  static constexpr std::uint32_t kLengthBytes = 4;

  bool at_boundary() const { return length_bytes_ == 0 && nal_left_ == 0 && !expect_nal_head_; }
  bool TakeLengthByte(std::uint8_t byte);
  bool NalHeadIsGood(std::uint8_t byte) const;

  FrameForm form_ = FrameForm::kOpaque;
  std::uint64_t left_ = 0;  // bytes of the frame not seen yet
  std::uint64_t nal_left_ = 0;
  std::uint32_t length_ = 0;
  std::uint32_t length_bytes_ = 0;
  bool expect_nal_head_ = false;
  bool good_ = true;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_CODEC_CHECK_H_
