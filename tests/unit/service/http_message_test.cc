#include "producer/service/http_message.h"

#include <gtest/gtest.h>

namespace kvs::service {
namespace {

TEST(HttpMessageTest, FindsHeadersWhateverTheirCase) {
  const std::vector<HttpHeader> headers = {{"X-Amzn-RequestId", "1"}, {"x-amzn-requestid", "2"}};
  ASSERT_NE(FindHeader(headers, "x-AMZN-requestID"), nullptr);
  EXPECT_EQ(*FindHeader(headers, "x-AMZN-requestID"), "1");
  EXPECT_EQ(FindHeader(headers, "x-amzn-request"), nullptr);
}

TEST(HttpMessageTest, SetHeaderLeavesOne) {
  std::vector<HttpHeader> headers = {{"A", "1"}, {"B", "2"}, {"a", "3"}};
  SetHeader(headers, "a", "4");
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(*FindHeader(headers, "A"), "4");
  EXPECT_EQ(*FindHeader(headers, "B"), "2");
}

TEST(HttpMessageTest, ComparesAsciiOnly) {
  EXPECT_TRUE(EqualsIgnoringCase("Host", "hOST"));
  EXPECT_FALSE(EqualsIgnoringCase("Host", "Hos"));
  EXPECT_FALSE(EqualsIgnoringCase("[", "{"));
  EXPECT_EQ(AsciiLower("AbC-\xC3\x84"), "abc-\xC3\x84");
}

}  // namespace
}  // namespace kvs::service
