#include "pic/stream/metadata_queue.h"

#include <string>

#include <gtest/gtest.h>

namespace kvs {
namespace {

// "a=1 b=2|c=3": groups apart by a bar.
std::string Text(const std::shared_ptr<const FragmentTags>& tags) {
  std::string text;
  for (const TagGroup& group : tags == nullptr ? FragmentTags() : *tags) {
    text += text.empty() ? "" : "|";
    for (const auto& [name, value] : group) {
      text += (text.empty() || text.back() == '|' ? "" : " ") + name + "=" + value;
    }
  }
  return text;
}

TEST(MetadataQueueTest, WhatIsPutOnceGoesWithOneFragment) {
  MetadataQueue queue;
  EXPECT_EQ(queue.TakeForNext(queue.mark()), nullptr);
  EXPECT_TRUE(queue.Put({"a", "1"}).ok());
  EXPECT_TRUE(queue.Put({"a", "2"}).ok());
  EXPECT_TRUE(queue.Put({"empty", ""}).ok());
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())), "a=1|a=2|empty=");
  EXPECT_EQ(queue.TakeForNext(queue.mark()), nullptr);
}

TEST(MetadataQueueTest, WhatIsPersistentGoesWithEveryFragmentUntilItIsEnded) {
  MetadataQueue queue;
  EXPECT_TRUE(queue.Put({"site", "gate", true}).ok());
  EXPECT_TRUE(queue.Put({"door", "open", true}).ok());
  EXPECT_TRUE(queue.Put({"once", "x"}).ok());
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())), "site=gate|door=open|once=x");
  const auto shared = queue.TakeForNext(queue.mark());
  EXPECT_EQ(Text(shared), "site=gate|door=open");
  EXPECT_EQ(queue.TakeForNext(queue.mark()), shared);
  EXPECT_TRUE(queue.Put({"site", "hall", true}).ok());  // a new value goes to the end
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())), "door=open|site=hall");
  EXPECT_TRUE(queue.Put({"door", "", true}).ok());
  EXPECT_TRUE(queue.Put({"never-there", "", true}).ok());
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())), "site=hall");
  EXPECT_EQ(Text(shared), "site=gate|door=open");  // what a fragment has does not change any more
}

TEST(MetadataQueueTest, LeftOverIsWhatIsNotPersistent) {
  MetadataQueue queue;
  EXPECT_TRUE(queue.Put({"site", "gate", true}).ok());
  EXPECT_FALSE(queue.HasLeftOver());
  EXPECT_EQ(queue.TakeLeftOver(nullptr), nullptr);
  EXPECT_TRUE(queue.Put({"once", "x"}).ok());
  EXPECT_TRUE(queue.HasLeftOver());
  const FragmentTags ten(10, TagGroup{{"n", "v"}});
  EXPECT_EQ(queue.TakeLeftOver(&ten), nullptr);
  EXPECT_TRUE(queue.HasLeftOver());
  EXPECT_EQ(Text(queue.TakeLeftOver(nullptr)), "once=x");
  EXPECT_FALSE(queue.HasLeftOver());
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())), "site=gate");
}

TEST(MetadataQueueTest, NamesAndValuesHaveLimits) {
  MetadataQueue queue;
  EXPECT_TRUE(queue.Put({std::string(128, 'n'), std::string(256, 'v')}).ok());
  for (const FragmentMetadata& bad :
       {FragmentMetadata{"", "v"}, FragmentMetadata{std::string(129, 'n'), "v"}, FragmentMetadata{"n", std::string(257, 'v')},
        FragmentMetadata{"AWS", "v"}, FragmentMetadata{"AWS_KINESISVIDEO_NOTIFICATION", "", true},
        FragmentMetadata{std::string("a\0b", 3), "v"}, FragmentMetadata{"n", "\xC3"}, FragmentMetadata{"n", "\xC0\x80"},
        FragmentMetadata{"n", "\xED\xA0\x80"}, FragmentMetadata{"\xFF", "v"}}) {
    EXPECT_EQ(queue.Put(bad).code(), StatusCode::kInvalidMetadata) << bad.name;
  }
  EXPECT_TRUE(queue.Put({"aws", "lower case is free"}).ok());
  EXPECT_TRUE(queue.Put({"T\xC3\xBCr", "\xE9\x96\x80 \xF0\x9F\x9A\xAA"}).ok());
}

TEST(MetadataQueueTest, AFragmentHasTenItems) {
  MetadataQueue queue;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(queue.Put({"p" + std::to_string(i), "v", true}).ok());
    EXPECT_TRUE(queue.Put({"o" + std::to_string(i), "v"}).ok());
  }
  EXPECT_EQ(queue.PutEvent({MediaEventType::kNotification, "", {{"x", "1"}, {"y", "2"}, {"z", "3"}}}).code(),
            StatusCode::kMetadataLimit);
  EXPECT_TRUE(queue.PutEvent({MediaEventType::kNotification, "", {{"x", "1"}, {"y", "2"}}}).ok());
  EXPECT_EQ(queue.Put({"o", "v"}).code(), StatusCode::kMetadataLimit);
  EXPECT_EQ(queue.Put({"p", "v", true}).code(), StatusCode::kMetadataLimit);
  EXPECT_TRUE(queue.Put({"p0", "new value", true}).ok());
  EXPECT_TRUE(queue.PutEvent({MediaEventType::kImageGeneration, "folder/", {}}).ok());  // the event itself does not count
  (void)queue.TakeForNext(queue.mark());
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(queue.Put({"o" + std::to_string(i), "v"}).ok());
  }
  EXPECT_EQ(queue.Put({"o", "v"}).code(), StatusCode::kMetadataLimit);
}

TEST(MetadataQueueTest, AnEventIsOneGroup) {
  MetadataQueue queue;
  EXPECT_TRUE(queue.PutEvent({MediaEventType::kImageGeneration, "door/", {{"who", "postman"}}}).ok());
  EXPECT_TRUE(queue.PutEvent({MediaEventType::kNotification, "", {}}).ok());
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())),
            "AWS_KINESISVIDEO_IMAGE_GENERATION= AWS_KINESISVIDEO_IMAGE_PREFIX=door/ who=postman|AWS_KINESISVIDEO_NOTIFICATION=");
}

TEST(MetadataQueueTest, OneEventOfAKindForAFragment) {
  MetadataQueue queue;
  EXPECT_TRUE(queue.PutEvent({MediaEventType::kNotification, "", {}}).ok());
  EXPECT_EQ(queue.PutEvent({MediaEventType::kNotification, "", {}}).code(), StatusCode::kInvalidState);
  (void)queue.TakeForNext(queue.mark());
  EXPECT_TRUE(queue.PutEvent({MediaEventType::kNotification, "", {}}).ok());
}

TEST(MetadataQueueTest, EventsHaveLimits) {
  MetadataQueue queue;
  EXPECT_EQ(queue.PutEvent({MediaEventType::kImageGeneration, std::string(257, 'p'), {}}).code(),
            StatusCode::kInvalidMetadata);
  EXPECT_EQ(queue.PutEvent({MediaEventType::kNotification, "prefix", {}}).code(), StatusCode::kInvalidMetadata);
  EXPECT_EQ(queue.PutEvent({MediaEventType::kNotification, "", {{"AWS_X", "1"}}}).code(), StatusCode::kInvalidMetadata);
  EXPECT_EQ(queue.TakeForNext(queue.mark()), nullptr);  // nothing of what was refused is left
}

TEST(MetadataQueueTest, AFrameThatWasPutBeforeDoesNotTakeWhatCameAfter) {
  MetadataQueue queue;
  EXPECT_TRUE(queue.Put({"a", "1"}).ok());
  const std::uint64_t then = queue.mark();
  EXPECT_TRUE(queue.Put({"b", "2"}).ok());
  EXPECT_EQ(Text(queue.TakeForNext(then)), "a=1");
  EXPECT_EQ(queue.TakeForNext(then), nullptr);
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())), "b=2");
}

TEST(MetadataQueueTest, WhatIsPersistentIsThatOfTheFragmentsTime) {
  MetadataQueue queue;
  EXPECT_TRUE(queue.Put({"door", "closed", true}).ok());
  const std::uint64_t closed = queue.mark();
  EXPECT_TRUE(queue.Put({"door", "open", true}).ok());
  EXPECT_TRUE(queue.Put({"lamp", "on", true}).ok());
  const std::uint64_t open = queue.mark();
  EXPECT_TRUE(queue.Put({"lamp", "", true}).ok());
  EXPECT_EQ(Text(queue.TakeForNext(closed)), "door=closed");
  EXPECT_EQ(Text(queue.TakeForNext(open)), "door=open|lamp=on");
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())), "door=open");
}

TEST(MetadataQueueTest, EachFragmentThatIsHeldBackHasItsOwn) {
  MetadataQueue queue;
  std::vector<std::uint64_t> begins;
  for (int fragment = 0; fragment < 3; ++fragment) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_TRUE(queue.Put({"o", std::to_string(fragment)}).ok());
    }
    EXPECT_EQ(queue.Put({"o", "too many"}).code(), StatusCode::kMetadataLimit);
    EXPECT_TRUE(queue.PutEvent({MediaEventType::kNotification, "", {}}).ok());
    EXPECT_EQ(queue.PutEvent({MediaEventType::kNotification, "", {}}).code(), StatusCode::kInvalidState);
    begins.push_back(queue.mark());
    queue.NoteBegin();
  }
  for (int fragment = 0; fragment < 3; ++fragment) {
    const auto tags = queue.TakeForNext(begins[static_cast<std::size_t>(fragment)]);
    ASSERT_NE(tags, nullptr);
    EXPECT_EQ(tags->size(), 11u);
    EXPECT_EQ(tags->front().front().second, std::to_string(fragment));
  }
}

TEST(MetadataQueueTest, WhatIsTooMuchForAFragmentGoesWithTheNext) {
  MetadataQueue queue;
  for (int begin = 0; begin < 2; ++begin) {
    for (int i = 0; i < 6; ++i) {
      EXPECT_TRUE(queue.Put({"o", std::to_string(begin * 6 + i)}).ok());
    }
    EXPECT_TRUE(queue.PutEvent({MediaEventType::kNotification, "", {}}).ok());
    queue.NoteBegin();
  }
  // The first of them began none after all.
  const auto first = queue.TakeForNext(queue.mark());
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->size(), 11u);  // ten and an event
  const auto second = queue.TakeForNext(queue.mark());
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(Text(second), "o=10|o=11|AWS_KINESISVIDEO_NOTIFICATION=");
}

TEST(MetadataQueueTest, WhatWaitsIsBounded) {
  MetadataQueue queue;
  Status status;
  std::size_t taken = 0;
  for (; status.ok() && taken < 10 * MetadataQueue::kMostWaiting; ++taken) {
    status = queue.Put({"o", "v"});
    queue.NoteBegin();
  }
  EXPECT_EQ(status.code(), StatusCode::kMetadataLimit);
  EXPECT_LE(taken, MetadataQueue::kMostWaiting + 1);
}

TEST(MetadataQueueTest, WhatWouldHaveGoneWithAFragmentIsForgotten) {
  MetadataQueue queue;
  EXPECT_TRUE(queue.Put({"p", "always", true}).ok());
  EXPECT_TRUE(queue.Put({"a", "1"}).ok());
  const std::uint64_t mark = queue.mark();
  EXPECT_TRUE(queue.Put({"b", "2"}).ok());
  queue.Forget(mark);
  EXPECT_EQ(Text(queue.TakeForNext(queue.mark())), "p=always|b=2");
}

}  // namespace
}  // namespace kvs
