#include "producer/service/user_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::service {
namespace {

const Platform kPlatform = {"GCC/12.2.0", "Linux/6.1.0", "x86_64"};

TEST(UserAgentTest, HasNameVersionAndPlatform) {
  EXPECT_EQ(MakeUserAgent("", "0.1.0", kPlatform, ""),
            "kvsproducer/0.1.0 GCC/12.2.0 Linux/6.1.0 x86_64");
  EXPECT_EQ(MakeUserAgent("MyApp/2", "0.1.0", kPlatform, "extra words"),
            "MyApp/2/0.1.0 GCC/12.2.0 Linux/6.1.0 x86_64 extra words");
}

TEST(UserAgentTest, HoldsNothingThatHttpForbids) {
  EXPECT_EQ(MakeUserAgent("a b\r\nX: 1", "1", {"c", "o\x7F", "m\xC3"}, "e\tf"),
            "a_b__X:_1/1 c o_ m_ e_f");
}

TEST(UserAgentTest, LeavesOutWhatDoesNotFit) {
  const std::string agent = MakeUserAgent("n", "1", {"c", "o", std::string(300, 'm')}, "custom");
  EXPECT_EQ(agent, "n/1 c o");
  EXPECT_EQ(MakeUserAgent(std::string(300, 'n'), "1", kPlatform, "").size(), kMaxUserAgentLength);
  EXPECT_EQ(MakeUserAgent("n", "1", {}, std::string(300, 'c')).size(),
            4 + kMaxCustomUserAgentLength);
}

TEST(UserAgentTest, KnowsThePlatformOfThisBuild) {
  const Platform platform = CurrentPlatform();
  EXPECT_THAT(platform.compiler, testing::HasSubstr("/"));
  EXPECT_THAT(platform.os, testing::HasSubstr("/"));
  EXPECT_FALSE(platform.machine.empty());
}

}  // namespace
}  // namespace kvs::service
