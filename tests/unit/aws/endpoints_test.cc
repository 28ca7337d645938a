#include "producer/aws/endpoints.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "producer/aws/url.h"

namespace kvs::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string UrlOf(std::string_view region, EndpointOptions options = {}) {
  Result<std::string> url = ControlPlaneUrl(region, options);
  return url.ok() ? *url : url.status().ToString();
}

// Every kind of host in every partition.
TEST(EndpointsTest, BuildsTheUrlsOfEachPartition) {
  const struct {
    const char* region;
    const char* plain;
    const char* dual_stack;
    const char* fips;
    const char* both;
  } cases[] = {
      {"us-west-2", "https://kinesisvideo.us-west-2.amazonaws.com", "https://kinesisvideo.us-west-2.api.aws",
       "https://kinesisvideo-fips.us-west-2.amazonaws.com", "https://kinesisvideo-fips.us-west-2.api.aws"},
      {"cn-north-1", "https://kinesisvideo.cn-north-1.amazonaws.com.cn",
       "https://kinesisvideo.cn-north-1.api.amazonwebservices.com.cn", "https://kinesisvideo-fips.cn-north-1.amazonaws.com.cn",
       "https://kinesisvideo-fips.cn-north-1.api.amazonwebservices.com.cn"},
      {"us-gov-west-1", "https://kinesisvideo-fips.us-gov-west-1.amazonaws.com",
       "https://kinesisvideo-fips.us-gov-west-1.api.aws", "https://kinesisvideo-fips.us-gov-west-1.amazonaws.com",
       "https://kinesisvideo-fips.us-gov-west-1.api.aws"},
      {"us-iso-east-1", "https://kinesisvideo-fips.us-iso-east-1.c2s.ic.gov",
       "https://kinesisvideo-fips.us-iso-east-1.api.aws.ic.gov", "https://kinesisvideo-fips.us-iso-east-1.c2s.ic.gov",
       "https://kinesisvideo-fips.us-iso-east-1.api.aws.ic.gov"},
      {"us-isob-east-1", "https://kinesisvideo-fips.us-isob-east-1.sc2s.sgov.gov",
       "https://kinesisvideo-fips.us-isob-east-1.api.aws.scloud", "https://kinesisvideo-fips.us-isob-east-1.sc2s.sgov.gov",
       "https://kinesisvideo-fips.us-isob-east-1.api.aws.scloud"},
      {"us-isof-south-1", "https://kinesisvideo-fips.us-isof-south-1.csp.hci.ic.gov",
       "https://kinesisvideo-fips.us-isof-south-1.api.aws.hci.ic.gov", "https://kinesisvideo-fips.us-isof-south-1.csp.hci.ic.gov",
       "https://kinesisvideo-fips.us-isof-south-1.api.aws.hci.ic.gov"},
      {"eu-isoe-west-1", "https://kinesisvideo-fips.eu-isoe-west-1.cloud.adc-e.uk",
       "https://kinesisvideo-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk", "https://kinesisvideo-fips.eu-isoe-west-1.cloud.adc-e.uk",
       "https://kinesisvideo-fips.eu-isoe-west-1.api.cloud-aws.adc-e.uk"},
      {"eusc-de-east-1", "https://kinesisvideo.eusc-de-east-1.amazonaws.eu",
       "https://kinesisvideo.eusc-de-east-1.api.amazonwebservices.eu", "https://kinesisvideo-fips.eusc-de-east-1.amazonaws.eu",
       "https://kinesisvideo-fips.eusc-de-east-1.api.amazonwebservices.eu"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(UrlOf(c.region), c.plain);
    EXPECT_EQ(UrlOf(c.region, {.dual_stack = true, .fips = false}), c.dual_stack);
    EXPECT_EQ(UrlOf(c.region, {.dual_stack = false, .fips = true}), c.fips);
    EXPECT_EQ(UrlOf(c.region, {.dual_stack = true, .fips = true}), c.both);
  }
}

TEST(EndpointsTest, NamesThePartition) {
  EXPECT_EQ(PartitionOf("ap-southeast-2"), "aws");
  EXPECT_EQ(PartitionOf("us-gov-west-1"), "aws-us-gov");
  EXPECT_EQ(PartitionOf("cn-northwest-1"), "aws-cn");
}

TEST(EndpointsTest, AcceptsRegionsThatAreNotKnownYet) {
  for (const char* region : {"xx-name-1", "mx-central-1", "ap-southeast-12", "il-central-1"}) {
    EXPECT_TRUE(ValidateRegion(region).ok()) << region;
  }
}

TEST(EndpointsTest, RefusesWhatIsNoRegionAndShowsExamples) {
  for (const char* region :
       {"us-west", "us_west_2", "US-WEST-2", "us-west-2 ", "us-west-2/", "us--west-2", "uswest2",
        "us-west-123", "-us-west-2", "us-west-2.evil.example", "2", "us-2", "eu-central-1\n",
        "aaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbbbbbb-1"}) {
    const Status status = ValidateRegion(region);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << region;
    EXPECT_THAT(status.message(), HasSubstr("us-west-2, eu-central-1")) << region;
    EXPECT_EQ(ControlPlaneUrl(region).status().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_THAT(ValidateRegion("us_west_2").message(), HasSubstr("\"us_west_2\""));
  EXPECT_THAT(ValidateRegion("").message(), HasSubstr("the region is empty"));
  EXPECT_THAT(ValidateRegion("a\nb").message(), Not(HasSubstr("\n")));
}

std::string Normalized(std::string_view text) {
  Result<std::string> url = NormalizeEndpoint("CONTROL_PLANE_URI", text);
  return url.ok() ? *url : "error";
}

TEST(EndpointsTest, NormalizesEndpoints) {
  EXPECT_EQ(Normalized("kinesisvideo.us-west-2.amazonaws.com"),
            "https://kinesisvideo.us-west-2.amazonaws.com");
  EXPECT_EQ(Normalized("https://host.example/"), "https://host.example");
  EXPECT_EQ(Normalized("HTTP://127.0.0.1:8080"), "http://127.0.0.1:8080");
  EXPECT_EQ(Normalized("127.0.0.1:8443"), "https://127.0.0.1:8443");
  EXPECT_EQ(Normalized("https://Host.Example:443/Base/"), "https://host.example/Base");
  EXPECT_EQ(Normalized("http://[::1]:8080/"), "http://[::1]:8080");
  EXPECT_EQ(Normalized("localhost"), "https://localhost");
}

TEST(EndpointsTest, RefusesJunkEndpoints) {
  for (const char* text : {"",
                           " ",
                           "https://",
                           "://host",
                           "ftp://host",
                           "https:///path",
                           "https://user:pw@host",
                           "https://host:0",
                           "https://host:65536",
                           "https://host:",
                           "https://host:80x",
                           "https://ho st",
                           "https://host/\r\nX-Evil: 1",
                           "https://host?query=1",
                           "https://host/?",
                           "https://host#fragment",
                           "https://h\xC3\xB6st",
                           "https://h/\x7F",
                           "https://a..b",
                           "https://-host",
                           "https://[::1",
                           "https://[zz]",
                           "javascript:alert(1)"}) {
    const Result<std::string> url = NormalizeEndpoint("CONTROL_PLANE_URI", text);
    EXPECT_EQ(url.status().code(), StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(url.status().message(), HasSubstr("CONTROL_PLANE_URI: ")) << text;
    EXPECT_THAT(url.status().message(), HasSubstr("http://127.0.0.1:8080")) << text;
  }
  EXPECT_THAT(NormalizeEndpoint("x", "https://user:pw@host").status().message(),
              Not(HasSubstr("pw@")));
}

TEST(EndpointsTest, ReadsSwitchesOfTheEnvironment) {
  EXPECT_TRUE(IsTrueSetting("true"));
  EXPECT_TRUE(IsTrueSetting("TRUE "));
  EXPECT_FALSE(IsTrueSetting("false"));
  EXPECT_FALSE(IsTrueSetting("tru"));
  EXPECT_FALSE(IsTrueSetting(""));
  EXPECT_FALSE(IsTrueSetting("1"));
}

TEST(UrlTest, SplitsAndJoins) {
  const Result<Url> url = ParseUrl("https://Host.Example:8443/a/b%20c?x=1&y=2");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "host.example");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b%20c");
  EXPECT_EQ(url->query, "x=1&y=2");
  EXPECT_EQ(url->host_header(), "host.example:8443");
  EXPECT_EQ(url->ToString(), "https://host.example:8443/a/b%20c?x=1&y=2");
}

TEST(UrlTest, LeavesTheDefaultPortOutOfTheHostHeader) {
  EXPECT_EQ(ParseUrl("https://h:443/")->host_header(), "h");
  EXPECT_EQ(ParseUrl("http://h:80/")->host_header(), "h");
  EXPECT_EQ(ParseUrl("http://h:443/")->host_header(), "h:443");
  EXPECT_EQ(ParseUrl("https://h")->port, 443);
  EXPECT_EQ(ParseUrl("http://h?q")->path, "/");
  EXPECT_EQ(ParseUrl("http://h?q")->query, "q");
}

TEST(UrlTest, BoundsTheLength) {
  EXPECT_TRUE(ParseUrl("https://h/" + std::string(8000, 'a')).ok());
  EXPECT_FALSE(ParseUrl("https://h/" + std::string(9000, 'a')).ok());
}

}  // namespace
}  // namespace kvs::aws
