#include "producer/service_finder.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/aws/fake_services.h"
#include "tests/unit/aws/fake_transport.h"

namespace kvs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class ServiceFinderTest : public testing::Test {
 protected:
  ServiceFinderTest() { net_.network = &instance_; }

  std::unique_ptr<ServiceFinder> Finder(ServiceLocation location = {}) {
    return std::make_unique<ServiceFinder>(
        std::move(location),
        [this](const char* name) {
          return std::string(name) == "AWS_EC2_METADATA_SERVICE_ENDPOINT" && is_named_
                     ? std::optional<std::string>("http://127.0.0.1:1/")
                     : std::nullopt;
        },
        log_,
        [this](const std::string& path, std::size_t) -> Result<std::string> {
          return path == "/sys/class/dmi/id/sys_vendor" ? Result<std::string>(vendor_) : Status(StatusCode::kNotFound, "");
        });
  }
  std::function<void(const Status&)> Note(int number) {
    return [this, number](const Status& status) {
      found_.push_back(status.ok() ? number : -number);
      status_ = status;
    };
  }

  FakeServices net_;
  FakeTransport instance_;
  const std::shared_ptr<LogKeeper> log_ = std::make_shared<LogKeeper>();
  bool is_named_ = true;  // the variable says where the metadata service is
  std::string vendor_ = "QEMU\n";
  std::vector<int> found_;  // negative: with an error
  Status status_;
};

TEST_F(ServiceFinderTest, NobodyIsAskedForWhatIsKnown) {
  ServiceLocation location;
  location.region = "eu-west-1";
  const auto finder = Finder(location);
  finder->WhenFound(net_, /*is_instance=*/false, Note(1));
  EXPECT_THAT(found_, ElementsAre(1));
  EXPECT_EQ(finder->control_plane(), "https://kinesisvideo.eu-west-1.amazonaws.com");
  EXPECT_THAT(instance_.requests, SizeIs(0));
}

TEST_F(ServiceFinderTest, TheInstanceIsAskedOnceAndEverybodyIsTold) {
  const auto finder = Finder();
  finder->WhenFound(net_, /*is_instance=*/false, Note(1));
  finder->WhenFound(net_, /*is_instance=*/false, Note(2));
  EXPECT_THAT(found_, SizeIs(0));
  ASSERT_THAT(instance_.requests, SizeIs(1));
  EXPECT_EQ(instance_.requests[0].method, "PUT");
  EXPECT_EQ(instance_.requests[0].url, "http://127.0.0.1:1/latest/api/token");
  EXPECT_EQ(instance_.how[0].connect_timeout, Duration::Seconds(1));
  EXPECT_EQ(instance_.how[0].total_timeout, Duration::Seconds(1));
  ASSERT_NE(instance_.how[0].route, nullptr);
  EXPECT_EQ(instance_.how[0].route->proxies, nullptr) << "never through a proxy";
  instance_.Respond(200, "the-token");
  ASSERT_THAT(instance_.requests, SizeIs(2));
  EXPECT_EQ(instance_.requests[1].method, "GET");
  EXPECT_EQ(instance_.requests[1].url, "http://127.0.0.1:1/latest/meta-data/placement/region");
  EXPECT_EQ(*service::FindHeader(instance_.requests[1].headers, "X-aws-ec2-metadata-token"), "the-token");
  instance_.Respond(200, "ap-south-1\n");
  EXPECT_THAT(found_, ElementsAre(1, 2));
  EXPECT_EQ(finder->region(), "ap-south-1");
  EXPECT_EQ(finder->control_plane(), "https://kinesisvideo.ap-south-1.amazonaws.com");
  finder->WhenFound(net_, /*is_instance=*/false, Note(3));
  EXPECT_THAT(found_, ElementsAre(1, 2, 3));
  EXPECT_THAT(instance_.requests, SizeIs(2));
}

TEST_F(ServiceFinderTest, AnEndpointStaysWhatItWasWhenTheRegionIsFound) {
  ServiceLocation location;
  location.endpoint = "https://vpce-1.kinesisvideo.us-east-1.vpce.amazonaws.com";
  const auto finder = Finder(location);
  finder->WhenFound(net_, /*is_instance=*/false, Note(1));
  instance_.Respond(200, "t");
  instance_.Respond(200, "ap-south-1");
  EXPECT_EQ(finder->region(), "ap-south-1");
  EXPECT_EQ(finder->control_plane(), location.endpoint);
}

TEST_F(ServiceFinderTest, WithoutAnAnswerItIsTheDefaultAndTheLogSaysSo) {
  is_named_ = false;
  const auto expect_default = [this](const auto& answer) {
    found_.clear();
    log_->texts.clear();
    const auto finder = Finder();
    finder->WhenFound(net_, /*is_instance=*/false, Note(1));
    answer();
    EXPECT_THAT(found_, ElementsAre(1));
    EXPECT_EQ(finder->region(), "us-west-2");
    EXPECT_THAT(log_->texts, ElementsAre(testing::AllOf(HasSubstr("us-west-2 is used"), HasSubstr("AWS_DEFAULT_REGION"))));
  };
  expect_default([this] { instance_.Break(service::TransportError::kConnect, ""); });
  expect_default([this] { instance_.Respond(403, "forbidden"); });
  expect_default([this] {
    instance_.Respond(200, "t");
    instance_.Break(service::TransportError::kTimeout, "");
  });
  expect_default([this] {
    instance_.Respond(200, "t");
    instance_.Respond(200, "<html>Please sign in</html>");
  });
  net_.network = nullptr;
  expect_default([] {});
}

TEST_F(ServiceFinderTest, AnInstanceThatDoesNotAnswerIsAskedAgainWithTheNextCall) {
  const auto expect_again = [this](bool is_instance) {
    found_.clear();
    const auto finder = Finder();
    for (const StatusCode code : {StatusCode::kNetworkTimeout, StatusCode::kServiceFailure}) {
      finder->WhenFound(net_, is_instance, Note(1));
      if (code == StatusCode::kServiceFailure) {
        instance_.Respond(503, "");
      } else {
        instance_.Break(service::TransportError::kConnectTimeout, "");
      }
      EXPECT_EQ(status_.code(), code);
      EXPECT_THAT(status_.message(), testing::AllOf(HasSubstr("the region is not known"), HasSubstr("AWS_DEFAULT_REGION")));
    }
    finder->WhenFound(net_, is_instance, Note(2));
    instance_.Respond(200, "t");
    instance_.Respond(200, "ap-south-1");
    EXPECT_THAT(found_, ElementsAre(-1, -1, 2));
    EXPECT_EQ(finder->region(), "ap-south-1");
  };
  expect_again(false);
  is_named_ = false;
  expect_again(true);
  vendor_ = "Amazon EC2\n";
  expect_again(false);
}

TEST_F(ServiceFinderTest, AnInstanceThatRefusesToTellIsNotAskedAgain) {
  const auto finder = Finder();
  finder->WhenFound(net_, /*is_instance=*/true, Note(1));
  instance_.Respond(403, "forbidden");
  EXPECT_THAT(found_, ElementsAre(1));
  EXPECT_EQ(finder->region(), "us-west-2");
}

TEST_F(ServiceFinderTest, AnAnswerThatComesTooLateIsNobodys) {
  auto finder = Finder();
  finder->WhenFound(net_, /*is_instance=*/false, Note(1));
  finder.reset();
  instance_.Respond(200, "t");
  EXPECT_THAT(instance_.requests, SizeIs(1));
  EXPECT_THAT(found_, SizeIs(0));
}

}  // namespace
}  // namespace kvs
