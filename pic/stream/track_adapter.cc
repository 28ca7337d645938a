#include "pic/stream/track_adapter.h"

#include <algorithm>
#include <string>
#include <utility>

#include "pic/codec/jpeg.h"
#include "pic/codec/opus.h"
#include "pic/codec/video_config.h"
#include "pic/mkv/mkv_writer.h"

namespace kvs {
namespace {

constexpr std::size_t kMaxTextBytes = 32;  // of CodecID and track name
// What Tracks has room for; AV1 alone may be one larger.
constexpr std::uint32_t kMaxSide = 65535;
// The one CodecID of M-JPEG that goes without codec private data. Source: Matroska codec mappings.
constexpr char kPlainMjpeg[] = "V_MJPEG";

// Whether the frames tell their size, and know it better than who puts them.
bool FramesTellSize(Codec codec) {
  return codec == Codec::kH264 || codec == Codec::kH265 || codec == Codec::kAv1 || codec == Codec::kMjpeg;
}

bool IsNal(const Track& track) { return track.codec == Codec::kH264 || track.codec == Codec::kH265; }

bool HasFormat(Codec codec, FrameFormat format) {
  switch (format) {
    case FrameFormat::kAvc:
    case FrameFormat::kAvcInBand:
    case FrameFormat::kAnnexB:
      return codec == Codec::kH264 || codec == Codec::kH265;
    case FrameFormat::kObuStream:
      return codec == Codec::kAv1;
    case FrameFormat::kAdts:
      return codec == Codec::kAac;
    case FrameFormat::kRaw:
      break;
  }
  return codec != Codec::kAv1;
}

// Of H.264 and H.265: whether the parameter sets cannot be found in the frames.
bool NeedsCodecData(FrameFormat format) { return format == FrameFormat::kAvc || format == FrameFormat::kRaw; }

std::string Name(const Track& track) { return "track " + std::to_string(track.id); }

Status Check(const Track& track) {
  if (track.id < 1 || track.id > 127) {
    return {StatusCode::kInvalidArgument, "track id " + std::to_string(track.id) + " is not in 1..127"};
  }
  if (track.name.size() > kMaxTextBytes || track.codec_id.size() > kMaxTextBytes) {
    return {StatusCode::kInvalidArgument, Name(track) + ": name and codec id have at most 32 characters"};
  }
  if (track.codec_private.size() > codec::kMaxCodecPrivateBytes) {
    return {StatusCode::kInvalidCodecData, Name(track) + ": codec data of more than 1 MiB"};
  }
  if (!HasFormat(track.codec, track.format)) {
    return {StatusCode::kInvalidArgument, Name(track) + ": this codec has no frames of this format"};
  }
  if (track.codec == Codec::kOther && track.codec_id.empty()) {
    return {StatusCode::kInvalidArgument, Name(track) + ": an unknown codec needs a codec id"};
  }
  return {};
}

void Describe(Track& wire, codec::VideoConfig config) {
  wire.codec_private = std::move(config.codec_private);
  if (config.width != 0) {
    wire.width = config.width;
    wire.height = config.height;
  }
}

void Describe(Track& wire, codec::Av1Config config) {
  wire.codec_private = std::move(config.codec_private);
  if (config.width != 0) {
    wire.width = std::min(config.width, kMaxSide);
    wire.height = std::min(config.height, kMaxSide);
  }
}

void Describe(Track& wire, const codec::AacConfig& config) {
  wire.sample_rate = config.sampling_rate;
  if (config.channels > 0) {
    wire.channels = static_cast<std::uint32_t>(config.channels);
  }
}

}  // namespace

Status TrackAdapter::Configure(const Track& track) {
  if (Status status = Check(track); !status.ok()) {
    return status;
  }
  TrackAdapter next;
  next.source_ = track;
  next.wire_ = track;
  if (next.wire_.codec_id.empty()) {
    next.wire_.codec_id = mkv::DefaultCodecId(track.codec);
  }
  if (Status status = next.ConfigureCodec(track); !status.ok()) {
    return {status.code(), Name(track) + ": " + status.message()};
  }
  *this = std::move(next);
  return {};
}

bool TrackAdapter::SameInput(const Track& track) const {
  Track other = track;
  if (FramesTellSize(track.codec)) {
    other.width = source_.width;
    other.height = source_.height;
  }
  return other == source_;
}

Status TrackAdapter::ConfigureCodec(const Track& track) {
  switch (track.codec) {
    case Codec::kH264:
    case Codec::kH265:
      return ConfigureNals(track);
    case Codec::kAv1:
      return ConfigureAv1(track);
    case Codec::kMjpeg:
      return ConfigureMjpeg(track);
    case Codec::kAac:
      return ConfigureAac(track);
    case Codec::kOpus:
      return ConfigureOpus(track);
    case Codec::kALaw:
      return ConfigureG711(track, codec::G711Law::kALaw);
    case Codec::kMuLaw:
      return ConfigureG711(track, codec::G711Law::kMuLaw);
    case Codec::kPcm:
      return ConfigurePcm(track);
    case Codec::kOther:
      break;
  }
  ready_ = true;
  return {};
}

Status TrackAdapter::ConfigureNals(const Track& track) {
  const codec::VideoCodec video =
      track.codec == Codec::kH264 ? codec::VideoCodec::kH264 : codec::VideoCodec::kH265;
  sets_ = codec::ParameterSets(video);
  if (track.codec_private.empty()) {
    if (NeedsCodecData(track.format)) {
      return {StatusCode::kInvalidCodecData, "frames of this format need codec data with the parameter sets"};
    }
    return {};
  }
  auto config = codec::VideoConfigFromCodecData(video, track.codec_private, &sets_);
  if (!config) {
    return config.status();
  }
  if (config->source_length_size != 0) {
    length_size_ = config->source_length_size;
  }
  if (config->codec_private.empty() && NeedsCodecData(track.format)) {
    return {StatusCode::kInvalidCodecData, "the codec data holds no parameter sets"};
  }
  ready_ = !config->codec_private.empty();
  Describe(wire_, *std::move(config));
  return {};
}

Status TrackAdapter::ConfigureAv1(const Track& track) {
  if (track.codec_private.empty()) {
    return {};
  }
  auto config = codec::Av1ConfigFromCodecData(track.codec_private);
  if (!config) {
    return config.status();
  }
  // Without a sequence header it is the first key frame that describes the track.
  ready_ = !config->sequence_header.empty();
  sequence_header_ = std::move(config->sequence_header);
  Describe(wire_, *std::move(config));
  return {};
}

Status TrackAdapter::ConfigureMjpeg(const Track& track) {
  if (track.codec_private.empty()) {
    return {};
  }
  const auto size = codec::ParseMjpegBitmapInfo(track.codec_private);
  if (!size) {
    return size.status();
  }
  wire_.width = size->width;
  wire_.height = size->height;
  ready_ = true;
  return {};
}

Status TrackAdapter::ConfigureAac(const Track& track) {
  if (track.codec_private.empty()) {
    return track.format == FrameFormat::kAdts
               ? Status()
               : Status(StatusCode::kInvalidCodecData, "raw AAC needs an AudioSpecificConfig as codec data");
  }
  const auto config = codec::ParseAudioSpecificConfig(track.codec_private);
  if (!config) {
    return config.status();
  }
  ready_ = true;
  Describe(wire_, *config);
  return {};
}

Status TrackAdapter::ConfigureG711(const Track& track, codec::G711Law law) {
  if (track.codec_private.empty()) {
    auto header = codec::BuildG711WaveFormat(law, track.sample_rate, static_cast<int>(track.channels));
    if (!header) {
      return header.status();
    }
    wire_.codec_private = *std::move(header);
  }
  wire_.bit_depth = codec::kG711BitDepth;
  ready_ = true;
  return {};
}

Status TrackAdapter::ConfigureOpus(const Track& track) {
  if (track.codec_private.empty()) {
    const auto layout = codec::OpusConfigFromChannels(static_cast<int>(track.channels), track.sample_rate);
    if (!layout) {
      return layout.status();
    }
    wire_.codec_private = codec::BuildOpusHead(*layout).value();
  }
  const auto head = codec::ParseOpusHead(wire_.codec_private);
  if (!head) {
    return head.status();
  }
  wire_.sample_rate = codec::kOpusRate;
  wire_.channels = static_cast<std::uint32_t>(head->channels);
  ready_ = true;
  return {};
}

Status TrackAdapter::ConfigurePcm(const Track& track) {
  if (Status status = codec::CheckPcm(track.sample_rate, static_cast<int>(track.channels)); !status.ok()) {
    return status;
  }
  if (track.bit_depth != 0 && track.bit_depth != codec::kS16BitDepth) {
    return {StatusCode::kInvalidArgument, "PCM of " + std::to_string(track.bit_depth) + " bits, expected 16"};
  }
  wire_.bit_depth = codec::kS16BitDepth;
  ready_ = true;
  return {};
}

Result<std::span<const AdaptedFrame>> TrackAdapter::Adapt(const Frame& frame, bool& changed) {
  changed = false;
  adapted_count_ = 0;
  if (frame.data.empty()) {
    return Status(StatusCode::kInvalidFrame, "the frame is empty");
  }
  Status status;
  if (IsNal(source_)) {
    status = AdaptNals(frame, changed);
  } else if (source_.codec == Codec::kAv1) {
    status = AdaptObus(frame, changed);
  } else if (source_.codec == Codec::kMjpeg) {
    status = AdaptImage(frame, changed);
  } else if (source_.codec == Codec::kPcm && !codec::HoldsWholeSamples(frame.data, source_.channels)) {
    status = {StatusCode::kInvalidFrame, "the frame does not end with a whole sample"};
  } else if (source_.format == FrameFormat::kAdts) {
    status = AdaptAdts(frame, changed);
  } else {
    One(frame.data);
  }
  if (!status.ok()) {
    return status;
  }
  return std::span<const AdaptedFrame>(adapted_.data(), adapted_count_);
}

void TrackAdapter::One(codec::Bytes data) {
  if (adapted_.size() == adapted_count_) {
    adapted_.emplace_back();
  }
  AdaptedFrame& out = adapted_[adapted_count_++];
  out.parts.assign(1, data);
  out.size = data.size();
  out.offset = Duration();
}

Status TrackAdapter::AdaptNals(const Frame& frame, bool& changed) {
  const bool annex_b = source_.format == FrameFormat::kAnnexB;
  if (source_.format == FrameFormat::kRaw && length_size_ == codec::kNalLengthSize) {
    One(frame.data);
    return {};
  }
  if (source_.format == FrameFormat::kAvc && length_size_ == codec::kNalLengthSize) {
    One(frame.data);
    return codec::ValidateLengthPrefixed(frame.data, length_size_);
  }
  const auto size = annex_b ? codec::ScanAnnexB(frame.data, nals_)
                            : codec::ScanLengthPrefixed(frame.data, length_size_, nals_);
  if (!size) {
    return size.status();
  }
  if (frame.key_frame && !NeedsCodecData(source_.format)) {
    if (Status status = TakeParameterSets(frame.data, changed); !status.ok()) {
      return status;
    }
  }
  if (!annex_b && *size == frame.data.size() && length_size_ == codec::kNalLengthSize) {
    One(frame.data);
    return {};
  }
  One(frame.data);
  AdaptedFrame& out = adapted_.front();
  out.parts.clear();
  out.size = *size;
  lengths_.resize(nals_.size());
  for (std::size_t i = 0; i < nals_.size(); ++i) {
    lengths_[i] = codec::EncodeNalLength(nals_[i].size);
    out.parts.emplace_back(lengths_[i]);
    out.parts.push_back(nals_[i].In(frame.data));
  }
  return {};
}

Status TrackAdapter::TakeParameterSets(codec::Bytes data, bool& changed) {
  const auto updated = sets_.Update(data, nals_.nals());
  if (!updated) {
    return updated.status();
  }
  if (!*updated || !sets_.complete()) {
    return {};
  }
  auto config = codec::VideoConfigFromSets(sets_);
  if (!config) {
    return config.status();
  }
  changed = config->codec_private != wire_.codec_private;
  Describe(wire_, *std::move(config));
  ready_ = true;
  return {};
}

Status TrackAdapter::AdaptObus(const Frame& frame, bool& changed) {
  One(frame.data);
  AdaptedFrame& out = adapted_.front();
  out.parts.clear();
  out.size = 0;
  codec::Bytes sequence_header;
  codec::ObuReader reader(frame.data);
  for (codec::Obu obu; reader.Next(obu);) {
    if (obu.type == codec::ObuType::kTemporalDelimiter) {
      continue;
    }
    if (obu.type == codec::ObuType::kSequenceHeader && sequence_header.empty()) {
      sequence_header = obu.payload;
    }
    out.size += obu.whole.size();
    if (!out.parts.empty() && &out.parts.back().back() + 1 == obu.whole.data()) {
      out.parts.back() = {out.parts.back().data(), out.parts.back().size() + obu.whole.size()};
    } else {
      out.parts.push_back(obu.whole);
    }
  }
  if (!reader.ok()) {
    return {StatusCode::kInvalidFrame, "an OBU is cut short, or has no size field"};
  }
  if (out.size == 0) {
    return {StatusCode::kInvalidFrame, "the temporal unit holds no frame"};
  }
  return frame.key_frame && !sequence_header.empty() ? TakeSequenceHeader(sequence_header, changed) : Status();
}

Status TrackAdapter::TakeSequenceHeader(codec::Bytes payload, bool& changed) {
  if (std::equal(payload.begin(), payload.end(), sequence_header_.begin(), sequence_header_.end())) {
    return {};
  }
  auto config = codec::Av1ConfigFromSequenceHeader(payload);
  if (!config) {
    return config.status();
  }
  changed = true;
  sequence_header_ = std::move(config->sequence_header);
  Describe(wire_, *std::move(config));
  ready_ = true;
  return {};
}

Status TrackAdapter::AdaptImage(const Frame& frame, bool& changed) {
  const auto image = codec::ParseJpegHeader(frame.data);
  if (!image) {
    return image.status();
  }
  if (!ready_ || image->width != wire_.width || image->height != wire_.height) {
    changed = true;
    wire_.width = image->width;
    wire_.height = image->height;
    if (wire_.codec_id != kPlainMjpeg) {
      wire_.codec_private = codec::BuildMjpegBitmapInfo(image->width, image->height);
    }
    ready_ = true;
  }
  One(frame.data);
  return {};
}

Status TrackAdapter::AdaptAdts(const Frame& frame, bool& changed) {
  if (Status status = codec::SplitAdts(frame.data, adts_frames_); !status.ok()) {
    return status;
  }
  const codec::AacConfig config = codec::AacConfigFromAdts(adts_frames_.header);
  if (!ready_ || config.sampling_rate != adts_.sampling_rate || config.channel_config != adts_.channel_config ||
      config.object_type != adts_.object_type) {
    auto header = codec::BuildAudioSpecificConfig(config);
    if (!header) {
      return header.status();
    }
    changed = *header != wire_.codec_private;
    wire_.codec_private = *std::move(header);
    Describe(wire_, config);
    adts_ = config;
    ready_ = true;
  }
  const std::int64_t packet_ns =
      std::int64_t{config.samples_per_frame} * 1'000'000'000 / std::int64_t{config.sampling_rate};
  for (std::size_t i = 0; i < adts_frames_.payloads.size(); ++i) {
    One(adts_frames_.payloads[i]);
    adapted_[i].offset = Duration::Nanos(packet_ns * static_cast<std::int64_t>(i));
  }
  return {};
}

}  // namespace kvs
