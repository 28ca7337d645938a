#include "plugin/metadata.h"

#include "pic/stream/fragmenter.h"
#include "plugin/gst_ptr.h"

namespace kvs::plugin {
namespace {

constexpr std::string_view kNotificationType = "notification";
constexpr std::string_view kImageType = "image-generation";

Status Bad(std::string message) {
  return {StatusCode::kInvalidMetadata, std::move(message)};
}

}  // namespace

std::optional<std::string> TextOfValue(const GValue* value) {
  if (G_VALUE_HOLDS_STRING(value)) {
    const gchar* const text = g_value_get_string(value);
    return text == nullptr ? "" : text;
  }
  gchar* const text = gst_value_serialize(value);
  return text == nullptr ? std::nullopt : std::optional(TakeString(text));
}

Result<std::vector<std::pair<std::string, std::string>>> PairsOf(const GstStructure* structure,
                                                                 std::string_view what) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const int count = gst_structure_n_fields(structure);
  for (int i = 0; i < count; ++i) {
    const char* name = gst_structure_nth_field_name(structure, static_cast<guint>(i));
    const GValue* value = gst_structure_get_value(structure, name);
    std::optional<std::string> text = TextOfValue(value);
    if (!text.has_value()) {
      return Status(StatusCode::kInvalidArgument,
                    std::string(what) + ": the value of \"" + name + "\" is of type " +
                        G_VALUE_TYPE_NAME(value) + ", which has no text; use a string or a number");
    }
    pairs.emplace_back(name, *std::move(text));
  }
  return pairs;
}

Result<FragmentMetadata> MetadataOf(const GstStructure& structure) {
  const gchar* name = gst_structure_get_string(&structure, "name");
  const gchar* value = gst_structure_get_string(&structure, "value");
  gboolean persist = FALSE;
  if (name == nullptr || value == nullptr ||
      gst_structure_get_boolean(&structure, "persist", &persist) == FALSE) {
    return Bad(
        "the event kvs-add-metadata needs the fields name (string), value (string) and persist "
        "(boolean)");
  }
  return FragmentMetadata{name, value, persist != FALSE};
}

Result<MediaEvent> MediaEventOf(const GstStructure& structure) {
  const gchar* type = gst_structure_get_string(&structure, "type");
  MediaEvent event;
  if (type != nullptr && kImageType == type) {
    event.type = MediaEventType::kImageGeneration;
  } else if (type == nullptr || kNotificationType != type) {
    return Bad(
        "the event kvs-add-event needs the field type (string), which is notification or "
        "image-generation");
  }
  if (gst_structure_has_field(&structure, "prefix")) {
    const gchar* prefix = gst_structure_get_string(&structure, "prefix");
    if (prefix == nullptr) {
      return Bad("the field prefix of the event kvs-add-event is not a string");
    }
    event.image_prefix = prefix;
  }
  if (const GValue* pairs = gst_structure_get_value(&structure, "pairs"); pairs != nullptr) {
    if (!GST_VALUE_HOLDS_STRUCTURE(pairs) || gst_value_get_structure(pairs) == nullptr) {
      return Bad("the field pairs of the event kvs-add-event is not a structure");
    }
    auto read = PairsOf(gst_value_get_structure(pairs), "the field pairs of the event kvs-add-event");
    if (!read.ok()) {
      return Bad(read.status().message());
    }
    event.pairs = std::move(read).value();
  }
  return event;
}

bool FragmentEvents::BeginsFragment(MediaTime pts) {
  // Another picture of the same time; a source that began anew is further back.
  if (begin_.has_value() && pts < *begin_ && *begin_ - pts < kMaxFragmentDuration) {
    return false;
  }
  if (begin_.has_value() && pts >= *begin_) {
    const std::int64_t unit = rules_.timecode_scale.nanos();
    const std::int64_t units = pts.nanos() / unit - begin_->nanos() / unit;
    if (rules_.timecode_scale * units < rules_.shortest_fragment) {
      return false;
    }
  }
  begin_ = pts;
  return true;
}

std::vector<MediaEvent> FragmentEvents::BeforeKeyFrame(MediaTime pts) {
  std::vector<MediaEvent> events;
  if (!enabled() || !BeginsFragment(pts)) {
    return events;
  }
  const std::uint64_t number = fragments_++;
  if (rules_.image_every > 0 && number % rules_.image_every == 0) {
    events.push_back({MediaEventType::kImageGeneration, rules_.image_prefix, {}});
  }
  if (rules_.notification_every > 0 && number % rules_.notification_every == 0) {
    events.push_back({MediaEventType::kNotification, "", {}});
  }
  return events;
}

}  // namespace kvs::plugin
