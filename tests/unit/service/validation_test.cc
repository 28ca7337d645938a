#include "producer/service/validation.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::service {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ValidationTest, StreamNames) {
  EXPECT_TRUE(ValidateStreamName("a").ok());
  EXPECT_TRUE(ValidateStreamName("Front_door-1.main").ok());
  EXPECT_TRUE(ValidateStreamName(std::string(256, 'a')).ok());
  EXPECT_FALSE(ValidateStreamName(std::string(257, 'a')).ok());
  for (const char* name : {"", "a b", "a/b", "a\"b", "a\n", "t\xC3\xBCr", "a:b", "a@b", "a[b"}) {
    EXPECT_EQ(ValidateStreamName(name).code(), StatusCode::kInvalidArgument) << name;
  }
  EXPECT_THAT(ValidateStreamName("a b").message(),
              HasSubstr("the stream name \"a b\" has characters other than letters"));
  EXPECT_THAT(ValidateStreamName("a\nb").message(), Not(HasSubstr("\n")));
  EXPECT_THAT(ValidateStreamName(std::string(1000, 'a')).message(),
              HasSubstr("has 1000 characters, at most 256"));
  EXPECT_LT(ValidateStreamName(std::string(100'000, 'a')).message().size(), 200u);
}

TEST(ValidationTest, DeviceNames) {
  EXPECT_TRUE(ValidateDeviceName(std::string(128, 'a')).ok());
  EXPECT_FALSE(ValidateDeviceName(std::string(129, 'a')).ok());
  EXPECT_FALSE(ValidateDeviceName("a b").ok());
}

TEST(ValidationTest, MediaTypes) {
  for (const char* type :
       {"video/h264", "video/h264,audio/aac", "text/vnd.a+b-c.d", "a/b,c/d,e/f", "x_y/z"}) {
    EXPECT_TRUE(ValidateMediaType(type).ok()) << type;
  }
  for (const char* type :
       {"", "video", "video/", "/h264", "video/h264,", ",video/h264", "video/h264, audio/aac",
        "video/h264/x", "video/h 264", "a/b,,c/d", "a/b;c=d"}) {
    EXPECT_FALSE(ValidateMediaType(type).ok()) << type;
  }
  EXPECT_TRUE(ValidateMediaType("v/" + std::string(126, 'a')).ok());
  EXPECT_FALSE(ValidateMediaType("v/" + std::string(127, 'a')).ok());
}

TEST(ValidationTest, KeyIdsAndArns) {
  EXPECT_TRUE(ValidateKmsKeyId("arn:aws:kms:us-west-2:1:key/x").ok());
  EXPECT_FALSE(ValidateKmsKeyId("").ok());
  EXPECT_FALSE(ValidateKmsKeyId("a\nb").ok());
  EXPECT_FALSE(ValidateKmsKeyId(std::string(2049, 'k')).ok());
  EXPECT_TRUE(ValidateStreamArn("arn:aws:kinesisvideo:us-west-2:111122223333:stream/a/1").ok());
  EXPECT_FALSE(ValidateStreamArn("").ok());
  EXPECT_FALSE(ValidateStreamArn("stream").ok());
  EXPECT_FALSE(ValidateStreamArn("arn:aws:a b").ok());
  EXPECT_FALSE(ValidateStreamArn("arn:" + std::string(1021, 'a')).ok());
}

TEST(ValidationTest, Retention) {
  EXPECT_TRUE(ValidateRetention(Duration::Seconds(0)).ok());
  EXPECT_TRUE(ValidateRetention(Duration::Hours(kMaxRetentionHours)).ok());
  EXPECT_FALSE(ValidateRetention(Duration::Hours(kMaxRetentionHours + 1)).ok());
  EXPECT_FALSE(ValidateRetention(Duration::Nanos(-1)).ok());
}

Status CheckTag(std::string name, std::string value) {
  const std::vector<Tag> tags = {{std::move(name), std::move(value)}};
  return ValidateTags(tags);
}

TEST(ValidationTest, TagsCountCharactersAndNotBytes) {
  std::string umlauts;
  for (int i = 0; i < 128; ++i) {
    umlauts += "\xC3\xA4";
  }
  EXPECT_TRUE(CheckTag(umlauts, umlauts + umlauts).ok());
  EXPECT_FALSE(CheckTag(umlauts + "a", "").ok());
  EXPECT_FALSE(CheckTag("a", umlauts + umlauts + "a").ok());
}

TEST(ValidationTest, TagsMayBeAnyText) {
  EXPECT_TRUE(CheckTag("a", "").ok());
  EXPECT_TRUE(CheckTag("quote\"", "back\\slash\n").ok());
  EXPECT_TRUE(CheckTag("emoji", "\xF0\x9F\x93\xB7").ok());
  EXPECT_FALSE(CheckTag("", "value").ok());
  EXPECT_FALSE(CheckTag("aws:x", "value").ok());
}

TEST(ValidationTest, TagsAreUtf8) {
  for (const char* bad :
       {"\x80", "\xC3", "\xC3(", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_FALSE(CheckTag("name", bad).ok()) << testing::PrintToString(bad);
    EXPECT_FALSE(CheckTag(bad, "value").ok()) << testing::PrintToString(bad);
  }
}

TEST(ValidationTest, TagsAreAtMostFiftyAndDifferent) {
  std::vector<Tag> tags;
  for (int i = 0; i < 50; ++i) {
    tags.emplace_back("name" + std::to_string(i), "value");
  }
  EXPECT_TRUE(ValidateTags(tags).ok());
  tags.emplace_back("one more", "value");
  EXPECT_THAT(ValidateTags(tags).message(), HasSubstr("51 tags, at most 50"));
  const std::vector<Tag> twice = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
  EXPECT_THAT(ValidateTags(twice).message(), HasSubstr("\"a\" is there twice"));
}

}  // namespace
}  // namespace kvs::service
