#include "plugin/caps.h"

#include <optional>
#include <string_view>
#include <utility>

#include "pic/codec/av1.h"
#include "pic/codec/nal.h"
#include "pic/codec/opus.h"
#include "pic/codec/pcm.h"
#include "plugin/gst_ptr.h"

namespace kvs::plugin {
namespace {

std::string Printed(const GstCaps* caps) {
  // They are long and say nothing to a reader.
  const CapsPtr copy(gst_caps_copy(caps));
  gst_structure_remove_fields(gst_caps_get_structure(copy.get(), 0), "codec_data", "streamheader",
                              nullptr);
  return TakeString(gst_caps_to_string(copy.get()));
}

Status Unsupported(const GstCaps* caps, std::string_view what) {
  return {StatusCode::kUnsupportedMedia, "caps " + Printed(caps) + ": " + std::string(what)};
}

std::string_view StringField(const GstStructure* s, const char* name) {
  const gchar* value = gst_structure_get_string(s, name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::uint32_t UintField(const GstStructure* s, const char* name) {
  gint value = 0;
  return gst_structure_get_int(s, name, &value) && value > 0 ? static_cast<std::uint32_t>(value)
                                                             : 0;
}

// The bytes of a field, or of the first entry of an array of them.
Result<codec::ByteVector> BufferField(const GstCaps* caps, const std::string& name,
                                      const GValue* value) {
  const auto malformed = [&](const std::string& what) {
    return Status(StatusCode::kInvalidCodecData, "caps " + Printed(caps) + ": " + name + what);
  };
  if (GST_VALUE_HOLDS_ARRAY(value) && gst_value_array_get_size(value) > 0) {
    value = gst_value_array_get_value(value, 0);
  }
  GstBuffer* buffer = GST_VALUE_HOLDS_BUFFER(value) ? gst_value_get_buffer(value) : nullptr;
  if (buffer == nullptr) {
    return malformed(std::string(" is of type ") + G_VALUE_TYPE_NAME(value) +
                     ", it must be a buffer");
  }
  const ReadMap map(buffer);
  if (!map.ok()) {
    return malformed(" cannot be mapped for reading");
  }
  return codec::ByteVector(map.data(), map.data() + map.size());
}

// codec_data, or no value when the field is absent.
Result<std::optional<codec::ByteVector>> CodecData(const GstCaps* caps, const GstStructure* s) {
  const GValue* value = gst_structure_get_value(s, "codec_data");
  if (value == nullptr) {
    return std::optional<codec::ByteVector>();
  }
  Result<codec::ByteVector> data = BufferField(caps, "codec_data", value);
  if (!data.ok()) {
    return data.status();
  }
  return std::optional(std::move(*data));
}

struct VideoFormat {
  std::string_view stream_format;
  FrameFormat format;
};
constexpr VideoFormat kH264Formats[] = {{"avc", FrameFormat::kAvc},
                                        {"avc3", FrameFormat::kAvcInBand},
                                        {"byte-stream", FrameFormat::kAnnexB}};
constexpr VideoFormat kH265Formats[] = {{"hvc1", FrameFormat::kAvc},
                                        {"hev1", FrameFormat::kAvcInBand},
                                        {"byte-stream", FrameFormat::kAnnexB}};

Result<Track> VideoTrack(const GstCaps* caps, const GstStructure* s, Codec codec,
                         std::span<const VideoFormat> formats, const std::string& parser) {
  Track track;
  track.type = TrackType::kVideo;
  track.codec = codec;
  const std::string_view stream_format = StringField(s, "stream-format");
  const VideoFormat* known = nullptr;
  for (const VideoFormat& row : formats) {
    known = row.stream_format == stream_format ? &row : known;
  }
  if (known == nullptr) {
    return Unsupported(
        caps, "no stream-format that can be stored; insert " + parser + " in front of kvssink");
  }
  if (StringField(s, "alignment") != "au") {
    return Unsupported(caps, "buffers must hold whole access units (alignment=au); insert " +
                                 parser + " in front of kvssink");
  }
  track.format = known->format;
  track.width = UintField(s, "width");
  track.height = UintField(s, "height");
  Result<std::optional<codec::ByteVector>> data = CodecData(caps, s);
  if (!data.ok()) {
    return data.status();
  }
  if (data->has_value()) {
    track.codec_private = std::move(**data);
  } else if (track.format == FrameFormat::kAvc) {
    return Status(StatusCode::kInvalidCodecData,
                  "caps " + Printed(caps) + ": codec_data is missing, and with stream-format=" +
                      std::string(stream_format) +
                      " the parameter sets (SPS, PPS) are nowhere else; insert " + parser +
                      " in front of kvssink");
  }
  return track;
}

Result<Track> Av1Track(const GstCaps* caps, const GstStructure* s) {
  Track track;
  track.type = TrackType::kVideo;
  track.codec = Codec::kAv1;
  track.format = FrameFormat::kObuStream;
  const std::string_view stream_format = StringField(s, "stream-format");
  if ((!stream_format.empty() && stream_format != "obu-stream") ||
      StringField(s, "alignment") != "tu") {
    return Unsupported(caps,
                       "buffers must hold whole temporal units of OBUs (stream-format=obu-stream, "
                       "alignment=tu); insert av1parse in front of kvssink");
  }
  track.width = UintField(s, "width");
  track.height = UintField(s, "height");
  Result<std::optional<codec::ByteVector>> data = CodecData(caps, s);
  if (!data.ok()) {
    return data.status();
  }
  // qtdemux of GStreamer 1.22 hands on av1C without its first bytes. The sequence header in the key
  // frames tells all of it again.
  if (data->has_value() && codec::IsAv1C(**data)) {
    track.codec_private = std::move(**data);
  }
  return track;
}

Result<Track> MjpegTrack(const GstStructure* s) {
  Track track;
  track.type = TrackType::kVideo;
  track.codec = Codec::kMjpeg;
  track.format = FrameFormat::kRaw;
  track.width = UintField(s, "width");
  track.height = UintField(s, "height");
  return track;
}

// The layout that caps without OpusHead spell out, as those of RTP depayloaders.
Result<codec::OpusConfig> OpusLayout(const GstCaps* caps, const GstStructure* s,
                                     const Track& track) {
  gint family = codec::kOpusMonoStereo;
  gst_structure_get_int(s, "channel-mapping-family", &family);
  const GValue* const mapping = gst_structure_get_value(s, "channel-mapping");
  if (family == codec::kOpusMonoStereo || mapping == nullptr) {
    // Caps that say nothing mean stereo: what WebRTC and RTP have. Source: RFC 7587 7.
    const int channels = track.channels == 0 ? 2 : static_cast<int>(track.channels);
    auto layout = codec::OpusConfigFromChannels(channels, track.sample_rate);
    if (layout.ok() && layout->mapping_family != family) {
      return Unsupported(caps, "Opus with this channel-mapping-family needs a channel-mapping");
    }
    return layout;
  }
  codec::OpusConfig config;
  config.channels = static_cast<int>(track.channels);
  config.input_rate = track.sample_rate;
  config.mapping_family = family;
  config.streams = static_cast<int>(UintField(s, "stream-count"));
  config.coupled_streams = static_cast<int>(UintField(s, "coupled-count"));
  for (guint i = 0; GST_VALUE_HOLDS_ARRAY(mapping) && i < gst_value_array_get_size(mapping); ++i) {
    const GValue* const entry = gst_value_array_get_value(mapping, i);
    const int index = G_VALUE_HOLDS_INT(entry) ? g_value_get_int(entry) : -1;
    if (index < 0 || index > codec::kOpusSilentChannel) {
      return Unsupported(caps, "the channel-mapping holds something else than 0 to 255");
    }
    config.mapping.push_back(static_cast<std::uint8_t>(index));
  }
  return config;
}

Result<Track> OpusTrack(const GstCaps* caps, const GstStructure* s) {
  Track track;
  track.type = TrackType::kAudio;
  track.codec = Codec::kOpus;
  track.format = FrameFormat::kRaw;
  track.sample_rate = UintField(s, "rate");
  track.channels = UintField(s, "channels");
  for (const char* const field : {"streamheader", "codec_data"}) {
    const GValue* const value = gst_structure_get_value(s, field);
    if (value == nullptr) {
      continue;
    }
    Result<codec::ByteVector> head = BufferField(caps, field, value);
    if (!head.ok()) {
      return head.status();
    }
    track.codec_private = std::move(*head);
    return track;
  }
  const Result<codec::OpusConfig> layout = OpusLayout(caps, s, track);
  if (!layout.ok()) {
    return Unsupported(caps, layout.status().message());
  }
  Result<codec::ByteVector> head = codec::BuildOpusHead(*layout);
  if (!head.ok()) {
    return Unsupported(caps, head.status().message());
  }
  track.channels = static_cast<std::uint32_t>(layout->channels);
  track.codec_private = std::move(*head);
  return track;
}

Result<Track> PcmTrack(const GstCaps* caps, const GstStructure* s) {
  Track track;
  track.type = TrackType::kAudio;
  track.codec = Codec::kPcm;
  track.format = FrameFormat::kRaw;
  track.sample_rate = UintField(s, "rate");
  track.channels = UintField(s, "channels");
  track.bit_depth = codec::kS16BitDepth;
  if (StringField(s, "format") != "S16LE" || StringField(s, "layout") != "interleaved") {
    return Unsupported(caps,
                       "of raw audio only format=S16LE, layout=interleaved can be stored; insert "
                       "audioconvert in front of kvssink");
  }
  if (Status status = codec::CheckPcm(track.sample_rate, static_cast<int>(track.channels));
      !status.ok()) {
    return Unsupported(caps, status.message());
  }
  return track;
}

Result<Track> AacTrack(const GstCaps* caps, const GstStructure* s) {
  Track track;
  track.type = TrackType::kAudio;
  track.codec = Codec::kAac;
  track.sample_rate = UintField(s, "rate");
  track.channels = UintField(s, "channels");
  const std::uint32_t mpegversion = UintField(s, "mpegversion");
  if (mpegversion != 2 && mpegversion != 4) {
    return Unsupported(caps, "of audio/mpeg only AAC (mpegversion 2 or 4) can be stored");
  }
  gboolean framed = TRUE;
  if (gst_structure_get_boolean(s, "framed", &framed) && !framed) {
    return Unsupported(caps,
                       "buffers must hold whole AAC frames; insert aacparse in front of kvssink");
  }
  const std::string_view stream_format = StringField(s, "stream-format");
  if (stream_format == "adts") {
    track.format = FrameFormat::kAdts;
    return track;
  }
  if (stream_format != "raw") {
    return Unsupported(
        caps, "the stream-format must be raw or adts; insert aacparse in front of kvssink");
  }
  track.format = FrameFormat::kRaw;
  Result<std::optional<codec::ByteVector>> data = CodecData(caps, s);
  if (!data.ok()) {
    return data.status();
  }
  if (!data->has_value()) {
    return Status(StatusCode::kInvalidCodecData,
                  "caps " + Printed(caps) +
                      ": codec_data is missing, and raw AAC cannot be decoded without its "
                      "AudioSpecificConfig; insert aacparse in front of kvssink");
  }
  track.codec_private = std::move(**data);
  return track;
}

Result<Track> G711Track(const GstCaps* caps, const GstStructure* s, Codec codec,
                        codec::G711Law law) {
  Track track;
  track.type = TrackType::kAudio;
  track.codec = codec;
  track.format = FrameFormat::kRaw;
  track.sample_rate = UintField(s, "rate");
  track.channels = UintField(s, "channels");
  track.bit_depth = codec::kG711BitDepth;
  Result<codec::ByteVector> wave_format =
      codec::BuildG711WaveFormat(law, track.sample_rate, static_cast<int>(track.channels));
  if (!wave_format.ok()) {
    return Unsupported(caps, wave_format.status().message());
  }
  track.codec_private = std::move(*wave_format);
  return track;
}

// Bytes of each NAL unit's length, as avcC and hvcC say.
int LengthSize(const Track& track) {
  // lengthSizeMinusOne: the low two bits of this byte. Source: ISO/IEC 14496-15.
  constexpr std::size_t kAvcLengthByte = 4;
  constexpr std::size_t kHvcLengthByte = 21;
  const std::size_t at = track.codec == Codec::kH265 ? kHvcLengthByte : kAvcLengthByte;
  return track.codec_private.size() > at ? (track.codec_private[at] & 3) + 1
                                         : codec::kNalLengthSize;
}

}  // namespace

Result<Track> TrackFromCaps(const GstCaps* caps) {
  if (caps == nullptr || !gst_caps_is_fixed(caps)) {
    return Status(StatusCode::kUnsupportedMedia, "the caps are not fixed");
  }
  const GstStructure* s = gst_caps_get_structure(caps, 0);
  const std::string_view name = gst_structure_get_name(s);
  if (name == "video/x-h264") {
    return VideoTrack(caps, s, Codec::kH264, kH264Formats, "h264parse");
  }
  if (name == "video/x-h265") {
    return VideoTrack(caps, s, Codec::kH265, kH265Formats, "h265parse");
  }
  if (name == "audio/mpeg") {
    return AacTrack(caps, s);
  }
  if (name == "audio/x-alaw") {
    return G711Track(caps, s, Codec::kALaw, codec::G711Law::kALaw);
  }
  if (name == "audio/x-mulaw") {
    return G711Track(caps, s, Codec::kMuLaw, codec::G711Law::kMuLaw);
  }
  if (name == "video/x-av1") {
    return Av1Track(caps, s);
  }
  if (name == "image/jpeg") {
    return MjpegTrack(s);
  }
  if (name == "audio/x-opus") {
    return OpusTrack(caps, s);
  }
  if (name == "audio/x-raw") {
    return PcmTrack(caps, s);
  }
  return Unsupported(caps,
                     "only H.264, H.265, AV1, JPEG, AAC, Opus, A-law, mu-law and raw audio can be "
                     "stored; insert an encoder");
}

bool HoldsFrame(const Track& track, std::span<const std::uint8_t> data) {
  if (track.codec == Codec::kOpus) {
    return !codec::IsOpusHeader(data);
  }
  if (track.codec != Codec::kH264 && track.codec != Codec::kH265) {
    return true;
  }
  const auto codec =
      track.codec == Codec::kH264 ? codec::VideoCodec::kH264 : codec::VideoCodec::kH265;
  return track.format == FrameFormat::kAnnexB
             ? codec::AnnexBHasSlice(codec, data)
             : codec::LengthPrefixedHasSlice(codec, data, LengthSize(track));
}

}  // namespace kvs::plugin
