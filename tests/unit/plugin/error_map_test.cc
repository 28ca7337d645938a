#include "plugin/error_map.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Every code that has a name of its own, by walking the numbers of all ranges.
std::vector<StatusCode> AllCodes() {
  std::vector<StatusCode> codes;
  for (std::uint32_t number = 1; number < 600; ++number) {
    const auto code = static_cast<StatusCode>(number);
    if (Describe(code).code == code) {
      codes.push_back(code);
    }
  }
  return codes;
}

TEST(ErrorMapTest, HasAnErrorAndAdviceForEveryStatus) {
  const std::vector<StatusCode> codes = AllCodes();
  EXPECT_GT(codes.size(), 30U);
  for (const StatusCode code : codes) {
    const ErrorClass error = ErrorClassOf(code);
    EXPECT_NE(error.domain, 0U) << Describe(code).name;
    EXPECT_FALSE(AdviceFor(code).empty()) << Describe(code).name;
    EXPECT_NE(SdkStatusOf(code), 0U) << Describe(code).name;
    // kCancelled is never posted; all others have a row of their own.
    if (code != StatusCode::kInternal && code != StatusCode::kCancelled) {
      EXPECT_NE(AdviceFor(code), AdviceFor(StatusCode::kInternal)) << Describe(code).name;
    }
  }
}

TEST(ErrorMapTest, MapsToWhatAnApplicationCanActOn) {
  const struct {
    StatusCode code;
    GQuark domain;
    gint gst_code;
  } cases[] = {
      {StatusCode::kNotAuthorized, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED},
      {StatusCode::kNoCredentials, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED},
      {StatusCode::kStreamNotFound, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND},
      {StatusCode::kInvalidArgument, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS},
      {StatusCode::kConnectFailed, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE},
      {StatusCode::kInvalidCodecData, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ErrorClassOf(c.code).domain, c.domain) << Describe(c.code).name;
    EXPECT_EQ(ErrorClassOf(c.code).code, c.gst_code) << Describe(c.code).name;
  }
}

TEST(ErrorMapTest, UserTextSaysWhichStreamWhatCameBackAndWhatToDo) {
  const Status status = Status(StatusCode::kNotAuthorized, "describeStream was refused")
                            .WithService(403, "AccessDeniedException", "r-1");
  EXPECT_THAT(UserText("door", status),
              AllOf(StartsWith("Stream \"door\": describeStream was refused (HTTP 403, "
                               "AccessDeniedException). "),
                    HasSubstr("kinesisvideo:DescribeStream")));
  EXPECT_THAT(UserText("", Status(StatusCode::kTimedOut, "")), StartsWith("the wait ended"));
}

TEST(ErrorMapTest, GivesTheCodesOfAmazonsSdk) {
  EXPECT_EQ(SdkStatusOf(StatusCode::kOk), 0U);
  EXPECT_EQ(SdkStatusOf(StatusCode::kNotAuthorized), 0x52000010U);
  EXPECT_EQ(SdkStatusOf(StatusCode::kStreamNotFound), 0x52000017U);
}

TEST(ErrorMapTest, PrintsSecondsWithATenth) {
  EXPECT_EQ(SecondsText(Duration::Millis(12345)), "12.3 s");
  EXPECT_EQ(SecondsText(Duration()), "0.0 s");
  EXPECT_EQ(SecondsText(Duration::Millis(-1500)), "-1.5 s");
}

}  // namespace
}  // namespace kvs::plugin
