#ifndef KVS_PLUGIN_CAPS_H_
#define KVS_PLUGIN_CAPS_H_

#include <cstdint>
#include <span>
#include <string>

#include <gst/gst.h>

#include "kvs/status.h"
#include "kvs/track.h"

namespace kvs::plugin {

// What the pad templates video_%u and audio_%u accept.
//
// Wider than what Amazon's element takes: byte-stream and in-band parameter sets are converted by
// the library. Width, height, and AAC's rate and channels are not asked for, as they are in the
// codec data or the frames. AV1 is also taken without a stream-format, as the encoders of GStreamer
// 1.22 leave it out; the named one is what a parser in front is asked for.
inline constexpr char kVideoTemplateCaps[] =
    "video/x-h264, stream-format=(string){ avc, avc3, byte-stream }, alignment=(string)au; "
    "video/x-h265, stream-format=(string){ hvc1, hev1, byte-stream }, alignment=(string)au; "
    "video/x-av1, stream-format=(string)obu-stream, alignment=(string)tu; "
    "video/x-av1, alignment=(string)tu; "
    "image/jpeg";
inline constexpr char kAudioTemplateCaps[] =
    "audio/mpeg, mpegversion=(int){ 2, 4 }, stream-format=(string){ raw, adts }; "
    "audio/x-alaw, channels=(int){ 1, 2 }, rate=(int)[ 8000, 192000 ]; "
    "audio/x-mulaw, channels=(int){ 1, 2 }, rate=(int)[ 8000, 192000 ]; "
    "audio/x-opus; "
    "audio/x-raw, format=(string)S16LE, layout=(string)interleaved, channels=(int)[ 1, 8 ], "
    "rate=(int)[ 8000, 192000 ]";

// The track that fixed caps describe; `id`, `name` and `codec_id` are left at their defaults. Pure.
//
// Errors: kInvalidCodecData: codec_data is missing where the stream-format has the parameter sets
//         only there, or is no buffer. kUnsupportedMedia: another media type or format, or not one
//         access unit per buffer. The message names the caps, what is missing and what to insert,
//         but not the pad.
Result<Track> TrackFromCaps(const GstCaps* caps);

// Whether `data` is a frame, and not only headers: of H.264 and H.265 it has at least one coded
// slice, and of Opus it is a packet. True for other media, and for data that cannot be parsed,
// which is for the library to judge. Meant for buffers with GST_BUFFER_FLAG_HEADER, which h264parse sets on all that it gives out.
bool HoldsFrame(const Track& track, std::span<const std::uint8_t> data);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_CAPS_H_
