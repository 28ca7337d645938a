#include "pic/stream/metadata_queue.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "pic/base/utf8.h"

namespace kvs {
namespace {

// Names that the service knows. Source: developer guide, "image generation", "notifications".
constexpr std::string_view kReservedPrefix = "AWS";
constexpr std::string_view kNotificationTag = "AWS_KINESISVIDEO_NOTIFICATION";
constexpr std::string_view kImageGenerationTag = "AWS_KINESISVIDEO_IMAGE_GENERATION";
constexpr std::string_view kImagePrefixTag = "AWS_KINESISVIDEO_IMAGE_PREFIX";

Status Bad(std::string text) { return {StatusCode::kInvalidMetadata, std::move(text)}; }

Status CheckPair(std::string_view name, std::string_view value) {
  const std::string what = "metadata \"" + std::string(name.substr(0, kMaxMetadataNameBytes)) + "\"";
  if (name.empty() || name.size() > kMaxMetadataNameBytes) {
    return Bad(what + ": a name has 1 to 128 bytes, not " + std::to_string(name.size()));
  }
  if (name.starts_with(kReservedPrefix)) {
    return Bad(what + ": names that begin with \"AWS\" belong to the service");
  }
  if (value.size() > kMaxMetadataValueBytes) {
    return Bad(what + ": a value has at most 256 bytes, not " + std::to_string(value.size()));
  }
  if (name.find('\0') != std::string_view::npos || value.find('\0') != std::string_view::npos) {
    return Bad(what + ": a zero byte would end it early");
  }
  if (!CountUtf8(name) || !CountUtf8(value)) {
    return Bad("metadata that is not UTF-8");
  }
  return {};
}

}  // namespace

Status MetadataQueue::CheckRoom(std::size_t items) const {
  if (once_.size() + persistent_.size() > kMostWaiting) {
    return {StatusCode::kMetadataLimit, std::to_string(kMostWaiting) + " items of metadata wait for their fragments"};
  }
  const std::size_t there = NewestPersistent().size() + NextItems();
  if (there + items > kMaxFragmentMetadata) {
    return {StatusCode::kMetadataLimit, "a fragment has at most " + std::to_string(kMaxFragmentMetadata) +
                                            " items of metadata; the next one has " + std::to_string(there)};
  }
  return {};
}

std::size_t MetadataQueue::NextItems() const {
  std::size_t items = 0;
  for (const Once& once : once_) {
    items += once.mark > begin_mark_ ? once.items : 0;
  }
  return items;
}

Status MetadataQueue::Put(FragmentMetadata metadata) {
  if (Status status = CheckPair(metadata.name, metadata.value); !status.ok()) {
    return status;
  }
  if (!metadata.persistent) {
    if (Status status = CheckRoom(1); !status.ok()) {
      return status;
    }
    once_.push_back({{{std::move(metadata.name), std::move(metadata.value)}}, 1, ++mark_, std::nullopt});
    return {};
  }
  FragmentTags tags = NewestPersistent();
  const auto same =
      std::find_if(tags.begin(), tags.end(), [&](const TagGroup& group) { return group.front().first == metadata.name; });
  if (same == tags.end() && metadata.value.empty()) {
    return {};
  }
  if (Status status = CheckRoom(same == tags.end() ? 1 : 0); !status.ok()) {
    return status;
  }
  if (same != tags.end()) {
    tags.erase(same);
  }
  if (!metadata.value.empty()) {
    tags.push_back({{std::move(metadata.name), std::move(metadata.value)}});
  }
  persistent_.push_back({std::make_shared<const FragmentTags>(std::move(tags)), ++mark_});
  return {};
}

Status MetadataQueue::PutEvent(const MediaEvent& event) {
  for (const auto& [name, value] : event.pairs) {
    if (Status status = CheckPair(name, value); !status.ok()) {
      return status;
    }
  }
  const bool image = event.type == MediaEventType::kImageGeneration;
  if (event.image_prefix.size() > kMaxImagePrefixBytes || event.image_prefix.find('\0') != std::string::npos ||
      !CountUtf8(event.image_prefix)) {
    return Bad("an image prefix of " + std::to_string(event.image_prefix.size()) +
               " bytes; at most 256 of UTF-8 are allowed, and no zero byte");
  }
  if (!image && !event.image_prefix.empty()) {
    return Bad("only an image generation event has an image prefix");
  }
  if (std::any_of(once_.begin(), once_.end(), [&](const Once& once) { return once.event == event.type && once.mark > begin_mark_; })) {
    return {StatusCode::kInvalidState, "the next fragment has an event of this type already"};
  }
  if (Status status = CheckRoom(event.pairs.size()); !status.ok()) {
    return status;
  }
  TagGroup group;
  group.emplace_back(image ? kImageGenerationTag : kNotificationTag, "");
  if (!event.image_prefix.empty()) {
    group.emplace_back(kImagePrefixTag, event.image_prefix);
  }
  group.insert(group.end(), event.pairs.begin(), event.pairs.end());
  once_.push_back({std::move(group), event.pairs.size(), ++mark_, event.type});
  return {};
}

void MetadataQueue::AdvanceTo(std::uint64_t mark) {
  while (persistent_.size() > 1 && persistent_[1].mark <= mark) {
    persistent_.pop_front();
  }
}

std::shared_ptr<const FragmentTags> MetadataQueue::TakeForNext(std::uint64_t mark) {
  AdvanceTo(mark);
  const std::shared_ptr<const FragmentTags>& lasting = persistent_.front().tags;
  std::size_t items = lasting->size();
  std::array<bool, kMediaEventTypes> has_event{};
  FragmentTags tags = *lasting;
  auto once = once_.begin();
  for (; once != once_.end() && once->mark <= mark; ++once) {
    items += once->items;
    bool* const taken = once->event ? &has_event[static_cast<std::size_t>(*once->event)] : nullptr;
    if (items > kMaxFragmentMetadata || (taken != nullptr && *taken)) {
      break;  // for the next
    }
    if (taken != nullptr) {
      *taken = true;
    }
    tags.push_back(std::move(once->group));
  }
  if (once == once_.begin()) {
    return lasting->empty() ? nullptr : lasting;
  }
  once_.erase(once_.begin(), once);
  return std::make_shared<const FragmentTags>(std::move(tags));
}

std::shared_ptr<const FragmentTags> MetadataQueue::TakeLeftOver(const FragmentTags* tags) {
  std::size_t items = 0;
  for (const Once& once : once_) {
    items += once.items;
  }
  for (const TagGroup& group : tags == nullptr ? FragmentTags() : *tags) {
    items += group.size();
  }
  if (once_.empty() || items > kMaxFragmentMetadata) {
    return nullptr;
  }
  FragmentTags left;
  for (Once& once : once_) {
    left.push_back(std::move(once.group));
  }
  once_.clear();
  return std::make_shared<const FragmentTags>(std::move(left));
}

void MetadataQueue::Forget(std::uint64_t mark) {
  std::erase_if(once_, [&](const Once& once) { return once.mark <= mark; });
  AdvanceTo(mark);
}

}  // namespace kvs
