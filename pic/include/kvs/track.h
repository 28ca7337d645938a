#ifndef KVS_TRACK_H_
#define KVS_TRACK_H_

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace kvs {

// Values as in Matroska's TrackType.
enum class TrackType : std::uint8_t { kVideo = 1, kAudio = 2 };

// What the library knows about the payload. kOther is carried as it is.
enum class Codec : std::uint8_t {
  kH264,
  kH265,
  kAv1,    // one temporal unit per frame
  kMjpeg,  // one JPEG image per frame, each of which is to be put as a key frame
  kAac,
  kOpus,  // one packet per frame
  kALaw,
  kMuLaw,
  kPcm,  // 16-bit signed little endian, channels interleaved; `sample_rate` and `channels` must be set
  kOther
};

// The form in which frames of a track are put; what goes on the wire is always length-prefixed NAL
// units with 4-byte lengths (H.264, H.265), OBUs without temporal delimiters (AV1), images (M-JPEG) or
// raw packets (audio).
enum class FrameFormat : std::uint8_t {
  kRaw,          // as on the wire; nothing is converted. M-JPEG, all audio but ADTS, kOther; H.264 and H.265 with `codec_private`
  kAvc,          // length-prefixed; parameter sets in `codec_private` (avcC / hvcC). GStreamer: avc, hvc1
  kAvcInBand,    // length-prefixed; parameter sets (also) in the frames. GStreamer: avc3, hev1
  kAnnexB,       // start codes; parameter sets in the frames. GStreamer: byte-stream
  kObuStream,    // AV1: OBUs with size fields; temporal delimiters are removed. GStreamer: obu-stream, tu
  kAdts,         // AAC with ADTS headers, which are removed; `codec_private` is made from them
};

// The most tracks one stream can have. Source: PutMedia quotas.
inline constexpr std::size_t kMaxTracks = 3;

// One track of a stream. A value; copies are independent.
struct Track {
  // Unique in the stream, 1..127; written as TrackUID. The TrackNumber on the wire is the position in
  // the Tracks element.
  std::uint32_t id = 1;
  TrackType type = TrackType::kVideo;
  Codec codec = Codec::kH264;
  FrameFormat format = FrameFormat::kAvc;
  // Matroska CodecID, at most 32 characters. Empty: the usual one of `codec`.
  std::string codec_id;
  // At most 32 characters; not written when empty.
  std::string name;
  // avcC, hvcC, av1C, BITMAPINFOHEADER, AudioSpecificConfig, OpusHead, WAVEFORMATEX …; at most 1 MiB.
  // May be empty where `format` says that it is found in the frames, and for M-JPEG, Opus of at most 8
  // channels, A-law, µ-law and PCM, for which it is made.
  std::vector<std::uint8_t> codec_private;
  // 0: taken from codec_private, or left out when that does not say.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t sample_rate = 0;  // Hz; of Opus what was encoded, which always decodes to 48000
  std::uint32_t channels = 0;
  std::uint32_t bit_depth = 0;

  friend bool operator==(const Track& a, const Track& b) {
    const auto tie = [](const Track& t) {
      return std::tie(t.id, t.type, t.codec, t.format, t.codec_id, t.name, t.codec_private, t.width, t.height, t.sample_rate,
                      t.channels, t.bit_depth);
    };
    return tie(a) == tie(b);
  }
};

}  // namespace kvs

#endif  // KVS_TRACK_H_
