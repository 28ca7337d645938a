#include "pic/mkv/mkv_writer.h"

#include "pic/mkv/ebml.h"

namespace kvs::mkv {
namespace {

constexpr std::string_view kDocType = "matroska";
constexpr int kDocTypeVersion = 2;

// Widths of size fields. Fixed where the layout is to be the same as that of the software in the field, whatever the content.
constexpr int kShort = 1;
constexpr int kInfoWidth = 2;
constexpr int kTracksWidth = 4;
constexpr int kTagWidth = 8;
constexpr int kBlockWidth = 8;

constexpr std::size_t kVideoBody = ElementSize(Id::kPixelWidth, kShort, 2) + ElementSize(Id::kPixelHeight, kShort, 2);

std::size_t EbmlBody() {
  return 4 * ElementSize(Id::kEbmlVersion, kShort, 1) + ElementSize(Id::kDocType, kShort, kDocType.size()) +
         ElementSize(Id::kDocTypeVersion, kShort, 1) + ElementSize(Id::kDocTypeReadVersion, kShort, 1);
}

void WriteEbml(ByteWriter& out) {
  WriteElementHead(out, Id::kEbml, kShort, EbmlBody());
  WriteUint(out, Id::kEbmlVersion, 1, 1);
  WriteUint(out, Id::kEbmlReadVersion, 1, 1);
  WriteUint(out, Id::kEbmlMaxIdLength, 4, 1);
  WriteUint(out, Id::kEbmlMaxSizeLength, 8, 1);
  WriteElementHead(out, Id::kDocType, kShort, kDocType.size());
  out.Text(kDocType);
  WriteUint(out, Id::kDocTypeVersion, kDocTypeVersion, 1);
  WriteUint(out, Id::kDocTypeReadVersion, kDocTypeVersion, 1);
}

std::size_t InfoBody(const SegmentInfo& info) {
  return ElementSize(Id::kSegmentUid, kShort, info.uid.size()) + ElementSize(Id::kTimecodeScale, kShort, 8) +
         ElementSize(Id::kTitle, kShort, info.title.size()) + ElementSize(Id::kMuxingApp, kShort, info.app.size()) +
         ElementSize(Id::kWritingApp, kShort, info.app.size());
}

void WriteText(ByteWriter& out, Id id, std::string_view text) {
  WriteElementHead(out, id, ShortestWidth(text.size()), text.size());
  out.Text(text);
}

void WriteInfo(ByteWriter& out, const SegmentInfo& info) {
  WriteElementHead(out, Id::kInfo, kInfoWidth, InfoBody(info));
  WriteElementHead(out, Id::kSegmentUid, kShort, info.uid.size());
  out.Bytes(info.uid);
  WriteUint(out, Id::kTimecodeScale, info.timecode_scale_ns, 8);
  WriteText(out, Id::kTitle, info.title);
  WriteText(out, Id::kMuxingApp, info.app);
  WriteText(out, Id::kWritingApp, info.app);
}

// An element with a size field of the shortest width, or nothing when it is empty.
std::size_t OptionalSize(Id id, std::size_t body) {
  return body == 0 ? 0 : ElementSize(id, ShortestWidth(body), body);
}

bool HasVideo(const Track& track) { return track.type == TrackType::kVideo && track.width != 0; }
bool HasAudio(const Track& track) { return track.type == TrackType::kAudio && track.sample_rate != 0; }

std::size_t AudioBody(const Track& track) {
  return ElementSize(Id::kSamplingFrequency, kShort, 8) + ElementSize(Id::kChannels, kShort, 1) +
         (track.bit_depth != 0 ? ElementSize(Id::kBitDepth, kShort, 1) : 0);
}

std::size_t TrackEntryBody(const Track& track) {
  return ElementSize(Id::kTrackNumber, kShort, 1) + ElementSize(Id::kTrackUid, kShort, 8) +
         ElementSize(Id::kTrackType, kShort, 1) + OptionalSize(Id::kName, track.name.size()) +
         OptionalSize(Id::kCodecId, track.codec_id.size()) +
         (HasVideo(track) ? ElementSize(Id::kVideo, kTracksWidth, kVideoBody) : 0) +
         (HasAudio(track) ? ElementSize(Id::kAudio, kTracksWidth, AudioBody(track)) : 0) +
         OptionalSize(Id::kCodecPrivate, track.codec_private.size());
}

std::size_t TracksBody(std::span<const NumberedTrack> tracks) {
  std::size_t body = 0;
  for (const NumberedTrack& entry : tracks) {
    body += ElementSize(Id::kTrackEntry, kTracksWidth, TrackEntryBody(*entry.track));
  }
  return body;
}

void WriteTrackEntry(ByteWriter& out, const NumberedTrack& entry) {
  const Track& track = *entry.track;
  WriteElementHead(out, Id::kTrackEntry, kTracksWidth, TrackEntryBody(track));
  WriteUint(out, Id::kTrackNumber, entry.number, 1);
  WriteUint(out, Id::kTrackUid, track.id, 8);
  WriteUint(out, Id::kTrackType, static_cast<std::uint64_t>(track.type), 1);
  if (!track.name.empty()) {
    WriteText(out, Id::kName, track.name);
  }
  if (!track.codec_id.empty()) {
    WriteText(out, Id::kCodecId, track.codec_id);
  }
  if (HasVideo(track)) {
    WriteElementHead(out, Id::kVideo, kTracksWidth, kVideoBody);
    WriteUint(out, Id::kPixelWidth, track.width & 0xFFFF, 2);
    WriteUint(out, Id::kPixelHeight, track.height & 0xFFFF, 2);
  }
  if (HasAudio(track)) {
    WriteElementHead(out, Id::kAudio, kTracksWidth, AudioBody(track));
    WriteElementHead(out, Id::kSamplingFrequency, kShort, 8);
    out.F64(track.sample_rate);
    WriteUint(out, Id::kChannels, track.channels & 0xFF, 1);
    if (track.bit_depth != 0) {
      WriteUint(out, Id::kBitDepth, track.bit_depth & 0xFF, 1);
    }
  }
  if (!track.codec_private.empty()) {
    const std::size_t size = track.codec_private.size();
    WriteElementHead(out, Id::kCodecPrivate, ShortestWidth(size), size);
    out.Bytes(track.codec_private);
  }
}

std::size_t SimpleTagBody(const SimpleTag& tag) {
  return ElementSize(Id::kTagName, kTagWidth, tag.name.size()) +
         ElementSize(Id::kTagString, kTagWidth, tag.value.size());
}

std::size_t TagBody(std::span<const SimpleTag> tags) {
  std::size_t body = 0;
  for (const SimpleTag& tag : tags) {
    body += ElementSize(Id::kSimpleTag, kTagWidth, SimpleTagBody(tag));
  }
  return body;
}

}  // namespace

std::size_t HeaderSize(const SegmentInfo& info, std::span<const NumberedTrack> tracks) {
  return ElementSize(Id::kEbml, kShort, EbmlBody()) + IdSize(Id::kSegment) + 1 +
         ElementSize(Id::kInfo, kInfoWidth, InfoBody(info)) +
         ElementSize(Id::kTracks, kTracksWidth, TracksBody(tracks));
}

std::vector<std::uint8_t> Header(const SegmentInfo& info, std::span<const NumberedTrack> tracks) {
  std::vector<std::uint8_t> bytes(HeaderSize(info, tracks));
  ByteWriter out(bytes);
  WriteEbml(out);
  WriteId(out, Id::kSegment);
  WriteUnknownSize(out);
  WriteInfo(out, info);
  WriteElementHead(out, Id::kTracks, kTracksWidth, TracksBody(tracks));
  for (const NumberedTrack& entry : tracks) {
    WriteTrackEntry(out, entry);
  }
  KVS_CHECK(out.written() == bytes.size());
  return bytes;
}

std::array<std::uint8_t, kClusterHeadSize> ClusterHead(std::uint64_t timecode) {
  std::array<std::uint8_t, kClusterHeadSize> bytes{};
  ByteWriter out(bytes);
  WriteId(out, Id::kCluster);
  WriteUnknownSize(out);
  WriteUint(out, Id::kTimecode, timecode, 8);
  WriteUint(out, Id::kPosition, 0, 1);
  return bytes;
}

std::array<std::uint8_t, kBlockHeadSize> BlockHead(std::uint8_t track_number, std::int16_t relative_timecode,
                                                   BlockFlags flags, std::uint64_t payload_size) {
  constexpr std::uint64_t kInsideHead = 4;  // track number, time, flags
  constexpr std::uint8_t kKeyFrame = 0x80;
  constexpr std::uint8_t kInvisible = 0x08;
  constexpr std::uint8_t kDiscardable = 0x01;
  std::array<std::uint8_t, kBlockHeadSize> bytes{};
  ByteWriter out(bytes);
  WriteElementHead(out, Id::kSimpleBlock, kBlockWidth, payload_size + kInsideHead);
  WriteSize(out, track_number, 1);
  out.BigEndian(static_cast<std::uint16_t>(relative_timecode), 2);
  out.U8(static_cast<std::uint8_t>((flags.key_frame ? kKeyFrame : 0) | (flags.invisible ? kInvisible : 0) |
                                   (flags.discardable ? kDiscardable : 0)));
  return bytes;
}

std::size_t TagsSize(std::span<const SimpleTag> tags) {
  return ElementSize(Id::kTags, kTagWidth, ElementSize(Id::kTag, kTagWidth, TagBody(tags)));
}

std::vector<std::uint8_t> Tags(std::span<const SimpleTag> tags) {
  std::vector<std::uint8_t> bytes(TagsSize(tags));
  ByteWriter out(bytes);
  WriteElementHead(out, Id::kTags, kTagWidth, ElementSize(Id::kTag, kTagWidth, TagBody(tags)));
  WriteElementHead(out, Id::kTag, kTagWidth, TagBody(tags));
  for (const SimpleTag& tag : tags) {
    WriteElementHead(out, Id::kSimpleTag, kTagWidth, SimpleTagBody(tag));
    WriteElementHead(out, Id::kTagName, kTagWidth, tag.name.size());
    out.Text(tag.name);
    WriteElementHead(out, Id::kTagString, kTagWidth, tag.value.size());
    out.Text(tag.value);
  }
  KVS_CHECK(out.written() == bytes.size());
  return bytes;
}

std::string_view DefaultCodecId(Codec codec) {
  switch (codec) {
    case Codec::kH264:
      return "V_MPEG4/ISO/AVC";
    case Codec::kH265:
      return "V_MPEGH/ISO/HEVC";
    case Codec::kAv1:
      return "V_AV1";
    case Codec::kMjpeg:
      // What M-JPEG on Kinesis Video has always been called; readers know it as well as V_MJPEG.
      return "V_MS/VFW/FOURCC";
    case Codec::kAac:
      return "A_AAC";
    case Codec::kOpus:
      return "A_OPUS";
    case Codec::kALaw:
    case Codec::kMuLaw:
      return "A_MS/ACM";
    case Codec::kPcm:
      return "A_PCM/INT/LIT";
    case Codec::kOther:
      break;
  }
  return {};
}

}  // namespace kvs::mkv
