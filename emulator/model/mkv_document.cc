#include "emulator/model/mkv_document.h"

#include <algorithm>
#include <array>
#include <optional>

namespace kvs::emulator {
namespace {

// Children of Info.
constexpr std::uint32_t kSegmentUid = 0x73A4;
constexpr std::uint32_t kTimecodeScale = 0x2AD7B1;
constexpr std::uint32_t kTitle = 0x7BA9;
constexpr std::uint32_t kMuxingApp = 0x4D80;
constexpr std::uint32_t kWritingApp = 0x5741;
constexpr std::array<std::uint32_t, 8> kOtherInfo = {
    0x7384,    // SegmentFilename
    0x3CB923,  // PrevUUID
    0x3C83AB,  // PrevFilename
    0x3EB923,  // NextUUID
    0x3E83BB,  // NextFilename
    0x4444,    // SegmentFamily
    0x4489,    // Duration
    0x4461,    // DateUTC
};

// Children of TrackEntry.
constexpr std::uint32_t kTrackEntry = 0xAE;
constexpr std::uint32_t kTrackNumber = 0xD7;
constexpr std::uint32_t kTrackUid = 0x73C5;
constexpr std::uint32_t kTrackType = 0x83;
constexpr std::uint32_t kTrackName = 0x536E;
constexpr std::uint32_t kCodecId = 0x86;
constexpr std::uint32_t kCodecPrivate = 0x63A2;
constexpr std::uint32_t kVideo = 0xE0;
constexpr std::uint32_t kAudio = 0xE1;
constexpr std::array<std::uint32_t, 22> kOtherTrack = {
    0xB9,      // FlagEnabled
    0x88,      // FlagDefault
    0x55AA,    // FlagForced
    0x55AB,    // FlagHearingImpaired
    0x55AC,    // FlagVisualImpaired
    0x55AD,    // FlagTextDescriptions
    0x55AE,    // FlagOriginal
    0x55AF,    // FlagCommentary
    0x9C,      // FlagLacing
    0x6DE7,    // MinCache
    0x6DF8,    // MaxCache
    0x23E383,  // DefaultDuration
    0x234E7A,  // DefaultDecodedFieldDuration
    0x55EE,    // MaxBlockAdditionID
    0x41E4,    // BlockAdditionMapping
    0x22B59C,  // Language
    0x22B59D,  // LanguageBCP47
    0x258688,  // CodecName
    0x56AA,    // CodecDelay
    0x56BB,    // SeekPreRoll
    0xAA,      // CodecDecodeAll
    0x23314F,  // TrackTimestampScale
};
constexpr std::uint32_t kPixelWidth = 0xB0;
constexpr std::uint32_t kPixelHeight = 0xBA;
constexpr std::uint32_t kSamplingFrequency = 0xB5;
constexpr std::uint32_t kChannels = 0x9F;
constexpr std::uint32_t kBitDepth = 0x6264;

// Inside Tags.
constexpr std::uint32_t kTag = 0x7373;
constexpr std::uint32_t kTargets = 0x63C0;
constexpr std::uint32_t kSimpleTag = 0x67C8;
constexpr std::uint32_t kTagName = 0x45A3;
constexpr std::uint32_t kTagString = 0x4487;
constexpr std::array<std::uint32_t, 6> kOtherTag = {0x447A, 0x447B, 0x4484, 0x44B4, 0x4485, 0x44B5};
constexpr int kMaxTagDepth = 4;

// Track types of RFC 9559 §5.1.4.1.3.
constexpr std::array<std::uint64_t, 8> kTrackTypes = {1, 2, 3, 16, 17, 18, 32, 33};

template <std::size_t N>
bool Contains(const std::array<std::uint32_t, N>& ids, std::uint32_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::string Hex(std::uint32_t value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (; value != 0; value >>= 4) {
    text.insert(text.begin(), kDigits[value & 0xF]);
  }
  return text;
}

std::string UnknownElement(std::string_view where, std::uint32_t id) {
  return "unknown or disallowed element 0x" + Hex(id) + " in " + std::string(where);
}

std::string ParseVideo(Bytes payload, MkvTrack* track) {
  std::vector<Element> children;
  if (!SplitChildren(payload, &children)) {
    return "Video: bad element sizes";
  }
  for (const Element& child : children) {
    const bool wanted = child.id == kPixelWidth || child.id == kPixelHeight;
    auto* value = child.id == kPixelWidth ? &track->pixel_width : &track->pixel_height;
    if (wanted && (!ReadUnsigned(child.payload, value) || *value == 0)) {
      return "Video: bad PixelWidth or PixelHeight";
    }
  }
  return track->pixel_width != 0 && track->pixel_height != 0
             ? ""
             : "Video: PixelWidth or PixelHeight is missing";
}

std::string ParseAudio(Bytes payload, MkvTrack* track) {
  std::vector<Element> children;
  if (!SplitChildren(payload, &children)) {
    return "Audio: bad element sizes";
  }
  for (const Element& child : children) {
    bool good = true;
    if (child.id == kSamplingFrequency) {
      good = ReadFloat(child.payload, &track->sampling_frequency) && track->sampling_frequency > 0;
    } else if (child.id == kChannels) {
      good = ReadUnsigned(child.payload, &track->channels) && track->channels > 0;
    } else if (child.id == kBitDepth) {
      good = ReadUnsigned(child.payload, &track->bit_depth);
    }
    if (!good) {
      return "Audio: bad SamplingFrequency, Channels or BitDepth";
    }
  }
  return "";
}

std::string ParseTrackChild(const Element& child, MkvTrack* track) {
  switch (child.id) {
    case kTrackNumber:
      return ReadUnsigned(child.payload, &track->number) && track->number > 0 ? ""
                                                                              : "bad TrackNumber";
    case kTrackUid:
      return ReadUnsigned(child.payload, &track->uid) && track->uid > 0 ? "" : "bad TrackUID";
    case kTrackType:
      return ReadUnsigned(child.payload, &track->type) &&
                     std::find(kTrackTypes.begin(), kTrackTypes.end(), track->type) !=
                         kTrackTypes.end()
                 ? ""
                 : "unknown TrackType";
    case kTrackName:
      track->name = ReadText(child.payload);
      return "";
    case kCodecId:
      track->codec_id = ReadText(child.payload);
      return "";
    case kCodecPrivate:
      track->codec_private.assign(child.payload.begin(), child.payload.end());
      return "";
    case kVideo:
      return ParseVideo(child.payload, track);
    case kAudio:
      return ParseAudio(child.payload, track);
    default:
      return Contains(kOtherTrack, child.id) ? "" : UnknownElement("TrackEntry", child.id);
  }
}

std::string ParseTrackEntry(Bytes payload, MkvTrack* track) {
  std::vector<Element> children;
  if (!SplitChildren(payload, &children)) {
    return "TrackEntry: bad element sizes";
  }
  for (const Element& child : children) {
    std::string problem = ParseTrackChild(child, track);
    if (!problem.empty()) {
      return problem;
    }
  }
  if (track->number == 0 || track->uid == 0 || track->type == 0 || track->codec_id.empty()) {
    return "TrackEntry without TrackNumber, TrackUID, TrackType or CodecID";
  }
  track->frame_form = FrameFormOf(track->codec_id);
  return CodecPrivateProblem(track->codec_id, track->codec_private);
}

std::string ParseSimpleTag(Bytes payload, int depth, std::vector<MkvTag>* out) {
  std::vector<Element> children;
  if (depth > kMaxTagDepth || !SplitChildren(payload, &children)) {
    return "SimpleTag: bad element sizes";
  }
  const std::size_t own = out->size();
  out->emplace_back();
  for (const Element& child : children) {
    if (child.id == kTagName) {
      (*out)[own].name = ReadText(child.payload);
    } else if (child.id == kTagString) {
      (*out)[own].value = ReadText(child.payload);
    } else if (child.id == kSimpleTag) {
      std::string problem = ParseSimpleTag(child.payload, depth + 1, out);
      if (!problem.empty()) {
        return problem;
      }
    } else if (!Contains(kOtherTag, child.id)) {
      return UnknownElement("SimpleTag", child.id);
    }
  }
  return "";
}

}  // namespace

std::string ParseEbmlHeader(Bytes payload, MkvHeader* out) {
  constexpr std::uint64_t kReadVersion = 1;
  constexpr std::uint64_t kMaxIdLength = 4;
  constexpr std::uint64_t kMaxSizeLength = 8;
  constexpr std::uint64_t kDocReadVersion = 4;
  std::vector<Element> children;
  if (!SplitChildren(payload, &children)) {
    return "EBML header: bad element sizes";
  }
  out->doc_type = "matroska";
  for (const Element& child : children) {
    if (child.id == id::kDocType) {
      out->doc_type = ReadText(child.payload);
      continue;
    }
    std::uint64_t value = 0;
    bool good = ReadUnsigned(child.payload, &value);
    if (child.id == id::kEbmlReadVersion) {
      good = good && value == kReadVersion;
    } else if (child.id == id::kEbmlMaxIdLength) {
      good = good && value == kMaxIdLength;
    } else if (child.id == id::kEbmlMaxSizeLength) {
      good = good && value >= 1 && value <= kMaxSizeLength;
    } else if (child.id == id::kDocTypeReadVersion) {
      good = good && value >= 1 && value <= kDocReadVersion;
    } else if (child.id != id::kEbmlVersion && child.id != id::kDocTypeVersion) {
      return UnknownElement("the EBML header", child.id);
    }
    if (!good) {
      return "EBML header: value not supported";
    }
  }
  return out->doc_type == "matroska" || out->doc_type == "webm" ? "" : "DocType is not matroska";
}

std::string ParseInfo(Bytes payload, MkvHeader* out) {
  std::vector<Element> children;
  if (!SplitChildren(payload, &children)) {
    return "Info: bad element sizes";
  }
  for (const Element& child : children) {
    if (child.id == kTimecodeScale) {
      constexpr std::uint64_t kMaxScale = 1'000'000'000;  // 1 s
      if (!ReadUnsigned(child.payload, &out->timecode_scale_ns) || out->timecode_scale_ns == 0 ||
          out->timecode_scale_ns > kMaxScale) {
        return "Info: bad TimecodeScale";
      }
    } else if (child.id == kSegmentUid) {
      out->segment_uid.assign(child.payload.begin(), child.payload.end());
    } else if (child.id == kTitle) {
      out->title = ReadText(child.payload);
    } else if (child.id == kMuxingApp) {
      out->muxing_app = ReadText(child.payload);
    } else if (child.id == kWritingApp) {
      out->writing_app = ReadText(child.payload);
    } else if (!Contains(kOtherInfo, child.id)) {
      return UnknownElement("Info", child.id);
    }
  }
  constexpr std::size_t kUidLength = 16;
  const auto& uid = out->segment_uid;
  if (!uid.empty() && (uid.size() != kUidLength ||
                       std::all_of(uid.begin(), uid.end(), [](auto b) { return b == 0; }))) {
    return "Info: bad SegmentUID";
  }
  return "";
}

std::string ParseTracks(Bytes payload, MkvHeader* out) {
  std::vector<Element> children;
  if (!SplitChildren(payload, &children)) {
    return "Tracks: bad element sizes";
  }
  for (const Element& child : children) {
    if (child.id != kTrackEntry) {
      return UnknownElement("Tracks", child.id);
    }
    MkvTrack track;
    std::string problem = ParseTrackEntry(child.payload, &track);
    if (!problem.empty()) {
      return problem;
    }
    for (const MkvTrack& other : out->tracks) {
      if (other.number == track.number || other.uid == track.uid) {
        return "two tracks with the same TrackNumber or TrackUID";
      }
    }
    out->tracks.push_back(std::move(track));
  }
  return out->tracks.empty() ? "Tracks without a track" : "";
}

std::string ParseTags(Bytes payload, std::vector<MkvTag>* out) {
  std::vector<Element> tags;
  if (!SplitChildren(payload, &tags)) {
    return "Tags: bad element sizes";
  }
  for (const Element& tag : tags) {
    std::vector<Element> children;
    if (tag.id != kTag) {
      return UnknownElement("Tags", tag.id);
    }
    if (!SplitChildren(tag.payload, &children)) {
      return "Tag: bad element sizes";
    }
    for (const Element& child : children) {
      std::string problem;
      if (child.id == kSimpleTag) {
        problem = ParseSimpleTag(child.payload, 1, out);
      } else if (child.id != kTargets) {
        problem = UnknownElement("Tag", child.id);
      }
      if (!problem.empty()) {
        return problem;
      }
    }
  }
  return "";
}

}  // namespace kvs::emulator
