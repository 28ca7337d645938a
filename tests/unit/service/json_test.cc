#include "producer/service/json.h"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::service {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kLimit = 64 * 1024;

TEST(WriteJsonTest, KeepsTheOrderAndEscapes) {
  const std::vector<std::pair<std::string, std::string>> tags = {{"z\"", "a\\b\n"}, {"a", "\x01ä"}};
  const Result<std::string> text = WriteJson(
      std::array{JsonMember{"Name", std::string_view("x\"y")},
                 JsonMember{"Hours", std::int64_t{-5}}, JsonMember{"Tags", JsonStringMap(tags)}});
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, R"({"Name":"x\"y","Hours":-5,"Tags":{"z\"":"a\\b\n","a":"\u0001ä"}})");
}

TEST(WriteJsonTest, RefusesTextThatIsNotUtf8) {
  const Result<std::string> text =
      WriteJson(std::array{JsonMember{"Name", std::string_view("\xC3(")}});
  EXPECT_EQ(text.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(text.status().message(), HasSubstr("Name"));
}

TEST(WriteJsonTest, NoMembersIsAnEmptyObject) {
  EXPECT_EQ(*WriteJson({}), "{}");
}

TEST(JsonFieldsTest, ReadsNestedScalarsByPath) {
  const Result<JsonFields> fields = JsonFields::Parse(
      R"({"a":{"b":{"c":"deep"},"n":7},"n":-3,"f":2.0,"half":1.5,"s":"x",
          "list":[1,{"a":{"b":"no"}},"y"],
          "t":true,"z":null,"big":18446744073709551615,"huge":1e300,"after":"ok"})",
      kLimit);
  ASSERT_TRUE(fields.ok()) << fields.status().message();
  EXPECT_EQ(fields->String("a.b.c"), "deep");
  EXPECT_EQ(fields->Integer("a.n"), 7);
  EXPECT_EQ(fields->Integer("n"), -3);
  EXPECT_EQ(fields->Integer("f"), 2);
  EXPECT_EQ(fields->Integer("half"), std::nullopt);
  EXPECT_EQ(fields->Integer("big"), std::nullopt);
  EXPECT_EQ(fields->Integer("huge"), std::nullopt);
  EXPECT_EQ(fields->String("after"), "ok");
  EXPECT_EQ(fields->String("n"), std::nullopt);
  EXPECT_EQ(fields->Integer("s"), std::nullopt);
  EXPECT_EQ(fields->String("list"), std::nullopt);
  EXPECT_EQ(fields->String("list.a.b"), std::nullopt);
  EXPECT_EQ(fields->String("a.b"), std::nullopt);
  EXPECT_EQ(fields->String(""), std::nullopt);
}

TEST(JsonFieldsTest, TheLastOfANameCounts) {
  EXPECT_EQ(JsonFields::Parse(R"({"a":"1","a":"2"})", kLimit)->String("a"), "2");
}

TEST(JsonFieldsTest, ArraysAreSkippedHoweverLong) {
  std::string text = "{\"list\":[{\"list\":0}";
  for (std::size_t i = 0; i < 2 * JsonFields::kMaxFields; ++i) {
    text += ",[1,{\"a\":\"b\"}]";
  }
  const Result<JsonFields> fields = JsonFields::Parse(text + "],\"a\":\"after\"}", kLimit);
  ASSERT_TRUE(fields.ok()) << fields.status().message();
  EXPECT_EQ(fields->String("a"), "after");
  EXPECT_EQ(fields->Integer("list.list"), std::nullopt);
}

TEST(JsonFieldsTest, RefusesWhatIsNoObjectAndNeverQuotesIt) {
  for (const char* text : {"", "hush", "{", "}", "[]", "[{\"a\":1}]", "1", "\"hush {\"", "null",
                           "true", "{\"a\":}", "{\"a\":1}x", "{\"a\":1,}", "{'a':1}",
                           "{\"a\":\"\xC3(\"}", "{\"a\":1}{\"b\":2}", "<html>hush</html>"}) {
    const Result<JsonFields> fields = JsonFields::Parse(text, kLimit);
    EXPECT_EQ(fields.status().code(), StatusCode::kBadResponse) << text;
    EXPECT_THAT(fields.status().message(), Not(HasSubstr("hush"))) << text;
  }
}

TEST(JsonFieldsTest, ANulIsNotTheEndOfTheText) {
  using namespace std::string_view_literals;
  EXPECT_FALSE(JsonFields::Parse("{\"a\":1}\0"sv, kLimit).ok());
  EXPECT_FALSE(JsonFields::Parse("{\"a\":1}\0{\"a\":2}"sv, kLimit).ok());
  EXPECT_EQ(JsonFields::Parse(R"({"a":"\u0000"})", kLimit)->String("a"), "\0"sv);
}

TEST(JsonFieldsTest, EveryTruncationIsRefused) {
  const std::string text = R"({"StreamInfo":{"Status":"ACTIVE","n":[1,2.5e3,{"x":null}]}})";
  ASSERT_TRUE(JsonFields::Parse(text, kLimit).ok());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(JsonFields::Parse(std::string_view(text).substr(0, size), kLimit).ok()) << size;
  }
}

std::string Nested(std::size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) {
    text += open;
  }
  text += "1";
  for (std::size_t i = 0; i < depth; ++i) {
    text += close;
  }
  return text;
}

TEST(JsonFieldsTest, BoundsDepthMembersAndSize) {
  EXPECT_TRUE(JsonFields::Parse(Nested(JsonFields::kMaxDepth, "{\"a\":", "}"), kLimit).ok());
  EXPECT_FALSE(JsonFields::Parse(Nested(JsonFields::kMaxDepth + 1, "{\"a\":", "}"), kLimit).ok());
  EXPECT_FALSE(JsonFields::Parse("{\"a\":" + Nested(20'000, "[", "]") + "}", kLimit).ok());

  std::string many = "{\"a\":1";
  for (std::size_t i = 1; i < JsonFields::kMaxFields; ++i) {
    many += ",\"a\":1";
  }
  EXPECT_TRUE(JsonFields::Parse(many + "}", kLimit).ok());
  EXPECT_FALSE(JsonFields::Parse(many + ",\"a\":1}", kLimit).ok());

  EXPECT_TRUE(JsonFields::Parse("{\"a\":1}", 7).ok());
  EXPECT_FALSE(JsonFields::Parse("{\"a\":1}", 6).ok());
}

}  // namespace
}  // namespace kvs::service
