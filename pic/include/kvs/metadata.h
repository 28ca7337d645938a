#ifndef KVS_METADATA_H_
#define KVS_METADATA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kvs {

// Limits of the service. Source: PutMedia, "fragment metadata".
inline constexpr std::size_t kMaxFragmentMetadata = 10;     // items of one fragment, pairs of events included
inline constexpr std::size_t kMaxMetadataNameBytes = 128;   // at least 1
inline constexpr std::size_t kMaxMetadataValueBytes = 256;  // may be empty
inline constexpr std::size_t kMaxImagePrefixBytes = 256;

// A name and a value that travel with fragments and come back with them from GetMedia and ListFragments. A value.
struct FragmentMetadata {
  std::string name;   // UTF-8; must not begin with "AWS"
  std::string value;  // UTF-8
  // false: goes with the next fragment only. true: goes with every fragment from the next one on, until the same name is put
  // with another value, or with an empty one, which ends it.
  bool persistent = false;
};

// What the service can be asked to do about a fragment.
enum class MediaEventType : std::uint8_t {
  kNotification,     // send a notification
  kImageGeneration,  // make an image of the fragment's first picture
};
inline constexpr std::size_t kMediaEventTypes = static_cast<std::size_t>(MediaEventType::kImageGeneration) + 1;

// Goes with the next fragment. A value.
struct MediaEvent {
  MediaEventType type = MediaEventType::kNotification;
  // The folder in the S3 bucket for kImageGeneration; empty: that of the stream's configuration.
  std::string image_prefix;
  // What comes back with the notification; limits as for FragmentMetadata.
  std::vector<std::pair<std::string, std::string>> pairs;
};

}  // namespace kvs

#endif  // KVS_METADATA_H_
