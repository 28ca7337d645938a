#include "producer/aws/service_location.h"

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kvs/producer.h"
#include "producer/aws/instance_region.h"

namespace kvs {
namespace {

using aws::LocateService;
using aws::LocationRequest;
using aws::SharedConfig;
using aws::SharedFile;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

using Variables = std::map<std::string, std::string>;

EnvironmentLookup Lookup(const Variables& variables) {
  return [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

// A profile that says everything, one that says a part of it, one that takes back what was said.
constexpr char kFiles[] = R"([default]
region = sa-east-1

[profile all]
region = eu-west-1
endpoint_url = https://all.example
services = here
use_dualstack_endpoint = true
use_fips_endpoint = true

[profile part]
endpoint_url = https://part.example/

[profile none]
endpoint_url = https://none.example
ignore_configured_endpoint_urls = true

[services here]
s3 =
  endpoint_url = https://s3.example
kinesis_video =
  endpoint_url = https://video.example
)";

SharedConfig Files() {
  SharedConfig files;
  EXPECT_TRUE(files.Add(SharedFile::kConfig, "config", kFiles).ok());
  return files;
}

ServiceLocation Located(const LocationRequest& request, const Variables& variables) {
  const Result<ServiceLocation> location = LocateService(request, Lookup(variables), Files());
  EXPECT_TRUE(location.ok()) << location.status().ToString();
  return location.ok() ? *location : ServiceLocation();
}

LocationRequest Said(const char* region, const char* endpoint, const char* profile) {
  LocationRequest request;
  request.region = region;
  request.endpoint = endpoint;
  if (profile != nullptr) {
    request.profile = profile;
  }
  return request;
}

TEST(ServiceLocationTest, RegionHasOneOrder) {
  const Variables both = {{"AWS_DEFAULT_REGION", "eu-north-1"}, {"AWS_REGION", "eu-south-1"}};
  const struct {
    const char* said;
    Variables variables;
    const char* profile;
    const char* region;
    const char* from;
  } cases[] = {
      {"ap-south-1", both, "all", "ap-south-1", ""},
      {"", both, "all", "eu-north-1", "AWS_DEFAULT_REGION"},
      {"", {{"AWS_REGION", "eu-south-1"}}, "all", "eu-south-1", "AWS_REGION"},
      {"", {{"AWS_DEFAULT_REGION", ""}, {"AWS_REGION", ""}}, "all", "eu-west-1", "the profile \"all\""},
      {"", {}, "default", "sa-east-1", "the profile \"default\""},
      // Nobody has said it: the instance is asked, where it may be.
      {"", {}, "part", "", ""},
      {"", {}, "not there", "", ""},
      {"", {{"AWS_EC2_METADATA_DISABLED", "true"}}, "part", "us-west-2", "the default"},
      {"", {{"AWS_EC2_METADATA_DISABLED", "false"}}, "part", "", ""},
      {"", {}, nullptr, "us-west-2", "the default"},
      {"", {{"AWS_REGION", "eu-south-1"}}, nullptr, "eu-south-1", "AWS_REGION"},
  };
  for (const auto& c : cases) {
    const ServiceLocation location = Located(Said(c.said, "", c.profile), c.variables);
    EXPECT_EQ(location.region, c.region) << (c.profile == nullptr ? "no profile" : c.profile);
    EXPECT_EQ(location.region_from, c.from);
  }
}

TEST(ServiceLocationTest, EndpointHasOneOrder) {
  Variables variables = {{"CONTROL_PLANE_URI", "https://uri.example/"},
                         {"AWS_ENDPOINT_URL_KINESIS_VIDEO", "https://own.example"},
                         {"AWS_ENDPOINT_URL", "http://every.example:4566"}};
  const auto expect = [&variables](const char* said, const char* profile, const char* endpoint, const char* from) {
    const ServiceLocation location = Located(Said("eu-west-1", said, profile), variables);
    EXPECT_EQ(location.endpoint, endpoint);
    EXPECT_EQ(location.endpoint_from, from) << endpoint;
    EXPECT_EQ(location.region, "eu-west-1") << "whatever the host, requests are signed for the region";
  };
  expect("said.example", "all", "https://said.example", "");
  expect("", "all", "https://uri.example", "CONTROL_PLANE_URI");
  variables["CONTROL_PLANE_URI"] = "";
  expect("", "all", "https://own.example", "AWS_ENDPOINT_URL_KINESIS_VIDEO");
  variables.erase("AWS_ENDPOINT_URL_KINESIS_VIDEO");
  expect("", "all", "http://every.example:4566", "AWS_ENDPOINT_URL");
  expect("", nullptr, "http://every.example:4566", "AWS_ENDPOINT_URL");
  variables.erase("AWS_ENDPOINT_URL");
  expect("", "all", "https://video.example", "endpoint_url of the profile \"all\"");
  expect("", "part", "https://part.example", "endpoint_url of the profile \"part\"");
  expect("", "none", "", "");
  expect("", "default", "", "");
  expect("", nullptr, "", "");
}

TEST(ServiceLocationTest, ConfiguredEndpointsCanBeIgnored) {
  Variables variables = {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"},
                         {"AWS_ENDPOINT_URL_KINESIS_VIDEO", "https://own.example"},
                         {"AWS_ENDPOINT_URL", "https://every.example"}};
  EXPECT_EQ(Located(Said("", "", "all"), variables).endpoint, "");
  EXPECT_EQ(Located(Said("", "https://said.example", "all"), variables).endpoint, "https://said.example");
  variables["CONTROL_PLANE_URI"] = "https://uri.example";
  EXPECT_EQ(Located(Said("", "", "all"), variables).endpoint, "https://uri.example") << "it is no configured one";
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false";
  variables.erase("CONTROL_PLANE_URI");
  EXPECT_EQ(Located(Said("", "", "all"), variables).endpoint, "https://own.example");
}

TEST(ServiceLocationTest, VpcEndpointsAreHostsLikeOthers) {
  const char* const host = "vpce-0a1b2c3d4e5f-6g7h8i9j.kinesisvideo.us-east-1.vpce.amazonaws.com";
  const ServiceLocation location = Located(Said("eu-west-1", host, "all"), {});
  EXPECT_EQ(*aws::ControlPlaneOf(location, location.region), std::string("https://") + host);
  EXPECT_EQ(location.region, "eu-west-1") << "signed for what was said, not for what the name looks like";
}

TEST(ServiceLocationTest, KindsOfHostHaveOneOrder) {
  const Variables yes = {{"AWS_USE_DUALSTACK_ENDPOINT", "true"}, {"AWS_USE_FIPS_ENDPOINT", "True"}};
  const Variables no = {{"AWS_USE_DUALSTACK_ENDPOINT", "false"}, {"AWS_USE_FIPS_ENDPOINT", "false"}};
  const struct {
    std::optional<bool> said;
    Variables variables;
    const char* profile;
    bool expected;
  } cases[] = {
      {false, yes, "all", false}, {true, no, "all", true},           {{}, yes, "part", true}, {{}, no, "all", false},
      {{}, {}, "all", true},      {{}, {}, "part", false},           {{}, {}, nullptr, false},
      {{}, {{"AWS_USE_DUALSTACK_ENDPOINT", ""}, {"AWS_USE_FIPS_ENDPOINT", ""}}, "all", true},
  };
  for (const auto& c : cases) {
    LocationRequest request = Said("eu-west-1", "", c.profile);
    request.dual_stack = c.said;
    request.fips = c.said;
    const ServiceLocation location = Located(request, c.variables);
    EXPECT_EQ(location.dual_stack, c.expected);
    EXPECT_EQ(location.fips, c.expected);
  }
}

TEST(ServiceLocationTest, TheControlPlaneIsTheEndpointOrTheHostOfTheRegion) {
  ServiceLocation location;
  EXPECT_EQ(*aws::ControlPlaneOf(location, "eu-west-1"), "https://kinesisvideo.eu-west-1.amazonaws.com");
  location.dual_stack = true;
  location.fips = true;
  EXPECT_EQ(*aws::ControlPlaneOf(location, "cn-north-1"),
            "https://kinesisvideo-fips.cn-north-1.api.amazonwebservices.com.cn");
  location.endpoint = "http://127.0.0.1:1";
  EXPECT_EQ(*aws::ControlPlaneOf(location, "eu-west-1"), "http://127.0.0.1:1") << "no suffixes";
}

TEST(ServiceLocationTest, SaysWhereWhatIsWrongIsFrom) {
  const auto problem = [](const LocationRequest& request, const Variables& variables) {
    const Result<ServiceLocation> location = LocateService(request, Lookup(variables), Files());
    EXPECT_EQ(location.status().code(), StatusCode::kInvalidArgument);
    return location.status().message();
  };
  EXPECT_THAT(problem(Said("mars", "", nullptr), {}), StartsWith("\"mars\" is not the name"));
  EXPECT_THAT(problem(Said("", "", nullptr), {{"AWS_DEFAULT_REGION", "mars"}}),
              AllOf(StartsWith("AWS_DEFAULT_REGION: \"mars\""), HasSubstr("us-west-2")));
  EXPECT_THAT(problem(Said("", "ftp://x", nullptr), {}), StartsWith("endpoint: "));
  EXPECT_THAT(problem(Said("", "", nullptr), {{"CONTROL_PLANE_URI", "ftp://x"}}), StartsWith("CONTROL_PLANE_URI: "));
  EXPECT_THAT(problem(Said("", "", "all"), {{"AWS_ENDPOINT_URL", "a b"}}), StartsWith("AWS_ENDPOINT_URL: "));
}

TEST(InstanceTest, KnowsWhereTheMetadataServiceIs) {
  const auto url = [](const Variables& variables) {
    const Result<std::string> found = aws::InstanceMetadataUrl(Lookup(variables));
    return found.ok() ? *found : found.status().message();
  };
  constexpr char kMode[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
  constexpr char kUrl[] = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
  EXPECT_EQ(url({}), "http://169.254.169.254");
  EXPECT_EQ(url({{kMode, "ipv4"}}), "http://169.254.169.254");
  EXPECT_EQ(url({{kMode, "IPv6"}}), "http://[fd00:ec2::254]");
  EXPECT_THAT(url({{kMode, "IPv5"}}), HasSubstr(kMode));
  EXPECT_EQ(url({{kMode, "IPv6"}, {kUrl, "http://127.0.0.1:1/"}}), "http://127.0.0.1:1");
  EXPECT_THAT(url({{kUrl, "x y"}}), StartsWith(kUrl));
}

}  // namespace
}  // namespace kvs
