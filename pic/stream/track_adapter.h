#ifndef KVS_PIC_STREAM_TRACK_ADAPTER_H_
#define KVS_PIC_STREAM_TRACK_ADAPTER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "kvs/frame.h"
#include "kvs/status.h"
#include "kvs/track.h"
#include "pic/codec/aac.h"
#include "pic/codec/av1.h"
#include "pic/codec/nal.h"
#include "pic/codec/parameter_sets.h"
#include "pic/codec/pcm.h"

namespace kvs {

// One frame in the form that goes on the wire: pieces to be stored one after the other. Borrowed from the frame that was
// adapted and from the adapter; valid until its next call.
struct AdaptedFrame {
  std::vector<codec::Bytes> parts;
  std::size_t size = 0;
  Duration offset;  // from the time stamps of the frame that was put
};

// Turns the frames of one track into what goes on the wire, and finds the codec private data where the frames carry it.
// One scan of the payload, no copy.
class TrackAdapter {
 public:
  // Checks `track` and reads what its codec data says. A failure leaves the adapter as it was.
  // Errors: kInvalidArgument, kInvalidCodecData.
  Status Configure(const Track& track);

  // Whether `track` says nothing new: configuring it again would only forget what the frames have told.
  bool SameInput(const Track& track) const;

  // The track as Tracks shall describe it: CodecID, codec private data for 4-byte lengths, size or rate.
  const Track& wire_track() const { return wire_; }
  // Whether enough is known to describe the track. Before that, no frame of it can be sent.
  bool ready() const { return ready_; }

  // Usually one frame; one for each packet of a buffer with several ADTS packets. `changed`: wire_track() is another one from this
  // frame on.
  // Errors: kInvalidFrame, kInvalidNal, kInvalidCodecData, kUnsupportedMedia.
  Result<std::span<const AdaptedFrame>> Adapt(const Frame& frame, bool& changed);

 private:
  Status ConfigureCodec(const Track& track);
  Status ConfigureNals(const Track& track);
  Status ConfigureAv1(const Track& track);
  Status ConfigureMjpeg(const Track& track);
  Status ConfigureAac(const Track& track);
  Status ConfigureG711(const Track& track, codec::G711Law law);
  Status ConfigureOpus(const Track& track);
  Status ConfigurePcm(const Track& track);
  Status AdaptNals(const Frame& frame, bool& changed);
  Status AdaptObus(const Frame& frame, bool& changed);
  Status AdaptImage(const Frame& frame, bool& changed);
  Status AdaptAdts(const Frame& frame, bool& changed);
  Status TakeParameterSets(codec::Bytes data, bool& changed);
  Status TakeSequenceHeader(codec::Bytes payload, bool& changed);
  void One(codec::Bytes data);

  Track source_;  // as it was set
  Track wire_;
  bool ready_ = false;
  int length_size_ = codec::kNalLengthSize;  // of length-prefixed input
  codec::ParameterSets sets_{codec::VideoCodec::kH264};
  codec::AacConfig adts_;
  codec::ByteVector sequence_header_;  // of AV1: what wire_ was made of

  // Scratch, kept so that a steady stream allocates nothing.
  codec::NalList nals_;
  std::vector<std::array<std::uint8_t, codec::kNalLengthSize>> lengths_;
  codec::AdtsFrames adts_frames_;
  std::vector<AdaptedFrame> adapted_;
  std::size_t adapted_count_ = 0;
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_TRACK_ADAPTER_H_
