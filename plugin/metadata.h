#ifndef KVS_PLUGIN_METADATA_H_
#define KVS_PLUGIN_METADATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gst/gst.h>

#include "kvs/metadata.h"
#include "kvs/status.h"
#include "kvs/time.h"

// What applications and properties attach to fragments. Pure.
namespace kvs::plugin {

// The structures of the custom downstream events.
inline constexpr char kAddMetadata[] = "kvs-add-metadata";
inline constexpr char kAddEvent[] = "kvs-add-event";

// What a user meant by a value: its text, or how GStreamer writes it. Nothing for a type that has no text.
std::optional<std::string> TextOfValue(const GValue* value);

// The fields of a structure, whose own name has no meaning. Values of other types than string are
// converted to text. Errors: kInvalidArgument: a value that has no text; the sentence begins with
// `what`.
Result<std::vector<std::pair<std::string, std::string>>> PairsOf(const GstStructure* structure,
                                                                 std::string_view what);

// Fields: name, value (strings), persist (boolean). Errors: kInvalidMetadata: one is missing.
Result<FragmentMetadata> MetadataOf(const GstStructure& structure);

// Fields: type ("notification" or "image-generation"); optional: prefix (string), pairs (a structure).
// Errors: kInvalidMetadata: a sentence that names the field.
Result<MediaEvent> MediaEventOf(const GstStructure& structure);

// What the service is asked to do about every so many fragments. Zero: about none.
struct FragmentEventRules {
  unsigned image_every = 0;
  std::string image_prefix;
  unsigned notification_every = 0;
  // A key frame that comes sooner after the beginning of a fragment begins no other: what
  // StreamConfig says, and the least that the service takes.
  Duration shortest_fragment;
  Duration timecode_scale = Duration::Millis(1);
};

// Counts the fragments that begin with a key frame. Where the library begins one elsewhere, because the service would
// not take a longer one, the events go with the first fragment that begins after them. Not synchronised.
class FragmentEvents {
 public:
  explicit FragmentEvents(FragmentEventRules rules = {}) : rules_(std::move(rules)) {}

  bool enabled() const { return rules_.image_every > 0 || rules_.notification_every > 0; }
  // What is to be put before the key frame at `pts`: for the first fragment, and then for every Nth.
  std::vector<MediaEvent> BeforeKeyFrame(MediaTime pts);

 private:
  bool BeginsFragment(MediaTime pts);

  FragmentEventRules rules_;
  std::optional<MediaTime> begin_;  // of the last fragment
  std::uint64_t fragments_ = 0;
};

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_METADATA_H_
